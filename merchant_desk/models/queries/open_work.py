"""What waits at the stations: deliveries to receive, orders to pick, places to count, documents left open."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document that was begun and not ended; `device` is the desk's code, `party` the other side.

    `own`: this desk began it, perhaps as one of the devices that it was before.
    """

    id: UUID
    number: str
    about: str
    party: str
    person: str
    device: str
    opened_at: int
    quantity: int
    own: bool


BEGUN_HERE = (
    "EXISTS (SELECT 1 FROM outbox b WHERE b.about_id = d.id"
    " AND b.kind IN ('open_receipt', 'open_shipment', 'open_count'))"
)
"""The outbox is of this folder and not of one device: it knows what the desk began under any of its names,
and nothing that a copy of the folder began since."""

OPEN = {
    "receipts": (
        "coalesce(a.number, ''), coalesce(s.name, '')",
        (
            "LEFT JOIN purchase_orders a ON a.id = d.purchase_order_id"
            " LEFT JOIN suppliers s ON s.id = d.supplier_id"
        ),
    ),
    "shipments": ("coalesce(a.number, ''), coalesce(a.buyer, '')", "LEFT JOIN orders a ON a.id = d.order_id"),
    "counts": ("coalesce(a.code, ''), ''", "LEFT JOIN locations a ON a.id = d.location_id"),
}


def open_documents(
    connection: Connection, kind: str, warehouse_id: UUID, most: int = 200
) -> list[OpenDocument]:
    """Return a warehouse's open receipts, shipments or counts, the last opened first.

    `quantity` is what was scanned so far, 10^-6 base units over all products.
    """
    names, joins = OPEN[kind]
    sql = (
        f"SELECT d.id, d.number, {names}, coalesce(h.name, ''), coalesce(v.code, ''), d.opened_at,"
        " coalesce((SELECT sum(t.quantity) FROM tallies t WHERE t.document_id = d.id), 0),"
        f" {BEGUN_HERE} FROM {kind} d {joins}"
        " LEFT JOIN persons h ON h.id = d.person_id LEFT JOIN devices v ON v.id = d.device_id"
        " WHERE d.status = 'open' AND d.warehouse_id = ? ORDER BY d.opened_at DESC LIMIT ?"
    )
    return fetch(connection, OpenDocument, sql, [warehouse_id, most])


def begun_here(connection: Connection) -> tuple[str, ...]:
    """Return the numbers of open documents that this desk began, the first opened first."""
    each = (
        f"SELECT d.number, d.opened_at FROM {kind} d WHERE d.status = 'open' AND {BEGUN_HERE}"
        for kind in OPEN
    )
    rows = connection.exec_driver_sql(f"{' UNION ALL '.join(each)} ORDER BY 2")
    return tuple(str(row[0]) for row in rows)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A purchase order that goods are expected for; `due_day` yyyymmdd, quantities 10^-6 base units."""

    id: UUID
    number: str
    supplier: str
    due_day: int
    lines: int
    quantity: int
    done: int


def deliveries(connection: Connection, warehouse_id: UUID, most: int = 500) -> list[Delivery]:
    """Return what is expected at a warehouse, the most urgent first."""
    sql = (
        "SELECT o.id, o.number, coalesce(s.name, ''), o.due_day, count(l.id), coalesce(sum(l.quantity), 0),"
        " coalesce(sum(t.done), 0) FROM purchase_orders o LEFT JOIN suppliers s ON s.id = o.supplier_id"
        " LEFT JOIN purchase_lines l ON l.order_id = o.id LEFT JOIN line_totals t ON t.id = l.id"
        " WHERE o.status = 'sent' AND o.warehouse_id = ? GROUP BY o.id ORDER BY o.due_day, o.number LIMIT ?"
    )
    return fetch(connection, Delivery, sql, [warehouse_id, most])


@dataclass(frozen=True, slots=True)
class OrderToPick:
    """An order that waits for the floor; times in microseconds UTC, quantities 10^-6 base units."""

    id: UUID
    number: str
    channel: str
    buyer: str
    status: str
    placed_at: int
    due_at: int | None
    summary: str
    summary_en: str
    lines: int
    quantity: int
    done: int


def orders_to_pick(connection: Connection, warehouse_id: UUID, most: int = 500) -> list[OrderToPick]:
    """Return a warehouse's orders that wait for the floor, the most urgent first."""
    sql = (
        "WITH waiting AS (SELECT * FROM orders WHERE status IN ('accepted', 'picking') AND warehouse_id = ?"
        " ORDER BY coalesce(due_at, 9e18), placed_at LIMIT ?)"
        " SELECT o.id, o.number, o.channel, o.buyer, o.status, o.placed_at, o.due_at, o.summary,"
        " coalesce((SELECT s.name_en FROM order_lines f JOIN skus s ON s.id = f.sku_id"
        "  WHERE f.order_id = o.id ORDER BY f.position LIMIT 1), ''), count(l.id),"
        " coalesce(sum(l.quantity), 0), coalesce(sum(t.done), 0) FROM waiting o"
        " LEFT JOIN order_lines l ON l.order_id = o.id LEFT JOIN line_totals t ON t.id = l.id"
        " GROUP BY o.id ORDER BY coalesce(o.due_at, 9e18), o.placed_at"
    )
    return fetch(connection, OrderToPick, sql, [warehouse_id, most])


@dataclass(frozen=True, slots=True)
class CountPlace:
    """A location that can be counted, and when it last was (microseconds UTC; None: never)."""

    id: UUID
    code: str
    kind: str
    counted_at: int | None


def count_places(connection: Connection, warehouse_id: UUID, most: int = 2_000) -> list[CountPlace]:
    """Return a warehouse's locations in the order of their codes. What stands there is not told."""
    sql = (
        "SELECT p.id, p.code, p.kind, (SELECT max(c.closed_at) FROM counts c WHERE c.location_id = p.id"
        " AND c.status <> 'open') FROM locations p WHERE p.warehouse_id = ? AND p.archived = 0"
        " AND p.kind <> 'transit' ORDER BY p.code_key LIMIT ?"
    )
    return fetch(connection, CountPlace, sql, [warehouse_id, most])


ABOUT = {"receipts": "purchase_order_id", "shipments": "order_id", "counts": "location_id"}


def own_open_document(connection: Connection, kind: str, about_id: UUID) -> UUID | None:
    """Return the document that this desk began for an order or a location and has open, or None."""
    sql = (
        f"SELECT d.id FROM {kind} d WHERE d.{ABOUT[kind]} = ? AND d.status = 'open' AND {BEGUN_HERE}"
        " ORDER BY d.opened_at DESC LIMIT 1"
    )
    found = connection.exec_driver_sql(sql, (about_id.bytes,)).scalar()
    return UUID(bytes=found) if found else None
