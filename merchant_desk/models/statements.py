"""SQL text for the Store's few shapes of statement, made once per table and database."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Row, Side, TableSpec

Values = Sequence[Any]

ARRAYS = {"id": "uuid[]", "int": "bigint[]", "text": "text[]", "bytes": "bytea[]"}
"""PostgreSQL's array type for each kind of column."""

SYSTEM = ("feed_seq", "feed_hash")


class TableStatements:
    """The statements of one table on one side of one database.

    Values are given and returned in the order of `columns` (merchant first on the server). Conversions
    between ids and what the driver takes happen here, as the ORM's own would cost a scan its budget.
    On PostgreSQL the `_many` statements take one array per column: one round trip for all rows.
    """

    def __init__(self, spec: TableSpec, side: Side, dialect: str) -> None:
        self.spec = spec
        self.on_server = side is Side.SERVER
        self.postgres = dialect == "postgresql"
        self.mark = "%s" if self.postgres else "?"
        self.columns: tuple[str, ...] = (*spec.names, *(SYSTEM if spec.synced else ()))
        self.lead: tuple[str, ...] = ("merchant_id",) if self.on_server else ()
        self.stored: tuple[str, ...] = (*self.lead, *self.columns)
        ids = {"id", *(c.name for c in spec.columns if c.kind == "id")}
        self._id_places = tuple(i for i, name in enumerate(self.columns) if name in ids)
        self._kinds = {"id": "id", **{c.name: c.kind for c in spec.columns}, **dict.fromkeys(SYSTEM, "int")}
        self.kinds = tuple(["id"] * len(self.lead) + [self._kinds[name] for name in self.columns])
        names = ", ".join(self.stored)
        marks = ", ".join([self.mark] * len(self.stored))
        self.insert = f"INSERT INTO {spec.name} ({names}) VALUES ({marks})"
        self.copy = f"COPY {spec.name} ({names}) FROM STDIN"
        changed = [name for name in self.columns if name != "id"]
        sets = ", ".join(f"{name} = {self.mark}" for name in changed)
        self.update = f"UPDATE {spec.name} SET {sets} WHERE {self.where('id')}"
        self.update_many = self._update_many(changed)
        self.delete = f"DELETE FROM {spec.name} WHERE {self.where('id')}"
        self.select = f"SELECT {', '.join(self.columns)} FROM {spec.name} WHERE "
        self.select_one = self.select + self.where("id")
        lead = f" WHERE merchant_id = {self.mark}" if self.on_server else ""
        self.count = f"SELECT count(*) FROM {spec.name}{lead}"
        self.there_are = f"SELECT id FROM {spec.name} WHERE merchant_id = %s AND id = ANY(%s::uuid[])"

    def where(self, *names: str) -> str:
        """Return a condition on the merchant (where there are several) and equality of `names`."""
        return " AND ".join(f"{name} = {self.mark}" for name in (*self.lead, *names))

    def select_in(self, name: str, count: int) -> str:
        """Return a query for rows whose column `name` is one of `count` values (one array on PostgreSQL)."""
        lead = f"merchant_id = {self.mark} AND " if self.on_server else ""
        if self.postgres:
            return f"{self.select}{lead}{name} = ANY({self.mark}::{ARRAYS[self._kinds[name]]})"
        return f"{self.select}{lead}{name} IN ({', '.join([self.mark] * count)})"

    def add_deltas(self, sums: Sequence[str]) -> str:
        """Return the statement that adds to totals, making the row when it is new."""
        return f"{self.insert} {self._on_conflict(sums)}"

    def add_deltas_many(self, sums: Sequence[str]) -> str:
        """Like `add_deltas`, for arrays of values: the merchant, then one array per column."""
        names = ", ".join(self.stored)
        return (
            f"INSERT INTO {self.spec.name} ({names}) SELECT {self.mark}, * FROM {self._unnest(self.columns)}"
            f" {self._on_conflict(sums)}"
        )

    def move_many(self, sums: Sequence[str]) -> str:
        """Return the statement that adds to totals that exist: arrays, then the merchant.

        Most totals exist; an update of their sums alone costs a third of an insert that meets a conflict.
        """
        table, given = self.spec.name, ("id", *sums)
        sets = ", ".join(f"{name} = {table}.{name} + v.{name}" for name in sums)
        return (
            f"UPDATE {table} SET {sets} FROM {self._unnest(given)} AS v ({', '.join(given)})"
            f" WHERE {table}.merchant_id = {self.mark} AND {table}.id = v.id"
        )

    def _on_conflict(self, sums: Sequence[str]) -> str:
        key = ", ".join((*self.lead, "id"))
        adds = ", ".join(f"{name} = {self.spec.name}.{name} + excluded.{name}" for name in sums)
        return f"ON CONFLICT ({key}) DO UPDATE SET {adds}"

    def _update_many(self, changed: Sequence[str]) -> str:
        table, given = self.spec.name, ("id", *changed)
        sets = ", ".join(f"{name} = v.{name}" for name in changed)
        return (
            f"UPDATE {table} SET {sets} FROM {self._unnest(given)} AS v ({', '.join(given)})"
            f" WHERE {table}.merchant_id = {self.mark} AND {table}.id = v.id"
        )

    def _unnest(self, names: Sequence[str]) -> str:
        return f"unnest({', '.join(f'{self.mark}::{ARRAYS[self._kinds[name]]}' for name in names)})"

    def bind(self, value: Any) -> Any:
        """Turn one value into what the driver takes."""
        if isinstance(value, UUID) and not self.postgres:
            return value.bytes
        return value

    def row_values(self, merchant: Any, row: Row) -> list[Any]:
        """Return a row's values for `insert`."""
        values = [row[name] for name in self.columns]
        if not self.postgres:
            for i in self._id_places:
                value = values[i]
                if value is not None:
                    values[i] = value.bytes
        return [merchant, *values] if self.on_server else values

    def update_values(self, merchant: Any, row: Row) -> list[Any]:
        """Return a row's values for `update`."""
        values = self.row_values(merchant, row)
        lead = len(self.lead)
        return [*values[lead + 1 :], *values[: lead + 1]]

    def arrays(self, rows: Iterable[Row], names: Sequence[str] | None = None) -> list[Any]:
        """Return one array per column (by default all), for the `_many` statements of PostgreSQL."""
        rows = list(rows)
        return [self.array(name, [row[name] for row in rows]) for name in names or self.columns]

    def array(self, name: str, values: Sequence[Any]) -> Any:
        """Return a column's values as PostgreSQL takes them: ids and numbers as its own text of an array.

        The driver takes ten times as long to write that text.
        """
        kind = self._kinds[name]
        if kind == "id":
            return f"{{{','.join(['NULL' if value is None else value.hex for value in values])}}}"
        if kind == "int":
            return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"
        return list(values)

    def reader(self) -> Callable[[Iterable[Values]], list[Row]]:
        """Return the function that turns fetched tuples into rows."""
        names, places = self.columns, self._id_places

        def read(fetched: Iterable[Values]) -> list[Row]:
            return [dict(zip(names, values, strict=True)) for values in fetched]

        def read_bytes(fetched: Iterable[Values]) -> list[Row]:
            rows = []
            for values in fetched:
                cells = list(values)
                for i in places:
                    if cells[i] is not None:
                        cells[i] = id_of(cells[i])
                rows.append(dict(zip(names, cells, strict=True)))
            return rows

        return read if self.postgres else read_bytes
