"""Labels of locations on paper: a code to read from afar, and its bar code to scan.

Lengths are millimetres.
"""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from merchant_desk.documents.symbols import code128
from merchant_desk.domain.house_codes import location_label
from merchant_desk.domain.printers import Paper
from merchant_desk.ui.printing.ink import FAINT, INK, PAPER, fitting, paint_symbol
from merchant_desk.ui.printing.pages import Sheet

PADDING = 3.0
MODULE = 0.5
"""Width of the narrowest bar: read by any scanner from a hand's breadth to half a metre."""


@dataclass(frozen=True, slots=True)
class LabelGrid:
    """How labels stand on a paper; `margin` is what printers leave free of a page, `rows` are cut apart."""

    paper: Paper
    columns: int
    rows: int
    margin: float

    @property
    def on_page(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    def place(self, n: int) -> QRectF:
        """Return where the label of a number on its page stands."""
        width = (self.paper.width - 2 * self.margin) / self.columns
        height = (self.paper.height - 2 * self.margin) / self.rows
        column, row = n % self.columns, n // self.columns % self.rows
        return QRectF(self.margin + column * width, self.margin + row * height, width, height)


def label_grid(paper: Paper) -> LabelGrid:
    """Return how labels of about 65 x 35 mm stand on a sheet; what is no sheet is one label."""
    if not paper.is_sheet:
        return LabelGrid(paper, 1, 1, 0.0)
    return LabelGrid(paper, (paper.width - 16) // 60, (paper.height - 16) // 35, 8.0)


@dataclass(frozen=True, slots=True)
class LocationLabels:
    """The labels of locations, by their codes."""

    title: str
    codes: tuple[str, ...]

    def count(self, paper: Paper) -> int:
        """As `Pages.count`."""
        return -(-len(self.codes) // label_grid(paper).on_page)

    def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
        """As `Pages.paint`."""
        painter.fillRect(sheet.area, QColor(PAPER))
        grid = label_grid(sheet.paper)
        for i, code in enumerate(self.codes[n * grid.on_page : (n + 1) * grid.on_page]):
            paint_location(painter, grid.place(i), sheet.scale, code, cut=grid.on_page > 1)


def paint_location(painter: QPainter, area: QRectF, scale: float, code: str, *, cut: bool) -> None:
    """Draw one label; `area` in millimetres, `scale` device pixels a millimetre, `cut` with a line to cut."""
    place = QRectF(area.x() * scale, area.y() * scale, area.width() * scale, area.height() * scale)
    if cut:
        painter.setPen(QPen(QColor(FAINT), 0.15 * scale, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)
    room = PADDING * scale
    inner = place.adjusted(room, room, -room, -room)
    words = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.45)
    painter.setPen(QColor(INK))
    painter.setFont(fitting(code, words.width(), words.height() * 0.9))
    painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), code)
    bars = QRectF(
        inner.left(), words.bottom() + scale, inner.width(), inner.bottom() - words.bottom() - scale
    )
    paint_symbol(painter, bars, code128(location_label(code)), MODULE * scale)
