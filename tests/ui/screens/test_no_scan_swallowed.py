"""A scan that no screen takes is in the journal too: over the sheet that signs people in, after learning."""

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from merchant_desk.ui.screens.stations.screen import StationScreen
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


def station(program: Program) -> StationScreen:
    screen = program.window.built(program.window.current)
    assert isinstance(screen, StationScreen)
    return screen


def test_goods_scanned_while_users_are_switched_wait_at_the_station(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.a.sign_in("worker", pin=PASSWORD)
    scene.a.sign_in("manager", PASSWORD)
    program = show(scene.a, "inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    settled(qtbot, program)
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
    program = show(scene.a, "inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    settled(qtbot, program)
    program.window.commands.trigger("person.switch")
    now = time.time_ns()
    program.reception.take(CapturedScan(b"OWN-7", "OWN-7", None, "COM3", now // 1_000, time.monotonic_ns()))
    until(qtbot, lambda: journal(scene.a).get("OWN-7") == "held_back")


def test_a_switch_called_off_still_lists_them_and_a_card_finishes_nothing(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    settled(qtbot, program)
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
    program = show(scene.a, "inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    settled(qtbot, program)
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


def test_learning_ends_where_it_can_be_seen_no_longer(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    settings = program.window.built("settings")
    assert isinstance(settings, SettingsScreen)
    settings.scanner.begin()
    before = program.hub.settings
    program.window.go("inbound")
    scan(program, "PO-1")
    until(qtbot, lambda: station(program).sheet)
    assert journal(scene.a) == {"PO-1": "done"}
    program.window.go("settings")
    assert settings.scanner.teach.isEnabled()
    assert program.hub.settings == before
