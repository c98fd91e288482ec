"""The process that asks the system about its print queues, and prints: `queues.py` begins and ends it.

One line of JSON comes in, and behind it the pages as a PDF; one line of JSON goes out.
"""

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QRect, QSize, QSizeF
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from merchant_desk.domain.printers import Paper
from merchant_desk.printing.outcomes import Outcome
from merchant_desk.ui.printing.pages import page_layout

SAME_MM = 2.0
"""Sizes that differ less are one: Letter is 215.9 x 279.4 mm."""
POINTS_PER_INCH = 72
MOST_DPI = 300
"""Dots an inch of a page on its way: a picture of more takes long, and shows no more of bars of 0.4 mm."""


def main() -> int:
    """Answer one request."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    line, _, body = sys.stdin.buffer.read().partition(b"\n")
    application = QGuiApplication(["merchant-desk"])
    answer = _answer(json.loads(line), body)
    del application
    sys.stdout.write(json.dumps(answer))
    return 0


def _answer(request: dict[str, Any], body: bytes) -> dict[str, Any]:
    if request["do"] == "list":
        return {"queues": _queues()}
    printer = request["printer"]
    paper, where = Paper(**printer["paper"]), str(printer["where"])
    info = QPrinterInfo.printerInfo(where) if where else QPrinterInfo.defaultPrinter()
    if info.isNull():
        return {"outcome": Outcome.NO_QUEUE}
    if not takes(info, paper):
        return {"outcome": Outcome.PAPER_UNKNOWN}
    if request["do"] == "look":
        well = info.state() in (QPrinter.PrinterState.Idle, QPrinter.PrinterState.Active)
        return {"outcome": Outcome.SENT if well else Outcome.PAUSED}
    return {"outcome": Outcome.SENT if _print(info, paper, request["title"], body) else Outcome.REFUSED}


def _queues() -> list[dict[str, Any]]:
    usual = QPrinterInfo.defaultPrinterName()
    found = [
        {"name": one.printerName(), "description": one.description() or one.printerName()}
        for one in QPrinterInfo.availablePrinters()
    ]
    told = [{**one, "is_default": one["name"] == usual} for one in found]
    return sorted(told, key=lambda one: (not one["is_default"], one["name"]))


def takes(info: QPrinterInfo, paper: Paper) -> bool:
    """Whether a queue has a paper, upright or across; one that tells of none is believed to."""
    wanted = QSizeF(paper.width, paper.height)
    sizes = [size.size(QPageSize.Unit.Millimeter) for size in info.supportedPageSizes()]
    if not sizes or any(_alike(size, wanted) or _alike(size, wanted.transposed()) for size in sizes):
        return True
    if not info.supportsCustomPageSizes():
        return False
    least, most = (
        size.size(QPageSize.Unit.Millimeter)
        for size in (info.minimumPhysicalPageSize(), info.maximumPhysicalPageSize())
    )
    return least.boundedTo(wanted) == least and most.expandedTo(wanted) == most


def _print(info: QPrinterInfo, paper: Paper, title: str, pdf: bytes) -> bool:
    """Print a PDF page by page."""
    source = QBuffer()
    source.setData(QByteArray(pdf))
    source.open(QBuffer.OpenModeFlag.ReadOnly)
    pages = QPdfDocument()
    pages.load(source)
    device = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    device.setDocName(title)
    device.setPageLayout(page_layout(paper))
    device.setFullPage(True)
    painter = QPainter()
    if not painter.begin(device):
        return False
    dots = min(device.resolution(), MOST_DPI)
    for n in range(pages.pageCount()):
        if n and not device.newPage():
            return False
        points = pages.pagePointSize(n) * dots / POINTS_PER_INCH
        drawn = pages.render(n, QSize(round(points.width()), round(points.height())))
        image = drawn.convertToFormat(QImage.Format.Format_Grayscale8)
        whole = image.size() * device.resolution() / dots
        painter.drawImage(QRect(0, 0, whole.width(), whole.height()), image)
    return painter.end() and device.printerState() != QPrinter.PrinterState.Error


def _alike(one: QSizeF, other: QSizeF) -> bool:
    across, along = abs(one.width() - other.width()), abs(one.height() - other.height())
    return across <= SAME_MM and along <= SAME_MM


if __name__ == "__main__":
    sys.exit(main())
