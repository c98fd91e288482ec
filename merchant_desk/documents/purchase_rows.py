"""From a table's cells to the lines of purchase orders, and from a file to outcomes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from merchant_desk.documents.cells import NumberReader, TimeReader, UnreadableCell, clean_code, clean_text
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.product_care import read_flag
from merchant_desk.documents.row_reading import order_key, read_rows
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_purchases import (
    PurchaseOutcome,
    PurchaseRow,
    Trade,
    classify_purchases,
)

_MICROSECONDS: Final = 1_000_000


class _Cells:
    """Reads the cells of purchase order lines."""

    FIELDS = ("order_number", "supplier", "sku", "barcode", "quantity", "unit_cost", "due", "sent")

    def __init__(self, mapping: Mapping, formulas: bool) -> None:
        options = mapping.options
        self._formulas = formulas
        self._zone = mapping.zone
        self._quantity = NumberReader.of_quantities("quantity", options.decimal_mark)
        self._cost = NumberReader.of_prices("unit_cost", options.decimal_mark, options.currency)
        self._day = TimeReader("due", options.date_order, mapping.zone)

    def row(self, number: int, cells: tuple[str, ...]) -> PurchaseRow:
        """Read one line.

        Raises:
            UnreadableCell: the first cell that cannot be used.
        """
        order_number, notes_a = clean_code(cells[0], "order_number", formulas=self._formulas)
        supplier, notes_b = clean_text(cells[1], "supplier", formulas=self._formulas)
        sku, notes_c = clean_code(cells[2], "sku", formulas=self._formulas)
        barcode, notes_d = clean_code(cells[3], "barcode", formulas=self._formulas)
        for field, text in (("order_number", order_number), ("supplier", supplier), ("sku", sku or barcode)):
            if not text:
                raise UnreadableCell(FaultCode.MISSING_VALUE, field, "")
        quantity, notes_e = self._quantity(cells[4])
        cost, notes_f = self._cost(cells[5])
        time, _ = self._day(cells[6])
        sent = read_flag("sent", cells[7])
        notes = notes_a + notes_b + notes_c + notes_d + notes_e + notes_f
        return PurchaseRow(
            number, order_number, supplier, sku, barcode, quantity, cost, self._due_day(time), notes, sent
        )

    def _due_day(self, time: int) -> int:
        """Return the day (yyyymmdd) where the file's clock hung."""
        day = datetime.fromtimestamp(time // _MICROSECONDS, UTC).astimezone(self._zone)
        return day.year * 10_000 + day.month * 100 + day.day


def purchase_rows(table: Table, mapping: Mapping) -> Iterator[PurchaseRow | UnreadRow]:
    """Yield the lines of a file of purchase orders.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    mapped, formulas = MappedCells(table.headers, mapping), bool(table.sheet)
    reader = _Cells(mapping, formulas)
    yield from read_rows(table, mapped, reader.FIELDS, reader.row, order_key(mapped, formulas=formulas))


def purchase_outcomes(table: Table, mapping: Mapping, trade: Trade) -> Iterator[PurchaseOutcome]:
    """Yield what becomes of every purchase order of a file."""
    digits = minor_digits(mapping.options.currency)
    return classify_purchases(purchase_rows(table, mapping), trade, digits)
