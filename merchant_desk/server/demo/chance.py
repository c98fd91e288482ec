"""Seeded chance: the same on every machine and Python version."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from math import exp
from typing import TypeVar

One = TypeVar("One")


class Dice:
    """A stream of chance named by what it is for.

    Built on `random.Random.random` alone: its sequence is the one that Python promises to keep.
    """

    def __init__(self, *purpose: object) -> None:
        self._roll = random.Random("/".join(map(str, purpose))).random  # noqa: S311 - nothing secret

    def below(self, limit: int) -> int:
        """Return one of 0 ... limit - 1."""
        return int(self._roll() * limit)

    def between(self, least: int, most: int) -> int:
        """Return one of least ... most."""
        return least + int(self._roll() * (most - least + 1))

    def happens(self, percent: float) -> bool:
        """Tell whether something happens that does so in `percent` of cases."""
        return self._roll() * 100 < percent

    def pick(self, things: Sequence[One]) -> One:
        """Return one of several."""
        return things[int(self._roll() * len(things))]

    def weighted(self, things: Sequence[One], cumulative: Sequence[int]) -> One:
        """Return one of several by weight; `cumulative` are the running sums of the weights."""
        return things[bisect_right(cumulative, int(self._roll() * cumulative[-1]))]

    def events(self, mean: float) -> int:
        """Return how many events there are when `mean` are expected (Poisson, by Knuth's method)."""
        limit, count, product = exp(-mean), 0, self._roll()
        while product > limit:
            count += 1
            product *= self._roll()
        return count
