"""From any thread to the window's: a call posted here happens there, in order, if who it is for still lives.

Qt lets no other thread touch an object while the window's thread deletes it, and asking first whether it is
there proves nothing a moment later. So nothing is ever posted to a window or its helpers: all of it goes to
one object that lives as long as the application, and whether the owner is there is asked on the only thread
that can delete it.
"""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from shiboken6 import isValid


class Relay(QObject):
    """Belongs to the application; take it with `of_application` on the window's thread, post from any."""

    _posted = Signal(object, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._posted.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @classmethod
    def of_application(cls) -> "Relay":
        """Return the application's relay.

        Raises:
            RuntimeError: there is no application yet, so no thread is the window's.
        """
        application = QCoreApplication.instance()
        if application is None:
            raise RuntimeError("a relay belongs to an application: make that first")
        found = application.findChild(cls, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return found if isinstance(found, cls) else cls(application)

    def post(self, owner: QObject, call: Callable[..., None], *arguments: Any) -> None:
        """Have `call(*arguments)` happen on the window's thread, after what was posted before.

        It does not happen at all if Qt has deleted `owner` by then.
        """
        self._posted.emit(owner, call, arguments)

    def _call(self, owner: QObject, call: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if isValid(owner):
            call(*arguments)
