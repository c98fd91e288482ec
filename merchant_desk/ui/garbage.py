"""Garbage is collected on the window's thread alone, between scans.

Python collects on whatever thread makes one object too many: the writer's, amid a scan, or another thread
that must not destroy what belongs to Qt. Here every thread makes garbage, and one takes it out.
"""

import gc
import time
from collections.abc import Callable
from typing import Self

from PySide6.QtCore import QObject, QTimer

ROUND_MS = 100
YOUNG, LITTLE = 5_000, 500
"""New objects from which a round is made, which takes about a millisecond for so many; and a look at all."""

OLDER = 20
"""Rounds among the young before one among the middle-aged."""

ALL_SECONDS = 30.0
"""So often, while anything is made at all, all that is not there from the start is looked through."""

MOST_PUT_OFF = 20
"""Rounds in a row that make room for scans: memory must not grow without end for hands that never rest."""


class GarbageRounds(QObject):
    """Collects in rounds, and nothing is collected by itself, on any thread, as long as its context lasts.

    Args:
        busy: whether somebody waits for a scan now.
        timer: seconds, monotonic.
    """

    def __init__(
        self,
        busy: Callable[[], bool],
        parent: QObject | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._busy = busy
        self._time = timer
        self._put_off = 0
        self._all_at = timer()
        self._timer = QTimer(self)
        self._timer.setInterval(ROUND_MS)
        self._timer.timeout.connect(self.turn)

    def __enter__(self) -> Self:
        gc.disable()
        return self

    def __exit__(self, *_: object) -> None:
        """Make a last round, and leave what comes to Python again: the window is gone, or never came."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def start(self) -> None:
        """Begin, and never look at what is there already: a look takes a tenth of a second.

        Modules, texts and the window live as long as the process.
        """
        gc.freeze()
        self._all_at = self._time()
        self._timer.start()

    def turn(self) -> None:
        """Make a round, if there is enough for one and nobody waits."""
        young, middle, _ = gc.get_count()
        all_due = self._time() - self._all_at >= ALL_SECONDS
        if young < (LITTLE if all_due else YOUNG):
            return
        if self._busy() and self._put_off < MOST_PUT_OFF:
            self._put_off += 1
            return
        self._put_off = 0
        if all_due:
            self._all_at = self._time()
            gc.collect(2)
        else:
            gc.collect(1 if middle >= OLDER else 0)
