"""The head of a table: titles in the ink of small text, the order's arrow beside the title it belongs to."""

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Type

PADDING = 12.0
ARROW, GAP = 12.0, 4.0


def title_width(title: str, *, sortable: bool) -> float:
    """Return the width in pixels at which a title, and an arrow if it can have one, is seen whole."""
    words = QFontMetricsF(font(Type.SMALL_STRONG)).horizontalAdvance(title)
    return words + 2 * PADDING + (ARROW + GAP if sortable else 0.0)


class TableHeader(QHeaderView):
    """Draws itself: Qt sets the arrow at a section's far edge, where it seems to be the next column's."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self._hovered = -1
        self.setHighlightSections(False)
        self.setSectionsMovable(False)
        self.setMouseTracking(True)
        self.setFont(font(Type.SMALL_STRONG))
        self.setMinimumSectionSize(36)
        self.setFixedHeight(max(Size.CONTROL, self.sizeHint().height()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        colours = self._look.colours
        hovered = logicalIndex == self._hovered and self.sectionsClickable()
        painter.save()
        painter.fillRect(rect, QColor(colours.hover if hovered else colours.panel))
        painter.fillRect(QRectF(rect.left(), rect.bottom(), rect.width(), 1), QColor(colours.line))
        self._paint_title(painter, QRectF(rect).adjusted(PADDING, 0, -PADDING, 0), logicalIndex)
        painter.restore()

    def _paint_title(self, painter: QPainter, area: QRectF, section: int) -> None:
        model, across = self.model(), Qt.Orientation.Horizontal
        alignment = model.headerData(section, across, Qt.ItemDataRole.TextAlignmentRole)
        right = bool(alignment is not None and alignment & Qt.AlignmentFlag.AlignRight)
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        room = area.width() - (ARROW + GAP if sorted_by else 0.0)
        metrics = QFontMetricsF(font(Type.SMALL_STRONG))
        words = str(model.headerData(section, across) or "")
        words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room + 0.5)
        wide = metrics.horizontalAdvance(words)
        ink = self._look.colours.ink if sorted_by else self._look.colours.ink_second
        painter.setFont(font(Type.SMALL_STRONG))
        painter.setPen(QColor(ink))
        left = area.right() - wide if right else area.left()
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
        painter.drawText(QRectF(left, area.top(), wide + 1, area.height()), middle, words)
        if sorted_by:
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            corner = QPointF(
                left - GAP - ARROW if right else left + wide + GAP, area.center().y() - ARROW / 2
            )
            box = QRectF(corner.x(), corner.y(), ARROW, ARROW)
            paint_icon(painter, box, "chevron-down" if down else "chevron-up", ink)

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()
