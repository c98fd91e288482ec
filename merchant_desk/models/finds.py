"""Equality look-ups inside a unit: what is stored, with what the unit changed laid over it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from merchant_desk.models.columns import Row, Scope
from merchant_desk.models.tables import SPECS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from merchant_desk.models.unit import Unit

Columns = tuple[str, ...]


class Finds:
    """Answers `find` for one unit; every answer from the database is asked once and kept."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._stored: dict[tuple[str, Columns], dict[tuple[Any, ...], list[UUID]]] = defaultdict(dict)
        self._changed: dict[tuple[str, Columns], dict[tuple[Any, ...], dict[UUID, None]]] = {}

    def find(self, table: str, equal: dict[str, Any]) -> list[Row]:
        """Return the matching rows as the unit sees them, ordered by id."""
        columns = tuple(sorted(equal))
        self._check_declared(table, columns)
        values = tuple(equal[name] for name in columns)
        stored = self._stored[table, columns]
        if values not in stored:
            self._ask(table, columns, values)
        if SPECS[table].scope is Scope.DERIVED:
            self._unit.prefetch(table, self._unit.deltas[table])
        changed = self._index(table, columns).get(values, {})
        rows = self._unit.rows[table]
        found = (rows.get(id) for id in dict.fromkeys((*stored[values], *changed)))
        matching = [row for row in found if row is not None and all(row[n] == v for n, v in equal.items())]
        return sorted(matching, key=lambda row: row["id"].bytes)

    def prefetch(self, table: str, column: str, values: Iterable[Any]) -> None:
        """Ask for many values of one column at once."""
        stored = self._stored[table, (column,)]
        wanted = [value for value in dict.fromkeys(values) if (value,) not in stored]
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            for value in part:
                stored[(value,)] = []
            for row in self._unit.select_in(table, column, part):
                stored[(row[column],)].append(self._keep(table, row))

    def note(self, table: str, id: UUID, row: Row | None) -> None:
        """Take note that a row changed, for the indexes that exist already."""
        if row is None:
            return
        for columns in SPECS[table].finds:
            index = self._changed.get((table, tuple(sorted(columns))))
            if index is not None:
                index.setdefault(tuple(row[name] for name in sorted(columns)), {})[id] = None

    def _index(self, table: str, columns: Columns) -> dict[tuple[Any, ...], dict[UUID, None]]:
        index = self._changed.get((table, columns))
        if index is None:
            index = self._changed[table, columns] = {}
            unit = self._unit
            for id in (*unit.origin[table], *unit.deltas[table]):
                row = unit.peek(table, id)
                if row is not None:
                    index.setdefault(tuple(row[name] for name in columns), {})[id] = None
        return index

    def _ask(self, table: str, columns: Columns, values: tuple[Any, ...]) -> None:
        unit, statements = self._unit, self._unit.store.statements[table]
        lead = [unit.merchant] if statements.on_server else []
        sql = statements.select + statements.where(*columns)
        unit.cursor.execute(sql, [*lead, *(statements.bind(value) for value in values)])
        rows = unit.store.readers[table](unit.cursor.fetchall())
        self._stored[table, columns][values] = [self._keep(table, row) for row in rows]

    def _keep(self, table: str, row: Row) -> UUID:
        """Put a row read from the database into memory unless the unit knows it already."""
        id: UUID = row["id"]
        known = self._unit.rows[table]
        if id not in known:
            self._unit.keep(table, id, row)
        return id

    @staticmethod
    def _check_declared(table: str, columns: Sequence[str]) -> None:
        if not any(set(find[: len(columns)]) == set(columns) for find in SPECS[table].finds):
            raise LookupError(f"{table} declares no look-up by {', '.join(columns)}")
