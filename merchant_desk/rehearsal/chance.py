"""Everything random in a rehearsal: one seed decides it, each step by dice of its own."""

import random
from uuid import UUID

START = 1_763_700_000_000_000
"""21 November 2025, in microseconds UTC."""

LOOK = 1_000
"""Microseconds that pass whenever somebody looks at a clock."""

SEED_BITS = 22


class Chance:
    """Dice, clock and ids of one rehearsal.

    Each step throws dice of its own, made from the seed and the step's number: a step that is left out
    changes nothing of what the others throw, so that a failing rehearsal can be made shorter.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now = START
        self.dice = random.Random(f"{seed}/start")  # noqa: S311 - not for secrets: it must be repeatable
        self._count = 0

    def begin(self, step: int) -> None:
        """Take the dice of a step."""
        self.dice = random.Random(f"{self.seed}/{step}")  # noqa: S311

    def happens(self, percent: float) -> bool:
        """Tell whether something happens that does in so many of a hundred cases."""
        return self.dice.random() * 100 < percent

    def new_id(self) -> UUID:
        """Return an id that grows with time, as UUIDv7 does, and that no other seed gives."""
        self._count += 1
        seed = self.seed % (1 << SEED_BITS)
        return UUID(int=((self.now // 1000) << 80) | (7 << 76) | (2 << 62) | (seed << 40) | self._count)

    def clock(self) -> int:
        """Return the true time in microseconds UTC; it moves a little at every look."""
        self.now += LOOK
        return self.now

    def seconds(self) -> float:
        """Return the seconds since the rehearsal began, for durations."""
        return (self.now - START) / 1_000_000

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += round(seconds * 1_000_000)

    def bytes(self, count: int) -> bytes:
        """Return random bytes."""
        return self.dice.randbytes(count)
