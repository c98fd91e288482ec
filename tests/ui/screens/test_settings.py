"""Settings drawn from their declarations: found, changed, taken back, by keyboard."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.setting_kinds import Choice, Several, Switch
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import CHECKS, KNOWN, LANGUAGE, LOCK_MINUTES, SCALES, ZONE
from merchant_desk.ui.screens.settings.editors import ChoiceEditor, SeveralEditor, SwitchEditor, TypedEditor
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
OVER = CHECKS["inbound", "more_than_expected"]


def settings_of(program: Program) -> SettingsScreen:
    found = program.window.built("settings")
    assert isinstance(found, SettingsScreen)
    return found


def opened(program: Program, qtbot: QtBot, key: str) -> SettingsScreen:
    """Go to a setting and wait until all that is known of it is shown."""
    program.window.go("settings", key)
    settled(qtbot, program)
    screen = settings_of(program)
    assert screen.panel.setting is KNOWN[key]
    return screen


def typed(screen: SettingsScreen, level: Level) -> TypedEditor:
    editor = screen.panel.rows[level].editor
    assert isinstance(editor, TypedEditor)
    return editor


def test_every_setting_is_drawn_and_changed_by_its_kind(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    screen = settings_of(program)
    settled(qtbot, program)
    assert len(screen.list.rows) == len(KNOWN)
    made: dict[type, Any] = {Switch: SwitchEditor, Choice: ChoiceEditor, Several: SeveralEditor}
    for key, setting in KNOWN.items():
        screen.list.choose(key)
        assert set(screen.panel.rows) == set(setting.levels)
        for row in screen.panel.rows.values():
            assert isinstance(row.editor, made.get(type(setting.kind), TypedEditor))
            assert row.editor.isHidden() is setting.kept
    settled(qtbot, program)


def test_a_setting_is_found_by_name_and_explanation_in_both_languages(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "settings")
    screen = settings_of(program)
    settled(qtbot, program)
    for words in ("volume", "音量", "响度", "loud tones", "SOUNDS.VOLUME", "ＶＯＬＵＭＥ"):
        press(program, Key.Key_F, CONTROL)
        assert QApplication.focusWidget() is screen.list.search
        screen.list.search.setText(words)
        assert [row.setting.key for row in screen.list.rows] == ["sounds.volume"], words
    press(program, Key.Key_Return)
    press(program, Key.Key_Return)
    assert QApplication.focusWidget() is typed(screen, Level.DESK).field
    screen.list.search.setText("moon")
    assert screen.list.rows == []
    assert "moon" in texts_in(screen.list)
    press(program, Key.Key_F, CONTROL)
    press(program, Key.Key_Escape)
    assert len(screen.list.rows) == len(KNOWN)


def test_a_manager_decides_by_keyboard_and_what_the_choice_rests_on_is_the_decision(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, OVER.key)
    before = scene.a.status.waiting
    editor = screen.panel.rows[Level.OUTLET].editor
    assert isinstance(editor, ChoiceEditor)
    screen.list.view.setFocus()
    press(program, Key.Key_Return)
    assert editor.tabs.hasFocus(), "the narrowest level comes first"
    press(program, Key.Key_Right)
    press(program, Key.Key_Right)
    until(qtbot, lambda: scene.a.settings.value(OVER) == "refuse")
    assert scene.a.status.waiting == before + 1, "one decision, not one for each key"
    until(qtbot, lambda: "未设置 → 拒绝" in screen.panel._history.accessibleName())
    row = screen.list.rows[screen_row(screen)]
    assert (row.value, row.level, row.differs) == ("refuse", Level.OUTLET, True)
    assert "门店 · 店长" in screen.panel._history.accessibleName()
    assert "未设置 → 拒绝" in screen.panel._history.accessibleName()
    assert editor.tabs.hasFocus(), "the focus stays where the hand is"
    screen.panel.rows[Level.OUTLET].back.click()
    until(qtbot, lambda: scene.a.settings.value(OVER) == "accept")
    until(qtbot, lambda: not screen.panel.rows[Level.OUTLET].back.isVisible())
    until(qtbot, lambda: "拒绝 → 未设置" in screen.panel._history.accessibleName())


def screen_row(screen: SettingsScreen) -> int:
    return next(i for i, row in enumerate(screen.list.rows) if row.setting is screen.panel.setting)


def test_what_differs_from_the_default_stands_by_itself(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    screen = settings_of(program)
    settled(qtbot, program)
    screen.tabs.setFocus()
    press(program, Key.Key_Right)
    assert screen.list.rows == []
    assert "所有设置都是默认值" in texts_in(screen.list)
    scene.a.do(SetSetting(OVER.key, "merchant", None, '"refuse"'))
    scene.a.do(SetSetting("lock.minutes", "outlet", scene.world.outlet, "15"))
    until(qtbot, lambda: [row.setting for row in screen.list.rows] == [OVER])
    assert screen.list.rows[0].level is Level.MERCHANT


def test_a_colleagues_decision_appears_after_a_sync(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "check.inbound.expired")
    manager = scene.shop.desk("manager")
    manager.do(SetSetting("check.inbound.expired", "outlet", scene.world.outlet, '"refuse"'))
    manager.sync()
    scene.a.sync()
    until(qtbot, lambda: screen.list.rows[screen_row(screen)].value == "refuse")
    editor = screen.panel.rows[Level.OUTLET].editor
    assert isinstance(editor, ChoiceEditor)
    until(qtbot, lambda: editor.tabs.current == "refuse")


def test_who_may_not_decide_sees_what_stands_and_why(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, language="en")
    screen = opened(program, qtbot, "lock.minutes")
    rows = screen.panel.rows
    until(qtbot, lambda: not rows[Level.OUTLET].editor.isEnabled())
    assert not rows[Level.MERCHANT].editor.isEnabled()
    assert "right" in texts_in(rows[Level.OUTLET])
    assert not rows[Level.DESK].editor.isEnabled(), "who works here does not take the lock off"
    opened(program, qtbot, "sounds.volume")
    assert screen.panel.rows[Level.DESK].editor.isEnabled()
    screen = opened(program, qtbot, "look.language")
    assert screen.panel.rows[Level.PERSON].editor.isEnabled(), "one's own is one's own"


def test_scale_codes_are_typed_and_what_is_wrong_is_said(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "scale.23")
    editor = typed(screen, Level.OUTLET)
    editor.field.setFocus()
    type_text("23IIIII")
    press(program, Key.Key_Return)
    assert "不是前缀 23 的秤码格式" in editor.error
    press(program, Key.Key_A, CONTROL)
    type_text("23IIIIIPPP.PPK")
    press(program, Key.Key_Return)
    assert editor.error == ""
    until(qtbot, lambda: scene.a.settings.value(SCALES["23"]) == "23IIIIIPPP.PPK")


def test_numbers_stay_within_their_limits(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "lock.minutes")
    editor = typed(screen, Level.DESK)
    editor.field.setFocus()
    for wrong in ("soon", "481", "-1"):
        press(program, Key.Key_A, CONTROL)
        type_text(wrong)
        press(program, Key.Key_Return)
        assert editor.error
    press(program, Key.Key_A, CONTROL)
    type_text("5")
    press(program, Key.Key_Tab)
    until(qtbot, lambda: scene.a.settings.value(LOCK_MINUTES) == 5)
    until(qtbot, lambda: "店长" in screen.panel._history.accessibleName())


def test_what_is_about_to_be_typed_over_stays_selected(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "sounds.volume")
    field = typed(screen, Level.DESK).field
    field.setFocus(Qt.FocusReason.TabFocusReason)
    assert field.selectedText() == "100"
    screen.read()
    settled(qtbot, program)
    assert field.selectedText() == "100"
    scene.a.settings.follow({"sounds.volume": 70})
    until(qtbot, lambda: field.text() == "70")
    assert field.selectedText() == "70"
    type_text("40")
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: program.sounds.volume == 40)


def test_a_persons_own_language_goes_with_the_person(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    manager = scene.a.person.id
    scene.a.settings.decide(LANGUAGE, Level.PERSON, "en", manager)
    until(qtbot, lambda: str(program.look.language.code) == "en")
    program.look.language.toggle()
    settled(qtbot, program)
    program.choices.keep()
    assert scene.a.settings.value(LANGUAGE) == "zh_CN", "by hand, for now: neither desk nor person changed"
    assert scene.a.settings.value(LANGUAGE, manager) == "en"
    program.look.language.toggle()
    program.lock()
    until(qtbot, lambda: str(program.look.language.code) == "zh_CN")


def test_times_are_shown_in_the_zone_that_is_set(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    noon = 1_763_697_600_000_000  # 2025-11-21 04:00 UTC
    assert program.look.language.clock(noon) == "12:00"
    scene.a.settings.decide(ZONE, Level.OUTLET, "Asia/Tokyo", scene.a.person.id)
    until(qtbot, lambda: program.look.language.clock(noon) == "13:00")


def test_a_refused_decision_is_told_and_what_stands_is_shown(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "scanner.unframed")
    editor = screen.panel.rows[Level.DESK].editor
    assert isinstance(editor, SwitchEditor)
    editor.box.setFocus()
    press(program, Key.Key_Space)
    until(qtbot, lambda: any("前缀" in said for said in notices_of(program)))
    until(qtbot, editor.box.isChecked)


def test_a_scanner_obeys_its_settings_at_once(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a)
    screen = opened(program, qtbot, "scanner.gap_ms")
    assert screen.scanner.isVisible(), "teaching a scanner stands beside its settings"
    editor = typed(screen, Level.DESK)
    editor.field.setFocus()
    press(program, Key.Key_A, CONTROL)
    type_text("20")
    press(program, Key.Key_Return)
    until(qtbot, lambda: program.hub.settings.gap_ms == 20)
    opened(program, qtbot, "lock.minutes")
    assert not screen.scanner.isVisible()


def test_the_facts_of_this_desk_are_a_tab(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings", language="en")
    screen = settings_of(program)
    screen.tabs.setFocus()
    press(program, Key.Key_Right)
    press(program, Key.Key_Right)
    until(qtbot, lambda: scene.a.identity.code in texts_in(screen.facts))
    press(program, Key.Key_F, CONTROL)
    assert isinstance(QApplication.focusWidget(), QLineEdit)


def told_of(program: Program, path: Path) -> bool:
    return any(str(path) in said for said in notices_of(program))


def test_what_is_shown_is_saved_as_a_page_and_as_a_pdf(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, language="en", chosen={"scanner.prefix": "<b>&"})
    scene.a.do(SetSetting(OVER.key, "outlet", scene.world.outlet, '"refuse"'))
    screen = opened(program, qtbot, OVER.key)
    screen.tabs.choose("differing")
    until(qtbot, lambda: OVER in [row.setting for row in screen.list.rows])
    page, pdf, nowhere = tmp_path / "settings.html", tmp_path / "settings.pdf", tmp_path / "no" / "x.pdf"
    for path in (page, pdf, nowhere):
        screen.printing.save(str(path))
        until(qtbot, partial(told_of, program, path))
    told = page.read_text("utf-8")
    assert "<b>Refuse</b>" in told
    assert "店长" in told
    assert "&lt;b&gt;&amp;" in told
    assert "Volume" not in told, "what is not shown is not printed"
    document = QPdfDocument()
    assert document.load(str(pdf)) is QPdfDocument.Error.None_
    words = document.getAllText(0).text()
    assert "Refuse" in words
    assert "More than expected" in words
    assert not nowhere.exists()
    assert "could not be written" in notices_of(program)[-1]
