"""Settings and sync centre: do people see where unsent work is copied to, and how old that copy is?"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.screens.settings.copy_choice import CopyChoice
from merchant_desk.ui.screens.settings.settings import DESK, SettingsScreen
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.window.sync_indicator import SyncIndicator
from tests.helpers.keyrings import FakeBackend
from tests.trouble.shopfloor import real_shop
from tests.ui.screens.acting import settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Desk]:
    """A protected desk of a real server."""
    backend = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    with real_shop(tmp_path) as shop:
        code = str(shop.server.ready["codes"]["CG"])
        with Desk.enrol(tmp_path / "desk", code, "前台") as made:
            made.sign_in("manager", shop.password)
            yield made


def choice(program: Program) -> CopyChoice:
    found = program.window.built("settings")
    assert isinstance(found, SettingsScreen)
    found.tabs.choose(DESK)
    return found.facts.copy


class Shown(QObject):
    """Notes every window that comes up."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


def test_no_screen_of_a_protected_desk_throws_a_window_of_its_own(
    desk: Desk, show: Show, qtbot: QtBot, qapp: QApplication
) -> None:
    program = show(desk, "home")
    shown = Shown()
    qapp.installEventFilter(shown)
    for entry in ENTRIES:
        program.window.go(entry.id)
        settled(qtbot, program)
    qapp.removeEventFilter(shown)
    assert shown.windows == []
    assert program.window.isActiveWindow()


@pytest.mark.expects_log("safety_copy_failed")
def test_a_manager_names_the_folder_and_everybody_sees_how_old_the_copy_is(
    desk: Desk, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    program = show(desk, "settings")
    copy = choice(program)
    until(qtbot, lambda: "还没有指定文件夹" in texts_in(copy))
    assert copy.choose.isVisible()
    assert not copy.now.isVisible()
    assert not copy.off.isVisible()
    copy.name_folder(stick)
    until(qtbot, lambda: "安全副本写于" in texts_in(copy))
    assert str(stick) in texts_in(copy)
    assert "同一块磁盘" in texts_in(copy)
    pill = program.window.findChild(SyncIndicator)
    assert pill is not None
    until(qtbot, lambda: any("副本" in part for part in pill.words.parts))

    program.window.go("sync")
    centre = program.window.built("sync")
    assert isinstance(centre, SyncCentre)
    until(qtbot, lambda: "安全副本 刚刚" in centre.tiles.copy.accessibleName())
    shutil.rmtree(stick)
    program.window.go("settings")
    copy.now.click()
    until(qtbot, lambda: "文件夹不在" in texts_in(copy))
    until(qtbot, lambda: any("没有写成" in part for part in pill.words.parts))
    program.window.go("sync")
    until(qtbot, lambda: "U 盘可能已拔出" in texts_in(centre))
    assert "没有写成" in centre.tiles.copy.accessibleName()

    program.window.go("settings")
    copy.off.click()
    until(qtbot, lambda: "还没有指定文件夹" in texts_in(copy))
    assert desk.copy_state is None


def test_a_demo_has_no_safety_copy(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    copy = choice(program)
    until(qtbot, lambda: "演示数据没有安全副本" in texts_in(copy))
    assert not copy.choose.isVisible()
    program.window.go("sync")
    centre = program.window.built("sync")
    assert isinstance(centre, SyncCentre)
    assert not centre.tiles.copy.isVisible()
