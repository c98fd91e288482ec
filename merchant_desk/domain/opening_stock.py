"""Opening stock: what stood in a shop when its books were begun, with what it had cost."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.products import check_cost, lot_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import STATUSES, StockKey, check_quantity


@dataclass(frozen=True)
class OpeningItem:
    """What stood at a place: 10^-6 base units, 10^-6 major units for one of them (None: not known).

    `expiry` is the lot's, yyyymmdd; a quantity of 0 takes back what was stated before.
    """

    location_id: UUID
    sku_id: UUID
    lot_code: str
    expiry: int | None
    serial: str
    status: str
    quantity: int
    unit_cost: int | None

    @property
    def key(self) -> StockKey:
        """The stock key that it is kept under."""
        lot = lot_id(self.sku_id, self.lot_code) if self.lot_code else None
        return StockKey(self.location_id, self.sku_id, lot, self.serial, self.status)

    @property
    def stated(self) -> "Stated":
        """What it states of that key."""
        return Stated(self.quantity, self.unit_cost, self.expiry)

    def keys_of(self, skus: Iterable[UUID]) -> set[UUID]:
        """The stock keys under which a count may have seen it, if it is of any of these products."""
        return {replace(self, sku_id=sku).key.id for sku in skus}


@operation("import_opening_stock", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportOpeningStock:
    """Decision: one chunk of an import job that states what stood there before the shop went live.

    It is what the office says of the books, not what hands did: so it may be refused (`books_closed`). Each
    item replaces what was stated of its stock key before; one that says the same changes nothing.
    """

    job_id: UUID
    chunk: int
    outlet_id: UUID
    warehouse_id: UUID
    items: tuple[OpeningItem, ...]


class Stated(NamedTuple):
    """What stands stated of a stock key: 10^-6 base units, 10^-6 major units for one (None: not known).

    `expiry` is its lot's, yyyymmdd or None.
    """

    quantity: int
    unit_cost: int | None
    expiry: int | None = None


NOTHING_STATED = Stated(0, None)


class Standing(NamedTuple):
    """A movement that stands for what was stated; `unit_cost` is None too where this side may not hold it."""

    quantity: int
    costed: bool
    unit_cost: int | None


def stated_by(movements: Iterable[Standing], new: Stated, expiry: int | None) -> Stated:
    """Return what stands stated of a stock key: several movements stand for it where products were merged.

    `expiry` is what its lot has, yyyymmdd.
    A cost that this side does not hold is taken for the `new` one; costs that differ are as none.
    """
    standing = [movement for movement in movements if movement.quantity]
    costs = {new.unit_cost if one.costed and one.unit_cost is None else one.unit_cost for one in standing}
    cost = costs.pop() if len(costs) == 1 else None
    return Stated(sum(one.quantity for one in standing), cost, expiry)


class Opening(Enum):
    """What becomes of an item by what stands here."""

    NEW = "new"
    SAME = "same"
    REPLACED = "replaced"
    AMENDED = "amended"
    COUNTED = "counted"


def judge_opening(item: Stated, standing: Stated, *, counted: bool) -> Opening:
    """Tell what becomes of an item: the one rule of check, import and server.

    Args:
        item: what is stated now.
        standing: what was stated before, `NOTHING_STATED` where nothing was.
        counted: whether the stock key was counted since: what was seen stands, whatever a file says. No
            count sees a cost.

    Returns:
        `AMENDED` where the same goods have another cost or expiry: nothing moves. One that is not said
        changes nothing.
    """
    has_moved = item.quantity != standing.quantity
    is_redated = redates(item, standing)
    if counted and (has_moved or is_redated):
        return Opening.COUNTED
    if has_moved:
        return Opening.REPLACED if standing.quantity else Opening.NEW
    recosts = bool(item.quantity) and item.unit_cost not in (None, standing.unit_cost)
    return Opening.AMENDED if is_redated or recosts else Opening.SAME


def redates(item: Stated, standing: Stated) -> bool:
    """Tell whether an item corrects the expiry of what stands stated."""
    return bool(item.quantity and standing.quantity) and item.expiry not in (None, standing.expiry)


def opening_id(stock_key: UUID) -> UUID:
    """Return the id of the row that tells what was stated of a stock key."""
    return derived_id(stock_key, "opening")


def check_opening(item: OpeningItem) -> None:
    """Refuse less than nothing, the absurd, an unknown status (`unknown_status`) or a bad cost."""
    if item.quantity:
        check_quantity(item.quantity)
    if item.status not in STATUSES:
        raise Refusal("unknown_status", status=item.status)
    if item.unit_cost is not None:
        check_cost(item.unit_cost)


def check_books_open(live_at: int | None) -> None:
    """Refuse to change the opening books of an outlet that went live (`books_closed`)."""
    if live_at is not None:
        raise Refusal("books_closed")
