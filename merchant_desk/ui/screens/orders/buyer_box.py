"""The buyer of an order: name, telephone and address for who may see them, else a lock and the reason."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.sync.personal import Withheld
from merchant_desk.ui.theme.icons import icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Space
from merchant_desk.ui.widgets.labels import label

BuyerSeen = BuyerDetails | Withheld | None
"""What is seen of a buyer; None: the order has none that is known."""


class BuyerBox(QFrame):
    """Shows one buyer; hidden where there is none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.seen: BuyerSeen = None
        self.setProperty("look", "inset")
        self._lock = QLabel()
        self._lock.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._name, self._rest = label("", "strong", wrap=True), label("", "small", wrap=True)
        selectable = Qt.TextInteractionFlag.TextSelectableByMouse
        self._name.setTextInteractionFlags(selectable)
        self._rest.setTextInteractionFlags(selectable)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._rest)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.MEDIUM, Space.SMALL, Space.MEDIUM, Space.SMALL)
        row.setSpacing(Space.SMALL)
        row.addWidget(self._lock)
        row.addLayout(words, 1)
        look.language.follow(self, self._write)
        look.theme.changed.connect(self._write)

    def show_buyer(self, seen: BuyerSeen) -> None:
        """Show another buyer."""
        self.seen = seen
        self._write()

    def _write(self) -> None:
        seen, text = self.seen, self._look.text
        self.setVisible(seen is not None)
        if isinstance(seen, BuyerDetails):
            name, rest = (
                seen.name or text("orders.no_name"),
                "\n".join(filter(None, (seen.phone, seen.address))),
            )
        else:
            name, rest = "", text(f"orders.buyer_{seen.value}") if seen is not None else ""
        self._name.setText(name)
        self._name.setVisible(bool(name))
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self._lock.setVisible(isinstance(seen, Withheld))
        self._lock.setPixmap(icon("lock", self._look.colours.ink_second).pixmap(Size.ICON, Size.ICON))
        self.setAccessibleName(f"{name} {rest}".strip())
