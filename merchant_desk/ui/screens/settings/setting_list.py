"""The list of settings: by group, with what counts and where that comes from; found by words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings import Decisions, Level, Setting
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.data_table import SEARCH
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.setting_words import found_by, group_name, setting_name, value_words
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import separator
from merchant_desk.ui.widgets.panel import Panel


@dataclass(frozen=True)
class Shown:
    """A setting as the list shows it; `leads` is the first of its group."""

    setting: Setting[Any]
    value: Value
    level: Level | None
    leads: bool

    @property
    def differs(self) -> bool:
        """Whether it is not as it would be by default."""
        return bool(self.value != self.setting.default)


def _group(row: Shown, language: Language) -> Cell:
    return Cell(group_name(row.setting, language) if row.leads else "", quiet=True)


def _value(row: Shown, language: Language) -> Cell:
    return Cell(value_words(row.setting, row.value, language), strong=row.differs)


def _source(row: Shown, language: Language) -> Cell:
    words = language.text(f"settings.level.{row.level or 'default'}")
    if row.level is None:
        return Cell(words, quiet=True)
    return Cell(chip=ChipText(words, Tone.ACCENT if row.differs else Tone.NEUTRAL))


COLUMNS: tuple[Column[Shown], ...] = (
    Column("group", "settings.group", _group, width=19),
    Column(
        "name", "settings.name", lambda row, language: Cell(setting_name(row.setting, language)), least=16
    ),
    Column("value", "settings.value", _value, width=20),
    Column("source", "settings.from", _source, width=12),
)


def shown(decisions: Decisions, wanted: Callable[[Shown], bool]) -> list[Shown]:
    """Return the settings that are wanted, in the order of their declaration."""
    found: list[Shown] = []
    for setting in KNOWN.values():
        leads = not found or found[-1].setting.group != setting.group
        row = Shown(setting, decisions.value(setting), decisions.level(setting), leads)
        if wanted(row):
            found.append(row)
    return found


class SettingList(Panel):
    """Search field and rows. `chosen(setting)` follows the choice, `opened()` Enter and double click."""

    chosen = Signal(object)
    opened = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__(look, flush=True)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._decisions = Decisions()
        self._differing = False
        self._model: RowModel[Shown] = RowModel(look, COLUMNS, lambda row: row.setting.key, self)
        self.view = RowView(look, self._model)
        self.view.hide_columns((), ("source", "group"))
        self._empty = EmptyState(look, "search")
        self.search = QLineEdit()
        self.search.setProperty("look", "search")
        self.search.setMaximumWidth(SEARCH)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda _: self._fill())
        self._stack = QStackedWidget()
        self._lay_out()
        self.view.current_row.connect(lambda _: self.chosen.emit(self.setting))
        self.view.activated_row.connect(lambda _: self.opened.emit())
        look.language.follow(self, self._write)
        self._fill()

    @property
    def setting(self) -> Setting[Any] | None:
        """The chosen setting."""
        key = self.view.current_id
        return KNOWN.get(str(key)) if key is not None else None

    @property
    def rows(self) -> list[Shown]:
        """What is shown."""
        return list(self._model.rows)

    def show_decisions(self, decisions: Decisions, *, differing: bool) -> None:
        """Show what counts; `differing` leaves out what is as by default."""
        self._decisions, self._differing = decisions, differing
        self._fill()

    def choose(self, key: str) -> None:
        """Choose a setting by key; the search gives way."""
        if not self.view.choose(key):
            self.search.clear()
            self.view.choose(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.view.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return False

    def _fill(self) -> None:
        typed = self.search.text()
        before = self.view.current_id
        rows = shown(
            self._decisions,
            lambda row: (row.differs or not self._differing) and found_by(row.setting, typed),
        )
        self._model.replace(rows)
        if rows and (before is None or self._model.position_of(before) is None):
            self.view.choose(rows[0].setting.key)
        self._stack.setCurrentWidget(self.view if rows else self._empty)
        self._write()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(Space.MEDIUM, Space.SMALL + 2, Space.MEDIUM, Space.SMALL + 2)
        bar.addWidget(self.search, 1)
        bar.addStretch(1)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(separator())
        column.addWidget(self._stack, 1)
        self.body.addWidget(inside)

    def _write(self) -> None:
        text, typed = self._look.text, self.search.text()
        self.search.setPlaceholderText(text("settings.find"))
        if typed:
            self._empty.set_texts(text("table.no_match", search=typed), text("table.no_match_hint"))
        else:
            self._empty.set_texts(text("settings.none_differs"), icon="circle-check")
