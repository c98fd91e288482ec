"""Handlers: sales recorded by other systems, and orders that came to their end."""

from uuid import UUID

from merchant_desk.domain.orders import OPEN_STATUSES
from merchant_desk.domain.sales import CompleteOrders, RecordSales
from merchant_desk.domain.stock import StockKey, check_quantity
from merchant_desk.handlers.context import Context, Key, handles
from merchant_desk.handlers.orders import note_event, release
from merchant_desk.handlers.outlets import note_outlet
from merchant_desk.handlers.stock import Movement, post, product_keys


def _reads_of_sales(op: RecordSales) -> list[Key]:
    """Name the orders and the balances that the sales will touch."""
    reads: list[Key] = [("orders", goods.order_id) for goods in op.goods]
    keys = {(goods.location_id, goods.sku_id, goods.lot_id) for goods in op.goods}
    for sku_id in {goods.sku_id for goods in op.goods}:
        reads += product_keys(sku_id)
    return [*reads, *(("stock_balances", StockKey(*key).id) for key in keys)]


@handles(RecordSales, reads=_reads_of_sales)
def record_sales(context: Context, op: RecordSales) -> None:
    """Take the goods out of stock, whatever the book says; an open order among them is completed."""
    for goods in op.goods:
        check_quantity(goods.quantity)
    post(
        context,
        [
            Movement(
                "sale",
                goods.order_id,
                op.outlet_id,
                op.warehouse_id,
                StockKey(goods.location_id, goods.sku_id, goods.lot_id),
                -goods.quantity,
                reason=op.source,
            )
            for goods in op.goods
        ],
    )
    for order_id in dict.fromkeys(goods.order_id for goods in op.goods):
        _end(context, order_id, op.outlet_id, OPEN_STATUSES, op.source)


@handles(CompleteOrders, reads=lambda op: [("orders", order_id) for order_id in op.order_ids])
def complete_orders(context: Context, op: CompleteOrders) -> None:
    """Complete what was shipped; an order in another state is flagged and left as it is."""
    for order_id in dict.fromkeys(op.order_ids):
        if not _end(context, order_id, op.outlet_id, ("shipped",), ""):
            order = context.unit.get("orders", order_id)
            facts = {"status": order["status"] if order else "missing"}
            facts["number"] = order["number"] if order else ""
            if facts["status"] != "completed":
                context.flag("completed_unshipped", op.outlet_id, ("orders", order_id), **facts)


def _end(
    context: Context, order_id: UUID, outlet_id: UUID, from_statuses: tuple[str, ...], note: str
) -> bool:
    """Complete an order that is in one of these states; tells whether it was."""
    order = context.unit.get("orders", order_id)
    note_outlet(context, ("orders", order_id), order, outlet_id)
    if order is None or order["status"] not in from_statuses:
        return False
    release(context, order)
    ended_at = order["ended_at"] or context.envelope.time
    context.unit.update("orders", order_id, status="completed", ended_at=ended_at)
    note_event(context, order, "completed", note)
    return True
