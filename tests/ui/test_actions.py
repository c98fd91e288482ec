from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.actions import Action, Actions, check_shortcut
from merchant_desk.ui.theme.look import Look


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    "shortcut", ["A", "a", "1", "*", "Space", "Shift+A", "Return", "Enter", "Tab", "Shift+Return", "é"]
)
def test_a_key_that_types_or_ends_a_scan_is_no_shortcut(shortcut: str) -> None:
    with pytest.raises(ValueError, match="typing or a scanner"):
        check_shortcut(shortcut)


def test_a_key_that_does_not_exist_is_no_shortcut() -> None:
    with pytest.raises(ValueError, match="no such key"):
        check_shortcut("")


@pytest.mark.parametrize(
    "shortcut", ["F1", "F12", "Ctrl+K", "Alt+1", "Ctrl+Shift+L", "Esc", "Shift+F10", "Ctrl+Return"]
)
def test_other_keys_are(shortcut: str) -> None:
    check_shortcut(shortcut)


def action(
    name: str, run: Callable[[], None], key: str = "", screen: str = "", permission: str = ""
) -> Action:
    return Action(name, "screen.inbound", run, key, screen=screen, permission=permission)


def test_a_key_runs_the_action_of_the_screen_in_front(look: Look, window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    actions = Actions(look, window)
    actions.add(
        [
            action("one", lambda: ran.append("one"), "F9", "inbound"),
            action("two", lambda: ran.append("two"), "F9", "outbound"),
        ]
    )
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    for screen in ("inbound", "outbound", "lookup"):
        actions.set_scope(screen)
        QTest.keyClick(window, Qt.Key.Key_F9)
    assert ran == ["one", "two"]
    assert actions.trigger("one") is False


def test_a_key_is_taken_once_where_both_would_work(look: Look, window: QWidget) -> None:
    actions = Actions(look, window)
    actions.add([action("one", lambda: None, "F9", "inbound")])
    with pytest.raises(ValueError, match="F9 is taken by one"):
        actions.add([action("two", lambda: None, "F9")])
    with pytest.raises(ValueError, match="exists already"):
        actions.add([action("one", lambda: None)])


def test_without_the_right_an_action_is_neither_seen_nor_run(look: Look, window: QWidget) -> None:
    rights: set[str] = set()
    ran: list[int] = []
    actions = Actions(look, window, lambda right: right in rights)
    actions.add([action("close", lambda: ran.append(1), permission="close_receipt")])
    assert actions.in_scope() == []
    assert actions.trigger("close") is False
    assert actions.qt_action("close").isVisible() is False
    rights.add("close_receipt")
    actions.refresh()
    assert actions.trigger("close") is True
    assert actions.qt_action("close").isVisible() is True
    assert ran == [1]


def test_a_button_follows_its_action(look: Look, window: QWidget) -> None:
    possible = [False]
    ran: list[int] = []
    actions = Actions(look, window)
    made = Action("go", "screen.inbound", lambda: ran.append(1), "F12", enabled=lambda: possible[0])
    actions.add([made])
    button = actions.button("go")
    button.setParent(window)
    assert (button.text(), button.isEnabled()) == ("入库", False)
    possible[0] = True
    actions.refresh()
    look.language.toggle()
    assert (button.text(), button.isEnabled()) == ("Inbound", True)
    button.click()
    assert ran == [1]
    look.language.toggle()


def test_a_menu_is_made_of_actions(look: Look, window: QWidget) -> None:
    actions = Actions(look, window)
    actions.add([action("one", lambda: None), action("two", lambda: None)])
    menu = actions.menu(["one", "", "two"], window)
    assert [entry.text() for entry in menu.actions()] == ["入库", "", "入库"]
    actions.remove(["one", "unknown"])
    with pytest.raises(KeyError):
        actions.get("one")


def test_the_key_of_what_only_the_right_is_missing_for_tells_which(
    look: Look, window: QWidget, qtbot: QtBot
) -> None:
    held: set[str] = set()
    actions = Actions(look, window, held.__contains__)
    done: list[str] = []
    denied: list[str] = []
    possible = [True]
    actions.add(
        [
            Action(
                "orders.accept", "orders.accept", lambda: done.append("accept"), "F6", screen="orders",
                enabled=lambda: possible[0], permission="order",
            )
        ]
    )  # fmt: skip
    actions.denied.connect(denied.append)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def press() -> None:
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_F6)

    press()
    assert denied == []  # another screen is in front
    actions.set_scope("orders")
    press()
    assert (denied, done) == (["order"], [])
    possible[0] = False
    actions.refresh()
    press()
    assert denied == ["order"]  # it is not possible for anybody
    possible[0] = True
    held.add("order")
    actions.refresh()
    press()
    assert (denied, done) == (["order"], ["accept"])
