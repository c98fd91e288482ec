"""Asking before imports are taken back; where much goes, its number is asked for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.panel import PageHead


def ask_undo(
    look: Look,
    owner: QWidget,
    words: str,
    much: Refusal | None,
    then: Callable[[int], None],
    **facts: str | int,
) -> None:
    """Ask whether imports are to be taken back; `then(confirmed)` follows a yes.

    Args:
        look: language and colours.
        owner: the screen.
        words: begins the keys of the texts (`imports` for `imports.undo_title`).
        much: the refusal `deletes_much`, whose number has to be typed; None asks without.
        then: hears how many barcodes the person knows to go, 0 where none was asked for.
        facts: that title and note show.
    """
    text = look.text
    number = QLineEdit() if much else None

    def submit() -> dict[str, str]:
        rows = int(much.facts["rows"]) if much else 0
        if much and number and number.text().strip() != str(rows):
            return {"number": text("imports.undo_count_hint", **much.facts)}
        then(rows)
        return {}

    dialog = FormDialog(
        look, owner.window(), text(f"{words}.undo_title", **facts), submit,
        note=text(f"{words}.undo_note", **facts), save=text(f"{words}.undo"), danger=True,
    )  # fmt: skip
    if much and number:
        hint = text("imports.undo_count_hint", **much.facts)
        dialog.add_field("number", text(f"{words}.undo_count"), number, hint)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def tell_undoing(look: Look, head: PageHead, done: int, total: int) -> None:
    """Show in a screen's head how far an undo is: beside a list of past imports there are no results."""
    number = look.language.number
    told = look.text("imports.undoing", done=number(done), total=number(total))
    head.set_texts(look.text("screen.imports"), told)
