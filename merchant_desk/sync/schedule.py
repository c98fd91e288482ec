"""When to try again."""

import random
from dataclasses import dataclass, field

FIRST = 0.5
MOST = 60.0


@dataclass
class Backoff:
    """Exponential back-off with full jitter (seconds); it never gives up."""

    chance: random.Random = field(default_factory=random.Random)
    _tries: int = 0

    def next_seconds(self) -> float:
        """Return how long to wait before the next try."""
        most = min(FIRST * 2**self._tries, MOST)
        self._tries = min(self._tries + 1, 20)
        return float(most / 2 + self.chance.random() * most / 2)

    def reset(self) -> None:
        """Start again from the shortest wait: it worked."""
        self._tries = 0
