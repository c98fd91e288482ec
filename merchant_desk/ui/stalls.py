"""How long the window's thread is deaf: the gap between two ticks of a short timer, and its work in it."""

import time

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 5
_NS_PER_MS = 1_000_000


class StallWatch(QObject):
    """Watches the thread it is made on. Times in milliseconds, since `clear`.

    `longest` is how long a key would have waited at worst, whatever the reason; `longest_work` is what the
    thread itself computed in one go, which a busy computer does not lengthen.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest = 0.0
        self.longest_work = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._wall = self._work = 0

    def start(self) -> None:
        """Watch from now on."""
        self.clear()
        self._timer.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def clear(self) -> None:
        """Begin anew."""
        self.longest = self.longest_work = 0.0
        self._wall, self._work = time.monotonic_ns(), time.thread_time_ns()

    def _tick(self) -> None:
        wall, work = time.monotonic_ns(), time.thread_time_ns()
        self.longest = max(self.longest, (wall - self._wall) / _NS_PER_MS - TICK_MS)
        self.longest_work = max(self.longest_work, (work - self._work) / _NS_PER_MS)
        self._wall, self._work = wall, work
