"""Part of the settings: following the server to another address, for whoever sets up the outlet."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from merchant_desk.sync.moving import Moved
from merchant_desk.sync.safety_copying import RIGHT
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext


class ServerPlace(QWidget):
    """A button that asks where the server is now."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, moved: Callable[[], None]) -> None:
        super().__init__()
        self._moved = moved
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self.move_button = ActionButton(self._look)
        self.move_button.clicked.connect(self.ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.move_button)
        row.addStretch(1)
        self._look.language.follow(self, self.write)

    def write(self) -> None:
        """Write it in the language of now; a demo's server is always its own."""
        self.move_button.setText(self._look.text("place.move"))
        self.move_button.setVisible(self._parts.permitted(RIGHT) and not self._parts.desk.runtime.status.demo)

    def ask(self) -> FormDialog:
        """Ask for the address, or a code."""
        text, where = self._look.text, QLineEdit()

        def submit() -> dict[str, str]:
            if not where.text().strip():
                return {"where": text("place.missing")}
            self.move_to(where.text())
            return {}

        form = FormDialog(
            self._look, self.window(), text("place.title"), submit,
            note=text("place.note"), save=text("place.save"),
        )  # fmt: skip
        form.add_field("where", text("place.where"), where, text("place.hint"))
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        where.setFocus(Qt.FocusReason.OtherFocusReason)
        return form

    def move_to(self, where: str) -> None:
        """Prove that it is the same server there, and go on with it."""
        self._doing.run(lambda: self._parts.desk.move_to(where), self._tell)

    def _tell(self, moved: Moved) -> None:
        key = "place.restored" if moved.restored else "place.moved"
        self._context.notices.tell(self._look.text(key, url=moved.url), Tone.OK)
        self._moved()
