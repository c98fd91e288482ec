"""A button that lets a path be chosen instead of typed."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton


def chooser(look: Look, title: str, editor: QLineEdit, choose: Callable[[], str]) -> QWidget:
    """Return a row with a button; what `choose` returns is written into the editor, unless it is nothing."""
    button = ActionButton(look, title)
    button.setAutoDefault(False)

    def chosen() -> None:
        if found := choose():
            editor.setText(found)

    button.clicked.connect(chosen)
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(Space.SMALL)
    line.addWidget(button)
    line.addStretch(1)
    return row
