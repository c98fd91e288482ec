"""A list as a file: its rows under its headings, figures as figures, codes as text."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from merchant_desk.desk import Desk
from merchant_desk.documents.exports import Cell, CellKind, export_table
from merchant_desk.documents.exports import Column as FileColumn
from merchant_desk.jobs.export_job import ExportStopped, style_of, watched
from merchant_desk.ui.background import Progress
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.list_source import Shown
from merchant_desk.ui.tables.columns import Column
from merchant_desk.ui.texts.catalogue import LanguageCode

BREATH: Final = 0.002
"""Seconds after each window of rows in which the program's window has the interpreter for itself."""

NARROW: Final = 14
"""Characters of a column at least."""


def write_list(desk: Desk, shown: Shown, path: Path, language: Language, progress: Progress) -> int | None:
    """Write what a list shows, whole or not at all; returns the rows, None if it was stopped.

    Raises:
        UnknownFormat: the file's name ends in no format that can be written.
        OSError: the file cannot be written.
    """
    style = style_of(desk.runtime, "zh" if language.code is LanguageCode.CHINESE else "en")
    columns = [_heading(column, language) for column in shown.columns]

    def told(rows: int) -> None:
        progress.report(rows, max(shown.total, rows) if shown.total else 0)

    rows = _rows(desk, shown, language, progress)
    try:
        return export_table(path, columns, watched(rows, told, lambda: progress.cancelled), style)
    except ExportStopped:
        return None


def _rows(desk: Desk, shown: Shown, language: Language, progress: Progress) -> Iterator[Sequence[Cell]]:
    with desk.read() as connection, connection.begin():
        for window in shown.source.windows(connection, shown.sort, shown.typed):
            if progress.cancelled:
                raise ExportStopped
            for row in window:
                yield [_cell(column, row, language) for column in shown.columns]
            time.sleep(BREATH)


def _cell(column: Column[Any], row: Any, language: Language) -> Cell:
    """Return what a cell holds; its words where it holds nothing but them."""
    return column.holds(row) if column.holds is not None else column.cell(row, language).words


def _heading(column: Column[Any], language: Language) -> FileColumn:
    key = column.title or column.heading
    words = language.text(key) if key else ""
    return FileColumn(words, words, CellKind(column.kind), max(NARROW, column.width, column.least))
