"""The Store: opens units of work on one database.

A unit is one transaction that knows which rows it touched and what they were. Handlers see rows as
plain mappings; everything is written at the end in bulk, which is what lets a server take thousands of
operations a second through the same handlers that a desk runs one by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.table_access import TableAccess
from merchant_desk.models.unit import Unit


class Store(TableAccess):
    """Units of work on one engine, for one side."""

    @contextmanager
    def unit(self, merchant_id: UUID) -> Iterator[Unit]:
        """Open a transaction; it is flushed and committed when the block ends, rolled back when it raises."""
        with self.engine.begin() as connection:
            unit = self.unit_on(connection, merchant_id)
            yield unit
            unit.flush()

    def unit_on(self, connection: Connection, merchant_id: UUID) -> Unit:
        """Return a unit inside a transaction that the caller commits; the caller flushes too."""
        merchant: Any = merchant_id if self.dialect == "postgresql" else merchant_id.bytes
        return Unit(self, connection, merchant)
