"""Writing a unit's changes in bulk: by COPY or executemany, totals by delta."""

from collections.abc import Sequence
from typing import Any

from merchant_desk.models.columns import Row
from merchant_desk.models.copying import copy_in
from merchant_desk.models.row_memory import RowMemory
from merchant_desk.models.statements import TableStatements
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import SUM_NAMES

COPY_FROM = 16
"""Rows from which PostgreSQL's COPY is faster than single inserts."""


def flush_unit(unit: RowMemory) -> None:
    """Write every changed row and total of a unit, tables in declared order so that locks never cross."""
    for table in SPECS:
        if unit.origin.get(table):
            _flush_rows(unit, table)
        if unit.deltas.get(table):
            _flush_deltas(unit, table)


def _flush_rows(unit: RowMemory, table: str) -> None:
    statements = unit.store.statements[table]
    new: list[Row] = []
    changed: list[Row] = []
    gone: list[Any] = []
    rows = unit.rows[table]
    for id, before in unit.origin[table].items():
        after = rows[id]
        if before is None:
            if after is not None:
                new.append(after)
        elif after is None:
            gone.append([*unit.lead, statements.bind(id)])
        elif after != before:
            changed.append(after)
    if gone:
        unit.cursor.executemany(statements.delete, gone)
    if changed:
        _update_rows(unit, statements, changed)
    if new:
        insert_rows(unit, statements, [statements.row_values(unit.merchant, row) for row in new])
    unit.origin[table].clear()


def _update_rows(unit: RowMemory, statements: TableStatements, rows: list[Row]) -> None:
    if statements.postgres and statements.on_server:
        unit.cursor.execute(statements.update_many, [*statements.arrays(rows), unit.merchant])
    else:
        values = [statements.update_values(unit.merchant, row) for row in rows]
        unit.cursor.executemany(statements.update, values)


def insert_rows(unit: RowMemory, statements: TableStatements, values: Sequence[Sequence[Any]]) -> None:
    """Insert rows given in the order of `statements.stored`."""
    if statements.postgres and len(values) >= COPY_FROM:
        copy_in(unit.cursor, statements.copy, statements.kinds, values)
    else:
        unit.cursor.executemany(statements.insert, values)


def _flush_deltas(unit: RowMemory, table: str) -> None:
    statements = unit.store.statements[table]
    sums = SUM_NAMES[table]
    moved = [delta for delta in unit.deltas[table].values() if any(delta[name] for name in sums)]
    if moved:
        moved.sort(key=lambda delta: delta["id"].int)
        if statements.postgres:
            _move_totals(unit, statements, moved, sums)
        else:
            values = [statements.row_values(unit.merchant, delta) for delta in moved]
            unit.cursor.executemany(statements.add_deltas(sums), values)
    unit.deltas[table].clear()


def _move_totals(unit: RowMemory, statements: TableStatements, moved: list[Row], sums: Sequence[str]) -> None:
    """Move the totals that exist, in one statement, and make those that do not in another."""
    arrays = statements.arrays(moved, ("id", *sums))
    unit.cursor.execute(statements.move_many(sums), [*arrays, unit.merchant])
    if unit.cursor.rowcount == len(moved):
        return
    unit.cursor.execute(statements.there_are, [unit.merchant, arrays[0]])
    there = {row[0] for row in unit.cursor.fetchall()}
    new = [delta for delta in moved if delta["id"] not in there]
    unit.cursor.execute(statements.add_deltas_many(sums), [unit.merchant, *statements.arrays(new)])
