"""Draws the doctor of an ill desk, its log, a support bundle: `python -m tests.ui.screens.doctor_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

import logging
import os
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import closing
from itertools import product
from pathlib import Path

import structlog
from PySide6.QtCore import QCoreApplication, QEvent

from merchant_desk import app as program_app
from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.sync.logs import DESK_LOG, configure_logs
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.doctor import DoctorScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.shots import SIZES, settle

SPOILT = (
    "UPDATE stock_balances SET on_hand = on_hand + 1000000"
    " WHERE rowid IN (SELECT rowid FROM stock_balances LIMIT 3)"
)


def spoil(desk: Desk) -> None:
    """Let three balances differ, let others read the database, and log some trouble."""
    with desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql(SPOILT)
    desk.runtime.profile.path.chmod(0o644)
    log = structlog.get_logger("merchant_desk.sync.line")
    for _ in range(3):
        log.info("sync_failed", code="unreachable")
    log.warning("rest_disturbed", code="disk_full")
    log.error("tables_repaired", tables="ledger, stock_balances", rows=12)


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the three pictures of one language and scheme."""
    desk.sign_in(MANAGER.login, pin=MANAGER.pin)
    desk.settings.follow({LANGUAGE.key: str(code), COLOURS.key: str(scheme)})
    program = program_app.Program(program_app.application(), desk)
    program.window.resize(SIZES[100])
    program.show("doctor")
    settle(program)
    screen = program.window.built("doctor")
    assert isinstance(screen, DoctorScreen)
    save_picture(program.window, folder / f"doctor-{code}-{scheme}.png")
    screen.show_target("log")
    settle(program)
    save_picture(program.window, folder / f"doctor_log-{code}-{scheme}.png")
    screen.show_target("findings")
    screen.prepare_bundle()
    settle(program)
    (sheet,) = program.window.findChildren(BundleSheet)
    sheet.parts.setCurrentRow(sheet.parts.count() - 4)
    settle(program)
    save_picture(program.window, folder / f"doctor_bundle-{code}-{scheme}.png", sheet)
    sheet.reject()
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def main() -> int:
    """Load the demo merchant, start its server and a desk, spoil it, and draw."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        (home / "desk").mkdir()
        shop = demo_shop.prepare(home / "server", 1)
        configure_logs(home / "desk" / DESK_LOG)
        with closing(EmbeddedServer(home / "server", ["--demo"])) as server:
            enrolment = demo_shop.enrolment_code(shop.secrets[0], server.port)
            with closing(demo_shop.enrol(home / "desk", enrolment, "前台", courier=True)) as desk:
                desk.start()
                spoil(desk)
                for code, scheme in product(LanguageCode, Scheme):
                    draw(desk, folder, code, scheme)
        logging.shutdown()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
