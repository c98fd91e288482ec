"""Reads a list of the desk for a table, window by window, off the window's thread."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.models.queries.lists import Filter, Listing, Window, count, cursor_of, window
from merchant_desk.ui.tables.columns import Column, Sort
from merchant_desk.ui.tables.keyset_model import WINDOW, Count, Cursor, Direction, Query

R = TypeVar("R")

Refine = Callable[[Connection, Filter], Filter]
"""Looks once more at what was typed: a location's code among stock, say."""


def as_typed(_: Connection, wanted: Filter) -> Filter:
    """Take what was typed as it is."""
    return wanted


class ListSource(Generic[R]):
    """The rows of a list under its present filter; `listings` has one for each order that needs its own.

    `only` shows a single record, by id, until something is typed.
    """

    def __init__(self, desk: Desk, listings: Sequence[Listing[Any]], refine: Refine = as_typed) -> None:
        self._desk = desk
        self._listings = tuple(listings)
        self._refine = refine
        self.wanted = Filter()
        self.only: UUID | None = None

    def frozen(self) -> "ListSource[R]":
        """Return the source as it is now, for work that outlasts the next filter."""
        made: ListSource[R] = ListSource(self._desk, self._listings, self._refine)
        made.wanted, made.only = self.wanted, self.only
        return made

    @property
    def query(self) -> Query[R]:
        """What a table model asks."""
        return Query(self.fetch, lambda row: row.id, self.cursor_of, self.count)  # type: ignore[attr-defined]

    def fetch(
        self, cursor: Cursor | None, limit: int, direction: Direction, sort: Sort, typed: str
    ) -> Sequence[R]:
        """Return one window of rows."""
        listing, key = self._listing(sort)
        part = Window(key, sort.descending, cursor, limit, direction is Direction.BACKWARD)
        with self._desk.read() as connection, connection.begin():
            return window(connection, listing, self.filter(connection, typed, listing), part)

    def windows(self, connection: Connection, sort: Sort, typed: str) -> Iterator[Sequence[R]]:
        """Yield all rows, window by window, in one snapshot; memory does not grow with the list."""
        listing, key = self._listing(sort)
        wanted = self.filter(connection, typed, listing)
        cursor: Cursor | None = None
        while True:
            rows = window(connection, listing, wanted, Window(key, sort.descending, cursor, WINDOW))
            if rows:
                yield rows
            if len(rows) < WINDOW:
                return
            cursor = cursor_of(listing, rows[-1], key)

    def count(self, typed: str) -> Count:
        """Return how many rows match."""
        listing = self._listings[0]
        with self._desk.read() as connection, connection.begin():
            rows, exact = count(connection, listing, self.filter(connection, typed, listing))
        return Count(rows, exact=exact)

    def cursor_of(self, row: R, sort: Sort) -> Cursor:
        """Return a row's place."""
        listing, key = self._listing(sort)
        return cursor_of(listing, row, key)

    def _listing(self, sort: Sort) -> tuple[Listing[Any], str]:
        for listing in self._listings:
            if sort.key in listing.orders:
                return listing, sort.key
        first = self._listings[0]
        return first, next(iter(first.orders))

    def filter(self, connection: Connection, typed: str, listing: Listing[Any] | None = None) -> Filter:
        """Return which rows are shown when this is typed; `listing` is the first one unless it is told."""
        listing = listing or self._listings[0]
        if self.only is not None and not typed:
            return Filter(conditions=(f"{listing.id} = ?",), values=(self.only,))
        return self._refine(connection, replace(self.wanted, typed=typed))


@dataclass(frozen=True)
class Shown:
    """What a list shows at one moment; `total` rows, 0 where nobody knows."""

    source: ListSource[Any]
    columns: tuple[Column[Any], ...]
    sort: Sort
    typed: str
    total: int
