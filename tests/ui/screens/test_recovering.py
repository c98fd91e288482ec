"""A desk whose key is gone, at the door: does a person get it open again, and with all its work?"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk import app
from merchant_desk.cli import open_desk
from merchant_desk.desk import Desk
from merchant_desk.sync import vault as vault_module
from merchant_desk.sync.key_faults import KeyMissing, KeyringUnavailable
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.ui.messages import Language
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.screens.sign_in.recovering import RecoverDialog, Recovery
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.helpers.keyrings import FakeBackend
from tests.trouble.shopfloor import RealShop, at_work, real_shop
from tests.ui.screens.acting import texts_in
from tests.ui.screens.test_opening import options

PAPER = RecoveryKey(bytes(range(20)))


@pytest.fixture
def dialog(qapp: QApplication, qtbot: QtBot) -> Iterator[RecoverDialog]:
    look = Look(Theme(qapp), Language(app=qapp))
    made = RecoverDialog(look, KeyringUnavailable("entry_missing", "x"), ["ABCD-2345"])
    qtbot.addWidget(made)
    made.show()
    yield made
    look.language.leave()


def test_it_says_why_which_paper_and_what_was_mistyped(dialog: RecoverDialog, qtbot: QtBot) -> None:
    assert "没有此配置的密钥" in texts_in(dialog)
    assert "ABCD-2345" in texts_in(dialog)
    dialog.accept()
    assert "请输入恢复密钥，或担保人" in texts_in(dialog)
    QTest.keyClicks(dialog.paper, PAPER.text[:14] + "ZZ" + PAPER.text[16:])
    QTest.keyClick(dialog.paper, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "第 3 组有误" in texts_in(dialog)
    dialog.look.language.toggle()
    assert "Group 3 is mistyped" in texts_in(dialog)
    assert "The paper with the number ABCD-2345" in texts_in(dialog)
    qtbot.waitUntil(lambda: dialog.text.height() >= dialog.text.heightForWidth(dialog.text.width()))


def test_the_paper_is_scanned_or_somebody_vouches(dialog: RecoverDialog) -> None:
    QTest.keyClicks(dialog.login, "manager")
    dialog.accept()
    assert dialog.isVisible(), "a name without a password"
    QTest.keyClicks(dialog.password, "secret")
    dialog.accept()
    assert dialog.recovery == Recovery(None, "manager", "secret")
    assert "secret" not in repr(dialog.recovery)
    dialog.take_scan(CapturedScan(PAPER.text.encode(), PAPER.text, None, "wedge", 0, 0))
    assert dialog.recovery == Recovery(PAPER)


# ---------------------------------------------------------------- from the lost key to the open window


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    backend = FakeBackend()
    monkeypatch.setattr(vault_module, "SystemKeyring", lambda: SystemKeyring(lambda: backend))
    return backend


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[RealShop]:
    with real_shop(tmp_path) as made:
        made.desk(tmp_path / "keeper")
        yield made


def by_paper(shop: RealShop, dialog: RecoverDialog) -> None:
    dialog.paper.setText(str(shop.server.ready["founded"]["recovery_key"]))


def by_server(shop: RealShop, dialog: RecoverDialog) -> None:
    dialog.login.setText("manager")
    dialog.password.setText(shop.password)


class Visitor(QTimer):
    """Answers the dialog at the door: first with a stranger's paper, then as it is told."""

    def __init__(self, way: Callable[[RecoverDialog], None]) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._way = way
        self.timeout.connect(self._act)
        self.start(20)

    def _act(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, OpeningDialog) and window.isVisible():
                assert isinstance(window, RecoverDialog)
                self.seen.append(texts_in(window))
                if len(self.seen) == 1:
                    window.paper.setText(PAPER.text)
                else:
                    window.paper.clear()
                    self._way(window)
                window.accept()


@pytest.mark.parametrize("way", [by_paper, by_server])
def test_from_a_lost_vault_to_the_open_window(
    shop: RealShop,
    ring: FakeBackend,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qapp: QApplication,
    way: Callable[[RealShop, RecoverDialog], None],
) -> None:
    folder = tmp_path / "desk"
    with Desk.enrol(folder, shop.code(), "前台") as desk:
        desk.sign_in("manager", shop.password)
        floor = at_work(desk)
        desk.sync()
        floor.scan(3)
    (folder / "vault.json").unlink()
    ring.entries.clear()

    def run_window(desk: Desk, **rest: object) -> int:
        assert desk.runtime.profile.folder == folder
        assert desk.sync().waiting == 0
        return 0

    visitor = Visitor(lambda dialog: way(shop, dialog))
    monkeypatch.setattr(open_desk, "configure_logs", lambda file: None)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda told: True)
    monkeypatch.setattr(app, "run_window", run_window)
    assert open_desk.run(options(folder)) == 0
    visitor.stop()
    seen = visitor.seen
    assert "its key is missing" in seen[0]
    assert "another recovery key" in seen[1]
    assert len(seen) == 2
    keeper = shop.desks[0]
    keeper.sync()
    assert sum(row.on_hand for row in keeper.stock(floor.sku_id)) == 3_000_000


def test_giving_up_leaves_the_fault_to_the_caller(
    shop: RealShop, ring: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    folder = tmp_path / "desk"
    Desk.enrol(folder, shop.code(), "前台").close()
    (folder / "vault.json").unlink()
    monkeypatch.setattr(app, "ask_recovery", lambda *rest, **more: None)
    monkeypatch.setattr(app, "show_trouble", lambda *rest, **more: "close")
    monkeypatch.setattr(open_desk, "configure_logs", lambda file: None)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda told: True)
    with pytest.raises(KeyMissing):
        open_desk.run(options(folder))
    assert not (folder / "vault.json").exists()
