"""Lists of documents, orders and products for screens and scripts: keyset windows, newest first."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A receipt, shipment or count. `about` is what it belongs to: an order's number or a location's code.

    `kind` is its table; times are microseconds UTC.
    """

    id: UUID
    number: str
    status: str
    outlet_id: UUID
    warehouse_id: UUID
    about: str
    about_id: UUID | None
    opened_at: int
    closed_at: int | None
    person: str
    kind: str


DOCUMENTS = {
    "receipts": ("purchase_orders", "purchase_order_id", "number"),
    "shipments": ("orders", "order_id", "number"),
    "counts": ("locations", "location_id", "code"),
}


def documents(
    connection: Connection, kind: str, *, status: str | None = None, number_key: str = "", most: int = 200
) -> list[DocumentView]:
    """Return documents of a kind (receipts, shipments, counts), the last opened first.

    Only those in a state, or with a (case-folded) number, where these are given.
    """
    table, link, name = DOCUMENTS[kind]
    wanted = {"d.status = ?": status, "d.number_key = ?": number_key}
    given = {condition: value for condition, value in wanted.items() if value}
    where = f"WHERE {' AND '.join(given)}" if given else ""
    sql = (
        f"SELECT d.id, d.number, d.status, d.outlet_id, d.warehouse_id, coalesce(a.{name}, ''),"
        f" d.{link} AS about_id, d.opened_at, d.closed_at, coalesce(p.name, ''), '{kind}' FROM {kind} d"
        f" LEFT JOIN {table} a ON a.id = d.{link} LEFT JOIN persons p ON p.id = d.person_id {where}"
        " ORDER BY d.opened_at DESC LIMIT ?"
    )
    return fetch(connection, DocumentView, sql, [*given.values(), most])


def document(connection: Connection, kind: str, document_id: UUID) -> DocumentView | None:
    """Return one document."""
    table, link, name = DOCUMENTS[kind]
    sql = (
        f"SELECT d.id, d.number, d.status, d.outlet_id, d.warehouse_id, coalesce(a.{name}, ''),"
        f" d.{link} AS about_id, d.opened_at, d.closed_at, coalesce(p.name, ''), '{kind}' FROM {kind} d"
        f" LEFT JOIN {table} a ON a.id = d.{link} LEFT JOIN persons p ON p.id = d.person_id WHERE d.id = ?"
    )
    return fetch_one(connection, DocumentView, sql, [document_id])


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase order with how much of it came in (lines and 10^-6 base units)."""

    id: UUID
    number: str
    status: str
    outlet_id: UUID
    warehouse_id: UUID
    supplier_id: UUID
    supplier: str
    due_day: int
    lines: int
    quantity: int
    done: int


PURCHASES = (
    "SELECT o.id, o.number, o.status, o.outlet_id, o.warehouse_id, o.supplier_id, coalesce(s.name, ''),"
    " o.due_day, count(l.id), coalesce(sum(l.quantity), 0), coalesce(sum(t.done), 0) FROM purchase_orders o"
    " LEFT JOIN suppliers s ON s.id = o.supplier_id LEFT JOIN purchase_lines l ON l.order_id = o.id"
    " LEFT JOIN line_totals t ON t.id = l.id"
)


def open_purchases(connection: Connection, most: int = 200) -> list[PurchaseView]:
    """Return purchase orders that goods are expected for, the most urgent first."""
    sql = f"{PURCHASES} WHERE o.status = 'sent' GROUP BY o.id ORDER BY o.due_day, o.number LIMIT ?"
    return fetch(connection, PurchaseView, sql, [most])


def purchase_by_number(connection: Connection, number_key: str) -> PurchaseView | None:
    """Return the purchase order with this (case-folded) number."""
    sql = f"{PURCHASES} WHERE o.number_key = ? GROUP BY o.id"
    return fetch_one(connection, PurchaseView, sql, [number_key])


def purchase(connection: Connection, order_id: UUID) -> PurchaseView | None:
    """Return one purchase order."""
    return fetch_one(connection, PurchaseView, f"{PURCHASES} WHERE o.id = ? GROUP BY o.id", [order_id])


@dataclass(frozen=True, slots=True)
class OrderView:
    """A sales order; amounts in minor units, times in microseconds UTC."""

    id: UUID
    number: str
    channel: str
    buyer: str
    status: str
    outlet_id: UUID
    warehouse_id: UUID
    placed_at: int
    due_at: int | None
    total: int
    line_count: int
    summary: str


ORDERS = (
    "SELECT id, number, channel, buyer, status, outlet_id, warehouse_id, placed_at, due_at, total,"
    " line_count, summary FROM orders"
)


def orders_to_pick(connection: Connection, most: int = 200) -> list[OrderView]:
    """Return orders that wait for the floor, the most urgent first."""
    sql = (
        f"{ORDERS} WHERE status IN ('accepted', 'picking') ORDER BY coalesce(due_at, 9e18), placed_at LIMIT ?"
    )
    return fetch(connection, OrderView, sql, [most])


def order(connection: Connection, order_id: UUID) -> OrderView | None:
    """Return one order."""
    return fetch_one(connection, OrderView, f"{ORDERS} WHERE id = ?", [order_id])


def order_by_number(connection: Connection, number_key: str) -> OrderView | None:
    """Return the order with this (case-folded) number."""
    return fetch_one(connection, OrderView, f"{ORDERS} WHERE number_key = ?", [number_key])
