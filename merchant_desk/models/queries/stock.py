"""Stock as people ask for it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class Availability:
    """What a warehouse has of a SKU (10^-6 base units); available = on hand - reserved."""

    sku_id: UUID
    sku: str
    name: str
    warehouse_id: UUID
    on_hand: int
    reserved: int
    expected: int

    @property
    def available(self) -> int:
        """What may be promised."""
        return self.on_hand - self.reserved


def availability(connection: Connection, sku_id: UUID | None = None, most: int = 1_000) -> list[Availability]:
    """Return stock by SKU and warehouse, of one SKU or of all by name."""
    where = "WHERE a.sku_id = ?" if sku_id else ""
    sql = (
        "SELECT a.sku_id, s.sku, s.name, a.warehouse_id, a.on_hand, a.reserved, a.expected"
        f" FROM availability a JOIN skus s ON s.id = a.sku_id {where}"
        " ORDER BY s.sort_key, a.warehouse_id LIMIT ?"
    )
    return fetch(connection, Availability, sql, [*([sku_id] if sku_id else []), most])


@dataclass(frozen=True, slots=True)
class MovementView:
    """A ledger row as people read it; quantity in 10^-6 base units, time in microseconds UTC."""

    id: UUID
    time: int
    kind: str
    quantity: int
    location: str
    lot: str
    person: str
    reason: str
    document_id: UUID


def movements(connection: Connection, sku_id: UUID, most: int = 50) -> list[MovementView]:
    """Return the last movements of a SKU, the latest first."""
    sql = (
        "SELECT g.id, g.time, g.kind, g.quantity, coalesce(p.code, ''), coalesce(l.code, ''),"
        " coalesce(h.name, ''), g.reason, g.document_id FROM ledger g"
        " LEFT JOIN locations p ON p.id = g.location_id"
        " LEFT JOIN lots l ON l.id = g.lot_id LEFT JOIN persons h ON h.id = g.person_id"
        " WHERE g.sku_id = ? ORDER BY g.time DESC LIMIT ?"
    )
    return fetch(connection, MovementView, sql, [sku_id, most])
