"""Where an operation belongs: its desk's outlet, another one, or a closed one; and whether its desk ended."""

import json
from uuid import UUID

from merchant_desk.domain.operations import KINDS, Envelope, kind_of
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.warehouses import after_closing_task
from merchant_desk.handlers.context import Context, house_device
from merchant_desk.models.columns import Row
from merchant_desk.models.outlet_work import heard_outlet
from merchant_desk.models.unit import Unit
from merchant_desk.sync.protocol import Header


def check_decides(unit: Unit, header: Header) -> None:
    """Refuse (`desk_retired`) what a desk decides after its end; what was done there is taken still."""
    desk = unit.peek("devices", header.device_id)
    if desk is not None and desk["retired_at"] is not None and not KINDS[header.kind].is_fact:
        raise Refusal("desk_retired", desk=desk["code"])


def foreign_outlet(envelope: Envelope, body: object, home: UUID) -> UUID | None:
    """Return the outlet that an operation is for, if its desk is not one of that outlet's; or None.

    The server itself is at home in all of them, and what is asked of it concerns the whole merchant.
    """
    outlet_id: UUID | None = getattr(body, "outlet_id", None)
    if outlet_id in (None, home) or kind_of(body).is_request:
        return None
    return None if envelope.device_id == house_device(envelope.merchant_id) else outlet_id


def heard_of(unit: Unit, body: object, home: UUID) -> UUID:
    """Return where people hear of a fact: where it was done or, if that is closed, at its desk's home."""
    return heard_outlet(unit, getattr(body, "outlet_id", home), home)


def tell_where(context: Context, body: object, home: UUID, foreign: UUID | None) -> None:
    """Tell of a fact that is for another outlet than its desk's, and of one for a closed outlet."""
    outlet = context.unit.peek("outlets", getattr(body, "outlet_id", home))
    if foreign is not None:
        context.flag("foreign_desk", foreign if outlet is not None else home, home=home)
    if outlet is not None and outlet["archived"]:
        heard = heard_outlet(context.unit, home)
        context.flag("after_closing", heard, outlet=outlet["code"], name=outlet["name"])


def tell_closed_warehouses(context: Context, body: object, home: UUID) -> None:
    """Tell of closed warehouses that a fact is for, or whose stock an operation has moved.

    A reversal or an undo names its document alone: where its goods went is in the ledger.
    """
    moved = [row["warehouse_id"] for row in context.unit.op_new("ledger")]
    named = getattr(body, "warehouse_id", None) if kind_of(body).is_fact else None
    for id in dict.fromkeys([named, *moved]):
        warehouse = None if id is None else context.unit.peek("warehouses", id)
        if warehouse is not None and warehouse["archived"]:
            _tell_closed_warehouse(context, warehouse, home)


def _tell_closed_warehouse(context: Context, warehouse: Row, home: UUID) -> None:
    """Tell of work in a closed warehouse: goods may stand there. Once, and anew when that was settled."""
    task_id = after_closing_task(warehouse["id"])
    if context.stands(task_id):
        return
    told = context.unit.get("tasks", task_id)
    times = 1 + (json.loads(told["facts"])["times"] if told is not None else 0)
    heard = heard_outlet(context.unit, warehouse["outlet_id"], home)
    facts = {"warehouse": warehouse["code"], "name": warehouse["name"], "times": times}
    context.stand(task_id, "warehouse_after_closing", heard, ("warehouses", warehouse["id"]), **facts)
