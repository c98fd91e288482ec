"""A computer that is no desk yet: what is asked at its door, what is wrong with a shop, the paper to keep."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.documents.recovery_sheet import RecoverySheet
from merchant_desk.domain.founding import NewShop
from merchant_desk.server.listening import PortBusy
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.ui.background import ThreadRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.printing.pages import Sheet
from merchant_desk.ui.screens.code_paper import CodePaper, write_code_paper
from merchant_desk.ui.screens.sign_in.door import DoorDialog, Wanted
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.entrance import ask_for_code, ask_what_is_wanted
from merchant_desk.ui.screens.sign_in.founding import FoundingDialog, KeepPaperDialog
from merchant_desk.ui.screens.sign_in.going_on import GoingOnDialog
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.screens.sign_in.replacing import OldPc, ReplacingDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.ui.printing.test_drawing import read_pdf
from tests.ui.screens.acting import texts_in

KEY = RecoveryKey.make(lambda n: bytes(range(1, n + 1)))
SHEET = RecoverySheet(KEY.text, KEY.number, "青石供销社", day="2026-11-22")


class NeverAsked:
    """Founds nothing: whoever gets here got past what should have stopped them."""

    def found(self, shop: NewShop) -> NoReturn:
        raise AssertionError(shop)

    def finish(self, language: str) -> NoReturn:
        raise AssertionError(language)


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = Look(Theme(qapp), Language(app=qapp))
    yield look
    look.language.leave()


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[ThreadRunner]:
    made = ThreadRunner(1)
    yield made
    made.close()


def shown(dialog: OpeningDialog, qtbot: QtBot) -> None:
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)


@pytest.mark.parametrize("steps", range(5))
def test_every_way_is_taken_by_arrows_and_enter(look: Look, qtbot: QtBot, steps: int) -> None:
    dialog = DoorDialog(look)
    shown(dialog, qtbot)
    for _ in range(steps):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.chosen is list(Wanted)[steps]


@pytest.mark.parametrize(("steps", "old", "wanted"), [
    (0, OldPc.WORKS, Wanted.JOIN), (1, OldPc.COPY, Wanted.REPLACE), (2, OldPc.LOST, Wanted.JOIN),
])  # fmt: skip
def test_a_new_pc_is_led_to_how_the_old_one_is(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, steps: int, old: OldPc, wanted: Wanted
) -> None:
    said: list[str] = []

    def answer(dialog: OpeningDialog) -> int:
        shown(dialog, qtbot)
        if isinstance(dialog, DoorDialog):
            QTest.keyClick(dialog.choices[Wanted.REPLACE], Qt.Key.Key_Return)
        elif isinstance(dialog, ReplacingDialog) and not said:
            said.append(dialog.choices[old].accessibleDescription())
            QTest.keyClick(dialog, Qt.Key.Key_Escape)  # back to the door, once
        else:
            for _ in range(steps):
                QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        return dialog.result()

    monkeypatch.setattr(OpeningDialog, "exec", answer)
    assert ask_what_is_wanted(qapp, language="en", dark=False) == (wanted, "en")
    assert "lost" in said[0], "each says what is lost, or that nothing is"


def test_whoever_has_a_copy_is_asked_for_it_at_once(qapp: QApplication) -> None:
    seen: list[str] = []

    def look_around() -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, GoingOnDialog) and window.isVisible():
                seen.append(type(window).__name__)
                window.reject()
            elif isinstance(window, EnrolmentWindow) and window.isVisible() and seen:
                window.close()

    def never(*asked: object) -> NoReturn:
        raise AssertionError(asked)

    timer = QTimer()
    timer.timeout.connect(look_around)
    timer.start(20)
    desk = ask_for_code(qapp, never, never, language="en", dark=False, name="front", by_copy=True)
    timer.stop()
    assert (desk, seen) == (None, ["GoingOnDialog"])


def test_the_door_speaks_both_languages_and_can_be_left(look: Look, qtbot: QtBot) -> None:
    dialog = DoorDialog(look)
    shown(dialog, qtbot)
    assert dialog.choices[Wanted.FOUND].text() == "在这台电脑上开一家新店"
    look.language.toggle()
    assert dialog.choices[Wanted.FOUND].text() == "Found a new shop on this computer"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isHidden(), dialog.chosen) == (True, None)


def test_everything_wrong_with_a_shop_is_said_at_its_field(
    look: Look, qtbot: QtBot, runner: ThreadRunner
) -> None:
    dialog = FoundingDialog(look, runner, NeverAsked())
    shown(dialog, qtbot)
    dialog.manager.setText("x" * 101)
    dialog.password.setText("short")
    dialog.again.setText("other")
    dialog.currency.setCurrentText("ABC")
    dialog.zone.setCurrentText("Mars/Olympus")
    QTest.keyClick(dialog.password, Qt.Key.Key_Return)
    wrong = {name: field.error for name, field in dialog._named.items() if field.error}
    assert set(wrong) == {"name", "manager", "password", "again", "currency", "zone"}
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.name
    before = set(wrong.values())
    look.language.toggle()
    after = {field.error for field in dialog._named.values() if field.error}
    assert len(after) == len(before)
    assert not after & before, "said in the other language"


def test_nobody_goes_on_without_the_paper(
    look: Look, qtbot: QtBot, runner: ThreadRunner, tmp_path: Path
) -> None:
    dialog = KeepPaperDialog(look, runner, NeverAsked(), SHEET)
    shown(dialog, qtbot)
    assert KEY.text in texts_in(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog._outlet.write(str(tmp_path / "nowhere" / "key.pdf"), dialog.paper())
    assert (dialog.kept.isChecked(), dialog.submit.isEnabled()) == (False, False)
    dialog._outlet.write(str(tmp_path / "key.pdf"), dialog.paper())
    assert dialog.kept.isChecked()
    assert dialog.submit.isEnabled()
    assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")


def test_a_code_on_paper_is_read_back(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    assert write_code_paper(str(path), CodePaper("恢复密钥", KEY.text, ("一行", "a line " * 40)))
    assert read_pdf(path, 0) == [KEY.text]
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="Windows: access comes from the folder above")
def test_a_code_on_paper_is_nobody_elses_while_it_is_drawn(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.extend(stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir())

    class Watched(CodePaper):
        def paint(self, painter: QPainter, sheet: Sheet, n: int) -> None:
            super().paint(painter, sheet, n)
            look()

    replaced = Path.replace

    def replacing(path: Path, target: Path) -> Path:
        look()
        return replaced(path, target)

    monkeypatch.setattr(Path, "replace", replacing)
    assert write_code_paper(str(tmp_path / "a.pdf"), Watched("恢复密钥", KEY.text, ()))
    assert set(seen) == {0o600}


class Unlucky(NeverAsked):
    """Cannot start the server, however often it is tried."""

    def __init__(self) -> None:
        self.tries: list[str] = []

    def finish(self, language: str) -> NoReturn:
        self.tries.append(language)
        raise PortBusy("127.0.0.1", 8765)


def test_a_shop_that_stands_goes_on_unasked_and_says_why_it_cannot(
    look: Look, qtbot: QtBot, runner: ThreadRunner
) -> None:
    founder = Unlucky()
    dialog = KeepPaperDialog(look, runner, founder, None)
    shown(dialog, qtbot)
    qtbot.waitUntil(lambda: "8765" in texts_in(dialog))
    assert not dialog.printing.isVisible()
    look.language.toggle()
    assert "in use by another program" in texts_in(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: founder.tries == ["zh_CN", "en"])
    qtbot.waitUntil(dialog.submit.isEnabled)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (dialog.isHidden(), dialog.desk) == (True, None)
