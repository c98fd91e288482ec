"""What names a product that was merged into another lands on the one that was kept."""

from dataclasses import replace
from uuid import UUID

from merchant_desk.domain.products import lot_id
from merchant_desk.domain.stock import StockKey
from merchant_desk.handlers.context import Context
from merchant_desk.models.columns import Row


def kept_sku(context: Context, sku_id: UUID) -> UUID:
    """Return the product that stands for this one: itself, unless it was merged."""
    merge = context.unit.get("sku_merges", sku_id)
    kept: UUID = sku_id if merge is None else merge["kept_id"]
    return kept


def kept_key(context: Context, key: StockKey) -> StockKey:
    """Return the stock key of the product that was kept; its lot is the one of the same code."""
    kept = kept_sku(context, key.sku_id)
    if kept == key.sku_id:
        return key
    return replace(key, sku_id=kept, lot_id=kept_lot(context, key.lot_id, kept))


def seen_key(context: Context, entry: Row) -> StockKey:
    """Return the stock key that what a count saw is kept under now: its product may be merged."""
    return kept_key(
        context, StockKey(entry["location_id"], entry["sku_id"], entry["lot_id"], entry["serial"])
    )


def kept_lot(context: Context, id: UUID | None, sku_id: UUID) -> UUID | None:
    """Return the lot of a product that has the code of another product's lot, making it if need be."""
    lot = context.unit.get("lots", id) if id is not None else None
    if lot is None or lot["sku_id"] == sku_id:
        return id
    own = lot_id(sku_id, lot["code"])
    if context.unit.get("lots", own) is None:
        row = {"id": own, "sku_id": sku_id, "code": lot["code"]}
        context.unit.insert("lots", {**row, "expiry": lot["expiry"], "made": lot["made"]})
    return own
