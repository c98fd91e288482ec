"""A short table whose rows take two lines where one would cut what stands in them."""

from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from merchant_desk.ui.tables.delegate import PADDING, CellDelegate, row_height
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look

LOOKED_AT = 100
"""Rows that decide whether one line is enough."""


class FoldingView(RowView):
    """Rows of one height: one line where all cells fit, two where any is longer. Figures never fold."""

    def __init__(self, look: Look, model: RowModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(look, model, parent)
        self._model = model
        self._speech = look.language
        self._cells = CellDelegate(look, self)
        self.setItemDelegate(self._cells)
        look.language.follow(self, self.fold)

    def fold(self) -> None:
        """Give the rows the height that their cells need in the columns as they are."""
        height = row_height(2 if self._is_long() else 1)
        rows = self.verticalHeader()
        if rows.defaultSectionSize() != height:
            rows.setDefaultSectionSize(height)
            self.verticalScrollBar().setSingleStep(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def _is_long(self) -> bool:
        for at, column in enumerate(self._model.columns):
            room = self.columnWidth(at) - 2 * PADDING
            if column.figures or self.isColumnHidden(at):
                continue
            for row in self._model.rows[:LOOKED_AT]:
                cell = column.cell(row, self._speech)
                if not cell.chip and self._cells.width_of(cell) > room + 0.5:
                    return True
        return False
