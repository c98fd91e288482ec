"""Draws the door of a new computer and the founding of a shop: `python -m tests.ui.screens.door_shots DIR`.

The door, taking a shop over, the form with what is wrong in it, the recovery paper, what the new shop lacks,
and what is asked before its server ends, in Chinese and English, light and dark.
"""

import tempfile
from contextlib import closing
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from merchant_desk.app import application
from merchant_desk.cli.own_server import Founder
from merchant_desk.desk import Desk
from merchant_desk.documents.recovery_sheet import RecoverySheet
from merchant_desk.domain.founding import MANAGER_LOGIN, NewShop
from merchant_desk.models.faults import Corrupted
from merchant_desk.models.queries.people import DeskRow
from merchant_desk.sync.closed_health import Closed
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies
from merchant_desk.sync.safety_copy_part import PartHeader
from merchant_desk.sync.taking_over import Around, Begun, ServerCopy, TakenOver, TakeOver
from merchant_desk.ui.background import ImmediateRunner, ThreadRunner
from merchant_desk.ui.screens.doctor.trouble import TroubleDialog
from merchant_desk.ui.screens.sign_in.door import DoorDialog
from merchant_desk.ui.screens.sign_in.entrance import bare_look
from merchant_desk.ui.screens.sign_in.founding import FoundingDialog, KeepPaperDialog
from merchant_desk.ui.screens.sign_in.replacing import ReplacingDialog
from merchant_desk.ui.screens.sign_in.server_closing import ServerClosingDialog
from merchant_desk.ui.screens.sign_in.taken_over import TakenOverDialog
from merchant_desk.ui.screens.sign_in.taking_over import TakingOverDialog
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import kinds_of, offscreen, parser_of, shown
from tests.ui.screens.test_door import NeverAsked

SETTLED_MS = 150
PASSWORD = "correct horse battery"
KEY = RecoveryKey.make(lambda n: bytes(range(7, n + 7)))
SHEET = RecoverySheet(KEY.text, KEY.number, "青石供销社", day="2026-11-22")
SERVED = [
    DeskRow(UUID(int=n), f"0{n}", name, UUID(int=0), "", 0, None, "")
    for n, name in ((2, "收银台"), (3, "仓库"))
]
NIGHT, LATER = 1_795_287_600_000_000, 1_795_333_980_000_000
AROUND = Around(
    [ServerCopy(Path("/media/usb/auto-20261121T190000Z.mdbackup"), NIGHT, 48_213, (KEY.number,))],
    [DeskCopies(Path("/media/usb/01"), PartHeader(UUID(int=1), UUID(int=2), "01", "", 1, 1, LATER, ()))],
    0,
)
TAKEN = TakenOver(
    NIGHT,
    48_213,
    ("02 收银台", "03 仓库"),
    EnrolmentCode("192.168.1.20", 8765, UUID(int=9), bytes(range(10)), bytes(range(32))).text,
    "https://192.168.1.20:8765",
)
SPOILT = Path("merchant-desk")
"""A profile whose database is damaged, by a name that tells of no machine."""

DAMAGED = Corrupted(SPOILT / "desk.db", "page 7")
NAMES = {LanguageCode.CHINESE: "青石供销社", LanguageCode.ENGLISH: "Bluestone Stores"}


class ShownHeir:
    """Takes nothing over."""

    begun: Begun | None = None

    def look(self, where: Path) -> Around:
        """Find a night's backup and the safety copy of the same computer."""
        raise AssertionError(where)

    def take_over(self, wish: TakeOver, language: str) -> tuple[Desk, TakenOver]:
        """Never."""
        raise AssertionError(language)


def taking_over(look: Look, runner: ThreadRunner) -> TakingOverDialog:
    """Return the form in which a dead computer's copy is proposed, and what it lacks."""
    dialog = TakingOverDialog(look, runner, ShownHeir())
    dialog.where.setText("/media/usb")
    dialog.show_around(AROUND)
    return dialog


def draw(folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    app = application()
    runner = ThreadRunner(1)
    with bare_look(app, code, dark=scheme is Scheme.DARK) as look:
        form = FoundingDialog(look, runner, NeverAsked())
        form.name.setText(NAMES[code])
        form.password.setText("abc")
        form.again.setText("abd")
        form.accept()
        dialogs: dict[str, QWidget] = {
            "door": DoorDialog(look),
            "replacing": ReplacingDialog(look),
            "founding": form,
            "server_closing": ServerClosingDialog(look, SERVED),
            "taking_over": taking_over(look, runner),
            "taken_over": TakenOverDialog(look, TAKEN),
            "founding_paper": KeepPaperDialog(look, runner, NeverAsked(), SHEET),
            "trouble": TroubleDialog(
                look, ImmediateRunner(), Closed(SPOILT, Corrupted(SPOILT, "page 7"), False)
            ),
        }
        for name, dialog in dialogs.items():
            dialog.show()
            dialog.activateWindow()
            QTest.qWait(SETTLED_MS)
            save_picture(dialog, folder / f"{name}-{code}-{scheme}.png")
            dialog.hide()
            dialog.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    runner.close()


def draw_new_shop(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw what a shop lacks that was founded a moment ago."""
    desk.sign_in(MANAGER_LOGIN, PASSWORD)
    with shown(desk, code, scheme, "setup") as program:
        save_picture(program.window, folder / f"setup_new-{code}-{scheme}.png")


def main() -> None:
    """Draw them all."""
    asked = parser_of(__doc__).parse_args()
    offscreen()
    for code, scheme in kinds_of(asked):
        draw(asked.folder, code, scheme)
    with tempfile.TemporaryDirectory() as folder:
        founder = Founder(
            Path(folder), lambda request: PASSWORD if request.attempt == 1 else None, courier=False
        )
        founder.prepare()
        founder.found(NewShop(NAMES[LanguageCode.CHINESE], "石店长", PASSWORD))
        with closing(founder), founder.finish(LanguageCode.CHINESE) as desk:
            desk.start()
            for code, scheme in kinds_of(asked):
                draw_new_shop(desk, asked.folder, code, scheme)


if __name__ == "__main__":
    main()
