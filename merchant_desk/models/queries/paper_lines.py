"""What a receipt's or shipment's paper lists: goods by lot and place, beside what was ordered."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch, fetch_one, marks

ORDERED = {"receipts": "purchase_lines", "shipments": "order_lines"}
"""Kind of document -> where the lines are that it fulfils."""


FINISHED = ("closed", "shipped", "reversed", "partly_reversed")
"""States in which a document has a paper."""


@dataclass(frozen=True, slots=True)
class ShipmentId:
    """Which shipment it is."""

    id: UUID


def last_shipment(connection: Connection, order_id: UUID) -> UUID | None:
    """Return the shipment of an order that ended last; None: nothing was shipped yet."""
    sql = (
        f"SELECT id FROM shipments WHERE order_id = ? AND status IN ({marks(FINISHED)})"
        " ORDER BY closed_at DESC, id DESC LIMIT 1"
    )
    found = fetch_one(connection, ShipmentId, sql, [order_id, *FINISHED])
    return found.id if found is not None else None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Goods of a document, in 10^-6 base units; `ordered` is None where no order asked for them.

    `expiry` is yyyymmdd or None; `line_id` the order's line, of which several lots may have come.
    """

    line_id: UUID | None
    sku: str
    name: str
    name_en: str
    unit: str
    lot: str
    expiry: int | None
    location: str
    quantity: int
    ordered: int | None


def paper_lines(connection: Connection, kind: str, document_id: UUID) -> list[PaperLine]:
    """Return what came in or went out by a document, as its scans say now, by order line and product."""
    sql = (
        "SELECT t.line_id, s.sku, s.name, s.name_en, s.base_unit, coalesce(l.code, ''), l.expiry,"
        " coalesce(o.code, ''), abs(t.quantity), p.quantity"
        " FROM tallies t JOIN skus s ON s.id = t.sku_id LEFT JOIN lots l ON l.id = t.lot_id"
        f" LEFT JOIN locations o ON o.id = t.location_id LEFT JOIN {ORDERED[kind]} p ON p.id = t.line_id"
        " WHERE t.document_id = ? AND t.quantity <> 0"
        " ORDER BY p.position IS NULL, p.position, s.sku_key, l.code, o.code"
    )
    return fetch(connection, PaperLine, sql, [document_id])
