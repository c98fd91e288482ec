"""Marks on paper: bar codes on whole device pixels, so that every bar of one width is one width; letters."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from merchant_desk.documents.symbols import Matrix, Symbol
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.tokens import Type

INK, PAPER, FAINT = "#000000", "#FFFFFF", "#8A93A3"


SQUARE = 2
"""Modules of a square symbol are so many times a bar's width: a camera sees them from further off."""


def paint_symbol(painter: QPainter, area: QRectF, symbol: Symbol | Matrix, module: float) -> None:
    """Draw a symbol, centred, in an area; `module` is the width of the narrowest bar in device pixels."""
    if isinstance(symbol, Matrix):
        _paint_matrix(painter, area, symbol, SQUARE * module)
        return
    width = max(1.0, float(int(module)))
    while symbol.modules * width > area.width() and width > 1:
        width -= 1
    left = float(int(area.left() + (area.width() - len(symbol.bars) * width) / 2))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(INK))
    start: int | None = None
    for i, bar in enumerate(symbol.bars + "0"):
        if bar == "1" and start is None:
            start = i
        elif bar == "0" and start is not None:
            painter.drawRect(QRectF(left + start * width, area.top(), (i - start) * width, area.height()))
            start = None
    painter.restore()


def _paint_matrix(painter: QPainter, area: QRectF, matrix: Matrix, module: float) -> None:
    room = min(area.width(), area.height()) / matrix.modules
    side = max(1, int(min(module, room)))
    whole = len(matrix.rows) * side
    left, top = int(area.center().x() - whole / 2), int(area.center().y() - whole / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(INK))
    for y, row in enumerate(matrix.rows):
        for x, dark in enumerate(row):
            if dark == "1":
                painter.drawRect(QRectF(left + x * side, top + y * side, side, side))
    painter.restore()


def sized(pixels: float, weight: int = 400) -> QFont:
    """Return a face so many device pixels high."""
    face = font(Type.TEXT)
    face.setPixelSize(max(4, int(pixels)))
    face.setWeight(QFont.Weight(weight))
    return face


def fitting(words: str, width: float, pixels: float, weight: int = 700) -> QFont:
    """Return a bold face in which words fit a width, at most `pixels` high."""
    face = sized(pixels, weight)
    wide = QFontMetricsF(face).horizontalAdvance(words)
    return face if wide <= width else sized(pixels * width / wide, weight)
