"""When to try again."""

import random
from dataclasses import dataclass, field

from merchant_desk.sync.server_faults import NotOurServer, ServerTrouble, Unreachable

FIRST = 0.5
MOST = 60.0

RESTART_MOST = 2.0
"""Seconds between two tries at first: a server whose keeper starts it again is back in one to three. The
random half of it spreads the desks that come back over a second..."""

RESTART_SECONDS = 20.0
"""...and after so many seconds of waiting it is no restart."""

LINE_MOST = 10.0
"""Seconds between two tries while the line is down or somebody else answers. With the five that a connection
may take to come about, a desk whose network is back exchanges within fifteen seconds, however long it was
away."""


BAD_GATEWAY = 502


@dataclass
class Backoff:
    """Exponential back-off with jitter (seconds); it never gives up."""

    chance: random.Random = field(default_factory=random.Random)
    first: float = FIRST
    waited: float = 0.0
    """Seconds, since it last worked."""

    _tries: int = 0

    def next_seconds(self, most: float = MOST) -> float:
        """Return how long to wait before the next try: at most `most`, and at least half as long as that.

        The random half keeps desks apart that lost the same server at the same moment.
        """
        wait = min(self.first * 2**self._tries, most)
        self._tries = min(self._tries + 1, 20)
        wait = float(wait / 2 + self.chance.random() * wait / 2)
        self.waited += wait
        return wait

    def reset(self) -> None:
        """Start again from the shortest wait: it worked."""
        self._tries, self.waited = 0, 0.0


def is_line(trouble: Exception) -> bool:
    """Tell whether the line is in trouble: no connection came about, or it broke.

    A server that starts again looks so, too, and a relay that takes connections which it cannot pass on;
    a better one says so (502).
    """
    if isinstance(trouble, ServerTrouble):
        return trouble.status == BAD_GATEWAY
    return isinstance(trouble, Unreachable) and trouble.reason in ("no_answer", "interrupted")


def longest_wait(trouble: Exception, waited: float) -> float:
    """Return the longest pause (seconds) after a trouble, where so many were waited already.

    Where it is the line, or somebody else answered, the next try is a look whether that is over. A server
    that answers but cannot, or not in time, is left in peace for longer, so that the desks of a shop do not
    keep it down.
    """
    if is_line(trouble):
        return RESTART_MOST if waited < RESTART_SECONDS else LINE_MOST
    return LINE_MOST if isinstance(trouble, NotOurServer) else MOST
