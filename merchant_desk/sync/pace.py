"""How much to ask of a line at once: as much as passes in some seconds, found out by trying."""

from dataclasses import dataclass

GOAL_SECONDS = 10.0
"""What one request may last; a person's own request never waits longer for the line."""


@dataclass
class Pace:
    """An amount (bytes, rows) that grows while requests are quick and shrinks when they are not.

    Only requests that used the amount tell what the line can do; a small one says little.
    """

    amount: int
    least: int
    most: int
    goal: float = GOAL_SECONDS

    def took(self, amount: int, seconds: float) -> None:
        """Learn from a request of `amount` that took `seconds`."""
        if seconds > self.goal:
            self._set(int(amount * self.goal / seconds * 0.8))
        elif amount * 2 >= self.amount and seconds < self.goal / 2:
            rate = amount / max(seconds, 0.001)
            self._set(min(self.amount * 4, int(rate * self.goal / 2)))

    def failed(self) -> None:
        """Learn from a request that got no answer in time: try with a quarter."""
        self._set(self.amount // 4)

    def _set(self, amount: int) -> None:
        self.amount = min(max(amount, self.least), self.most)
