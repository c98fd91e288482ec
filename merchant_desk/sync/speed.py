"""How fast what is left grows less, and so how long the rest will take."""

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0
"""Seconds that an estimate looks back: a line changes, and a batch takes up to ten."""

STALLS = 15.0
"""Seconds without anything moved after which the wait counts: longer than a batch takes by design."""

LEAST = 10
"""Seconds under which an estimate says nothing that a person could use."""


class Speed:
    """Watches an amount that falls, batch by batch. Any thread may tell it.

    Args:
        timer: seconds that only go forward.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._lock = threading.Lock()
        self._fell: deque[tuple[float, int]] = deque()
        self._since = 0.0
        self._left = 0

    def begin(self, left: int) -> None:
        """Begin anew with what is left now."""
        with self._lock:
            self._fell.clear()
            self._since, self._left = self._timer(), left

    def note(self, left: int) -> int | None:
        """Take note of what is left now; returns the seconds that it will take, None when nobody can say.

        What is added meanwhile makes more to do, not the line slower.
        """
        with self._lock:
            now = self._timer()
            if left < self._left:
                self._fell.append((now, self._left - left))
            self._left = left
            while len(self._fell) > 1 and self._fell[0][0] < now - WINDOW:
                self._since = self._fell.popleft()[0]
            if not self._fell or not left:
                return None
            last = self._fell[-1][0]
            lasted = (now if now - last > STALLS else last) - self._since
            fell = sum(amount for _, amount in self._fell)
            seconds = int(left * lasted / fell)
        return seconds if seconds >= LEAST else None


class Progress:
    """What is left of one exchange after another, both ways.

    Args:
        to_fetch: by how many numbers the feed is ahead of the desk, as far as the server has told.
        timer: as for `Speed`.
    """

    def __init__(self, to_fetch: Callable[[], int], timer: Callable[[], float] = time.monotonic) -> None:
        self._to_fetch = to_fetch
        self._up, self._down = Speed(timer), Speed(timer)

    def begin(self, waiting: int) -> None:
        """Begin with an exchange; `waiting` operations are to be sent."""
        self._up.begin(waiting)
        self._down.begin(max(self._to_fetch(), 0))

    def left(self, waiting: int, *, working: bool) -> dict[str, int | None]:
        """Return `sending` and `fetching` of a `SyncStatus`; nothing when nobody works."""
        if not working:
            return {"sending": None, "fetching": None}
        return {"sending": self._up.note(waiting), "fetching": self._down.note(max(self._to_fetch(), 0))}
