"""Handlers: purchase orders."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.purchasing import (
    ClosePurchaseOrder,
    ImportPurchaseOrders,
    PlacePurchaseOrder,
    SendPurchaseOrder,
    check_can_close,
    check_can_send,
    check_lines,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import availability_id
from merchant_desk.domain.suppliers import check_orderable
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.warehouses import open_warehouse
from merchant_desk.models.columns import Row


@handles(
    PlacePurchaseOrder,
    reads=lambda op: [
        ("purchase_orders", op.order_id),
        ("warehouses", op.warehouse_id),
        ("suppliers", op.supplier_id),
        *(("skus", line.sku_id) for line in op.lines),
        *(("purchase_lines", line.line_id) for line in op.lines),
    ],
    look_ups=lambda op: [("purchase_orders", "number_key", sku_key(op.number))],
)
def place_purchase_order(context: Context, op: PlacePurchaseOrder) -> None:
    """Write the order as a draft, costs in their own table."""
    check_lines(op.lines)
    if context.unit.find("purchase_orders", number_key=sku_key(op.number)):
        raise Refusal("number_taken", number=op.number)
    open_warehouse(context, op.warehouse_id, op.outlet_id)
    supplier = context.get("suppliers", op.supplier_id)
    check_orderable(supplier["name"], archived=bool(supplier["archived"]))
    for line in op.lines:
        context.get("skus", line.sku_id)
    _insert_order(context, op)


@handles(
    ImportPurchaseOrders,
    reads=lambda op: [
        *(("purchase_orders", order.order_id) for order in op.orders),
        *(("suppliers", order.supplier_id) for order in op.orders),
        *(("skus", line.sku_id) for order in op.orders for line in order.lines),
        *(("purchase_lines", line.line_id) for order in op.orders for line in order.lines),
    ],
    look_ups=lambda op: [("purchase_orders", "number_key", sku_key(order.number)) for order in op.orders],
)
def import_purchase_orders(context: Context, op: ImportPurchaseOrders) -> None:
    """Write the orders whose number nobody has, as drafts or as sent.

    A number that stands for another order is flagged, so that the one left out is not lost without a word.
    Suppliers and SKUs only have to be there: they are looked at without a trace, as in `import_orders`.
    """
    if is_too_late(context, op.job_id):
        return
    unit = context.unit
    for order in op.orders:
        check_lines(order.lines)
        if order.outlet_id != op.outlet_id:
            raise Refusal("other_outlet", table="purchase_orders", id=order.order_id)
        open_warehouse(context, order.warehouse_id, op.outlet_id)
        needed = [("suppliers", order.supplier_id), *(("skus", line.sku_id) for line in order.lines)]
        for table, id in dict.fromkeys(needed):
            if unit.peek(table, id) is None:
                raise Refusal("not_here", table=table, id=id)
    unit.prefetch("purchase_lines", (line.line_id for order in op.orders for line in order.lines))
    created = rows = 0
    for order in op.orders:
        found = context.find_one("purchase_orders", number_key=sku_key(order.number))
        if found is not None:
            _flag_other(context, order, found)
        else:
            _insert_order(context, order, op.job_id)
            if order.order_id in op.sent:
                _send(context, context.get("purchase_orders", order.order_id))
            created += 1
            rows += len(order.lines)
    note_chunk(context, op.job_id, "purchase_orders", op.chunk, (created, len(op.orders) - created, rows))


def _flag_other(context: Context, order: PlacePurchaseOrder, found: Row) -> None:
    """Flag an imported order that is left out because another one has its number."""
    lines = context.unit.find("purchase_lines", order_id=found["id"])
    ours = sorted((kept_sku(context, line.sku_id), line.quantity) for line in order.lines)
    theirs = sorted((kept_sku(context, line["sku_id"]), line["quantity"]) for line in lines)
    head = (found["outlet_id"], found["supplier_id"], found["due_day"])
    if ours != theirs or head != (order.outlet_id, order.supplier_id, order.due_day):
        about = ("purchase_orders", found["id"])
        context.flag("purchase_order_left_out", order.outlet_id, about, number=order.number)


def _insert_order(context: Context, op: PlacePurchaseOrder, job_id: UUID | None = None) -> None:
    time = context.envelope.time
    context.create(
        "purchase_orders",
        {
            "id": op.order_id,
            "outlet_id": op.outlet_id,
            "warehouse_id": op.warehouse_id,
            "supplier_id": op.supplier_id,
            "number": op.number,
            "number_key": sku_key(op.number),
            "status": "draft",
            "due_day": op.due_day,
            "placed_at": time,
            "changed_at": time,
            "person_id": context.envelope.person_id,
            "job_id": job_id,
        },
    )
    for position, line in enumerate(op.lines):
        own = {"id": line.line_id, "outlet_id": op.outlet_id, "order_id": op.order_id}
        context.create(
            "purchase_lines", {**own, "position": position, "sku_id": line.sku_id, "quantity": line.quantity}
        )
        context.unit.insert("purchase_line_costs", {**own, "unit_cost": line.unit_cost})


@handles(
    SendPurchaseOrder,
    reads=lambda op: [("purchase_orders", op.order_id)],
    look_ups=lambda op: [("purchase_lines", "order_id", op.order_id)],
)
def send_purchase_order(context: Context, op: SendPurchaseOrder) -> None:
    """Make the order's goods expected."""
    order = context.get_of("purchase_orders", op.order_id, op.outlet_id)
    check_can_send(order["status"], order["number"])
    _send(context, order)


def _send(context: Context, order: Row) -> None:
    context.unit.update("purchase_orders", order["id"], status="sent", changed_at=context.envelope.time)
    for line in context.unit.find("purchase_lines", order_id=order["id"]):
        id = context.new_id("expectations", f"sent {line['id'].hex}")
        _expect(context, order, line, line["quantity"], id)


@handles(
    ClosePurchaseOrder,
    reads=lambda op: [("purchase_orders", op.order_id)],
    look_ups=lambda op: [("purchase_lines", "order_id", op.order_id)],
)
def close_purchase_order(context: Context, op: ClosePurchaseOrder) -> None:
    """End the order; what is still expected no longer is."""
    order = context.get_of("purchase_orders", op.order_id, op.outlet_id)
    check_can_close(order["status"], order["number"])
    end_expecting(context, order)


def end_expecting(context: Context, order: Row) -> None:
    """Close a purchase order: whatever its lines still add to (or, over-delivered, take from) goes."""
    context.unit.update("purchase_orders", order["id"], status="closed", changed_at=context.envelope.time)
    lines = context.unit.find("purchase_lines", order_id=order["id"])
    context.unit.finds.prefetch("expectations", "line_id", (line["id"] for line in lines))
    for line in lines:
        rest = sum(row["quantity"] for row in context.unit.find("expectations", line_id=line["id"]))
        if rest:
            id = context.new_id("expectations", f"closed {line['id'].hex}")
            _expect(context, order, line, -rest, id)


def expect_less(context: Context, line: Row, quantity: int) -> None:
    """Note that `quantity` (10^-6 base units) of a line came in, unless its order expects nothing more.

    How much is still to come is never asked here: two desks may receive one line at the same time, and
    what each of them writes must not depend on the other. Beyond the order the sum goes below nought;
    closing the order brings it back to nothing.
    """
    order = context.unit.get("purchase_orders", line["order_id"])
    if order is not None and order["status"] != "closed":
        _expect(context, order, line, -quantity, context.new_id("expectations", "received"))


def expect_again(context: Context, received: Row, reversal_id: UUID) -> None:
    """Expect goods again whose receipt was taken back; when their order is closed, a person should know."""
    line = context.unit.get("purchase_lines", received["line_id"])
    order = context.unit.get("purchase_orders", line["order_id"]) if line is not None else None
    if line is None or order is None:
        return
    if order["status"] == "closed":
        about = ("purchase_orders", order["id"])
        context.flag("reversed_after_order_closed", received["outlet_id"], about, number=order["number"])
    else:
        _expect(context, order, line, received["quantity"], derived_id(reversal_id, "expected"))


def _expect(context: Context, order: Row, line: Row, quantity: int, id: UUID) -> None:
    """Write that `quantity` more (or, negative, less) of a line is expected, 10^-6 base units."""
    sku_id = kept_sku(context, line["sku_id"])
    context.unit.insert(
        "expectations",
        {
            "id": id,
            "outlet_id": order["outlet_id"],
            "op_id": context.envelope.op_id,
            "line_id": line["id"],
            "warehouse_id": order["warehouse_id"],
            "sku_id": sku_id,
            "availability_id": availability_id(order["warehouse_id"], sku_id),
            "quantity": quantity,
        },
    )
