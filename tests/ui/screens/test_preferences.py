"""The settings of this desk by keyboard: language, colours, lock time, sounds, and teaching it a scanner."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE, LOCK_MINUTES, SOUNDS
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.ui.background import Progress, Task, log_error
from merchant_desk.ui.desk_choices import DeskChoices, Followers
from merchant_desk.ui.key_strokes import send_stroke, wedge_strokes
from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner_choices import scanner_settings, serial_habits, serial_settings
from merchant_desk.ui.screens.settings.editors import ChoiceEditor
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from merchant_desk.ui.session import IdleWatch
from tests.ui.screens.acting import press, settled, texts_in, type_text, until
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


def at(program: Program, bot: QtBot, key: str) -> SettingsScreen:
    """Go to a setting by key, and wait until what is known of it is shown."""
    program.window.go("settings", key)
    settled(bot, program)
    return settings_of(program)


def test_language_and_colours_are_chosen_by_keys(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = at(program, qtbot, "look.language")
    editor = screen.panel.rows[Level.DESK].editor
    assert isinstance(editor, ChoiceEditor)
    tab_to(program, editor.tabs)
    press(program, Key.Key_Right)
    until(qtbot, lambda: str(program.look.language.code) == "en")
    assert "What this desk speaks" in texts_in(screen.panel)
    screen = at(program, qtbot, "look.colours")
    editor = screen.panel.rows[Level.DESK].editor
    assert isinstance(editor, ChoiceEditor)
    tab_to(program, editor.tabs)
    press(program, Key.Key_Right)
    until(qtbot, lambda: str(program.look.theme.scheme) == "dark")
    press(program, Key.Key_Left)
    until(qtbot, lambda: str(program.look.theme.scheme) == "light")


def test_what_keys_change_is_kept_as_a_setting(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    program.look.language.toggle()
    program.look.theme.toggle()
    program.sounds.set_muted(True)
    kept = scene.a.settings.local
    until(qtbot, lambda: kept.decisions.value(LANGUAGE) == "en")
    assert (kept.decisions.value(COLOURS), kept.decisions.value(SOUNDS)) == ("dark", False)
    assert LocalSettings(scene.a.runtime.profile.folder).decisions == kept.decisions


def test_demo_data_never_locks_and_says_so(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, language="en", chosen={"lock.minutes": 1})
    screen = at(program, qtbot, "lock.minutes")
    assert program.idle.minutes == 0
    assert "Demo data never locks." in texts_in(screen.panel)


def test_the_desk_locks_after_what_counts_here(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    idle = IdleWatch(0, program)
    followers = Followers(program.look, program.sounds, program.hub, idle)
    parts = (program.session, followers, program.changes, program.runner, program)
    choices = DeskChoices(scene.a, *parts)
    assert idle.minutes == 15
    scene.a.do(SetSetting("lock.minutes", "outlet", scene.world.outlet, "30"))
    until(qtbot, lambda: idle.minutes == 30)
    scene.a.settings.decide(LOCK_MINUTES, Level.DESK, 5, scene.a.person.id)
    until(qtbot, lambda: idle.minutes == 5)
    choices.close({})


class Held:
    """A runner that does its work at once, and whose tasks a test hands over when it likes."""

    def __init__(self) -> None:
        self.ended: list[tuple[Task, Any]] = []

    def has(self, count: int) -> bool:
        return len(self.ended) >= count

    def run(
        self, work: Callable[[], Any], done: Callable[[Any], None], *, owner: QObject | None = None, **_: Any
    ) -> Task:
        task = Task(done, log_error, owner, Progress())
        self.ended.append((task, work()))
        return task


def test_a_reading_that_comes_late_changes_nothing(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program, runner = show(scene.a), Held()
    idle = IdleWatch(0, program)
    followers = Followers(program.look, program.sounds, program.hub, idle)
    parts: Any = (program.session, followers, program.changes, runner, program)
    choices = DeskChoices(scene.a, *parts)
    for count, minutes in enumerate(("30", "5"), 1):
        scene.a.do(SetSetting("lock.minutes", "outlet", scene.world.outlet, minutes))
        until(qtbot, partial(runner.has, count))
    for task, found in reversed(runner.ended):
        task.deliver(found, None)
    assert idle.minutes == 5
    choices.close({})


def test_tones_are_turned_off_and_down(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = at(program, qtbot, "sounds.on")
    assert screen.tones.isVisible()
    box = screen.panel.rows[Level.DESK].editor.findChild(QCheckBox)
    tab_to(program, box)
    press(program, Key.Key_Space)
    until(qtbot, lambda: program.sounds.muted)
    press(program, Key.Key_Space)
    until(qtbot, lambda: not program.sounds.muted)
    screen = at(program, qtbot, "sounds.volume")
    field = screen.panel.rows[Level.DESK].editor.findChild(QLineEdit)
    tab_to(program, field)
    type_text("40")
    press(program, Key.Key_Return)
    until(qtbot, lambda: program.sounds.volume == 40)


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
    program = show(scene.a, language="en")
    scanner = at(program, qtbot, "scanner.gap_ms").scanner
    tab_to(program, scanner.teach)
    press(program, Key.Key_Space)
    until(qtbot, lambda: not scanner.teach.isEnabled())
    assert "12" in scanner._told.text()
    when = time.monotonic_ns() // 1_000_000
    for code in ("6901234567892", "9520000100000", "1952000010000"):
        when = scan(code, when) + 500
    scanner.finish()
    assert scanner._outcome is not None
    assert scanner._outcome[0] == "settings.learned"
    assert 6 <= program.hub.settings.gap_ms <= 12
    assert program.window.current == "settings"
    tab_to(program, scanner.as_bought)
    press(program, Key.Key_Space)
    until(qtbot, lambda: scanner._outcome is None)


def test_what_was_learned_is_kept_at_once(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    folder = scene.a.runtime.profile.folder
    scanner = at(program, qtbot, "scanner.gap_ms").scanner
    scanner.begin()
    when = time.monotonic_ns() // 1_000_000
    for code in ("6901234567892", "9520000100000", "1952000010000"):
        when = scan(code, when) + 500
    scanner.finish()
    learned = program.hub.settings
    assert learned != ScannerSettings()
    assert scanner_settings(LocalSettings(folder).decisions) == learned, "without the window being closed"
    scanner.as_bought.click()
    assert scanner_settings(LocalSettings(folder).decisions) == ScannerSettings()


SERIAL = SerialSettings("ttyNONE7", 9600, 0x0C2E, 0x0901, "SN-1")


def test_a_serial_scanner_is_kept_at_once_and_the_end_of_the_program_does_not_give_it_up(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "settings")
    settled(qtbot, program)
    program.hub.attach(SERIAL)
    folder = scene.a.runtime.profile.folder
    kept = LocalSettings(folder).decisions
    assert serial_settings(kept) == SERIAL
    program.hub.close()  # as Qt does when the last window has gone
    program.close(keep=True)
    assert serial_settings(LocalSettings(folder).decisions) == SERIAL


def test_a_serial_scanner_is_known_by_its_device_after_a_restart(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, chosen=serial_habits(SERIAL))
    until(qtbot, program.hub.serial)
    assert program.hub.serial() == (SERIAL,)
    program.hub.detach(SERIAL.port)
    assert serial_settings(LocalSettings(scene.a.runtime.profile.folder).decisions) is None


def test_too_few_scans_teach_nothing_and_the_reason_is_said(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, language="en")
    scanner = at(program, qtbot, "scanner.gap_ms").scanner
    before = program.hub.settings
    scanner.begin()
    scan("6901234567892", time.monotonic_ns() // 1_000_000)
    scanner.finish()
    assert program.hub.settings == before
    assert scanner._told.property("tone") == "refused"
    assert "three" in scanner._told.text()


def test_nothing_is_cut_off_where_it_is_narrow(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, language="en")
    screen = at(program, qtbot, "scanner.gap_ms")
    for width in (1100, 960):
        program.window.resize(width, 600)
        settled(qtbot, program)
        for button in screen.findChildren(QPushButton):
            if button.isVisible():
                right = button.mapTo(program.window, button.rect().topRight()).x()
                assert right < program.window.width(), button.text()
        assert screen.list.view.width() > 300
