"""Deletions that are larger than a slip: their author has to have confirmed how many rows go."""

from collections.abc import Callable

from merchant_desk.domain.refusals import Refusal

FEW = 20
"""So many rows anybody may delete at once, however small the table is."""

SHARE = 5
"""More than one row in so many is a large part of a table."""


def check_deletions(table: str, rows: int, count_held: Callable[[], int], confirmed: int) -> None:
    """Refuse to delete more than a fifth of a table unless its author confirmed at least that number.

    Args:
        table: its name.
        rows: how many of its rows go, those that come back under another id not counted.
        count_held: tells how many there are before; only asked if it matters.
        confirmed: how many the author knows of.

    Raises:
        Refusal: `deletes_much`, with the numbers.
    """
    if rows <= max(FEW, confirmed):
        return
    held = count_held()
    if rows * SHARE > held:
        raise Refusal("deletes_much", table=table, rows=rows, held=held)
