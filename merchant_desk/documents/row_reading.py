"""Reading rows that are looked at together before the first one is judged: each read, or why it is not."""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from merchant_desk.documents.cells import UnreadableCell, clean_code
from merchant_desk.documents.mapped_cells import Cells, MappedCells
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.imports import UnreadRow

R = TypeVar("R")

MAX_ROWS: Final = 200_000
"""Rows of one file."""


def read_rows(
    table: Table,
    mapped: MappedCells,
    fields: tuple[str, ...],
    read: Callable[[int, tuple[str, ...]], R],
    key: Callable[[Cells], str] = lambda _: "",
) -> Iterator[R | UnreadRow]:
    """Yield the rows of a file.

    Args:
        table: the file.
        mapped: which of its columns is what.
        fields: that are read.
        read: makes a row of its number and the cells of the fields; raises UnreadableCell.
        key: the number of the order that a row of a file belongs to, "" where it cannot be read.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    pick = mapped.picker(*fields)
    for count, row in enumerate(table.rows(), 1):
        if count > MAX_ROWS:
            raise ImportProblem("too_many_rows", limit=MAX_ROWS)
        try:
            fault = mapped.fault(row)
            yield UnreadRow(row.number, key(row.cells), fault) if fault else read(row.number, pick(row.cells))
        except UnreadableCell as unreadable:
            yield UnreadRow(row.number, key(row.cells), unreadable.fault)


def order_key(mapped: MappedCells, *, formulas: bool) -> Callable[[Cells], str]:
    """Return what reads the number of the order that a row belongs to, "" where it cannot be read."""
    pick = mapped.picker("order_number", "sku", lenient=True)

    def key(cells: Cells) -> str:
        try:
            return clean_code(pick(cells)[0], "order_number", formulas=formulas)[0]
        except UnreadableCell:
            return ""

    return key
