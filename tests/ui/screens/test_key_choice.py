"""Settings: do people see where their desk's key is, and can they do something about it?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.key_faults import WrongPassphrase
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.vault import VaultKind
from merchant_desk.ui.screens.settings.key_choice import KeyChoice
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from tests.helpers.keyrings import FakeBackend, Person
from tests.trouble.shopfloor import real_shop
from tests.ui.screens.acting import texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

PASSPHRASE = "correct horse battery"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """A machine whose keyring is not worth its name, until somebody raises its priority."""
    backend = FakeBackend(priority=0)
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    return backend


@pytest.fixture
def desk(ring: FakeBackend, tmp_path: Path) -> Iterator[Desk]:
    """A protected desk of a real server, under a passphrase."""
    with real_shop(tmp_path) as shop:
        code = str(shop.server.ready["codes"]["CG"])
        with Desk.enrol(tmp_path / "desk", code, "前台", ask_passphrase=Person(PASSPHRASE)) as made:
            made.sign_in("manager", shop.password)
            yield made


def choice(program: Program) -> KeyChoice:
    found = program.window.built("settings")
    assert isinstance(found, SettingsScreen)
    found.tabs.choose("desk")
    return found.facts.key


def test_a_protected_desk_says_where_its_key_is_and_lets_it_be_changed(
    desk: Desk, ring: FakeBackend, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    key = choice(show(desk, "settings"))
    until(qtbot, lambda: "密钥由口令保护" in texts_in(key))
    shared = desk.key_places().papers
    assert shared[0] in texts_in(key)
    until(qtbot, lambda: "还没有做过自动备份" in texts_in(key))

    dialog = key.ask_passphrase()
    first, second = dialog.findChildren(QLineEdit)
    for one, other, said in (("short", "short", "至少 8 个字符"), ("long enough", "longer", "不一样")):
        first.setText(one)
        second.setText(other)
        dialog.try_submit()
        assert said in texts_in(dialog)
    second.setText("long enough")
    dialog.try_submit()
    until(qtbot, lambda: opens(desk, "long enough"))
    assert not opens(desk, PASSPHRASE)

    key.write_sheet(tmp_path / "sheet.txt")
    until(qtbot, lambda: len(desk.key_places().papers) == 2)
    assert desk.key_places().papers[1] in (tmp_path / "sheet.txt").read_text("utf-8")
    key.write_sheet(tmp_path / "nowhere" / "sheet.txt")
    notices = key._context.notices
    until(qtbot, lambda: any("nowhere" in notice.text for notice in notices.notices()))
    papers = desk.key_places().papers
    key.ask_to_print().try_submit()  # on a system without printers
    until(qtbot, lambda: any("没有打印：" in notice.text for notice in notices.notices()))
    assert desk.key_places().papers == papers, "the former paper stays good"

    assert not key.keyring.isHidden()
    ring.priority = 5
    key.keyring.click()
    until(qtbot, lambda: desk.key_places().vaults == (VaultKind.KEYRING,))
    until(qtbot, lambda: "密钥在系统钥匙串" in texts_in(key))
    assert key.keyring.isHidden()


def opens(desk: Desk, passphrase: str) -> bool:
    """Whether the vault beside the open desk gives its key for a passphrase."""
    folder = desk.runtime.profile.folder
    try:
        vault = vault_module.open_vault(folder, demo=False, ask_passphrase=Person(passphrase, None))
    except WrongPassphrase:
        return False
    return vault.key == desk.runtime.profile.vault.key


def test_a_demo_says_that_its_key_lies_open(scene: Scene, show: Show, qtbot: QtBot) -> None:
    key = choice(show(scene.a, "settings", language="en"))
    until(qtbot, lambda: "Demo: the key lies beside" in texts_in(key))
    assert all(button.isHidden() for button in (key.passphrase, key.keyring, key.sheet))
