"""Writing a unit's changes in bulk: by COPY or executemany, totals by delta."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from merchant_desk.models.columns import Row
from merchant_desk.models.tables import SPECS

if TYPE_CHECKING:
    from merchant_desk.models.statements import TableStatements
    from merchant_desk.models.unit import Unit

COPY_FROM = 16
"""Rows from which PostgreSQL's COPY is faster than single inserts."""


def flush_unit(unit: Unit) -> None:
    """Write every changed row and total of a unit, tables in declared order so that locks never cross."""
    for table in SPECS:
        if unit.origin.get(table):
            _flush_rows(unit, table)
        if unit.deltas.get(table):
            _flush_deltas(unit, table)


def _flush_rows(unit: Unit, table: str) -> None:
    statements = unit.store.statements[table]
    new: list[Row] = []
    changed: list[Row] = []
    gone: list[Any] = []
    lead = [unit.merchant] if statements.on_server else []
    for id, before in unit.origin[table].items():
        after = unit.rows[table][id]
        if before is None and after is not None:
            new.append(after)
        elif after is None and before is not None:
            gone.append([*lead, statements.bind(id)])
        elif after is not None and after != before:
            changed.append(after)
    if gone:
        unit.cursor.executemany(statements.delete, gone)
    if changed:
        unit.cursor.executemany(
            statements.update, [statements.update_values(unit.merchant, row) for row in changed]
        )
    if new:
        insert_rows(unit, statements, [statements.row_values(unit.merchant, row) for row in new])
    unit.origin[table].clear()


def insert_rows(unit: Unit, statements: TableStatements, values: Sequence[Sequence[Any]]) -> None:
    """Insert rows given in the order of `statements.stored`."""
    if statements.postgres and len(values) >= COPY_FROM:
        with unit.cursor.copy(statements.copy) as copy:
            for row in values:
                copy.write_row(row)
    else:
        unit.cursor.executemany(statements.insert, values)


def _flush_deltas(unit: Unit, table: str) -> None:
    statements = unit.store.statements[table]
    sums = unit.sum_names(table)
    moved = [delta for delta in unit.deltas[table].values() if any(delta[name] for name in sums)]
    if moved:
        ordered = sorted(moved, key=lambda delta: delta["id"].bytes)
        values = [statements.row_values(unit.merchant, delta) for delta in ordered]
        if statements.postgres:
            columns = [list(column) for column in zip(*values, strict=True)]
            unit.cursor.execute(statements.add_many_deltas(sums), columns)
        else:
            unit.cursor.executemany(statements.add_deltas(sums), values)
    unit.deltas[table].clear()
