"""A list on a screen: tabs with their counts, the table, and what keeps both up to date."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.models.queries.lists import BROAD, Filter, Listing
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.coverage import coverage
from merchant_desk.ui.screens.lists.list_export import ListExport
from merchant_desk.ui.screens.lists.list_source import ListSource, Refine, Shown, as_typed
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Column, Sort
from merchant_desk.ui.tables.data_table import DataTable
from merchant_desk.ui.tables.keyset_model import KeysetModel
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext

COUNT_PAUSE_MS = 1_500
COVERAGE_MS = 5_000

Counts = dict[str, int]
R = TypeVar("R", bound="Listed")


class Listed(Protocol):
    """A row of a list: whatever has an id."""

    @property
    def id(self) -> UUID:
        """What tells it from all others."""
        ...


def chosen_row(wanted: UUID | None, *rows: R | None) -> R | None:
    """Return the row that is wanted: what a panel shows may be one step behind the choice in its list."""
    return next((row for row in rows if row is not None and row.id == wanted), None)


@dataclass(frozen=True, slots=True)
class TabDesign:
    """One tab: the states that it shows (none: all), further conditions, and whether its count is urgent.

    `sort` is the order in which the tab opens, `hides` columns that say nothing new in it; `conditions`
    may depend on the time (microseconds UTC).
    """

    id: str
    title: str
    states: tuple[str, ...] = ()
    tone: Tone = Tone.NEUTRAL
    sort: Sort | None = None
    conditions: Callable[[int], tuple[tuple[str, ...], tuple[Any, ...]]] = field(default=lambda now: ((), ()))
    hides: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListDesign:
    """What one list is made of. `counts` gives the number of each tab by its id.

    `spare` are columns that make room where the table is narrow, the first named first.
    """

    id: str
    columns: Sequence[Column[Any]]
    listings: Sequence[Listing[Any]]
    sort: Sort
    tables: tuple[str, ...]
    tabs: tuple[TabDesign, ...] = ()
    counts: Callable[[Connection, int], Counts] | None = None
    refine: Refine = as_typed
    placeholder: str = "table.search"
    searchable: bool = True
    empty: Callable[[EmptyState], None] | None = None
    spare: tuple[str, ...] = ()
    heading: str = ""


class ListPane(QWidget):
    """Tabs and table. `chosen(id)` follows the choice (None: nothing), `opened(id)` Enter and double click.

    `top` holds the tabs; a page with a side panel sets it over both.
    `covered(text)` tells how far the figures can be true; for the head of the page.
    """

    chosen = Signal(object)
    opened = Signal(object)
    covered = Signal(str)
    counted = Signal(object)

    def __init__(self, parts: ScreenParts, context: ScreenContext, design: ListDesign) -> None:
        super().__init__()
        self._parts, self._context, self._design = parts, context, design
        self._look = context.look
        self._counts: Counts = {}
        self._new = True
        self.source: ListSource[Any] = ListSource(parts.desk, design.listings, design.refine)
        self.model: KeysetModel[Any] = KeysetModel(
            self._look, context.runner, design.columns, self.source.query, design.sort
        )
        self.table = DataTable(
            self._look, self.model, searchable=design.searchable, placeholder=design.placeholder
        )
        self.tabs = FilterTabs(self._look)
        self.top = QWidget()
        self._heading = label("", "strong")
        self._only = ActionButton(self._look, kind=Kind.SECONDARY, icon="x")
        self._only.clicked.connect(self.show_all)
        self._only.hide()
        self.export = ListExport(self, parts.desk, context)
        self._lay_out()
        self._connect()
        self._write()
        self._choose_tab(self.tabs.current)
        self.count()

    @property
    def row(self) -> Any | None:
        """The chosen row, if it is in memory."""
        chosen = self.table.view.current_id
        at = self.model.position_of(chosen) if chosen is not None else None
        return None if at is None else self.model.rows[at]

    def show_only(self, row_id: UUID) -> None:
        """Show one record, whatever tab it would be in, until the person wants all again."""
        self.source.only = row_id
        self.table.search.clear()
        self._only.show()
        self.model.load()

    def show_all(self) -> None:
        """Show the whole tab again."""
        if self.source.only is not None:
            self.source.only = None
            self._only.hide()
            self.model.load()

    def choose_tab(self, name: str) -> None:
        """Open a tab by its id, with all that is in it."""
        if self.tabs.current != name:
            self.tabs.choose(name)
            return
        self.source.only = None
        self._only.hide()
        self._choose_tab(name)

    def count(self) -> None:
        """Count the tabs again, in the background."""
        counts = self._design.counts
        if counts is None:
            return
        now = self._parts.now()

        def work() -> Counts:
            with self._parts.desk.read() as connection, connection.begin():
                return counts(connection, now)

        self._context.runner.run(work, self._take_counts, owner=self)

    def commands(self) -> list[Action]:
        """Return the actions of every list; the screen adds them to its own."""
        screen, group = self._design.id, "actions.list"
        made = [
            Action(
                f"{screen}.find", "list.search", self.table.focus_search, "Ctrl+F", "search", group, screen
            ),
            Action(f"{screen}.refresh", "list.refresh", self._reload, "Ctrl+R", "refresh-cw", group, screen),
        ]
        asks = self.ask_export
        made.append(
            Action(f"{screen}.export", "list.export", asks, "Ctrl+E", "file-spreadsheet", group, screen)
        )
        if self._design.tabs:
            made += [
                Action(
                    f"{screen}.tab_back",
                    "list.previous_tab",
                    lambda: self._step(-1),
                    "Ctrl+PgUp",
                    "",
                    group,
                    screen,
                ),
                Action(
                    f"{screen}.tab_on",
                    "list.next_tab",
                    lambda: self._step(1),
                    "Ctrl+PgDown",
                    "",
                    group,
                    screen,
                ),
            ]
        return made

    def shown(self) -> Shown:
        """Return what the list shows now, as a file takes it."""
        hidden, count = self.table.view.hidden_columns, self.model.count
        columns = tuple(column for column in self._design.columns if column.key not in hidden)
        total = count.rows if count is not None else 0
        return Shown(self.source.frozen(), columns, self.model.sort_order, self.model.search_text, total)

    def ask_export(self) -> None:
        """Ask for a file, and write there what the list shows."""
        tab = next((tab.title for tab in self._design.tabs if tab.id == self.tabs.current), "")
        key = self._design.heading or f"screen.{self._design.id}"
        title = self._look.text(key) if self._look.language.knows(key) else self._design.id
        self.export.ask(self.shown(), f"{title} {self._look.text(tab)}" if tab else title)

    # -- inside ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        top = QHBoxLayout(self.top)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(Space.MEDIUM)
        top.addWidget(self._heading)
        top.addWidget(self.tabs, 1)
        column.addWidget(self.top)
        self._heading.setVisible(bool(self._design.heading))
        self.tabs.setVisible(bool(self._design.tabs))
        self.top.setVisible(bool(self._design.tabs or self._design.heading))
        panel = Panel(self._look, flush=True)
        panel.body.setContentsMargins(0, 0, 0, 0)
        panel.body.addWidget(self.table)
        self.table.tools.addWidget(self._only)
        self.table.tools.addStretch(1)
        column.addWidget(panel, 1)

    def _connect(self) -> None:
        if self._design.empty is not None:
            self.table.set_empty(self._design.empty)
        self.table.current_row.connect(self.chosen)
        self.table.activated_row.connect(self.opened)
        self.tabs.chosen.connect(self.choose_tab)
        self.model.rows_changed.connect(self._rows_changed)
        self._count_pause = QTimer(self)
        self._count_pause.setSingleShot(True)
        self._count_pause.setInterval(COUNT_PAUSE_MS)
        self._count_pause.timeout.connect(self.count)
        self._cover_timer = QTimer(self)
        self._cover_timer.setInterval(COVERAGE_MS)
        self._cover_timer.timeout.connect(self.tell_coverage)
        self._cover_timer.start()
        watched = self._design.tables + tuple(f"search_{one.searched}" for one in self._design.listings)
        self._parts.changes.watch(self, watched, self._refresh)
        self._look.language.changed.connect(self._write)

    def _rows_changed(self) -> None:
        """Tell again what is chosen: its row may have changed. The first row is chosen where none is."""
        view = self.table.view
        if self.model.rows and self._new:
            # Until there were rows, an empty state stood in their place and the focus went elsewhere.
            self._new = False
            focused: QWidget | None = self.window().focusWidget()
            here = focused is not None and (self.isAncestorOf(focused) or self.top.isAncestorOf(focused))
            if here and not self.table.search.text():
                view.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.model.rows and not view.selectionModel().hasSelection():
            view.setCurrentIndex(self.model.index(0, 0))
        else:
            self.chosen.emit(view.current_id)

    def _refresh(self) -> None:
        self.table.refresh()
        self.tell_coverage()
        if not self._count_pause.isActive():
            self._count_pause.start()

    def _reload(self) -> None:
        self.model.load()
        self.count()
        self.tell_coverage()

    def _hide_columns(self) -> None:
        hidden = {name for tab in self._design.tabs if tab.id == self.tabs.current for name in tab.hides}
        self.table.view.hide_columns(hidden, self._design.spare)

    def tell_coverage(self) -> None:
        """Say how far the figures can be true."""
        status = self._parts.desk.runtime.status
        self.covered.emit(coverage(status, self._look.language, self._parts.now()))

    def _choose_tab(self, name: str) -> None:
        tab = next((tab for tab in self._design.tabs if tab.id == name), None)
        if tab is not None:
            conditions, values = tab.conditions(self._parts.now())
            broad = sum(self._counts.get(state, 0) for state in tab.states) >= BROAD
            self.source.wanted = Filter("", tab.states, conditions, values, broad)
            self._order(tab.sort or self._design.sort)
        else:
            conditions, values = TabDesign("", "").conditions(0)
            self.source.wanted = Filter(conditions=conditions, values=values)
        self._hide_columns()
        self.table.open()
        self.table.view.scrollToTop()

    def _order(self, sort: Sort) -> None:
        self.model.sort_order = sort
        keys = [column.key for column in self._design.columns]
        way = Qt.SortOrder.DescendingOrder if sort.descending else Qt.SortOrder.AscendingOrder
        self.table.view.horizontalHeader().setSortIndicator(keys.index(sort.key), way)

    def _step(self, step: int) -> None:
        names = [tab.id for tab in self._design.tabs]
        at = names.index(self.tabs.current) + step
        if 0 <= at < len(names):
            self.tabs.choose(names[at])

    def _take_counts(self, counts: Counts) -> None:
        self._counts = counts
        self._write()
        self.counted.emit(counts)

    def _write(self) -> None:
        language = self._look.language
        self._only.setText(self._look.text("list.show_all"))
        if self._design.heading:
            self._heading.setText(self._look.text(self._design.heading))
        self.tabs.show_tabs(
            [
                Tab(
                    tab.id,
                    self._look.text(tab.title),
                    language.number(self._counts[tab.id]) if tab.id in self._counts else "",
                    tab.tone if self._counts.get(tab.id) else Tone.NEUTRAL,
                )
                for tab in self._design.tabs
            ]
        )
        self.tell_coverage()
