"""What can be printed: pages that draw themselves on whatever paper there is. Lengths are millimetres."""

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QImage, QPageLayout, QPageSize, QPainter, QTextDocument

from merchant_desk.domain.printers import Paper
from merchant_desk.ui.printing.ink import PAPER
from merchant_desk.ui.theme.fonts import font

MM_PER_INCH = 25.4
HTML_DPI = 600
"""By these dots a page of HTML is laid out, whatever it is printed on: its pages are always the same."""
HTML_MARGIN = 15.0
HTML_POINTS = 10.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to draw on: its paper, and how many of the device's pixels a millimetre has."""

    paper: Paper
    scale: float

    @property
    def area(self) -> QRectF:
        """The whole page in pixels."""
        return QRectF(0, 0, self.paper.width * self.scale, self.paper.height * self.scale)


class Pages(Protocol):
    """Something to print."""

    @property
    def title(self) -> str:
        """What it is called, for people."""
        ...

    def count(self, paper: Paper) -> int:
        """Return how many pages it takes; 0 for nothing."""
        ...

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """Draw a page, the first is 0; may be called on any thread."""
        ...


@dataclass(frozen=True, slots=True)
class HtmlPages:
    """A page of HTML, on as many sheets as it takes."""

    title: str
    html: str

    def count(self, paper: Paper) -> int:
        """As `Pages.count`."""
        return self._document(paper)[0].pageCount()

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        document, _ = self._document(sheet.paper)
        painter.fillRect(sheet.area, QColor(PAPER))
        size, scale = document.pageSize(), sheet.scale * MM_PER_INCH / HTML_DPI
        painter.save()
        painter.translate(HTML_MARGIN * sheet.scale, HTML_MARGIN * sheet.scale)
        painter.scale(scale, scale)
        painter.translate(0, -n * size.height())
        part = QRectF(0, n * size.height(), size.width(), size.height())
        painter.setClipRect(part)
        document.drawContents(painter, part)
        painter.restore()

    def _document(self, paper: Paper) -> tuple[QTextDocument, QImage]:
        """Return the pages, and the image by whose dots their letters are measured."""
        dots = QImage(1, 1, QImage.Format.Format_RGB32)
        dots.setDotsPerMeterX(round(HTML_DPI / MM_PER_INCH * 1_000))
        dots.setDotsPerMeterY(dots.dotsPerMeterX())
        document = QTextDocument()
        document.documentLayout().setPaintDevice(dots)
        # A face of the screen is measured in pixels, and its tabular figures cannot be searched in a PDF.
        face = QFont(font().families())
        face.setPointSizeF(HTML_POINTS)
        document.setDefaultFont(face)
        document.setDocumentMargin(0)
        document.setHtml(self.html)
        inside = QSizeF(paper.width - 2 * HTML_MARGIN, paper.height - 2 * HTML_MARGIN)
        document.setPageSize(inside * (HTML_DPI / MM_PER_INCH))
        return document, dots


def page_layout(paper: Paper) -> QPageLayout:
    """Return a paper as a page without margins of its own."""
    page = QPageSize(QSizeF(paper.width, paper.height), QPageSize.Unit.Millimeter)
    return QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
