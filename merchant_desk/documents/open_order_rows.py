"""From a table's cells to the lines of open sales orders, and from a file to outcomes."""

from collections.abc import Iterator

from merchant_desk.documents.cells import NumberReader, TimeReader, UnreadableCell, clean_code
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.row_reading import order_key, read_rows
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_open_orders import (
    OpenOrderOutcome,
    OpenOrderRow,
    OrderBook,
    classify_open_orders,
)


class _Cells:
    """Reads the cells of open orders' lines."""

    CODES = ("order_number", "customer_code", "sku", "barcode")
    FIELDS = (*CODES, "quantity", "unit_price", "placed_at")

    def __init__(self, mapping: Mapping, formulas: bool) -> None:
        options = mapping.options
        self._formulas = formulas
        self._quantity = NumberReader.of_quantities("quantity", options.decimal_mark)
        self._price = NumberReader.of_prices("unit_price", options.decimal_mark, options.currency)
        self._time = TimeReader("placed_at", options.date_order, mapping.zone)

    def row(self, number: int, cells: tuple[str, ...]) -> OpenOrderRow:
        """Read one line.

        Raises:
            UnreadableCell: the first cell that cannot be used.
        """
        read = [
            clean_code(text, field, formulas=self._formulas)
            for field, text in zip(self.CODES, cells[:4], strict=True)
        ]
        order_number, customer, sku, barcode = (code for code, _ in read)
        for field, text in (("order_number", order_number), ("sku", sku or barcode)):
            if not text:
                raise UnreadableCell(FaultCode.MISSING_VALUE, field, "")
        quantity, counted = self._quantity(cells[4])
        price, priced = self._price(cells[5]) if cells[5].strip() else (None, ())
        placed_at, timed = self._time(cells[6])
        notes = (*(note for _, found in read for note in found), *counted, *priced, *timed)
        return OpenOrderRow(number, order_number, customer, sku, barcode, quantity, price, placed_at, notes)


def open_order_rows(table: Table, mapping: Mapping) -> Iterator[OpenOrderRow | UnreadRow]:
    """Yield the lines of a file of open orders.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    mapped, formulas = MappedCells(table.headers, mapping), bool(table.sheet)
    reader = _Cells(mapping, formulas)
    yield from read_rows(table, mapped, reader.FIELDS, reader.row, order_key(mapped, formulas=formulas))


def open_order_outcomes(table: Table, mapping: Mapping, book: OrderBook) -> Iterator[OpenOrderOutcome]:
    """Yield what becomes of every order of a file."""
    digits = minor_digits(mapping.options.currency)
    return classify_open_orders(open_order_rows(table, mapping), book, digits)
