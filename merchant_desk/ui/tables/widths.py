"""How the columns of a table share its width. No widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_FREE = 120.0
"""Width in pixels that a column without a width of its own always gets."""

LEAST_FIXED = 112.0
LEAST_SHARE = 0.72
"""A column with a width keeps that share of it; the first (what a row is called) and narrow ones keep all."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one column asks for, in pixels: `wanted` 0 shares what is left, `least` is what it needs."""

    wanted: float
    least: float

    @property
    def asks(self) -> float:
        """The width at which the column shows all that it should."""
        return self.wanted or self.least


def fixed(width: float, title: float, *, first: bool) -> Room:
    """Return the room of a column with a width; no column is narrower than its title."""
    wanted = max(width, title)
    if first:
        return Room(wanted, wanted)
    return Room(wanted, max(title, min(wanted, max(LEAST_FIXED, LEAST_SHARE * wanted))))


def too_many(columns: Mapping[str, Room], spare: Sequence[str], room: float) -> set[str]:
    """Return which spare columns have to go, the first named first, so that the others show all of theirs."""
    over = sum(column.asks for column in columns.values()) - room
    gone: set[str] = set()
    for key in spare:
        if over > 0 and key in columns:
            over -= columns[key].asks
            gone.add(key)
    return gone


def shared(columns: Sequence[Room], room: int) -> list[int]:
    """Return each column's width in whole pixels; where there is too little, fixed ones give of theirs."""
    free = [i for i, column in enumerate(columns) if not column.wanted]
    least = sum(columns[i].least for i in free)
    wanted = sum(column.wanted for column in columns)
    loose = sum(column.wanted - column.least for column in columns if column.wanted)
    over = min(loose, max(0.0, wanted + least - room))
    given = over / loose if loose else 0.0
    widths = [int(one.wanted - (one.wanted - one.least) * given) if one.wanted else 0 for one in columns]
    left = room - sum(widths)
    for i in free:
        if left >= least:
            widths[i] = int(columns[i].least + (left - least) / len(free))
        else:
            widths[i] = int(max(LEAST_FREE, left * columns[i].least / least))
    if free:
        widths[free[-1]] += max(0, room - sum(widths))
    return widths
