"""The forms of the opening books: the day, and going live."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from merchant_desk.domain.go_live import CheckState, check_day_ahead
from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.screens.figures import read_day
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog


def ask_day(look: Look, owner: QWidget, day: int | None, today: int, then: Callable[[int], None]) -> None:
    """Ask for the day to go live, yyyymmdd, not before today."""
    text = look.text
    field = QLineEdit(day_text(day) if day else "")

    def submit() -> dict[str, str]:
        found = read_day(field.text())
        if found is None:
            return {"day": text("opening.plan_bad")}
        try:
            check_day_ahead(found, today)
        except Refusal as refusal:
            return {"day": describe(refusal, look.language)}
        then(found)
        return {}

    form = FormDialog(look, owner.window(), text("opening.plan"), submit, note=text("opening.plan_note"))
    form.add_field("day", text("opening.plan_field"), field, text("opening.plan_bad"))
    _open(form, field)


def ask_live(look: Look, owner: QWidget, left: Sequence[CheckState], then: Callable[[], None]) -> None:
    """Ask once more before an outlet goes live; what is left open is named, and Enter alone is no answer."""
    text = look.text
    anyway = QCheckBox(text("opening.live_anyway"))

    def submit() -> dict[str, str]:
        if left and not anyway.isChecked():
            return {"anyway": text("opening.live_unsure")}
        then()
        return {}

    title, note = text("opening.live_title"), text("opening.live_note")
    form = FormDialog(look, owner.window(), title, submit, note=note, save=text("opening.live"))
    if left:
        lines = text("setup.and").join(text(f"opening.check.{state.check}") for state in left)
        title = text("opening.live_left", lines=lines)
        form.add_field("anyway", title, anyway, text("opening.live_unsure"))
    _open(form, anyway if left else None)


def _open(form: FormDialog, first: QWidget | None = None) -> None:
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    form.open()
    if first is not None:
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(first, QLineEdit):
            first.selectAll()
