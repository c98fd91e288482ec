"""Where the keys of a screen begin."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget


class _Lead(QObject):
    """Hands the focus that a screen gets on to one of its parts."""

    def __init__(self, screen: QWidget, first: QWidget) -> None:
        super().__init__(screen)
        self._first = first
        screen.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._first.setFocus(event.reason())
        return False


def lead_focus(screen: QWidget, first: QWidget) -> None:
    """Let the focus go on to `first` whenever the screen gets it.

    A focus proxy would do that too, but Tab jumps to a proxy past all that stands before it on the screen.
    """
    screen.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    _Lead(screen, first)
