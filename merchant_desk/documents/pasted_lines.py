"""A block of cells for the lines of a purchase order: product, quantity, cost; headings are optional."""

import csv
from io import StringIO
from typing import Final, NamedTuple

from merchant_desk.documents.cells import NumberReader, UnreadableCell, clean_code
from merchant_desk.documents.column_names import suggested_columns
from merchant_desk.domain.imports import Fault, FaultCode

MOST_ROWS: Final = 1_000
"""Rows of one block; more is a file's work."""

FIELDS: Final = ("sku", "barcode", "quantity", "unit_cost")

_BARE: Final = (("sku",), ("quantity",), ("unit_cost",))
"""What the columns of a block without headings are; the first is a SKU or a barcode."""


_OF_A_MAPPING: Final = (FaultCode.OTHER_DECIMAL_MARK, FaultCode.OTHER_CURRENCY)
"""What a mapping would put right; cells that are pasted have none, and are no numbers then."""


class BlockNotRead(Exception):  # noqa: N818 - an answer about a block, told at once
    """Nobody can say which of its columns is what, or it has too many rows.

    `columns` is how many it has, 0 where no cell of it can be read.
    """

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self.columns, self.rows = columns, rows


class PastedRow(NamedTuple):
    """A row as it was read; `number` counts from 1, headings included.

    `sku` and `barcode` as under a heading of their own; a block without headings has its code in both.
    `quantity` is 10^-6 of what the code is on, `cost` 10^-6 of the major unit for it, None where none stands.
    """

    number: int
    sku: str
    barcode: str
    quantity: int
    cost: int | None


class WrongRow(NamedTuple):
    """A row that makes no line, and why."""

    number: int
    fault: Fault


def is_block(text: str) -> bool:
    """Tell whether a clipboard's text is several cells; one alone is for the field that it is pasted into."""
    return not {"\t", "\n", "\r"}.isdisjoint(text.strip())


def pasted_rows(text: str, currency: str) -> list[PastedRow | WrongRow]:
    """Return the rows of a block.

    Args:
        text: as spreadsheets put cells on the clipboard: tabs between them, a line for each row, whichever
            way lines end.
        currency: of the books (ISO 4217); a cost in another one is refused.

    Raises:
        BlockNotRead: without headings that say it, two or three columns are needed.
    """
    lines = StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter="\t")]
    except csv.Error as error:  # a cell without end: a quotation mark that nobody closed, say
        raise BlockNotRead(0, 0) from error
    filled = [(n, row) for n, row in enumerate(rows, 1) if any(row)]
    width = max((len(row) for _, row in filled), default=0)
    if not filled or len(filled) > MOST_ROWS:
        raise BlockNotRead(width, len(filled))
    places = _named_places(filled[0][1])
    if places is not None:
        filled = filled[1:]
    elif 2 <= width <= len(_BARE):
        places = {"sku": 0, "barcode": 0, "quantity": 1, "unit_cost": 2}
    else:
        raise BlockNotRead(width, len(filled))
    read = _Reader(places, currency)
    return [read(number, cells) for number, cells in filled]


def _named_places(cells: list[str]) -> dict[str, int] | None:
    """Return which column is what if the row is one of headings: one names the product, one how many."""
    found = suggested_columns("purchase_orders", cells)
    if "quantity" not in found or not {"sku", "barcode"} & found.keys():
        return None
    return {field: cells.index(found[field]) for field in FIELDS if field in found}


class _Reader:
    """Reads rows by the places of their fields."""

    def __init__(self, places: dict[str, int], currency: str) -> None:
        self._places = places
        self._quantity = NumberReader.of_quantities("quantity", ".")
        self._cost = NumberReader.of_prices("unit_cost", ".", currency)

    def __call__(self, number: int, cells: list[str]) -> PastedRow | WrongRow:
        try:
            return self._row(number, [self._cell(cells, field) for field in FIELDS])
        except UnreadableCell as unreadable:
            code = unreadable.fault.code
            plain = FaultCode.NUMBER_NOT_READ if code in _OF_A_MAPPING else code
            return WrongRow(number, unreadable.fault._replace(code=plain))

    def _cell(self, cells: list[str], field: str) -> str:
        place = self._places.get(field, len(cells))
        return cells[place] if place < len(cells) else ""

    def _row(self, number: int, cells: list[str]) -> PastedRow:
        sku, _ = clean_code(cells[0], "sku", formulas=True)
        barcode, _ = clean_code(cells[1], "barcode", formulas=True)
        if not (sku or barcode):
            raise UnreadableCell(FaultCode.MISSING_VALUE, "sku", "")
        quantity, _ = self._quantity(cells[2])
        if quantity <= 0:
            raise UnreadableCell(FaultCode.QUANTITY_NOT_POSITIVE, "quantity", cells[2])
        cost = self._cost(cells[3])[0] if cells[3] else None
        if cost is not None and cost < 0:
            raise UnreadableCell(FaultCode.NEGATIVE_COST, "unit_cost", cells[3])
        return PastedRow(number, sku, barcode, quantity, cost)
