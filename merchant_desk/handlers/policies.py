"""Handlers: what an outlet's manager sets for the scan stations."""

from merchant_desk.domain.policies import (
    SetPolicy,
    SetScaleLayout,
    check_layout,
    check_policy,
    layout_id,
    policy_id,
)
from merchant_desk.handlers.context import Context, handles
from merchant_desk.models.columns import Row


@handles(SetPolicy, reads=lambda op: [("scan_policies", policy_id(op.outlet_id, op.station, op.check))])
def set_policy(context: Context, op: SetPolicy) -> None:
    """Write what the check leads to from now on; a later decision takes its place."""
    check_policy(op.station, op.check, op.policy)
    row = {"outlet_id": op.outlet_id, "station": op.station, "check_code": op.check, "policy": op.policy}
    _decide(context, "scan_policies", {"id": policy_id(op.outlet_id, op.station, op.check), **row})


@handles(SetScaleLayout, reads=lambda op: [("scale_layouts", layout_id(op.outlet_id, op.prefix))])
def set_scale_layout(context: Context, op: SetScaleLayout) -> None:
    """Write how codes with this prefix are read from now on; a later decision takes its place."""
    check_layout(op.prefix, op.layout, op.weight_decimals, op.price_decimals)
    row = {
        "id": layout_id(op.outlet_id, op.prefix),
        "outlet_id": op.outlet_id,
        "prefix": op.prefix,
        "layout": op.layout,
        "weight_decimals": op.weight_decimals,
        "price_decimals": op.price_decimals,
    }
    _decide(context, "scale_layouts", row)


def _decide(context: Context, table: str, row: Row) -> None:
    envelope = context.envelope
    decided = {**row, "set_at": envelope.time, "set_by": envelope.person_id}
    if context.unit.get(table, row["id"]) is None:
        context.unit.insert(table, decided)
    else:
        del decided["id"]
        context.unit.update(table, row["id"], **decided)
