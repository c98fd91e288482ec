"""A check of who somebody is counts only as long as the sheet asks for it."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_sign_in import BADGE, scan


@pytest.fixture
def slow(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Checking at the worker's desk takes until the event is set."""
    gate = threading.Event()
    real = scene.b.people.sign_in

    def sign_in(*asked: Any) -> object:
        gate.wait(10)
        return real(*asked)

    monkeypatch.setattr(scene.b.people, "sign_in", sign_in)
    yield gate
    gate.set()


def begin(program: Program) -> None:
    """Ask for the manager to be signed in."""
    program.window.commands.trigger("person.switch")
    program.sheet.login.setText("manager")
    program.sheet.password.setText(PASSWORD)
    program.sheet.try_sign_in()
    assert not program.sheet.submit.isEnabled()


def test_a_switch_that_is_called_off_signs_nobody_in(
    scene: Scene, show: Show, qtbot: QtBot, slow: threading.Event
) -> None:
    program = show(scene.b)
    begin(program)
    press(program, Qt.Key.Key_Escape)
    assert program.sheet.isHidden()
    slow.set()
    settled(qtbot, program)
    assert scene.b.person.login == "worker"
    assert not program.session.permitted("organise")
    begin(program)
    until(qtbot, program.sheet.isHidden)
    assert scene.b.person.login == "manager"


def test_nobody_is_signed_in_before_the_window_shows_it(
    scene: Scene, show: Show, qtbot: QtBot, slow: threading.Event
) -> None:
    program = show(scene.b)
    begin(program)
    assert scene.b.person.login == "worker"
    seen = []
    program.session.changed.connect(lambda: seen.append((scene.b.person.login, program.sheet.isVisible())))
    slow.set()
    until(qtbot, program.sheet.isHidden)
    assert seen == [("manager", True)]


def test_a_lock_is_not_opened_by_a_switch_that_began_before_it(
    scene: Scene, show: Show, qtbot: QtBot, slow: threading.Event
) -> None:
    program = show(scene.b)
    begin(program)
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    assert program.sheet.waits
    assert program.sheet.submit.isEnabled()
    slow.set()
    settled(qtbot, program)
    assert program.sheet.waits
    assert scene.b.signed_in is None


def test_of_two_badges_the_later_one_counts_whichever_is_found_first(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    program = show(scene.a)
    read = scene.a.read
    calls: list[int] = []

    def slow_read() -> object:
        calls.append(1)
        if len(calls) == 1:
            gate.wait(10)
        return read()

    program.sheet.take_badge("P:9999")
    settled(qtbot, program)
    monkeypatch.setattr(scene.a, "read", slow_read)
    program.sheet.take_badge("P:9999")
    scan(program, BADGE)
    until(qtbot, lambda: "仓管" in texts_in(program.sheet))
    gate.set()
    settled(qtbot, program)
    assert "仓管" in texts_in(program.sheet)
    assert QApplication.focusWidget() is program.sheet.pin
