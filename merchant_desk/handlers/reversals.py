"""Handlers: taking back what was posted. The original stays; its opposite stands beside it."""

from collections.abc import Iterable
from uuid import UUID

from merchant_desk.domain.counting import count_line_id
from merchant_desk.domain.ids import derived_id, row_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import UndoScan
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.former_devices import OwnWork
from merchant_desk.handlers.fulfilment import OVER, tell_excess
from merchant_desk.handlers.kept import seen_key
from merchant_desk.handlers.outlets import note_outlet
from merchant_desk.handlers.purchasing import expect_again
from merchant_desk.handlers.stock import (
    CLOSED,
    end_negative,
    flag_negative,
    negative_task,
    now_of,
    opposite_of,
    reconcile_with_counts,
)
from merchant_desk.models.columns import Row

SCANS = ("receipt", "pick", "adjust")
"""Kinds of ledger rows that a single scan (or entry by hand) writes."""

MADE_BY_SCANS = ("ledger", "count_entries")

DOCUMENTS = {"receipt": "receipts", "pick": "shipments"}
"""Where the document of a ledger row stands, by the row's kind."""


def reverse_rows(context: Context, rows: Iterable[Row], reason: str, *, never: bool) -> int:
    """Write the opposite of ledger rows that were not taken back yet; returns how many.

    `never` as in `stock.opposite_of`. What a row brought with it goes too: goods received for a purchase
    order are expected again, goods picked are no longer shipped.
    """
    undone: list[Row] = []
    touched: list[Row] = []
    rows = list(rows)
    context.unit.prefetch("ledger", (derived_id(row["id"], "reversal") for row in rows))
    for row in rows:
        if row["reverses_id"] is not None or _is_reversed(context, row):
            continue
        shipped = context.unit.get("ledger", shipping_id(row)) if row["kind"] == "pick" else None
        if shipped is not None and not _is_reversed(context, shipped):
            # First, or staging would seem to lack what the parcel brings back.
            touched += shipped, _reverse(context, shipped, reason, never=never)
        touched += row, _reverse(context, row, reason, never=never)
        undone.append(row)
    context.unit.prefetch("tasks", {negative_task(row) for row in touched})
    for row in touched:  # only now: the one that crossed nothing may be the first, or be on the way back
        end_negative(context, row)
    _tell_less(context, undone)
    return len(undone)


def _tell_less(context: Context, rows: list[Row]) -> None:
    """Bring what is told of lines that had more than was ordered to what stands now, once for each."""
    counted = {row["line_id"]: row for row in rows if row["kind"] in OVER and row["line_id"] is not None}
    for kind in OVER:
        context.unit.prefetch(OVER[kind].table, (id for id, row in counted.items() if row["kind"] == kind))
    for line_id, row in counted.items():
        line = context.unit.get(OVER[row["kind"]].table, line_id)
        if line is not None:
            tell_excess(context, row["kind"], line, row["document_id"], more=False)


def _is_reversed(context: Context, row: Row) -> bool:
    return context.unit.get("ledger", derived_id(row["id"], "reversal")) is not None


def _reverse(context: Context, row: Row, reason: str, *, never: bool) -> Row:
    """Write the opposite of a ledger row, and return it."""
    opposite = context.unit.insert("ledger", opposite_of(context, row, reason, never=never))
    if row["kind"] == "receipt" and row["line_id"] is not None:
        expect_again(context, row, opposite["id"])
    if row["kind"] != "count" and not reconcile_with_counts(context, opposite, row["stock_key"]):
        flag_negative(context, opposite)
    return opposite


def shipping_id(staged: Row) -> UUID:
    """Return the id of the ledger row by which goods picked into staging leave it with the parcel."""
    return derived_id(staged["id"], "shipped")


@handles(
    UndoScan,
    reads=lambda op: [(table, row_id(op.undone_op_id, table, n)) for table in MADE_BY_SCANS for n in (0, 1)],
)
def undo_scan(context: Context, op: UndoScan) -> None:
    """Write the opposite of what the undone scan wrote; a scan is undone once.

    One's own slip in an open document needs no more than to scan; anything else is a reversal.
    """
    rows = [row for row in _made_by(context, "ledger", op.undone_op_id) if row["kind"] in SCANS]
    entries = _made_by(context, "count_entries", op.undone_op_id)
    if not rows and not entries:
        raise Refusal("nothing_to_undo")
    _judge_undo(context, op.outlet_id, [*rows, *entries])
    undone = reverse_rows(context, rows, "undo", never=True) + _reverse_entries(context, entries)
    if not undone:
        raise Refusal("undone_already")


def _made_by(context: Context, table: str, op_id: UUID) -> list[Row]:
    """Return the rows that a scan made: their ids follow from its own, so no index is kept for it."""
    rows: list[Row] = []
    while (row := context.unit.get(table, row_id(op_id, table, len(rows)))) is not None:
        rows.append(row)
    return rows


def _judge_undo(context: Context, outlet_id: UUID, made: list[Row]) -> None:
    """Compare an undone scan with who undoes it: the document is what the scan's rows say, not the sender.

    Raises:
        Refusal: `not_allowed` on the desk where a closed document's scan, or one of another person or desk,
            is undone without the right to reverse; elsewhere that is flagged. And as `note_outlet`.
    """
    scan, envelope = made[0], context.envelope
    in_ledger = "kind" in scan
    for row in made:
        note_outlet(context, ("ledger" if in_ledger else "count_entries", row["id"]), row, outlet_id)
    table = DOCUMENTS.get(scan["kind"]) if in_ledger else "counts"
    document = context.unit.get(table, scan["document_id"]) if table is not None else None
    closed = document is not None and document["status"] in CLOSED
    if table == "counts" and _is_settled(context, scan):
        closed = True
    is_own = scan["person_id"] == envelope.person_id and OwnWork(context, envelope.device_id).did(scan)
    home: UUID = scan["outlet_id"]
    if (closed or not is_own) and not context.might("reverse", home):
        if context.originates:
            raise Refusal("not_allowed", right="reverse")
        context.flag("lost_right", home, None, right="reverse")
    if closed:
        context.flag("undone_after_close", home, None, document_id=scan["document_id"])


def _is_settled(context: Context, entry: Row) -> bool:
    """Tell whether the part of a count that an entry belongs to was settled: a large one is, part by part."""
    since = count_line_id(entry["document_id"], seen_key(context, entry).id)  # its product may be merged
    return any(context.unit.get("count_lines", id) is not None for id in (entry["line_id"], since))


def _reverse_entries(context: Context, entries: Iterable[Row]) -> int:
    """Write the opposite of count entries; one that is an opposite itself is never taken back."""
    count, now = 0, now_of(context)
    for entry in entries:
        id = derived_id(entry["id"], "reversal")
        if entry["quantity"] < 0 or context.unit.get("count_entries", id) is not None:
            continue
        opposite = {**entry, "id": id, "quantity": -entry["quantity"], "feed_seq": None, "feed_hash": None}
        opposite.update(op_id=context.envelope.op_id, person_id=context.envelope.person_id)
        opposite.update(device_id=now.device_id, device_seq=now.device_seq)
        opposite.update(time=now.time, time_bound=now.bound)
        context.unit.insert("count_entries", opposite)
        count += 1
    return count
