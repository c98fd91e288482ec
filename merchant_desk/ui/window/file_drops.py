"""Files that are dropped on the window."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrops(QObject):
    """Takes one file at a time off a drag that ends anywhere on a window, while `wanted`."""

    def __init__(self, window: QWidget, wanted: Callable[[], bool], take: Callable[[Path], None]) -> None:
        super().__init__(window)
        self._wanted, self._take = wanted, take
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A QDropEvent is the base of a QDragEnterEvent, so the type decides.
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            if self._wanted() and dropped_file(event.mimeData()) is not None:
                event.acceptProposedAction()
                return True
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            path = dropped_file(event.mimeData())
            if path is not None and self._wanted():
                event.acceptProposedAction()
                self._take(path)
                return True
        return False


def dropped_file(data: QMimeData) -> Path | None:
    """Return the file that is dragged, None where it is not exactly one of this computer's files."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    path = Path(urls[0].toLocalFile())
    return path if path.is_file() else None
