"""A model over a query of any length: it holds a window of rows and fetches by key, never by offset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.tables.columns import Column, RowId, Sort
from merchant_desk.ui.tables.row_model import Index, RowModel
from merchant_desk.ui.theme.look import Look

R = TypeVar("R")

Cursor = Any
"""A row's place in an order: what the query compares with, e.g. (total, id)."""

WINDOW = 200
KEEP = 5_000


class Direction(StrEnum):
    """Which way from the cursor; rows come back in the order of the table either way."""

    FORWARD = "forward"
    BACKWARD = "backward"


Fetch = Callable[[Cursor | None, int, Direction, Sort, str], Sequence[R]]
"""fetch(cursor, limit, direction, sort, search) -> rows; runs off the GUI thread.

Returns up to `limit` rows strictly after (before) `cursor`, in the table's order either way. Without a
cursor: the first rows forward, the last rows backward.
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows match; an estimate is said to be one."""

    rows: int
    exact: bool = True


@dataclass(frozen=True)
class Query(Generic[R]):
    """How rows are read: `cursor_of(row, sort)` makes a cursor; `count(search)` runs off the GUI too."""

    fetch: Fetch[R]
    row_id: Callable[[R], RowId]
    cursor_of: Callable[[R, Sort], Cursor]
    count: Callable[[str], Count] | None = None


class LoadState(StrEnum):
    """What the table as a whole is doing."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class KeysetModel(RowModel[R]):
    """Rows of a query, a window at a time.

    Views call `fetchMore`, `need_above` and `go_to_end`; whoever hears of Changes calls `refresh`.
    `state_changed` and `count_changed` tell the view; `about_to_change` and `rows_changed` bracket every
    difference, so that a view can keep its place.
    """

    state_changed = Signal()
    count_changed = Signal()
    about_to_change = Signal()
    rows_changed = Signal()

    def __init__(
        self,
        look: Look,
        runner: TaskRunner,
        columns: Sequence[Column[R]],
        query: Query[R],
        sort: Sort,
        *,
        window: int = WINDOW,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(look, columns, query.row_id, parent)
        self._runner = runner
        self._query = query
        self._window = window
        self.sort_order = sort
        self.search_text = ""
        self.load_state = LoadState.LOADING
        self.error: Exception | None = None
        self.count: Count | None = None
        self._start: Cursor | None = None
        self._more_below = False
        self._busy = False
        self._stale = False
        self._asked = 0
        self._count_asked = 0

    @property
    def at_start(self) -> bool:
        """Whether the first row in memory is the first of the query."""
        return self._start is None

    @property
    def at_end(self) -> bool:
        """Whether the last row in memory is the last of the query."""
        return not self._more_below

    @property
    def busy(self) -> bool:
        """Whether a window is on its way."""
        return self._busy

    def load(self) -> None:
        """Fetch the first window, forgetting what is on its way; rows shown stay until it is here."""
        self.forget()
        if not self.rows:
            self._set_state(LoadState.LOADING)
        self._ask(None, self._window, Direction.FORWARD, partial(self._take_all, None))
        self._ask_count()

    def search(self, text: str) -> None:
        """Show what matches a text, from the top."""
        if text != self.search_text:
            self.search_text = text
            self.count = None
            self.load()

    def order_by(self, sort: Sort) -> None:
        """Show the rows in another order, from the top."""
        if sort != self.sort_order:
            self.sort_order = sort
            self.load()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        spec = self.columns[column]
        if spec.value is not None:
            self.order_by(Sort(spec.key, order is Qt.SortOrder.DescendingOrder))

    def refresh(self) -> None:
        """Read the rows in memory again and show the difference; calls while one runs become one more."""
        if self._busy:
            self._stale = True
            return
        limit = max(self._window, len(self.rows) + (self._window if self.at_end else 0))
        self._ask(self._start, limit, Direction.FORWARD, partial(self._take_all, self._start))
        self._ask_count()

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more_below and not self._busy and bool(self.rows)

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            cursor = self._query.cursor_of(self.rows[-1], self.sort_order)
            self._ask(cursor, self._window, Direction.FORWARD, self._take_below)

    def need_above(self) -> None:
        """Fetch the window above the first row in memory, if there is one."""
        if not self.at_start and not self._busy and self.rows:
            cursor = self._query.cursor_of(self.rows[0], self.sort_order)
            self._ask(cursor, self._window, Direction.BACKWARD, self._take_above)

    def go_to_start(self) -> None:
        """Show the first window of the query."""
        if not self.at_start:
            self.load()

    def go_to_end(self) -> None:
        """Show the last window of the query, without reading what lies between."""
        if self._more_below:
            self.forget()
            self._ask(None, self._window, Direction.BACKWARD, self._take_end)

    def forget(self) -> None:
        """Take no interest in what is on its way."""
        self._asked += 1
        self._count_asked += 1
        self._busy = self._stale = False

    def _ask(
        self,
        cursor: Cursor | None,
        limit: int,
        direction: Direction,
        take: Callable[[Sequence[R], int], None],
    ) -> None:
        """Fetch in the background; one row more than wanted tells whether there is more."""
        self._busy = True
        self._asked += 1
        number = self._asked
        self._runner.run(
            partial(self._query.fetch, cursor, limit + 1, direction, self.sort_order, self.search_text),
            lambda rows: self._arrived(number, rows, limit, take),
            failed=lambda error: self._failed(number, error),
            owner=self,
        )

    def _arrived(
        self, number: int, rows: Sequence[R], limit: int, take: Callable[[Sequence[R], int], None]
    ) -> None:
        if number != self._asked:
            return
        self._busy = False
        self.error = None
        self.about_to_change.emit()
        take(rows, limit)
        self.rows_changed.emit()
        self._set_state(LoadState.READY)
        if self._stale:
            self._stale = False
            self.refresh()

    def _failed(self, number: int, error: Exception) -> None:
        if number == self._asked:
            self._busy = self._stale = False
            self.error = error
            self._set_state(LoadState.FAILED)

    def _take_all(self, start: Cursor | None, rows: Sequence[R], limit: int) -> None:
        self._start = start
        self._more_below = len(rows) > limit
        self.replace(rows[:limit])

    def _take_below(self, rows: Sequence[R], limit: int) -> None:
        self._more_below = len(rows) > limit
        known = {self.id_of(row) for row in self.rows}
        kept = [*self.rows, *(row for row in rows[:limit] if self.id_of(row) not in known)]
        over = len(kept) - KEEP
        if over > 0:
            self._start = self._query.cursor_of(kept[over - 1], self.sort_order)
            kept = kept[over:]
        self.replace(kept)

    def _take_above(self, rows: Sequence[R], limit: int) -> None:
        above = self._from_end(rows, limit)
        known = {self.id_of(row) for row in self.rows}
        kept = [*(row for row in above if self.id_of(row) not in known), *self.rows]
        if len(kept) > KEEP:
            self._more_below = True
            kept = kept[:KEEP]
        self.replace(kept)

    def _take_end(self, rows: Sequence[R], limit: int) -> None:
        self._more_below = False
        self.replace(self._from_end(rows, limit))

    def _from_end(self, rows: Sequence[R], limit: int) -> Sequence[R]:
        """Return the rows without the extra first one, whose cursor is where the window begins."""
        more = len(rows) > limit
        self._start = self._query.cursor_of(rows[0], self.sort_order) if more else None
        return rows[1:] if more else rows

    def _ask_count(self) -> None:
        if self._query.count is None:
            return
        self._count_asked += 1
        number = self._count_asked

        def take(count: Count) -> None:
            if number == self._count_asked:
                self.count = count
                self.count_changed.emit()

        self._runner.run(partial(self._query.count, self.search_text), take, owner=self)

    def _set_state(self, state: LoadState) -> None:
        self.load_state = state
        self.state_changed.emit()
