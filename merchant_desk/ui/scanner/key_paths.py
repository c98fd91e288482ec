"""Where keys come through: the windows that get them, and what has the focus and hears an input method.

A filter of the whole application would do, but it is asked in Python about each event of each object there
is, a few microseconds at a time; a scan alone moves and paints hundreds.
"""

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QAbstractItemView
from shiboken6 import isValid

from merchant_desk.ui.scanner.focus_shelter import ENABLED


class KeyPaths(QObject):
    """Keeps an event filter on every window that keys may come to, and on the object with the focus.

    Args:
        app: whose windows they are.
        watch: the filter, and this one's parent.
    """

    def __init__(self, app: QGuiApplication, watch: QObject) -> None:
        super().__init__(watch)
        self._app = app
        self._watch = watch
        self._focus: QObject | None = None
        app.focusWindowChanged.connect(self._on_window)
        app.focusObjectChanged.connect(self._on_focus)
        for window in QGuiApplication.allWindows():
            self._on_window(window)
        self._on_focus(QGuiApplication.focusObject())

    def close(self) -> None:
        """Take the filter off again."""
        self._app.focusWindowChanged.disconnect(self._on_window)
        self._app.focusObjectChanged.disconnect(self._on_focus)
        self._on_focus(None)
        for window in QGuiApplication.allWindows():
            window.removeEventFilter(self._watch)

    def _on_window(self, window: QWindow | None) -> None:
        # A window is told that it has the focus before it is given a key; one that had it before keeps the
        # filter, as keys that are given back go there still. Qt installs a filter once only.
        if window is not None:
            window.installEventFilter(self._watch)

    def _on_focus(self, focus: QObject | None) -> None:
        before, self._focus = self._focus, None
        if before is not None and isValid(before):
            before.removeEventFilter(self._watch)
        if focus is None or isinstance(focus, QWindow):
            return
        self._focus = focus
        focus.installEventFilter(self._watch)
        if isinstance(focus, QAbstractItemView):
            # It was asked before it could be watched whether it takes an input method.
            QGuiApplication.inputMethod().update(ENABLED)
