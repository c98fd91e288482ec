"""What can wait until after a scan: done a moment later, in one go, not while keys of the next one come."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

WAIT_MS = 40
"""The panel, which the hands wait for, comes first; what comes several times in this while is done once."""

MOST_PUT_OFF = 10
"""So often in a row work makes room for a scan under way: hands that never rest see lists all the same."""


class Afterwards(QObject):
    """Calls `work` once, a moment after `ask`, at a time when `busy` says no."""

    def __init__(self, work: Callable[[], None], busy: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._busy = busy
        self._put_off = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._try)

    @property
    def waits(self) -> bool:
        """Whether work is asked for and not done yet."""
        return self._timer.isActive()

    def ask(self) -> None:
        """Have the work done; more askings before it is do not delay it."""
        if not self._timer.isActive():
            self._put_off = 0
            self._timer.start()

    def _try(self) -> None:
        if self._busy() and self._put_off < MOST_PUT_OFF:
            self._put_off += 1
            self._timer.start()
        else:
            self._work()
