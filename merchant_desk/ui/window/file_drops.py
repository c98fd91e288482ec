"""Files that are dropped on the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.window import DeskWindow

SCREEN, RIGHT = "imports", "import"
"""Where a dropped file is taken to, and who may."""

TOPIC = "drop"


class FileDrops(QObject):
    """Takes one file at a time off a drag that ends anywhere on a window; else says what can be dropped."""

    def __init__(self, window: DeskWindow, permitted: Callable[[str], bool]) -> None:
        super().__init__(window)
        self._window, self._permitted = window, permitted
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A QDropEvent is the base of a QDragEnterEvent, so the type decides.
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            # What cannot be taken is let in too: only what was dropped can be answered.
            if event.mimeData().hasUrls():
                event.acceptProposedAction()
                return True
        elif (
            event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent) and event.mimeData().hasUrls()
        ):
            event.acceptProposedAction()
            self._take(event.mimeData())
            return True
        return False

    def _take(self, data: QMimeData) -> None:
        why = why_not(data, may=self._permitted(RIGHT))
        if not why:
            self._window.go(SCREEN, Path(data.urls()[0].toLocalFile()))
            return
        look, n = self._window.context.look, len(data.urls())

        def said() -> Notice:
            return Notice(look.text(why, n=n), Tone.WARNING, look.text("drop.what"), topic=TOPIC)

        self._window.notices.say(said)


def why_not(data: QMimeData, *, may: bool) -> str:
    """Return the text that says why what is dropped cannot be taken; empty where it is one file that can."""
    urls = data.urls()
    if not may:
        return "drop.not_allowed"
    if len(urls) != 1:
        return "drop.several"
    if not urls[0].isLocalFile():
        return "drop.elsewhere"
    path = Path(urls[0].toLocalFile())
    if path.is_dir():
        return "drop.folder"
    return "" if path.is_file() else "drop.elsewhere"
