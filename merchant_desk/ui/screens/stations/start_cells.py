"""Cells that the lists of all stations share."""

from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.kind import StartRow
from merchant_desk.ui.tables.columns import Cell
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText


def number_cell(row: StartRow, _: Language) -> Cell:
    """Return the number; a document that was begun tells what it is about too."""
    return Cell(row.number, row.summary if row.begun else "", strong=True)


def begun_chip(row: StartRow, language: Language) -> ChipText:
    """Return who left a document open, here or at another desk."""
    if row.own:
        return ChipText(language.text("station.begun", person=row.person), Tone.ACCENT, marked=True)
    return ChipText(language.text("station.begun_elsewhere", device=row.device), Tone.WARNING)
