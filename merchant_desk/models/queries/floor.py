"""What a scan station asks: what a code means, what a document expects, what was scanned so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.domain.warehouses import working_in
from merchant_desk.models.queries.rows import fetch, fetch_one, marks


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A SKU that a code stands for; `quantity` is one scanned unit in 10^-6 base units, `unit` its name."""

    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    price: int
    track_lot: int
    track_expiry: int
    track_serial: int
    min_days_left: int
    draft: int
    quantity: int
    unit: str


SKU = "s.id AS sku_id, s.sku, s.name, s.name_en, s.base_unit, s.price, s.track_lot, s.track_expiry"
SKU_MORE = "s.track_serial, s.min_days_left, s.draft"


def skus_by_code(connection: Connection, code: str, gtins: Sequence[str]) -> list[CodeHit]:
    """Return every SKU and pack that a barcode stands for, by its text or by a GTIN-14 key; each once."""
    sql = (
        f"SELECT {SKU}, {SKU_MORE}, b.quantity, b.unit FROM barcodes b JOIN skus s ON s.id = b.sku_id"
        " WHERE b.code = ? AND s.archived = 0"
    )
    hits = fetch(connection, CodeHit, sql, [code])
    if gtins:
        sql = sql.replace("b.code = ?", f"b.gtin IN ({marks(gtins)})")
        hits += fetch(connection, CodeHit, sql, gtins)
    return list(dict.fromkeys(hits))


def sku_by_key(connection: Connection, sku_key: str) -> CodeHit | None:
    """Return the SKU with this (case-folded) code, as one base unit; if it was merged, the one kept."""
    sql = (
        f"SELECT {SKU}, {SKU_MORE}, 1000000, s.base_unit FROM skus k LEFT JOIN sku_merges g ON g.id = k.id"
        " JOIN skus s ON s.id = coalesce(g.kept_id, k.id) WHERE k.sku_key = ? AND s.archived = 0"
    )
    return fetch_one(connection, CodeHit, sql, [sku_key])


def sku_by_id(connection: Connection, sku_id: UUID) -> CodeHit | None:
    """Return a SKU as one base unit."""
    sql = f"SELECT {SKU}, {SKU_MORE}, 1000000, s.base_unit FROM skus s WHERE s.id = ?"
    return fetch_one(connection, CodeHit, sql, [sku_id])


@dataclass(frozen=True, slots=True)
class LocationView:
    """A location of this outlet; `closed` says which warehouse, if that is closed."""

    id: UUID
    code: str
    kind: str
    warehouse_id: UUID
    closed: str = ""


_LOCATION = (
    "SELECT p.id, p.code, p.kind, p.warehouse_id,"
    " CASE WHEN w.archived = 1 THEN w.code || ' ' || w.name ELSE '' END"
    " FROM locations p LEFT JOIN warehouses w ON w.id = p.warehouse_id"
)


def location_by_code(connection: Connection, code_key: str) -> LocationView | None:
    """Return the location with this (case-folded) code; a closed warehouse's only if no open one has it."""
    sql = f"{_LOCATION} WHERE p.code_key = ? AND p.archived = 0 ORDER BY coalesce(w.archived, 0), p.id"
    return fetch_one(connection, LocationView, sql, [code_key])


def location_by_id(connection: Connection, location_id: UUID) -> LocationView | None:
    """Return a location."""
    sql = f"{_LOCATION} WHERE p.id = ?"
    return fetch_one(connection, LocationView, sql, [location_id])


@dataclass(frozen=True, slots=True)
class WarehouseView:
    """An outlet's warehouse with the locations that goods arrive at and leave from."""

    id: UUID
    outlet_id: UUID
    code: str
    name: str
    receiving_id: UUID
    staging_id: UUID


_WAREHOUSE = "SELECT id, outlet_id, code, name, receiving_id, staging_id FROM warehouses"


def open_warehouses(connection: Connection, outlet_id: UUID) -> list[WarehouseView]:
    """Return the warehouses of an outlet that are open, by code."""
    sql = f"{_WAREHOUSE} WHERE outlet_id = ? AND archived = 0 ORDER BY code"
    return fetch(connection, WarehouseView, sql, [outlet_id])


def warehouse_of(connection: Connection, outlet_id: UUID, desks: Decisions) -> WarehouseView:
    """Return the warehouse that a desk of an outlet works in, by what it decided where there are several.

    Raises:
        Refusal: `no_warehouse`, `warehouse_not_chosen`.
    """
    return working_in(open_warehouses(connection, outlet_id), desks.value(WAREHOUSE))


def warehouse_by_id(connection: Connection, warehouse_id: UUID) -> WarehouseView | None:
    """Return a warehouse, be it closed."""
    return fetch_one(connection, WarehouseView, f"{_WAREHOUSE} WHERE id = ?", [warehouse_id])


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """A document that a code names; `kind` is its table."""

    kind: str
    id: UUID
    number: str
    status: str


NUMBERED = ("receipts", "shipments", "counts", "orders", "purchase_orders")


def documents_by_number(connection: Connection, number_key: str) -> list[DocumentHit]:
    """Return the documents with this (case-folded) number, of any kind."""
    one = "SELECT '{0}' AS kind, id, number, status FROM {0} WHERE number_key = ?1"
    sql = " UNION ALL ".join(one.format(table) for table in NUMBERED)
    return fetch(connection, DocumentHit, sql, [number_key])


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A person by badge or login."""

    id: UUID
    login: str
    name: str


def person_by_badge(connection: Connection, badge: str) -> PersonHit | None:
    """Return whose badge it is."""
    sql = "SELECT id, login, name FROM persons WHERE badge = ? AND archived = 0"
    return fetch_one(connection, PersonHit, sql, [badge])


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a purchase or sales order with what was received or picked for it (10^-6 base units)."""

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    quantity: int
    done: int


def order_lines(
    connection: Connection, table: str, order_id: UUID, sku_id: UUID | None = None
) -> list[LineView]:
    """Return the lines of an order, or those of one SKU; `table` is purchase_lines or order_lines.

    A line of a product that was merged is one of the product kept.
    """
    of_sku = " AND coalesce(g.kept_id, l.sku_id) = ?" if sku_id else ""
    sql = (
        "SELECT l.id, s.id, s.sku, s.name, s.name_en, s.base_unit, l.quantity, coalesce(t.done, 0)"
        f" FROM {table} l LEFT JOIN sku_merges g ON g.id = l.sku_id"
        " JOIN skus s ON s.id = coalesce(g.kept_id, l.sku_id)"
        f" LEFT JOIN line_totals t ON t.id = l.id WHERE l.order_id = ?{of_sku} ORDER BY l.position"
    )
    return fetch(connection, LineView, sql, [order_id, sku_id] if sku_id else [order_id])


def is_filled(connection: Connection, table: str, order_id: UUID) -> bool:
    """Tell whether an order has lines, and what they ask for of each product; `table` as in `order_lines`."""
    sql = (
        "SELECT count(*) > 0 AND coalesce(min(done >= ordered), 0)"
        " FROM (SELECT sum(coalesce(t.done, 0)) AS done, sum(l.quantity) AS ordered"
        f" FROM {table} l LEFT JOIN sku_merges g ON g.id = l.sku_id LEFT JOIN line_totals t ON t.id = l.id"
        " WHERE l.order_id = ? GROUP BY coalesce(g.kept_id, l.sku_id))"
    )
    return bool(connection.exec_driver_sql(sql, (order_id.bytes,)).scalar())


@dataclass(frozen=True, slots=True)
class TallyView:
    """The running count of a SKU and lot in a document at a location (10^-6 base units)."""

    line_id: UUID | None
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    lot_id: UUID | None
    lot: str
    expiry: int | None
    location_id: UUID
    quantity: int


def tallies(connection: Connection, document_id: UUID, sku_id: UUID | None = None) -> list[TallyView]:
    """Return what was scanned into a document so far, by SKU, lot and location; or that of one SKU."""
    of_sku = " AND t.sku_id = ?" if sku_id else ""
    sql = (
        "SELECT t.line_id, t.sku_id, s.sku, s.name, s.name_en, s.base_unit, t.lot_id, coalesce(l.code, ''),"
        " l.expiry, t.location_id, t.quantity FROM tallies t JOIN skus s ON s.id = t.sku_id"
        f" LEFT JOIN lots l ON l.id = t.lot_id WHERE t.document_id = ?{of_sku} ORDER BY s.sort_key"
    )
    return fetch(connection, TallyView, sql, [document_id, sku_id] if sku_id else [document_id])


@dataclass(frozen=True, slots=True)
class StockView:
    """What stands at a location of one stock key (10^-6 base units)."""

    stock_key_id: UUID
    location_id: UUID
    location: str
    sku_id: UUID
    lot_id: UUID | None
    lot: str
    expiry: int | None
    status: str
    on_hand: int


STOCK = (
    "SELECT b.id AS stock_key_id, b.location_id, p.code, b.sku_id, b.lot_id, coalesce(l.code, ''), l.expiry,"
    " b.status, b.on_hand FROM stock_balances b JOIN locations p ON p.id = b.location_id"
    " LEFT JOIN lots l ON l.id = b.lot_id"
)


def stock_of_sku(connection: Connection, warehouse_id: UUID, sku_id: UUID) -> list[StockView]:
    """Return where a SKU stands, first expiry first (FEFO); locations that hold none are left out."""
    sql = (
        f"{STOCK} WHERE b.warehouse_id = ? AND b.sku_id = ? AND b.on_hand <> 0"
        " ORDER BY coalesce(l.expiry, 99999999), p.code_key"
    )
    return fetch(connection, StockView, sql, [warehouse_id, sku_id])


def on_hand_at(connection: Connection, location_id: UUID, sku_id: UUID) -> int:
    """Return how much of a SKU stands at a location, of all lots and statuses (10^-6 base units)."""
    # The plus keeps SQLite from walking all that stands there: a product stands at few places.
    sql = "SELECT coalesce(sum(on_hand), 0) FROM stock_balances WHERE sku_id = ? AND +location_id = ?"
    return int(connection.exec_driver_sql(sql, (sku_id.bytes, location_id.bytes)).scalar() or 0)
