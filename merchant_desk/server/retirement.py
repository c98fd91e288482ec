"""Which desks are retired, or come no more. Whoever asks at a door, or waits for desks, asks here."""

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, select, union

from merchant_desk.models.server_tables import device_heads, metadata

_DEVICES = metadata.tables["devices"].c

RETIRED: ColumnElement[bool] = _DEVICES.retired_at.is_not(None)
"""The condition, in a query that reads `devices`."""


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
