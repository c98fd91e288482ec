"""Before the window: a passphrase is asked for, a fault is told, a new desk is enrolled, in any language."""

import argparse
import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk import app
from merchant_desk.cli import open_desk
from merchant_desk.desk import Desk
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE
from merchant_desk.models.faults import Fault
from merchant_desk.sync.key_faults import KeyringTrouble
from merchant_desk.sync.profile import ProfileNotEnrolled
from merchant_desk.sync.vault import PassphraseRequest, Problem
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.sign_in.door import DoorDialog, Wanted
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.opening import FaultDialog, OpeningDialog, PassphraseDialog
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from tests.ui.screens.acting import texts_in
from tests.ui.screens.scene import Scene

REASON = next(iter(KeyringTrouble))


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    look = Look(Theme(qapp), Language(app=qapp))
    yield look
    look.language.leave()


def shown(dialog: OpeningDialog, qtbot: QtBot) -> None:
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)


def test_a_new_passphrase_is_asked_for_twice(look: Look, qtbot: QtBot) -> None:
    dialog = PassphraseDialog(look, PassphraseRequest(REASON, new=True))
    shown(dialog, qtbot)
    first, second = dialog.editors
    QTest.keyClicks(first, "correct horse battery")
    dialog.accept()
    assert dialog.isVisible()
    QTest.keyClicks(second, "correct horse batterie")
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "两次输入的口令不一样" in texts_in(dialog)
    second.setText("correct horse battery")
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert dialog.isHidden()
    assert dialog.passphrase == "correct horse battery"


def test_a_known_passphrase_is_asked_for_once_and_says_what_was_wrong(look: Look, qtbot: QtBot) -> None:
    dialog = PassphraseDialog(look, PassphraseRequest(None, new=False, attempt=2, problem=Problem.WRONG))
    shown(dialog, qtbot)
    assert len(dialog.editors) == 1
    assert "口令不正确" in texts_in(dialog)
    look.language.toggle()
    assert "The passphrase was wrong" in texts_in(dialog)
    QTest.keyClick(dialog.editors[0], Qt.Key.Key_Escape)
    assert dialog.result() == 0


def test_a_fault_is_told_in_both_languages(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = FaultDialog(look, ProfileNotEnrolled(tmp_path))
    shown(dialog, qtbot)
    assert "没有登记" in dialog.said.text()
    look.language.toggle()
    assert "enrolled at no server" in dialog.said.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isHidden()


# ---------------------------------------------------------------- the command


class Played:
    """Finds the window that the program puts up, and does something to it; at the door it joins a shop."""

    def __init__(self, do: Callable[[Any], None]) -> None:
        self.do = do
        self.timer = QTimer()
        self.timer.setInterval(20)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    def look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, DoorDialog) and window.isVisible():
                QTest.keyClick(window.choices[Wanted.FOUND], Qt.Key.Key_Down)
                QTest.keyClick(window.choices[Wanted.JOIN], Qt.Key.Key_Return)
            elif isinstance(window, OpeningDialog | EnrolmentWindow) and window.isVisible():
                self.timer.stop()
                self.do(window)


def options(folder: Path, **changed: object) -> argparse.Namespace:
    told = {
        "profile": folder, "demo": False, "language": "en", "dark": False, "screen": None, "server_url": "",
        "player": False, "courier": False,
    }  # fmt: skip
    return argparse.Namespace(**(told | changed))


@pytest.fixture(autouse=True)
def no_log_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the test's own log as it is."""
    monkeypatch.setattr(open_desk, "configure_logs", lambda file: None)


@pytest.fixture
def before_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command believe that somebody sits there, and that no passphrase is in the environment."""
    monkeypatch.setattr(open_desk, "_shows_windows", lambda told: not told.player)
    monkeypatch.setattr(open_desk, "ask_passphrase", lambda request: None)


def quit_door() -> None:
    """Whoever gives up joining stands at the door again."""
    doors = [one for one in QApplication.topLevelWidgets() if isinstance(one, DoorDialog)]
    shown = [door for door in doors if door.isVisible()]
    for door in shown:
        door.reject()
    if not shown:
        QTimer.singleShot(20, quit_door)


@pytest.mark.usefixtures("before_a_screen", "qapp")
def test_a_new_computer_is_asked_for_a_passphrase_once_and_then_for_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[PassphraseRequest] = []
    enrolled: list[tuple[str, str]] = []

    def ask(request: PassphraseRequest, *, language: str, dark: bool) -> str:
        asked.append(request)
        return "correct horse battery"

    def enrol(folder: Path, code: str, name: str, **rest: object) -> Desk:
        enrolled.append((code, name))
        raise ProfileNotEnrolled(folder)

    def act(window: EnrolmentWindow) -> None:
        window.code.setPlainText("a code")
        window.name.setText("counter 2")
        window.try_enrol()
        QTimer.singleShot(0, lambda: leave(window))

    def leave(window: EnrolmentWindow) -> None:
        if window.submit.isEnabled():
            window.close()
            QTimer.singleShot(0, quit_door)
        else:
            QTimer.singleShot(20, lambda: leave(window))

    monkeypatch.setattr(app, "ask_passphrase", ask)
    monkeypatch.setattr(Desk, "enrol", enrol)
    played = Played(act)
    assert open_desk.run(options(tmp_path / "desk")) == 0
    assert not played.timer.isActive()
    assert enrolled == [("a code", "counter 2")]
    assert [request.new for request in asked] in ([True], [])


@pytest.mark.usefixtures("before_a_screen", "qapp")
def test_a_fault_at_the_door_is_told_in_a_window_and_to_the_caller(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "desk.db").write_bytes(b"no database")
    said: list[str] = []

    def act(window: OpeningDialog) -> None:
        said.append(texts_in(window))
        window.reject()

    played = Played(act)
    with pytest.raises(Fault):
        open_desk.run(options(folder))
    assert not played.timer.isActive()
    assert "It cannot be opened now" in said[0]


def test_the_player_gets_the_fault_and_no_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication
) -> None:
    monkeypatch.setenv("MERCHANT_DESK_PASSPHRASE", "correct horse battery")
    with pytest.raises(Fault):
        open_desk.run(options(tmp_path / "desk", player=True))
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible()]


@pytest.mark.usefixtures("qapp")
def test_a_passphrase_is_asked_for_in_a_window_of_its_own() -> None:
    def act(window: PassphraseDialog) -> None:
        for editor in window.editors:
            editor.setText("correct horse battery")
        window.accept()

    played = Played(act)
    request = PassphraseRequest(REASON, new=True)
    assert app.ask_passphrase(request, language="zh_CN", dark=True) == "correct horse battery"
    assert not played.timer.isActive()


def test_a_window_that_could_not_be_built_leaves_python_its_own_collection(
    qapp: QApplication, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    off: list[bool] = []

    def broken(*args: object) -> None:
        off.append(not gc.isenabled())
        raise OSError("no room for it")

    monkeypatch.setattr(app, "Program", broken)
    monkeypatch.setattr(sys, "setswitchinterval", lambda seconds: None)
    with pytest.raises(OSError, match="no room"):
        app.run_window(scene.a)
    assert (off, gc.isenabled()) == ([True], True)


def test_a_language_that_is_asked_for_is_kept_and_none_gives_way(
    qapp: QApplication, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise OSError("no room for it")

    monkeypatch.setattr(app, "Program", broken)
    monkeypatch.setattr(sys, "setswitchinterval", lambda seconds: None)
    parser = argparse.ArgumentParser()
    open_desk.add_arguments(parser)
    shown = []
    for line in ("--language en --dark", "", "--language zh_CN", "--light", ""):
        told = parser.parse_args(line.split())
        with pytest.raises(OSError, match="no room"):
            app.run_window(scene.a, language=told.language, dark=told.dark)
        own = scene.a.settings.local.decisions
        shown.append((own.value(LANGUAGE), own.value(COLOURS)))
    assert shown == [
        ("en", "dark"),
        ("en", "dark"),
        ("zh_CN", "dark"),
        ("zh_CN", "light"),
        ("zh_CN", "light"),
    ]
