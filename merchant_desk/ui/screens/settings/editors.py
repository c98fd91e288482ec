"""How a value is changed, drawn from its kind: a box, a row of choices, boxes, a field to type in."""

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import Choice, Several, Switch, Value, Whole
from merchant_desk.domain.settings import Setting
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.setting_words import setting_name, value_words
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.labels import label, restyle
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab

REST_MS = 350
"""Arrow keys on the way from accept to refuse pass ask: what the choice rests on is the decision."""


class Editor(QWidget):
    """Changes one value; `given(value)` follows each change that is one."""

    given = Signal(object)

    def __init__(self, look: Look, setting: Setting[Any]) -> None:
        super().__init__()
        self._look, self._setting = look, setting
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.HAIR)

    def show_value(self, value: Value) -> None:
        """Show a value, in the language of now; here only what it is the value of."""
        self.setAccessibleName(setting_name(self._setting, self._look.language))


class SwitchEditor(Editor):
    """On or off."""

    def __init__(self, look: Look, setting: Setting[Any]) -> None:
        super().__init__(look, setting)
        self.box = QCheckBox()
        self.box.toggled.connect(self._give)
        self._column.addWidget(self.box)

    def show_value(self, value: Value) -> None:
        """As `Editor.show_value`."""
        super().show_value(value)
        self.box.blockSignals(True)
        self.box.setChecked(bool(value))
        self.box.setText(self._look.text("settings.on"))
        self.box.setAccessibleName(self.accessibleName())
        self.box.blockSignals(False)

    def _give(self) -> None:
        self.given.emit(self.box.isChecked())


class ChoiceEditor(Editor):
    """One of a few; Left and Right move, and what they rest on is given."""

    def __init__(self, look: Look, setting: Setting[Any]) -> None:
        super().__init__(look, setting)
        self.tabs = FilterTabs(look)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._give)
        self.tabs.chosen.connect(lambda _: self._rest.start())
        self._column.addWidget(self.tabs)

    def show_value(self, value: Value) -> None:
        """As `Editor.show_value`; a choice that rests not yet stays."""
        super().show_value(value)
        if self._rest.isActive():
            return
        language = self._look.language
        options = self._setting.kind.options if isinstance(self._setting.kind, Choice) else ()
        tabs = [Tab(str(one), value_words(self._setting, one, language)) for one in options]
        self.tabs.show_tabs(tabs, str(value))
        self.tabs.setAccessibleName(self.accessibleName())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._rest.isActive():
            self._give()

    def _give(self) -> None:
        self._rest.stop()
        self.given.emit(self.tabs.current)


class SeveralEditor(Editor):
    """Some of a few, a box each."""

    def __init__(self, look: Look, setting: Setting[Any]) -> None:
        super().__init__(look, setting)
        options = setting.kind.options if isinstance(setting.kind, Several) else ()
        self.boxes = {one: QCheckBox() for one in options}
        for box in self.boxes.values():
            box.toggled.connect(lambda _: self._give())
            self._column.addWidget(box)

    def show_value(self, value: Value) -> None:
        """As `Editor.show_value`."""
        super().show_value(value)
        chosen = value if isinstance(value, tuple) else ()
        for one, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(one in chosen)
            box.setText(value_words(self._setting, (one,), self._look.language))
            box.blockSignals(False)

    def _give(self) -> None:
        self.given.emit(tuple(one for one, box in self.boxes.items() if box.isChecked()))


class TypedEditor(Editor):
    """A field: Enter or leaving it gives what was typed; what is no value is said below."""

    def __init__(self, look: Look, setting: Setting[Any]) -> None:
        super().__init__(look, setting)
        self._shown = ""
        self.field = QLineEdit()
        self._note = label("", "small", wrap=True)
        self._column.addWidget(self.field)
        self._column.addWidget(self._note)
        self.field.editingFinished.connect(self._give)

    @property
    def error(self) -> str:
        """What is wrong with what was typed; empty if nothing is."""
        return self._note.text() if self._note.property("look") == "error" else ""

    def show_value(self, value: Value) -> None:
        """As `Editor.show_value`; what is being typed stays."""
        super().show_value(value)
        written = self._setting.kind.written(value)
        if self.field.text() == self._shown != written:
            # What is selected stays so: the hand may be about to type over it.
            over = self.field.hasSelectedText()
            self._shown = written
            self.field.setText(written)
            if over:
                self.field.selectAll()
        self.field.setAccessibleName(self.accessibleName())
        if not self.error:
            self._say("")

    def _give(self) -> None:
        typed = self.field.text()
        if typed == self._shown and not self.error:
            return
        try:
            value = self._setting.kind.read(typed)
        except Refusal as refusal:
            self._say(describe(refusal, self._look.language))
            return
        self._shown = self._setting.kind.written(value)
        self.field.setText(self._shown)
        self._say("")
        self.given.emit(value)

    def _say(self, error: str) -> None:
        kind = self._setting.kind
        limits = ""
        if isinstance(kind, Whole):
            limits = f"{kind.least} – {value_words(self._setting, kind.most, self._look.language)}"
        restyle(self._note, "look", "error" if error else "small")
        restyle(self.field, "invalid", "true" if error else "false")
        self._note.setText(error or limits)
        self._note.setVisible(bool(error or limits))


def editor_of(look: Look, setting: Setting[Any]) -> Editor:
    """Return what changes a setting's value."""
    made = {Switch: SwitchEditor, Choice: ChoiceEditor, Several: SeveralEditor}
    return made.get(type(setting.kind), TypedEditor)(look, setting)
