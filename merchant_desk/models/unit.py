"""A unit of work: rows read once, changed in memory, written in bulk, undoable operation by operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.columns import Row, Scope
from merchant_desk.models.finds import Finds
from merchant_desk.models.flush import flush_unit
from merchant_desk.models.tables import SPECS

if TYPE_CHECKING:
    from merchant_desk.models.store import Store

IN_LIST = 500
"""Ids in one look-up: below SQLite's limit on parameters."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an operation did to one row: before and after, None where there was or is none."""

    table: str
    id: UUID
    before: Row | None
    after: Row | None


@dataclass
class OpTrace:
    """What the running operation touched so far: rows by key with their first image, and what it read."""

    before: dict[tuple[str, UUID], Row | None] = field(default_factory=dict)
    reads: set[tuple[str, UUID]] = field(default_factory=set)


class Unit:
    """One transaction on one merchant's rows. Not for use by two threads."""

    def __init__(self, store: Store, connection: Connection, merchant: Any) -> None:
        self.store = store
        self.connection = connection
        self.merchant = merchant
        self.cursor = connection.connection.cursor()
        self.rows: dict[str, dict[UUID, Row | None]] = defaultdict(dict)
        self.origin: dict[str, dict[UUID, Row | None]] = defaultdict(dict)
        self.deltas: dict[str, dict[UUID, Row]] = defaultdict(dict)
        self.finds = Finds(self)
        self._op: OpTrace | None = None

    # -- reading ---------------------------------------------------------------------------------

    def get(self, table: str, id: UUID) -> Row | None:
        """Return the row as this unit sees it, or None. Do not change it: use `update`."""
        if self._op is not None:
            self._op.reads.add((table, id))
        return self.peek(table, id)

    def peek(self, table: str, id: UUID) -> Row | None:
        """Like `get`, but leaves no trace among what the operation read."""
        known = self.rows[table]
        if id in known:
            return known[id]
        statements = self.store.statements[table]
        values = [self.merchant] if statements.on_server else []
        self.cursor.execute(statements.select_one, [*values, statements.bind(id)])
        found = self.store.readers[table](self.cursor.fetchall())
        return self.keep(table, id, found[0] if found else None)

    def find(self, table: str, **equal: Any) -> list[Row]:
        """Return the rows whose declared look-up columns equal the given values, ordered by id."""
        rows = self.finds.find(table, equal)
        if self._op is not None:
            self._op.reads.update((table, row["id"]) for row in rows)
        return rows

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
        lead = [self.merchant] if statements.on_server else []
        bound = [list(values)] if statements.postgres else [statements.bind(value) for value in values]
        self.cursor.execute(statements.select_in(column, len(values)), [*lead, *bound])
        return self.store.readers[table](self.cursor.fetchall())

    # -- writing ---------------------------------------------------------------------------------

    def insert(self, table: str, row: Mapping[str, Any]) -> Row:
        """Add a row that does not exist yet; columns must be complete."""
        new = dict(row)
        if SPECS[table].synced:
            new.setdefault("feed_seq", None)
            new.setdefault("feed_hash", None)
        self.rows[table].setdefault(new["id"], None)
        self.put(table, new["id"], new)
        return new

    def update(self, table: str, id: UUID, **changes: Any) -> Row:
        """Change columns of an existing row of a table that allows it.

        Raises:
            LookupError: there is no such row, which is a bug in the caller: rules come first.
        """
        old = self.peek(table, id)
        if old is None:
            raise LookupError(f"{table} has no row {id}")
        if SPECS[table].insert_only:
            raise TypeError(f"{table} is insert-only")
        new = {**old, **changes}
        self.put(table, id, new)
        return new

    def remove(self, table: str, id: UUID) -> None:
        """Delete a row: drafts and links only; what was used is archived instead."""
        self.put(table, id, None)

    def put(self, table: str, id: UUID, new: Row | None) -> None:
        """Set a row to an image (None: gone); totals move by the difference."""
        old = self.peek(table, id)
        self.origin[table].setdefault(id, old)
        if self._op is not None:
            self._op.before.setdefault((table, id), old)
        self.rows[table][id] = new
        self.finds.note(table, id, new)
        for total in SPECS[table].sums:
            if old is not None:
                self._move(total.into, old, total.key, total.adds, total.copies, -1)
            if new is not None:
                self._move(total.into, new, total.key, total.adds, total.copies, 1)

    def _move(
        self,
        into: str,
        row: Row,
        key: str,
        adds: tuple[tuple[str, str], ...],
        copies: tuple[str, ...],
        sign: int,
    ) -> None:
        id = row[key]
        if id is None:
            return
        delta = self.deltas[into].get(id)
        if delta is None:
            delta = {column.name: 0 for column in SPECS[into].columns}
            delta["id"] = id
            for name in copies:
                delta[name] = row[name]
            self.deltas[into][id] = delta
        known = self.rows[into].get(id)
        for total, source in adds:
            amount = sign * row[source]
            delta[total] += amount
            if known is not None:
                known[total] += amount
        if known is None and id in self.rows[into]:
            self.rows[into][id] = known = dict(delta)
            self.finds.note(into, id, known)

    def keep(self, table: str, id: UUID, row: Row | None) -> Row | None:
        """Take a row as read into memory; a total is brought up to what this unit did before."""
        delta = self.deltas[table].get(id) if SPECS[table].scope is Scope.DERIVED else None
        if delta is not None:
            if row is None:
                row = dict(delta)
            else:
                for name in self.sum_names(table):
                    row[name] += delta[name]
        self.rows[table][id] = row
        return row

    def sum_names(self, table: str) -> tuple[str, ...]:
        """Return the columns of a totals table that move by deltas."""
        return SUM_NAMES[table]

    # -- operations ------------------------------------------------------------------------------

    def begin_op(self) -> None:
        """Start tracing one operation."""
        self._op = OpTrace()

    def end_op(self) -> tuple[list[Effect], set[tuple[str, UUID]]]:
        """Return what the operation did and read, in the order in which it first touched the rows."""
        trace = self._op
        assert trace is not None
        self._op = None
        effects = [Effect(t, id, before, self.rows[t][id]) for (t, id), before in trace.before.items()]
        return [effect for effect in effects if effect.before != effect.after], trace.reads

    def rollback_op(self) -> None:
        """Take back, in memory, what the running operation did."""
        trace = self._op
        assert trace is not None
        self._op = None
        for (table, id), before in reversed(trace.before.items()):
            self.put(table, id, before)

    def touched(self) -> dict[str, set[UUID]]:
        """Return the Changes of this unit: every row that differs from what was stored, totals included."""
        changes = {
            table: {id for id, before in origins.items() if self.rows[table][id] != before}
            for table, origins in self.origin.items()
        }
        for table, deltas in self.deltas.items():
            changes[table] = {
                id for id, delta in deltas.items() if any(delta[n] for n in self.sum_names(table))
            }
        return {table: ids for table, ids in changes.items() if ids}

    def flush(self) -> None:
        """Write everything. After this the unit only reads what it has in memory or the database."""
        flush_unit(self)


def _sum_names() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for spec in SPECS.values():
        for total in spec.sums:
            found[total.into].update(dict.fromkeys(name for name, _ in total.adds))
    return {table: tuple(names) for table, names in found.items()}


SUM_NAMES = _sum_names()
"""Totals table -> the columns that its sources move."""
