"""Settings: checks at the scan and scale codes, by keyboard, for who may and who may not."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.policies import SetPolicy, policies_of
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Policy
from merchant_desk.models.queries.policies import layouts_set, policies_set
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from tests.ui.screens.acting import press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene


def settings_of(program: Program) -> SettingsScreen:
    found = program.window.built("settings")
    assert isinstance(found, SettingsScreen)
    return found


def stored(desk: Desk) -> dict[tuple[str, str], str]:
    outlet = desk.identity.outlet_id
    found: list[Any] = desk.ask(lambda connection: policies_set(connection, outlet))
    return {(one.station, one.check): one.policy for one in found}


def test_a_manager_decides_by_keyboard_and_what_the_choice_rests_on_is_the_decision(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "settings")
    checks = settings_of(program).checks
    until(qtbot, lambda: checks.rows)
    assert set(checks.rows) == set(DEFAULT_POLICIES["inbound"])
    before = scene.a.status.waiting
    row = checks.rows["more_than_expected"]
    assert row.current == "accept"
    until(qtbot, row.isVisible)
    row.setFocus(Qt.FocusReason.TabFocusReason)
    press(program, Qt.Key.Key_Right)
    press(program, Qt.Key.Key_Right)
    until(qtbot, lambda: stored(scene.a) == {("inbound", "more_than_expected"): "refuse"})
    assert scene.a.status.waiting == before + 1, "one decision, not one for each key"
    until(qtbot, lambda: "最近由 店长" in texts_in(checks))
    assert checks.rows["more_than_expected"].current == "refuse"
    assert checks.rows["more_than_expected"].hasFocus(), "the focus stays where the hand is"


def test_each_station_has_its_checks_and_both_languages(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    checks = settings_of(program).checks
    checks.station.setFocus(Qt.FocusReason.TabFocusReason)
    press(program, Qt.Key.Key_Right)
    assert set(checks.rows) == set(DEFAULT_POLICIES["outbound"])
    assert {name: tabs.current for name, tabs in checks.rows.items()} == DEFAULT_POLICIES["outbound"]
    assert "不是先到期的批次" in texts_in(checks)
    program.look.language.toggle()
    until(qtbot, lambda: "Not the lot that expires first" in texts_in(checks))
    assert checks.station.current == "outbound"


def test_a_colleagues_decision_appears_after_a_sync(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "settings")
    checks = settings_of(program).checks
    until(qtbot, lambda: checks.rows)
    manager = scene.shop.desk("manager")
    manager.do(SetPolicy(scene.world.outlet, "inbound", "expired", "refuse"))
    manager.sync()
    scene.a.sync()
    until(qtbot, lambda: checks.rows["expired"].current == "refuse")


def test_who_may_not_decide_sees_what_stands(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, "settings")
    screen = settings_of(program)
    settled(qtbot, program)
    assert screen.checks.rows == {}
    shown = texts_in(screen.checks)
    assert "超过应有数量" in shown
    assert "这里只能查看" in shown
    assert not screen.scales.change.isVisible()
    found = scene.b.ask(lambda connection: policies_set(connection, scene.world.outlet))
    assert policies_of(found)["inbound"]["more_than_expected"] is Policy.ACCEPT


def test_scale_codes_are_set_in_a_form_that_says_what_is_wrong(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "settings")
    scales = settings_of(program).scales
    assert "21IIIIIWWWWWK" in texts_in(scales)
    dialog = scales.ask()
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_Tab)
    type_text("23IIIII")
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: "不是前缀 23 的秤码格式" in texts_in(dialog))
    press(program, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_text("23IIIIIPPPPPK")
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: "23IIIIIPPPPPK" in texts_in(scales))
    outlet = scene.world.outlet
    (one,) = scene.a.ask(lambda connection: layouts_set(connection, outlet))
    assert (one.prefix, one.layout, one.weight_decimals, one.price_decimals) == ("23", "23IIIIIPPPPPK", 3, 2)
