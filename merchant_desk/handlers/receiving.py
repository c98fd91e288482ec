"""Handlers: receipts."""

from uuid import UUID

from merchant_desk.domain.products import lot_id
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods, ReverseReceipt
from merchant_desk.domain.stock import StockKey, check_quantity
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.documents import (
    close_document,
    mark_reversed,
    note_late_work,
    open_document,
    standing_rows,
)
from merchant_desk.handlers.purchasing import expect
from merchant_desk.handlers.stock import Movement, post, reverse_rows
from merchant_desk.models.columns import Row


@handles(OpenReceipt)
def open_receipt(context: Context, op: OpenReceipt) -> None:
    """Write the receipt."""
    row: Row = {"id": op.receipt_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, purchase_order_id=op.purchase_order_id, supplier_id=op.supplier_id)
    open_document(context, "receipts", row)


@handles(ReceiveGoods, reads=lambda op: _reads(op), look_ups=lambda op: _look_ups(op))
def receive_goods(context: Context, op: ReceiveGoods) -> None:
    """Write the goods into stock, less of them expected; flag what goes beyond the order."""
    check_quantity(op.quantity)
    note_late_work(context, "receipts", op.receipt_id, op.outlet_id)
    lot = ensure_lot(context, op.sku_id, op.lot_code, op.expiry, op.outlet_id)
    key = StockKey(op.location_id, op.sku_id, lot, op.serial, op.status)
    if op.line_id is not None:
        _fulfil(context, op, op.line_id)
    movement = Movement(
        "receipt",
        op.receipt_id,
        op.outlet_id,
        op.warehouse_id,
        key,
        op.quantity,
        line_id=op.line_id,
        tallied=True,
    )
    post(context, [movement])


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
    totals = [context.unit.get("line_totals", line["id"]) for line in lines]
    if all(total and total["done"] >= line["quantity"] for line, total in zip(lines, totals, strict=True)):
        context.unit.update("purchase_orders", order["id"], status="closed", changed_at=context.envelope.time)


@handles(ReverseReceipt, reads=lambda op: [("receipts", op.receipt_id)])
def reverse_receipt(context: Context, op: ReverseReceipt) -> None:
    """Take goods out of stock again, whole or by ledger row."""
    rows = standing_rows(context, "ledger", op.receipt_id, ["receipt"])
    chosen = [row for row in rows if not op.ledger_ids or row["id"] in op.ledger_ids]
    reverse_rows(context, chosen, op.reason)
    mark_reversed(context, "receipts", op.receipt_id, whole=len(chosen) == len(rows))


def ensure_lot(context: Context, sku_id: UUID, code: str, expiry: int | None, outlet_id: UUID) -> UUID | None:
    """Return the lot's id, making its row when it is new; another expiry for a known lot is flagged."""
    if not code:
        return None
    id = lot_id(sku_id, code)
    lot = context.unit.peek("lots", id)
    if lot is None:
        context.unit.insert(
            "lots", {"id": id, "sku_id": sku_id, "code": code, "expiry": expiry, "made": None}
        )
    elif expiry is not None and lot["expiry"] not in (None, expiry):
        facts = {"lot": code, "known": lot["expiry"], "scanned": expiry, "sku_id": sku_id}
        context.flag("lot_expiry_differs", outlet_id, ("lots", id), **facts)
    return id


def _reads(op: ReceiveGoods) -> list[tuple[str, UUID]]:
    lot = lot_id(op.sku_id, op.lot_code) if op.lot_code else None
    reads = [("receipts", op.receipt_id)]
    reads += [("lots", lot)] if lot else []
    reads += [("purchase_lines", op.line_id), ("line_totals", op.line_id)] if op.line_id else []
    return reads


def _look_ups(op: ReceiveGoods) -> list[tuple[str, str, UUID]]:
    lot = lot_id(op.sku_id, op.lot_code) if op.lot_code else None
    key = StockKey(op.location_id, op.sku_id, lot, op.serial, op.status)
    return [("count_lines", "stock_key", key.id)]


def _fulfil(context: Context, op: ReceiveGoods, line_id: UUID) -> None:
    line = context.unit.peek("purchase_lines", line_id)
    if line is None:
        return
    total = context.unit.peek("line_totals", line_id)
    done = total["done"] if total else 0
    open_quantity = max(line["quantity"] - done, 0)
    expected = min(op.quantity, open_quantity)
    order = {"outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    if expected:
        expect(context, order, line, -expected, "received")
    if done <= line["quantity"] < done + op.quantity:
        facts = {"ordered": line["quantity"], "received": done + op.quantity, "receipt_id": op.receipt_id}
        context.flag(
            "over_delivered", op.outlet_id, ("purchase_lines", line_id), sku_id=line["sku_id"], **facts
        )
