"""Secrets typed as fast as a scanner types: by a password manager, or a keyboard that computers share."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.ui.key_strokes import ENTER_PLACE, send_stroke, wedge_strokes
from merchant_desk.ui.widgets.secret_field import SecretField
from tests.helpers import shop
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_no_scan_swallowed import RICE, journal, receiving, station
from tests.ui.screens.test_sign_in import BADGE, scan

PACE_MS = 33
TAB_PLACE = 15
SECRET = "correct-Horse_7"


def auto_type(text: str, *, tab: bool = False) -> None:
    """Type 33 ms from key to key, Return (or Tab) included."""
    window = QApplication.focusWindow()
    assert window is not None
    now = time.monotonic_ns() // 1_000_000
    for stroke in wedge_strokes(text, PACE_MS):
        if tab and stroke.place == ENTER_PLACE:
            stroke = replace(stroke, place=TAB_PLACE, key=Qt.Key.Key_Tab, text="\t")  # noqa: PLW2901
        send_stroke(window, stroke, now + int(stroke.at_ms))


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    """The server accepts this password."""
    monkeypatch.setattr(shop, "PASSWORD", SECRET)
    return SECRET


def test_a_password_manager_signs_in(scene: Scene, show: Show, qtbot: QtBot, secret: str) -> None:
    scene.a.sign_out()
    program = show(scene.a)
    assert QApplication.focusWidget() is program.sheet.login
    auto_type("worker", tab=True)
    assert QApplication.focusWidget() is program.sheet.password
    auto_type(secret)
    until(qtbot, program.sheet.isHidden)
    assert scene.a.person.login == "worker"
    settled(qtbot, program)
    assert not any(secret in words or "未登录" in words for words in notices_of(program))
    assert journal(scene.a) == {}


def test_at_a_locked_desk_what_a_tab_ends_is_the_login(
    scene: Scene, show: Show, qtbot: QtBot, secret: str
) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    assert (program.sheet.login.text(), QApplication.focusWidget()) == ("manager", program.sheet.password)
    auto_type("worker", tab=True)
    assert (program.sheet.login.text(), program.sheet.password.text()) == ("worker", "")
    assert QApplication.focusWidget() is program.sheet.password
    auto_type(secret)
    until(qtbot, program.sheet.isHidden)
    assert scene.a.person.login == "worker"
    settled(qtbot, program)
    assert notices_of(program) == ["worker 已登录"]
    assert journal(scene.a) == {}


def test_a_hand_that_tabs_on_keeps_its_password_unseen(scene: Scene, show: Show) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    type_text("worker")
    press(program, Qt.Key.Key_Tab)
    assert (program.sheet.login.text(), program.sheet.password.text()) == ("manager", "worker")
    assert QApplication.focusWidget() is program.sheet.submit


def test_a_secret_that_a_tab_ends_is_no_login_where_one_was_typed(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_out()
    program = show(scene.a)
    auto_type("worker", tab=True)
    auto_type(SECRET, tab=True)
    assert (program.sheet.login.text(), program.sheet.password.text()) == ("worker", SECRET)


def test_what_may_be_a_secret_is_journaled_without_its_words(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    program.sheet.submit.setFocus()
    auto_type(SECRET)
    scan(program, RICE)
    until(qtbot, lambda: f"未登录，这一扫没有处理：{RICE}" in notices_of(program))
    settled(qtbot, program)
    sql = "SELECT raw, text, outcome FROM scan_journal ORDER BY n"
    rows = scene.a.ask(lambda connection: [tuple(row) for row in connection.exec_driver_sql(sql)])
    assert [row[1] for row in rows] == ["•" * len(SECRET), RICE]
    assert SECRET not in repr(rows)


@pytest.mark.parametrize("typed", [SECRET, "482914", "PO-1", "Rr" * 9])
def test_a_wrong_password_is_a_wrong_password_and_is_never_shown(
    scene: Scene, show: Show, qtbot: QtBot, typed: str
) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    assert QApplication.focusWidget() is program.sheet.password
    auto_type(typed)
    settled(qtbot, program)
    assert program.sheet.waits
    assert program.sheet.password.text() == typed
    assert "密码或 PIN 不对" in texts_in(program.sheet)
    assert notices_of(program) == []
    assert journal(scene.a) == {}


def test_a_badge_scanned_over_the_password_is_a_badge_and_goods_are_goods(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    scan(program, RICE)
    until(qtbot, lambda: f"未登录，这一扫没有处理：{RICE}" in notices_of(program))
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    assert program.sheet.password.text() == ""


def test_what_is_typed_beside_the_field_is_not_shown(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.sign_out()
    program = show(scene.a)
    program.sheet.submit.setFocus()
    auto_type(SECRET)
    until(qtbot, lambda: "未登录，这一扫没有处理" in notices_of(program))
    assert not any(SECRET in words for words in notices_of(program))


def test_what_may_be_a_secret_is_not_kept_for_the_station_while_users_are_switched(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = receiving(scene, show, qtbot)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    program.sheet.submit.setFocus()
    auto_type(SECRET)
    until(qtbot, lambda: "正在换人，这一扫没有处理，请换好后再扫" in notices_of(program))
    settled(qtbot, program)
    assert journal(scene.a) == {"PO-1": "done", "•" * len(SECRET): "done"}
    sql = "SELECT raw, text, outcome FROM scan_journal"
    rows = scene.a.ask(lambda connection: [tuple(row) for row in connection.exec_driver_sql(sql)])
    assert SECRET not in repr(rows)
    assert not station(program).control.situation.held
    assert station(program).sheets.open_sheet is None


def test_a_pin_over_goods_keeps_to_pins(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    program.sheet.take_badge(BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    scan(program, "SHELF-7")
    until(qtbot, lambda: "正在换人，这一扫没有处理，请换好后再扫" in notices_of(program))
    assert program.sheet.pin.text() == ""


def test_own_password_in_a_form_takes_what_is_typed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "inbound")
    until(qtbot, lambda: program.window.commands.get("person.password").enabled())
    program.window.commands.trigger("person.password")
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), SecretField))
    old = QApplication.focusWidget()
    auto_type(PASSWORD + "-old", tab=True)
    new = QApplication.focusWidget()
    auto_type(SECRET, tab=True)
    settled(qtbot, program)
    assert isinstance(old, SecretField)
    assert isinstance(new, SecretField)
    assert (old.text(), new.text()) == (PASSWORD + "-old", SECRET)
    assert journal(scene.a) == {}
    assert notices_of(program) == []
