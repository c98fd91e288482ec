"""The view of every table: whole rows, keyboard first, no input method, never a jump."""

from collections.abc import Collection, Hashable, Sequence
from typing import Any

from PySide6.QtCore import QKeyCombination, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from merchant_desk.ui.tables.columns import RowId
from merchant_desk.ui.tables.copying import copied
from merchant_desk.ui.tables.delegate import CellDelegate, row_height
from merchant_desk.ui.tables.header import TableHeader, title_width
from merchant_desk.ui.tables.keyset_model import KeysetModel
from merchant_desk.ui.tables.row_model import ID_ROLE, RowModel
from merchant_desk.ui.tables.widths import LEAST_FREE, Room, fixed, shared, too_many
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Type

COPY_WITH_HEADINGS = QKeyCombination(
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Qt.Key.Key_C
)

AHEAD = 40
"""How many rows before the end of what is in memory the next window is asked for."""


class RowView(QTableView):
    """Shows a `RowModel`. `activated_row(id)`: Enter or double click; `current_row(id)`: the choice."""

    activated_row = Signal(object)
    current_row = Signal(object)

    def __init__(self, look: Look, model: RowModel[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows = model
        self._top: tuple[RowId, int] | None = None
        self._hidden: frozenset[str] = frozenset()
        self._spare: tuple[str, ...] = ()
        self.setHorizontalHeader(TableHeader(look, self))
        self.setModel(model)
        self.setItemDelegate(CellDelegate(look, self))
        self._set_up()
        self._set_up_header()
        self.activated.connect(self._activate)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        if isinstance(model, KeysetModel):
            model.about_to_change.connect(self._remember_top)
            model.rows_changed.connect(self._restore_top)
            self.verticalScrollBar().valueChanged.connect(self._look_ahead)
        look.language.follow(self, self._share_width)

    @property
    def current_id(self) -> RowId | None:
        """The chosen row's id, or None."""
        index = self.currentIndex()
        return index.data(ID_ROLE) if index.isValid() else None

    @property
    def hidden_columns(self) -> frozenset[str]:
        """The columns that say nothing here, by key; those that only make room are none of them."""
        return self._hidden

    def selected_ids(self) -> list[RowId]:
        """Return the ids of all chosen rows, from top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return [index.data(ID_ROLE) for index in rows]

    def choose(self, row_id: Hashable) -> bool:
        """Choose a row by id and bring it into view; tells whether it is in memory."""
        at = self._rows.position_of(row_id)
        if at is None:
            return False
        self.setCurrentIndex(self._rows.index(at, 0))
        return True

    def hide_columns(self, keys: Collection[str], spare: Sequence[str] = ()) -> None:
        """Show all columns but these; `spare` ones make room, the first named first, where it is narrow."""
        if (self._hidden, self._spare) != (frozenset(keys), tuple(spare)):
            self._hidden, self._spare = frozenset(keys), tuple(spare)
            self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activate(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_rows(headings=False)
        elif event.keyCombination() == COPY_WITH_HEADINGS:
            self.copy_rows(headings=True)
        elif key == Qt.Key.Key_End:
            self._jump(last=True)
        elif key == Qt.Key.Key_Home:
            self._jump(last=False)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) or _types(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_key and not self.currentIndex().isValid() and self._rows.rowCount():
            self.setCurrentIndex(self._rows.index(0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _set_up(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(row_height())
        rows.setDefaultSectionSize(row_height())
        self.verticalScrollBar().setSingleStep(row_height())

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        sortable = any(column.value for column in self._rows.columns)
        self.setSortingEnabled(False)
        if isinstance(self._rows, KeysetModel) and sortable:
            header.setSectionsClickable(True)
            header.sectionClicked.connect(self._sort_by)
            self._show_order()
        header.setSortIndicatorShown(isinstance(self._rows, KeysetModel) and sortable)

    def _sort_by(self, section: int) -> None:
        model = self._rows
        assert isinstance(model, KeysetModel)  # noqa: S101 - connected only then
        column = model.columns[section]
        if column.value is not None:
            same = model.sort_order.key == column.key
            down = not model.sort_order.descending if same else column.figures
            order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
            model.sort(section, order)
            self.scrollToTop()
        self._show_order()

    def _show_order(self) -> None:
        model = self._rows
        assert isinstance(model, KeysetModel)  # noqa: S101 - called only then
        keys = [column.key for column in model.columns]
        if model.sort_order.key in keys:
            down = model.sort_order.descending
            order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
            self.horizontalHeader().setSortIndicator(keys.index(model.sort_order.key), order)
        else:
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)

    def _share_width(self) -> None:
        """Give fixed columns their width in characters, and share the rest among the others."""
        asked = self._rooms()
        room = self.viewport().width()
        shown = {
            column.key: asked[column.key] for column in self._rows.columns if column.key not in self._hidden
        }
        away = self._hidden | too_many(shown, self._spare, room)
        places = [i for i, column in enumerate(self._rows.columns) if column.key not in away]
        for i in range(len(self._rows.columns)):
            if self.isColumnHidden(i) is (i in places):
                self.setColumnHidden(i, i not in places)
        widths = shared([asked[self._rows.columns[i].key] for i in places], room)
        for i, width in zip(places, widths, strict=True):
            self.setColumnWidth(i, width)

    def _rooms(self) -> dict[str, Room]:
        """Return what each column asks for, as titles are in the language in force."""
        unit = QFontMetricsF(font(Type.TEXT)).horizontalAdvance("0")
        titled = not self.horizontalHeader().isHidden()
        sortable = isinstance(self._rows, KeysetModel)
        rooms: dict[str, Room] = {}
        for i, column in enumerate(self._rows.columns):
            title = str(self._rows.headerData(i, Qt.Orientation.Horizontal) or "") if titled else ""
            needs = title_width(title, sortable=sortable and column.value is not None) if title else 0.0
            if column.width:
                rooms[column.key] = fixed(column.width * unit + 24, needs, first=i == 0)
            else:
                rooms[column.key] = Room(0.0, max(LEAST_FREE, needs, column.least * unit + 24))
        return rooms

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated_row.emit(index.data(ID_ROLE))

    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        self.current_row.emit(now.data(ID_ROLE) if now.isValid() else None)

    def copy_rows(self, *, headings: bool) -> None:
        """Put the chosen rows on the clipboard, as spreadsheets take them."""
        model, here = self._rows, self.currentIndex()
        chosen = {one.row() for one in self.selectionModel().selectedRows()}
        rows = [model.rows[at] for at in sorted(chosen or {here.row()}) if here.isValid() or chosen]
        if not rows:
            return
        columns = [column for column in model.columns if column.key not in self._hidden]
        QApplication.clipboard().setMimeData(copied(rows, columns, self._look.language, headings=headings))

    def _jump(self, *, last: bool) -> None:
        model = self._rows
        if isinstance(model, KeysetModel):
            (model.go_to_end if last else model.go_to_start)()
        QTimer.singleShot(0, self, lambda: self._to_edge(last=last))

    def _to_edge(self, *, last: bool) -> None:
        count = self._rows.rowCount()
        if count:
            self.setCurrentIndex(self._rows.index(count - 1 if last else 0, 0))

    def _look_ahead(self) -> None:
        model = self._rows
        assert isinstance(model, KeysetModel)  # noqa: S101 - connected only then
        bar, ahead = self.verticalScrollBar(), AHEAD * row_height()
        if bar.maximum() - bar.value() < ahead and model.canFetchMore(QModelIndex()):
            model.fetchMore(QModelIndex())
        elif bar.value() < ahead and not model.at_start:
            model.need_above()

    def _remember_top(self) -> None:
        """Note which row stands at the top, and how far it is scrolled out."""
        index = self.indexAt(self.viewport().rect().topLeft())
        at_top = self.verticalScrollBar().value() == 0 and isinstance(self._rows, KeysetModel)
        if not index.isValid() or (at_top and self._rows.at_start):  # type: ignore[attr-defined]
            self._top = None
            return
        self._top = (index.data(ID_ROLE), self.rowViewportPosition(index.row()))

    def _restore_top(self) -> None:
        """Put that row back where it stood, whatever came or went above it."""
        if self._top is None:
            return
        row_id, offset = self._top
        at = self._rows.position_of(row_id)
        if at is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(at * row_height() - offset)


def _types(event: QKeyEvent) -> bool:
    """Whether a key would type a character: tables leave those to whoever else wants them."""
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not held and event.text().isprintable() and bool(event.text().strip())
