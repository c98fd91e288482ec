"""Printing on a queue of the system. Asking the system may take long: not on the window's thread."""

from dataclasses import dataclass
from threading import Thread

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from merchant_desk.domain.printers import Paper, Printer
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import draw
from merchant_desk.ui.printing.pages import Pages, page_layout

QUEUE_SECONDS = 60
"""So long the system may take for a job: drivers of large pages are slow, dead servers never answer."""
SAME_MM = 2.0
"""Sizes that differ less are one: Letter is 215.9 x 279.4 mm."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the system: its name, how people call it, and whether it is the usual one."""

    name: str
    description: str
    is_default: bool


def system_queues() -> list[Queue]:
    """Return the system's queues, the usual one first."""
    usual = QPrinterInfo.defaultPrinterName()
    found = [
        Queue(info.printerName(), info.description() or info.printerName(), info.printerName() == usual)
        for info in QPrinterInfo.availablePrinters()
    ]
    return sorted(found, key=lambda queue: (not queue.is_default, queue.name))


def look_at_queue(printer: Printer) -> Report:
    """Tell whether a printer's queue is there, takes jobs and knows its paper, and print nothing."""
    info = _info(printer)
    if info.isNull():
        return Report(Outcome.NO_QUEUE)
    if not takes(info, printer.paper):
        return Report(Outcome.PAPER_UNKNOWN)
    well = info.state() in (QPrinter.PrinterState.Idle, QPrinter.PrinterState.Active)
    return Report(Outcome.SENT if well else Outcome.PAUSED)


def print_on_queue(printer: Printer, pages: Pages, progress: Progress) -> Report:
    """Hand pages to the system's queue; it prints them when it can. Waits `QUEUE_SECONDS` at most."""
    reports: list[Report] = []
    work = Thread(
        target=lambda: reports.append(_print(printer, pages, progress)), name="print-queue", daemon=True
    )
    work.start()
    work.join(QUEUE_SECONDS)
    if reports:
        return reports[0]
    progress.cancel()
    return Report(Outcome.TIMED_OUT, seconds=QUEUE_SECONDS)


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


def _print(printer: Printer, pages: Pages, progress: Progress) -> Report:
    total = pages.count(printer.paper)
    look = look_at_queue(printer)
    if look.outcome in (Outcome.NO_QUEUE, Outcome.PAPER_UNKNOWN):
        return look
    device = QPrinter(_info(printer), QPrinter.PrinterMode.HighResolution)
    device.setDocName(pages.title)
    device.setPageLayout(page_layout(printer.paper))
    device.setFullPage(True)
    if draw(device, device.resolution(), pages, printer.paper, progress):
        return Report(Outcome.SENT, total, total)
    device.abort()
    return Report(Outcome.CALLED_OFF if progress.cancelled else Outcome.REFUSED, 0, total)


def _info(printer: Printer) -> QPrinterInfo:
    return QPrinterInfo.printerInfo(printer.where) if printer.where else QPrinterInfo.defaultPrinter()


def _alike(one: QSizeF, other: QSizeF) -> bool:
    across, along = abs(one.width() - other.width()), abs(one.height() - other.height())
    return across <= SAME_MM and along <= SAME_MM
