"""Which desks may have work that the server has not booked: asked before the books' currency changes."""

from uuid import UUID

from sqlalchemy import Connection, or_, select, text

from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import house_device
from merchant_desk.models.server_tables import WITHOUT_END, device_heads, metadata, operations
from merchant_desk.server.retirement import gone_desks

HEARD = 600_000_000
"""Microseconds for which a desk's word that it has sent all is good: one with a line comes every minute."""

_DEVICES = metadata.tables["devices"].c


def check_all_sent(connection: Connection, merchant_id: UUID, asking: UUID, now: int) -> None:
    """Pass if no desk has work that is not booked, as far as each has said lately.

    What the asking desk did before comes before in its chain, and was looked at with the books. Operations
    that are parked or held count for all of them. `now` is microseconds UTC.

    Raises:
        Refusal: `money_unsent`, with the desks' codes.
    """
    heads = device_heads.c
    held = select(operations.c.device_id).where(operations.c.merchant_id == merchant_id, text(WITHOUT_END))
    silent = or_(heads.last_pending != 0, heads.last_contact < now - HEARD)
    others = heads.device_id.not_in([asking, house_device(merchant_id)])
    comes = heads.device_id.not_in(gone_desks(merchant_id))
    query = (
        select(_DEVICES.code)
        .join(device_heads, (heads.merchant_id == _DEVICES.merchant_id) & (heads.device_id == _DEVICES.id))
        .where(heads.merchant_id == merchant_id, or_(heads.device_id.in_(held), others & comes & silent))
        .order_by(_DEVICES.code)
    )
    if codes := connection.scalars(query).all():
        raise Refusal("money_unsent", desks=", ".join(codes))
