"""A label for the product that was scanned last, on the computer's default printer."""

from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from merchant_desk.desk import Desk
from merchant_desk.documents.symbols import product_symbol
from merchant_desk.models.queries.goods_lists import barcodes_of
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.screens.stations.paper import MM_PER_INCH, LabelText, page_layout, paint_label
from merchant_desk.ui.screens.stations.words import day_text, name_of
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.window.screens import ScreenContext

LABEL = QSizeF(60.0, 40.0)
"""Width and height of a label, millimetres."""


def label_of(line: HistoryLine, code: str, language: Speech) -> LabelText:
    """Return the label of a scanned product: its name, its base unit's code, lot and expiry.

    Raises:
        ValueError: no symbol can carry the code.
    """
    parts = [language.text("station.lot_of", lot=line.lot)] if line.lot else []
    parts.append(day_text(line.expiry))
    detail = " · ".join(part for part in parts if part)
    return LabelText(name_of(line.name, line.name_en, language), detail, product_symbol(code))


def print_label(line: HistoryLine | None, context: ScreenContext, desk: Desk) -> None:
    """Print a label for the last product, or say why not."""
    look, notices = context.look, context.notices
    sku_id = line.sku_id if line else None
    if line is None or sku_id is None:
        notices.tell(look.text("label.nothing"), Tone.WARNING)
        return
    if not QPrinterInfo.availablePrinterNames():
        notices.tell(look.text("label.no_printer"), Tone.WARNING)
        return

    def send(code: str) -> None:
        label = label_of(line, code, look.language)
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPageLayout(page_layout(LABEL))
        printer.setFullPage(True)
        painter = QPainter()
        if painter.begin(printer):
            scale = printer.resolution() / MM_PER_INCH
            paint_label(painter, QRectF(0, 0, LABEL.width() * scale, LABEL.height() * scale), scale, label)
            painter.end()
            notices.tell(look.text("label.printed", name=label.name), Tone.OK)

    def read() -> str:
        codes = desk.ask(lambda connection: barcodes_of(connection, sku_id))
        return codes[0].code if codes else line.text

    context.runner.run(read, send)
