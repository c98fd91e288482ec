"""SQL text for the Store's few shapes of statement, made once per table and database."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Row, Side, TableSpec

Values = Sequence[Any]

ARRAYS = {"id": "uuid[]", "int": "bigint[]", "text": "text[]", "bytes": "bytea[]"}
"""PostgreSQL's array type of each kind of column."""


class TableStatements:
    """The statements of one table on one side of one database.

    Values are given and returned in the order of `columns` (merchant first on the server). Conversions
    between ids and what the driver takes happen here, as the ORM's own would cost a scan its budget.
    """

    def __init__(self, spec: TableSpec, side: Side, dialect: str) -> None:
        self.spec = spec
        self.on_server = side is Side.SERVER
        self.postgres = dialect == "postgresql"
        self.mark = "%s" if self.postgres else "?"
        system = ("feed_seq", "feed_hash") if spec.synced else ()
        self.columns: tuple[str, ...] = (*spec.names, *system)
        lead = ("merchant_id",) if self.on_server else ()
        self.stored: tuple[str, ...] = (*lead, *self.columns)
        ids = {"id", "merchant_id", *(c.name for c in spec.columns if c.kind == "id")}
        self._id_places = tuple(i for i, name in enumerate(self.columns) if name in ids)
        names = ", ".join(self.stored)
        marks = ", ".join([self.mark] * len(self.stored))
        self.insert = f"INSERT INTO {spec.name} ({names}) VALUES ({marks})"  # noqa: S608 - declared names only
        self.copy = f"COPY {spec.name} ({names}) FROM STDIN"
        changed = [name for name in self.columns if name != "id"]
        sets = ", ".join(f"{name} = {self.mark}" for name in changed)
        self.update = f"UPDATE {spec.name} SET {sets} WHERE {self.where('id')}"  # noqa: S608
        self.delete = f"DELETE FROM {spec.name} WHERE {self.where('id')}"  # noqa: S608
        self.select = f"SELECT {', '.join(self.columns)} FROM {spec.name} WHERE "  # noqa: S608
        self.select_one = self.select + self.where("id")

    def where(self, *names: str) -> str:
        """Return a condition on the merchant (where there are several) and equality of `names`."""
        lead = ["merchant_id"] if self.on_server else []
        return " AND ".join(f"{name} = {self.mark}" for name in (*lead, *names))

    def select_in(self, name: str, count: int) -> str:
        """Return a query for rows whose column `name` is one of `count` values (one array on PostgreSQL)."""
        lead = f"merchant_id = {self.mark} AND " if self.on_server else ""
        if self.postgres:
            return f"{self.select}{lead}{name} = ANY({self.mark})"
        return f"{self.select}{lead}{name} IN ({', '.join([self.mark] * count)})"

    def add_deltas(self, sums: Sequence[str]) -> str:
        """Return the statement that adds to totals, making the row when it is new."""
        key = "merchant_id, id" if self.on_server else "id"
        adds = ", ".join(f"{name} = {self.spec.name}.{name} + excluded.{name}" for name in sums)
        return f"{self.insert} ON CONFLICT ({key}) DO UPDATE SET {adds}"

    def add_many_deltas(self, sums: Sequence[str]) -> str:
        """Return the PostgreSQL form of `add_deltas` that takes one array a column."""
        key = "merchant_id, id" if self.on_server else "id"
        adds = ", ".join(f"{name} = {self.spec.name}.{name} + excluded.{name}" for name in sums)
        kinds = {"merchant_id": "id", "id": "id", **{c.name: c.kind for c in self.spec.columns}}
        arrays = ", ".join(f"%s::{ARRAYS[kinds[name]]}" for name in self.stored)
        return (
            f"INSERT INTO {self.spec.name} ({', '.join(self.stored)}) SELECT * FROM unnest({arrays})"
            f" ON CONFLICT ({key}) DO UPDATE SET {adds}"
        )

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
        lead = 1 if self.on_server else 0
        return [*values[lead + 1 :], *values[: lead + 1]]

    def reader(self) -> Callable[[Iterable[Values]], list[Row]]:
        """Return the function that turns fetched tuples into rows."""
        names, places, postgres = self.columns, self._id_places, self.postgres

        def read(fetched: Iterable[Values]) -> list[Row]:
            rows = []
            for values in fetched:
                if not postgres:
                    cells = list(values)
                    for i in places:
                        if cells[i] is not None:
                            cells[i] = id_of(cells[i])
                    values = cells
                rows.append(dict(zip(names, values, strict=True)))
            return rows

        return read
