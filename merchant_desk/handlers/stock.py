"""Handlers: movements of stock. Every ledger row of the product is written here."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.counting import Moment, Side
from merchant_desk.domain.ids import derived_id, row_id
from merchant_desk.domain.stock import AdjustStock, StockKey, availability_id, check_adjustment, tally_id
from merchant_desk.handlers.context import Context, Facts, Key, handles
from merchant_desk.handlers.former_devices import Desks
from merchant_desk.handlers.kept import kept_key
from merchant_desk.handlers.outlets import place_keys, place_of
from merchant_desk.handlers.undone_goods import bring_back
from merchant_desk.models.columns import Row

_OF_PRODUCT = ("sku_merges", "skus")

CLOSED = ("closed", "shipped", "reversed", "partly_reversed")


@dataclass(frozen=True, slots=True)
class Movement:
    """One ledger row to be: signed quantity (10^-6 base units) of a stock key, on behalf of a document.

    `line_id` counts it towards an order line, `tallied` towards the document's running count. `moment`
    is when it took effect, if that is not when the operation was done; `id` its row, if others must find it.
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
    moment: Moment | None = None
    id: UUID | None = None


def product_keys(sku_id: UUID) -> list[Key]:
    """Return the rows that `post` asks for of a product: they are read for a whole batch at once."""
    return [(table, sku_id) for table in _OF_PRODUCT]


def post(context: Context, movements: Iterable[Movement]) -> None:
    """Write movements to the ledger, settle them with closed counts, and flag stock that went below zero.

    A product whose import was undone stands again where its goods were moved all the same.
    """
    movements = list(movements)
    for table in _OF_PRODUCT:
        context.unit.prefetch(table, {movement.key.sku_id for movement in movements})
    for n, movement in enumerate(movements):
        row = _ledger_row(context, movement, movement.id or context.new_id("ledger", n))
        context.unit.insert("ledger", row)
        if not reconcile_with_counts(context, row, movement.key.id):
            flag_negative(context, row)
        bring_back(context, row)


def _ledger_row(context: Context, movement: Movement, id: UUID) -> Row:
    key, envelope = kept_key(context, movement.key), context.envelope
    moment = movement.moment or now_of(context)
    place = place_of(context, key.location_id, movement.warehouse_id, movement.outlet_id)
    # Totals of a line or document are summed on each desk from the rows of its own outlet.
    is_own = place["outlet_id"] == movement.outlet_id
    tally = None
    if movement.tallied and is_own:
        tally = tally_id(movement.document_id, key.sku_id, key.lot_id, movement.line_id, key.location_id)
    is_available = key.status == "sellable" and key.owner_id is None
    return {
        "id": id,
        **place,
        "op_id": envelope.op_id,
        "device_id": moment.device_id,
        "device_seq": moment.device_seq,
        "person_id": envelope.person_id,
        "time": moment.time,
        "time_bound": moment.bound,
        "kind": movement.kind,
        "document_id": movement.document_id,
        "line_id": movement.line_id if is_own else None,
        "tally_id": tally,
        "stock_key": key.id,
        "availability_id": availability_id(place["warehouse_id"], key.sku_id) if is_available else None,
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


def flag_negative(context: Context, row: Row) -> None:
    """Flag the movement that took a stock key from having some, or nothing, to less than nothing."""
    if row["quantity"] >= 0:
        return

    def judge() -> Facts | None:
        balance = context.unit.peek("stock_balances", row["stock_key"])
        on_hand: int = balance["on_hand"] if balance else 0
        return {"on_hand": on_hand} if on_hand < 0 <= on_hand - row["quantity"] else None

    facts = context.verdicts.beyond(f"negative {row['id'].hex}", judge)
    if facts is not None:
        about = ("skus", row["sku_id"])
        context.flag("stock_negative", row["outlet_id"], about, **facts, location_id=row["location_id"])


def negative_task(row: Row) -> UUID:
    """Return the id of the task that tells that a ledger row took its stock below nothing."""
    return row_id(row["op_id"], "tasks", f"stock_negative/{row['sku_id'].hex}")


def end_negative(context: Context, row: Row) -> None:
    """Withdraw what was told of a movement that was taken back, unless the stock is below nothing still."""
    task_id = negative_task(row)
    if context.stands(task_id):
        balance = context.unit.peek("stock_balances", row["stock_key"])
        if balance is None or balance["on_hand"] >= 0:
            context.withdraw(task_id)


def now_of(context: Context) -> Moment:
    """Return when the operation itself was done."""
    envelope = context.envelope
    return Moment(envelope.device_id, envelope.device_seq, envelope.time, envelope.time_bound)


def moment_of(row: Row) -> Moment:
    """Return when a ledger row, count entry or count line took effect."""
    return Moment(row["device_id"], row["device_seq"], row["time"], row["time_bound"])


def key_of(row: Row) -> StockKey:
    """Return the stock key of a ledger row, balance or count line."""
    return StockKey(
        row["location_id"], row["sku_id"], row["lot_id"], row["serial"], row["status"], row["owner_id"]
    )


# -- counts ------------------------------------------------------------------------------------------


def reconcile_with_counts(context: Context, row: Row, named: UUID) -> bool:
    """Take a movement that the latest count had seen already back out of that count's variance; tell if so.

    A count that was closed before this movement became known compared what it saw with a book that
    lacked it; if the movement was made before the count, the variance was wrong by its quantity. The
    variance of an earlier count that becomes known later is such a movement too; where two counts
    cannot be told apart in time, the one that closed last stands. `named` is the stock key that the movement
    was made with: another than the row's, where its product was merged since.
    """
    latest = latest_count_of(context, row, named)
    if latest is None:
        return False
    side = Desks(context).side_of(row, latest)
    if side is Side.BEFORE:
        correct_variance(context, latest, row, row["quantity"])
    elif side is Side.UNKNOWN and row["kind"] != "count":
        ask_side(context, latest, row)
    return side is Side.BEFORE


def latest_count_of(context: Context, row: Row, named: UUID) -> Row | None:
    """Return the standing count line of a ledger row's stock key that saw it last; not its own count's.

    `named` as in `reconcile_with_counts`.
    """
    lines = context.unit.find("count_lines", stock_key=row["stock_key"])
    if named != row["stock_key"]:
        lines = lines + context.unit.find("count_lines", stock_key=named)
    if not lines:
        return None
    reversed_ids = {line["reverses_id"] for line in lines}
    own = row["document_id"] if row["kind"] == "count" else None
    standing = [
        line
        for line in lines
        if line["reverses_id"] is None and line["id"] not in reversed_ids and line["count_id"] != own
    ]
    return next(reversed(Desks(context).of_last(standing)), None)


def ask_side(context: Context, line: Row, row: Row) -> None:
    """Ask a person whether a movement was made before or after a count: the clocks cannot tell."""
    context.flag(
        "moved_before_or_after_count",
        line["outlet_id"],
        ("ledger", row["id"]),
        "question",
        line_id=line["id"],
        quantity=row["quantity"],
        sku_id=row["sku_id"],
        location_id=row["location_id"],
    )


def correct_variance(context: Context, line: Row, row: Row, quantity: int) -> None:
    """Write the ledger row that takes `quantity` out of a count line's variance again; once per movement."""
    id = derived_id(line["id"], "late", row["id"].bytes)
    if context.unit.get("ledger", id) is not None:
        return
    movement = Movement(
        "count",
        line["count_id"],
        line["outlet_id"],
        line["warehouse_id"],
        key_of(line),
        -quantity,
        reverses_id=row["id"],
        reason="late_movement",
        moment=moment_of(line),
    )
    context.unit.insert("ledger", _ledger_row(context, movement, id))


# -- movements outside documents ---------------------------------------------------------------------


@handles(
    AdjustStock,
    reads=lambda op: [*product_keys(op.sku_id), *place_keys(op)],
    look_ups=lambda op: [("count_lines", "stock_key", _key_of_adjustment(op).id)],
)
def adjust_stock(context: Context, op: AdjustStock) -> None:
    """Write one movement with its reason."""
    check_adjustment(op.quantity, op.reason)
    document = context.envelope.op_id
    own = ("adjust", document, op.outlet_id, op.warehouse_id)
    post(context, [Movement(*own, _key_of_adjustment(op), op.quantity, reason=op.reason)])


def _key_of_adjustment(op: AdjustStock) -> StockKey:
    return StockKey(op.location_id, op.sku_id, op.lot_id, status=op.status)


def opposite_of(context: Context, row: Row, reason: str, *, never: bool) -> Row:
    """Return the row that takes a ledger row back.

    Args:
        context: the operation that takes it back.
        row: the original.
        reason: why, for people.
        never: whether the original never happened in the world (a slip): then its opposite takes effect
            at the same moment, so that a count in between saw neither. Otherwise it takes effect now.
    """
    moment = moment_of(row) if never else now_of(context)
    return {
        **row,
        **_kept_columns(context, row),
        "id": derived_id(row["id"], "reversal"),
        "op_id": context.envelope.op_id,
        "person_id": context.envelope.person_id,
        "device_id": moment.device_id,
        "device_seq": moment.device_seq,
        "time": moment.time,
        "time_bound": moment.bound,
        "quantity": -row["quantity"],
        "reverses_id": row["id"],
        "reason": reason,
        "feed_seq": None,
        "feed_hash": None,
    }


def _kept_columns(context: Context, row: Row) -> Row:
    """Return what a row's stock is kept by now, if its product was merged since."""
    was = key_of(row)
    key = kept_key(context, was)
    if key == was:
        return {}
    total = row["availability_id"] and availability_id(row["warehouse_id"], key.sku_id)
    return {"sku_id": key.sku_id, "lot_id": key.lot_id, "stock_key": key.id, "availability_id": total}
