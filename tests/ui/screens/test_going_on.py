"""At the door of a new computer: does a person get on with the work of one that is gone?"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.recovery import KeptCopy, RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies
from merchant_desk.sync.safety_copy_part import PartHeader
from merchant_desk.sync.safety_copy_return import CopyDamaged, GoingOn, NoCopyHere
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.ui.background import ImmediateRunner, Progress, Task
from merchant_desk.ui.messages import Language
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.sign_in import going_on
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.going_on import GoingOnDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.helpers.keyrings import FakeBackend
from tests.trouble.shopfloor import Floor, RealShop, at_work, on_hand, patiently, real_shop
from tests.ui.screens.acting import texts_in

PAPER = RecoveryKey(bytes(range(20)))


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    made = Look(Theme(qapp), Language(app=qapp))
    yield made
    made.language.leave()


def copy_of(desk: int) -> DeskCopies:
    papers = (KeptCopy(PAPER.number, b"box"),)
    header = PartHeader(UUID(int=1), UUID(int=desk), f"0{desk}", "p", 1, 1, 1_763_700_000_000_000, papers)
    return DeskCopies(Path(f"desk-0{desk}"), header)


def test_what_is_missing_is_said_and_what_is_scanned_finds_its_field(look: Look, qtbot: QtBot) -> None:
    wishes: list[GoingOn] = []

    def go_on(wish: GoingOn) -> Desk:
        wishes.append(wish)
        raise CopyDamaged("0002", 41)

    dialog = GoingOnDialog(look, ImmediateRunner(), go_on, name="收银台 2")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.accept()
    assert "请先选择存有副本的文件夹" in texts_in(dialog)
    dialog.show_copies([copy_of(3), copy_of(7)])
    assert [dialog.copies.itemText(n)[:6] for n in range(2)] == ["工作台 03", "工作台 07"]
    assert PAPER.number in texts_in(dialog), "which paper to fetch"
    for text in ("MDE1-CODE", PAPER.text):
        dialog.accept()
        dialog.take_scan(CapturedScan(text.encode(), text, None, "wedge", 0, 0))
    assert (dialog.code.text(), dialog.paper.text()) == ("MDE1-CODE", PAPER.text)
    assert not dialog.damage.isVisible()
    dialog.copies.setCurrentIndex(1)
    QTest.keyClick(dialog.paper, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "文件 0002 缺失或已损坏，其余 41 项操作可读" in texts_in(dialog)
    dialog.damage.setChecked(True)
    look.language.toggle()
    assert "Take what can be read" in dialog.damage.text()
    dialog.accept()
    assert [(w.copies.header.desk_code, w.paper, w.accept_damage) for w in wishes] == [
        ("07", PAPER, False),
        ("07", PAPER, True),
    ]
    assert PAPER.text not in repr(wishes)


def test_a_folder_without_a_copy_is_named(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    def never(wish: GoingOn) -> Desk:
        raise AssertionError(wish)

    dialog = GoingOnDialog(look, ImmediateRunner(), never)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.show_folder(str(tmp_path))
    assert "没有安全副本" in texts_in(dialog)
    dialog.show_folder(str(tmp_path / "pulled out"))
    assert "不存在" in texts_in(dialog)
    assert dialog.copies.count() == 0


class HeldRunner(ImmediateRunner):
    """Does what it is given when it is told to, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Task, Callable[[], Any]]] = []

    def run(
        self,
        work: Callable[..., Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        task = Task(done, failed or (lambda error: None), owner, Progress())
        self.held.append((task, work))
        return task

    def deliver(self, which: int) -> None:
        """Do one of those that wait."""
        task, work = self.held.pop(which)
        try:
            task.deliver(work(), None)
        except Fault as fault:
            task.deliver(None, fault)


def copies_there(folder: Path) -> list[DeskCopies]:
    if "pulled" in folder.name:
        raise NoCopyHere(folder)
    return [copy_of(3 if "old" in folder.name else 7)]


def test_what_another_folder_had_is_never_gone_on_from(
    look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes: list[GoingOn] = []

    def go_on(wish: GoingOn) -> Desk:
        wishes.append(wish)
        raise CopyDamaged("0002", 41)

    monkeypatch.setattr(going_on, "copies_in", copies_there)
    runner = HeldRunner()
    dialog = GoingOnDialog(look, runner, go_on, name="x", code="MDE1-CODE")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.paper.setText(PAPER.text)
    dialog.show_folder("/old stick")
    assert not dialog.submit.isEnabled()
    runner.deliver(0)
    assert dialog.submit.isEnabled()
    dialog.show_folder("/right stick")  # a share that takes its time
    assert dialog.copies.count() == 0
    dialog.accept()
    dialog.show_folder("/old stick")
    dialog.show_folder("/right stick")
    for late in (1, 0):  # what was asked for before the last comes after it, or is not waited for
        runner.deliver(late)
    assert dialog.copies.count() == 0
    runner.deliver(0)
    assert [dialog.copies.itemText(n)[:6] for n in range(dialog.copies.count())] == ["工作台 07"]
    dialog.folder.setText("/pulled out")  # typed, and Enter at once
    assert dialog.copies.count() == 0
    dialog.accept()
    runner.deliver(0)
    assert "没有安全副本" in texts_in(dialog)
    assert wishes == []
    dialog.show_folder("/right stick")
    runner.deliver(0)
    dialog.accept()
    runner.deliver(0)
    assert [wish.copies.header.desk_code for wish in wishes] == ["07"]


def gone(shop: RealShop, folder: Path, stick: Path) -> Floor:
    """Return what a desk had done, offline and copied, whose disk is gone."""
    with patiently(lambda: Desk.enrol(folder, shop.code(), "前台")) as desk:
        desk.sign_in("manager", shop.password)
        floor = at_work(desk)
        floor.scan(3)
        desk.name_copy_folder(stick)
    shutil.rmtree(folder)
    return floor


@pytest.mark.expects_log("rebuild_needed")
def test_from_the_dead_computers_stick_to_the_new_desk(
    look: Look, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: ring))
    stick = tmp_path / "stick"
    stick.mkdir()
    with real_shop(tmp_path) as shop:
        shop.desk(tmp_path / "keeper")
        floor = gone(shop, tmp_path / "desk", stick)

        def go_on(wish: GoingOn) -> Desk:
            new = tmp_path / "new"
            return Desk.go_on_from(wish.copies, wish.open_key, new, wish.code, wish.name)

        window = EnrolmentWindow(
            look,
            ImmediateRunner(),
            lambda code, name: shop.desks[0],
            "前台 2",
            go_on=go_on,
        )
        qtbot.addWidget(window)
        window.code.setPlainText(shop.code())
        window.copy.click()
        dialog = window.going_on
        assert dialog is not None
        dialog.show_folder(str(stick))
        QTest.keyClicks(dialog.login, "manager")
        QTest.keyClicks(dialog.password, "wrong")
        dialog.accept()
        assert dialog.isVisible()
        assert "密码" in texts_in(dialog)
        dialog.password.setText(shop.password)
        dialog.accept()
        assert window.desk is not None, texts_in(dialog)
        with window.desk as new:
            assert new.identity.name == "前台 2"
            assert on_hand(new, floor.sku_id) == 3
            assert new.status.waiting == 0
