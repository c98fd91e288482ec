"""Handlers: outlets close and open again."""

from merchant_desk.domain.organisation import check_reason
from merchant_desk.domain.outlet_closing import CloseOutlet, ReopenOutlet, check_closable
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import archive_record, restore_record
from merchant_desk.models.outlet_work import is_last_outlet, outlet_desks, outlet_work


@handles(CloseOutlet)
def close_outlet(context: Context, op: CloseOutlet) -> None:
    """Retire the named desks and archive the outlet, if nothing is left to be done there."""
    check_reason(op.reason)
    unit, now = context.unit, context.envelope.time
    outlet = context.get("outlets", op.closed_id)
    if outlet["archived"]:
        return
    if is_last_outlet(unit, op.closed_id):
        raise Refusal("last_outlet", outlet=outlet["code"])
    check_closable(outlet["code"], outlet_work(unit, op.closed_id))
    desks = outlet_desks(unit, op.closed_id)
    if any(desk["id"] == context.envelope.device_id for desk in desks):
        raise Refusal("own_outlet_closing", outlet=outlet["code"])
    seen = {*op.retired, *(desk["former_id"] for desk in desks)}  # enrolled again, a desk is another device
    standing = [str(desk["code"]) for desk in desks if desk["id"] not in seen]
    if standing:
        raise Refusal("outlet_has_desks", outlet=outlet["code"], desks=", ".join(standing))
    for desk in desks:
        unit.update("devices", desk["id"], retired_at=now, retired_reason=op.reason.strip())
    archive_record(context, "outlets", op.closed_id)


@handles(ReopenOutlet)
def reopen_outlet(context: Context, op: ReopenOutlet) -> None:
    """Let the outlet be chosen and desks join it again."""
    restore_record(context, "outlets", op.reopened_id)
