"""Handlers: opening stock, and the day from which it stands."""

from dataclasses import replace
from uuid import UUID

from merchant_desk.domain.go_live import (
    GoLive,
    GoLiveFacts,
    PlanGoLive,
    check_can_go_live,
    check_go_live_day,
)
from merchant_desk.domain.opening_stock import (
    ImportOpeningStock,
    Opening,
    OpeningItem,
    Standing,
    check_books_open,
    check_opening,
    judge_opening,
    opening_id,
    redates,
    stated_by,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import check_expiry
from merchant_desk.domain.stock import StockKey
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.receiving import ensure_lot
from merchant_desk.handlers.reversals import reverse_rows
from merchant_desk.handlers.stock import Movement, post
from merchant_desk.handlers.warehouses import open_warehouse
from merchant_desk.models.columns import Row


@handles(
    ImportOpeningStock,
    reads=lambda op: [
        ("go_lives", op.outlet_id),
        ("warehouses", op.warehouse_id),
        *(("locations", item.location_id) for item in op.items),
        *(("skus", item.sku_id) for item in op.items),
        *(("sku_merges", item.sku_id) for item in op.items),
        *(("lots", item.key.lot_id) for item in op.items if item.key.lot_id),
    ],
    look_ups=lambda op: [
        *((table, "stock_key", item.key.id) for item in op.items for table in ("openings", "count_lines")),
        *(("sku_merges", "kept_id", item.sku_id) for item in op.items),
    ],
)
def import_opening_stock(context: Context, op: ImportOpeningStock) -> None:
    """State each item's stock anew where that changes anything.

    What was counted in the meantime stays, and is flagged: a count saw it. Locations and SKUs only have to be
    there: they are looked at without a trace, as in `import_orders`.
    """
    if is_too_late(context, op.job_id):
        return
    check_books_open(live_at(context, op.outlet_id))
    open_warehouse(context, op.warehouse_id, op.outlet_id)
    for item in op.items:
        check_opening(item)
        location = context.unit.peek("locations", item.location_id)
        if location is None or location["warehouse_id"] != op.warehouse_id:
            raise Refusal("not_here", table="locations", id=item.location_id)
        if context.unit.peek("skus", item.sku_id) is None:
            raise Refusal("not_here", table="skus", id=item.sku_id)
    written = sum(_state(context, op, item) for item in op.items)
    note_chunk(context, op.job_id, "opening_stock", op.chunk, (written, len(op.items) - written, written))


def _state(context: Context, op: ImportOpeningStock, item: OpeningItem) -> bool:
    """State one item; tells whether that changed anything."""
    item = replace(item, sku_id=kept_sku(context, item.sku_id))
    key = item.key
    standing = context.unit.find("openings", stock_key=key.id)
    lot = context.unit.get("lots", key.lot_id) if key.lot_id is not None else None
    movements = (_standing(context, row) for row in standing)
    before = stated_by(movements, item.stated, lot["expiry"] if lot is not None else None)
    verdict = judge_opening(item.stated, before, counted=_saw_count(context, item))
    if verdict is Opening.SAME:
        return False
    if verdict is Opening.COUNTED:
        facts = {"quantity": item.quantity, "location_id": item.location_id}
        context.flag("opening_left_out", op.outlet_id, ("skus", item.sku_id), **facts)
        return False
    if lot is not None and redates(item.stated, before):
        check_expiry(item.expiry)
        context.unit.update("lots", lot["id"], expiry=item.expiry)
    if verdict is Opening.AMENDED:
        _amend(context, op, item, standing)
        return True
    for row in standing:
        _take_back(context, row, "opening_restated")
    ledger_id = _write(context, op, item, key) if item.quantity else None
    changes = {"quantity": item.quantity, "ledger_id": ledger_id, "job_id": op.job_id}
    changes["costed"] = int(item.quantity > 0 and item.unit_cost is not None)
    _note(context, op, key, changes)
    return True


def _amend(context: Context, op: ImportOpeningStock, item: OpeningItem, standing: list[Row]) -> None:
    """Write another cost beside the movements that stand: goods that were counted are not moved again."""
    changes: Row = {"job_id": op.job_id, "changed_at": context.envelope.time}
    if item.unit_cost is not None:
        changes["costed"] = 1
    for row in standing:
        if row["ledger_id"] is not None:
            _write_cost(context, op.outlet_id, row["ledger_id"], item.unit_cost)
            context.unit.update("openings", row["id"], **changes)


def _note(context: Context, op: ImportOpeningStock, key: StockKey, changes: Row) -> None:
    """Write what stands stated of a stock key now."""
    unit, id = context.unit, opening_id(key.id)
    changes["changed_at"] = context.envelope.time
    if unit.get("openings", id) is not None:
        unit.update("openings", id, **changes)
        return
    place = {"outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id, "location_id": key.location_id}
    unit.insert("openings", {"id": id, "sku_id": key.sku_id, "stock_key": key.id, **place, **changes})


def _write(context: Context, op: ImportOpeningStock, item: OpeningItem, key: StockKey) -> UUID:
    """Write the movement that brings the stock in, its lot and its cost; returns the movement's id."""
    ensure_lot(context, key.sku_id, item.lot_code, item.expiry, op.outlet_id)
    id = context.new_id("ledger", key.id.hex)
    own = ("opening", op.job_id, op.outlet_id, op.warehouse_id)
    post(context, [Movement(*own, key, item.quantity, reason="opening", id=id)])
    _write_cost(context, op.outlet_id, id, item.unit_cost)
    return id


def _write_cost(context: Context, outlet_id: UUID, id: UUID, unit_cost: int | None) -> None:
    """Write what the goods of a movement had cost, 10^-6 major units for one; None says nothing."""
    if unit_cost is None:
        return
    cost = {"op_id": context.envelope.op_id, "unit_cost": unit_cost}
    if context.unit.get("ledger_costs", id) is not None:
        context.unit.update("ledger_costs", id, **cost)
    else:
        context.unit.insert("ledger_costs", {"id": id, "outlet_id": outlet_id, **cost})


def _standing(context: Context, row: Row) -> Standing:
    cost = context.unit.get("ledger_costs", row["ledger_id"]) if row["ledger_id"] is not None else None
    return Standing(row["quantity"], bool(row["costed"]), cost["unit_cost"] if cost is not None else None)


def _saw_count(context: Context, item: OpeningItem) -> bool:
    """Tell whether a count stands of what an item states, under whatever product it was counted."""
    merged = (row["id"] for row in context.unit.find("sku_merges", kept_id=item.sku_id))
    return any(_is_counted(context, key) for key in item.keys_of((item.sku_id, *merged)))


def _is_counted(context: Context, stock_key: UUID) -> bool:
    """Tell whether a count of a stock key stands."""
    lines = context.unit.find("count_lines", stock_key=stock_key)
    reversed_ids = {line["reverses_id"] for line in lines}
    return any(line["reverses_id"] is None and line["id"] not in reversed_ids for line in lines)


def _take_back(context: Context, standing: Row, reason: str) -> None:
    """Write the opposite of what stands stated; nothing is stated any more."""
    unit = context.unit
    row = unit.get("ledger", standing["ledger_id"]) if standing["ledger_id"] else None
    if row is not None:
        reverse_rows(context, [row], reason, never=True)
    changes = {"quantity": 0, "costed": 0, "ledger_id": None, "changed_at": context.envelope.time}
    unit.update("openings", standing["id"], **changes)


def withdraw_opening(context: Context, outlet_id: UUID, job_id: UUID, id: UUID) -> bool:
    """Take back what a job stated of a stock key, unless another did since or goods were moved or counted
    there.

    What was merged counts as moved: the product kept stands on it.
    """
    unit = context.unit
    standing = unit.get("openings", id)
    if standing is None or standing["outlet_id"] != outlet_id or standing["job_id"] != job_id:
        return False
    if standing["ledger_id"] is None or _is_counted(context, standing["stock_key"]):
        return False
    rows = unit.find("ledger", stock_key=standing["stock_key"])
    taken_back = {row["reverses_id"] for row in rows}
    if any(
        row["kind"] != "opening" and row["reverses_id"] is None and row["id"] not in taken_back
        for row in rows
    ):
        return False
    _take_back(context, standing, "import_undone")
    return True


# -- going live --------------------------------------------------------------------------------------


def live_at(context: Context, outlet_id: UUID) -> int | None:
    """Return when an outlet went live, microseconds UTC, or None."""
    row = context.unit.get("go_lives", outlet_id)
    return row["live_at"] if row is not None else None


@handles(PlanGoLive, reads=lambda op: [("go_lives", op.outlet_id), ("outlets", op.outlet_id)])
def plan_go_live(context: Context, op: PlanGoLive) -> None:
    """Write the day."""
    context.get("outlets", op.outlet_id)
    check_go_live_day(op.day, live_at(context, op.outlet_id))
    _set_go_live(context, op.outlet_id, day=op.day)


@handles(GoLive, reads=lambda op: [("go_lives", op.outlet_id), ("outlets", op.outlet_id)])
def go_live(context: Context, op: GoLive) -> None:
    """Write that the outlet is live, and since when.

    What blocks it is judged here, where the work of all desks is known. Whether there is anything to sell
    only roughly: any location for storage, and any product.
    """
    context.get("outlets", op.outlet_id)
    check_can_go_live(_go_live_facts(context, op.outlet_id))
    _set_go_live(context, op.outlet_id, live_at=context.envelope.time)


def _go_live_facts(context: Context, outlet_id: UUID) -> GoLiveFacts:
    """Return what `check_can_go_live` judges, of what is held here."""
    unit = context.unit
    own = [row["id"] for row in unit.finds.find("warehouses", {"outlet_id": outlet_id})]
    places = [place for id in own for place in unit.finds.find("locations", {"warehouse_id": id})]
    return GoLiveFacts(
        storage=sum(place["kind"] == "storage" and not place["archived"] for place in places),
        products=unit.count("skus"),
        unfinished=len(unit.find("jobs", outlet_id=outlet_id, status="started")),
        open_counts=len(unit.find("counts", outlet_id=outlet_id, status="open")),
        live_at=live_at(context, outlet_id),
    )


def _set_go_live(context: Context, outlet_id: UUID, **changes: int) -> None:
    by = {"person_id": context.envelope.person_id}
    if context.unit.get("go_lives", outlet_id) is not None:
        context.unit.update("go_lives", outlet_id, **changes, **by)
        return
    row = {"id": outlet_id, "outlet_id": outlet_id, "day": None, "live_at": None}
    context.unit.insert("go_lives", {**row, **changes, **by})
