"""When to try again."""

import random
from dataclasses import dataclass, field

from merchant_desk.sync.server_faults import NotOurServer, Unreachable

FIRST = 0.5
MOST = 60.0

LINE_MOST = 10.0
"""Seconds between two tries while the line is down or somebody else answers. With the five that a connection
may take to come about, a desk whose network is back exchanges within fifteen seconds, however long it was
away."""


@dataclass
class Backoff:
    """Exponential back-off with jitter (seconds); it never gives up."""

    chance: random.Random = field(default_factory=random.Random)
    _tries: int = 0

    def next_seconds(self, most: float = MOST) -> float:
        """Return how long to wait before the next try: at most `most`, and at least half as long as that.

        The random half keeps desks apart that lost the same server at the same moment.
        """
        wait = min(FIRST * 2**self._tries, most)
        self._tries = min(self._tries + 1, 20)
        return float(wait / 2 + self.chance.random() * wait / 2)

    def reset(self) -> None:
        """Start again from the shortest wait: it worked."""
        self._tries = 0


def longest_wait(trouble: Exception) -> float:
    """Return the longest pause (seconds) after a trouble.

    Where no connection came about, where it broke, or where somebody else answered, it is nearly always the
    line: the next try is a look whether that is back. A relay that stands between and takes connections
    which it cannot pass on looks like a break, too. A server that answers but cannot, or not in time, is
    left in peace for longer, so that the desks of a shop do not keep it down.
    """
    line = isinstance(trouble, Unreachable) and trouble.reason in ("no_answer", "interrupted")
    return LINE_MOST if line or isinstance(trouble, NotOurServer) else MOST
