"""Sales orders that are open when the books are begun, from a plain file, judged against what the shop has.

    open_order_line   to be shipped: the product is found by its SKU, else by its barcode

number     lines of one number are one order, wherever they stand in the file
product    as in purchase orders: a carton's code counts cartons (see `imports_articles`)
customer   known by the code; an order without one is a walk-in's
price      an empty cell means the product's own price; a product without one cannot be sold
whole      an order of which a line is refused is refused as a whole, and so is one of two customers or days
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from merchant_desk.domain.amounts import MAX_AMOUNT, half_up
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import PICO, Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.imports_articles import ArticleBook, Articles, plain

MAX_LINES: Final = 1_000
"""Lines of one order: all of them must fit into one operation."""

LINE_BYTES: Final = 140
"""About what a line takes in an operation's body; never less than it does."""


class OpenOrderRule(StrEnum):
    """What becomes of a row; see the module's text."""

    OPEN_ORDER_LINE = "open_order_line"


class OpenOrderNote(StrEnum):
    """What else is noticed about a line."""

    PACK_COUNTED = "pack_counted"
    ROUNDED = "rounded"
    OWN_PRICE = "own_price"


class OpenOrderRow(NamedTuple):
    """A line as it was read.

    `quantity` (10^-6) counts what the code names; `unit_price` is 10^-6 major units for one of them, None
    where the cell is empty; `placed_at` microseconds UTC.
    """

    number: int
    order_number: str
    customer: str
    sku: str
    barcode: str
    quantity: int
    unit_price: int | None
    placed_at: int
    notes: tuple[str, ...] = ()


class OrderBook(ArticleBook, Protocol):
    """What the merchant has, asked by what stands in the file."""

    def customers(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return customers by their code."""

    def prices(self, skus: Iterable[UUID]) -> Mapping[UUID, int]:
        """Return products' prices, 10^-6 major units for one base unit."""


class OpenLine(NamedTuple):
    """A line to be written: 10^-6 base units at 10^-6 major units each, its total in minor units."""

    position: int
    sku_id: UUID
    quantity: int
    unit_price: int
    amount: int


class OpenOrder(NamedTuple):
    """An order to be written; `buyer_id` None for a walk-in."""

    number: str
    customer: str
    buyer_id: UUID | None
    placed_at: int
    lines: tuple[OpenLine, ...]


class OpenOrderOutcome(NamedTuple):
    """What became of an order's rows; `order` is None if nothing of it is written."""

    rows: tuple[RowOutcome, ...]
    order: OpenOrder | None

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""
        return LINE_BYTES * (2 + (len(self.order.lines) if self.order is not None else 0))


def classify_open_orders(
    rows: Iterable[OpenOrderRow | UnreadRow], book: OrderBook, minor_digits: int
) -> Iterator[OpenOrderOutcome]:
    """Yield what becomes of each order of a file, in the order in which they begin there.

    Args:
        rows: all rows of the file.
        book: the merchant's products and customers.
        minor_digits: decimals of the currency (ISO 4217).
    """
    orders: dict[str, list[OpenOrderRow | UnreadRow]] = {}
    for row in rows:
        number = row.order_number if isinstance(row, OpenOrderRow) else row.key
        orders.setdefault(sku_key(number) if number else f"\0{row.number}", []).append(row)
    read = [row for rows in orders.values() for row in rows if isinstance(row, OpenOrderRow)]
    known = _Known(book, read, minor_digits)
    for lines in orders.values():
        yield known.outcome(lines)


class _Known:
    """The products and customers that a file names."""

    def __init__(self, book: OrderBook, rows: list[OpenOrderRow], minor_digits: int) -> None:
        self._scale = 10**minor_digits
        self._articles = Articles(book, (row.sku for row in rows), (row.barcode for row in rows))
        self._customers = book.customers({row.customer for row in rows if row.customer})
        found = (self._articles.named(row.sku, row.barcode) for row in rows)
        self._prices = book.prices({one.sku_id for one in found if not isinstance(one, Fault)})

    def outcome(self, rows: list[OpenOrderRow | UnreadRow]) -> OpenOrderOutcome:
        """Judge the lines of one order."""
        faults: dict[int, Fault] = {}
        judged: list[tuple[RowOutcome, OpenLine]] = []
        for row in rows:
            found = row.fault if isinstance(row, UnreadRow) else self._line(row, len(judged))
            if isinstance(found, Fault):
                faults[row.number] = found
            else:
                judged.append(found)
        read = [row for row in rows if isinstance(row, OpenOrderRow)]
        whole = _whole_fault(read)
        if faults or whole is not None:
            rest = whole or Fault(FaultCode.ORDER_INCOMPLETE, "order_number", str(min(faults)))
            return OpenOrderOutcome(
                tuple(_refused(row.number, faults.get(row.number, rest)) for row in rows), None
            )
        first = read[0]
        buyer = self._customers[first.customer] if first.customer else None
        lines = tuple(line for _, line in judged)
        order = OpenOrder(first.order_number, first.customer, buyer, first.placed_at, lines)
        return OpenOrderOutcome(tuple(row for row, _ in judged), order)

    def _line(self, row: OpenOrderRow, position: int) -> tuple[RowOutcome, OpenLine] | Fault:
        if row.customer and row.customer not in self._customers:
            return Fault(FaultCode.UNKNOWN_CUSTOMER, "customer_code", row.customer)
        if row.quantity <= 0:
            return Fault(FaultCode.QUANTITY_NOT_POSITIVE, "quantity", plain(row.quantity))
        article = self._articles.named(row.sku, row.barcode)
        if isinstance(article, Fault):
            return article
        found = self._articles.in_base_units(article, row.quantity, row.unit_price or 0)
        if isinstance(found, Fault):
            return found
        own = row.unit_price is None
        price = self._prices[article.sku_id] if own else found.unit_cost
        if own and not price:
            return Fault(FaultCode.PRICE_MISSING, "unit_price", row.sku or row.barcode)
        if price < 0:
            return Fault(FaultCode.NEGATIVE_PRICE, "unit_price", row.sku or row.barcode)
        # What the file says of the line stands to the last digit; packs were only divided for the ledger.
        exact = found.quantity * price if own else row.quantity * (row.unit_price or 0)
        amount = half_up(exact * self._scale, PICO)
        if amount > MAX_AMOUNT:
            return Fault(FaultCode.NUMBER_TOO_LARGE, "quantity", plain(row.quantity))
        noticed = {
            OpenOrderNote.PACK_COUNTED: found.packed,
            OpenOrderNote.ROUNDED: found.rounded,
            OpenOrderNote.OWN_PRICE: own,
        }
        notes = (*row.notes, *(note for note, so in noticed.items() if so))
        written = RowOutcome(row.number, OpenOrderRule.OPEN_ORDER_LINE, Effect.WRITTEN, exact, amount, notes)
        return written, OpenLine(position + 1, article.sku_id, found.quantity, price, amount)


def _whole_fault(rows: list[OpenOrderRow]) -> Fault | None:
    """Return what is wrong with an order itself."""
    customers = dict.fromkeys(row.customer for row in rows)
    if len(customers) > 1:
        return Fault(FaultCode.ORDER_OF_TWO_CUSTOMERS, "customer_code", ", ".join(filter(None, customers)))
    if len({row.placed_at for row in rows}) > 1:
        return Fault(FaultCode.ORDER_OF_TWO_TIMES, "placed_at", rows[0].order_number)
    if len(rows) > MAX_LINES:
        return Fault(FaultCode.ORDER_TOO_LONG, "", str(len(rows)))
    return None


def _refused(number: int, fault: Fault) -> RowOutcome:
    return RowOutcome(number, fault.code, Effect.REFUSED, fault=fault)
