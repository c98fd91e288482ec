"""Asking before an import is taken back; where much goes, its number is asked for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog


def ask_undo(
    look: Look, owner: QWidget, name: str, much: Refusal | None, then: Callable[[int], None]
) -> None:
    """Ask whether the import of a file is to be taken back; `then(confirmed)` follows a yes.

    Args:
        look: language and colours.
        owner: the screen.
        name: of the file.
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

    dialog = FormDialog(
        look, owner.window(), text("imports.undo_title", name=name), submit,
        note=text("imports.undo_note"), save=text("imports.undo"), danger=True,
    )  # fmt: skip
    if much and number:
        hint = text("imports.undo_count_hint", **much.facts)
        dialog.add_field("number", text("imports.undo_count"), number, hint)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
