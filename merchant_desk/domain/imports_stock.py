"""Opening stock from a file: what stands where when the books are begun, each row judged against the shop.

    opening_line   stated: the product is found by its SKU, else by its barcode, the place by its code

product    as in purchase orders: a carton's code counts cartons (see `imports_articles`)
place      a location of the warehouse; nobody can find goods that stand nowhere
lot        a product tracked by lot needs one, and so does an expiry; of a serial number there is one piece
twice      rows of one product, place, lot, serial and status contradict each other: none of them is taken;
           nor is a row of a lot to which another row gives another expiry
nothing    a quantity of 0 takes back what an earlier file stated
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from merchant_desk.domain.amounts import MAX_AMOUNT, MICRO, half_up
from merchant_desk.domain.imports import PICO, Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.imports_articles import ArticleBook, Articles, plain
from merchant_desk.domain.opening_stock import OpeningItem

ITEM_BYTES: Final = 300
"""About what an item takes in an operation's body; never less than it does."""


class StockRule(StrEnum):
    """What becomes of a row; see the module's text."""

    OPENING_LINE = "opening_line"


class StockNote(StrEnum):
    """What else is noticed about a row: its product has no price yet, or it says no cost."""

    PACK_COUNTED = "pack_counted"
    ROUNDED = "rounded"
    NO_PRICE = "no_price"
    NO_COST = "no_cost"


class StockRow(NamedTuple):
    """A row as it was read.

    `quantity` (10^-6) counts what the code names, base units or packs; `unit_cost` is 10^-6 major units for
    one of them, None where the cell is empty; `expiry` yyyymmdd or None; `status` as in the ledger.
    """

    number: int
    sku: str
    barcode: str
    location: str
    lot: str
    expiry: int | None
    serial: str
    status: str
    quantity: int
    unit_cost: int | None
    notes: tuple[str, ...] = ()


class Tracking(NamedTuple):
    """What the shop wants to know of a product's goods, and whether it has a price."""

    lot: bool
    expiry: bool
    serial: bool
    priced: bool


class StockBook(ArticleBook, Protocol):
    """What the merchant has, asked by what stands in the file."""

    def locations(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return the warehouse's locations by their code as written."""

    def tracking(self, skus: Iterable[UUID]) -> Mapping[UUID, Tracking]:
        """Return what is tracked of products."""


class StockOutcome(NamedTuple):
    """What became of a row; `item` is None if nothing of it is written."""

    row: RowOutcome
    item: OpeningItem | None

    @property
    def rows(self) -> tuple[RowOutcome, ...]:
        """The row, as every outcome has its rows."""
        return (self.row,)

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""
        return ITEM_BYTES if self.item is not None else 0


@dataclass(frozen=True, slots=True)
class _Judged:
    row: StockRow
    item: OpeningItem | None = None
    fault: Fault | None = None
    notes: tuple[str, ...] = ()


def classify_stock(
    rows: Iterable[StockRow | UnreadRow], book: StockBook, minor_digits: int
) -> Iterator[StockOutcome]:
    """Yield what becomes of each row of a file, in its order.

    Args:
        rows: all rows of the file.
        book: the merchant's products and the warehouse's locations.
        minor_digits: decimals of the currency (ISO 4217).
    """
    rows = list(rows)
    known = _Known(book, [row for row in rows if isinstance(row, StockRow)])
    judged = [known.judged(row) if isinstance(row, StockRow) else row for row in rows]
    contradicted = _contradictions([one for one in judged if isinstance(one, _Judged)])
    for one in judged:
        if isinstance(one, UnreadRow):
            refused = RowOutcome(one.number, one.fault.code, Effect.REFUSED, fault=one.fault)
            yield StockOutcome(refused, None)
        else:
            yield _outcome(one, contradicted.get(one.row.number), minor_digits)


def _contradictions(judged: Iterable[_Judged]) -> dict[int, Fault]:
    """Return the faults of rows that contradict another, by row: one stock, or one lot's two expiries."""
    keys: dict[UUID, list[int]] = {}
    lots: dict[UUID, dict[int, list[int]]] = {}
    for row, item in ((one.row.number, one.item) for one in judged if one.item is not None):
        keys.setdefault(item.key.id, []).append(row)
        if item.key.lot_id is not None and item.expiry is not None:
            lots.setdefault(item.key.lot_id, {}).setdefault(item.expiry, []).append(row)
    faults: dict[int, Fault] = {}
    for first, *others in (list(days.values()) for days in lots.values()):
        for rows in (first, *others) if others else ():
            other = others[0][0] if rows is first else first[0]
            faults.update((row, Fault(FaultCode.LOT_EXPIRIES, "expiry", str(other))) for row in rows)
    for first_row, *other_rows in keys.values():
        for row in (first_row, *other_rows) if other_rows else ():
            other = other_rows[0] if row == first_row else first_row
            faults[row] = Fault(FaultCode.STOCK_TWICE, "", str(other))
    return faults


class _Known:
    """The products and locations that a file names."""

    def __init__(self, book: StockBook, rows: list[StockRow]) -> None:
        self._articles = Articles(book, (row.sku for row in rows), (row.barcode for row in rows))
        self._locations = book.locations(dict.fromkeys(row.location for row in rows))
        found = (self._articles.named(row.sku, row.barcode) for row in rows)
        self._tracking = book.tracking({one.sku_id for one in found if not isinstance(one, Fault)})

    def judged(self, row: StockRow) -> _Judged:
        """Judge one row by itself."""
        if row.quantity < 0:
            fault = Fault(FaultCode.QUANTITY_NEGATIVE, "quantity", plain(row.quantity))
            return _Judged(row, fault=fault)
        if row.unit_cost is not None and row.unit_cost < 0:
            return _Judged(row, fault=Fault(FaultCode.NEGATIVE_COST, "unit_cost", plain(row.unit_cost)))
        article = self._articles.named(row.sku, row.barcode)
        if isinstance(article, Fault):
            return _Judged(row, fault=article)
        location_id = self._locations.get(row.location)
        if location_id is None:
            return _Judged(row, fault=Fault(FaultCode.UNKNOWN_LOCATION, "location", row.location))
        found = self._articles.in_base_units(article, row.quantity, row.unit_cost or 0)
        if isinstance(found, Fault):
            return _Judged(row, fault=found)
        tracking = self._tracking[article.sku_id]
        lacking = _tracked_fault(row, tracking, found.quantity)
        if lacking is not None:
            return _Judged(row, fault=lacking)
        cost = found.unit_cost if row.unit_cost is not None else None
        item = OpeningItem(
            location_id, article.sku_id, row.lot, row.expiry, row.serial, row.status, found.quantity, cost
        )
        noticed = {
            StockNote.PACK_COUNTED: found.packed,
            StockNote.ROUNDED: found.rounded,
            StockNote.NO_PRICE: not tracking.priced,
            StockNote.NO_COST: cost is None and found.quantity > 0,
        }
        return _Judged(row, item, notes=(*row.notes, *(note for note, so in noticed.items() if so)))


def _tracked_fault(row: StockRow, tracking: Tracking, quantity: int) -> Fault | None:
    """Return what is missing of a row by what is tracked of its product; `quantity` in 10^-6 base units."""
    if not row.lot and tracking.lot:
        return Fault(FaultCode.LOT_MISSING, "lot", row.sku or row.barcode)
    if not row.lot and (row.expiry is not None or tracking.expiry):
        return Fault(FaultCode.EXPIRY_WITHOUT_LOT, "lot", row.sku or row.barcode)
    if row.expiry is None and tracking.expiry:
        return Fault(FaultCode.EXPIRY_MISSING, "expiry", row.sku or row.barcode)
    if not row.serial and tracking.serial and quantity:
        return Fault(FaultCode.SERIAL_MISSING, "serial", row.sku or row.barcode)
    if row.serial and quantity not in (0, MICRO):
        return Fault(FaultCode.SERIAL_IS_ONE, "quantity", plain(quantity))
    return None


def _outcome(judged: _Judged, contradicted: Fault | None, minor_digits: int) -> StockOutcome:
    row, item, fault = judged.row, judged.item, contradicted or judged.fault
    exact = row.quantity * (row.unit_cost or 0)
    amount = half_up(exact * 10**minor_digits, PICO)
    if fault is None and amount > MAX_AMOUNT:
        fault = Fault(FaultCode.NUMBER_TOO_LARGE, "quantity", plain(row.quantity))
    if fault is not None:
        return StockOutcome(
            RowOutcome(row.number, fault.code, Effect.REFUSED, exact, amount, fault=fault), None
        )
    written = RowOutcome(row.number, StockRule.OPENING_LINE, Effect.WRITTEN, exact, amount, judged.notes)
    return StockOutcome(written, item)
