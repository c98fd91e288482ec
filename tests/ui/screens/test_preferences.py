"""The settings of this desk by keyboard: language, colours, lock time, sounds, and teaching it a scanner."""

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.key_strokes import send_stroke, wedge_strokes
from merchant_desk.ui.preferences import load
from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner_choices import from_plain, serial_from_plain, serial_to_plain
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from tests.ui.screens.acting import press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def settings_of(program: Program) -> SettingsScreen:
    found = program.window.built("settings")
    assert isinstance(found, SettingsScreen)
    return found


def tab_to(program: Program, target: object) -> None:
    """Press Tab until a part of the screen has the focus."""
    for _ in range(80):
        if QApplication.focusWidget() is target:
            return
        press(program, Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {target}")


def test_language_and_colours_are_chosen_by_keys(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    screen = settings_of(program)
    tab_to(program, screen.looks.language)
    press(program, Key.Key_Right)
    assert str(program.look.language.code) == "en"
    assert "Lock when idle" in texts_in(screen)
    tab_to(program, screen.looks.colours)
    press(program, Key.Key_Right)
    assert str(program.look.theme.scheme) == "dark"
    press(program, Key.Key_Left)
    assert str(program.look.theme.scheme) == "light"
    tab_to(program, screen.looks.language)
    press(program, Key.Key_Left)
    assert str(program.look.language.code) == "zh_CN"


def test_demo_data_never_locks_and_says_so(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    lock = settings_of(program).lock
    assert not lock.after.isEnabled()
    assert "Demo data is never locked." in texts_in(lock)


def test_the_lock_time_is_chosen_by_keys(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    lock = settings_of(program).lock
    lock._demo = False
    lock.after.setEnabled(True)
    lock._write()
    tab_to(program, lock.after)
    press(program, Key.Key_Right)
    press(program, Key.Key_Right)
    assert lock.after.current == "15"
    assert program.idle.minutes == 15


def test_tones_are_turned_off_and_down(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    sounds = settings_of(program).sounds
    tab_to(program, sounds.on)
    press(program, Key.Key_Space)
    until(qtbot, lambda: program.sounds.muted)
    press(program, Key.Key_Space)
    until(qtbot, lambda: not program.sounds.muted)
    tab_to(program, sounds.volume)
    before = program.sounds.volume
    press(program, Key.Key_Left)
    assert program.sounds.volume < before


def scan(code: str, at_ms: int, gap_ms: float = 6) -> int:
    """Scan as a keyboard scanner of a given speed does; returns when it ended."""
    window = QApplication.focusWindow()
    assert window is not None
    end = at_ms
    for stroke in wedge_strokes(code, gap_ms):
        end = at_ms + int(stroke.at_ms)
        send_stroke(window, stroke, end)
    return end


def test_a_scanner_is_learned_from_three_scans(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    scanner = settings_of(program).scanner
    tab_to(program, scanner.teach)
    press(program, Key.Key_Space)
    until(qtbot, lambda: not scanner.teach.isEnabled())
    assert "12" in scanner._told.text()
    at = time.monotonic_ns() // 1_000_000
    for code in ("6901234567892", "9520000100000", "1952000010000"):
        at = scan(code, at) + 500
    scanner.finish()
    assert scanner._outcome is not None
    assert scanner._outcome[0] == "settings.learned"
    assert 6 <= program.hub.settings.gap_ms <= 12
    assert program.window.current == "settings"
    tab_to(program, scanner.as_bought)
    press(program, Key.Key_Space)
    until(qtbot, lambda: scanner._outcome is None)


def test_what_was_learned_is_kept_at_once(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    folder = scene.a.runtime.profile.folder
    scanner = settings_of(program).scanner
    scanner.begin()
    at = time.monotonic_ns() // 1_000_000
    for code in ("6901234567892", "9520000100000", "1952000010000"):
        at = scan(code, at) + 500
    scanner.finish()
    learned = program.hub.settings
    assert learned != ScannerSettings()
    assert from_plain(load(folder).scanner) == learned, "without the window being closed"
    scanner.as_bought.click()
    assert from_plain(load(folder).scanner) == ScannerSettings()


SERIAL = SerialSettings("ttyNONE7", 9600, 0x0C2E, 0x0901, "SN-1")


def test_a_serial_scanner_is_kept_at_once_and_the_end_of_the_program_does_not_give_it_up(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "settings")
    settled(qtbot, program)
    program.hub.attach(SERIAL)
    folder = scene.a.runtime.profile.folder
    kept = load(folder)
    assert serial_from_plain(kept.serial_port, kept.serial_device) == SERIAL
    program.hub.close()  # as Qt does when the last window has gone
    program.close(keep=True)
    assert load(folder) == kept


def test_a_serial_scanner_is_known_by_its_device_after_a_restart(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, serial_port=SERIAL.port, serial_device=serial_to_plain(SERIAL))
    until(qtbot, program.hub.serial)
    assert program.hub.serial() == (SERIAL,)
    program.hub.detach(SERIAL.port)
    kept = load(scene.a.runtime.profile.folder)
    assert (kept.serial_port, kept.serial_device) == ("", {})


def test_too_few_scans_teach_nothing_and_the_reason_is_said(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    scanner = settings_of(program).scanner
    before = program.hub.settings
    scanner.begin()
    scan("6901234567892", time.monotonic_ns() // 1_000_000)
    scanner.finish()
    assert program.hub.settings == before
    assert scanner._told.property("tone") == "refused"
    assert "three" in scanner._told.text()


def test_settings_stand_below_each_other_where_it_is_narrow(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    screen = settings_of(program)
    program.window.resize(960, 600)
    settled(qtbot, program)
    until(qtbot, lambda: screen._across == 2)
    inside = screen.looks.window()
    for button in screen.findChildren(QPushButton):
        right = button.mapTo(inside, button.rect().topRight()).x()
        assert right < program.window.width(), button.text()
    program.window.resize(700, 600)
    until(qtbot, lambda: screen._across == 1)
    settled(qtbot, program)
    for tabs in (screen.looks.language, screen.looks.colours, screen.lock.after):
        assert tabs.mapTo(inside, tabs.rect().topRight()).x() < program.window.width()
