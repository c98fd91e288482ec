"""Windows on lists of any length: by key, never by offset; searched by the desk's own index."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch, marks
from merchant_desk.models.search import MOST_FOUND, found_rows

View = TypeVar("View")
Cursor = tuple[Any, UUID]
"""A row's place in an order: the value that it is ordered by, and its id."""

BROAD = 10_000

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
    """Return one window of a list, in the list's order either way.

    Of what was typed, the latest `MOST_FOUND` matches are looked at.
    """
    order = listing.orders[part.sort]
    walks = bool(wanted.typed) or (wanted.broad and not order.by_status)
    where, values = _conditions(connection, listing, wanted, walks=walks)
    down = part.descending is not part.backward
    if part.cursor is not None:
        where.append(f"({order.sql}, {listing.id}) {'<' if down else '>'} (?, ?)")
        values += part.cursor
    way = "DESC" if down else "ASC"
    sql = (
        f"SELECT {listing.columns} {listing.source} WHERE {' AND '.join(where) or '1'}"
        f" ORDER BY {order.sql} {way}, {listing.id} {way} LIMIT ?"
    )
    rows = fetch(connection, listing.view, sql, [*values, part.limit])
    return rows[::-1] if part.backward else rows


def cursor_of(listing: Listing[Any], row: Any, sort: str) -> Cursor:
    """Return a row's place in an order."""
    return getattr(row, listing.orders[sort].attribute), row.id


def count(connection: Connection, listing: Listing[Any], wanted: Filter) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is exact (more may match than were looked at)."""
    where, values = _conditions(connection, listing, wanted, walks=bool(wanted.typed))
    sql = f"SELECT count(*) {listing.source} WHERE {' AND '.join(where) or '1'}"
    bound = tuple(value.bytes if isinstance(value, UUID) else value for value in values)
    rows = int(connection.exec_driver_sql(sql, bound).scalar() or 0)
    return rows, not wanted.typed or rows < MOST_FOUND


def _conditions(
    connection: Connection, listing: Listing[Any], wanted: Filter, *, walks: bool
) -> tuple[list[str], list[Any]]:
    """Return conditions and their values; `walks` keeps SQLite from choosing the index of states."""
    where, values = list(wanted.conditions), list(wanted.values)
    if wanted.states:
        where.append(f"{'+' if walks else ''}{listing.status} IN ({marks(wanted.states)})")
        values += wanted.states
    if wanted.typed and listing.searched:
        states = wanted.states if listing.number == "t.rowid" else ()
        numbers = found_rows(connection, listing.searched, wanted.typed, states)
        where.append(f"{listing.number} IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(numbers))
    return where, values
