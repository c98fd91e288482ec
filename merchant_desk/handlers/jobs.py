"""Handlers: jobs of many operations."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.jobs import FinishImport, StartImport, UndoImport, rights_to_undo
from merchant_desk.domain.opening_stock import check_books_open
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.corrected import Left, left_task
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.natural_keys import freed
from merchant_desk.handlers.opening_stock import live_at, withdraw_opening
from merchant_desk.handlers.parties import withdraw_buyer, withdraw_supplier
from merchant_desk.handlers.purchasing import end_expecting
from merchant_desk.handlers.put_back import put_back, put_back_look_ups, put_back_reads
from merchant_desk.models.columns import Row

_USES_OF_ORDER = ("shipments", "refunds", "reservations")
"""What stands on an order that somebody worked on."""

_LINES_OF = (("order_lines", "orders", "cancelled"), ("purchase_lines", "purchase_orders", "closed"))
"""Lines that name a SKU, their documents, and the status in which a document names nothing any more."""

_PARTS = ("orders", "skus", "barcodes", "purchases", "openings", "suppliers", "buyers", "corrected")
"""What an undo names."""

_TOTALS_OF_SKU = ("stock_balances", "availability")


@handles(StartImport, reads=lambda op: [("jobs", op.job_id)])
def start_import(context: Context, op: StartImport) -> None:
    """Write the job's head; one that stands goes on, one that was taken back only where that is meant."""
    if context.unit.get("jobs", op.job_id) is not None:
        context.get_of("jobs", op.job_id, op.outlet_id)
        if op.again or not is_too_late(context, op.job_id):
            context.unit.update("jobs", op.job_id, status="started", ended_at=None)
        return
    envelope = context.envelope
    context.unit.insert(
        "jobs",
        {
            "id": op.job_id,
            "outlet_id": op.outlet_id,
            "kind": op.kind,
            "source": op.source,
            "file_hash": op.file_hash,
            "plan_hash": op.plan_hash,
            "result_hash": op.result_hash,
            "rows": op.rows,
            "status": "started",
            "written": 0,
            "unchanged": 0,
            "ineffective": 0,
            "refused": 0,
            "person_id": envelope.person_id,
            "device_id": envelope.device_id,
            "started_at": envelope.time,
            "ended_at": None,
        },
    )


@handles(FinishImport, reads=lambda op: [("jobs", op.job_id)])
def finish_import(context: Context, op: FinishImport) -> None:
    """Write the account of all rows beside the job; what was taken back meanwhile stays so."""
    context.get_of("jobs", op.job_id, op.outlet_id)
    if is_too_late(context, op.job_id):
        return
    context.unit.update(
        "jobs",
        op.job_id,
        status="finished",
        written=op.written,
        unchanged=op.unchanged,
        ineffective=op.ineffective,
        refused=op.refused,
        ended_at=context.envelope.time,
    )


@handles(
    UndoImport,
    reads=lambda op: [
        ("jobs", op.job_id),
        *(("orders", id) for id in op.orders),
        *(("skus", id) for id in op.skus),
        *(("barcodes", id) for id in op.barcodes),
        *(("purchase_orders", id) for id in op.purchases),
        *(("openings", id) for id in op.openings),
        *(("suppliers", id) for id in op.suppliers),
        *(("buyers", id) for id in op.buyers),
        *put_back_reads(op.job_id, op.corrected),
        ("go_lives", op.outlet_id),
    ],
    look_ups=lambda op: [
        *(("receipts", "purchase_order_id", id) for id in op.purchases),
        *((table, "order_id", id) for id in op.orders for table in _USES_OF_ORDER),
        *(("sku_merges", "kept_id", id) for id in op.skus),
        *((lines, "sku_id", id) for id in op.skus for lines, _, _ in _LINES_OF),
        *((table, "sku_id", id) for id in op.skus for table in (*_TOTALS_OF_SKU, "barcodes")),
        *(("purchase_orders", "supplier_id", id) for id in op.suppliers),
        *(("orders", "buyer_id", id) for id in op.buyers),
        *put_back_look_ups(op.corrected),
    ],
)
def undo_import(context: Context, op: UndoImport) -> None:
    """Cancel orders, close purchase orders, reverse opening stock, archive SKUs, take barcodes off, put back
    what was corrected: what the job itself made and is not used. What stays all the same is flagged, once.
    """
    job = context.get_of("jobs", op.job_id, op.outlet_id)
    _check_rights(context, op, job["kind"])
    if op.openings or job["kind"] == "opening_stock":
        check_books_open(live_at(context, op.outlet_id))
    unit = context.unit
    left: list[Left] = []
    undone = sum(withdraw_opening(context, op.outlet_id, op.job_id, id) for id in op.openings)
    undone += sum(_withdraw_order(context, op, id, left) for id in op.orders)
    undone += sum(_withdraw_sku(context, op, id, left) for id in op.skus)
    for id in op.barcodes:
        barcode = unit.get("barcodes", id)
        if barcode is not None and barcode["job_id"] == op.job_id:
            unit.remove("barcodes", id)
            undone += 1
    undone += sum(_withdraw_purchase(context, op, id, left) for id in op.purchases)
    undone += sum(withdraw_supplier(context, op.job_id, id, left) for id in op.suppliers)
    undone += sum(withdraw_buyer(context, op.job_id, id, left) for id in op.buyers)
    undone += sum(put_back(context, op.job_id, one, left) for one in op.corrected)
    task = left_task(context, op.job_id, left)
    if task is not None:
        context.flag("undo_left_out", task.outlet_id, task.about, **task.facts)
    count = sum(len(getattr(op, name)) for name in _PARTS)
    note_chunk(context, op.job_id, "undo", op.chunk, (undone, count - undone, 0))
    if op.last:
        unit.update("jobs", op.job_id, status="undone", ended_at=context.envelope.time)


def _check_rights(context: Context, op: UndoImport, kind: str) -> None:
    """Raise Refusal (`not_allowed`) unless whoever acts has all that it takes."""
    for right in rights_to_undo(op, kind):
        if not context.may(right, None):
            raise Refusal("not_allowed", right=right)


def _is_foreign(row: Row, op: UndoImport) -> bool:
    """Tell whether another job made a document, or another outlet has it."""
    return bool(row["job_id"] != op.job_id or row["outlet_id"] != op.outlet_id)


def _withdraw_order(context: Context, op: UndoImport, id: UUID, left: list[Left]) -> bool:
    unit = context.unit
    order = unit.get("orders", id)
    if order is None or _is_foreign(order, op) or order["status"] == "cancelled":
        return False
    if any(unit.find(table, order_id=id) for table in _USES_OF_ORDER):
        left.append(Left(("orders", id), order["number"], "in_use"))
        return False
    number = freed(context, ("orders", "number_key"), order["number"])
    time = context.envelope.time
    unit.update("orders", id, status="cancelled", ended_at=time, number=number, number_key=sku_key(number))
    event = {
        "id": context.new_id("order_events", id.hex),
        "outlet_id": order["outlet_id"],
        "op_id": context.envelope.op_id,
        "order_id": id,
        "time": time,
        "person_id": context.envelope.person_id,
        "event": "import_undone",
        "note": order["number"],
    }
    unit.insert("order_events", event)
    return True


def _withdraw_purchase(context: Context, op: UndoImport, id: UUID, left: list[Left]) -> bool:
    """Close a purchase order against which nobody has begun to receive; its number is free again."""
    unit = context.unit
    order = unit.get("purchase_orders", id)
    if order is None or _is_foreign(order, op) or order["status"] == "closed":
        return False
    if unit.find("receipts", purchase_order_id=id):
        left.append(Left(("purchase_orders", id), order["number"], "in_use"))
        return False
    end_expecting(context, order)
    number = freed(context, ("purchase_orders", "number_key"), order["number"])
    unit.update("purchase_orders", id, number=number, number_key=sku_key(number))
    return True


def _is_used(context: Context, sku_id: UUID) -> bool:
    """Tell whether a SKU is in stock, promised or expected, in a document that stands, or one that was kept.

    A desk knows its own outlet's; the server judges for all. Totals are looked at without a trace.
    """
    unit = context.unit
    totals = [row for table in _TOTALS_OF_SKU for row in unit.finds.find(table, {"sku_id": sku_id})]
    if any(row.get(name) for row in totals for name in ("on_hand", "reserved", "expected")):
        return True
    if unit.find("sku_merges", kept_id=sku_id):
        return True
    return any(
        order is not None and order["status"] != ended
        for lines, orders, ended in _LINES_OF
        for order in (unit.get(orders, line["order_id"]) for line in unit.find(lines, sku_id=sku_id))
    )


def _withdraw_sku(context: Context, op: UndoImport, id: UUID, left: list[Left]) -> bool:
    """Archive a SKU that the job made and nobody uses; lines of documents that ended still name it."""
    unit = context.unit
    sku = unit.get("skus", id)
    if sku is None or sku["job_id"] != op.job_id or sku["archived"]:
        return False
    if _is_used(context, id):
        left.append(Left(("skus", id), sku["sku"], "in_use"))
        return False
    code = freed(context, ("skus", "sku_key"), sku["sku"])
    unit.update("skus", id, archived=1, sku=code, sku_key=sku_key(code))
    for barcode in unit.find("barcodes", sku_id=id):
        unit.remove("barcodes", barcode["id"])
    return True
