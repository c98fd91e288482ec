"""Counts: timed observations of what stands at a location."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation

KEYS_AT_ONCE = 1_000
"""How many keys one `CloseCount` settles; each writes a line, a variance and now and then a correction."""


@operation("open_count", nature=Nature.FACT, right="count")
@dataclass(frozen=True)
class OpenCount:
    """Fact: somebody began to count a location."""

    count_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    blind: bool


@operation("count_goods", nature=Nature.FACT, right="count")
@dataclass(frozen=True)
class CountGoods:
    """Fact: one accepted scan of goods that stand there; 10^-6 base units."""

    count_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    sku_id: UUID
    lot_code: str
    expiry: int | None
    quantity: int
    pack: int
    serial: str
    code: str


@operation("close_count", nature=Nature.FACT, right="count")
@dataclass(frozen=True)
class CloseCount:
    """Fact: the location was counted to the end; each counted key gets its variance.

    Of a count of more than `KEYS_AT_ONCE` keys it settles as many, and the count stays open for the next
    one: no operation touches more rows than the protocol allows, and each is short. `empty_stock_keys` are
    balance ids that the counter states to be gone (asked for by name, never assumed). `last` says that the
    desk knows of nothing more to settle: if there is more, another desk's scans, nobody will end the count.
    """

    count_id: UUID
    outlet_id: UUID
    empty_stock_keys: tuple[UUID, ...]
    last: bool = False


@operation("reverse_count", nature=Nature.FACT, right="reverse")
@dataclass(frozen=True)
class ReverseCount:
    """Fact: a count was wrong, whole or by count line; its variances are taken back, the original stays."""

    count_id: UUID
    outlet_id: UUID
    line_ids: tuple[UUID, ...]
    reason: str


@operation("place_movement", nature=Nature.FACT, right="count")
@dataclass(frozen=True)
class PlaceMovement:
    """Fact: the answer to "was this moved before or after the count?", when clocks could not tell."""

    task_id: UUID
    outlet_id: UUID
    ledger_id: UUID
    line_id: UUID
    before: bool


class Side(Enum):
    """Where a movement stands to a count of the same stock key."""

    BEFORE = "before"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: by which device, in its order, at which time, how surely (microseconds)."""

    device_id: UUID
    device_seq: int
    time: int
    bound: int


def count_line_id(count_id: UUID, stock_key: UUID) -> UUID:
    """Return the id of a count's line for one stock key."""
    return derived_id(count_id, "count_line", stock_key.bytes)


def side_of(movement: Moment, count: Moment) -> Side:
    """Tell whether a movement was part of what the count saw.

    The counting device's own movements are ordered by its sequence; others' by time, unless the two
    clocks' error bounds leave it open: then nothing is guessed.
    """
    if movement.device_id == count.device_id:
        return Side.BEFORE if movement.device_seq < count.device_seq else Side.AFTER
    doubt = movement.bound + count.bound
    if movement.time + doubt < count.time:
        return Side.BEFORE
    if movement.time - doubt > count.time:
        return Side.AFTER
    return Side.UNKNOWN
