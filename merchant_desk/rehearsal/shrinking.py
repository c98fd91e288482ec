"""Making a failing rehearsal shorter: which of its steps are enough to fail in the same way."""

from collections.abc import Callable, Sequence

from merchant_desk.rehearsal.cast import Found

Play = Callable[[frozenset[int]], Found]
"""Plays the same seed again without these steps."""


def rule_of(violation: str) -> str:
    """Return what was broken, without where and how."""
    return violation.partition(":")[0]


def shrink(found: Found, steps: int, play: Play, tries: int = 60) -> tuple[Found, list[int]]:
    """Leave steps out as long as the same rule is broken; returns the shortest failure and its steps.

    Delta debugging: A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input" (2002),
    reduced to complements and cut off after `tries` plays.
    """
    rule = rule_of(found.violation)
    # What comes after the step at which it was seen did not cause it.
    kept = list(range(1, min(found.step, steps) + 1))
    best, parts = found, 2
    while tries > 0 and len(kept) >= parts:
        for rest in _complements(kept, parts):
            again = play(frozenset(range(1, steps + 1)).difference(rest))
            tries -= 1
            if rule_of(again.violation) == rule:
                best, kept, parts = again, rest, max(parts - 1, 2)
                break
            if tries <= 0:
                break
        else:
            if parts >= len(kept):
                break
            parts = min(parts * 2, len(kept))
    return best, kept


def _complements(kept: Sequence[int], parts: int) -> list[list[int]]:
    """Return the steps without one part of them, for each part, the last first."""
    size = -(-len(kept) // parts)
    cuts = [(start, start + size) for start in range(0, len(kept), size)]
    return [[*kept[:start], *kept[end:]] for start, end in reversed(cuts)]
