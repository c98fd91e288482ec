"""An open document as its station shows it: head, lines, what was scanned, what nobody counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.stock import StockKey
from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class HeadView:
    """The head of a receipt, shipment or count; `party` is the supplier's or the buyer's name."""

    document_id: UUID
    number: str
    status: str
    outlet_id: UUID
    warehouse_id: UUID
    about: str
    about_id: UUID | None
    party: str
    blind: int
    opened_at: int


HEADS = {
    "receipts": (
        "coalesce(a.number, ''), d.purchase_order_id AS about_id, coalesce(s.name, ''), 0, d.opened_at"
        " FROM receipts d LEFT JOIN purchase_orders a ON a.id = d.purchase_order_id"
        " LEFT JOIN suppliers s ON s.id = d.supplier_id"
    ),
    "shipments": (
        "coalesce(a.number, ''), d.order_id AS about_id, coalesce(a.buyer, ''), 0, d.opened_at"
        " FROM shipments d LEFT JOIN orders a ON a.id = d.order_id"
    ),
    "counts": (
        "coalesce(a.code, ''), d.location_id AS about_id, '', d.blind, d.opened_at"
        " FROM counts d LEFT JOIN locations a ON a.id = d.location_id"
    ),
}


def sheet_head(connection: Connection, kind: str, document_id: UUID) -> HeadView | None:
    """Return the head of one document; `kind` is receipts, shipments or counts."""
    sql = f"SELECT d.id, d.number, d.status, d.outlet_id, d.warehouse_id, {HEADS[kind]} WHERE d.id = ?"
    return fetch_one(connection, HeadView, sql, [document_id])


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """A line of a purchase or sales order; `done` is over all documents of the order (10^-6 base units)."""

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    min_days_left: int
    quantity: int
    done: int


def ordered_lines(connection: Connection, table: str, order_id: UUID) -> list[OrderedLine]:
    """Return the lines of an order in its order; `table` is purchase_lines or order_lines."""
    sql = (
        "SELECT l.id, l.sku_id, s.sku, s.name, s.name_en, s.base_unit, s.min_days_left, l.quantity,"
        f" coalesce(t.done, 0) FROM {table} l JOIN skus s ON s.id = l.sku_id"
        " LEFT JOIN line_totals t ON t.id = l.id WHERE l.order_id = ? ORDER BY l.position"
    )
    return fetch(connection, OrderedLine, sql, [order_id])


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """What a document holds of a SKU and lot at a location (10^-6 base units)."""

    tally_id: UUID
    line_id: UUID | None
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    min_days_left: int
    lot_id: UUID | None
    lot: str
    expiry: int | None
    location: str
    quantity: int


def scanned_lines(connection: Connection, document_id: UUID) -> list[ScannedLine]:
    """Return what was scanned into a document so far, by name; what was all taken back is left out."""
    sql = (
        "SELECT t.id AS tally_id, t.line_id, t.sku_id, s.sku, s.name, s.name_en, s.base_unit,"
        " s.min_days_left, t.lot_id, coalesce(l.code, ''), l.expiry, coalesce(p.code, ''), t.quantity"
        " FROM tallies t JOIN skus s ON s.id = t.sku_id LEFT JOIN lots l ON l.id = t.lot_id"
        " LEFT JOIN locations p ON p.id = t.location_id"
        " WHERE t.document_id = ? AND t.quantity <> 0 ORDER BY s.sort_key, l.expiry, p.code_key"
    )
    return fetch(connection, ScannedLine, sql, [document_id])


@dataclass(frozen=True, slots=True)
class UncountedView:
    """Something that the book has at a location and a count has not seen. How much is not told."""

    stock_key_id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    lot: str
    serial: str


def uncounted_at(connection: Connection, count_id: UUID, location_id: UUID) -> list[UncountedView]:
    """Return what the book has at a location and a count has not seen, by name."""
    sql = (
        "SELECT b.id AS stock_key_id, b.sku_id, s.sku, s.name, s.name_en, coalesce(l.code, ''), b.serial"
        " FROM stock_balances b JOIN skus s ON s.id = b.sku_id LEFT JOIN lots l ON l.id = b.lot_id"
        " WHERE b.location_id = ? AND b.on_hand <> 0 ORDER BY s.sort_key, l.expiry"
    )
    seen = _keys_seen(connection, count_id)
    return [
        one for one in fetch(connection, UncountedView, sql, [location_id]) if one.stock_key_id not in seen
    ]


def is_anything_counted(connection: Connection, count_id: UUID) -> bool:
    """Tell whether a count saw anything; what was undone was not seen."""
    return bool(_keys_seen(connection, count_id))


def unsettled_keys(connection: Connection, count_id: UUID, gone: Iterable[UUID]) -> int:
    """Return how many keys of a count have no count line yet: those seen, and those said to be gone.

    What was seen of a product that was merged since is settled as the product that was kept, unless all of it
    was settled before.
    """
    sql = "SELECT stock_key FROM count_lines WHERE count_id = ?"
    settled = set(map(id_of, connection.exec_driver_sql(sql, (count_id.bytes,)).scalars()))
    seen = _keys_seen(connection, count_id)
    done = {key for key, scanned in seen.items() if scanned <= settled}
    return len({*seen, *gone} - settled - done)


def _keys_seen(connection: Connection, count_id: UUID) -> dict[UUID, set[UUID]]:
    """Return the stock keys that a count saw, as they are kept now, with those that they were scanned as."""
    sql = (
        "SELECT e.stock_key, m.kept_id, l.code, e.location_id, e.serial FROM count_entries e"
        " LEFT JOIN sku_merges m ON m.id = e.sku_id LEFT JOIN lots l ON l.id = e.lot_id"
        " WHERE e.document_id = ? GROUP BY e.stock_key HAVING sum(e.quantity) > 0"
    )
    found: dict[UUID, set[UUID]] = {}
    for key, kept, lot, location, serial in connection.exec_driver_sql(sql, (count_id.bytes,)):
        kept_key = scanned = id_of(key)
        if kept is not None:
            sku_id = id_of(kept)
            lot_key = lot_id(sku_id, lot) if lot is not None else None
            kept_key = StockKey(id_of(location), sku_id, lot_key, serial).id
        found.setdefault(kept_key, set()).add(scanned)
    return found


def book_at(connection: Connection, location_id: UUID) -> dict[tuple[UUID, UUID | None], int]:
    """Return what the book has at a location by SKU and lot: for counts that are not blind."""
    sql = (
        "SELECT sku_id, lot_id, sum(on_hand) FROM stock_balances WHERE location_id = ?"
        " GROUP BY sku_id, lot_id HAVING sum(on_hand) <> 0"
    )
    rows = connection.exec_driver_sql(sql, (location_id.bytes,))
    return {(UUID(bytes=sku), UUID(bytes=lot) if lot else None): int(held) for sku, lot, held in rows}
