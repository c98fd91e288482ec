"""The forms of the opening books: the day, and going live."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.ui.screens.figures import read_day
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog


def ask_day(look: Look, owner: QWidget, day: int | None, then: Callable[[int], None]) -> None:
    """Ask for the day to go live, yyyymmdd."""
    text = look.text
    field = QLineEdit(day_text(day) if day else "")

    def submit() -> dict[str, str]:
        found = read_day(field.text())
        if found is None:
            return {"day": text("opening.plan_bad")}
        then(found)
        return {}

    form = FormDialog(look, owner.window(), text("opening.plan"), submit, note=text("opening.plan_note"))
    form.add_field("day", text("opening.plan_field"), field, text("opening.plan_bad"))
    _open(form, field)


def ask_live(look: Look, owner: QWidget, then: Callable[[], None]) -> None:
    """Ask once more before an outlet goes live."""
    text = look.text

    def submit() -> dict[str, str]:
        then()
        return {}

    title, note = text("opening.live_title"), text("opening.live_note")
    _open(FormDialog(look, owner.window(), title, submit, note=note, save=text("opening.live")))


def _open(form: FormDialog, first: QLineEdit | None = None) -> None:
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    form.open()
    if first is not None:
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()
