"""A page that shows whether a printer prints it whole: a frame at the edges, both scripts, a bar code."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from merchant_desk.documents.symbols import code128
from merchant_desk.domain.printers import Paper, Printer
from merchant_desk.ui.printing.ink import INK, PAPER, fitting, paint_symbol
from merchant_desk.ui.printing.pages import Sheet
from merchant_desk.ui.texts.printing import paper_words, printer_name
from merchant_desk.ui.texts.speech import Speech

EDGE = 1.5
"""What printers leave free of a label."""
SHEET_EDGE = 6.0
"""What printers leave free of a page."""
LINE = 0.3
MODULE = 0.375
MOST_HIGH = 60.0


def trial_code(printer: Printer) -> str:
    """Return what the bar code of a printer's test page says."""
    return f"TEST-{printer.paper.width}x{printer.paper.height}"


@dataclass(frozen=True, slots=True)
class TrialPage:
    """The test page of a printer, in one language."""

    printer: Printer
    speech: Speech
    now: str
    """When it is printed, in words."""

    @property
    def title(self) -> str:
        """What it is called."""
        return self.speech.text("printing.test_title")

    def count(self, paper: Paper) -> int:
        """One page."""
        return 1

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        scale, paper = sheet.scale, sheet.paper
        painter.fillRect(sheet.area, QColor(PAPER))
        edge = (SHEET_EDGE if paper.is_sheet else EDGE) * scale
        frame = sheet.area.adjusted(edge, edge, -edge, -edge)
        painter.setPen(QPen(QColor(INK), LINE * scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        inner = frame.adjusted(edge, edge, -edge, -edge)
        inner.setHeight(min(inner.height(), MOST_HIGH * scale))
        name = f"{printer_name(self.printer, self.speech)} · {self.title}"
        size = " · ".join((paper_words(paper, self.speech), self.now))
        self._words(painter, QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.2), name)
        bars = QRectF(inner.left(), inner.top() + inner.height() * 0.24, inner.width(), inner.height() * 0.4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        paint_symbol(painter, bars, code128(trial_code(self.printer)), MODULE * scale)
        width, height = (round(side / scale) for side in (frame.width(), frame.height()))
        edges = self.speech.text("printing.test_edges", width=width, height=height)
        for part, said in ((0.68, size), (0.84, edges)):
            place = QRectF(
                inner.left(), inner.top() + inner.height() * part, inner.width(), inner.height() * 0.14
            )
            self._words(painter, place, said)

    def _words(self, painter: QPainter, place: QRectF, words: str) -> None:
        painter.setPen(QColor(INK))
        painter.setFont(fitting(words, place.width(), place.height() * 0.8, weight=600))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
