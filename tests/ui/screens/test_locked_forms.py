"""The lock and what lies over it: forms are hidden and kept, keys in them count, rights are one's own."""

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, press, settled, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_sign_in import BADGE, scan


def form(program: Program, bot: QtBot) -> QLineEdit:
    """Open a form and begin to fill it in."""
    dialog = FormDialog(program.look, program.window, "放行", dict)
    field = QLineEdit()
    dialog.add_field("reason", "原因", field)
    dialog.open()
    dialog.activateWindow()
    field.setFocus()
    until(bot, lambda: QApplication.focusWidget() is field)
    type_text("private")
    return field


def sign_in(program: Program, bot: QtBot, login: str) -> None:
    """Sign in at the sheet, by keys."""
    until(bot, lambda: program.sheet.isAncestorOf(QApplication.focusWidget() or program.window))
    program.sheet.login.setText(login)
    program.sheet.password.setFocus()
    type_text(PASSWORD)
    press(program, Qt.Key.Key_Return)
    until(bot, program.sheet.isHidden)


def test_a_form_is_out_of_sight_while_locked_and_comes_back_to_its_person(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    field = form(program, qtbot)
    program.lock()
    assert not field.isVisible()
    assert QApplication.activeModalWidget() is None
    sign_in(program, qtbot, "worker")
    assert not field.isVisible()
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    sign_in(program, qtbot, "manager")
    until(qtbot, field.isVisible)
    assert field.text() == "private"
    assert QApplication.activeModalWidget() is field.window()
    until(qtbot, lambda: QApplication.focusWidget() is field)


def test_a_badge_over_a_form_asks_for_the_pin_and_esc_gives_the_form_back(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    field = form(program, qtbot)
    QTest.qWait(150)  # a hand that typed needs a moment before it scans
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    assert not field.isVisible()
    press(program, Qt.Key.Key_Escape)
    until(qtbot, lambda: QApplication.focusWidget() is field)


def test_a_form_that_opens_late_does_not_lie_over_the_lock(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    program.lock()
    dialog = FormDialog(program.look, program.window, "放行", dict)
    dialog.open()
    dialog.activateWindow()
    until(qtbot, lambda: not dialog.isVisible())
    sign_in(program, qtbot, "manager")
    until(qtbot, dialog.isVisible)


def test_typing_in_a_form_is_no_idleness(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    form(program, qtbot)
    program.idle._timer.setInterval(600)
    program.idle.touch()
    for _ in range(4):
        QTest.qWait(250)
        press(program, Qt.Key.Key_Left)
        assert not program.sheet.waits
    until(qtbot, lambda: program.sheet.waits)


def test_rights_that_were_read_for_another_person_give_nobody_anything(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = show(scene.a)
    session, gate, calls = program.session, threading.Event(), []
    read = session._read_again

    def slow(person: Any) -> Any:
        rights = read(person)
        calls.append(person.login)
        if len(calls) == 1:
            gate.wait(10)
        return rights

    monkeypatch.setattr(session, "_read_again", slow)
    assert session.permitted("organise")
    session._hear({"roles": set()})
    until(qtbot, lambda: calls[:1] == ["manager"])
    program.window.commands.trigger("person.switch")
    sign_in(program, qtbot, "worker")
    gate.set()
    settled(qtbot, program)
    assert scene.a.person.login == "worker"
    assert not session.permitted("organise")
