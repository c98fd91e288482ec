"""Handlers: shipments."""

from uuid import UUID

from merchant_desk.domain.orders import OPEN_STATUSES
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, PickGoods, ReverseShipment
from merchant_desk.domain.stock import StockKey, check_quantity
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.documents import (
    close_document,
    mark_reversed,
    note_late_work,
    open_document,
    standing_rows,
)
from merchant_desk.handlers.orders import note_event, release
from merchant_desk.handlers.stock import Movement, post, reverse_rows
from merchant_desk.models.columns import Row


@handles(OpenShipment, reads=lambda op: [("orders", op.order_id)])
def open_shipment(context: Context, op: OpenShipment) -> None:
    """Write the shipment; the order is being picked. Another desk's open shipment of it is flagged."""
    others = [row for row in context.unit.find("shipments", order_id=op.order_id) if row["status"] == "open"]
    if others:
        facts = {"other": others[0]["number"], "number": op.number}
        context.flag("picked_twice", op.outlet_id, ("orders", op.order_id), **facts)
    row: Row = {"id": op.shipment_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, order_id=op.order_id, carrier="", tracking="")
    open_document(context, "shipments", row)
    order = context.unit.get("orders", op.order_id)
    if order is None or order["status"] not in OPEN_STATUSES:
        status = order["status"] if order else "missing"
        context.flag("order_not_open", op.outlet_id, ("orders", op.order_id), status=status, number=op.number)
    elif order["status"] != "picking":
        context.unit.update("orders", op.order_id, status="picking")


@handles(PickGoods, reads=lambda op: _reads(op), look_ups=lambda op: _look_ups(op))
def pick_goods(context: Context, op: PickGoods) -> None:
    """Move goods from their location into staging; flag what the order does not ask for."""
    check_quantity(op.quantity)
    note_late_work(context, "shipments", op.shipment_id, op.outlet_id)
    _check_against_line(context, op)
    here = StockKey(op.location_id, op.sku_id, op.lot_id, op.serial)
    there = StockKey(op.staging_id, op.sku_id, op.lot_id, op.serial)
    own = ("pick", op.shipment_id, op.outlet_id, op.warehouse_id)
    taken = Movement(*own, here, -op.quantity)
    staged = Movement(*own, there, op.quantity, line_id=op.line_id, tallied=True)
    post(context, [taken, staged])


@handles(CloseShipment, reads=lambda op: [("shipments", op.shipment_id)])
def close_shipment(context: Context, op: CloseShipment) -> None:
    """Take what was picked out of staging; the order is shipped."""
    if not close_document(context, "shipments", op.shipment_id, "shipped", op.outlet_id):
        return
    shipment = context.unit.update("shipments", op.shipment_id, carrier=op.carrier, tracking=op.tracking)
    rows = standing_rows(context, "ledger", op.shipment_id, ["pick"])
    staged: dict[UUID, tuple[StockKey, int]] = {}
    for row in rows:
        if row["tally_id"] is not None:
            key = StockKey(row["location_id"], row["sku_id"], row["lot_id"], row["serial"], row["status"])
            _, quantity = staged.get(key.id, (key, 0))
            staged[key.id] = (key, quantity + row["quantity"])
    own = ("ship", op.shipment_id, op.outlet_id, shipment["warehouse_id"])
    post(context, [Movement(*own, key, -quantity) for key, quantity in staged.values() if quantity])
    _end_order(context, shipment)


@handles(ReverseShipment, reads=lambda op: [("shipments", op.shipment_id)])
def reverse_shipment(context: Context, op: ReverseShipment) -> None:
    """Put goods back where they were taken from, whole or by ledger row."""
    rows = standing_rows(context, "ledger", op.shipment_id, ["pick", "ship"])
    chosen = [row for row in rows if not op.ledger_ids or row["id"] in op.ledger_ids]
    reverse_rows(context, chosen, op.reason)
    mark_reversed(context, "shipments", op.shipment_id, whole=len(chosen) == len(rows))
    shipment = context.unit.get("shipments", op.shipment_id)
    order = context.unit.get("orders", shipment["order_id"]) if shipment else None
    if order is not None and order["status"] == "shipped":
        context.unit.update("orders", order["id"], status="review", ended_at=None)
        note_event(context, order, "shipment_reversed", op.reason)


def _reads(op: PickGoods) -> list[tuple[str, UUID]]:
    reads = [("shipments", op.shipment_id)]
    reads += [("order_lines", op.line_id), ("line_totals", op.line_id)] if op.line_id else []
    reads.append(("stock_balances", StockKey(op.location_id, op.sku_id, op.lot_id, op.serial).id))
    return reads


def _look_ups(op: PickGoods) -> list[tuple[str, str, UUID]]:
    keys = (StockKey(place, op.sku_id, op.lot_id, op.serial) for place in (op.location_id, op.staging_id))
    return [("count_lines", "stock_key", key.id) for key in keys]


def _check_against_line(context: Context, op: PickGoods) -> None:
    about = ("shipments", op.shipment_id)
    line = context.unit.peek("order_lines", op.line_id) if op.line_id else None
    if line is None:
        context.flag("not_on_order", op.outlet_id, about, sku_id=op.sku_id, code=op.code)
        return
    total = context.unit.peek("line_totals", line["id"])
    before = total["done"] if total else 0
    picked = before + op.quantity
    if before <= line["quantity"] < picked:
        facts = {"ordered": line["quantity"], "picked": picked, "sku_id": op.sku_id}
        context.flag("over_picked", op.outlet_id, about, **facts)


def _end_order(context: Context, shipment: Row) -> None:
    order = context.unit.get("orders", shipment["order_id"])
    if order is None:
        return
    release(context, order)
    if order["status"] in OPEN_STATUSES:
        context.unit.update("orders", order["id"], status="shipped", ended_at=context.envelope.time)
        note_event(context, order, "shipped", shipment["number"])
    else:
        about = ("orders", order["id"])
        context.flag(
            "shipped_after_end", order["outlet_id"], about, status=order["status"], number=order["number"]
        )
