"""Purchase orders from a file: lines gathered by their number, each judged against what the merchant has.

    purchase_line   ordered: the product is found by its SKU, else by its barcode

number    lines of one number are one order, wherever they stand in the file
product   a SKU decides; a barcode beside it must be one of its own. A carton's code counts cartons: quantity
          and cost are brought to base units, the cost rounded half up to 10^-6 once
whole     an order of which a line is refused is refused as a whole, and so is one with two suppliers or days
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from merchant_desk.domain.amounts import MAX_AMOUNT, half_up
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id, near_id
from merchant_desk.domain.imports import PICO, Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.imports_articles import ArticleBook, Articles, InBaseUnits, plain

MAX_PURCHASE_LINES: Final = 1_000
"""Lines of one order: all of them must fit into one operation."""

LINE_BYTES: Final = 140
"""About what a line takes in an operation's body; never less than it does."""


class PurchaseRule(StrEnum):
    """What becomes of a row; see the module's text."""

    PURCHASE_LINE = "purchase_line"


class PurchaseNote(StrEnum):
    """What else is noticed about a line."""

    REPEATED_PRODUCT = "repeated_product"
    PACK_COUNTED = "pack_counted"
    ROUNDED = "rounded"


class PurchaseRow(NamedTuple):
    """A line as it was read.

    `quantity` (10^-6) counts what the code names, base units or packs; `unit_cost` is 10^-6 major units for
    one of them; `due_day` yyyymmdd; `sent`: the supplier has it already. Of `sku` and `barcode` one may be
    "".
    """

    number: int
    order_number: str
    supplier: str
    sku: str
    barcode: str
    quantity: int
    unit_cost: int
    due_day: int
    notes: tuple[str, ...] = ()
    sent: bool = False


class Trade(ArticleBook, Protocol):
    """What the merchant has, asked by what stands in the file."""

    def suppliers(self, names: Iterable[str]) -> Mapping[str, tuple[UUID, ...]]:
        """Return the suppliers that a name or code (as written) stands for."""


class PurchasedLine(NamedTuple):
    """A line to be written: 10^-6 base units, 10^-6 major units per base unit; `position` from 1."""

    position: int
    sku_id: UUID
    quantity: int
    unit_cost: int


class ImportedPurchase(NamedTuple):
    """A purchase order to be written; `due_day` yyyymmdd; `sent`: the supplier has it already."""

    number: str
    supplier_id: UUID
    due_day: int
    lines: tuple[PurchasedLine, ...]
    sent: bool = False


class PurchaseOutcome(NamedTuple):
    """What became of an order's rows; `order` is None if nothing of it is written."""

    rows: tuple[RowOutcome, ...]
    order: ImportedPurchase | None

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""
        lines = len(self.order.lines) if self.order is not None else 0
        return LINE_BYTES * (2 + lines)


class _Judged(NamedTuple):
    line: PurchasedLine | None
    fault: Fault | None
    notes: tuple[str, ...]


def purchase_id(merchant_id: UUID, number: str) -> UUID:
    """Return the id that an imported purchase order gets from its number; numbers compare case-folded."""
    return derived_id(merchant_id, "purchase_orders", sku_key(number))


def purchase_line_id(order: UUID, position: int) -> UUID:
    """Return the id of an order's n-th line, counted from 1 as the lines stand in the file."""
    return near_id(order, "purchase_lines", str(position))


def classify_purchases(
    rows: Iterable[PurchaseRow | UnreadRow], trade: Trade, minor_digits: int
) -> Iterator[PurchaseOutcome]:
    """Yield what becomes of each order of a file, in the order in which they begin there.

    Args:
        rows: all rows of the file.
        trade: the merchant's suppliers and products.
        minor_digits: decimals of the currency (ISO 4217).
    """
    orders: dict[str, list[PurchaseRow | UnreadRow]] = {}
    for row in rows:
        number = row.order_number if isinstance(row, PurchaseRow) else row.key
        orders.setdefault(sku_key(number) if number else f"\0{row.number}", []).append(row)
    read = [row for rows in orders.values() for row in rows if isinstance(row, PurchaseRow)]
    known = _Known(trade, read)
    for lines in orders.values():
        yield known.outcome(lines, minor_digits)


class _Known:
    """The merchant's suppliers and products that a file names."""

    def __init__(self, trade: Trade, rows: list[PurchaseRow]) -> None:
        self._suppliers = trade.suppliers(dict.fromkeys(row.supplier for row in rows))
        self._articles = Articles(trade, (row.sku for row in rows), (row.barcode for row in rows))

    def outcome(self, rows: list[PurchaseRow | UnreadRow], minor_digits: int) -> PurchaseOutcome:
        """Judge the lines of one order."""
        seen: set[UUID] = set()
        faults: dict[int, Fault] = {}
        lines: list[PurchasedLine] = []
        notes: dict[int, tuple[str, ...]] = {}
        for row in rows:
            if isinstance(row, UnreadRow):
                faults[row.number] = row.fault
                continue
            judged = self._line(row, len(lines) + 1, minor_digits)
            if judged.fault is not None or judged.line is None:
                faults[row.number] = judged.fault or Fault(FaultCode.UNKNOWN_PRODUCT, "sku", row.sku)
                continue
            again = (PurchaseNote.REPEATED_PRODUCT,) if judged.line.sku_id in seen else ()
            notes[row.number] = (*row.notes, *judged.notes, *again)
            seen.add(judged.line.sku_id)
            lines.append(judged.line)
        read = [row for row in rows if isinstance(row, PurchaseRow)]
        whole = _whole_fault(read, self._suppliers)
        if faults or whole is not None:
            return _refused(rows, faults, whole, minor_digits)
        first = read[0]
        order = ImportedPurchase(
            first.order_number, self._suppliers[first.supplier][0], first.due_day, tuple(lines), first.sent
        )
        written = (_row(row, minor_digits, notes[row.number]) for row in read)
        return PurchaseOutcome(tuple(written), order)

    def _line(self, row: PurchaseRow, position: int, minor_digits: int) -> _Judged:
        suppliers = self._suppliers.get(row.supplier, ())
        if len(suppliers) != 1:
            code = FaultCode.AMBIGUOUS_SUPPLIER if suppliers else FaultCode.UNKNOWN_SUPPLIER
            return _Judged(None, Fault(code, "supplier", row.supplier), ())
        if row.quantity <= 0:
            text = plain(row.quantity)
            return _Judged(None, Fault(FaultCode.QUANTITY_NOT_POSITIVE, "quantity", text), ())
        if row.unit_cost < 0:
            return _Judged(None, Fault(FaultCode.NEGATIVE_COST, "unit_cost", plain(row.unit_cost)), ())
        article = self._articles.named(row.sku, row.barcode)
        if isinstance(article, Fault):
            return _Judged(None, article, ())
        found = self._articles.in_base_units(article, row.quantity, row.unit_cost)
        return _as_line(row, article.sku_id, found, position, minor_digits)


def _as_line(
    row: PurchaseRow, sku_id: UUID, found: InBaseUnits | Fault, position: int, minor_digits: int
) -> _Judged:
    if not isinstance(found, Fault) and _amount(row, minor_digits) > MAX_AMOUNT:
        found = Fault(FaultCode.NUMBER_TOO_LARGE, "quantity", plain(row.quantity))
    if isinstance(found, Fault):
        return _Judged(None, found, ())
    notes: tuple[str, ...] = (PurchaseNote.PACK_COUNTED,) if found.packed else ()
    if found.rounded:
        notes = (*notes, PurchaseNote.ROUNDED)
    return _Judged(PurchasedLine(position, sku_id, found.quantity, found.unit_cost), None, notes)


def _whole_fault(rows: list[PurchaseRow], known: Mapping[str, tuple[UUID, ...]]) -> Fault | None:
    """Return what is wrong with an order itself; code and name of one supplier are no two suppliers."""
    suppliers = dict.fromkeys(row.supplier for row in rows)
    if len({known.get(name) or sku_key(name) for name in suppliers}) > 1:
        return Fault(FaultCode.ORDER_OF_TWO_SUPPLIERS, "supplier", ", ".join(suppliers))
    days = dict.fromkeys(str(row.due_day) for row in rows)
    if len(days) > 1:
        return Fault(FaultCode.ORDER_OF_TWO_DAYS, "due", ", ".join(days))
    if len({row.sent for row in rows}) > 1:
        return Fault(FaultCode.ORDER_HALF_SENT, "sent", rows[0].order_number)
    if len(rows) > MAX_PURCHASE_LINES:
        return Fault(FaultCode.ORDER_TOO_LONG, "", str(len(rows)))
    return None


def _refused(
    rows: list[PurchaseRow | UnreadRow], faults: Mapping[int, Fault], whole: Fault | None, minor_digits: int
) -> PurchaseOutcome:
    """Refuse an order: wrong rows for their own fault, the others for the order's or because of those."""
    rest = whole or Fault(FaultCode.ORDER_INCOMPLETE, "order_number", str(min(faults, default=0)))
    outcomes = []
    for row in rows:
        fault = faults.get(row.number, rest)
        exact, amount = _amounts(row, minor_digits) if isinstance(row, PurchaseRow) else (0, 0)
        outcomes.append(RowOutcome(row.number, fault.code, Effect.REFUSED, exact, amount, fault=fault))
    return PurchaseOutcome(tuple(outcomes), None)


def _row(row: PurchaseRow, minor_digits: int, notes: tuple[str, ...]) -> RowOutcome:
    exact, amount = _amounts(row, minor_digits)
    return RowOutcome(row.number, PurchaseRule.PURCHASE_LINE, Effect.WRITTEN, exact, amount, notes)


def _amounts(row: PurchaseRow, minor_digits: int) -> tuple[int, int]:
    """Return a line's exact amount in 10^-12 major units, and the same in minor units, rounded once."""
    return row.quantity * row.unit_cost, _amount(row, minor_digits)


def _amount(row: PurchaseRow, minor_digits: int) -> int:
    return half_up(row.quantity * row.unit_cost * 10**minor_digits, PICO)
