"""Pages drawn: on a printer of the system, into a PDF, or as dots of a label printer. For any thread."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QBuffer, QFile, QIODevice, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPainter, QPdfWriter, qRgb

from merchant_desk.documents.zpl import Bitmap, dots_per_mm
from merchant_desk.domain.printers import Paper, Printer
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.pages import HTML_DPI, MM_PER_INCH, Pages, Sheet, page_layout

PDF_DPI = HTML_DPI
"""At the dots that text was laid out by it stays text, which can be searched."""
DARK = qRgb(0, 0, 0)


def draw(device: QPagedPaintDevice, resolution: int, pages: Pages, paper: Paper, progress: Progress) -> bool:
    """Draw page by page; False when that was not possible, or was called off.

    Args:
        device: with `paper` as its page and no margins of its own.
        resolution: its dots per inch.
        pages: what is drawn.
        paper: what it is drawn on.
        progress: hears how many pages are drawn.
    """
    painter = QPainter()
    if not painter.begin(device):
        return False
    sheet, total = Sheet(paper, resolution / MM_PER_INCH), pages.count(paper)
    try:
        for n in range(total):
            if progress.cancelled or (n and not device.newPage()):
                return False
            pages.paint(painter, sheet, n)
            progress.report(n + 1, total)
        return True
    finally:
        painter.end()


def write_pdf(path: str, pages: Pages, paper: Paper, progress: Progress) -> bool:
    """Write a PDF beside, then put it in its place in one step; tells whether that was possible."""
    beside = f"{path}.part"
    file = QFile(beside)
    if not file.open(QFile.OpenModeFlag.WriteOnly):
        return False
    drawn = _draw_pdf(file, pages, paper, progress)
    file.close()
    with suppress(OSError):
        if drawn and file.error() == QFile.FileError.NoError:
            Path(beside).replace(path)
            return True
    QFile.remove(beside)
    return False


def pdf_bytes(pages: Pages, paper: Paper, progress: Progress) -> bytes | None:
    """Return pages as a PDF that lies on no disk; None if it was called off."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    return bytes(buffer.data().data()) if _draw_pdf(buffer, pages, paper, progress) else None


def _draw_pdf(device: QIODevice, pages: Pages, paper: Paper, progress: Progress) -> bool:
    writer = QPdfWriter(device)
    writer.setResolution(PDF_DPI)
    writer.setTitle(pages.title)
    writer.setPageLayout(page_layout(paper))
    return draw(writer, PDF_DPI, pages, paper, progress)


def bitmaps(pages: Pages, printer: Printer, progress: Progress) -> Iterator[Bitmap]:
    """Yield pages as dots of a label printer; ends early when it is called off."""
    sheet, total = Sheet(printer.paper, dots_per_mm(printer.dpi)), pages.count(printer.paper)
    width, height = round(sheet.area.width()), round(sheet.area.height())
    for n in range(total):
        if progress.cancelled:
            return
        image = QImage(width, height, QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        pages.paint(painter, sheet, n)
        painter.end()
        yield _bitmap(image)
        progress.report(n + 1, total)


def _bitmap(image: QImage) -> Bitmap:
    """Return an image with every dot dark or light; text has no grey on thermal paper."""
    mono = image.convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)
    if mono.color(1) != DARK:
        mono.invertPixels()
    row, size = mono.bytesPerLine(), (mono.width() + 7) // 8
    data = bytes(mono.constBits())
    rows = (data[start : start + size] for start in range(0, row * mono.height(), row))
    beyond = size * 8 - mono.width()
    kept = 0xFF << beyond & 0xFF
    return Bitmap(mono.width(), mono.height(), b"".join(one[:-1] + bytes((one[-1] & kept,)) for one in rows))
