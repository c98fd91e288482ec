"""Handlers: receipts."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods, ReverseReceipt
from merchant_desk.domain.scan_checks import check_expiry
from merchant_desk.domain.stock import StockKey, check_quantity
from merchant_desk.handlers.context import Context, Facts, Key, handles
from merchant_desk.handlers.documents import (
    close_document,
    mark_reversed,
    note_late_work,
    open_document,
    standing_rows,
)
from merchant_desk.handlers.fulfilment import by_lines, tell_excess
from merchant_desk.handlers.outlets import note_outlet, place_keys
from merchant_desk.handlers.purchasing import end_expecting, expect_less
from merchant_desk.handlers.reversals import reverse_rows
from merchant_desk.handlers.stock import Movement, post, product_keys
from merchant_desk.models.columns import Row


@handles(
    OpenReceipt,
    reads=lambda op: [("receipts", op.receipt_id)],
    look_ups=lambda op: [("receipts", "number_key", sku_key(op.number))],
)
def open_receipt(context: Context, op: OpenReceipt) -> None:
    """Write the receipt; one against an order that is closed already is flagged."""
    row: Row = {"id": op.receipt_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, purchase_order_id=op.purchase_order_id, supplier_id=op.supplier_id)
    open_document(context, "receipts", row)
    if op.purchase_order_id is None:
        return
    order = context.unit.get("purchase_orders", op.purchase_order_id)
    note_outlet(context, ("purchase_orders", op.purchase_order_id), order, op.outlet_id)
    if order is None or order["status"] == "closed":
        facts = {"status": order["status"] if order else "missing", "number": op.number}
        context.flag("order_not_open", op.outlet_id, ("purchase_orders", op.purchase_order_id), **facts)


def _reads(op: ReceiveGoods) -> list[Key]:
    reads: list[Key] = [("receipts", op.receipt_id), *product_keys(op.sku_id), *place_keys(op)]
    if op.lot_code:
        reads.append(("lots", lot_id(op.sku_id, op.lot_code)))
    if op.line_id:
        reads += [("purchase_lines", op.line_id), ("line_totals", op.line_id)]
    return reads


def _stock_key(op: ReceiveGoods) -> StockKey:
    lot = lot_id(op.sku_id, op.lot_code) if op.lot_code else None
    return StockKey(op.location_id, op.sku_id, lot, op.serial, op.status)


@handles(ReceiveGoods, reads=_reads, look_ups=lambda op: [("count_lines", "stock_key", _stock_key(op).id)])
def receive_goods(context: Context, op: ReceiveGoods) -> None:
    """Write the goods into stock, less of them expected; flag what goes beyond the order."""
    check_quantity(op.quantity)
    is_own = note_late_work(context, "receipts", op.receipt_id, op.outlet_id)
    ensure_lot(context, op.sku_id, op.lot_code, op.expiry, op.outlet_id)
    line = context.unit.get("purchase_lines", op.line_id) if op.line_id is not None else None
    is_counted = line is None or note_outlet(context, ("purchase_lines", line["id"]), line, op.outlet_id)
    if line is not None and is_counted:
        expect_less(context, line, op.quantity)
    own = ("receipt", op.receipt_id, op.outlet_id, op.warehouse_id)
    line_id = op.line_id if is_counted else None
    post(context, [Movement(*own, _stock_key(op), op.quantity, line_id=line_id, tallied=is_own)])
    if line is not None and is_counted:
        tell_excess(context, "receipt", line, op.receipt_id, more=True)


@handles(CloseReceipt, reads=lambda op: [("receipts", op.receipt_id)])
def close_receipt(context: Context, op: CloseReceipt) -> None:
    """End the receipt; a purchase order that came in whole ends with it."""
    if not close_document(context, "receipts", op.receipt_id, "closed", op.outlet_id):
        return
    receipt = context.get("receipts", op.receipt_id)
    order_id = receipt["purchase_order_id"]
    order = context.unit.get("purchase_orders", order_id) if order_id else None
    if order is None or order["status"] == "closed":
        return
    lines = context.unit.find("purchase_lines", order_id=order["id"])

    def judge() -> Facts | None:
        context.unit.prefetch("line_totals", (line["id"] for line in lines))
        totals = [context.unit.peek("line_totals", line["id"]) for line in lines]
        came = by_lines(context, lines, {total["id"]: total["done"] for total in totals if total})
        return {} if all(came[line["id"]] >= line["quantity"] for line in lines) else None

    if context.verdicts.beyond("received whole", judge) is not None:
        end_expecting(context, order)


@handles(
    ReverseReceipt,
    reads=lambda op: [("receipts", op.receipt_id)],
    look_ups=lambda op: [("ledger", "document_id", op.receipt_id)],
)
def reverse_receipt(context: Context, op: ReverseReceipt) -> None:
    """Take goods out of stock again, whole or by ledger row: they were booked, but never came."""
    rows = standing_rows(context, "ledger", op.receipt_id, ["receipt"])
    chosen = [row for row in rows if not op.ledger_ids or row["id"] in op.ledger_ids]
    undone = reverse_rows(context, chosen, op.reason, never=True)
    left = len(rows) - len(chosen)
    mark_reversed(context, "receipts", op.receipt_id, op.outlet_id, undone=undone, left=left)


def ensure_lot(context: Context, sku_id: UUID, code: str, expiry: int | None, outlet_id: UUID) -> UUID | None:
    """Return the lot's id, making its row when it is new; another expiry for a known lot is flagged.

    Raises:
        Refusal: `no_such_day`, for an expiry that is none.
    """
    check_expiry(expiry)
    if not code:
        return None
    id = lot_id(sku_id, code)
    lot = context.unit.get("lots", id)
    if lot is None:
        context.unit.insert(
            "lots", {"id": id, "sku_id": sku_id, "code": code, "expiry": expiry, "made": None}
        )
    elif expiry is not None and lot["expiry"] is None:
        context.unit.update("lots", id, expiry=expiry)
    elif expiry is not None and lot["expiry"] != expiry:
        facts = {"lot": code, "known": lot["expiry"], "scanned": expiry, "sku_id": sku_id}
        context.flag("lot_expiry_differs", outlet_id, ("lots", id), **facts)
    return id
