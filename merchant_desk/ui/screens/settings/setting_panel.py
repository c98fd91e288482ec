"""The side panel of a setting: what it is for, what counts and why, each level, and who changed it when."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level, Setting
from merchant_desk.models.queries import people
from merchant_desk.models.queries.settings import Change
from merchant_desk.sync.settings import Standing
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import Fact, FactList, Moment, Timeline
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.settings.level_row import LevelRow
from merchant_desk.ui.texts.setting_words import setting_name, setting_why, stored_words, value_words
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel, replace_widgets
from merchant_desk.ui.window.screens import ScreenContext


@dataclass(frozen=True, slots=True)
class Detail:
    """What is read about one setting: its changes, which levels one may not decide, who decided here last."""

    changes: list[Change]
    refused: Mapping[Level, Refusal]
    who: str = ""


class SettingPanel(Panel):
    """One setting; `tools` are parts that belong to a group (teaching a scanner), by the group's name.

    `settled` follows when no decision on a setting is under way any more. Until then its editors keep what
    the hand gave them: what is read meanwhile may be older.
    """

    settled = Signal()

    def __init__(self, parts: ScreenParts, context: ScreenContext, tools: Mapping[str, QWidget]) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._reading = LatestReading(context.runner, self)
        self._under_way: Counter[str] = Counter()
        self._tools = tools
        self._standing: Standing | None = None
        self._detail = Detail([], {})
        self.setting: Setting[Any] | None = None
        self.rows: dict[Level, LevelRow] = {}
        self._why, self._history_title = label("", "second", wrap=True), label("", "strong")
        self._facts, self._history = FactList(self._look), Timeline(self._look)
        self._levels = QVBoxLayout()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._why)
        column.addWidget(self._facts)
        column.addSpacing(Space.SMALL)
        column.addLayout(self._levels)
        for tool in tools.values():
            column.addWidget(tool)
        column.addSpacing(Space.SMALL)
        column.addWidget(self._history_title)
        column.addWidget(self._history)
        column.addStretch(1)
        self.body.addWidget(scrolled(inside), 1)
        self._look.language.follow(self, self._write)

    def show_setting(self, setting: Setting[Any] | None, standing: Standing) -> None:
        """Show a setting as it stands; what the database knows of it is read in the background."""
        self._standing = standing
        if setting is not self.setting:
            self.setting, self._detail = setting, Detail([], {})
            self._build()
        self._write()
        self.read()

    def read(self) -> None:
        """Read who changed it, and what may be decided."""
        setting, standing, desk = self.setting, self._standing, self._parts.desk
        person, settings = desk.signed_in, desk.settings
        if setting is None or standing is None or person is None:
            return
        last = standing.last(setting)

        def work() -> Detail:
            refused = {}
            for level in setting.levels:
                try:
                    settings.check_may(setting, level, person.id)
                except Refusal as refusal:
                    refused[level] = refusal
            with desk.read() as connection, connection.begin():
                by = people.person(connection, last.set_by) if last is not None and last.set_by else None
            return Detail(settings.changes(setting.key, person.id), refused, by.name if by else "")

        self._reading.ask(work, partial(self._take, setting))

    def focus_editor(self) -> None:
        """Move the focus to the first thing that can be changed."""
        for row in self.rows.values():
            for part in row.editor.findChildren(QWidget):
                if part.isEnabled() and part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    part.setFocus(Qt.FocusReason.TabFocusReason)
                    return

    def _take(self, setting: Setting[Any], detail: Detail) -> None:
        if setting is self.setting:
            self._detail = detail
            self._write()

    def _decide(self, level: Level, value: object) -> None:
        setting, person = self.setting, self._parts.desk.signed_in
        if setting is None or person is None:
            return
        decided = self._parts.desk.settings.submit(setting, level, value, person.id)
        self._under_way[setting.key] += 1

        def failed(error: Exception) -> None:
            self._doing.refuse(error)
            self._settle(setting)

        self._doing.run(decided.result, lambda _: self._settle(setting), failed=failed)

    def _settle(self, setting: Setting[Any]) -> None:
        """Show again what stands, once nothing is under way that changes it."""
        self._under_way[setting.key] -= 1
        if not self._under_way[setting.key]:
            self.settled.emit()

    def _build(self) -> None:
        setting = self.setting
        self.rows = {}
        for level in reversed(setting.levels) if setting is not None else ():
            self.rows[level] = LevelRow(self._look, setting, level)  # type: ignore[arg-type]
            self.rows[level].decided.connect(self._decide)
        replace_widgets(self._levels, list(self.rows.values()))
        for group, tool in self._tools.items():
            tool.setVisible(setting is not None and setting.group == group)

    def _write(self) -> None:
        setting, standing = self.setting, self._standing
        if setting is None or standing is None:
            return
        language, text, decisions = self._look.language, self._look.text, standing.decisions
        level = decisions.level(setting)
        counts = value_words(setting, decisions.value(setting), language)
        self.set_title(setting_name(setting, language))
        self._why.setText(setting_why(setting, language))
        self._facts.show_facts(
            [
                Fact(text("settings.value"), counts, strong=True),
                Fact(text("settings.from"), text(f"settings.level.{level or 'default'}")),
                Fact(text("settings.level.default"), value_words(setting, setting.default, language)),
                Fact(text("settings.key"), setting.key),
            ]
        )
        for row in self.rows.values() if not self._under_way[setting.key] else ():
            row.show_state(decisions, self._detail.refused.get(row.level))
        moments = [self._moment(setting, change) for change in self._detail.changes]
        last = standing.last(setting)
        if level is Level.DESK and last is not None:
            who = self._detail.who or text("settings.by_itself")
            at = language.moment(last.set_at, self._parts.now())
            moments.insert(0, Moment(at, counts, f"{text('settings.level.desk')} · {who}", Tone.ACCENT))
        self._history_title.setText(text("settings.changes"))
        self._history_title.setVisible(bool(moments))
        self._history.show_moments(moments)
        self._history.setVisible(bool(moments))

    def _moment(self, setting: Setting[Any], change: Change) -> Moment:
        language, text = self._look.language, self._look.text
        title = (
            f"{stored_words(setting, change.was, language)} → {stored_words(setting, change.value, language)}"
        )
        detail = f"{text(f'settings.level.{change.level}')} · {change.person} · {change.desk}"
        return Moment(language.moment(change.set_at, self._parts.now()), title, detail, Tone.NEUTRAL)
