"""A form of a few fields that says one or more operations; what is typed stays until it is saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.screens.products.saving_form import Errors, SavingForm
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.window.screens import ScreenContext


@dataclass(frozen=True, slots=True)
class FormField:
    """One field: its id, what it is called, where it is typed, a hint, and the rule for what is typed."""

    id: str
    title: str
    editor: QWidget
    hint: str = ""
    check: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class FormWords:
    """What a form says of itself, and once it is saved, in the person's language."""

    title: str
    told: str
    note: str = ""
    save: str = ""


class RecordForm(SavingForm):
    """Asks for a record's fields; `bodies` are the operations that say what was typed.

    `blame` names the field that a refusal is about, by its code.
    """

    def __init__(
        self,
        owner: QWidget,
        desk: Desk,
        context: ScreenContext,
        words: FormWords,
        fields: Sequence[FormField],
        bodies: Callable[[], Sequence[object]],
        blame: Mapping[str, str],
    ) -> None:
        save = words.save or context.look.text("form.save")
        super().__init__(owner, context, words.title, note=words.note, save=save)
        self._desk, self._words, self._asked, self._bodies = desk, words, tuple(fields), bodies
        self._blame = blame
        for field in fields:
            self.add_field(field.id, field.title, field.editor, field.hint)

    def ask(self) -> None:
        """Show the form, the keys in its first field."""
        self.open()
        first = next(field.editor for field in self._asked if field.editor.isEnabled())
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()

    def field_of(self, code: str) -> str:
        """As `SavingForm.field_of`."""
        return self._blame.get(code, "")

    def wrong(self) -> Errors:
        """Return what the domain's rules say against what was typed, by field."""
        errors: dict[str, str] = {}
        for field in self._asked:
            try:
                field.check()
            except Refusal as refusal:
                errors[field.id] = describe(refusal, self._context.look.language)
        return errors

    def work(self) -> Callable[[], Any]:
        """Return the operations, to be done one after the other."""
        bodies, desk = list(self._bodies()), self._desk

        def save() -> None:
            for body in bodies:
                desk.do(body)

        return save

    def told(self) -> str:
        """Return what is said once it is saved."""
        return self._words.told
