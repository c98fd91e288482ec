"""One level of a setting: what it decided, changing that, taking it back, or why one may not."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Decisions, Level, Setting
from merchant_desk.ui.screens.settings.editors import editor_of
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.setting_words import setting_name
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.labels import label


class LevelRow(QWidget):
    """A level by name, its editor, and a button that takes its decision back.

    `decided(level, value)`: None takes back.
    """

    decided = Signal(object, object)

    def __init__(self, look: Look, setting: Setting[Any], level: Level) -> None:
        super().__init__()
        self._look, self._setting, self.level = look, setting, level
        self._name = label("", "strong")
        self._counts = Chip(look)
        self.back = ActionButton(look, kind=Kind.QUIET, icon="rotate-ccw")
        self.editor = editor_of(look, setting)
        self._why_not = label("", "small", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(Space.SMALL)
        head.addWidget(self._name)
        head.addWidget(self._counts)
        head.addStretch(1)
        head.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, Space.SMALL)
        column.setSpacing(Space.HAIR)
        column.addLayout(head)
        column.addWidget(self.editor)
        column.addWidget(self._why_not)
        self.editor.setVisible(not setting.kept)
        self.editor.given.connect(lambda value: self.decided.emit(level, value))
        self.back.clicked.connect(lambda: self.decided.emit(level, None))

    def show_state(self, decisions: Decisions, refused: Refusal | None) -> None:
        """Show what this level decided, else what counts without it, and whether it may be changed here."""
        setting, language, text = self._setting, self._look.language, self._look.text
        here = (setting.key, self.level) in decisions.values
        wider = setting.levels[: setting.levels.index(self.level) + 1]
        counted = next((at for at in reversed(wider) if (setting.key, at) in decisions.values), None)
        self.editor.show_value(setting.default if counted is None else decisions.at(setting, counted))
        self._name.setText(text(f"settings.level.{self.level}"))
        counts = text("settings.counts") if decisions.level(setting) is self.level else ""
        self._counts.show_chip(ChipText(counts, Tone.ACCENT))
        self._counts.setVisible(bool(counts))
        leaves = any((setting.key, at) in decisions.values for at in wider[:-1])
        self.back.setText(text("settings.take_back" if leaves else "settings.reset"))
        self.back.setAccessibleName(f"{self.back.text()}: {setting_name(setting, language)}")
        self.back.setVisible(here)
        for part in (self.editor, self.back):
            part.setEnabled(refused is None)
        why = describe(refused, language) if refused is not None else ""
        if not why and setting.kept:
            why = text("settings.kept")
        elif not why and not here and len(setting.levels) > 1:
            why = text("settings.undecided_here")
        self._why_not.setText(why)
        self._why_not.setVisible(bool(why))
