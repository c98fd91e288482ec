"""Command cards and labels on paper: one layout for screen, printer and PDF.

Lengths are millimetres; bars are painted on whole device pixels, so that every bar of one width is one width.
"""

from dataclasses import dataclass

from PySide6.QtCore import QFile, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen

from merchant_desk.documents.command_cards import CommandCard, command_cards
from merchant_desk.documents.symbols import Symbol
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.tokens import Type

PAGE = QSizeF(210.0, 297.0)
MARGIN = 12.0
COLUMNS, ROWS = 2, 5
GAP = 5.0
MODULE = 0.5
"""Width of the narrowest bar: read by any scanner from a hand's breadth to half a metre."""
DPI = 600
MM_PER_INCH = 25.4
INK, PAPER, FAINT = "#000000", "#FFFFFF", "#8A93A3"


@dataclass(frozen=True, slots=True)
class LabelText:
    """What a product label says; `symbol` is its code."""

    name: str
    detail: str
    symbol: Symbol


def paint_symbol(painter: QPainter, area: QRectF, symbol: Symbol, module: float) -> None:
    """Draw a symbol, centred, in an area; `module` is the width of the narrowest bar in device pixels."""
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


def paint_cards(painter: QPainter, page: QRectF, scale: float, speech: Speech) -> None:
    """Draw the sheet of command cards; `page` is the paper in device pixels, `scale` pixels a millimetre."""
    painter.fillRect(page, QColor(PAPER))
    inner = page.adjusted(MARGIN * scale, MARGIN * scale, -MARGIN * scale, -MARGIN * scale)
    cards = command_cards()
    gap = GAP * scale
    foot = 6 * scale
    width = (inner.width() - gap * (COLUMNS - 1)) / COLUMNS
    height = (inner.height() - foot - gap * (ROWS - 1)) / ROWS
    for i, card in enumerate(cards[: COLUMNS * ROWS]):
        column, row = i % COLUMNS, i // COLUMNS
        place = QRectF(
            inner.left() + column * (width + gap), inner.top() + row * (height + gap), width, height
        )
        _paint_card(painter, place, card, scale, speech)
    painter.setFont(_sized(3.0 * scale))
    painter.setPen(QColor(FAINT))
    flags = int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter)
    painter.drawText(inner, flags, speech.text("cards.footer"))


def _paint_card(painter: QPainter, area: QRectF, card: CommandCard, scale: float, speech: Speech) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(FAINT), 0.25 * scale, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, 3 * scale, 3 * scale)
    inner = area.adjusted(4 * scale, 3 * scale, -4 * scale, -3 * scale)
    facts = {"n": quantity(card.quantity)} if card.quantity is not None else {}
    words = speech.text(card.name, **facts)
    painter.setPen(QColor(INK))
    painter.setFont(fitting(words, inner.width(), 8.0 * scale))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), 12 * scale), flags, words)
    bars = QRectF(inner.left(), inner.top() + 14 * scale, inner.width(), inner.height() - 21 * scale)
    paint_symbol(painter, bars, card.symbol, MODULE * scale)
    painter.setFont(_sized(3.4 * scale))
    painter.drawText(
        QRectF(inner.left(), inner.bottom() - 6 * scale, inner.width(), 6 * scale), flags, card.symbol.text
    )


def paint_label(painter: QPainter, page: QRectF, scale: float, label: LabelText) -> None:
    """Draw one product label; `page` is the label in device pixels, `scale` pixels a millimetre."""
    painter.fillRect(page, QColor(PAPER))
    inner = page.adjusted(2 * scale, 2 * scale, -2 * scale, -2 * scale)
    painter.setPen(QColor(INK))
    painter.setFont(fitting(label.name, inner.width(), 5.0 * scale, weight=600))
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), 7 * scale), flags, label.name)
    bars = QRectF(inner.left(), inner.top() + 8 * scale, inner.width(), inner.height() - 18 * scale)
    paint_symbol(painter, bars, label.symbol, 0.33 * scale)
    painter.setFont(_sized(3.2 * scale))
    below = QRectF(inner.left(), bars.bottom() + scale, inner.width(), 4 * scale)
    painter.drawText(below, flags, label.symbol.text)
    painter.setFont(fitting(label.detail, inner.width(), 3.2 * scale))
    painter.drawText(below.translated(0, 4.5 * scale), flags, label.detail)


def write_cards(path: str, speech: Speech) -> bool:
    """Write the sheet as a PDF; tells whether that was possible."""
    file = QFile(path)
    if not file.open(QFile.OpenModeFlag.WriteOnly):
        return False
    writer = QPdfWriter(file)
    writer.setResolution(DPI)
    writer.setTitle(speech.text("cards.title"))
    writer.setPageLayout(page_layout(PAGE))
    painter = QPainter()
    if not painter.begin(writer):
        return False
    scale = DPI / MM_PER_INCH
    paint_cards(painter, QRectF(0, 0, PAGE.width() * scale, PAGE.height() * scale), scale, speech)
    painter.end()
    file.close()
    return file.error() == QFile.FileError.NoError


def page_layout(size: QSizeF) -> QPageLayout:
    """Return a page of a size in millimetres without margins of its own."""
    portrait = QPageLayout.Orientation.Portrait
    page = QPageSize(size, QPageSize.Unit.Millimeter)
    return QPageLayout(page, portrait, QMarginsF(0, 0, 0, 0))


def _sized(pixels: float, weight: int = 400) -> QFont:
    face = font(Type.TEXT)
    face.setPixelSize(max(4, int(pixels)))
    face.setWeight(QFont.Weight(weight))
    return face


def fitting(words: str, width: float, pixels: float, weight: int = 700) -> QFont:
    """Return a bold face in which words fit a width, at most `pixels` high."""
    face = _sized(pixels, weight)
    wide = QFontMetricsF(face).horizontalAdvance(words)
    return face if wide <= width else _sized(pixels * width / wide, weight)
