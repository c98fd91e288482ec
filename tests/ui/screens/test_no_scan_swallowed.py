"""A scan that no screen takes is in the journal too: over the sheet that signs people in, after learning."""

import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.stations.journal import Journal
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.tones import Sound
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, notices_of, press, settled, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_sign_in import BADGE, scan

RICE = "9520000000028"


def journal(desk: Desk) -> dict[str, str]:
    """Return the journaled codes with their states."""
    rows: list[Any] = desk.ask(
        lambda connection: list(connection.exec_driver_sql("SELECT text, state FROM scan_journal ORDER BY n"))
    )
    return {row[0]: row[1] for row in rows}


def captured(code: str) -> CapturedScan:
    """Return a scan by a serial scanner, made now."""
    return CapturedScan(code.encode(), code, None, "COM3", time.time_ns() // 1_000, time.monotonic_ns())


def station(program: Program) -> StationScreen:
    screen = program.window.built(program.window.current)
    assert isinstance(screen, StationScreen)
    return screen


def receiving(scene: Scene, show: Show, qtbot: QtBot) -> Program:
    """Show the inbound station with the delivery open."""
    program = show(scene.a, "inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    settled(qtbot, program)
    return program


def test_goods_scanned_while_users_are_switched_wait_at_the_station(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_in("worker", pin=PASSWORD)
    scene.a.sign_in("manager", PASSWORD)
    program = receiving(scene, show, qtbot)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    scan(program, RICE)
    until(qtbot, lambda: journal(scene.a).get(RICE) == "held_back")
    until(qtbot, station(program).sheets.held.isVisible)
    assert "正在换人，这一扫先记下，换好后再处理" in notices_of(program)
    assert QApplication.focusWidget() is program.sheet.pin, "the PIN goes where it is asked for"
    type_text(PASSWORD)
    press(program, Qt.Key.Key_Return)
    until(qtbot, program.sheet.isHidden)
    assert station(program).sheets.held.view.hasFocus()
    until(qtbot, lambda: not station(program).sheets.held.guarded)
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: journal(scene.a)[RICE] == "done")
    settled(qtbot, program)
    line = station(program).panel.line
    assert line is not None
    assert line.quantity > 0


def test_what_no_keyboard_typed_waits_there_whatever_it_says(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = receiving(scene, show, qtbot)
    program.window.commands.trigger("person.switch")
    program.reception.take(captured("OWN-7"))
    until(qtbot, lambda: journal(scene.a).get("OWN-7") == "held_back")


def test_a_switch_called_off_still_lists_them_and_a_card_finishes_nothing(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = receiving(scene, show, qtbot)
    program.window.commands.trigger("person.switch")
    for code in (RICE, "MD:OK"):
        scan(program, code)
        until(qtbot, lambda: code in journal(scene.a))  # noqa: B023 - awaited here
    settled(qtbot, program)
    press(program, Qt.Key.Key_Escape)
    assert program.sheet.isHidden()
    assert station(program).sheets.open_sheet is station(program).sheets.held
    assert journal(scene.a) == {"PO-1": "done", RICE: "held_back", "MD:OK": "done"}


def test_no_key_reaches_the_station_behind_the_sheet(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = receiving(scene, show, qtbot)
    scan(program, BADGE)
    until(qtbot, lambda: QApplication.focusWidget() is program.sheet.pin)
    for focus in (program.sheet.pin, program.sheet.submit, program.sheet):
        focus.setFocus()
        press(program, Qt.Key.Key_F9)
        press(program, Qt.Key.Key_3, ALT)
        press(program, Qt.Key.Key_F12)
        settled(qtbot, program)
        situation = station(program).control.situation
        assert situation is not None
        assert not situation.minus
        assert station(program).sheets.open_sheet is None
        assert (program.window.current, program.sheet.isVisible()) == ("inbound", True)
    press(program, Qt.Key.Key_Escape)
    assert program.sheet.isHidden()
    press(program, Qt.Key.Key_F9)
    until(qtbot, lambda: station(program).control.situation.minus)


def test_what_a_locked_desk_hears_is_journaled_as_not_done(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    scan(program, RICE)
    settled(qtbot, program)
    sql = "SELECT state, outcome, station, person_id, op_id FROM scan_journal WHERE text = ?"
    ((state, outcome, where, person, op_id),) = scene.a.ask(
        lambda connection: list(connection.exec_driver_sql(sql, (RICE,)))
    )
    assert '"code": "nobody_signed_in"' in outcome
    assert (state, where, person, op_id) == ("done", "inbound", None, None)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Sound]:
    """What would be heard: there is no loudspeaker here."""
    sounds: list[Sound] = []
    monkeypatch.setattr(Sounds, "play", lambda self, sound: sounds.append(sound))
    return sounds


def unreadable(text: str) -> RejectedScan:
    now = time.time_ns()
    return RejectedScan(text.encode(), text, RejectReason.MIXED, "wedge", now // 1_000, time.monotonic_ns())


@pytest.mark.parametrize("trusted", [True, False])
def test_nothing_is_said_before_it_is_in_the_journal(
    scene: Scene, show: Show, qtbot: QtBot, heard: list[Sound], trusted: bool
) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    settled(qtbot, program)
    heard.clear()
    gate = threading.Event()
    scene.a.runtime.writer.submit(lambda: gate.wait(10))
    if trusted:
        program.reception.take(captured(RICE))
    else:
        program.hub.rejected.emit(unreadable("95200\x1d9520"))
    qtbot.wait(100)
    try:
        assert (heard, notices_of(program)) == ([], [])
    finally:
        gate.set()
    until(qtbot, lambda: notices_of(program))
    assert heard == [Sound.REFUSED]
    assert list(journal(scene.a).values()) == ["done"]


@pytest.mark.expects_log("window_error")
def test_what_could_not_be_kept_is_said_with_the_reason(
    scene: Scene, show: Show, qtbot: QtBot, heard: list[Sound], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = show(scene.a, "inbound")
    press(program, Qt.Key.Key_L, CONTROL | ALT)
    settled(qtbot, program)
    heard.clear()

    def full(*args: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "file", full)
    program.reception.take(captured(RICE))
    until(qtbot, lambda: len(notices_of(program)) == 2)
    assert heard == [Sound.REFUSED]
    assert notices_of(program)[0] == f"未登录，这一扫没有处理：{RICE}"
    assert journal(scene.a) == {}


@pytest.mark.parametrize(("screen", "locked"), [("inbound", True), ("home", False)])
def test_a_burst_that_no_screen_tells_is_journaled_and_a_secret_by_its_length(
    scene: Scene, show: Show, qtbot: QtBot, screen: str, locked: bool
) -> None:
    program = show(scene.a, screen)
    if locked:
        press(program, Qt.Key.Key_L, CONTROL | ALT)
    burst = unreadable("s3cret-Horse")
    program.hub.rejected.emit(replace(burst, suspect=captured("Battery9")))
    settled(qtbot, program)
    sql = "SELECT raw, text, state, station, outcome FROM scan_journal"
    ((raw, text, state, where, outcome),) = scene.a.ask(
        lambda connection: list(connection.exec_driver_sql(sql))
    )
    told = json.loads(outcome)
    assert (state, where, told["code"], told["facts"]["reason"]) == (
        "done",
        screen,
        "unreadable_burst",
        "mixed",
    )
    seen = ("•" * 12, b"", "•" * 8) if locked else ("s3cret-Horse", b"s3cret-Horse", "Battery9")
    assert (text, raw, told["facts"]["suspect"]) == seen


def test_learning_ends_where_it_can_be_seen_no_longer(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    settings = program.window.built("settings")
    assert isinstance(settings, SettingsScreen)
    settings.show_target("scanner.prefix")
    until(qtbot, settings.scanner.isVisible)
    settings.scanner.begin()
    before = program.hub.settings
    program.window.go("inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    assert journal(scene.a) == {"PO-1": "done"}
    program.window.go("settings")
    assert settings.scanner.teach.isEnabled()
    assert program.hub.settings == before
