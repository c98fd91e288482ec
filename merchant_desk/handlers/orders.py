"""Handlers: sales orders, reservations, refunds."""

from dataclasses import replace
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports_order_lines import Service
from merchant_desk.domain.orders import (
    OPEN_STATUSES,
    AcceptOrder,
    CancelOrder,
    HoldOrder,
    ImportedBuyer,
    ImportOrders,
    NewOrder,
    PlaceOrder,
    RefundOrder,
    check_available,
    check_can_accept,
    check_can_cancel,
    check_imported_order,
    check_order,
    check_refund,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import availability_id
from merchant_desk.handlers.context import Context, Key, handles
from merchant_desk.handlers.fulfilment import rest_of_lines
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.warehouses import open_warehouse
from merchant_desk.models.columns import Row


@handles(
    PlaceOrder,
    reads=lambda op: [
        ("orders", op.order.order_id),
        ("warehouses", op.order.warehouse_id),
        *_parts_of(op.order),
        *(("skus", line.sku_id) for line in op.order.lines),
    ],
    look_ups=lambda op: [("orders", "number_key", sku_key(op.order.number))],
)
def place_order(context: Context, op: PlaceOrder) -> None:
    """Write the order, which is promised from a warehouse of its own outlet."""
    check_order(op.order)
    open_warehouse(context, op.order.warehouse_id, op.outlet_id)
    if context.unit.find("orders", number_key=sku_key(op.order.number)):
        raise Refusal("number_taken", number=op.order.number)
    for line in op.order.lines:
        context.get("skus", line.sku_id)
    _insert_order(context, op.outlet_id, op.order)


@handles(
    ImportOrders,
    reads=lambda op: [
        *(("skus", id) for id in _skus_of(op)),
        *(("orders", order.order_id) for order in op.orders),
        *(part for order in op.orders for part in _parts_of(order)),
        *(("buyers", id) for id in _buyers_of(op)),
    ],
    look_ups=lambda op: [("orders", "number_key", sku_key(order.number)) for order in op.orders],
)
def import_orders(context: Context, op: ImportOrders) -> None:
    """Write what is new; an order or buyer that stands already is left as it is.

    A number that stands for another order is flagged, so that the one left out is not lost without a word.
    SKUs only have to be there. They are looked at without a trace: otherwise each price that changes would
    carry out again, on the desk that imports, every waiting operation of the job that sold the product.
    """
    if is_too_late(context, op.job_id):
        return
    unit = context.unit
    for order in op.orders:
        check_imported_order(order)
        open_warehouse(context, order.warehouse_id, op.outlet_id)
    unit.finds.prefetch("orders", "number_key", (sku_key(order.number) for order in op.orders))
    unit.prefetch("orders", (order.order_id for order in op.orders))
    unit.prefetch("order_lines", (line.line_id for order in op.orders for line in order.lines))
    unit.prefetch("order_charges", (charge.charge_id for order in op.orders for charge in order.charges))
    unit.prefetch("buyers", _buyers_of(op))
    skus = _skus_of(op)
    unit.prefetch("skus", skus)
    for sku_id in skus:
        if unit.peek("skus", sku_id) is None:
            raise Refusal("not_here", table="skus", id=sku_id)
    for buyer in op.buyers:
        _insert_buyer(context, buyer)
    created = rows = 0
    for said in op.orders:
        order = _of_known_buyer(context, said)
        found = context.find_one("orders", number_key=sku_key(order.number))
        if found is not None:
            _flag_other(context, op.outlet_id, order, found)
        else:
            _insert_order(context, op.outlet_id, order, op.job_id)
            if order.buyer_id is None and said.buyer_id is not None:
                about, facts = ("orders", order.order_id), {"number": order.number, "buyer": order.buyer}
                context.flag("order_buyer_unknown", op.outlet_id, about, **facts)
            created += 1
            rows += len(order.lines) + len(order.charges)
    note_chunk(context, op.job_id, "orders", op.chunk, (created, len(op.orders) - created, rows))


def _parts_of(order: NewOrder) -> list[Key]:
    """Name the rows that an order brings with it: their ids come from outside, and have to be free."""
    lines: list[Key] = [("order_lines", line.line_id) for line in order.lines]
    return [*lines, *(("order_charges", charge.charge_id) for charge in order.charges)]


def _of_known_buyer(context: Context, order: NewOrder) -> NewOrder:
    """Return an imported order with the buyer who stands here under its code, None if nobody does.

    Of two desks that bring in a customer the first one's id stands; the other's orders name theirs.
    """
    if order.buyer_id is None or context.unit.peek("buyers", order.buyer_id) is not None:
        return order
    known = context.find_one("buyers", code_key=sku_key(order.buyer))
    return replace(order, buyer_id=known["id"] if known is not None else None)


def _buyers_of(op: ImportOrders) -> list[UUID]:
    named = (order.buyer_id for order in op.orders if order.buyer_id is not None)
    return list(dict.fromkeys((*named, *(buyer.buyer_id for buyer in op.buyers))))


def _flag_other(context: Context, outlet_id: UUID, order: NewOrder, found: Row) -> None:
    """Flag an imported order that is left out because another one has its number."""
    ours = (order.placed_at, order.buyer_id, _totals(order)["total"], len(order.lines) + len(order.charges))
    theirs = (found["placed_at"], found["buyer_id"], found["total"], found["line_count"])
    if found["id"] != order.order_id or ours != theirs:
        facts = {"number": order.number, "channel": order.channel, "standing": found["channel"]}
        context.flag("order_left_out", outlet_id, ("orders", found["id"]), **facts)


def _skus_of(op: ImportOrders) -> list[UUID]:
    return list(dict.fromkeys(line.sku_id for order in op.orders for line in order.lines))


@handles(
    AcceptOrder,
    reads=lambda op: [("orders", op.order_id)],
    look_ups=lambda op: [("order_lines", "order_id", op.order_id)],
)
def accept_order(context: Context, op: AcceptOrder) -> None:
    """Reserve in the order's warehouse what has not been shipped yet of every line."""
    order = context.get_of("orders", op.order_id, op.outlet_id)
    check_can_accept(order["status"], order["number"])
    lines = context.unit.find("order_lines", order_id=op.order_id)
    rest = rest_of_lines(context, op.order_id, lines)
    wanted: dict[UUID, int] = {}
    for line in lines:
        sku_id = kept_sku(context, line["sku_id"])
        wanted[sku_id] = wanted.get(sku_id, 0) + rest[line["id"]]
    if context.verdicts.fresh:
        _check_available(context, order["warehouse_id"], wanted)
    for n, line in enumerate(lines):
        if rest[line["id"]]:
            reserve(context, order, line, rest[line["id"]], n)
    context.unit.update("orders", op.order_id, status="accepted")
    note_event(context, order, "accepted")


@handles(
    CancelOrder,
    reads=lambda op: [("orders", op.order_id)],
    look_ups=lambda op: [("reservations", "order_id", op.order_id)],
)
def cancel_order(context: Context, op: CancelOrder) -> None:
    """End the order and its reservations."""
    order = context.get_of("orders", op.order_id, op.outlet_id)
    check_can_cancel(order["status"], order["number"])
    release(context, order)
    context.unit.update("orders", op.order_id, status="cancelled", ended_at=context.envelope.time)
    note_event(context, order, "cancelled", op.reason)


@handles(
    HoldOrder,
    reads=lambda op: [("orders", op.order_id)],
    look_ups=lambda op: [("reservations", "order_id", op.order_id)],
)
def hold_order(context: Context, op: HoldOrder) -> None:
    """Stop the order with a reason, or let it go on under review."""
    order = context.get_of("orders", op.order_id, op.outlet_id)
    check_can_cancel(order["status"], order["number"])
    if not op.reason and order["status"] != "on_hold":
        raise Refusal("order_not_held", number=order["number"])
    release(context, order)
    status = "on_hold" if op.reason else "review"
    context.unit.update("orders", op.order_id, status=status, hold_reason=op.reason)
    note_event(context, order, "held" if op.reason else "resumed", op.reason)


@handles(RefundOrder, reads=lambda op: [("orders", op.order_id)])
def refund_order(context: Context, op: RefundOrder) -> None:
    """Write the refund; never more than was paid."""
    order = context.get_of("orders", op.order_id, op.outlet_id)
    check_refund(op.amount, order["total"], order["refunded"])
    envelope = context.envelope
    context.unit.insert(
        "refunds",
        {
            "id": context.new_id("refunds"),
            "outlet_id": order["outlet_id"],
            "op_id": envelope.op_id,
            "order_id": op.order_id,
            "time": envelope.time,
            "person_id": envelope.person_id,
            "amount": op.amount,
            "reason": op.reason,
        },
    )
    context.unit.update("orders", op.order_id, refunded=order["refunded"] + op.amount)
    note_event(context, order, "refunded", op.reason)


def reserve(context: Context, order: Row, line: Row, quantity: int, n: int | str) -> None:
    """Write that `quantity` more (negative: less) of a line is reserved, 10^-6 base units."""
    sku_id = kept_sku(context, line["sku_id"])
    context.unit.insert(
        "reservations",
        {
            "id": context.new_id("reservations", n),
            "outlet_id": order["outlet_id"],
            "op_id": context.envelope.op_id,
            "order_id": order["id"],
            "line_id": line["id"],
            "warehouse_id": order["warehouse_id"],
            "sku_id": sku_id,
            "availability_id": availability_id(order["warehouse_id"], sku_id),
            "quantity": quantity,
        },
    )


def release(context: Context, order: Row) -> None:
    """End what is still reserved for an order."""
    held: dict[UUID, list[Row]] = {}
    for row in context.unit.find("reservations", order_id=order["id"]):
        held.setdefault(row["line_id"], []).append(row)
    for line_id, rows in held.items():
        rest = sum(row["quantity"] for row in rows)
        if rest > 0:
            line = {"id": line_id, "sku_id": rows[0]["sku_id"]}
            reserve(context, order, line, -rest, f"release {line_id.hex}")


def note_event(context: Context, order: Row, event: str, note: str = "") -> None:
    """Add to the order's history."""
    envelope = context.envelope
    context.unit.insert(
        "order_events",
        {
            "id": context.new_id("order_events", f"{event} {order['id'].hex}"),
            "outlet_id": order["outlet_id"],
            "op_id": envelope.op_id,
            "order_id": order["id"],
            "time": envelope.time,
            "person_id": envelope.person_id,
            "event": event,
            "note": note,
        },
    )


def _check_available(context: Context, warehouse_id: UUID, wanted: dict[UUID, int]) -> None:
    totals = {sku_id: availability_id(warehouse_id, sku_id) for sku_id in wanted}
    context.unit.prefetch("availability", totals.values())
    for sku_id, quantity in wanted.items():
        total = context.unit.peek("availability", totals[sku_id])
        sku = context.unit.get("skus", sku_id)
        available = total["on_hand"] - total["reserved"] if total else 0
        check_available(sku["sku"] if sku else str(sku_id), quantity, available)


def _insert_buyer(context: Context, buyer: ImportedBuyer) -> None:
    if context.unit.get("buyers", buyer.buyer_id) is None:
        row = {"id": buyer.buyer_id, "code": buyer.code, "code_key": sku_key(buyer.code), "tail": ""}
        context.unit.insert("buyers", {**row, "level": "", "erased_at": None, "job_id": None})


def _insert_order(context: Context, outlet_id: UUID, order: NewOrder, job_id: UUID | None = None) -> None:
    first = context.unit.peek("skus", order.lines[0].sku_id) if order.lines else None
    charged = next((charge.name for charge in order.charges), "")
    row = {
        "id": order.order_id,
        "outlet_id": outlet_id,
        "warehouse_id": order.warehouse_id,
        "kind": order.kind,
        "number": order.number,
        "number_key": sku_key(order.number),
        "channel": order.channel,
        "buyer_id": order.buyer_id,
        "buyer": order.buyer,
        "status": order.status,
        "hold_reason": "",
        "placed_at": order.placed_at,
        "due_at": order.due_at,
        "ended_at": None if order.status in OPEN_STATUSES else order.placed_at,
        **_totals(order),
        "refunded": 0,
        "line_count": len(order.lines) + len(order.charges),
        "summary": first["name"] if first else charged,
        "note": order.note,
        "job_id": job_id,
    }
    context.create("orders", row)
    _insert_lines(context, outlet_id, order)
    _insert_charges(context, outlet_id, order)


def _totals(order: NewOrder) -> Row:
    """Return an order's sums in minor units: freight and discounts by themselves, other charges together."""
    charged = {Service.FREIGHT.value: 0, Service.DISCOUNT.value: 0}
    others = 0
    for charge in order.charges:
        if charge.service in charged:
            charged[charge.service] += charge.amount
        else:
            others += charge.amount
    goods = sum(line.amount for line in order.lines)
    freight = order.freight + charged[Service.FREIGHT.value]
    discount = order.discount - charged[Service.DISCOUNT.value]
    total = goods + freight - discount + others
    return {"goods": goods, "freight": freight, "discount": discount, "charges": others, "total": total}


def _insert_lines(context: Context, outlet_id: UUID, order: NewOrder) -> None:
    for position, line in enumerate(order.lines):
        context.create(
            "order_lines",
            {
                "id": line.line_id,
                "outlet_id": outlet_id,
                "order_id": order.order_id,
                "position": position,
                "sku_id": line.sku_id,
                "rule": line.rule,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "amount": line.amount,
            },
        )


def _insert_charges(context: Context, outlet_id: UUID, order: NewOrder) -> None:
    for position, charge in enumerate(order.charges):
        context.create(
            "order_charges",
            {
                "id": charge.charge_id,
                "outlet_id": outlet_id,
                "order_id": order.order_id,
                "position": position,
                "code": charge.code,
                "name": charge.name,
                "service": charge.service,
                "rule": charge.rule,
                "quantity": charge.quantity,
                "unit_price": charge.unit_price,
                "amount": charge.amount,
            },
        )
