"""A label for the product that was scanned last, on this desk's printer for labels."""

from merchant_desk.documents.symbols import product_symbol
from merchant_desk.domain.printers import Purpose
from merchant_desk.models.queries.goods_lists import barcodes_of
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.paper import LabelText, ProductLabel
from merchant_desk.ui.screens.stations.words import day_text, name_of
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.window.screens import ScreenContext


def label_of(line: HistoryLine, code: str, language: Speech) -> LabelText:
    """Return the label of a scanned product: its name, its base unit's code, lot and expiry.

    Raises:
        ValueError: no symbol can carry the code.
    """
    parts = [language.text("station.lot_of", lot=line.lot)] if line.lot else []
    parts.append(day_text(line.expiry))
    detail = " · ".join(part for part in parts if part)
    return LabelText(name_of(line.name, line.name_en, language), detail, product_symbol(code))


def print_label(line: HistoryLine | None, context: ScreenContext, parts: ScreenParts) -> None:
    """Print a label for the last product, or say that there is none."""
    look = context.look
    sku_id = line.sku_id if line else None
    if line is None or sku_id is None:
        context.notices.tell(look.text("label.nothing"), Tone.WARNING)
        return

    def send(code: str) -> None:
        label = label_of(line, code, look.language)
        parts.printing.print(ProductLabel(label), Purpose.LABELS)

    def read() -> str:
        codes = parts.desk.ask(lambda connection: barcodes_of(connection, sku_id))
        return codes[0].code if codes else line.text

    context.runner.run(read, send)
