"""A real table of orders in SQLite, read by key windows: what the tables are tested and measured on."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.tables.keyset_model import WINDOW, Count, Direction, KeysetModel, Query
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText

KEYS = {"number": "number", "total": "total"}


@dataclass(frozen=True, slots=True)
class Order:
    """A row."""

    id: int
    number: str
    total: int
    status: str


class Orders:
    """The table and the questions asked of it. `reads` counts them."""

    def __init__(self, path: Path, rows: int) -> None:
        self.path = path
        self.reads = 0
        self.fault: Exception | None = None
        with self.connect() as database:
            database.execute("pragma journal_mode = wal")
            database.execute(
                "create table orders (id integer primary key, number text, total integer, status text)"
            )
            database.execute("create unique index by_number on orders (number, id)")
            database.execute("create index by_total on orders (total, id)")
            database.executemany(
                "insert into orders values (?, ?, ?, ?)", (self.made(i) for i in range(rows))
            )

    @staticmethod
    def made(i: int) -> tuple[int, str, int, str]:
        return i, f"SO-{i:08d}", (i * 7_919) % 100_003, "paid" if i % 3 else "held"

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)

    def execute(self, statement: str, *values: object) -> None:
        """Change the table, as another part of the desk would."""
        with self.connect() as database:
            database.execute(statement, values)

    def fetch(
        self, cursor: Any, limit: int, direction: Direction, sort: Sort, search: str
    ) -> Sequence[Order]:
        """Read a window by key."""
        self.reads += 1
        if self.fault is not None:
            raise self.fault
        key = KEYS[sort.key]
        forward = direction is Direction.FORWARD
        up = forward is not sort.descending
        where, values = [], []
        if cursor is not None:
            where.append(f"({key}, id) {'>' if up else '<'} (?, ?)")
            values += cursor
        if search:
            where.append("number like ?")
            values.append(f"%{search}%")
        way = "asc" if up else "desc"
        clause = f"where {' and '.join(where)}" if where else ""
        database = self.connect()
        found = database.execute(
            f"select id, number, total, status from orders {clause} order by {key} {way}, id {way} limit ?",
            (*values, limit),
        ).fetchall()
        database.close()
        rows = [Order(*row) for row in found]
        return rows if forward else rows[::-1]

    def count(self, search: str) -> Count:
        """Count what matches; without a search an estimate that costs nothing."""
        database = self.connect()
        if search:
            rows = database.execute(
                "select count(*) from orders where number like ?", (f"%{search}%",)
            ).fetchone()[0]
        else:
            rows = database.execute("select max(id) + 1 from orders").fetchone()[0] or 0
        database.close()
        return Count(rows, exact=bool(search))

    def model(
        self, look: Look, runner: TaskRunner, sort: Sort | None = None, window: int = WINDOW
    ) -> KeysetModel[Order]:
        """Return a model over this table."""
        query: Query[Order] = Query(self.fetch, lambda row: row.id, self.cursor_of, self.count)
        return KeysetModel(look, runner, COLUMNS, query, sort or Sort("number"), window=window)

    @staticmethod
    def cursor_of(row: Order, sort: Sort) -> tuple[Any, int]:
        return getattr(row, sort.key), row.id


COLUMNS: list[Column[Order]] = [
    Column(
        "number",
        "sample.order",
        lambda row, _: Cell(row.number, strong=True),
        lambda row: row.number,
        width=18,
    ),
    Column(
        "total",
        "sample.paid",
        lambda row, say: Cell(say.money(row.total)),
        lambda row: row.total,
        width=12,
        figures=True,
    ),
    Column(
        "status",
        "sample.state",
        lambda row, _: Cell(chip=ChipText(row.status, Tone.OK if row.status == "paid" else Tone.WARNING)),
        width=12,
    ),
    Column(
        "id",
        "sample.buyer",
        lambda row, _: Cell(f"…{row.id % 9000}", detail="VIP" if row.id % 5 == 0 else ""),
    ),
]
