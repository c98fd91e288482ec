"""Draws what is seen seldom: `python -m tests.ui.screens.corners FOLDER`.

The sheet after a badge, the windows before a desk is open, and the forms of products and purchase orders, in
Chinese and English, light and dark. The screens themselves are drawn by `tests.ui.screens.shots`.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from itertools import product
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from merchant_desk import app as program_app
from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.key_faults import KeyringTrouble, KeyringUnavailable
from merchant_desk.sync.recovery import KeptCopy
from merchant_desk.sync.safety_copy_folder import DeskCopies
from merchant_desk.sync.safety_copy_part import PartHeader
from merchant_desk.sync.vault import PassphraseRequest
from merchant_desk.ui.background import ImmediateRunner
from merchant_desk.ui.screens.products.product_form import ProductForm
from merchant_desk.ui.screens.purchasing.purchasing import PurchasingScreen
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.entrance import bare_look
from merchant_desk.ui.screens.sign_in.going_on import GoingOnDialog
from merchant_desk.ui.screens.sign_in.opening import PassphraseDialog
from merchant_desk.ui.screens.sign_in.recovering import RecoverDialog
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.acting import type_text
from tests.ui.screens.drawing import SIZES, settle
from tests.ui.screens.scene import Scene

BADGE = "P:1001"
SLOW_ENOUGH = 3
"""Rounds of the event loop after which a label has the lines that it needs."""


def doors(look: Look) -> dict[str, QWidget]:
    """Return the windows that are there before a desk is open."""
    enrolment = EnrolmentWindow(look, ImmediateRunner(), _never, "收银台 2")
    code = EnrolmentCode("desk.example.com", 8443, UUID(int=7), bytes(range(10)), bytes(range(32)))
    enrolment.code.setPlainText(code.text)
    reason = next(iter(KeyringTrouble))
    lost = KeyringUnavailable("entry_missing", "Secret Service")
    return {
        "enrolment": enrolment,
        "going_on": going_on(look),
        "passphrase": PassphraseDialog(look, PassphraseRequest(reason, new=True)),
        "recovery": RecoverDialog(look, lost, ["ABCD-2345"]),
    }


def going_on(look: Look) -> GoingOnDialog:
    """Return the way from a dead computer's stick, with the copies of two desks on it."""
    papers = (KeptCopy("ABCD-2345", b""),)
    headers = [
        PartHeader(UUID(int=1), UUID(int=n), f"0{n}", "", 1, 1, 1_763_700_000_000_000, papers) for n in (3, 7)
    ]
    dialog = GoingOnDialog(
        look, ImmediateRunner(), lambda wish: _never(wish.code, wish.name), name="收银台 2"
    )
    dialog.folder.setText("E:/copies")
    dialog.show_copies([DeskCopies(Path(header.desk_code), header) for header in headers])
    return dialog


def _never(code: str, name: str) -> Desk:
    raise AssertionError("nothing is enrolled for a picture")


def draw_doors(folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw them all in one language and scheme."""
    with bare_look(program_app.application(), str(code), dark=scheme is Scheme.DARK) as look:
        for name, window in doors(look).items():
            window.show()
            if isinstance(window, EnrolmentWindow):
                window.code.setFocus()
            for _ in range(SLOW_ENOUGH):
                QCoreApplication.processEvents()
            save_picture(window, folder / f"{name}-{code}-{scheme}.png")
            window.close()
            window.deleteLater()


def draw_forms(folder: Path, scene: Scene, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the forms and the sheet over the window."""
    scene.a.settings.follow({"look.language": str(code), "look.colours": str(scheme)})
    program = program_app.Program(program_app.application(), scene.a)
    program.window.resize(SIZES[100])
    program.show("products")
    settle(program)
    suffix = f"{code}-{scheme}.png"
    program.window.commands.trigger("products.change")
    settle(program)
    form = next(one for one in program.window.findChildren(ProductForm) if one.isVisible())
    save_picture(program.window, folder / f"product_form-{suffix}", form)
    form.reject()
    order(program)
    save_picture(program.window, folder / f"purchase_form-{suffix}")
    program.window.go("inbound")
    program.sheet.take_badge(BADGE)
    settle(program)
    save_picture(program.window, folder / f"sign_in_badge-{suffix}")
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def order(program: program_app.Program) -> None:
    """Write a purchase order of two lines, and begin a third."""
    program.window.go("purchasing")
    settle(program)
    program.window.commands.trigger("purchasing.new")
    settle(program)
    screen = program.window.built("purchasing")
    assert isinstance(screen, PurchasingScreen)
    lines = screen.form.lines
    for typed, many, cost in (("OIL-5", "24", "61.5"), ("NOODLE", "72", "3.25"), ("MILK-250", "", "")):
        for field, text in ((lines.product, typed), (lines.quantity, many), (lines.cost, cost)):
            if text:
                field.setFocus()
                type_text(text)
                QTest.keyClick(field, Qt.Key.Key_Return)
                settle(program)


def main() -> int:
    """Draw everything into the folder."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", default="zh_CN-light,zh_CN-dark,en-light,en-dark")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    kinds = [one for one in product(LanguageCode, Scheme) if "-".join(one) in asked.kinds.split(",")]
    for code, scheme in kinds:
        draw_doors(asked.folder, code, scheme)
    with tempfile.TemporaryDirectory() as home:
        scene = Scene(Path(home))
        for code, scheme in kinds:
            draw_forms(asked.folder, scene, code, scheme)
        scene.close()
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
