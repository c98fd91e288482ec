"""Lists of sales orders and purchase orders, and what their panels show.

Amounts in minor units, quantities in 10^-6 base units, times in microseconds UTC, days yyyymmdd.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.models.queries.lists import LAST, Listing, Order
from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A sales order in a list."""

    id: UUID
    number: str
    number_key: str
    channel: str
    buyer: str
    status: str
    hold_reason: str
    placed_at: int
    due_at: int | None
    total: int
    line_count: int
    summary: str
    summary_en: str
    outlet_id: UUID
    warehouse_id: UUID
    warehouse: str

    @property
    def due_key(self) -> int:
        """When it is due, for ordering; without a due time it comes last."""
        return LAST if self.due_at is None else self.due_at


ORDERS = Listing(
    OrderRow,
    "t.id, t.number, t.number_key, t.channel, t.buyer, t.status, t.hold_reason, t.placed_at, t.due_at,"
    " t.total, t.line_count, t.summary, coalesce((SELECT s.name_en FROM order_lines l"
    "  JOIN skus s ON s.id = l.sku_id WHERE l.order_id = t.id ORDER BY l.position LIMIT 1), ''),"
    " t.outlet_id, t.warehouse_id,"
    " (SELECT w.name FROM warehouses w WHERE w.id = t.warehouse_id)",
    "FROM orders t",
    {
        "placed": Order("t.placed_at", "placed_at", by_status=True),
        "due": Order(f"coalesce(t.due_at, {LAST})", "due_key"),
        "number": Order("t.number_key", "number_key"),
        "total": Order("t.total", "total"),
    },
    searched="orders",
)

WAITING = ("review", "accepted", "picking")
"""States of orders that somebody has to do something about."""


def order_counts(connection: Connection, late_before: int) -> dict[str, int]:
    """Return how many orders are in each open state, and how many of them are due before a time (`late`)."""
    counts = {}
    for status in (*WAITING, "on_hold"):
        sql = "SELECT count(*) FROM orders WHERE status = ?"
        counts[status] = int(connection.exec_driver_sql(sql, (status,)).scalar() or 0)
    counts["late"] = 0
    for status in WAITING:
        sql = "SELECT count(*) FROM orders WHERE status = ? AND due_at < ?"
        counts["late"] += int(connection.exec_driver_sql(sql, (status, late_before)).scalar() or 0)
    return counts


def all_order_counts(connection: Connection) -> dict[str, int]:
    """Return how many orders are in each state; reads an index from end to end."""
    sql = "SELECT status, count(*) FROM orders GROUP BY status"
    return {status: int(number) for status, number in connection.exec_driver_sql(sql)}


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """What the side panel tells of an order beyond its row."""

    id: UUID
    goods: int
    freight: int
    discount: int
    total: int
    refunded: int
    note: str
    level: str


def order_detail(connection: Connection, order_id: UUID) -> OrderDetail | None:
    """Return an order's amounts and note."""
    sql = (
        "SELECT t.id, t.goods, t.freight, t.discount, t.total, t.refunded, t.note, coalesce(b.level, '')"
        " FROM orders t LEFT JOIN buyers b ON b.id = t.buyer_id WHERE t.id = ?"
    )
    return fetch_one(connection, OrderDetail, sql, [order_id])


def order_row(connection: Connection, order_id: UUID) -> OrderRow | None:
    """Return one order as the list shows it."""
    sql = f"SELECT {ORDERS.columns} {ORDERS.source} WHERE t.id = ?"
    return fetch_one(connection, OrderRow, sql, [order_id])


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a sales order, what was picked for it, and what the warehouse still has of the SKU."""

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    quantity: int
    done: int
    amount: int
    available: int
    location: str


def sold_lines(connection: Connection, order_id: UUID) -> list[SoldLine]:
    """Return an order's lines, each with the location that holds most of it."""
    sql = (
        "SELECT l.id, l.sku_id, s.sku, s.name, s.name_en, s.base_unit, l.quantity,"
        " coalesce((SELECT t.done FROM line_totals t WHERE t.id = l.id), 0), l.amount,"
        " coalesce((SELECT a.on_hand - a.reserved FROM availability a"
        "  WHERE a.sku_id = l.sku_id AND a.warehouse_id = o.warehouse_id), 0),"
        " coalesce((SELECT p.code FROM stock_balances b JOIN locations p ON p.id = b.location_id"
        "  WHERE b.warehouse_id = o.warehouse_id AND b.sku_id = l.sku_id AND b.on_hand > 0"
        "  ORDER BY b.on_hand DESC LIMIT 1), '')"
        " FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN skus s ON s.id = l.sku_id"
        " WHERE l.order_id = ? ORDER BY l.position LIMIT 500"
    )
    return fetch(connection, SoldLine, sql, [order_id])


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Something that happened to an order."""

    id: UUID
    time: int
    event: str
    note: str
    person: str


def order_events(connection: Connection, order_id: UUID) -> list[OrderEvent]:
    """Return an order's history, the latest first; it begins with the order being placed."""
    sql = (
        "SELECT e.id, e.time, e.event, e.note, coalesce(p.name, '') FROM order_events e"
        " LEFT JOIN persons p ON p.id = e.person_id WHERE e.order_id = ?"
        " UNION ALL SELECT o.id, o.placed_at, 'placed', o.channel, '' FROM orders o WHERE o.id = ?"
        " ORDER BY 2 DESC"
    )
    return fetch(connection, OrderEvent, sql, [order_id, order_id])


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase order in a list: its lines, what was ordered and what came."""

    id: UUID
    number: str
    number_key: str
    status: str
    supplier: str
    due_day: int
    placed_at: int
    lines: int
    quantity: int
    done: int
    person: str
    outlet_id: UUID


PURCHASES = Listing(
    PurchaseRow,
    "t.id, t.number, t.number_key, t.status, coalesce((SELECT s.name FROM suppliers s"
    " WHERE s.id = t.supplier_id), ''), t.due_day, t.placed_at,"
    " (SELECT count(*) FROM purchase_lines l WHERE l.order_id = t.id),"
    " (SELECT coalesce(sum(l.quantity), 0) FROM purchase_lines l WHERE l.order_id = t.id),"
    " (SELECT coalesce(sum(m.done), 0) FROM purchase_lines l JOIN line_totals m ON m.id = l.id"
    "  WHERE l.order_id = t.id),"
    " coalesce((SELECT p.name FROM persons p WHERE p.id = t.person_id), ''), t.outlet_id",
    "FROM purchase_orders t",
    {
        "placed": Order("t.placed_at", "placed_at"),
        "due": Order("t.due_day", "due_day"),
        "number": Order("t.number_key", "number_key"),
    },
    searched="purchase_orders",
)


def purchase_row(connection: Connection, order_id: UUID) -> PurchaseRow | None:
    """Return one purchase order as the list shows it."""
    sql = f"SELECT {PURCHASES.columns} {PURCHASES.source} WHERE t.id = ?"
    return fetch_one(connection, PurchaseRow, sql, [order_id])


def purchase_counts(connection: Connection) -> dict[str, int]:
    """Return how many purchase orders are in each state."""
    sql = "SELECT status, count(*) FROM purchase_orders GROUP BY status"
    return {status: int(number) for status, number in connection.exec_driver_sql(sql)}


@dataclass(frozen=True, slots=True)
class SupplierView:
    """Somebody we buy from."""

    id: UUID
    code: str
    name: str


def suppliers(connection: Connection, most: int = 2_000) -> list[SupplierView]:
    """Return the suppliers that goods are ordered from, by name."""
    sql = "SELECT id, code, name FROM suppliers WHERE archived = 0 ORDER BY name LIMIT ?"
    return fetch(connection, SupplierView, sql, [most])


def next_supplier_code(connection: Connection, prefix: str) -> str:
    """Return a code for a new supplier: the number after the highest under this prefix, archived or not."""
    key = sku_key(prefix)
    sql = "SELECT code_key FROM suppliers WHERE code_key >= ? AND code_key < ?"
    found = connection.exec_driver_sql(sql, (key, f"{key}\uffff")).scalars()
    behind = [str(one).removeprefix(key) for one in found]
    return f"{prefix}{max((int(one) for one in behind if one.isdecimal()), default=0) + 1:03d}"
