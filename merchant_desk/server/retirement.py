"""Which desks are retired. Whoever asks at a door, or waits for desks, asks here."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, select

from merchant_desk.models.server_tables import metadata

_DEVICES = metadata.tables["devices"].c

RETIRED: ColumnElement[bool] = _DEVICES.retired_at.is_not(None)
"""The condition, in a query that reads `devices`."""


def retired_desks(merchant_id: UUID) -> Select[tuple[UUID]]:
    """Return the query of a merchant's retired desks."""
    return select(_DEVICES.id).where(_DEVICES.merchant_id == merchant_id, RETIRED)


def is_retired(connection: Connection, merchant_id: UUID, device_id: UUID) -> bool:
    """Tell whether a desk is retired by now."""
    query = retired_desks(merchant_id).where(_DEVICES.id == device_id)
    return connection.scalar(query) is not None
