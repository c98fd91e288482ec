"""Shipments: goods picked for an order and sent."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation


@operation("open_shipment", nature=Nature.FACT, right="ship")
@dataclass(frozen=True)
class OpenShipment:
    """Fact: somebody began to pick an order."""

    shipment_id: UUID
    number: str
    order_id: UUID
    outlet_id: UUID
    warehouse_id: UUID


@operation("pick_goods", nature=Nature.FACT, right="ship")
@dataclass(frozen=True)
class PickGoods:
    """Fact: one accepted scan of goods taken from a location into staging; 10^-6 base units."""

    shipment_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    staging_id: UUID
    sku_id: UUID
    lot_id: UUID | None
    line_id: UUID | None
    quantity: int
    pack: int
    serial: str
    code: str


@operation("close_shipment", nature=Nature.FACT, right="ship")
@dataclass(frozen=True)
class CloseShipment:
    """Fact: the parcel left; its goods leave staging.

    `carrier` is who took it as people say it, `carrier_id` the carrier that we know by that name.
    """

    shipment_id: UUID
    outlet_id: UUID
    carrier: str
    tracking: str
    carrier_id: UUID | None = None


@operation("note_parcel", nature=Nature.DECISION, right="ship")
@dataclass(frozen=True)
class NoteParcel:
    """Decision: write down who has a shipment's parcel under which number; what is said last stands.

    `carrier` is how people call it, `carrier_id` the carrier that we know by that name, or None.
    """

    shipment_id: UUID
    outlet_id: UUID
    carrier_id: UUID | None
    carrier: str
    tracking: str


@operation("reverse_shipment", nature=Nature.FACT, right="reverse")
@dataclass(frozen=True)
class ReverseShipment:
    """Fact: a shipment came back unopened or never left, whole or by ledger row; the original stays."""

    shipment_id: UUID
    outlet_id: UUID
    ledger_ids: tuple[UUID, ...]
    reason: str
