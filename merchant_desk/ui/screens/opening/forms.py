"""The forms of the opening books: the day, going live, and taking all of it back."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.refusals import Refusal
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


def ask_undo_all(
    look: Look, owner: QWidget, jobs: int, counts: int, much: Refusal | None, then: Callable[[int], None]
) -> None:
    """Ask before all of it is taken back; `then(confirmed)` follows a yes.

    Args:
        look: language and colours.
        owner: the screen.
        jobs: imports that go.
        counts: counts that go.
        much: the refusal `deletes_much`, whose number has to be typed; None asks without.
        then: hears how many barcodes the person knows to go, 0 where none was asked for.
    """
    text = look.text
    number = QLineEdit() if much else None

    def submit() -> dict[str, str]:
        rows = int(much.facts["rows"]) if much else 0
        if much and number and number.text().strip() != str(rows):
            return {"number": text("imports.undo_count_hint", **much.facts)}
        then(rows)
        return {}

    form = FormDialog(
        look, owner.window(), text("opening.undo_title"), submit,
        note=text("opening.undo_note", jobs=jobs, counts=counts), save=text("opening.undo"), danger=True,
    )  # fmt: skip
    if much and number:
        hint = text("imports.undo_count_hint", **much.facts)
        form.add_field("number", text("opening.undo_count"), number, hint)
    _open(form, number)


def _open(form: FormDialog, first: QLineEdit | None = None) -> None:
    form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    form.open()
    if first is not None:
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()
