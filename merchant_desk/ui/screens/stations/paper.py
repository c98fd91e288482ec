"""Command cards and labels on paper: one layout for screen, printer and PDF. Lengths are millimetres."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from merchant_desk.documents.command_cards import CommandCard, command_cards
from merchant_desk.documents.symbols import Symbol
from merchant_desk.domain.printers import LABEL, Paper
from merchant_desk.ui.printing.ink import FAINT, INK, PAPER, fitting, paint_symbol, sized
from merchant_desk.ui.printing.pages import Sheet
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.texts.speech import Speech

MARGIN = 12.0
COLUMNS, ROWS = 2, 5
GAP = 5.0
MODULE = 0.5
"""Width of the narrowest bar: read by any scanner from a hand's breadth to half a metre."""


@dataclass(frozen=True, slots=True)
class LabelText:
    """What a product label says; `symbol` is its code."""

    name: str
    detail: str
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class CommandCards:
    """The sheet of command cards, in one language."""

    speech: Speech

    @property
    def title(self) -> str:
        """What it is called."""
        return self.speech.text("cards.title")

    def count(self, paper: Paper) -> int:
        """One page."""
        return 1

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        paint_cards(painter, sheet.area, sheet.scale, self.speech)


@dataclass(frozen=True, slots=True)
class ProductLabel:
    """The label of one product."""

    label: LabelText

    @property
    def title(self) -> str:
        """What it is called."""
        return self.label.name

    def count(self, paper: Paper) -> int:
        """One label."""
        return 1

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        area, scale = sheet.area, sheet.scale
        if sheet.paper.is_sheet:
            painter.fillRect(area, QColor(PAPER))
            area = QRectF(MARGIN * scale, MARGIN * scale, LABEL.width * scale, LABEL.height * scale)
        paint_label(painter, area, scale, self.label)


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
    painter.setFont(sized(3.0 * scale))
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
    painter.setFont(sized(3.4 * scale))
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
    painter.setFont(sized(3.2 * scale))
    below = QRectF(inner.left(), bars.bottom() + scale, inner.width(), 4 * scale)
    painter.drawText(below, flags, label.symbol.text)
    painter.setFont(fitting(label.detail, inner.width(), 3.2 * scale))
    painter.drawText(below.translated(0, 4.5 * scale), flags, label.detail)
