"""Draws every screen of the program over the demo merchant: `python -m tests.ui.screens.shots FOLDER`.

One PNG for each screen in Chinese and English, light and dark, with a real server beside it, at 100 %
(1600 x 1000); `--scale 150` and `--scale 200` draw a laptop (1280 x 800) and a small one (960 x 600).
The stations with open documents are drawn by `tests.ui.screens.stations.render`.
"""

import os
import subprocess
import sys
from argparse import Namespace
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.receiving import ReverseReceipt
from merchant_desk.domain.settings_known import PRINTERS as NAMED
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.ui.screens.documents.documents import DocumentsScreen
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import (
    SIZES,
    demo_desk,
    demo_home,
    kinds_of,
    offscreen,
    parser_of,
    settle,
    shown,
)

LEADING = ("setup", "moving")
"""Screens that choose what is next themselves."""

SIGN_IN = "sign_in"
"""The sheet over every screen, drawn over the overview."""

REVERSAL = "receipts_reversed"
"""A receipt that was reversed, with both: what was booked, and what took it back."""

PRINTERS = (
    "zpl://192.168.1.50:9100?name=货架标签&paper=60x40&dpi=203&for=labels",
    "zpl://192.168.1.51:9100?name=面单&paper=100x150&dpi=300&for=labels",
    "queue:HP_LaserJet_400?name=办公室激光&paper=A4&for=documents",
)
"""What the desk prints on; nothing is printed."""


def draw_kind(desk: Desk, code: LanguageCode, scheme: Scheme, asked: Namespace) -> None:
    """Draw all screens in one language and one scheme, for the manager: the sheet signs everybody out."""
    desk.sign_in(MANAGER.login, pin=MANAGER.pin)
    suffix = "" if asked.scale == 100 else f"-{asked.scale}"
    with shown(desk, code, scheme, chosen={NAMED.key: PRINTERS}, scale=asked.scale) as program:
        for entry in ENTRIES:
            if asked.only in entry.id:
                draw_screen(program, entry.id)
                save_picture(program.window, asked.folder / f"{entry.id}-{code}-{scheme}{suffix}.png")
        if asked.only in REVERSAL:
            draw_reversal(program, desk)
            save_picture(program.window, asked.folder / f"{REVERSAL}-{code}-{scheme}{suffix}.png")
        if asked.only in SIGN_IN:
            program.window.go("home")
            program.lock()
            settle(program)
            save_picture(program.window, asked.folder / f"{SIGN_IN}-{code}-{scheme}{suffix}.png")


def draw_screen(program: Program, name: str) -> None:
    """Go to a screen and, but where it leads, into its list: what stands beside a line is seen too."""
    program.window.go(name)
    settle(program)
    screen = program.window.built(name)
    tables = [one for one in screen.findChildren(QTableView) if one.isVisible()] if screen else []
    if tables and name not in LEADING:
        QTest.keyClick(tables[0], Qt.Key.Key_Down)
        settle(program)


def draw_reversal(program: Program, desk: Desk) -> None:
    """Go to a receipt that was reversed; the first picture reverses one."""
    sql = (
        "SELECT id, outlet_id, status FROM receipts WHERE status IN ('closed', 'reversed')"
        " ORDER BY status DESC, closed_at DESC"
    )
    with desk.read() as connection, connection.begin():
        receipt, outlet, status = connection.exec_driver_sql(sql).all()[0]
    if status == "closed":
        desk.do(ReverseReceipt(UUID(bytes=receipt), UUID(bytes=outlet), (), "送错了门店，司机已带回"))
    program.window.go("receipts")
    settle(program)
    screen = program.window.built("receipts")
    assert isinstance(screen, DocumentsScreen)
    screen.pane.choose_tab("reversed")
    settle(program)
    QTest.keyClick(screen.pane.table.view, Qt.Key.Key_Return)
    settle(program)


def main() -> int:
    """Draw at the demo merchant's desk."""
    parser = parser_of(__doc__)
    parser.add_argument("--only", default="", help="only screens whose id contains this")
    parser.add_argument("--scale", type=int, choices=tuple(SIZES), default=100)
    asked = parser.parse_args()
    factor = str(asked.scale / 100)
    if os.environ.get("QT_SCALE_FACTOR", "1.0") != factor:
        # Qt reads the factor when the process starts.
        environment = {**os.environ, "QT_SCALE_FACTOR": factor}
        command = [sys.executable, "-m", "tests.ui.screens.shots", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode
    offscreen()
    with demo_home() as home, demo_desk(home) as desk:
        for code, scheme in kinds_of(asked):
            draw_kind(desk, code, scheme, asked)
    return 0


if __name__ == "__main__":
    sys.exit(main())
