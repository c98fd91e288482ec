"""Lists of receipts, shipments and counts, and what stands in one: lines, scans, who.

Quantities in 10^-6 base units, times in microseconds UTC.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A receipt, shipment or count in a list. `about` is the order's number or the location's code."""

    id: UUID
    number: str
    number_key: str
    status: str
    about: str
    about_id: UUID | None
    partner: str
    opened_at: int
    closed_at: int | None
    person: str
    desk: str
    quantity: int
    outlet_id: UUID


_WHO = (
    "coalesce((SELECT p.name FROM persons p WHERE p.id = t.person_id), ''),"
    " coalesce((SELECT d.code FROM devices d WHERE d.id = t.device_id), ''),"
    " (SELECT coalesce(sum(m.quantity), 0) FROM tallies m WHERE m.document_id = t.id), t.outlet_id"
)
_ORDERS = {"opened": Order("t.opened_at", "opened_at"), "number": Order("t.number_key", "number_key")}


def _listing(table: str, link: str, about: str, partner: str) -> Listing[DocumentRow]:
    return Listing(
        DocumentRow,
        f"t.id, t.number, t.number_key, t.status, coalesce({about}, ''), t.{link} AS about_id,"
        f" coalesce({partner}, ''), t.opened_at, t.closed_at, {_WHO}",
        f"FROM {table} t",
        _ORDERS,
        searched=table,
    )


DOCUMENT_LISTS = {
    "receipts": _listing(
        "receipts",
        "purchase_order_id",
        "(SELECT o.number FROM purchase_orders o WHERE o.id = t.purchase_order_id)",
        "(SELECT s.name FROM suppliers s WHERE s.id = t.supplier_id)",
    ),
    "shipments": _listing(
        "shipments",
        "order_id",
        "(SELECT o.number FROM orders o WHERE o.id = t.order_id)",
        "(SELECT o.buyer FROM orders o WHERE o.id = t.order_id)",
    ),
    "counts": _listing(
        "counts", "location_id", "(SELECT l.code FROM locations l WHERE l.id = t.location_id)", "''"
    ),
}


def document_row(connection: Connection, kind: str, document_id: UUID) -> DocumentRow | None:
    """Return one document of a kind (receipts, shipments, counts) as its list shows it."""
    listing = DOCUMENT_LISTS[kind]
    sql = f"SELECT {listing.columns} {listing.source} WHERE t.id = ?"
    return fetch_one(connection, DocumentRow, sql, [document_id])


def document_counts(connection: Connection, kind: str) -> dict[str, int]:
    """Return how many documents of a kind are in each state."""
    sql = f"SELECT status, count(*) FROM {kind} GROUP BY status"
    return {status: int(number) for status, number in connection.exec_driver_sql(sql)}


@dataclass(frozen=True, slots=True)
class CountedLine:
    """A line of a closed count: counted, what the book had at that moment, the difference."""

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    lot: str
    counted: int
    book: int
    variance: int
    reversed: int
    reason: str


def counted_lines(connection: Connection, count_id: UUID) -> list[CountedLine]:
    """Return the lines of a closed count; those taken back stay, with the reason where stock moved."""
    sql = (
        "SELECT c.id, c.sku_id, s.sku, s.name, s.name_en, s.base_unit, coalesce(l.code, ''), c.counted,"
        " c.book, c.variance, EXISTS (SELECT 1 FROM count_lines r WHERE r.count_id = c.count_id"
        " AND r.reverses_id = c.id), coalesce((SELECT max(v.reason) FROM count_lines r"
        " JOIN ledger v ON v.document_id = r.count_id AND v.op_id = r.op_id AND v.reverses_id IS NOT NULL"
        " WHERE r.count_id = c.count_id AND r.reverses_id = c.id), '')"
        " FROM count_lines c JOIN skus s ON s.id = c.sku_id"
        " LEFT JOIN lots l ON l.id = c.lot_id WHERE c.count_id = ? AND c.reverses_id IS NULL"
        " ORDER BY s.sort_key"
    )
    return fetch(connection, CountedLine, sql, [count_id])


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One accepted scan of a document, or what took it back: who, where, when, how much."""

    id: UUID
    op_id: UUID
    time: int
    kind: str
    sku_id: UUID
    name: str
    name_en: str
    base_unit: str
    lot_id: UUID | None
    lot: str
    location: str
    quantity: int
    person: str
    desk: str
    reverses_id: UUID | None
    reversed: int
    reason: str


def document_scans(connection: Connection, kind: str, document_id: UUID, most: int = 2_000) -> list[ScanRow]:
    """Return what was scanned into a document, by every desk, the latest first."""
    counted = kind == "counts"
    table = "count_entries" if counted else "ledger"
    extra = "'count', " if counted else "g.kind, "
    standing = "NULL, 0, ''"
    if not counted:
        standing = (
            "g.reverses_id, EXISTS (SELECT 1 FROM ledger r WHERE r.document_id = g.document_id"
            " AND r.reverses_id = g.id), g.reason"
        )
    sql = (
        f"SELECT g.id, g.op_id, g.time, {extra}g.sku_id, s.name, s.name_en, s.base_unit, g.lot_id,"
        " coalesce(l.code, ''), coalesce(p.code, ''), g.quantity, coalesce(h.name, ''), coalesce(d.code, ''),"
        f" {standing} FROM {table} g JOIN skus s ON s.id = g.sku_id LEFT JOIN lots l ON l.id = g.lot_id"
        " LEFT JOIN locations p ON p.id = g.location_id LEFT JOIN persons h ON h.id = g.person_id"
        " LEFT JOIN devices d ON d.id = g.device_id WHERE g.document_id = ?"
        f"{'' if counted else ' AND (g.tally_id IS NOT NULL OR g.reverses_id IS NOT NULL)'}"
        " ORDER BY g.time DESC, g.device_seq DESC LIMIT ?"
    )
    return fetch(connection, ScanRow, sql, [document_id, most])


def standing_ledger_ids(
    connection: Connection, document_id: UUID, sku_id: UUID, lot_id: UUID | None
) -> tuple[UUID, ...]:
    """Return the ledger rows of one SKU and lot in a receipt or shipment that stand: none takes them back."""
    sql = (
        "SELECT g.id FROM ledger g WHERE g.document_id = ? AND g.sku_id = ? AND g.lot_id IS ?"
        " AND g.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM ledger r"
        " WHERE r.document_id = g.document_id AND r.reverses_id = g.id)"
    )
    values = tuple(value.bytes if value else None for value in (document_id, sku_id, lot_id))
    return tuple(UUID(bytes=row[0]) for row in connection.exec_driver_sql(sql, values))
