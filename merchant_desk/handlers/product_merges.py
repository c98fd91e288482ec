"""Handlers: two products that turn out to be one."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import MOST_MERGED_ROWS, MergeProducts, barcode_id, check_merge
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import availability_id
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.kept import kept_lot
from merchant_desk.handlers.natural_keys import freed
from merchant_desk.handlers.stock import key_of, opposite_of
from merchant_desk.models.columns import Row

_BY_LINE = ("reservations", "expectations")


@handles(
    MergeProducts,
    reads=lambda op: [("skus", op.kept_id), ("skus", op.merged_id), ("sku_merges", op.merged_id)],
    look_ups=lambda op: [
        ("barcodes", "sku_id", op.merged_id),
        ("tasks", "about_id", op.merged_id),
        ("sku_merges", "kept_id", op.merged_id),
        ("stock_balances", "sku_id", op.merged_id),
        *((table, "sku_id", op.merged_id) for table in _BY_LINE),
    ],
)
def merge_products(context: Context, op: MergeProducts) -> None:
    """Move everything to the product that is kept, archive the other, and remember where it went."""
    unit = context.unit
    kept, merged = context.get("skus", op.kept_id), context.get("skus", op.merged_id)
    check_merge(kept, merged)
    rows = _ledger_of(context, op.merged_id)
    if len(rows) > MOST_MERGED_ROWS:
        raise Refusal("merge_too_large", sku=merged["sku"], rows=len(rows), most=MOST_MERGED_ROWS)
    _move_codes(context, op)
    _move_openings(context, op, {row["stock_key"]: _move_row(context, op.kept_id, row) for row in rows})
    for table in _BY_LINE:
        _move_promises(context, op, table)
    # What had been merged into this one before follows it, so that one look always finds the one kept.
    for earlier in unit.find("sku_merges", kept_id=op.merged_id):
        unit.update("sku_merges", earlier["id"], kept_id=op.kept_id)
    unit.insert("sku_merges", {"id": op.merged_id, "kept_id": op.kept_id})
    unit.update("skus", op.merged_id, archived=1, draft=0, **_code_left(context, merged))
    _settle_clashes(context, op.merged_id)


def _code_left(context: Context, merged: Row) -> Row:
    """Return the columns of the merged product's code: it goes on naming it unless another has it too."""
    same = context.unit.find("skus", sku_key=merged["sku_key"])
    if len(same) < 2:
        return {}
    code = freed(context, ("skus", "sku_key"), merged["sku"])
    return {"sku": code, "sku_key": sku_key(code)}


def _ledger_of(context: Context, sku_id: UUID) -> list[Row]:
    """Return every movement of a product that this side holds."""
    unit = context.unit
    keys = [balance["id"] for balance in unit.finds.find("stock_balances", {"sku_id": sku_id})]
    unit.finds.prefetch("ledger", "stock_key", keys)
    return [row for key in keys for row in unit.find("ledger", stock_key=key)]


def _move_codes(context: Context, op: MergeProducts) -> None:
    """Let the merged product's barcodes mean the one kept; one that it had already stays as it was."""
    unit = context.unit
    for row in unit.find("barcodes", sku_id=op.merged_id):
        unit.remove("barcodes", row["id"])
        id = barcode_id(op.kept_id, row["code"])
        if unit.get("barcodes", id) is None:
            # No import gave the kept product this code: an undo leaves it there.
            own = {"id": id, "sku_id": op.kept_id, "job_id": None, "feed_seq": None, "feed_hash": None}
            unit.insert("barcodes", {**row, **own})


def _move_openings(context: Context, op: MergeProducts, keys: dict[UUID, UUID]) -> None:
    """Let what was stated of the merged product's stock keys stand stated of those of the one kept."""
    unit = context.unit
    unit.finds.prefetch("openings", "stock_key", keys)
    for was, key in keys.items():
        for row in unit.find("openings", stock_key=was):
            unit.update("openings", row["id"], sku_id=op.kept_id, stock_key=key)


def _move_row(context: Context, kept_id: UUID, row: Row) -> UUID:
    """Write a movement's opposite, and the same for the product kept, both at its own moment; returns its
    stock key there.

    So every book of an earlier moment is as if there had been one product from the beginning; the counts
    that were closed saw each by itself and are left alone. Documents keep their own lines and tallies.
    """
    unit, op_id = context.unit, context.envelope.op_id
    own = {"kind": "merge", "document_id": op_id, "line_id": None, "tally_id": None, "reason": "merge"}
    out = opposite_of(context, row, "merge", never=True)
    unit.insert("ledger", {**out, **own, "id": derived_id(row["id"], "merged out", op_id.bytes)})
    lot = kept_lot(context, row["lot_id"], kept_id)
    key = key_of({**row, "sku_id": kept_id, "lot_id": lot})
    total = row["availability_id"] and availability_id(row["warehouse_id"], kept_id)
    place = {"sku_id": kept_id, "lot_id": lot, "stock_key": key.id, "availability_id": total}
    into = {**out, **own, **place, "quantity": row["quantity"], "reverses_id": None}
    unit.insert("ledger", {**into, "id": derived_id(row["id"], "merged in", op_id.bytes)})
    return key.id


def _move_promises(context: Context, op: MergeProducts, table: str) -> None:
    """Take what is still reserved or expected of the merged product back, and write it for the one kept."""
    unit = context.unit
    lines: dict[UUID, list[Row]] = {}
    for row in unit.find(table, sku_id=op.merged_id):
        lines.setdefault(row["line_id"], []).append(row)
    for line_id, rows in lines.items():
        rest = sum(row["quantity"] for row in rows)
        if not rest:
            continue
        own = {**rows[0], "op_id": context.envelope.op_id, "feed_seq": None, "feed_hash": None}
        out = {**own, "id": context.new_id(table, f"merged out {line_id.hex}"), "quantity": -rest}
        total = availability_id(own["warehouse_id"], op.kept_id)
        into = {**own, "sku_id": op.kept_id, "availability_id": total, "quantity": rest}
        unit.insert(table, out)
        unit.insert(table, {**into, "id": context.new_id(table, f"merged in {line_id.hex}")})


def _settle_clashes(context: Context, merged_id: UUID) -> None:
    """Settle the tasks that asked for this merge."""
    envelope = context.envelope
    for task in context.unit.find("tasks", about_id=merged_id):
        if task["status"] == "open" and task["code"] == "sku_taken_by_draft":
            context.unit.update(
                "tasks",
                task["id"],
                status="settled",
                settled_at=envelope.time,
                settled_by=envelope.person_id,
                resolution="corrected",
            )
