"""Totals counted again from the rows that move them, for repairs and for whoever doubts a figure."""

from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Sum
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import NO_TOTAL


def recount_all(writer: Engine) -> dict[str, set[UUID]]:
    """Do `recount` in a transaction of its own, on the thread that writes."""
    with writer.begin() as connection:
        return recount(connection.connection.cursor())


def recount(cursor: Any) -> dict[str, set[UUID]]:
    """Set every total of a desk to what its rows add up to, in the running transaction.

    Returns which totals were wrong: nothing, where all is well. Reads every row once.
    """
    sources: dict[str, list[tuple[str, Sum]]] = {}
    for spec in SPECS.values():
        for total in spec.sums:
            sources.setdefault(total.into, []).append((spec.name, total))
    found = {into: _recount(cursor, into, parts) for into, parts in sources.items()}
    return {into: ids for into, ids in found.items() if ids}


def _recount(cursor: Any, into: str, parts: list[tuple[str, Sum]]) -> set[UUID]:
    sums = tuple(dict.fromkeys(name for _, total in parts for name, _ in total.adds))
    names = tuple(NO_TOTAL[into])
    cursor.execute("DROP TABLE IF EXISTS temp.counted")
    union = " UNION ALL ".join(_rows(table, total, names, sums) for table, total in parts)
    merged = ", ".join(f"{'sum' if name in sums else 'max'}({name}) AS {name}" for name in names)
    cursor.execute(f"CREATE TEMP TABLE counted AS SELECT id, {merged} FROM ({union}) GROUP BY id")
    differs = " OR ".join(f"t.{name} <> coalesce(c.{name}, 0)" for name in sums)
    cursor.execute(
        f"SELECT t.id FROM {into} t LEFT JOIN temp.counted c ON c.id = t.id WHERE {differs}"
        f" UNION ALL SELECT c.id FROM temp.counted c LEFT JOIN {into} t ON t.id = c.id WHERE t.id IS NULL AND"
        f" ({' OR '.join(f'c.{name} <> 0' for name in sums)})"
    )
    wrong = [row[0] for row in cursor.fetchall()]
    every = ", ".join(("id", *names))
    sets = ", ".join(f"{name} = excluded.{name}" for name in sums)
    zero = ", ".join(f"{name} = 0" for name in sums)
    for id in wrong:
        cursor.execute(f"UPDATE {into} SET {zero} WHERE id = ?", [id])
        cursor.execute(
            f"INSERT INTO {into} ({every}) SELECT {every} FROM temp.counted WHERE id = ?"
            f" ON CONFLICT (id) DO UPDATE SET {sets}",
            [id],
        )
    cursor.execute("DROP TABLE temp.counted")
    return {id_of(id) for id in wrong}


def _rows(table: str, total: Sum, names: tuple[str, ...], sums: tuple[str, ...]) -> str:
    """Return the query for what the rows of one table bring to a total."""
    adds = dict(total.adds)
    values = []
    for name in names:
        if name in adds:
            values.append(f"{adds[name]} AS {name}")
        elif name in total.copies:
            values.append(name)
        else:
            values.append(f"{0 if name in sums else 'NULL'} AS {name}")
    return f"SELECT {total.key} AS id, {', '.join(values)} FROM {table} WHERE {total.key} IS NOT NULL"
