"""How often somebody may try what can be guessed: a bucket of tries for each key, refilled steadily."""

import threading
from collections import OrderedDict

from merchant_desk.server.intake import Clock
from merchant_desk.server.problems import TooManyRequests

MOST_KEYS = 10_000
MINUTE = 60_000_000


class Throttle:
    """Lets `burst` tries through at once, and `a_minute` over time; for each key and, tenfold, for all.

    Kept in memory: a restart forgives. The clock gives microseconds and may jump; a jump back counts
    as no time.
    """

    def __init__(self, burst: int, a_minute: int, clock: Clock) -> None:
        self._burst = burst
        self._a_minute = a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> None:
        """Use one try up.

        Raises:
            TooManyRequests: none is left, for this key or for all together.
        """
        now = self._clock()
        with self._lock:
            self._take("", 10, now)
            self._take(f"k{key}", 1, now)
            while len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)

    def _take(self, key: str, times: int, now: int) -> None:
        burst, rate = self._burst * times, self._a_minute * times
        left, then = self._buckets.get(key, (float(burst), now))
        left = min(left + max(now - then, 0) * rate / MINUTE, burst)
        if left < 1:
            raise TooManyRequests(int((1 - left) * 60 / rate) + 1)
        self._buckets[key] = (left - 1, now)
        self._buckets.move_to_end(key)
