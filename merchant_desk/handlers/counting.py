"""Handlers: counts and their variances."""

from uuid import UUID

from merchant_desk.domain.counting import (
    CloseCount,
    CountGoods,
    OpenCount,
    PlaceMovement,
    ReverseCount,
    Side,
    count_line_id,
    side_of,
)
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.stock import StockKey, check_quantity, tally_id
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.documents import close_document, mark_reversed, note_late_work, open_document
from merchant_desk.handlers.receiving import ensure_lot
from merchant_desk.handlers.stock import Movement, correct_variance, moment_of, post, reverse_rows
from merchant_desk.models.columns import Row


@handles(OpenCount)
def open_count(context: Context, op: OpenCount) -> None:
    """Write the count; another open count of the location is flagged, never summed with it."""
    others = context.unit.find("counts", location_id=op.location_id, status="open")
    if others:
        facts = {"other": others[0]["number"], "number": op.number}
        context.flag("counted_twice", op.outlet_id, ("locations", op.location_id), **facts)
    row: Row = {"id": op.count_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, location_id=op.location_id, blind=int(op.blind))
    open_document(context, "counts", row)


@handles(CountGoods, reads=lambda op: [("counts", op.count_id)])
def count_goods(context: Context, op: CountGoods) -> None:
    """Write what was seen; stock does not move until the count is closed."""
    check_quantity(op.quantity)
    note_late_work(context, "counts", op.count_id, op.outlet_id)
    lot = ensure_lot(context, op.sku_id, op.lot_code, op.expiry, op.outlet_id)
    key = StockKey(op.location_id, op.sku_id, lot, op.serial)
    envelope = context.envelope
    context.unit.insert(
        "count_entries",
        {
            "id": context.new_id("count_entries"),
            "outlet_id": op.outlet_id,
            "op_id": envelope.op_id,
            "document_id": op.count_id,
            "line_id": count_line_id(op.count_id, key.id),
            "tally_id": tally_id(op.count_id, op.sku_id, lot, None, op.location_id),
            "stock_key": key.id,
            "device_id": envelope.device_id,
            "device_seq": envelope.device_seq,
            "time": envelope.time,
            "time_bound": envelope.time_bound,
            "person_id": envelope.person_id,
            "warehouse_id": op.warehouse_id,
            "location_id": op.location_id,
            "sku_id": op.sku_id,
            "lot_id": lot,
            "serial": op.serial,
            "quantity": op.quantity,
        },
    )


@handles(CloseCount, reads=lambda op: [("counts", op.count_id)])
def close_count(context: Context, op: CloseCount) -> None:
    """Compare each counted key with the book of its moment; write its line and its variance."""
    if not close_document(context, "counts", op.count_id, "closed", op.outlet_id):
        return
    by_key: dict[UUID, list[Row]] = {}
    for entry in context.unit.find("count_entries", document_id=op.count_id):
        by_key.setdefault(entry["stock_key"], []).append(entry)
    for stock_key, entries in by_key.items():
        last = max(entries, key=lambda row: (row["device_seq"], row["time"]))
        _write_line(context, op.count_id, last, sum(row["quantity"] for row in entries))
    for stock_key in op.empty_stock_keys:
        balance = context.unit.get("stock_balances", stock_key)
        if stock_key not in by_key and balance is not None:
            _write_line(context, op.count_id, _seen_empty(context, stock_key, balance), 0)


@handles(ReverseCount, reads=lambda op: [("counts", op.count_id)])
def reverse_count(context: Context, op: ReverseCount) -> None:
    """Take a count's variances back, whole or by line."""
    lines = context.unit.find("count_lines", count_id=op.count_id)
    lines = [line for line in lines if line["reverses_id"] is None]
    chosen = [line for line in lines if not op.line_ids or line["id"] in op.line_ids]
    keys = {line["stock_key"] for line in chosen}
    rows = context.unit.find("ledger", document_id=op.count_id)
    standing = [row for row in rows if row["kind"] == "count" and row["stock_key"] in keys]
    _take_back(context, standing, op.reason)
    for line in chosen:
        _reverse_line(context, line)
    mark_reversed(context, "counts", op.count_id, whole=len(chosen) == len(lines))


@handles(PlaceMovement, reads=lambda op: [("tasks", op.task_id)])
def place_movement(context: Context, op: PlaceMovement) -> None:
    """Apply the answer to "before or after the count?"."""
    task = context.unit.get("tasks", op.task_id)
    row, line = context.unit.get("ledger", op.ledger_id), context.unit.get("count_lines", op.line_id)
    if task is not None and task["status"] == "open":
        envelope = context.envelope
        context.unit.update(
            "tasks",
            op.task_id,
            status="settled",
            settled_at=envelope.time,
            settled_by=envelope.person_id,
            resolution="before" if op.before else "after",
        )
    if op.before and row is not None and line is not None:
        correct_variance(context, line, row, row["quantity"])


def _seen_empty(context: Context, stock_key: UUID, balance: Row) -> Row:
    envelope = context.envelope
    return {
        **balance,
        "stock_key": stock_key,
        "device_id": envelope.device_id,
        "device_seq": envelope.device_seq,
        "time": envelope.time,
        "time_bound": envelope.time_bound,
    }


def _write_line(context: Context, count_id: UUID, last: Row, counted: int) -> None:
    """Write a count line as of its last scan, and the variance against the book of that moment."""
    count = context.get("counts", count_id)
    key = StockKey(last["location_id"], last["sku_id"], last["lot_id"], last["serial"])
    line_id = count_line_id(count_id, key.id)
    book, unsure = _book_at(context, last, key.id)
    line = {
        "id": line_id,
        "outlet_id": count["outlet_id"],
        "op_id": context.envelope.op_id,
        "count_id": count_id,
        "stock_key": key.id,
        "device_id": last["device_id"],
        "device_seq": last["device_seq"],
        "time": last["time"],
        "time_bound": last["time_bound"],
        "warehouse_id": count["warehouse_id"],
        "location_id": key.location_id,
        "sku_id": key.sku_id,
        "lot_id": key.lot_id,
        "serial": key.serial,
        "counted": counted,
        "book": book,
        "variance": counted - book,
        "reverses_id": None,
    }
    variance = Movement(
        "count", count_id, count["outlet_id"], count["warehouse_id"], key, counted - book, reason="variance"
    )
    if counted != book:
        post(context, [variance])
    context.unit.insert("count_lines", line)
    for row in unsure:
        _ask_side(context, line, row)


def _book_at(context: Context, last: Row, stock_key: UUID) -> tuple[int, list[Row]]:
    """Return the book quantity at a count's moment and the movements whose side nobody can tell (left out of it)."""
    balance = context.unit.get("stock_balances", stock_key)
    book: int = balance["on_hand"] if balance else 0
    moment, unsure = moment_of(last), []
    for row in context.unit.find("ledger", stock_key=stock_key):
        if row["kind"] == "count":
            continue
        side = side_of(moment_of(row), moment)
        if side is not Side.BEFORE:
            book -= row["quantity"]
        if side is Side.UNKNOWN:
            unsure.append(row)
    return book, unsure


def _reverse_line(context: Context, line: Row) -> None:
    """Write that a count line no longer stands, so that later movements are not settled with it."""
    id = derived_id(line["id"], "reversal")
    if context.unit.get("count_lines", id) is None:
        opposite = {**line, "id": id, "op_id": context.envelope.op_id, "reverses_id": line["id"]}
        context.unit.insert("count_lines", {**opposite, "feed_seq": None, "feed_hash": None})


def _ask_side(context: Context, line: Row, row: Row) -> None:
    context.flag(
        "moved_before_or_after_count",
        line["outlet_id"],
        ("ledger", row["id"]),
        kind="question",
        line_id=line["id"],
        quantity=row["quantity"],
        sku_id=row["sku_id"],
        location_id=row["location_id"],
    )


def _take_back(context: Context, rows: list[Row], reason: str) -> None:
    """Reverse variances and their late corrections; afterwards the count has moved nothing."""
    originals = [row for row in rows if row["reverses_id"] is None]
    reverse_rows(context, originals, reason)
    for row in rows:
        if row["reason"] == "late_movement":
            reverse_rows(context, [{**row, "reverses_id": None}], reason)
