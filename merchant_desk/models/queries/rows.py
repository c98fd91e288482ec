"""Turning fetched tuples into typed rows: columns that end in `id` are ids."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import id_of

View = TypeVar("View")


def fetch(connection: Connection, view: type[View], sql: str, values: Sequence[Any] = ()) -> list[View]:
    """Run a query on a desk's database and return its rows as `view`s, by position.

    Columns named `id` or ending in `_id` become UUIDs. `values` may hold UUIDs.
    """
    bound = tuple(v.bytes if isinstance(v, UUID) else v for v in values)
    names, rows = _rows(connection, sql, bound)
    places = _id_places(names)
    if not places:
        return [view(*row) for row in rows]
    found = []
    for row in rows:
        cells = list(row)
        for i in places:
            if cells[i] is not None:
                cells[i] = id_of(cells[i])
        found.append(view(*cells))
    return found


def _rows(connection: Connection, sql: str, bound: tuple[Any, ...]) -> tuple[tuple[str, ...], list[Any]]:
    """Ask the driver itself: a station asks ten questions a scan; a result object costs more than its rows.

    An error is met again through SQLAlchemy, which gives it its name.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, bound)
        return tuple(column[0] for column in cursor.description), list(cursor.fetchall())
    except Exception:  # noqa: BLE001 - whatever it is, it is raised below
        result = connection.exec_driver_sql(sql, bound)
        return tuple(result.keys()), list(result)
    finally:
        cursor.close()


@lru_cache(maxsize=256)
def _id_places(names: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(i for i, name in enumerate(names) if name == "id" or name.endswith("_id"))


def fetch_one(connection: Connection, view: type[View], sql: str, values: Sequence[Any] = ()) -> View | None:
    """Return the first row of a query, or None."""
    rows = fetch(connection, view, sql, values)
    return rows[0] if rows else None


def marks(values: Sequence[Any]) -> str:
    """Return the question marks of an IN list."""
    return ", ".join("?" * len(values))
