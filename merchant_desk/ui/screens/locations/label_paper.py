"""Labels of locations on paper: a code to read from afar, and its bar code to scan.

Lengths are millimetres.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QFile, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPagedPaintDevice, QPainter, QPdfWriter, QPen

from merchant_desk.documents.symbols import code128
from merchant_desk.domain.house_codes import location_label
from merchant_desk.ui.background import Progress
from merchant_desk.ui.screens.stations.paper import (
    DPI,
    FAINT,
    INK,
    MM_PER_INCH,
    MODULE,
    PAPER,
    fitting,
    page_layout,
    paint_symbol,
)

PADDING = 3.0


@dataclass(frozen=True, slots=True)
class LabelPaper:
    """A page of labels; `margin` is what printers leave free of a page. Lines are drawn where it is cut."""

    page: QSizeF
    columns: int
    rows: int
    margin: float = 0.0

    @property
    def on_page(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    def place(self, n: int) -> QRectF:
        """Return where the label of a number on its page stands."""
        width = (self.page.width() - 2 * self.margin) / self.columns
        height = (self.page.height() - 2 * self.margin) / self.rows
        column, row = n % self.columns, n // self.columns % self.rows
        return QRectF(self.margin + column * width, self.margin + row * height, width, height)


PAPERS = {
    "sheet": LabelPaper(QSizeF(210.0, 297.0), 3, 8, 8.0),
    "single": LabelPaper(QSizeF(60.0, 40.0), 1, 1),
}


def draw_labels(
    device: QPagedPaintDevice,
    resolution: int,
    paper: LabelPaper,
    codes: Sequence[str],
    progress: Progress,
) -> bool:
    """Draw the labels of locations page by page; False when that was not possible, or was called off.

    Args:
        device: with `paper` as its page and no margins of its own.
        resolution: its dots per inch.
        paper: how the labels stand.
        codes: of the locations.
        progress: hears how many labels are drawn.
    """
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        for n, code in enumerate(codes):
            if progress.cancelled:
                return False
            if n and n % paper.on_page == 0 and not device.newPage():
                return False
            paint_location(painter, paper.place(n), resolution / MM_PER_INCH, code, cut=paper.on_page > 1)
            if n % paper.on_page == 0:
                progress.report(n, len(codes))
        return True
    finally:
        painter.end()


def paint_location(painter: QPainter, area: QRectF, scale: float, code: str, *, cut: bool) -> None:
    """Draw one label; `area` in millimetres, `scale` device pixels a millimetre, `cut` with a line to cut."""
    place = QRectF(area.x() * scale, area.y() * scale, area.width() * scale, area.height() * scale)
    painter.fillRect(place, QColor(PAPER))
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


def write_labels(path: str, paper: LabelPaper, codes: Sequence[str], progress: Progress) -> bool:
    """Write the labels as a PDF beside, then put it in its place; tells whether that was possible."""
    beside = f"{path}.part"
    file = QFile(beside)
    if not file.open(QFile.OpenModeFlag.WriteOnly):
        return False
    writer = QPdfWriter(file)
    writer.setResolution(DPI)
    writer.setTitle("Merchant Desk")
    writer.setPageLayout(page_layout(paper.page))
    drawn = draw_labels(writer, DPI, paper, codes, progress)
    file.close()
    whole = drawn and file.error() == QFile.FileError.NoError
    if whole:
        QFile.remove(path)
        whole = QFile.rename(beside, path)
    if not whole:
        QFile.remove(beside)
    return whole
