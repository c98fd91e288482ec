"""A PIN typed as fast as a scanner types, over the sheet that switches users."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers import shop
from tests.ui.screens.acting import notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_sign_in import BADGE, scan

PIN = "482913"


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> str:
    """The server accepts this PIN."""
    monkeypatch.setattr(shop, "PASSWORD", PIN)
    return PIN


def test_a_pin_at_a_scanners_pace_signs_in(scene: Scene, show: Show, qtbot: QtBot, pinned: str) -> None:
    program = show(scene.a)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    scan(program, pinned)
    until(qtbot, program.sheet.isHidden)
    assert scene.a.person.login != "manager"
    assert not any(pinned in words or "未登录" in words for words in notices_of(program))


def test_a_wrong_one_is_a_wrong_pin_and_is_never_shown(
    scene: Scene, show: Show, qtbot: QtBot, pinned: str
) -> None:
    program = show(scene.a)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    scan(program, "482914")
    settled(qtbot, program)
    assert program.sheet.isVisible()
    assert program.sheet.pin.text() == "482914"
    assert "482914" not in texts_in(program.sheet)
    assert notices_of(program) == []
    assert scene.a.person.login == "manager"


def test_a_product_over_the_sheet_is_no_pin_and_nobody_is_called_signed_out(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    for code in ("9520000000028", "96385074"):
        scan(program, code)
        until(qtbot, lambda: "正在换人，这一扫没有处理，请换好后再扫" in notices_of(program))
        program.window.notices.clear()
    assert program.sheet.pin.text() == ""
    press(program, Qt.Key.Key_Escape)
    assert scene.a.person.login == "manager"
