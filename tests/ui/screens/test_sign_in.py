"""Signing in: by name or badge, wrong, locked, switched in mid-document, idle, offline, a new desk."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import CredentialKind, SignedIn, SignInTry
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.protocol import decode
from merchant_desk.sync.transport import Request
from merchant_desk.ui.background import ImmediateRunner
from merchant_desk.ui.key_strokes import send_stroke, wedge_strokes
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.sheet import Why
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

BADGE = "P:1001"


def scan(program: object, code: str) -> None:
    """Scan as a keyboard wedge does, 2 ms from key to key."""
    window = QApplication.focusWindow()
    assert window is not None
    now = time.monotonic_ns() // 1_000_000
    for stroke in wedge_strokes(code, 2):
        send_stroke(window, stroke, now + int(stroke.at_ms))


def test_nobody_works_before_somebody_signed_in(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.sign_out()
    program = show(scene.a)
    assert program.sheet.waits
    assert QApplication.focusWidget() is program.sheet.login
    press(program, Qt.Key.Key_3, ALT)
    assert program.window.current == "home"
    type_text("manager")
    press(program, Qt.Key.Key_Tab)
    type_text(PASSWORD)
    press(program, Qt.Key.Key_Return)
    until(qtbot, program.sheet.isHidden)
    assert program.session.person is not None
    assert program.session.person.login == "manager"
    press(program, Qt.Key.Key_3, ALT)
    assert program.window.current != "home"


def test_a_wrong_password_says_so_and_five_lock(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.sign_out()
    scene.shop.fetch.down = True
    program = show(scene.a)
    sheet = program.sheet
    sheet.login.setText("manager")
    for n in range(1, 6):
        sheet.password.setText("guess")
        sheet.try_sign_in()
        until(qtbot, sheet.submit.isEnabled)
        assert ("密码或 PIN 不对" if n < 5 else "已锁定") in texts_in(sheet)
    sheet.password.setText(PASSWORD)
    sheet.try_sign_in()
    until(qtbot, sheet.submit.isEnabled)
    assert "已锁定" in texts_in(sheet)
    assert "serve --reset-password" in texts_in(sheet), "a manager who is the only one has nobody to ask"
    assert program.session.person is None


def test_the_first_time_needs_the_server_and_says_so(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.sign_out()
    scene.shop.fetch.down = True
    program = show(scene.a, language="en")
    program.sheet.login.setText("worker")
    program.sheet.password.setText(PASSWORD)
    program.sheet.try_sign_in()
    until(qtbot, lambda: "first sign-in on a desk needs the server" in texts_in(program.sheet))


def test_nothing_entered_is_answered_at_once(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.sign_out()
    program = show(scene.a)
    press(program, Qt.Key.Key_Return)
    assert "请输入登录名" in texts_in(program.sheet)


def test_a_badge_and_a_pin_change_the_user_and_the_document_stays(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_in("worker", pin=PASSWORD)
    scene.a.sign_in("manager", PASSWORD)
    receipt = scene.a.receive("PO-1")
    program = show(scene.a)
    began = time.monotonic()
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    assert "仓管" in texts_in(program.sheet)
    type_text(PASSWORD)
    press(program, Qt.Key.Key_Return)
    until(qtbot, program.sheet.isHidden)
    assert time.monotonic() - began < 2.0
    assert scene.a.person.login == "worker"
    done = receipt.scan("9520000000028")
    with scene.a.read() as connection, connection.begin():
        sql = "SELECT p.login FROM outbox o JOIN persons p ON p.id = o.person_id WHERE o.op_id = ?"
        assert done.op_id is not None
        assert connection.exec_driver_sql(sql, (done.op_id.bytes,)).scalar() == "worker"


def test_ones_own_badge_asks_for_nothing_unless_the_desk_is_locked(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_in("worker", pin=PASSWORD)
    program = show(scene.a)
    scan(program, BADGE)
    until(qtbot, lambda: any("已登录" in one.text for one in program.window.notices.notices()))
    assert program.sheet.isHidden()
    assert scene.a.person.login == "worker"
    program.lock()
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    assert program.session.person is None


def test_who_has_no_badge_switches_by_name_and_pin(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the window's keys alone; the PIN is that of the name, the password is not asked for."""
    scene.a.sign_out()
    program = show(scene.a)
    sheet = program.sheet
    type_text("manager")
    until(qtbot, lambda: sheet.login.text() == "manager")
    while QApplication.focusWidget() is not sheet.other:
        press(program, Qt.Key.Key_Tab)
    press(program, Qt.Key.Key_Space)
    until(qtbot, lambda: QApplication.focusWidget() is sheet.pin)
    assert sheet._fields["login"].isVisible()
    assert not sheet._fields["password"].isVisible()
    asked: list[CredentialKind] = []
    ask = scene.shop.fetch._signed_in

    def answer(request: Request) -> SignedIn:
        asked.append(decode(request.body, SignInTry).kind)
        return ask(request)

    monkeypatch.setattr(scene.shop.fetch, "_signed_in", answer)
    type_text(PASSWORD)
    press(program, Qt.Key.Key_Return)
    until(qtbot, sheet.isHidden)
    assert asked == [CredentialKind.PIN]
    assert scene.a.person.login == "manager"
    assert sheet.pin.text() == ""
    press(program, Qt.Key.Key_U, CONTROL | ALT)
    assert sheet._fields["password"].isVisible(), "the password is asked for first"


def test_five_wrong_pins_of_a_name_lock_the_pin_and_not_the_password(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_in("manager", pin=PASSWORD)
    scene.a.sign_out()
    scene.shop.fetch.down = True
    program = show(scene.a)
    sheet = program.sheet
    sheet.login.setText("manager")
    sheet.password.setText("typed under the other name")
    sheet.other.click()
    for n in range(1, 6):
        sheet.pin.setText("9753")
        sheet.try_sign_in()
        until(qtbot, sheet.submit.isEnabled)
        assert ("密码或 PIN 不对" if n < 5 else "已锁定") in texts_in(sheet)
    sheet.pin.setText(PASSWORD)
    sheet.try_sign_in()
    until(qtbot, sheet.submit.isEnabled)
    assert "已锁定" in texts_in(sheet)
    sheet.other.click()
    assert not sheet._failure.isVisible()
    assert (sheet.password.text(), sheet.pin.text()) == ("", "")
    sheet.password.setText(PASSWORD)
    sheet.try_sign_in()
    until(qtbot, sheet.isHidden)
    assert scene.a.person.login == "manager"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("by_badge", [True, False])
def test_a_long_reason_cuts_nothing_off(
    scene: Scene, show: Show, qtbot: QtBot, language: str, *, by_badge: bool
) -> None:
    """The first sign-in without a line: three lines of it, in either way of the sheet."""
    scene.shop.fetch.down = True
    program = show(scene.a, language=language)
    sheet = program.sheet
    if by_badge:
        sheet.take_badge(BADGE)
        until(qtbot, lambda: QApplication.focusWidget() is sheet.pin)
    else:
        sheet.ask(Why.SWITCH)
        sheet.login.setText("worker")
        sheet.other.click()
    sheet.pin.setText("2580")
    sheet.try_sign_in()
    until(qtbot, sheet._failure.isVisible)
    QTest.qWait(50)
    for part in (sheet.pin, sheet._failure, sheet.submit, sheet.other):
        assert part.height() >= part.minimumSizeHint().height()
        wanted = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
        assert part.height() >= wanted
        parent = part.parentWidget()
        assert parent is not None
        assert parent.rect().contains(part.geometry())


def test_an_unknown_badge_says_what_to_do(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    scan(program, "P:9999")
    until(qtbot, lambda: "没有人用这张工牌" in texts_in(program.sheet))
    press(program, Qt.Key.Key_Escape)
    assert program.sheet.isHidden()
    assert scene.a.person.login == "manager"


def test_a_locked_desk_takes_no_scan_and_no_shortcut(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    assert program.sheet.waits
    assert "店长" in texts_in(program.sheet) or "manager" in texts_in(program.sheet)
    press(program, Qt.Key.Key_Escape)
    press(program, Qt.Key.Key_K, CONTROL)
    assert program.sheet.waits
    assert program.window._palette.isHidden()
    scan(program, "9520000000028")
    until(qtbot, program.window.notices.notices)
    assert "9520000000028" in program.window.notices.notices()[0].text
    with pytest.raises(Refusal, match="nobody_signed_in"):
        _ = scene.a.person


def test_a_locked_desk_speaks_the_language_of_who_comes(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, language="en")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    assert program.sheet.submit.text() == "Sign in"
    press(program, Qt.Key.Key_L, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert (program.sheet.submit.text(), program.sheet.waits) == ("登录", True)
    program.sheet.language.click()
    assert program.sheet.submit.text() == "Sign in"


def test_an_idle_desk_locks_itself(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    assert program.idle.minutes == 0  # demo data never locks
    program.idle.set_minutes(10)
    assert program.idle.minutes == 10
    program.idle._timer.setInterval(600)
    for _ in range(4):
        QTest.qWait(250)
        press(program, Qt.Key.Key_Down)
        assert not program.sheet.waits
    until(qtbot, lambda: program.sheet.waits)
    assert program.sheet._why is Why.LOCKED


# ---------------------------------------------------------------- a new desk


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    """A look for a window of its own."""
    look = Look(Theme(qapp), Language(app=qapp))
    yield look
    look.language.leave()


def code() -> str:
    """Return a code that could be one."""
    from uuid import UUID

    return EnrolmentCode("127.0.0.1", 8443, UUID(int=7), bytes(10), bytes(32)).text


def test_a_mistyped_code_is_named_before_anything_is_asked(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    from merchant_desk.desk import Desk

    window = EnrolmentWindow(
        look, ImmediateRunner(), lambda text, name: Desk.enrol(tmp_path / "desk", text, name, demo=True)
    )
    qtbot.addWidget(window)
    window.show()
    window.try_enrol()
    assert "请扫描或粘贴登记代码" in texts_in(window)
    window.code.setPlainText(code()[:-1] + ("A" if code()[-1] != "A" else "B"))
    window.name.setText("收银台 2")
    window.try_enrol()
    assert texts_in(window)
    assert window.desk is None
    assert "组有误，请对照原件" in texts_in(window)


def test_a_good_code_says_where_it_leads_and_enrols(look: Look, qtbot: QtBot, scene: Scene) -> None:
    asked: list[tuple[str, str]] = []

    def enrol(text: str, name: str) -> object:
        asked.append((text, name))
        return scene.a

    window = EnrolmentWindow(look, ImmediateRunner(), enrol, "counter")  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.show()
    window.code.setPlainText(code().lower())
    assert "https://127.0.0.1:8443" in texts_in(window)
    with qtbot.waitSignal(window.enrolled):
        window.try_enrol()
    assert asked == [(code().lower(), "counter")]
    assert window.desk is scene.a
    assert window.isHidden()


def test_a_fault_of_enrolment_is_told_and_tried_again(look: Look, qtbot: QtBot) -> None:
    from merchant_desk.sync.transport import Unreachable

    def enrol(text: str, name: str) -> object:
        raise Unreachable("no_answer", "test")

    window = EnrolmentWindow(look, ImmediateRunner(), enrol, "counter")  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.show()
    window.code.setPlainText(code())
    window.try_enrol()
    assert "连不上服务器" in texts_in(window)
    look.language.toggle()
    assert "cannot be reached" in texts_in(window)
    assert window.submit.isEnabled()
    with qtbot.waitSignal(window.given_up):
        window.close()
    assert issubclass(Unreachable, Fault)


def test_a_persons_menu_offers_switch_and_lock(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    assert program.window.commands.possible("person.switch")
    program.window.commands.trigger("person.switch")
    assert not program.sheet.waits
    assert program.sheet.isVisible()
    settled(qtbot, program)
    press(program, Qt.Key.Key_Escape)
    assert program.sheet.isHidden()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_button_of_the_sheet_shows_all_its_words(
    scene: Scene, show: Show, qtbot: QtBot, language: str
) -> None:
    program = show(scene.a, language=language)
    sheet = program.sheet
    sheet.offer_enrolment(True)
    sheet.take_badge(BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is sheet.pin)
    inside = sheet.sheet.rect()
    for button in (sheet.language, sheet.other, sheet.enrol, sheet.cancel, sheet.submit):
        assert button.isVisible()
        assert button.width() >= button.sizeHint().width(), button.text()
        assert inside.contains(button.rect().translated(button.mapTo(sheet.sheet, button.rect().topLeft())))
