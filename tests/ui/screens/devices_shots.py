"""Draws printers at work and a scanner on trial: `python -m tests.ui.screens.devices_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

from pathlib import Path

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.printers import A4, LABEL, Paper, Printer, Purpose, Reach
from merchant_desk.domain.settings_known import PRINTERS
from merchant_desk.ui.scanner.settings import Terminator
from merchant_desk.ui.scanner.source import WEDGE, CapturedScan
from merchant_desk.ui.scanner.trial import TrialCode
from merchant_desk.ui.screens.devices.devices import SCANNER, DevicesScreen
from merchant_desk.ui.screens.devices.printer_form import PrinterForm
from merchant_desk.ui.screens.locations.label_paper import LocationLabels
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.helpers.zpl_printer import ZplPrinter
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import draw_all, settle, shown


def printers_at(there: ZplPrinter) -> tuple[Printer, ...]:
    """Return one that prints, one that is away, and one that the system does not have."""
    return (
        Printer("货架标签", Reach.ZPL, there.where, LABEL),
        Printer("面单", Reach.ZPL, "127.0.0.1:9", Paper(100, 150), 300),
        Printer("办公室激光", Reach.QUEUE, "HP_LaserJet_400", A4, 203, (Purpose.DOCUMENTS,)),
    )


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    kind = f"{code}-{scheme}.png"
    with ZplPrinter() as there:
        printers = printers_at(there)
        named = {PRINTERS.key: tuple(one.written for one in printers)}
        with shown(desk, code, scheme, "devices", chosen=named) as program:
            screen = program.window.built("devices")
            assert isinstance(screen, DevicesScreen)
            try_all(program, screen, printers)
            program.window.notices.clear()
            save_picture(program.window, folder / f"devices-{kind}")
            program.window.commands.trigger("devices.add")
            settle(program)
            (form,) = program.window.findChildren(PrinterForm)
            save_picture(form, folder / f"devices_form-{kind}")
            form.reject()
            screen.show_target(SCANNER)
            for text in (TrialCode.EAN.text, TrialCode.MIXED.text, TrialCode.GS1.text.replace("\x1d", "")):
                screen.take_scan(CapturedScan(b"", text, None, WEDGE, 0, 0, end=Terminator.ENTER))
            settle(program)
            save_picture(program.window, folder / f"devices_scanner-{kind}")


def try_all(program: Program, screen: DevicesScreen, printers: tuple[Printer, ...]) -> None:
    """Print a test page on each, and labels on the one that is away."""
    for printer in printers:
        screen.printers.printers.choose(printer.name)
        program.window.commands.trigger("devices.test")
    title = program.look.text("locations.labels_title", n=12)
    program.printing.print(LocationLabels(title, ("A-01",) * 12), printers[1])
    while not (
        all(row.report for row in screen.printers.rows) and any(job.waits for job in program.printing.jobs)
    ):
        settle(program)


if __name__ == "__main__":
    draw_all(__doc__, draw)
