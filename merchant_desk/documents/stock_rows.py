"""From a table's cells to opening stock, and from a file to outcomes."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from merchant_desk.documents.cells import NumberReader, TimeReader, UnreadableCell, clean_code
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.row_reading import read_rows
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_stock import StockBook, StockOutcome, StockRow, classify_stock

_MICROSECONDS: Final = 1_000_000

_STATUSES: Final = MappingProxyType(
    {
        "sellable": ("", "sellable", "available", "good", "可售", "正常", "良品", "合格"),
        "hold": ("hold", "on hold", "暂扣", "冻结", "锁定"),
        "damaged": ("damaged", "残损", "残次", "破损", "次品"),
        "quarantine": ("quarantine", "隔离", "待检"),
    }
)
_STATUS_OF: Final = {word: status for status, words in _STATUSES.items() for word in words}


class _Cells:
    """Reads the cells of opening stock."""

    FIELDS = ("sku", "barcode", "location", "lot", "serial", "status", "expiry", "quantity", "unit_cost")

    def __init__(self, mapping: Mapping, formulas: bool) -> None:
        options = mapping.options
        self._formulas = formulas
        self._zone = mapping.zone
        self._quantity = NumberReader.of_quantities("quantity", options.decimal_mark)
        self._cost = NumberReader.of_prices("unit_cost", options.decimal_mark, options.currency)
        self._day = TimeReader("expiry", options.date_order, mapping.zone)

    def row(self, number: int, cells: tuple[str, ...]) -> StockRow:
        """Read one row.

        Raises:
            UnreadableCell: the first cell that cannot be used.
        """
        read = [
            clean_code(text, field, formulas=self._formulas)
            for field, text in zip(self.FIELDS[:5], cells[:5], strict=True)
        ]
        sku, barcode, location, lot, serial = (code for code, _ in read)
        for field, text in (("sku", sku or barcode), ("location", location)):
            if not text:
                raise UnreadableCell(FaultCode.MISSING_VALUE, field, "")
        status = _status(cells[5])
        expiry = self._expiry(cells[6])
        quantity, counted = self._quantity(cells[7])
        cost, costed = self._cost(cells[8]) if cells[8].strip() else (None, ())
        notes = (*(note for _, found in read for note in found), *counted, *costed)
        return StockRow(number, sku, barcode, location, lot, expiry, serial, status, quantity, cost, notes)

    def _expiry(self, text: str) -> int | None:
        """Return the day (yyyymmdd) where the file's clock hung, None where the cell is empty."""
        if not text.strip():
            return None
        time, _ = self._day(text)
        day = datetime.fromtimestamp(time // _MICROSECONDS, UTC).astimezone(self._zone)
        return day.year * 10_000 + day.month * 100 + day.day


def _status(text: str) -> str:
    """Return the status that a cell names; empty is sellable.

    Raises:
        UnreadableCell: `status_not_read`.
    """
    found = _STATUS_OF.get(unicodedata.normalize("NFKC", text).strip().casefold())
    if found is None:
        raise UnreadableCell(FaultCode.STATUS_NOT_READ, "status", text)
    return found


def stock_rows(table: Table, mapping: Mapping) -> Iterator[StockRow | UnreadRow]:
    """Yield the rows of a file of opening stock.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    reader = _Cells(mapping, bool(table.sheet))
    yield from read_rows(table, MappedCells(table.headers, mapping), reader.FIELDS, reader.row)


def stock_outcomes(table: Table, mapping: Mapping, book: StockBook) -> Iterator[StockOutcome]:
    """Yield what becomes of every row of a file."""
    digits = minor_digits(mapping.options.currency)
    return classify_stock(stock_rows(table, mapping), book, digits)
