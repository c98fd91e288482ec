"""What is known of a code: a product's places and unfinished documents, a location's contents.

Quantities in 10^-6 base units, times in microseconds UTC.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at one location of one product and lot; `expiry` is yyyymmdd or None."""

    stock_key_id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    location_id: UUID
    location: str
    lot: str
    expiry: int | None
    status: str
    on_hand: int


_STANDING = (
    "SELECT b.id AS stock_key_id, b.sku_id, s.sku, s.name, s.name_en, s.base_unit, b.location_id, p.code,"
    " coalesce(l.code, ''), l.expiry, b.status, b.on_hand FROM stock_balances b"
    " JOIN skus s ON s.id = b.sku_id JOIN locations p ON p.id = b.location_id"
    " LEFT JOIN lots l ON l.id = b.lot_id WHERE b.on_hand <> 0 AND"
)


def where_it_stands(connection: Connection, sku_id: UUID, most: int = 500) -> list[Standing]:
    """Return where a product stands in every warehouse of this desk's scope, first expiry first."""
    sql = f"{_STANDING} b.sku_id = ? ORDER BY coalesce(l.expiry, 99999999), p.code_key LIMIT ?"
    return fetch(connection, Standing, sql, [sku_id, most])


def what_stands_at(connection: Connection, location_id: UUID, most: int = 2_000) -> list[Standing]:
    """Return what the book has at a location, by name."""
    sql = f"{_STANDING} b.location_id = ? ORDER BY s.sort_key, l.expiry LIMIT ?"
    return fetch(connection, Standing, sql, [location_id, most])


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A document that still moves a product: what is to come (orders), or what was scanned so far."""

    id: UUID
    kind: str
    number: str
    party: str
    status: str
    quantity: int


_ORDERED = (
    "SELECT o.id, '{0}' AS kind, o.number, {1}, o.status, sum(l.quantity - coalesce(t.done, 0)) AS rest"
    " FROM {2} l JOIN {0} o ON o.id = l.order_id LEFT JOIN line_totals t ON t.id = l.id {3}"
    " WHERE l.sku_id = ?1 AND o.status IN ({4}) GROUP BY o.id HAVING rest > 0"
)
_OPEN = (
    "SELECT d.id, '{0}' AS kind, d.number, {1}, d.status, sum(t.quantity) AS rest FROM {0} d"
    " JOIN tallies t ON t.document_id = d.id {2} WHERE d.status = 'open' AND t.sku_id = ?1 GROUP BY d.id"
)


def unfinished_of(connection: Connection, sku_id: UUID, most: int = 200) -> list[Unfinished]:
    """Return the documents that still move a product: deliveries, orders, and what is open on the floor."""
    supplier = "LEFT JOIN suppliers p ON p.id = o.supplier_id"
    parts = (
        _ORDERED.format("purchase_orders", "coalesce(p.name, '')", "purchase_lines", supplier, "'sent'"),
        _ORDERED.format("orders", "o.buyer", "order_lines", "", "'review', 'accepted', 'picking', 'on_hold'"),
        _OPEN.format("receipts", "coalesce(p.name, '')", "LEFT JOIN suppliers p ON p.id = d.supplier_id"),
        _OPEN.format("shipments", "coalesce(p.buyer, '')", "LEFT JOIN orders p ON p.id = d.order_id"),
        _OPEN.format("counts", "coalesce(p.code, '')", "LEFT JOIN locations p ON p.id = d.location_id"),
    )
    return fetch(connection, Unfinished, f"{' UNION ALL '.join(parts)} LIMIT {int(most)}", [sku_id])


def currency_of(connection: Connection) -> str:
    """Return the merchant's currency (ISO 4217)."""
    return str(connection.exec_driver_sql("SELECT currency FROM merchants LIMIT 1").scalar() or "")
