"""Handlers: movements of stock. Every ledger row of the product is written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.counting import Moment, Side, side_of
from merchant_desk.domain.ids import derived_id, row_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import (
    AdjustStock,
    StockKey,
    UndoScan,
    availability_id,
    check_adjustment,
    tally_id,
)
from merchant_desk.handlers.context import Context, handles
from merchant_desk.models.columns import Row

CLOSED = ("closed", "shipped", "reversed", "partly_reversed")


@dataclass(frozen=True, slots=True)
class Movement:
    """One ledger row to be: signed quantity (10^-6 base units) of a stock key, on behalf of a document.

    `line_id` counts it towards an order line, `tallied` towards the document's running count.
    """

    kind: str
    document_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    key: StockKey
    quantity: int
    line_id: UUID | None = None
    tallied: bool = False
    reverses_id: UUID | None = None
    reason: str = ""


def post(context: Context, movements: Iterable[Movement]) -> None:
    """Write movements to the ledger, flag stock that went below zero, and settle them with closed counts."""
    for n, movement in enumerate(movements):
        row = _ledger_row(context, movement, context.new_id("ledger", n))
        context.unit.insert("ledger", row)
        if movement.quantity < 0:
            _flag_negative(context, movement)
        if movement.kind != "count":
            reconcile_with_counts(context, row)


def _ledger_row(context: Context, movement: Movement, id: UUID) -> Row:
    key, envelope = movement.key, context.envelope
    tally = None
    if movement.tallied:
        tally = tally_id(movement.document_id, key.sku_id, key.lot_id, movement.line_id, key.location_id)
    is_available = key.status == "sellable" and key.owner_id is None
    return {
        "id": id,
        "outlet_id": movement.outlet_id,
        "op_id": envelope.op_id,
        "device_id": envelope.device_id,
        "device_seq": envelope.device_seq,
        "person_id": envelope.person_id,
        "time": envelope.time,
        "time_bound": envelope.time_bound,
        "kind": movement.kind,
        "document_id": movement.document_id,
        "line_id": movement.line_id,
        "tally_id": tally,
        "stock_key": key.id,
        "availability_id": availability_id(movement.warehouse_id, key.sku_id) if is_available else None,
        "warehouse_id": movement.warehouse_id,
        "location_id": key.location_id,
        "sku_id": key.sku_id,
        "lot_id": key.lot_id,
        "serial": key.serial,
        "status": key.status,
        "owner_id": key.owner_id,
        "quantity": movement.quantity,
        "reverses_id": movement.reverses_id,
        "reason": movement.reason,
    }


def _flag_negative(context: Context, movement: Movement) -> None:
    key = movement.key
    balance = context.unit.peek("stock_balances", key.id)
    on_hand = balance["on_hand"] if balance else 0
    if on_hand < 0 <= on_hand - movement.quantity:
        about = ("skus", key.sku_id)
        context.flag(
            "stock_negative", movement.outlet_id, about, on_hand=on_hand, location_id=key.location_id
        )


def reconcile_with_counts(context: Context, row: Row) -> None:
    """Take a movement that a closed count had seen already back out of that count's variance.

    A count that was closed before this movement became known compared what it saw with a book that
    lacked it; if the movement was made before the count, the variance was wrong by its quantity.
    """
    latest = _latest_count_of(context, row["stock_key"])
    if latest is None:
        return
    movement = Moment(row["device_id"], row["device_seq"], row["time"], row["time_bound"])
    side = side_of(movement, moment_of(latest))
    if side is Side.BEFORE:
        correct_variance(context, latest, row, row["quantity"])
    elif side is Side.UNKNOWN:
        context.flag(
            "moved_before_or_after_count",
            row["outlet_id"],
            ("ledger", row["id"]),
            kind="question",
            line_id=latest["id"],
            quantity=row["quantity"],
            sku_id=row["sku_id"],
            location_id=row["location_id"],
        )


def moment_of(row: Row) -> Moment:
    """Return when a ledger row, count entry or count line happened."""
    return Moment(row["device_id"], row["device_seq"], row["time"], row["time_bound"])


def _latest_count_of(context: Context, stock_key: UUID) -> Row | None:
    lines = context.unit.find("count_lines", stock_key=stock_key)
    standing = [line for line in lines if _stands(context, line)]
    return max(standing, key=lambda line: (line["time"], line["device_seq"], line["id"].bytes), default=None)


def _stands(context: Context, line: Row) -> bool:
    if line["reverses_id"] is not None:
        return False
    return context.unit.peek("count_lines", derived_id(line["id"], "reversal")) is None


def correct_variance(context: Context, line: Row, row: Row, quantity: int) -> None:
    """Write the ledger row that takes `quantity` out of a count line's variance again; once per movement."""
    id = derived_id(line["id"], "late", row["id"].bytes)
    if context.unit.peek("ledger", id) is not None:
        return
    movement = Movement(
        "count",
        line["count_id"],
        line["outlet_id"],
        line["warehouse_id"],
        StockKey(line["location_id"], line["sku_id"], line["lot_id"], line["serial"]),
        -quantity,
        reverses_id=row["id"],
        reason="late_movement",
    )
    context.unit.insert("ledger", _ledger_row(context, movement, id))


def reverse_rows(context: Context, rows: Iterable[Row], reason: str) -> int:
    """Write the opposite of ledger rows that were not reversed yet; returns how many."""
    count = 0
    for row in rows:
        id = derived_id(row["id"], "reversal")
        if row["reverses_id"] is not None or context.unit.get("ledger", id) is not None:
            continue
        opposite = {**row, "id": id, "quantity": -row["quantity"], "reverses_id": row["id"], "reason": reason}
        envelope = context.envelope
        opposite.update(
            op_id=envelope.op_id,
            device_id=envelope.device_id,
            device_seq=envelope.device_seq,
            person_id=envelope.person_id,
            time=envelope.time,
            time_bound=envelope.time_bound,
            feed_seq=None,
            feed_hash=None,
        )
        context.unit.insert("ledger", opposite)
        if row["kind"] != "count":
            reconcile_with_counts(context, opposite)
        count += 1
    return count


@handles(AdjustStock, reads=lambda op: [("skus", op.sku_id), ("locations", op.location_id)])
def adjust_stock(context: Context, op: AdjustStock) -> None:
    """Write one movement with its reason."""
    check_adjustment(op.quantity, op.reason)
    key = StockKey(op.location_id, op.sku_id, op.lot_id, status=op.status)
    document = context.envelope.op_id
    movement = Movement("adjust", document, op.outlet_id, op.warehouse_id, key, op.quantity, reason=op.reason)
    post(context, [movement])


@handles(UndoScan)
def undo_scan(context: Context, op: UndoScan) -> None:
    """Write the opposite of what the undone scan wrote; a scan is undone once."""
    rows = _made_by(context, "ledger", op.undone_op_id)
    entries = _made_by(context, "count_entries", op.undone_op_id)
    if not rows and not entries:
        raise Refusal("nothing_to_undo")
    if _is_closed(context, op.document_id):
        context.flag("undone_after_close", op.outlet_id, None, document_id=op.document_id)
    undone = reverse_rows(context, [row for row in rows if row["kind"] != "count"], "undo")
    undone += _reverse_entries(context, entries)
    if not undone:
        raise Refusal("undone_already")


def _made_by(context: Context, table: str, op_id: UUID) -> list[Row]:
    """Return the rows that a scan made: their ids follow from its own, so no index is kept for it."""
    rows: list[Row] = []
    while (row := context.unit.get(table, row_id(op_id, table, len(rows)))) is not None:
        rows.append(row)
    return rows


def _is_closed(context: Context, document_id: UUID) -> bool:
    found = (context.unit.get(table, document_id) for table in ("receipts", "shipments", "counts"))
    return any(row is not None and row["status"] in CLOSED for row in found)


def _reverse_entries(context: Context, entries: Iterable[Row]) -> int:
    count = 0
    for entry in entries:
        id = derived_id(entry["id"], "reversal")
        if context.unit.get("count_entries", id) is not None:
            continue
        envelope = context.envelope
        context.unit.insert(
            "count_entries",
            {
                **entry,
                "id": id,
                "op_id": envelope.op_id,
                "device_id": envelope.device_id,
                "device_seq": envelope.device_seq,
                "time": envelope.time,
                "time_bound": envelope.time_bound,
                "person_id": envelope.person_id,
                "quantity": -entry["quantity"],
                "feed_seq": None,
                "feed_hash": None,
            },
        )
        count += 1
    return count
