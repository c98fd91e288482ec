"""Which merchants' feeds moved since the last look, whoever wrote: one query for all that are watched."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Engine, select

from merchant_desk.models.server_tables import counters

AT_ONCE = 500
"""Merchants in one query."""


class Movements:
    """Remembers where feeds stood. One at a time looks."""

    def __init__(self, reader: Engine) -> None:
        self._reader = reader
        self._stood: dict[UUID, int] = {}

    def look(self, merchants: Collection[UUID]) -> list[UUID]:
        """Return those of the merchants whose feed moved since the last look, or that are new.

        Raises:
            DBAPIError: the database's.
        """
        wanted = sorted(merchants)
        stand: dict[UUID, int] = {}
        with self._reader.connect() as connection, connection.begin():
            for start in range(0, len(wanted), AT_ONCE):
                query = select(counters.c.merchant_id, counters.c.seq).where(
                    counters.c.merchant_id.in_(wanted[start : start + AT_ONCE])
                )
                stand.update((row.merchant_id, row.seq) for row in connection.execute(query))
        moved = [merchant for merchant, seq in stand.items() if self._stood.get(merchant) != seq]
        self._stood = stand
        return moved
