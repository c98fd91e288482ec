"""Equality look-ups inside a unit: what is stored, with what the unit changed laid over it."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID
from weakref import proxy

from merchant_desk.models.columns import Row, Scope
from merchant_desk.models.row_memory import IN_LIST, RowMemory
from merchant_desk.models.tables import SPECS

Columns = tuple[str, ...]
Look = tuple[str, Columns, tuple[Any, ...]]
"""A look-up: table, columns in alphabetical order, the values they had to equal."""


class Finds:
    """Answers `find` for one unit; every answer from the database is asked once and kept."""

    def __init__(self, unit: RowMemory) -> None:
        # Not held, as the unit holds this: rows and cursor of a unit that ended go at once. A collector that
        # finds them later, on whatever thread, ends a statement of a connection that another thread uses.
        self._unit: RowMemory = proxy(unit)
        self._stored: dict[tuple[str, Columns], dict[tuple[Any, ...], list[UUID]]] = defaultdict(dict)
        self._changed: dict[str, dict[Columns, dict[tuple[Any, ...], dict[UUID, None]]]] = defaultdict(dict)
        # Answers that hold until a row of their table changes: a batch asks for the same roles 500 times.
        self._answers: dict[str, dict[Look, list[Row]]] = defaultdict(dict)

    def find(self, table: str, equal: dict[str, Any]) -> list[Row]:
        """Return the matching rows as the unit sees them, ordered by id."""
        return self.look(look_of(table, equal))

    def look(self, look: Look) -> list[Row]:
        """Like `find`, for a look-up in its canonical form."""
        answers = self._answers[look[0]]
        known = answers.get(look)
        if known is None:
            known = self._look(look)
            if SPECS[look[0]].scope is not Scope.DERIVED:
                answers[look] = known
        return [*known]

    def _look(self, look: Look) -> list[Row]:
        table, columns, values = look
        stored = self._stored[table, columns]
        ids = stored.get(values)
        if ids is None:
            ids = self._ask(table, columns, values)
        if SPECS[table].scope is Scope.DERIVED:
            self._unit.prefetch(table, self._unit.deltas.get(table, ()))
        changed = self._index(table, columns).get(values)
        if not ids and not changed:
            return []
        rows = self._unit.rows[table]
        found = (rows.get(id) for id in dict.fromkeys((*ids, *(changed or ()))))
        pairs = tuple(zip(columns, values, strict=True))
        matching = [row for row in found if row is not None and all(row[n] == v for n, v in pairs)]
        if len(matching) > 1:
            matching.sort(key=lambda row: row["id"].int)
        return matching

    def prefetch(self, table: str, column: str, values: Iterable[Any]) -> None:
        """Ask for many values of one column at once."""
        columns = (column,)
        check_declared(table, columns)
        self._index(table, columns)
        stored = self._stored[table, columns]
        wanted = [value for value in dict.fromkeys(values) if (value,) not in stored]
        for start in range(0, len(wanted), IN_LIST):
            part = wanted[start : start + IN_LIST]
            for value in part:
                stored[(value,)] = []
            for row in self._unit.select_in(table, column, part):
                stored[(row[column],)].append(self._keep(table, row))

    def note(self, table: str, id: UUID, row: Row | None) -> None:
        """Take note that a row changed, for the indexes that exist already."""
        if self._answers[table]:
            self._answers[table].clear()
        if row is not None and table in self._changed:
            for columns, index in self._changed[table].items():
                index.setdefault(tuple([row[name] for name in columns]), {})[id] = None

    def _index(self, table: str, columns: Columns) -> dict[tuple[Any, ...], dict[UUID, None]]:
        indexes = self._changed[table]
        index = indexes.get(columns)
        if index is None:
            index = indexes[columns] = {}
            unit = self._unit
            for id in (*unit.origin.get(table, ()), *unit.deltas.get(table, ())):
                row = unit.peek(table, id)
                if row is not None:
                    index.setdefault(tuple([row[name] for name in columns]), {})[id] = None
        return index

    def _ask(self, table: str, columns: Columns, values: tuple[Any, ...]) -> list[UUID]:
        check_declared(table, columns)
        unit, statements = self._unit, self._unit.store.statements[table]
        sql = statements.select + statements.where(*columns)
        unit.cursor.execute(sql, [*unit.lead, *(statements.bind(value) for value in values)])
        rows = unit.store.readers[table](unit.cursor.fetchall())
        ids = self._stored[table, columns][values] = [self._keep(table, row) for row in rows]
        return ids

    def _keep(self, table: str, row: Row) -> UUID:
        """Put a row read from the database into memory unless the unit knows it already."""
        id: UUID = row["id"]
        known = self._unit.rows[table]
        if id not in known:
            self._unit.keep(table, id, row)
        return id


def look_of(table: str, equal: dict[str, Any]) -> Look:
    """Return a look-up in its canonical form."""
    if len(equal) == 1:
        return table, tuple(equal), tuple(equal.values())
    items = sorted(equal.items(), key=itemgetter(0))
    return table, tuple(name for name, _ in items), tuple(value for _, value in items)


@cache
def check_declared(table: str, columns: Columns) -> None:
    """Pass when a table declares a look-up that starts with these columns: there is an index for it.

    Raises:
        LookupError: it does not, which is a bug in the caller.
    """
    if not any(set(find[: len(columns)]) == set(columns) for find in SPECS[table].finds):
        raise LookupError(f"{table} declares no look-up by {', '.join(columns)}")
