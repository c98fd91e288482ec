"""The first rows of a file as it is, under its own headings."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt

from merchant_desk.documents.tabular import Row, Table
from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look

SHOWN_COLUMNS: Final = 8
"""Columns that have room beside each other."""
NARROWEST, WIDEST = 6, 22


class FileRows(RowModel[Row]):
    """Rows whose headings are the file's and no texts of ours."""

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self.columns[section].title if section < len(self.columns) else None
        return super().headerData(section, orientation, role)


def rows_view(look: Look, table: Table, rows: Sequence[Row]) -> RowView:
    """Return a view of a file's first rows: their numbers, and the first columns that have a heading."""
    places = [place for place, header in enumerate(table.headers) if header][:SHOWN_COLUMNS]
    columns: list[Column[Row]] = [
        Column(
            "number", "", lambda row, lang: Cell(lang.number(row.number), quiet=True), width=8, figures=True
        )
    ]
    columns += [
        Column(f"c{place}", table.headers[place], _cell_of(place), width=_width(table.headers, rows, place))
        for place in places[:-1]
    ]
    columns += [Column(f"c{place}", table.headers[place], _cell_of(place), least=9) for place in places[-1:]]
    model = FileRows(look, columns, lambda row: row.number)
    model.replace(rows)
    return RowView(look, model)


def _width(headers: Sequence[str], rows: Sequence[Row], place: int) -> int:
    """Return the characters that a column takes; Chinese ones are wider."""
    texts = (headers[place], *(row.cells[place] for row in rows if place < len(row.cells)))
    longest = max(sum(2 - char.isascii() for char in text) for text in texts)
    return max(NARROWEST, min(WIDEST, longest + 2))


def _cell_of(place: int) -> Any:
    def cell(row: Row, _: Language) -> Cell:
        return Cell(row.cells[place] if place < len(row.cells) else "")

    return cell
