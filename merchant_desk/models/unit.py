"""A unit of work: rows read once, changed in memory, written in bulk, undoable operation by operation."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.columns import Row, Sum
from merchant_desk.models.finds import Finds, Look, look_of
from merchant_desk.models.flush import flush_unit
from merchant_desk.models.row_memory import RowMemory
from merchant_desk.models.table_access import TableAccess
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import NO_TOTAL, SUM_NAMES

Key = tuple[str, UUID]
"""A row: table and id."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an operation did to one row: before and after, None where there was or is none."""

    table: str
    id: UUID
    before: Row | None
    after: Row | None


@dataclass(slots=True)
class OpTrace:
    """What the running operation touched so far: rows with their first image, what it read and looked for.

    `gets` and `looks` stay empty where nobody asks for them (a server never carries an operation out again).
    """

    before: dict[Key, Row | None] = field(default_factory=dict)
    gets: set[Key] = field(default_factory=set)
    looks: set[Look] = field(default_factory=set)


class Unit(RowMemory):
    """One transaction on one merchant's rows. Not for use by two threads."""

    def __init__(self, store: TableAccess, connection: Connection, merchant: Any) -> None:
        super().__init__(store, connection, merchant)
        self.finds = Finds(self)
        self._flushed: dict[str, set[UUID]] = defaultdict(set)
        self._op: OpTrace | None = None
        self._reads_matter = not store.on_server

    # -- reading ---------------------------------------------------------------------------------

    def get(self, table: str, id: UUID) -> Row | None:
        """Return the row as this unit sees it, or None. Do not change it: use `update`."""
        if self._reads_matter and self._op is not None:
            self._op.gets.add((table, id))
        return self.peek(table, id)

    def find(self, table: str, **equal: Any) -> list[Row]:
        """Return the rows whose declared look-up columns equal the given values, ordered by id."""
        look = look_of(table, equal)
        rows = self.finds.look(look)
        if self._reads_matter and self._op is not None:
            self._op.looks.add(look)
            self._op.gets.update((table, row["id"]) for row in rows)
        return rows

    # -- writing ---------------------------------------------------------------------------------

    def insert(self, table: str, row: Mapping[str, Any]) -> Row:
        """Add a row that is known not to exist yet; columns must be complete."""
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
        known = self.rows[table]
        old = known[id] if id in known else self.peek(table, id)
        origin = self.origin[table]
        if id not in origin:
            origin[id] = old
        if self._op is not None and (table, id) not in self._op.before:
            self._op.before[table, id] = old
        known[id] = new
        self.finds.note(table, id, new)
        for total in SPECS[table].sums:
            if old is not None:
                self._move(total, old, -1)
            if new is not None:
                self._move(total, new, 1)

    def _move(self, total: Sum, row: Row, sign: int) -> None:
        """Add a source row to its total, or take it away: in the delta to be written and in what is known."""
        id = row[total.key]
        if id is None:
            return
        into = total.into
        delta = self.deltas[into].get(id)
        if delta is None:
            delta = {**NO_TOTAL[into], "id": id}
            for name in total.copies:
                delta[name] = row[name]
            self.deltas[into][id] = delta
            self.finds.note(into, id, delta)
        rows = self.rows[into]
        known = rows.get(id)
        for name, source in total.adds:
            amount = sign * row[source]
            delta[name] += amount
            if known is not None:
                known[name] += amount
        if known is None and id in rows:
            rows[id] = dict(delta)

    # -- operations ------------------------------------------------------------------------------

    def begin_op(self) -> None:
        """Start tracing one operation."""
        self._op = OpTrace()

    def end_op(self) -> tuple[list[Effect], OpTrace]:
        """Return what the operation did, in the order in which it first touched the rows, and its trace."""
        trace = self._take_trace()
        effects = [Effect(t, id, before, self.rows[t][id]) for (t, id), before in trace.before.items()]
        return [effect for effect in effects if effect.before != effect.after], trace

    def rollback_op(self) -> OpTrace:
        """Take back, in memory, what the running operation did; returns what it had read."""
        trace = self._take_trace()
        for (table, id), before in reversed(trace.before.items()):
            self.put(table, id, before)
        return trace

    def _take_trace(self) -> OpTrace:
        trace, self._op = self._op, None
        if trace is None:
            raise RuntimeError("no operation is running in this unit")
        return trace

    @property
    def op_rows(self) -> int:
        """How many rows the running operation has touched so far, totals not counted."""
        return len(self._op.before) if self._op is not None else 0

    def op_new(self, table: str) -> list[Row]:
        """Return the rows that the running operation has added to a table."""
        before = self._op.before.items() if self._op is not None else ()
        rows = self.rows[table]
        added = (rows[id] for (name, id), was in before if name == table and was is None)
        return [row for row in added if row is not None]

    def op_losses(self) -> dict[str, int]:
        """Return by how many rows the running operation has made each table smaller; only those it has."""
        losses: dict[str, int] = defaultdict(int)
        for (table, id), before in self._op.before.items() if self._op is not None else ():
            if SPECS[table].synced:
                losses[table] += (before is not None) - (self.rows[table][id] is not None)
        return {table: rows for table, rows in losses.items() if rows > 0}

    # -- ending ----------------------------------------------------------------------------------

    def touched(self) -> dict[str, set[UUID]]:
        """Return the Changes of this unit: every row that differs from what was stored, totals included.

        Where a row came from (`feed_seq`, `feed_hash`) is nothing that a view shows.
        """
        changes = self._since_flush()
        for table, ids in self._flushed.items():
            changes[table].update(ids)
        return {table: ids for table, ids in changes.items() if ids}

    def _since_flush(self) -> dict[str, set[UUID]]:
        changes: dict[str, set[UUID]] = defaultdict(set)
        for table, origins in self.origin.items():
            rows = self.rows[table]
            changes[table].update(id for id, before in origins.items() if differs(before, rows[id]))
        for table, deltas in self.deltas.items():
            names = SUM_NAMES[table]
            changes[table].update(id for id, delta in deltas.items() if any(delta[n] for n in names))
        return changes

    def flush(self) -> None:
        """Write everything; what was changed until now stays in `touched`."""
        for table, ids in self._since_flush().items():
            self._flushed[table].update(ids)
        flush_unit(self)


def differs(before: Row | None, after: Row | None) -> bool:
    """Tell whether two images of a row say different things."""
    if before is None or after is None:
        return before is not after
    return any(
        after[name] != value for name, value in before.items() if name not in ("feed_seq", "feed_hash")
    )
