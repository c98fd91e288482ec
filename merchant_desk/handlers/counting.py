"""Handlers: counts and their variances."""

from collections.abc import Iterable
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.counting import (
    KEYS_AT_ONCE,
    CloseCount,
    CountGoods,
    OpenCount,
    PlaceMovement,
    ReverseCount,
    Side,
    count_line_id,
)
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.stock import StockKey, check_quantity, tally_id
from merchant_desk.handlers.context import Context, Key, handles
from merchant_desk.handlers.counts_at_once import note_end, tell_counted_twice
from merchant_desk.handlers.documents import (
    can_close,
    end_document,
    mark_reversed,
    note_late_work,
    open_document,
)
from merchant_desk.handlers.former_devices import Desks
from merchant_desk.handlers.kept import kept_key, seen_key
from merchant_desk.handlers.outlets import note_outlet, place_keys, place_of
from merchant_desk.handlers.receiving import ensure_lot
from merchant_desk.handlers.reversals import reverse_rows
from merchant_desk.handlers.stock import (
    Movement,
    ask_side,
    correct_variance,
    key_of,
    latest_count_of,
    moment_of,
    now_of,
    post,
)
from merchant_desk.models.columns import Row

CORRECTIONS = ("late_movement", "settled_again")
"""Reasons of ledger rows that correct a count's variance later."""


@handles(
    OpenCount,
    reads=lambda op: [("counts", op.count_id)],
    look_ups=lambda op: [
        ("counts", "number_key", sku_key(op.number)),
        ("counts", "location_id", op.location_id),
    ],
)
def open_count(context: Context, op: OpenCount) -> None:
    """Write the count; another count of the location meanwhile is flagged, never summed with it."""
    place_of(context, op.location_id, op.warehouse_id, op.outlet_id)
    row: Row = {"id": op.count_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, location_id=op.location_id, blind=int(op.blind))
    now = now_of(context)
    row.update(opened_seq=now.device_seq, opened_bound=now.bound)
    row.update(closed_device_id=None, closed_seq=None, closed_bound=None)
    open_document(context, "counts", row)
    tell_counted_twice(context, op.count_id)


def _reads(op: CountGoods) -> list[Key]:
    lots: list[Key] = [("lots", lot_id(op.sku_id, op.lot_code))] if op.lot_code else []
    return [("counts", op.count_id), ("sku_merges", op.sku_id), *lots, *place_keys(op)]


@handles(CountGoods, reads=_reads)
def count_goods(context: Context, op: CountGoods) -> None:
    """Write what was seen; stock does not move until the count is closed."""
    check_quantity(op.quantity)
    note_late_work(context, "counts", op.count_id, op.outlet_id)
    lot = ensure_lot(context, op.sku_id, op.lot_code, op.expiry, op.outlet_id)
    key = kept_key(context, StockKey(op.location_id, op.sku_id, lot, op.serial))
    line_id = count_line_id(op.count_id, key.id)
    if context.unit.get("count_lines", line_id) is not None:
        context.flag("document_not_open", op.outlet_id, ("counts", op.count_id), status="closed")
    envelope = context.envelope
    context.unit.insert(
        "count_entries",
        {
            "id": context.new_id("count_entries"),
            **place_of(context, op.location_id, op.warehouse_id, op.outlet_id),
            "op_id": envelope.op_id,
            "document_id": op.count_id,
            "line_id": line_id,
            "tally_id": tally_id(op.count_id, key.sku_id, key.lot_id, None, op.location_id),
            "stock_key": key.id,
            "device_id": envelope.device_id,
            "device_seq": envelope.device_seq,
            "time": envelope.time,
            "time_bound": envelope.time_bound,
            "person_id": envelope.person_id,
            "location_id": op.location_id,
            "sku_id": key.sku_id,
            "lot_id": key.lot_id,
            "serial": op.serial,
            "quantity": op.quantity,
        },
    )


@handles(
    CloseCount,
    reads=lambda op: [("counts", op.count_id), *(("stock_balances", key) for key in op.empty_stock_keys)],
    look_ups=lambda op: [
        ("count_entries", "document_id", op.count_id),
        ("count_lines", "count_id", op.count_id),
    ],
)
def close_count(context: Context, op: CloseCount) -> None:
    """Compare each counted key with the book of its moment; write its line and its variance.

    A key whose every scan was undone was not counted; only `empty_stock_keys` state that nothing is there.
    Of a key that two desks counted in the one count, what the later one saw stands: the sum is nobody's.
    A desk that was enrolled again meanwhile is the same one. A count that stays open after what its desk took
    for the end is flagged.
    """
    if not can_close(context, "counts", op.count_id, op.outlet_id):
        return
    settled = {line["id"] for line in context.unit.find("count_lines", count_id=op.count_id)}
    seen = _seen(context, op.count_id)
    balances = {key: context.unit.peek("stock_balances", key) for key in op.empty_stock_keys}
    gone = {key: row for key, row in balances.items() if row is not None and key not in seen}
    done = {key for key, rows in seen.items() if all(row["line_id"] in settled for row in rows)}
    rest = [
        key for key in (*seen, *gone) if key not in done and count_line_id(op.count_id, key) not in settled
    ]
    part = rest[:KEYS_AT_ONCE]
    context.unit.finds.prefetch("ledger", "stock_key", part)
    counted = {key: seen[key] for key in part if key in seen}
    desks = Desks(context)
    own_scans = {key: desks.of_last(entries) for key, entries in counted.items()}
    twice = [entries for key, entries in counted.items() if len(own_scans[key]) < len(entries)]
    _flag_two_desks(context, op.count_id, twice)
    for own in own_scans.values():
        last = {**own[-1], "status": "sellable", "owner_id": None}
        _write_line(context, op.count_id, last, sum(row["quantity"] for row in own))
    for stock_key in part:
        if stock_key in gone:
            _write_empty(context, op, gone[stock_key])
    if part == rest:
        end_document(context, "counts", op.count_id, "closed")
        note_end(context, op.count_id)
    elif op.last:
        facts = {"number": context.get("counts", op.count_id)["number"], "keys": len(rest) - len(part)}
        context.flag("count_left_open", op.outlet_id, ("counts", op.count_id), **facts)


def _seen(context: Context, count_id: UUID) -> dict[UUID, list[Row]]:
    """Return the scans of a count that were not undone, by the stock key that they are kept under now."""
    seen: dict[UUID, list[Row]] = {}
    for entry in _standing(context.unit.find("count_entries", document_id=count_id)):
        key = seen_key(context, entry)
        kept = {**entry, "sku_id": key.sku_id, "lot_id": key.lot_id, "stock_key": key.id}
        seen.setdefault(key.id, []).append(kept)
    return seen


def _write_empty(context: Context, op: CloseCount, balance: Row) -> None:
    """Write that nothing is there any more of what the book has."""
    place_of(context, balance["location_id"], balance["warehouse_id"], op.outlet_id)
    now = now_of(context)
    moment = {"device_id": now.device_id, "device_seq": now.device_seq}
    last = {**balance, **moment, "time": now.time, "time_bound": now.bound}
    _write_line(context, op.count_id, last, 0)


def _standing(entries: Iterable[Row]) -> list[Row]:
    """Return the entries that were not undone."""
    entries = list(entries)
    undone = {entry["id"] for entry in entries if entry["quantity"] < 0}
    return [e for e in entries if e["quantity"] > 0 and derived_id(e["id"], "reversal") not in undone]


def _flag_two_desks(context: Context, count_id: UUID, twice: list[list[Row]]) -> None:
    """Flag a count in which two desks scanned the same goods: one task, however many goods they are."""
    if twice:
        count = context.get("counts", count_id)
        first = min((rows[0] for rows in twice), key=lambda row: (row["time"], row["id"].int))
        facts = {"number": count["number"], "keys": len(twice), "sku_id": first["sku_id"]}
        context.flag("counted_by_two_desks", count["outlet_id"], ("counts", count_id), **facts)


@handles(
    ReverseCount,
    reads=lambda op: [("counts", op.count_id)],
    look_ups=lambda op: [("count_lines", "count_id", op.count_id), ("ledger", "document_id", op.count_id)],
)
def reverse_count(context: Context, op: ReverseCount) -> None:
    """Take a count's variances back, whole or by line; the count before it stands again for its keys."""
    lines = context.unit.find("count_lines", count_id=op.count_id)
    gone = {line["reverses_id"] for line in lines}
    standing = [line for line in lines if line["reverses_id"] is None and line["id"] not in gone]
    chosen = [line for line in standing if not op.line_ids or line["id"] in op.line_ids]
    keys = {line["stock_key"] for line in chosen}
    for line in chosen:
        opposite = {**line, "id": derived_id(line["id"], "reversal"), "reverses_id": line["id"]}
        opposite.update(op_id=context.envelope.op_id, feed_seq=None, feed_hash=None)
        context.unit.insert("count_lines", opposite)
    rows = [row for row in context.unit.find("ledger", document_id=op.count_id) if row["stock_key"] in keys]
    # A correction of the variance names the movement that it settled: for this purpose it is an original.
    rows = [{**row, "reverses_id": None} if row["reason"] in CORRECTIONS else row for row in rows]
    reverse_rows(context, rows, op.reason, never=True)
    for line in chosen:
        _settle_with_count_before(context, line)
    left = len(standing) - len(chosen)
    mark_reversed(context, "counts", op.count_id, op.outlet_id, undone=len(chosen), left=left)
    note_end(context, op.count_id)


def _settle_with_count_before(context: Context, reversed_line: Row) -> None:
    """Make the book of a stock key what the last count that still stands saw, and moved since.

    Movements that became known while the reversed count stood were settled with it and never with the
    one before; what is missing there is written as one more correction of that one's variance.
    """
    line = latest_count_of(
        context, {**reversed_line, "kind": "", "document_id": None}, reversed_line["stock_key"]
    )
    if line is None:
        return
    rows = context.unit.find("ledger", stock_key=line["stock_key"])
    own = [row for row in rows if row["document_id"] == line["count_id"]]
    answered = {row["reverses_id"] for row in own if row["reason"] == "late_movement"}
    desks, after = Desks(context), 0
    for row in rows:
        if row["kind"] != "count":
            side = desks.side_of(row, line)
            if side is Side.AFTER or (side is Side.UNKNOWN and row["id"] not in answered):
                after += row["quantity"]
    missing = line["counted"] + after - sum(row["quantity"] for row in rows)
    if missing:
        id = derived_id(line["id"], "settled again", context.envelope.op_id.bytes)
        where = ("count", line["count_id"], line["outlet_id"], line["warehouse_id"], key_of(line))
        again = Movement(*where, missing, reason="settled_again", moment=moment_of(line), id=id)
        post(context, [again])


@handles(
    PlaceMovement,
    reads=lambda op: [("tasks", op.task_id), ("ledger", op.ledger_id), ("count_lines", op.line_id)],
)
def place_movement(context: Context, op: PlaceMovement) -> None:
    """Apply the answer to "before or after the count?", once; a count that was reversed needs none."""
    task = context.unit.get("tasks", op.task_id)
    if task is not None and task["status"] != "open":
        context.flag("answered_twice", op.outlet_id, ("tasks", op.task_id), answer=task["resolution"])
        return
    if task is not None:
        context.unit.update(
            "tasks",
            op.task_id,
            status="settled",
            settled_at=context.envelope.time,
            settled_by=context.envelope.person_id,
            resolution="before" if op.before else "after",
        )
    note_outlet(context, ("tasks", op.task_id), task, op.outlet_id)
    row, line = context.unit.get("ledger", op.ledger_id), context.unit.get("count_lines", op.line_id)
    note_outlet(context, ("count_lines", op.line_id), line, op.outlet_id)
    gone = context.unit.get("count_lines", derived_id(op.line_id, "reversal")) is not None
    if op.before and row is not None and line is not None and not gone:
        correct_variance(context, line, row, row["quantity"])
    elif task is None:
        context.flag("nothing_to_place", op.outlet_id, ("ledger", op.ledger_id), line_id=op.line_id)


def _write_line(context: Context, count_id: UUID, last: Row, counted: int) -> None:
    """Write a count line as of its last scan, and the variance against the book of that moment."""
    key = key_of(last)
    book, unsure = _book_at(context, last, key.id)
    line: Row = {
        "id": count_line_id(count_id, key.id),
        "outlet_id": last["outlet_id"],
        "op_id": context.envelope.op_id,
        "count_id": count_id,
        "stock_key": key.id,
        "device_id": last["device_id"],
        "device_seq": last["device_seq"],
        "time": last["time"],
        "time_bound": last["time_bound"],
        "warehouse_id": last["warehouse_id"],
        "location_id": key.location_id,
        "sku_id": key.sku_id,
        "lot_id": key.lot_id,
        "serial": key.serial,
        "status": key.status,
        "owner_id": key.owner_id,
        "counted": counted,
        "book": book,
        "variance": counted - book,
        "reverses_id": None,
    }
    context.unit.insert("count_lines", line)
    if counted != book:
        id = derived_id(line["id"], "variance")
        own = ("count", count_id, last["outlet_id"], last["warehouse_id"], key, counted - book)
        post(context, [Movement(*own, reason="variance", moment=moment_of(last), id=id)])
    for row in unsure:
        ask_side(context, line, row)


def _book_at(context: Context, last: Row, stock_key: UUID) -> tuple[int, list[Row]]:
    """Return the book quantity at a count's moment, and the movements whose side nobody can tell.

    Those are left out of the book. Other counts' variances took effect when those counts saw the goods;
    one that cannot be told apart in time was there first, as it became known first.
    """
    book, desks, unsure = 0, Desks(context), []
    for row in context.unit.find("ledger", stock_key=stock_key):
        side = desks.side_of(row, last)
        if side is Side.UNKNOWN and row["kind"] != "count":
            unsure.append(row)
        elif side is not Side.AFTER:
            book += row["quantity"]
    return book, unsure
