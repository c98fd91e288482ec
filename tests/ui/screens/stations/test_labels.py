"""Does a station print the last product's label on the printer that this desk named for labels?"""

from PySide6.QtCore import Qt

from merchant_desk.domain.printers import LABEL, Printer, Reach
from tests.helpers.zpl_printer import ZplPrinter
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor


def test_a_key_and_a_card_print_the_last_products_label(stage: Stages, floor: Floor) -> None:
    here = stage("inbound")
    with ZplPrinter() as printer:
        named = Printer("L", Reach.ZPL, printer.where, LABEL)
        here.desk.settings.local.decide({"printers.named": (named.written,)}, None, 0)
        here.scan("PO-2611-0457", floor.codes["OIL-5"]).press(Qt.Key.Key_F7)
        printer.wait_for(1)
        here.scan(floor.codes["SOY-19"], "MD:PRINT")
        labels = printer.wait_for(2)
        assert [label.codes for label in labels] == [[floor.codes["OIL-5"]], [floor.codes["SOY-19"]]]
