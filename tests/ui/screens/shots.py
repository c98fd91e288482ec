"""Draws every screen of the program over the demo merchant: `python -m tests.ui.screens.shots FOLDER`.

One PNG for each screen in Chinese and English, light and dark, with a real server beside it, at 100 %
(1600 x 1000); `--scale 150` and `--scale 200` draw a laptop (1280 x 800) and a small one (960 x 600).
The stations with open documents are drawn by `tests.ui.screens.stations.render`.
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from contextlib import closing
from itertools import product
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from merchant_desk import app as program_app
from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture

SIZES = {100: QSize(1600, 1000), 150: QSize(1280, 800), 200: QSize(960, 600)}
"""Windows in device-independent pixels, by the scale in per cent."""

SIGN_IN = "sign_in"
"""The sheet over every screen, drawn over the overview."""

PRINTERS = (
    "zpl://192.168.1.50:9100?name=货架标签&paper=60x40&dpi=203&for=labels",
    "zpl://192.168.1.51:9100?name=面单&paper=100x150&dpi=300&for=labels",
    "queue:HP_LaserJet_400?name=办公室激光&paper=A4&for=documents",
)
"""What the desk prints on; nothing is printed."""

SETTLED_SECONDS = 0.4
LONGEST_SECONDS = 10.0


def settle(program: program_app.Program) -> None:
    """Let everything that was begun come to its end."""
    deadline = time.monotonic() + LONGEST_SECONDS
    quiet_since = time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - quiet_since < SETTLED_SECONDS:
        QCoreApplication.processEvents()
        if program.runner.busy:
            quiet_since = time.monotonic()
        time.sleep(0.005)


def draw_kind(desk: Desk, code: LanguageCode, scheme: Scheme, asked: Namespace) -> None:
    """Draw all screens in one language and one scheme, for the manager: the sheet signs everybody out."""
    desk.sign_in(MANAGER.login, pin=MANAGER.pin)
    suffix = "" if asked.scale == 100 else f"-{asked.scale}"
    desk.settings.follow(
        {"look.language": str(code), "look.colours": str(scheme), "printers.named": PRINTERS}
    )
    program = program_app.Program(program_app.application(), desk)
    program.window.resize(SIZES[asked.scale])
    program.show("home")
    settle(program)
    for entry in ENTRIES:
        if asked.only not in entry.id:
            continue
        program.window.go(entry.id)
        settle(program)
        screen = program.window.built(entry.id)
        # The first line of a list is chosen, so that what stands beside it is seen too.
        tables = [one for one in screen.findChildren(QTableView) if one.isVisible()] if screen else []
        if tables:
            QTest.keyClick(tables[0], Qt.Key.Key_Down)
            settle(program)
        save_picture(program.window, asked.folder / f"{entry.id}-{code}-{scheme}{suffix}.png")
    if asked.only in SIGN_IN:
        program.window.go("home")
        program.lock()
        settle(program)
        save_picture(program.window, asked.folder / f"{SIGN_IN}-{code}-{scheme}{suffix}.png")
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def arguments() -> Namespace:
    """Return what was asked for."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only screens whose id contains this")
    parser.add_argument("--scale", type=int, choices=tuple(SIZES), default=100)
    parser.add_argument("--kinds", default="zh_CN-light,zh_CN-dark,en-light,en-dark")
    return parser.parse_args()


def main() -> int:
    """Load the demo merchant, start its server and a desk, and draw."""
    asked = arguments()
    factor = str(asked.scale / 100)
    if os.environ.get("QT_SCALE_FACTOR", "1.0") != factor:
        # Qt reads the factor when the process starts.
        environment = {**os.environ, "QT_SCALE_FACTOR": factor}
        command = [sys.executable, "-m", "tests.ui.screens.shots", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # The settings show the desk's folder: a name that says what it is.
        home = Path(folder) / "merchant-desk-demo"
        home.mkdir()
        shop = demo_shop.prepare(home / "server", 1)
        with closing(EmbeddedServer(home / "server", ["--demo"])) as server:
            enrolment = demo_shop.enrolment_code(shop.secrets[0], server.port)
            with closing(demo_shop.enrol(home / "desk", enrolment, "前台", courier=True)) as desk:
                desk.start()
                for code, scheme in product(LanguageCode, Scheme):
                    if f"{code}-{scheme}" in asked.kinds.split(","):
                        draw_kind(desk, code, scheme, asked)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
