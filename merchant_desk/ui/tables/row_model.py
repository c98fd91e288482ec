"""Rows in memory behind Qt's table model, changed by difference so that selection and scroll never jump."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from merchant_desk.ui.tables.columns import Cell, Column, RowId
from merchant_desk.ui.theme.look import Look

R = TypeVar("R")

CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The `Cell`, for the delegate."""
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""The row itself."""
ID_ROLE = int(Qt.ItemDataRole.UserRole) + 3
"""The row's stable id."""
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 4
"""The native value that the column sorts by: a number stays a number."""

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RowModel(QAbstractTableModel, Generic[R]):
    """A table of rows with ids. `replace` is the only way in: it tells Qt the smallest difference.

    Rows compare by ==: a row that is equal is not repainted.
    """

    def __init__(
        self,
        look: Look,
        columns: Sequence[Column[R]],
        row_id: Callable[[R], RowId],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._columns = tuple(columns)
        self._row_id = row_id
        self._rows: list[R] = []
        look.language.changed.connect(self._speak)

    @property
    def columns(self) -> tuple[Column[R], ...]:
        """The columns."""
        return self._columns

    @property
    def rows(self) -> Sequence[R]:
        """The rows in memory, in order."""
        return self._rows

    def id_of(self, row: R) -> RowId:
        """Return a row's stable id."""
        return self._row_id(row)

    def row_at(self, index: Index) -> R:
        """Return the row under an index.

        Raises:
            IndexError: the index is not valid.
        """
        if not index.isValid():
            raise IndexError("no row there")
        return self._rows[index.row()]

    def position_of(self, row_id: RowId) -> int | None:
        """Return where a row stands, or None if it is not in memory."""
        return next((i for i, row in enumerate(self._rows) if self._row_id(row) == row_id), None)

    def replace(self, rows: Sequence[R]) -> None:
        """Show these rows instead. Ids must be unique.

        Raises:
            ValueError: two rows have one id.
        """
        wanted = [self._row_id(row) for row in rows]
        if len(set(wanted)) != len(wanted):
            raise ValueError("two rows have the same id")
        new = dict(zip(wanted, rows, strict=True))
        self._remove_gone(new)
        kept = {self._row_id(row) for row in self._rows}
        self._reorder([name for name in wanted if name in kept])
        self._insert_new(wanted, new)
        self._update_changed(rows)

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        if role == CELL_ROLE:
            return column.cell(row, self._look.language)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._cell(row, column).words
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.figures else LEFT
        if role == SORT_ROLE:
            return column.value(row) if column.value else None
        return {ROW_ROLE: row, ID_ROLE: self._row_id(row)}.get(role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._look.text(column.title) if column.title else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column.figures else LEFT
        return None

    def _cell(self, row: R, column: Column[R]) -> Cell:
        return column.cell(row, self._look.language)

    def _speak(self) -> None:
        """Write everything again in another language."""
        if self._columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        self._touch(0, len(self._rows) - 1)

    def _touch(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self._columns) - 1))

    def _remove_gone(self, new: dict[RowId, R]) -> None:
        at = len(self._rows) - 1
        while at >= 0:
            if self._row_id(self._rows[at]) in new:
                at -= 1
                continue
            last = at
            while at >= 0 and self._row_id(self._rows[at]) not in new:
                at -= 1
            self.beginRemoveRows(QModelIndex(), at + 1, last)
            del self._rows[at + 1 : last + 1]
            self.endRemoveRows()

    def _reorder(self, order: Sequence[RowId]) -> None:
        """Put the rows that stay into their new order; persistent indexes follow their rows."""
        before = [self._row_id(row) for row in self._rows]
        if list(order) == before:
            return
        self.layoutAboutToBeChanged.emit()
        place = {name: i for i, name in enumerate(order)}
        held = self.persistentIndexList()
        moved = [self.index(place[before[index.row()]], index.column()) for index in held]
        rows = dict(zip(before, self._rows, strict=True))
        self._rows = [rows[name] for name in order]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _insert_new(self, wanted: Sequence[RowId], new: dict[RowId, R]) -> None:
        known = {self._row_id(row) for row in self._rows}
        at = 0
        while at < len(wanted):
            end = at
            while end < len(wanted) and wanted[end] not in known:
                end += 1
            if end > at:
                self.beginInsertRows(QModelIndex(), at, end - 1)
                self._rows[at:at] = [new[name] for name in wanted[at:end]]
                self.endInsertRows()
            at = end + 1

    def _update_changed(self, rows: Sequence[R]) -> None:
        first: int | None = None
        for at, row in enumerate(rows):
            if self._rows[at] != row:
                self._rows[at] = row
                first = at if first is None else first
            elif first is not None:
                self._touch(first, at - 1)
                first = None
        if first is not None:
            self._touch(first, len(rows) - 1)
