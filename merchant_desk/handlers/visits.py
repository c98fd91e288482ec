"""Handlers: visits."""

from merchant_desk.domain.visits import RecordVisits, check_visits
from merchant_desk.handlers.context import Context, handles


@handles(RecordVisits)
def record_visits(context: Context, op: RecordVisits) -> None:
    """Add to the visitors of that day; what was recorded before stays."""
    check_visits(op.channels)
    for n, one in enumerate(op.channels):
        context.unit.insert(
            "visits",
            {
                "id": context.new_id("visits", n),
                "outlet_id": op.outlet_id,
                "op_id": context.envelope.op_id,
                "day": op.day,
                "channel": one.channel,
                "visitors": one.visitors,
            },
        )
