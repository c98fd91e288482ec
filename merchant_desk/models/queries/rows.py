"""Turning fetched tuples into typed rows: columns that end in `id` are ids."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

View = TypeVar("View")


def fetch(connection: Connection, view: type[View], sql: str, values: Sequence[Any] = ()) -> list[View]:
    """Run a query on a desk's database and return its rows as `view`s, by position.

    Columns named `id` or ending in `_id` become UUIDs. `values` may hold UUIDs.
    """
    result = connection.exec_driver_sql(sql, tuple(v.bytes if isinstance(v, UUID) else v for v in values))
    places = [i for i, name in enumerate(result.keys()) if name == "id" or name.endswith("_id")]
    found = []
    for row in result:
        cells = list(row)
        for i in places:
            if cells[i] is not None:
                cells[i] = UUID(bytes=cells[i])
        found.append(view(*cells))
    return found


def fetch_one(connection: Connection, view: type[View], sql: str, values: Sequence[Any] = ()) -> View | None:
    """Return the first row of a query, or None."""
    rows = fetch(connection, view, sql, values)
    return rows[0] if rows else None


def marks(values: Sequence[Any]) -> str:
    """Return the question marks of an IN list."""
    return ", ".join("?" * len(values))
