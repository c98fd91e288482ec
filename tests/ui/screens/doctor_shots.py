"""Draws the doctor of an ill desk, its log, a support bundle: `python -m tests.ui.screens.doctor_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

import logging
from pathlib import Path

import structlog

from merchant_desk.desk import Desk
from merchant_desk.sync.logs import DESK_LOG, configure_logs
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.doctor import DoctorScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import draw_all, settle, shown

SPOILT = (
    "UPDATE stock_balances SET on_hand = on_hand + 1000000"
    " WHERE rowid IN (SELECT rowid FROM stock_balances LIMIT 3)"
)


def spoil(desk: Desk) -> None:
    """Let three balances differ, let others read the database, and log some trouble."""
    configure_logs(desk.runtime.profile.folder / DESK_LOG)
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
    with shown(desk, code, scheme, "doctor") as program:
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


if __name__ == "__main__":
    draw_all(__doc__, draw, before=spoil)
    logging.shutdown()
