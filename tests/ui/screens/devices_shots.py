"""Draws printers at work and a scanner on trial: `python -m tests.ui.screens.devices_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import closing
from itertools import product
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from merchant_desk import app as program_app
from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.domain.printers import A4, LABEL, Paper, Printer, Purpose, Reach
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE, PRINTERS
from merchant_desk.server.demo.structure import MANAGER
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
from tests.ui.screens.shots import SIZES, settle


def printers_at(there: ZplPrinter) -> tuple[Printer, ...]:
    """Return one that prints, one that is away, and one that the system does not have."""
    return (
        Printer("货架标签", Reach.ZPL, there.where, LABEL),
        Printer("面单", Reach.ZPL, "127.0.0.1:9", Paper(100, 150), 300),
        Printer("办公室激光", Reach.QUEUE, "HP_LaserJet_400", A4, 203, (Purpose.DOCUMENTS,)),
    )


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    desk.sign_in(MANAGER.login, pin=MANAGER.pin)
    kind = f"{code}-{scheme}.png"
    with ZplPrinter() as there:
        printers = printers_at(there)
        named = {PRINTERS.key: tuple(one.written for one in printers)}
        desk.settings.follow({LANGUAGE.key: str(code), COLOURS.key: str(scheme), **named})
        program = program_app.Program(program_app.application(), desk)
        program.window.resize(SIZES[100])
        program.show("devices")
        settle(program)
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
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def try_all(program: program_app.Program, screen: DevicesScreen, printers: tuple[Printer, ...]) -> None:
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


def main() -> int:
    """Load the demo merchant, start its server and a desk, and draw."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", default="zh_CN-light,zh_CN-dark,en-light,en-dark")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "merchant-desk-demo"
        home.mkdir()
        shop = demo_shop.prepare(home / "server", 1)
        with closing(EmbeddedServer(home / "server", ["--demo"])) as server:
            enrolment = demo_shop.enrolment_code(shop.secrets[0], server.port)
            with closing(demo_shop.enrol(home / "desk", enrolment, "前台", courier=True)) as desk:
                desk.start()
                for code, scheme in product(LanguageCode, Scheme):
                    if f"{code}-{scheme}" in asked.kinds.split(","):
                        draw(desk, asked.folder, code, scheme)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
