"""The codes of a scanner's trial on paper: one page, or a label for each."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from merchant_desk.domain.printers import Paper
from merchant_desk.ui.printing.ink import INK, PAPER, fitting, paint_symbol
from merchant_desk.ui.printing.pages import Sheet
from merchant_desk.ui.scanner.trial import TrialCode
from merchant_desk.ui.texts.speech import Speech

MARGIN = 15.0
PADDING = 2.0
WORDS = 7.0
BLOCK = 50.0
MODULE = 0.4


@dataclass(frozen=True, slots=True)
class TrialSheet:
    """The codes, in one language."""

    speech: Speech

    @property
    def title(self) -> str:
        """What it is called."""
        return self.speech.text("trial.sheet")

    def count(self, paper: Paper) -> int:
        """As `Pages.count`."""
        return 1 if paper.is_sheet else len(TrialCode)

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        painter.fillRect(sheet.area, QColor(PAPER))
        scale, codes = sheet.scale, list(TrialCode)
        if not sheet.paper.is_sheet:
            room = PADDING * scale
            self._block(painter, sheet.area.adjusted(room, room, -room, -room), scale, codes[n])
            return
        inner = sheet.area.adjusted(MARGIN * scale, MARGIN * scale, -MARGIN * scale, -MARGIN * scale)
        for i, code in enumerate(codes):
            top = inner.top() + i * (BLOCK + MARGIN) * scale
            self._block(painter, QRectF(inner.left(), top, inner.width(), BLOCK * scale), scale, code)

    def _block(self, painter: QPainter, area: QRectF, scale: float, code: TrialCode) -> None:
        words = self.speech.text(f"trial.code.{code}")
        high = min(WORDS * scale, area.height() * 0.2)
        painter.setPen(QColor(INK))
        painter.setFont(fitting(words, area.width(), high * 0.7))
        top = QRectF(area.left(), area.top(), area.width(), high)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignCenter), words)
        bars = QRectF(area.left(), top.bottom(), area.width(), area.height() - high)
        paint_symbol(painter, bars, code.symbol, MODULE * scale)
