"""Handlers: purchase orders."""

from merchant_desk.domain.purchasing import (
    ClosePurchaseOrder,
    PlacePurchaseOrder,
    SendPurchaseOrder,
    check_can_close,
    check_can_send,
    check_lines,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import availability_id
from merchant_desk.handlers.context import Context, handles
from merchant_desk.models.columns import Row


@handles(PlacePurchaseOrder)
def place_purchase_order(context: Context, op: PlacePurchaseOrder) -> None:
    """Write the order as a draft, costs in their own table."""
    check_lines(op.lines)
    key = op.number.casefold()
    if context.unit.find("purchase_orders", number_key=key):
        raise Refusal("number_taken", number=op.number)
    context.get("suppliers", op.supplier_id)
    context.unit.prefetch("skus", (line.sku_id for line in op.lines))
    time = context.envelope.time
    context.unit.insert(
        "purchase_orders",
        {
            "id": op.order_id,
            "outlet_id": op.outlet_id,
            "warehouse_id": op.warehouse_id,
            "supplier_id": op.supplier_id,
            "number": op.number,
            "number_key": key,
            "status": "draft",
            "due_day": op.due_day,
            "placed_at": time,
            "changed_at": time,
            "person_id": context.envelope.person_id,
        },
    )
    for position, line in enumerate(op.lines):
        context.get("skus", line.sku_id)
        own = {"id": line.line_id, "outlet_id": op.outlet_id, "order_id": op.order_id}
        context.unit.insert(
            "purchase_lines", {**own, "position": position, "sku_id": line.sku_id, "quantity": line.quantity}
        )
        context.unit.insert("purchase_line_costs", {**own, "unit_cost": line.unit_cost})


@handles(SendPurchaseOrder, reads=lambda op: [("purchase_orders", op.order_id)])
def send_purchase_order(context: Context, op: SendPurchaseOrder) -> None:
    """Make the order's goods expected."""
    order = context.get("purchase_orders", op.order_id)
    check_can_send(order["status"], order["number"])
    context.unit.update("purchase_orders", op.order_id, status="sent", changed_at=context.envelope.time)
    for n, line in enumerate(context.unit.find("purchase_lines", order_id=op.order_id)):
        expect(context, order, line, line["quantity"], n)


@handles(ClosePurchaseOrder, reads=lambda op: [("purchase_orders", op.order_id)])
def close_purchase_order(context: Context, op: ClosePurchaseOrder) -> None:
    """End the order; what is still expected no longer is."""
    order = context.get("purchase_orders", op.order_id)
    check_can_close(order["status"], order["number"])
    context.unit.update("purchase_orders", op.order_id, status="closed", changed_at=context.envelope.time)
    for n, line in enumerate(context.unit.find("purchase_lines", order_id=op.order_id)):
        rest = sum(row["quantity"] for row in context.unit.find("expectations", line_id=line["id"]))
        if rest > 0:
            expect(context, order, line, -rest, n)


def expect(context: Context, order: Row, line: Row, quantity: int, n: int | str) -> None:
    """Write that `quantity` more (or, negative, less) of a line is expected, 10^-6 base units."""
    context.unit.insert(
        "expectations",
        {
            "id": context.new_id("expectations", n),
            "outlet_id": order["outlet_id"],
            "op_id": context.envelope.op_id,
            "line_id": line["id"],
            "warehouse_id": order["warehouse_id"],
            "sku_id": line["sku_id"],
            "availability_id": availability_id(order["warehouse_id"], line["sku_id"]),
            "quantity": quantity,
        },
    )
