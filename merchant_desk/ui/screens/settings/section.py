"""A part of the settings: named rows below each other."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.labels import label


class Section(QWidget):
    """Named rows below each other."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.HAIR)

    def add_row(self, name: str, part: QWidget) -> None:
        """Add a part under a name (a key of the catalogue)."""
        title = label("", "small")
        self._look.language.follow(title, lambda: title.setText(self._look.text(name)))
        self._column.addWidget(title)
        self._column.addWidget(part)
        self._column.addSpacing(Space.SMALL)
