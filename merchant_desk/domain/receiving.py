"""Receipts: goods that came in."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation


@operation("open_receipt", nature=Nature.FACT, right="receive")
@dataclass(frozen=True)
class OpenReceipt:
    """Fact: a delivery is being taken in, against a purchase order or blind."""

    receipt_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    purchase_order_id: UUID | None
    supplier_id: UUID | None


@operation("receive_goods", nature=Nature.FACT, right="receive")
@dataclass(frozen=True)
class ReceiveGoods:
    """Fact: one accepted scan of incoming goods.

    `quantity` in 10^-6 base units, `pack` those of one scanned unit.
    `expiry` is a calendar day yyyymmdd or None; `code` the barcode as scanned.
    """

    receipt_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    sku_id: UUID
    line_id: UUID | None
    quantity: int
    pack: int
    lot_code: str
    expiry: int | None
    serial: str
    status: str
    code: str


@operation("close_receipt", nature=Nature.FACT, right="receive")
@dataclass(frozen=True)
class CloseReceipt:
    """Fact: the delivery is taken in; what is missing stays expected."""

    receipt_id: UUID
    outlet_id: UUID


@operation("reverse_receipt", nature=Nature.FACT, right="reverse")
@dataclass(frozen=True)
class ReverseReceipt:
    """Fact: a closed receipt was wrong, whole (no rows named) or by ledger row; the original stays."""

    receipt_id: UUID
    outlet_id: UUID
    ledger_ids: tuple[UUID, ...]
    reason: str
