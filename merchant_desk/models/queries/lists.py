"""Windows on lists of any length: by key, never by offset; searched by the desk's own index."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch, marks
from merchant_desk.models.search import MOST_FOUND, exact_rows, found_rows

View = TypeVar("View")
Cursor = tuple[Any, UUID]
"""A row's place in an order: the value that it is ordered by, and its id."""

BROAD = 10_000

MOST_EXACT = 1_000
"""How many rows that are called exactly what was typed are put first."""

LAST = 9_223_372_036_854_775_807
"""Stands where a time is missing, so that such rows come last."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a list can be ordered by: an SQL expression, and the view's attribute with the same value.

    `by_status` tells that an index holds the rows of each state in this order.
    """

    sql: str
    attribute: str
    by_status: bool = False


@dataclass(frozen=True)
class Listing(Generic[View]):
    """A list that can be read in windows. In its SQL, `t` is the table whose rows it lists.

    `searched` names the table of the search index that `number` (a column of row numbers) belongs to.
    """

    view: type[View]
    columns: str
    source: str
    orders: Mapping[str, Order]
    searched: str = ""
    number: str = "t.rowid"
    status: str = "t.status"
    id: str = "t.id"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows of a list: words typed, states, and conditions of SQL with their values.

    `broad` says that many rows are in these states (from `BROAD` on): they are then met soon on a walk along
    the order, while sorting all of them would take long.
    """

    typed: str = ""
    states: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = field(default=())
    broad: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Which part: up to `limit` rows after the cursor (before it if `backward`), in an order."""

    sort: str
    descending: bool = False
    cursor: Cursor | None = None
    limit: int = 200
    backward: bool = False


def window(connection: Connection, listing: Listing[View], wanted: Filter, part: Window) -> list[View]:
    """Return one window of a list in its order, either way; rows called exactly what was typed come first.

    Of what was typed, the latest `MOST_FOUND` matches are looked at.
    """
    order = listing.orders[part.sort]
    walks = bool(wanted.typed) or (wanted.broad and not order.by_status)
    numbers, named = _numbers(connection, listing, wanted)
    where, values = _conditions(listing, wanted, numbers, walks=walks)
    exact = _ids(connection, listing, named)
    keys = [order.sql, listing.id]
    if exact:
        keys.insert(0, f"{listing.id} {'' if part.descending else 'NOT '}IN ({marks(exact)})")
    down = part.descending is not part.backward
    if part.cursor is not None:
        where.append(f"({', '.join(keys)}) {'<' if down else '>'} ({marks(keys)})")
        rank = [(part.cursor[1] in exact) is part.descending] if exact else []
        values += [*exact, *rank, *part.cursor]
    way = "DESC" if down else "ASC"
    sql = (
        f"SELECT {listing.columns} {listing.source} WHERE {' AND '.join(where) or '1'}"
        f" ORDER BY {', '.join(f'{key} {way}' for key in keys)} LIMIT ?"
    )
    rows = fetch(connection, listing.view, sql, [*values, *exact, part.limit])
    return rows[::-1] if part.backward else rows


def exact_ids(connection: Connection, listing: Listing[Any], typed: str) -> list[UUID]:
    """Return the ids of the rows that are called exactly what was typed, whatever their state."""
    return _ids(connection, listing, _numbers(connection, listing, Filter(typed))[1])


def cursor_of(listing: Listing[Any], row: Any, sort: str) -> Cursor:
    """Return a row's place in an order."""
    return getattr(row, listing.orders[sort].attribute), row.id


def count(connection: Connection, listing: Listing[Any], wanted: Filter) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is exact (more may match than were looked at)."""
    numbers, _ = _numbers(connection, listing, wanted)
    where, values = _conditions(listing, wanted, numbers, walks=bool(wanted.typed))
    sql = f"SELECT count(*) {listing.source} WHERE {' AND '.join(where) or '1'}"
    bound = tuple(value.bytes if isinstance(value, UUID) else value for value in values)
    rows = int(connection.exec_driver_sql(sql, bound).scalar() or 0)
    return rows, not wanted.typed or rows < MOST_FOUND


def _numbers(connection: Connection, listing: Listing[Any], wanted: Filter) -> tuple[list[int], list[int]]:
    """Return the row numbers of what was typed, and of those the ones that are called exactly that."""
    if not wanted.typed or not listing.searched:
        return [], []
    states = wanted.states if listing.number == "t.rowid" else ()
    found = found_rows(connection, listing.searched, wanted.typed, states)
    exact = exact_rows(connection, listing.searched, wanted.typed, found)
    return [*found, *exact], exact


def _ids(connection: Connection, listing: Listing[Any], numbers: list[int]) -> list[UUID]:
    if not numbers:
        return []
    sql = f"SELECT {listing.id} {listing.source} WHERE {listing.number} IN (SELECT value FROM json_each(?))"
    rows = connection.exec_driver_sql(f"{sql} ORDER BY 1 LIMIT ?", (json.dumps(numbers), MOST_EXACT))
    return [UUID(bytes=row[0]) for row in rows]


def _conditions(
    listing: Listing[Any], wanted: Filter, numbers: list[int], *, walks: bool
) -> tuple[list[str], list[Any]]:
    """Return conditions and their values; `walks` keeps SQLite from choosing the index of states."""
    where, values = list(wanted.conditions), list(wanted.values)
    if wanted.states:
        where.append(f"{'+' if walks else ''}{listing.status} IN ({marks(wanted.states)})")
        values += wanted.states
    if wanted.typed and listing.searched:
        where.append(f"{listing.number} IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(numbers))
    return where, values
