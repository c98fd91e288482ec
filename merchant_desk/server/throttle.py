"""How often somebody may try what can be guessed: a bucket of tries for each key, refilled steadily."""

import ipaddress
import threading
from collections import OrderedDict

from merchant_desk.server.intake import Clock
from merchant_desk.server.problems import TooManyRequests

MOST_KEYS = 10_000
MINUTE = 60_000_000
SITE_BITS = 64
"""The part of an IPv6 address that one line is given: whoever has one has all addresses behind it."""


class Throttle:
    """Lets `burst` tries through at once, and `a_minute` over time; for each key and, tenfold, for all.

    What a key's own bucket refuses costs the others nothing: nobody alone uses up what is there for all.
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
            taken = {name: self._taken(name, times, now) for name, times in ((f"k{key}", 1), ("", 10))}
            for name, left in taken.items():
                self._buckets[name] = (left, now)
                self._buckets.move_to_end(name)
            while len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)

    def _taken(self, name: str, times: int, now: int) -> float:
        """Return what is left of a bucket when a try is taken out."""
        burst, rate = self._burst * times, self._a_minute * times
        left, then = self._buckets.get(name, (float(burst), now))
        left = min(left + max(now - then, 0) * rate / MINUTE, burst)
        if left < 1:
            raise TooManyRequests(int((1 - left) * 60 / rate) + 1)
        return left - 1


def line_of(host: str) -> str:
    """Return the line that an address belongs to: itself, or the network of an IPv6 address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, SITE_BITS), strict=False))
    return host
