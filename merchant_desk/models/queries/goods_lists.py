"""Lists of products and of stock; quantities in 10^-6 base units, prices in 10^-6 of the major unit."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.models.queries.floor import STOCK, StockView
from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A SKU with its barcodes (joined by a space) and what all warehouses here have of it."""

    id: UUID
    sku: str
    sku_key: str
    name: str
    name_en: str
    sort_key: str
    category: str
    base_unit: str
    price: int
    draft: int
    codes: str
    on_hand: int
    reserved: int
    expected: int

    @property
    def available(self) -> int:
        """What may be promised."""
        return self.on_hand - self.reserved


_TOTAL = "(SELECT coalesce(sum(a.{0}), 0) FROM availability a WHERE a.sku_id = t.id)"

PRODUCTS = Listing(
    ProductRow,
    "t.id, t.sku, t.sku_key, t.name, t.name_en, t.sort_key, t.category, t.base_unit, t.price, t.draft,"
    " (SELECT coalesce(group_concat(b.code, ' '), '') FROM barcodes b WHERE b.sku_id = t.id),"
    f" {_TOTAL.format('on_hand')}, {_TOTAL.format('reserved')}, {_TOTAL.format('expected')}",
    "FROM skus t",
    {"name": Order("t.sort_key", "sort_key"), "sku": Order("t.sku_key", "sku_key")},
    searched="skus",
    status="CASE WHEN t.archived THEN 'archived' WHEN t.draft THEN 'draft' ELSE 'active' END",
)


@dataclass(frozen=True, slots=True)
class StockRow:
    """What stands at a location of one SKU and lot; `expiry` is yyyymmdd or None."""

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    sort_key: str
    base_unit: str
    location_id: UUID
    location: str
    location_key: str
    lot: str
    expiry: int | None
    status: str
    on_hand: int


_STOCK = (
    "t.id, t.sku_id, s.sku, s.name, s.name_en, s.sort_key, s.base_unit, t.location_id, p.code, p.code_key,"
    " coalesce(l.code, ''), l.expiry, t.status, t.on_hand"
)
STOCK_BY_NAME = Listing(
    StockRow,
    _STOCK,
    "FROM skus s CROSS JOIN stock_balances t ON t.sku_id = s.id JOIN locations p ON p.id = t.location_id"
    " LEFT JOIN lots l ON l.id = t.lot_id",
    {"name": Order("s.sort_key", "sort_key")},
    searched="skus",
    number="s.rowid",
)
STOCK_BY_LOCATION = Listing(
    StockRow,
    _STOCK,
    "FROM locations p CROSS JOIN stock_balances t ON t.location_id = p.id JOIN skus s ON s.id = t.sku_id"
    " LEFT JOIN lots l ON l.id = t.lot_id",
    {"location": Order("p.code_key", "location_key")},
    searched="skus",
    number="s.rowid",
)


@dataclass(frozen=True, slots=True)
class BarcodeView:
    """A code of a SKU: one scan of it stands for `quantity`."""

    id: UUID
    code: str
    quantity: int
    unit: str


def barcodes_of(connection: Connection, sku_id: UUID) -> list[BarcodeView]:
    """Return a SKU's barcodes, the smallest pack first."""
    sql = "SELECT id, code, quantity, unit FROM barcodes WHERE sku_id = ? ORDER BY quantity, code"
    return fetch(connection, BarcodeView, sql, [sku_id])


def product(connection: Connection, sku_id: UUID) -> ProductRow | None:
    """Return one SKU as the list shows it."""
    rows = fetch(
        connection, ProductRow, f"SELECT {PRODUCTS.columns} {PRODUCTS.source} WHERE t.id = ?", [sku_id]
    )
    return rows[0] if rows else None


def locations_like(connection: Connection, typed: str) -> bool:
    """Tell whether what was typed begins the code of a location."""
    key = sku_key(typed)
    sql = "SELECT 1 FROM locations WHERE code_key >= ? AND code_key < ? LIMIT 1"
    return bool(key) and connection.exec_driver_sql(sql, (key, f"{key}\uffff")).one_or_none() is not None


def product_counts(connection: Connection) -> dict[str, int]:
    """Return how many products are active, drafts and archived."""
    sql = (
        "SELECT coalesce(sum(archived = 0 AND draft = 0), 0), coalesce(sum(archived = 0 AND draft <> 0), 0),"
        " coalesce(sum(archived <> 0), 0) FROM skus"
    )
    row = connection.exec_driver_sql(sql).one()
    return {"active": int(row[0]), "draft": int(row[1]), "archived": int(row[2])}


def stock_places(connection: Connection, sku_id: UUID) -> list[StockView]:
    """Return where a SKU stands in all warehouses here, first expiry first."""
    sql = f"{STOCK} WHERE b.sku_id = ? AND b.on_hand <> 0 ORDER BY coalesce(l.expiry, 99999999), p.code_key"
    return fetch(connection, StockView, sql, [sku_id])
