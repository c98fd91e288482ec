"""What the form of a product begins with, and the product that a merge keeps."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import fold, gtin14, sku_key
from merchant_desk.models.queries.floor import CodeHit, sku_by_key, skus_by_code
from merchant_desk.models.queries.goods_lists import BarcodeView, barcodes_of
from merchant_desk.models.queries.rows import fetch_one


@dataclass(frozen=True, slots=True)
class ProductView:
    """A SKU as its form shows it; price in 10^-6 major units per base unit."""

    id: UUID
    sku: str
    name: str
    name_en: str
    category: str
    base_unit: str
    price: int
    track_lot: int
    track_expiry: int
    track_serial: int
    shelf_life_days: int
    min_days_left: int
    draft: int
    archived: int


def product_view(connection: Connection, sku_id: UUID) -> ProductView | None:
    """Return a SKU as its form shows it, or None if it is not here."""
    sql = (
        "SELECT id, sku, name, name_en, category, base_unit, price, track_lot, track_expiry, track_serial,"
        " shelf_life_days, min_days_left, draft, archived FROM skus WHERE id = ?"
    )
    return fetch_one(connection, ProductView, sql, [sku_id])


def product_form(connection: Connection, sku_id: UUID) -> tuple[ProductView, list[BarcodeView]] | None:
    """Return a SKU with its barcodes, the smallest pack first, or None if it is not here."""
    found = product_view(connection, sku_id)
    return (found, barcodes_of(connection, sku_id)) if found is not None else None


def products_named(connection: Connection, typed: str) -> list[CodeHit]:
    """Return the products that a SKU or barcode names, each once; those of the range before drafts."""
    hit = sku_by_key(connection, sku_key(typed))
    code = fold(typed)
    gtin = gtin14(code)
    hits = [hit] if hit is not None else skus_by_code(connection, code, [gtin] if gtin else [])
    once = {one.sku_id: one for one in hits}
    return sorted(once.values(), key=lambda one: one.draft)
