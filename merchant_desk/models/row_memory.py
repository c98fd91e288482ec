"""The rows of one transaction: read once, held in memory, and what was done to them since."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.columns import Row
from merchant_desk.models.table_access import TableAccess
from merchant_desk.models.totals import SUM_NAMES

IN_LIST = 500
"""Values in one look-up: below SQLite's limit on parameters."""


class RowMemory:
    """What a transaction knows of one merchant's rows.

    `rows` is how they stand (None: not there), `origin` how a changed one was stored, `deltas` by how much
    totals have moved. Not for use by two threads.
    """

    def __init__(self, store: TableAccess, connection: Connection, merchant: Any) -> None:
        self.store = store
        self.connection = connection
        self.merchant = merchant
        self.lead: tuple[Any, ...] = (merchant,) if store.on_server else ()
        self.cursor = connection.connection.cursor()
        self.rows: dict[str, dict[UUID, Row | None]] = defaultdict(dict)
        self.origin: dict[str, dict[UUID, Row | None]] = defaultdict(dict)
        self.deltas: dict[str, dict[UUID, Row]] = defaultdict(dict)

    def peek(self, table: str, id: UUID) -> Row | None:
        """Like `get`, but leaves no trace among what the operation read.

        For totals (which make no dependency) and for rows that only this operation can have written.
        """
        known = self.rows[table]
        if id in known:
            return known[id]
        statements = self.store.statements[table]
        self.cursor.execute(statements.select_one, [*self.lead, statements.bind(id)])
        found = self.store.readers[table](self.cursor.fetchall())
        return self.keep(table, id, found[0] if found else None)

    def prefetch(self, table: str, ids: Iterable[UUID]) -> None:
        """Read many rows in few statements, so that `get` finds them in memory."""
        known = self.rows[table]
        wanted = [id for id in dict.fromkeys(ids) if id not in known]
        for start in range(0, len(wanted), IN_LIST):
            part = wanted[start : start + IN_LIST]
            for row in self.select_in(table, "id", part):
                self.keep(table, row["id"], row)
            for id in part:
                if id not in known:
                    self.keep(table, id, None)

    def select_in(self, table: str, column: str, values: Sequence[Any]) -> list[Row]:
        """Return stored rows whose `column` is one of at most `IN_LIST` values; memory is not consulted."""
        statements = self.store.statements[table]
        if statements.postgres:
            bound = [statements.array(column, values)]
        else:
            bound = [statements.bind(value) for value in values]
        self.cursor.execute(statements.select_in(column, len(values)), [*self.lead, *bound])
        return self.store.readers[table](self.cursor.fetchall())

    def count(self, table: str) -> int:
        """Return how many rows a table has as this transaction sees it. Looks at all that are stored."""
        self.cursor.execute(self.store.statements[table].count, self.lead)
        ((stored,),) = self.cursor.fetchall()
        rows = self.rows[table]
        changed = self.origin[table].items()
        return int(stored) + sum((rows[id] is not None) - (before is not None) for id, before in changed)

    def keep(self, table: str, id: UUID, row: Row | None) -> Row | None:
        """Take a row as read into memory; a total is brought up to what this unit did before."""
        delta = self.deltas[table].get(id) if table in SUM_NAMES else None
        if delta is not None:
            if row is None:
                row = dict(delta)
            else:
                for name in SUM_NAMES[table]:
                    row[name] += delta[name]
        self.rows[table][id] = row
        return row
