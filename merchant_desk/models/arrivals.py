"""Feed rows on their way into a desk's tables: as plain values in bulk, past the unit of work.

What comes from the feed was judged already; it needs no look-ups and no images in memory. Totals move by
one aggregating statement for all rows that came. SQLite only: a desk has no other database.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.models.columns import Sum
from merchant_desk.models.statements import SYSTEM
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import NO_TOTAL

IN_LIST = 500

Cells = tuple[Any, ...]
"""A row's values in the order of its columns, ids as bytes, then `feed_seq` and `feed_hash`."""


_encoder = msgspec.msgpack.Encoder()
_ids = msgspec.msgpack.Decoder(set[UUID])


def id_set(ids: Iterable[bytes]) -> set[UUID]:
    """Return ids of 16 bytes as UUIDs: `ids.id_of` for each, in a third of the time."""
    return _ids.decode(_encoder.encode(list(ids)))


class ArrivalStatements:
    """The statements that take feed rows into one table."""

    def __init__(self, table: str) -> None:
        spec = SPECS[table]
        names = (*spec.names, *SYSTEM)
        marks = ", ".join("?" * len(names))
        self.insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        sets = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
        self.upsert = f"{self.insert} ON CONFLICT (id) DO UPDATE SET {sets}"
        self.confirm = f"UPDATE {table} SET feed_seq = ?, feed_hash = ? WHERE id = ?"
        self.last = f"SELECT coalesce(max(rowid), 0) FROM {table}"
        self.sums = [(total.into, _moving(table, total, "rowid > ?", 1)) for total in spec.sums]

    def taking_away(self, table: str, count: int) -> list[tuple[str, str]]:
        """Return (totals table, statement) that take `count` rows, named by ids, out of totals."""
        condition = f"id IN ({', '.join('?' * count)})"
        return [(total.into, _moving(table, total, condition, -1)) for total in SPECS[table].sums]


def _moving(table: str, total: Sum, condition: str, sign: int) -> str:
    """Return the statement that moves a total by all rows of `table` that meet a condition."""
    sources = dict(total.adds)
    names = tuple(NO_TOTAL[total.into])
    values = []
    for name in names:
        if name in sources:
            values.append(f"{'-' if sign < 0 else ''}sum({sources[name]})")
        elif name in total.copies:
            values.append(name)
        else:
            values.append("NULL" if NO_TOTAL[total.into][name] is None else "0")
    adds = ", ".join(f"{name} = {total.into}.{name} + excluded.{name}" for name in sources)
    return (
        f"INSERT INTO {total.into} (id, {', '.join(names)}) SELECT {total.key}, {', '.join(values)}"
        f" FROM {table} WHERE {condition} AND {total.key} IS NOT NULL GROUP BY {total.key}"
        f" ON CONFLICT (id) DO UPDATE SET {adds} RETURNING id"
    )


@cache
def statements_of(table: str) -> ArrivalStatements:
    """Return a table's statements, made once."""
    return ArrivalStatements(table)


class Arrivals:
    """Takes feed rows in through the driver's cursor of a running transaction; `changes` tells what moved."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._changed: dict[str, set[bytes]] = defaultdict(set)

    def put(self, table: str, rows: Sequence[Cells]) -> None:
        """Set rows of a changeable table to their images."""
        if rows:
            self._cursor.executemany(statements_of(table).upsert, rows)
            self._changed[table].update([row[0] for row in rows])

    def add(self, table: str, rows: Sequence[Cells]) -> None:
        """Add rows of an insert-only table; one that is here with the same image already moves nothing."""
        here = self._hashes(table, [row[0] for row in rows])
        if here:
            replaced = [row[0] for row in rows if row[0] in here and here[row[0]] != row[-1]]
            self.delete(table, replaced)
            rows = [row for row in rows if row[0] not in here or here[row[0]] != row[-1]]
        self.add_new(table, rows)

    def add_new(self, table: str, rows: Sequence[Cells]) -> None:
        """Add rows of an insert-only table that are known not to be here; totals move with them."""
        if not rows:
            return
        statements = statements_of(table)
        self._cursor.execute(statements.last)
        last = self._cursor.fetchone()[0]
        self._cursor.executemany(statements.insert, rows)
        self._changed[table].update([row[0] for row in rows])
        for into, sql in statements.sums:
            self._cursor.execute(sql, [last])
            self._changed[into].update(row[0] for row in self._cursor.fetchall())

    def delete(self, table: str, ids: Iterable[bytes]) -> None:
        """Remove rows; totals of an insert-only table give back what these brought."""
        ids = list(ids)
        for start in range(0, len(ids), IN_LIST):
            part = ids[start : start + IN_LIST]
            for into, sql in statements_of(table).taking_away(table, len(part)):
                self._cursor.execute(sql, part)
                self._changed[into].update(row[0] for row in self._cursor.fetchall())
            marks = ", ".join("?" * len(part))
            self._cursor.execute(f"DELETE FROM {table} WHERE id IN ({marks})", part)
        self._changed[table].update(ids)

    def confirm(self, table: str, places: Sequence[tuple[int, int, bytes]]) -> int:
        """Note (feed_seq, feed_hash, id) on rows that stand here as the feed has them; returns how many."""
        self._cursor.executemany(statements_of(table).confirm, places)
        return int(self._cursor.rowcount)

    def _hashes(self, table: str, ids: Sequence[bytes]) -> dict[bytes, int | None]:
        found: dict[bytes, int | None] = {}
        for start in range(0, len(ids), IN_LIST):
            part = ids[start : start + IN_LIST]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT id, feed_hash FROM {table} WHERE id IN ({marks})"
            self._cursor.execute(sql, part)
            found.update(self._cursor.fetchall())
        return found

    @property
    def changes(self) -> dict[str, set[UUID]]:
        """What was touched, totals included."""
        return {table: id_set(ids) for table, ids in self._changed.items() if ids}
