"""How a cell is drawn: words in two inks, figures at the right, chips, icons, the row's focus and choice."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from merchant_desk.ui.tables.columns import Cell
from merchant_desk.ui.tables.row_model import CELL_ROLE
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Type
from merchant_desk.ui.widgets.bigtext import wrapped
from merchant_desk.ui.widgets.chip import chip_size, paint_chip

Index = QModelIndex | QPersistentModelIndex
PADDING = 12.0
GAP = 6.0
PART = " · "
"""Stands between the parts of a cell's detail."""

# Qt's flags cost more than the drawing when they are combined for each cell.
SELECTED, HOVERED = QStyle.StateFlag.State_Selected.value, QStyle.StateFlag.State_MouseOver.value
LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)


class CellDelegate(QStyledItemDelegate):
    """Draws every table of the product."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = font(Type.TEXT)
        self._strong = font(Type.STRONG)
        self._small = font(Type.SMALL)
        self._tall = float(row_height(2) - 1)
        self._figures: dict[int, bool] = {}
        self._metrics = {id(face): QFontMetricsF(face) for face in (self._text, self._strong, self._small)}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell = index.data(CELL_ROLE)
        if not isinstance(cell, Cell):
            return QSize(60, row_height())
        return QSize(int(self.width_of(cell) + 2 * PADDING + 0.999), row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CELL_ROLE)
        painter.save()
        rect = QRectF(option.rect)
        self._paint_ground(painter, option, rect, first=index.column() == 0)
        if isinstance(cell, Cell):
            area = rect.adjusted(PADDING, 0, -PADDING, -1)
            self._paint_cell(painter, cell, area, right=self._at_right(index))
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRectF, *, first: bool
    ) -> None:
        colours = self._look.colours
        state = option.state.value
        if state & SELECTED:
            painter.fillRect(rect, QColor(colours.accent_tint))
            if first:
                painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), QColor(colours.accent))
        elif state & HOVERED:
            painter.fillRect(rect, QColor(colours.hover))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, QColor(colours.line))

    def _paint_cell(self, painter: QPainter, cell: Cell, area: QRectF, *, right: bool) -> None:
        colours = self._look.colours
        if cell.icon:
            ink = colours.ink_of(cell.tone) if cell.tone else colours.ink_second
            paint_icon(painter, QRectF(area.left(), area.center().y() - 8, 16, 16), cell.icon, ink)
            area = area.adjusted(16 + GAP, 0, 0, 0)
        if right:
            area = area.adjusted(max(0.0, area.width() - self.width_of(cell)), 0, 0, 0)
        elif area.height() >= self._tall and not cell.chip and self.width_of(cell) > area.width() + 0.5:
            self._fold(painter, cell, area)
            return
        face = self._strong if cell.strong else self._text
        if cell.text:
            ink = colours.ink_third if cell.quiet else colours.ink
            ink = colours.ink_of(cell.tone) if cell.tone else ink
            area = self._words(painter, cell.text, face, ink, area)
        if cell.chip:
            area = self._chip(painter, cell, area)
        if cell.detail and area.width() > 12:
            self._words(painter, cell.detail, self._small, colours.ink_second, area)

    def _fold(self, painter: QPainter, cell: Cell, area: QRectF) -> None:
        """Draw a cell on two lines: its words, and below them the rest of these and its detail."""
        colours = self._look.colours
        face = self._strong if cell.strong else self._text
        ink = colours.ink_of(cell.tone) if cell.tone else colours.ink_third if cell.quiet else colours.ink
        step = self._metrics[id(face)].height()
        top = area.center().y() - step
        lines = wrapped(cell.text, self._metrics[id(face)], area.width(), 2)
        rest = QRectF(area.left(), top, area.width(), step)
        for n, words in enumerate(lines):
            rest = QRectF(area.left(), top + n * step, area.width(), step)
            rest = self._words(painter, words, face, ink, rest)
        if len(lines) == 1:
            rest = QRectF(area.left(), top + step, area.width(), step)
        if cell.detail and rest.width() > 12:
            self._words(
                painter, self._fitting(cell.detail, rest.width()), self._small, colours.ink_second, rest
            )

    def _fitting(self, detail: str, width: float) -> str:
        """Return as many parts of a detail as fit, the first in any case: half a day says nothing."""
        parts = detail.split(PART)
        while len(parts) > 1 and self._metrics[id(self._small)].horizontalAdvance(PART.join(parts)) > width:
            parts.pop()
        return PART.join(parts)

    def _chip(self, painter: QPainter, cell: Cell, area: QRectF) -> QRectF:
        assert cell.chip is not None  # noqa: S101 - the caller looked
        size = chip_size(cell.chip)
        box = QRectF(area.left(), area.center().y() - size.height() / 2, size.width(), size.height())
        box.setWidth(min(box.width(), area.width()))
        if box.width() > 2 * PADDING:
            paint_chip(painter, box, cell.chip, self._look.colours)
        return area.adjusted(size.width() + GAP, 0, 0, 0)

    def _words(self, painter: QPainter, words: str, face: QFont, ink: str, area: QRectF) -> QRectF:
        """Draw words at the left of an area; return what is left of it."""
        metrics = self._metrics[id(face)]
        wide = metrics.horizontalAdvance(words)
        if wide > area.width() + 0.5:
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(face)
        painter.setPen(QColor(ink))
        painter.drawText(area, LEFT, words)
        return area.adjusted(wide + GAP, 0, 0, 0)

    def _at_right(self, index: Index) -> bool:
        """Tell whether a column has figures; a table's columns stay as they are."""
        column = index.column()
        if column not in self._figures:
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
            self._figures[column] = bool(alignment is not None and alignment & Qt.AlignmentFlag.AlignRight)
        return self._figures[column]

    def width_of(self, cell: Cell) -> float:
        """Return what a cell needs on one line, in device-independent pixels without padding."""
        face = self._strong if cell.strong else self._text
        parts = [
            16.0 if cell.icon else 0.0,
            self._metrics[id(face)].horizontalAdvance(cell.text) if cell.text else 0.0,
            float(chip_size(cell.chip).width()) if cell.chip else 0.0,
            self._metrics[id(self._small)].horizontalAdvance(cell.detail) if cell.detail else 0.0,
        ]
        used = [part for part in parts if part]
        return sum(used) + GAP * max(0, len(used) - 1)


def row_height(lines: int = 1) -> int:
    """Return the height of a table's row with so many lines: the token, or more if the type needs it."""
    line = int(QFontMetricsF(font(Type.TEXT)).height())
    return max(Size.ROW, line + 18) if lines == 1 else max(Size.ROW, lines * line + 14)
