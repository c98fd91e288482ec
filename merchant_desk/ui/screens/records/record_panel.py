"""The side panel of a record: what is known of it, and who changed what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.models.queries.records import ChangeRow
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact, FactList, Moment, Timeline
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

EVENT_TONES = {"archived": Tone.NEUTRAL, "added": Tone.OK, "restored": Tone.OK}


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading, both in the person's language; without facts it is not shown."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel shows of one record, in the person's language."""

    title: str
    chips: Sequence[ChipText]
    facts: Sequence[Fact]
    sections: Sequence[Section]
    changes: Sequence[ChangeRow]


Read = Callable[[Connection, UUID], Any | None]
Say = Callable[[Any, Language], Shown]
SayChange = Callable[[ChangeRow, Language], str]


class RecordPanel(Panel):
    """One record; `read` is asked off the window's thread, `say` puts what it found into words."""

    def __init__(
        self,
        parts: ScreenParts,
        context: ScreenContext,
        icon: str,
        read: Read,
        say: Say,
        say_change: SayChange,
    ) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context = parts, context
        self._read, self._say, self._say_change = read, say, say_change
        self._icon = icon
        self._wanted: UUID | None = None
        self._found: Any | None = None
        self._facts = FactList(context.look)
        self._sections = [(label("", "strong"), FactList(context.look)) for _ in range(3)]
        self._past = label("", "strong")
        self._history = Timeline(context.look)
        self.buttons = QVBoxLayout()
        self._empty = EmptyState(context.look, icon)
        self._area = self._lay_out()
        self.body.addWidget(self._area)
        self.body.addWidget(self._empty)
        context.look.language.follow(self, self._write)

    def show_record(self, id: UUID | None) -> None:
        """Show a record; it is read in the background."""
        self._wanted = id
        if id is None:
            self._take(None, None)
        else:
            work = partial(self._parts.desk.ask, lambda connection: self._read(connection, id))
            self._context.runner.run(work, partial(self._take, id), owner=self)

    def read_again(self) -> None:
        """Read the record that is shown once more."""
        self.show_record(self._wanted)

    def _take(self, id: UUID | None, found: Any | None) -> None:
        if id == self._wanted:
            self._found = found
            self._write()

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._facts)
        column.addLayout(self.buttons)
        for title, facts in (*self._sections, (self._past, self._history)):
            title.setContentsMargins(0, Space.SMALL, 0, 0)
            column.addWidget(title)
            column.addWidget(facts)
        column.addStretch(1)
        return scrolled(inside)

    def _write(self) -> None:
        text, language = self._look.text, self._look.language
        there = self._found is not None
        self._area.setVisible(there)
        self._empty.setVisible(not there)
        if not there:
            self.set_title("")
            self._empty.set_texts(text("list.none_chosen"), text("list.none_chosen_hint"), icon=self._icon)
            return
        shown = self._say(self._found, language)
        self.set_title(shown.title)
        self.set_chips(list(shown.chips))
        self._facts.show_facts(shown.facts)
        for i, (title, facts) in enumerate(self._sections):
            section = shown.sections[i] if i < len(shown.sections) else Section("", ())
            title.setText(section.title)
            facts.show_facts(section.facts)
            for widget in (title, facts):
                widget.setVisible(bool(section.facts))
        self._past.setText(text("records.history"))
        self._past.setVisible(bool(shown.changes))
        now = self._parts.now()
        self._history.show_moments(
            [
                Moment(
                    language.moment(one.time, now),
                    self._say_change(one, language),
                    one.person or text("records.server"),
                    EVENT_TONES.get(one.event, Tone.ACCENT),
                )
                for one in shown.changes
            ]
        )
        self._history.setVisible(bool(shown.changes))
