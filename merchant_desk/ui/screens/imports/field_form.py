"""The form of one field: which column it comes from, and what is done to its cells."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from merchant_desk.documents.problem_texts import fault_text, field_name, quoted
from merchant_desk.documents.transforms import (
    Constant,
    DateFormat,
    DecimalComma,
    LeadingZeros,
    Split,
    Transform,
    Trim,
    is_usable,
)
from merchant_desk.ui.screens.imports.draft import FieldState, ImportDraft
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label

DATES: Final = frozenset(("placed_at", "due"))
NUMBERS: Final = frozenset(("price", "unit_price", "unit_cost", "quantity", "pack_quantity", "min_days_left"))
SAMPLES: Final = 3

Taken = Callable[[str, str, tuple[Transform, ...]], None]


class FieldForm(FormDialog):
    """Column and transformations in the order in which they are done, with samples of what comes of it."""

    def __init__(
        self, look: Look, owner: QWidget, draft: ImportDraft, state: FieldState, taken: Taken
    ) -> None:
        self._language = file_language(look.language)
        named = field_name(state.field, self._language)
        text = look.text
        super().__init__(
            look,
            owner,
            text("imports.field_title", field=named),
            self._errors,
            note=text("imports.field_note"),
        )
        self._draft, self._state, self._taken = draft, state, taken
        self.column = QComboBox()
        self.trim, self.separator, self.part = QLineEdit(), QLineEdit(), QLineEdit()
        self.constant = QLineEdit()
        # One of these three belongs to the field.
        self.pattern, self.zeros = QLineEdit(self), QLineEdit(self)
        self.comma = QCheckBox(text("imports.comma"), self)
        for editor in (self.pattern, self.zeros, self.comma):
            editor.hide()
        self._samples = label("", "second", wrap=True)
        self._add_fields()
        self._show(state)
        for editor in (self.trim, self.separator, self.part, self.pattern, self.zeros, self.constant):
            editor.textChanged.connect(lambda _: self._show_samples())
        self.comma.toggled.connect(lambda _: self._show_samples())
        self.column.currentIndexChanged.connect(lambda _: self._show_samples())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._show_samples()
        self.column.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen_column(self) -> str:
        """The column's heading, "" for none."""
        return self.column.currentText() if self.column.currentIndex() > 0 else ""

    def transforms(self) -> tuple[Transform, ...]:
        """Return what is typed as transformations; what is not a number counts as nothing."""
        made: list[Transform] = []
        if self.constant.text() and not self.chosen_column:
            made.append(Constant(value=self.constant.text()))
        if self.trim.text():
            made.append(Trim(characters=self.trim.text()))
        if self.separator.text() and (part := _whole(self.part.text())):
            made.append(Split(separator=self.separator.text(), part=part))
        if self.pattern.text():
            made.append(DateFormat(pattern=self.pattern.text()))
        if self.comma.isChecked():
            made.append(DecimalComma())
        if width := _whole(self.zeros.text()):
            made.append(LeadingZeros(width=width))
        if self.constant.text() and self.chosen_column:
            made.append(Constant(value=self.constant.text(), only_empty=True))
        return tuple(made)

    def _add_fields(self) -> None:
        text, name = self._look.text, self._state.field
        self.column.addItems([text("imports.no_column"), *self._draft.table.headers])
        self.add_field("column", text("imports.column"), self.column)
        self.add_widget(self._samples)
        self.add_field("trim", text("imports.trim"), self.trim, text("imports.trim_hint"))
        self.add_field("split", text("imports.split"), self.separator)
        self.add_field("part", text("imports.part"), self.part, text("imports.part_hint"))
        if name in DATES:
            self.add_field("pattern", text("imports.pattern"), self.pattern, text("imports.pattern_hint"))
            self.pattern.show()
        elif name in NUMBERS:
            self.add_widget(self.comma)
            self.comma.show()
        else:
            self.add_field("width", text("imports.width"), self.zeros)
            self.zeros.show()
        self.add_field("constant", text("imports.constant"), self.constant, text("imports.constant_hint"))

    def _show(self, state: FieldState) -> None:
        headers = self._draft.table.headers
        self.column.setCurrentIndex(headers.index(state.column) + 1 if state.column in headers else 0)
        for transform in state.transforms:
            match transform:
                case Trim(characters=characters):
                    self.trim.setText(characters)
                case Split(separator=separator, part=part):
                    self.separator.setText(separator)
                    self.part.setText(str(part))
                case DateFormat(pattern=pattern):
                    self.pattern.setText(pattern)
                case DecimalComma():
                    self.comma.setChecked(True)
                case LeadingZeros(width=width):
                    self.zeros.setText(str(width))
                case Constant(value=value):
                    self.constant.setText(value)

    def _errors(self) -> dict[str, str]:
        text = self._look.text
        wrong: dict[str, str] = {}
        if bool(self.separator.text()) != bool(_whole(self.part.text())):
            wrong["part"] = text("imports.bad_part")
        if self.pattern.text() and not is_usable(DateFormat(pattern=self.pattern.text())):
            wrong["pattern"] = text("imports.bad_pattern")
        if self.zeros.text() and not is_usable(LeadingZeros(width=_whole(self.zeros.text()))):
            wrong["width"] = text("imports.bad_width")
        if not wrong:
            self._taken(self._state.field, self.chosen_column, self.transforms())
        return wrong

    def _show_samples(self) -> None:
        usable = tuple(one for one in self.transforms() if is_usable(one))
        draft = self._draft.with_field(self._state.field, self.chosen_column, usable)
        lines = []
        for sample in draft.samples(self._state.field, SAMPLES):
            fault = sample.fault
            after = fault_text(*fault, self._language) if fault else quoted(sample.after, self._language)
            lines.append(f"{quoted(sample.before, self._language)} → {after}")
        self._samples.setText("\n".join(lines))


def _whole(text: str) -> int:
    """Return a whole number, 0 where none is typed."""
    try:
        return int(text.strip())
    except ValueError:
        return 0
