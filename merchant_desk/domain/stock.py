"""The stock ledger: keys, movements and what may be moved."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.amounts import MAX_QUANTITY
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

STATUSES = ("sellable", "hold", "damaged", "quarantine")

ADJUST_REASONS = ("breakage", "expired", "own_use", "sample", "theft", "found", "opening", "other")


@dataclass(frozen=True, slots=True)
class StockKey:
    """What a balance is kept for. `owner` None is the merchant; in transit is a location."""

    location_id: UUID
    sku_id: UUID
    lot_id: UUID | None = None
    serial: str = ""
    status: str = "sellable"
    owner_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The id of the balance row of this key."""
        lot = self.lot_id.bytes if self.lot_id else b""
        owner = self.owner_id.bytes if self.owner_id else b""
        return derived_id(self.location_id, self.sku_id.bytes, lot, self.serial, self.status, owner)


def availability_id(warehouse_id: UUID, sku_id: UUID) -> UUID:
    """Return the id of the row that sums on hand, reserved and expected of a SKU in a warehouse."""
    return derived_id(warehouse_id, "availability", sku_id.bytes)


def tally_id(
    document_id: UUID, sku_id: UUID, lot_id: UUID | None, line_id: UUID | None, location_id: UUID
) -> UUID:
    """Return the id of the running count of one SKU and lot at one location in a document."""
    parts = (part.bytes if part else b"" for part in (sku_id, lot_id, line_id, location_id))
    return derived_id(document_id, "tally", *parts)


@operation("adjust_stock", nature=Nature.FACT, right="adjust")
@dataclass(frozen=True)
class AdjustStock:
    """Fact: stock became more or less for a reason outside any document; signed 10^-6 base units."""

    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    sku_id: UUID
    lot_id: UUID | None
    status: str
    quantity: int
    reason: str
    note: str


@operation("undo_scan", nature=Nature.FACT, right="report_code")
@dataclass(frozen=True)
class UndoScan:
    """Fact: an earlier scan was a slip; compensates it, both stay visible."""

    outlet_id: UUID
    document_id: UUID
    undone_op_id: UUID


def check_quantity(quantity: int) -> None:
    """Refuse nothing (`quantity_zero`), less (`quantity_negative`) and the absurd (`quantity_absurd`)."""
    if quantity == 0:
        raise Refusal("quantity_zero")
    if quantity < 0:
        raise Refusal("quantity_negative", quantity=quantity)
    if quantity > MAX_QUANTITY:
        raise Refusal("quantity_absurd", quantity=quantity, most=MAX_QUANTITY)


def check_adjustment(quantity: int, reason: str) -> None:
    """Refuse an adjustment of nothing, of an absurd amount, or without a known reason."""
    check_quantity(abs(quantity))
    if reason not in ADJUST_REASONS:
        raise Refusal("unknown_reason", reason=reason)
