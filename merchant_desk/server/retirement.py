"""Which desks are retired, or come no more. Whoever asks at a door, or waits for desks, asks here.

A desk that retired itself, or was retired with its outlet, *ended*: it may not have known, so what was done
there is taken still, and nothing is given. Any other retired desk is shut out: nobody knows who has it.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, or_, select, union

from merchant_desk.models.server_tables import device_heads, feed, metadata, operations

_DEVICES = metadata.tables["devices"].c

RETIRED: ColumnElement[bool] = _DEVICES.retired_at.is_not(None)
"""The condition, in a query that reads `devices`."""

_ENDED = RETIRED & (
    select(operations.c.op_id)
    .join_from(
        feed,
        operations,
        (operations.c.merchant_id == feed.c.merchant_id) & (operations.c.op_id == feed.c.op_id),
    )
    .where(
        feed.c.merchant_id == _DEVICES.merchant_id,
        feed.c.seq == _DEVICES.feed_seq,  # a retired desk's row is never written again
        or_(operations.c.device_id == _DEVICES.id, operations.c.kind == "close_outlet"),
    )
    .correlate(_DEVICES.id.table)
    .exists()
)

SHUT_OUT: ColumnElement[bool] = RETIRED & ~_ENDED
"""The condition that nothing at all is taken from a desk, in a query that reads `devices`."""


def retired_desks(merchant_id: UUID) -> Select[tuple[UUID]]:
    """Return the query of a merchant's retired desks."""
    return select(_DEVICES.id).where(_DEVICES.merchant_id == merchant_id, RETIRED)


LAST_WORDS = 60_000_000
"""Microseconds in which a desk may still ask under its former token: its threads change to the new one."""


def gone_desks(merchant_id: UUID) -> CompoundSelect[tuple[UUID]]:
    """Return the query of the desks that come no more: retired ones, and what a desk was before.

    Enrolled again, a desk is another device. The former one comes no more, unless the desk was a copy of
    another one's folder: that one is heard of, and then it counts again.
    """
    heads = device_heads.c
    former = select(heads.device_id).join_from(
        device_heads,
        _DEVICES.id.table,
        and_(
            _DEVICES.merchant_id == heads.merchant_id,
            _DEVICES.former_id == heads.device_id,
            _DEVICES.enrolled_at + LAST_WORDS >= heads.last_contact,
        ),
    )
    return union(retired_desks(merchant_id), former.where(heads.merchant_id == merchant_id))


def is_retired(connection: Connection, merchant_id: UUID, device_id: UUID) -> bool:
    """Tell whether a desk is retired by now."""
    query = retired_desks(merchant_id).where(_DEVICES.id == device_id)
    return connection.scalar(query) is not None


def is_shut_out(connection: Connection, merchant_id: UUID, device_id: UUID) -> bool:
    """Tell whether nothing is taken any more from a desk: it is retired by now, and did not end by itself."""
    query = select(_DEVICES.id).where(_DEVICES.merchant_id == merchant_id, _DEVICES.id == device_id, SHUT_OUT)
    return connection.scalar(query) is not None
