"""Handlers: shipments."""

from collections.abc import Iterable
from uuid import UUID

from merchant_desk.domain.carriers import check_tracking
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import row_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import CloseShipment, NoteParcel, OpenShipment, PickGoods, ReverseShipment
from merchant_desk.domain.stock import StockKey, check_quantity
from merchant_desk.handlers.context import Context, Key, Look, handles
from merchant_desk.handlers.documents import (
    close_document,
    mark_reversed,
    note_late_work,
    open_document,
    standing_rows,
)
from merchant_desk.handlers.fulfilment import flag_short, tell_excess
from merchant_desk.handlers.orders import note_event, release
from merchant_desk.handlers.outlets import note_outlet, place_keys
from merchant_desk.handlers.reversals import reverse_rows, shipping_id
from merchant_desk.handlers.stock import Movement, key_of, post, product_keys
from merchant_desk.models.columns import Row

PICKABLE = ("review", "accepted", "picking")
_SHIPS = (*PICKABLE, "on_hold")
"""What becomes shipped when its shipment is closed: goods that left while the order was held have left."""


@handles(
    OpenShipment,
    reads=lambda op: [("orders", op.order_id), ("shipments", op.shipment_id)],
    look_ups=lambda op: [
        ("shipments", "number_key", sku_key(op.number)),
        ("shipments", "order_id", op.order_id),
    ],
)
def open_shipment(context: Context, op: OpenShipment) -> None:
    """Write the shipment; the order is being picked. Another desk's open shipment of it is flagged."""
    others = [row for row in context.unit.find("shipments", order_id=op.order_id) if row["status"] == "open"]
    if others:
        facts = {"other": others[0]["number"], "number": op.number}
        context.flag("picked_twice", op.outlet_id, ("orders", op.order_id), **facts)
    row: Row = {"id": op.shipment_id, "outlet_id": op.outlet_id, "warehouse_id": op.warehouse_id}
    row.update(number=op.number, order_id=op.order_id, carrier="", carrier_id=None, tracking="")
    open_document(context, "shipments", row)
    order = context.unit.get("orders", op.order_id)
    note_outlet(context, ("orders", op.order_id), order, op.outlet_id)
    if order is None or order["status"] not in PICKABLE:
        status = order["status"] if order else "missing"
        context.flag("order_not_open", op.outlet_id, ("orders", op.order_id), status=status, number=op.number)
    elif order["status"] != "picking":
        context.unit.update("orders", op.order_id, status="picking")


def _keys(op: PickGoods) -> tuple[StockKey, StockKey]:
    """Return the stock keys that goods are taken from and staged at."""
    goods = (op.sku_id, op.lot_id, op.serial)
    return StockKey(op.location_id, *goods), StockKey(op.staging_id, *goods)


def _reads(op: PickGoods) -> list[Key]:
    reads: list[Key] = [("shipments", op.shipment_id), *product_keys(op.sku_id), *place_keys(op)]
    reads += [("stock_balances", key.id) for key in _keys(op)[:1]]
    reads += [("order_lines", op.line_id), ("line_totals", op.line_id)] if op.line_id else []
    return reads


def _looks(op: PickGoods) -> list[Look]:
    return [("count_lines", "stock_key", key.id) for key in _keys(op)]


@handles(PickGoods, reads=_reads, look_ups=_looks)
def pick_goods(context: Context, op: PickGoods) -> None:
    """Move goods from their location into staging; flag what the order does not ask for."""
    check_quantity(op.quantity)
    is_own = note_late_work(context, "shipments", op.shipment_id, op.outlet_id)
    line = context.unit.get("order_lines", op.line_id) if op.line_id else None
    if line is None:
        facts = {"sku_id": op.sku_id, "code": op.code}
        context.flag("not_on_order", op.outlet_id, ("shipments", op.shipment_id), **facts)
    is_counted = line is None or note_outlet(context, ("order_lines", line["id"]), line, op.outlet_id)
    here, there = _keys(op)
    own = ("pick", op.shipment_id, op.outlet_id, op.warehouse_id)
    taken = Movement(*own, here, -op.quantity)
    line_id = op.line_id if is_counted else None
    staged = Movement(*own, there, op.quantity, line_id=line_id, tallied=is_own)
    post(context, [taken, staged])
    if line is not None and is_counted:
        tell_excess(context, "pick", line, op.shipment_id, more=True)


@handles(
    CloseShipment,
    reads=lambda op: [("shipments", op.shipment_id)],
    look_ups=lambda op: [("ledger", "document_id", op.shipment_id)],
)
def close_shipment(context: Context, op: CloseShipment) -> None:
    """Take what was picked out of staging; the order is shipped.

    Raises:
        Refusal: `nothing_picked`, at the desk where it is done; what comes from elsewhere is a fact. A key
            too many must not make an order shipped of which nothing left.
    """
    if not close_document(context, "shipments", op.shipment_id, "shipped", op.outlet_id):
        return
    shipment = context.get("shipments", op.shipment_id)
    if op.carrier or op.tracking:  # else what was noted of the parcel before stays
        said = {"carrier": op.carrier, "carrier_id": op.carrier_id, "tracking": op.tracking}
        shipment = context.unit.update("shipments", op.shipment_id, **said)
    picked = standing_rows(context, "ledger", op.shipment_id, ["pick"])
    if not picked and context.originates and _is_untouched(context, shipment["order_id"]):
        raise Refusal("nothing_picked", number=shipment["number"])
    own = ("ship", op.shipment_id, shipment["outlet_id"], shipment["warehouse_id"])
    # One row for each pick, so that a single line can be taken back later.
    post(
        context,
        [
            Movement(*own, key_of(row), -row["quantity"], id=shipping_id(row))
            for row in picked
            if row["tally_id"] is not None
        ],
    )
    _end_order(context, shipment)


@handles(NoteParcel, reads=lambda op: [("shipments", op.shipment_id)])
def note_parcel(context: Context, op: NoteParcel) -> None:
    """Write who has the parcel and under which number, be it open, on its way or back."""
    check_tracking(op.tracking)
    context.get_of("shipments", op.shipment_id, op.outlet_id)
    said = {"carrier": op.carrier, "carrier_id": op.carrier_id, "tracking": op.tracking}
    context.unit.update("shipments", op.shipment_id, **said)


@handles(
    ReverseShipment,
    reads=lambda op: [("shipments", op.shipment_id)],
    look_ups=lambda op: [("ledger", "document_id", op.shipment_id)],
)
def reverse_shipment(context: Context, op: ReverseShipment) -> None:
    """Put goods back where they were taken from, whole or by any ledger row of a pick."""
    rows = standing_rows(context, "ledger", op.shipment_id, ["pick"])
    ops = {row["op_id"] for row in rows if row["id"] in op.ledger_ids}
    ops |= {row["op_id"] for row in rows if shipping_id(row) in op.ledger_ids}
    chosen = [row for row in rows if not op.ledger_ids or row["op_id"] in ops]
    undone = reverse_rows(context, chosen, op.reason, never=False)
    left = len(rows) - len(chosen)
    mark_reversed(context, "shipments", op.shipment_id, op.outlet_id, undone=undone, left=left)
    shipment = context.unit.get("shipments", op.shipment_id)
    order = context.unit.get("orders", shipment["order_id"]) if shipment else None
    if order is not None and undone and order["status"] in ("shipped", "picking"):
        release(context, order)  # to accept it again reserves what is left of it anew
        context.unit.update("orders", order["id"], status="review", ended_at=None)
        note_event(context, order, "shipment_reversed", op.reason)
        _end_short(context, order, chosen)


def _end_short(context: Context, order: Row, picks: Iterable[Row]) -> None:
    """Withdraw what was told of an order that ended short: a shipment of these picks was reversed."""
    left = (context.unit.get("ledger", shipping_id(row)) for row in picks)
    for op_id in {row["op_id"] for row in left if row is not None}:
        context.withdraw(row_id(op_id, "tasks", f"shipped_short/{order['id'].hex}"))


def _is_untouched(context: Context, order_id: UUID) -> bool:
    """Tell whether an order waits for its goods and nobody picked any: another desk may have, in a parcel
    of its own.
    """
    order = context.unit.peek("orders", order_id)
    if order is None or order["status"] not in _SHIPS:
        return False
    lines = context.unit.find("order_lines", order_id=order_id)
    totals = (context.unit.peek("line_totals", line["id"]) for line in lines)
    return not any(total["done"] for total in totals if total is not None)


def _end_order(context: Context, shipment: Row) -> None:
    order = context.unit.get("orders", shipment["order_id"])
    if order is None:
        return
    release(context, order)
    if order["status"] in _SHIPS:
        context.unit.update("orders", order["id"], status="shipped", ended_at=context.envelope.time)
        note_event(context, order, "shipped", shipment["number"])
        flag_short(context, order, shipment)
    else:
        about = ("orders", order["id"])
        facts = {"status": order["status"], "number": order["number"]}
        context.flag("shipped_after_end", order["outlet_id"], about, **facts)
