"""Asking whether a file corrects what stands, and telling what an undo of that left alone."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from merchant_desk.jobs.corrections_left import LeftAlone
from merchant_desk.jobs.report import change_text
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label

SHOWN: Final = 100
"""Fields that an undo left alone which are told one by one."""


def ask_correct(look: Look, owner: QWidget, rows: int, then: Callable[[bool], None]) -> None:
    """Ask whether so many rows correct what stands, or only what is new is added; `then(yes)` follows.

    Escape imports nothing.
    """
    text, way = look.text, QComboBox()
    way.addItems([text("imports.correct_yes"), text("imports.correct_no")])

    def submit() -> dict[str, str]:
        then(way.currentIndex() == 0)
        return {}

    dialog = FormDialog(
        look, owner.window(), text("imports.correct_title", n=rows), submit,
        note=text("imports.correct_note"), save=text("imports.run"),
    )  # fmt: skip
    dialog.add_field("way", text("imports.correct"), way)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    way.setFocus(Qt.FocusReason.OtherFocusReason)


def show_left(look: Look, owner: QWidget, left: Sequence[LeftAlone]) -> None:
    """Tell, record by record, which fields were changed again since a file corrected them: they stay."""
    text, language = look.text, file_language(look.language)
    dialog = FormDialog(
        look, owner.window(), text("imports.left_title", n=len(left)), dict,
        note=text("imports.left_note"), save=text("imports.left_seen"),
    )  # fmt: skip
    for code, change in left[:SHOWN]:
        dialog.add_widget(label(f"{code}: {change_text(change, language)}", wrap=True))
    if len(left) > SHOWN:
        dialog.add_widget(label(text("imports.left_more", n=len(left) - SHOWN), "second"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
