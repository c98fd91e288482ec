"""What an import of opening stock asks: places, what is tracked, what was stated and counted before."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_stock import Tracking
from merchant_desk.domain.opening_stock import OpeningItem, Standing, Stated, stated_by
from merchant_desk.models.queries.imports import rows_by


def locations_by_keys(connection: Connection, warehouse_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
    """Return a warehouse's locations by their (case-folded) code; those that are archived do not count."""
    wanted = "code_key, id, warehouse_id, archived"
    found = rows_by(connection, "locations", "code_key", wanted, keys)
    return {
        key: id_of(id)
        for key, id, warehouse, archived in found
        if warehouse == warehouse_id.bytes and not archived
    }


def tracking_of(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, Tracking]:
    """Return what is tracked of SKUs, and whether they have a price."""
    wanted = "id, track_lot, track_expiry, track_serial, price"
    found = rows_by(connection, "skus", "id", wanted, (id.bytes for id in skus))
    return {
        id_of(id): Tracking(bool(lot), bool(expiry), bool(serial), price > 0)
        for id, lot, expiry, serial, price in found
    }


def stated_by_keys(connection: Connection, new: Mapping[UUID, OpeningItem]) -> dict[UUID, Stated]:
    """Return what stands stated of stock keys, by the key, for what is stated `new` of them (`stated_by`)."""
    lots = {item.key.lot_id: None for item in new.values() if item.key.lot_id is not None}
    dated = rows_by(connection, "lots", "id", "id, expiry", (lot.bytes for lot in lots))
    expiries: dict[UUID | None, int | None] = {id_of(id): expiry for id, expiry in dated}
    source = "openings o LEFT JOIN ledger_costs c ON c.id = o.ledger_id"
    wanted = "o.stock_key, o.quantity, o.costed, c.unit_cost"
    standing: dict[UUID, list[Standing]] = {}
    for key, quantity, costed, cost in rows_by(
        connection, source, "o.stock_key", wanted, (key.bytes for key in new)
    ):
        standing.setdefault(id_of(key), []).append(Standing(quantity, bool(costed), cost))
    return {
        key: stated_by(movements, new[key].stated, expiries.get(new[key].key.lot_id))
        for key, movements in standing.items()
    }


def counted_keys(connection: Connection, items: Iterable[OpeningItem]) -> set[UUID]:
    """Return the stock keys of those items of which a count stands, under whatever product it was counted."""
    items = list(items)
    skus: dict[UUID, list[UUID]] = {item.sku_id: [item.sku_id] for item in items}
    for id, kept in rows_by(connection, "sku_merges", "kept_id", "id, kept_id", (sku.bytes for sku in skus)):
        skus[id_of(kept)].append(id_of(id))
    keys = {key: item.key.id for item in items for key in item.keys_of(skus[item.sku_id])}
    wanted = "stock_key, id, reverses_id"
    found = rows_by(connection, "count_lines", "stock_key", wanted, (key.bytes for key in keys))
    reversed_ids = {reverses for _, _, reverses in found}
    return {keys[id_of(key)] for key, id, reverses in found if reverses is None and id not in reversed_ids}


def live_since(connection: Connection, outlet_id: UUID) -> int | None:
    """Return when an outlet went live, microseconds UTC, or None."""
    sql = "SELECT live_at FROM go_lives WHERE id = ?"
    found: int | None = connection.exec_driver_sql(sql, (outlet_id.bytes,)).scalar()
    return found


def prices_of(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, int]:
    """Return SKUs' prices, 10^-6 major units for one base unit."""
    found = rows_by(connection, "skus", "id", "id, price", (id.bytes for id in skus))
    return {id_of(id): price for id, price in found}


def sku_keys_of(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, str]:
    """Return SKUs' (case-folded) codes."""
    found = rows_by(connection, "skus", "id", "id, sku_key", (id.bytes for id in skus))
    return {id_of(id): key for id, key in found}
