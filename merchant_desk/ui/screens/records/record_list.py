"""A screen of records under codes: added, changed, archived and used again, each by one key."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.lists import Filter, Listing
from merchant_desk.models.queries.records import ChangeRow, archived_counts
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.records.record_form import FormField, FormWords, RecordForm
from merchant_desk.ui.screens.records.record_panel import RecordPanel, Shown
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Column, Sort
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

GROUP = "actions.list"


class Record(Protocol):
    """A row of such a list."""

    @property
    def id(self) -> UUID:
        """What tells it from all others."""
        ...

    @property
    def code(self) -> str:
        """What people tell it from others by."""
        ...

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def archived(self) -> int:
        """1 for one that is used no more."""
        ...


R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class RecordDesign(Generic[R]):
    """What one list of records is made of; `tables` (its own first) are those whose changes show in it.

    `above` are actions about no single record: their buttons stand in the head.
    `ending` returns the operation that archives a record (True) or brings it back; without it none does here.
    """

    id: str
    icon: str
    right: str
    listing: Listing[R]
    columns: tuple[Column[R], ...]
    tables: tuple[str, ...]
    spare: tuple[str, ...] = ()
    ending: Callable[[UUID, bool], object] | None = None
    above: tuple[str, ...] = ()


def named_like(_: Connection, wanted: Filter) -> Filter:
    """Show the records in whose code or name every typed word is; there is no index of so few."""
    words = wanted.typed.split()
    values = [f"%{word}%" for word in words for _ in range(2)]
    conditions = (*wanted.conditions, *("(t.code LIKE ? OR t.name LIKE ?)",) * len(words))
    return replace(wanted, typed="", conditions=conditions, values=(*wanted.values, *values))


def _tab(name: str, archived: int) -> TabDesign:
    return TabDesign(name, f"records.tab_{name}", conditions=lambda _: (("t.archived = ?",), (archived,)))


class RecordList(ListPage, Generic[R]):
    """Records by code, the chosen one beside; texts are `<screen>.<what>`.

    Ctrl+N adds, F2 or Enter changes, F8 archives, F10 uses again; subclasses ask, read and put into words.
    """

    def __init__(self, parts: ScreenParts, context: ScreenContext, design: RecordDesign[R]) -> None:
        self._parts, self._context, self.design = parts, context, design
        screen = design.id
        table = design.tables[0]
        listed = ListDesign(
            screen, design.columns, (design.listing,), Sort("code"), design.tables,
            (_tab("used", 0), _tab("archived", 1)),
            lambda connection, _: archived_counts(connection, table),
            refine=named_like, placeholder="records.find", empty=self._say_empty, spare=design.spare,
        )  # fmt: skip
        self.pane = ListPane(parts, context, listed)
        self.panel = RecordPanel(parts, context, design.icon, self.read, self.say, self.say_change)
        super().__init__(context.look, f"screen.{screen}", self.pane, self.panel)
        self._doing = Doing(self, parts, context)
        self.pane.opened.connect(lambda _: context.actions.trigger(f"{screen}.change"))
        self.pane.chosen.connect(self._show)
        parts.changes.watch(self, (*design.tables, "record_changes"), self.panel.read_again, pause_ms=300)
        self._add_actions()

    def show_target(self, target: object) -> None:
        """Show one record, by id."""
        if isinstance(target, UUID):
            self.pane.show_only(target)

    # -- what a subclass says --------------------------------------------------------------------

    @abstractmethod
    def read(self, connection: Connection, id: UUID) -> Any | None:
        """Return what the panel tells of a record; off the window's thread."""

    @abstractmethod
    def say(self, found: Any, language: Language) -> Shown:
        """Put what was read into words."""

    @abstractmethod
    def ask_new(self) -> None:
        """Ask for a new record."""

    @abstractmethod
    def ask_change(self, row: R) -> None:
        """Ask what a record is called, and what else it says, from now on."""

    def more(self) -> list[Action]:
        """Return the actions that only these records have."""
        return []

    def say_change(self, change: ChangeRow, language: Language) -> str:
        """Put a change into words."""
        own = f"{self.design.id}.event.{change.event}"
        key = own if language.knows(own) else f"records.event.{change.event}"
        return language.text(key, was=change.was or "—", now=change.now or "—")

    # -- for subclasses --------------------------------------------------------------------------

    @property
    def row(self) -> R | None:
        """The chosen record, if it is in memory."""
        return self.pane.row

    def chosen(self, archived: int = 0) -> Callable[[], bool]:
        """Return what tells whether a record is chosen that is used, or one that is archived."""
        return lambda: self.row is not None and self.row.archived == archived

    def with_row(self, work: Callable[[R], None]) -> Callable[[], None]:
        """Return what does something with the chosen record, if there is one."""

        def go() -> None:
            if self.row is not None:
                work(self.row)

        return go

    def form(
        self,
        words: FormWords,
        fields: tuple[FormField, ...],
        bodies: Callable[[], tuple[object, ...]],
        **blame: str,
    ) -> None:
        """Ask for fields; `blame` names the field of each refusal (code=field)."""
        made = RecordForm(self, self._parts.desk, self._context, words, fields, bodies, blame)
        made.then = self.panel.read_again
        made.ask()

    def say_of(self, what: str, **facts: object) -> str:
        """Return a text of this screen."""
        return self._context.look.text(f"{self.design.id}.{what}", **facts)

    # -- inside ----------------------------------------------------------------------------------

    def _add_actions(self) -> None:
        screen, right, actions = self.design.id, self.design.right, self._context.actions
        add = act(f"{screen}.add", self.ask_new, "Ctrl+N", "plus", right=right, group=GROUP)
        own = [
            act(f"{screen}.change", self.with_row(self.ask_change), "F2", "pencil", when=self.chosen(),
                right=right, group=GROUP),
            *self.more(),
        ]  # fmt: skip
        ending = self.design.ending
        if ending is not None:
            archive, restore = (self.with_row(partial(self._end, ending, end)) for end in (True, False))
            own += [
                act(f"{screen}.archive", archive, "F8", "x", when=self.chosen(), right=right, group=GROUP),
                act(f"{screen}.restore", restore, "F10", "rotate-ccw", when=self.chosen(1), right=right,
                    group=GROUP),
            ]  # fmt: skip
        actions.add([*self.pane.commands(), add, *own])
        for name in self.design.above:
            self.head.add_button(actions.button(name))
        self.head.add_button(actions.button(add.id, Kind.PRIMARY))
        beside = [one.id for one in own if one.id not in self.design.above]
        self.panel.buttons.addWidget(ButtonRow(actions, beside, beside[:1]))

    def _show(self, id: UUID | None) -> None:
        self.panel.show_record(id)
        self._context.actions.refresh()

    def _end(self, ending: Callable[[UUID, bool], object], archives: bool, row: R) -> None:
        told = self.say_of("archived_one" if archives else "restored_one", name=row.name)
        self._doing.do(ending(row.id, archives), told=told)

    def _say_empty(self, state: EmptyState) -> None:
        typed, text = bool(self.pane.table.search.text()), self._context.look.text
        ended = self.pane.tabs.current == "archived"
        key = (
            "records.not_found" if typed else "records.none_archived" if ended else f"{self.design.id}.empty"
        )
        state.set_texts(text(key), text(f"{key}_hint"), icon=self.design.icon)
