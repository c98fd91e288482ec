"""Home, empty and failed states: each says what it means and what to do next."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.screens.home.home import HomeScreen
from merchant_desk.ui.screens.lists.list_pane import ListPane
from merchant_desk.ui.screens.lists.list_source import ListSource
from merchant_desk.ui.widgets.empty import EmptyState
from tests.ui.screens.acting import buttons_in, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
LISTS = ("orders", "products", "stock", "purchasing", "receipts", "shipments", "counts")


def home_of(program: Program) -> HomeScreen:
    found = program.window.built("home")
    assert isinstance(found, HomeScreen)
    return found


def pane_of(screen: QWidget | None) -> ListPane:
    assert screen is not None
    pane = getattr(screen, "pane", None)
    assert isinstance(pane, ListPane)
    return pane


def test_the_overview_counts_and_leads_to_each_thing_to_do(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "home")
    home = home_of(program)
    until(qtbot, lambda: len(home._todo.rows) >= 4)
    shown = texts_in(home)
    assert "待审核订单" in shown
    assert QApplication.focusWidget() is home.todo
    for todo in list(home._todo.rows):
        program.window.go("home")
        home.todo.setFocus()
        home.todo.choose(todo.id)
        press(program, Key.Key_Return)
        settled(qtbot, program)
        assert program.window.current == todo.screen, todo.id


def test_an_open_document_is_gone_on_with_from_the_overview(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.receive("PO-2611-0450").scan("9520000100000")
    program = show(scene.a, "home")
    home = home_of(program)
    until(qtbot, lambda: home._documents.rows)
    for _ in range(6):
        if QApplication.focusWidget() is home.documents:
            break
        press(program, Key.Key_Tab)
    press(program, Key.Key_Return)
    settled(qtbot, program)
    assert program.window.current == "inbound"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_desk_with_nothing_says_what_to_do_everywhere(
    scene: Scene, show: Show, qtbot: QtBot, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The queries find nothing: as at a merchant that has just begun.
    monkeypatch.setattr(ListSource, "fetch", lambda *_: [])
    program = show(scene.a, "orders", language=language)
    for name in LISTS:
        program.window.go(name)
        settled(qtbot, program)
        pane = pane_of(program.window.built(name))
        state = pane.table._state
        assert state.isVisible(), name
        assert len(state._sentence.text()) > 2, name
        assert len(state._next.text()) > 4, name
        screen = program.window.built(name)
        assert screen is not None
        beside = [one for one in screen.findChildren(EmptyState) if one.isVisible() and one is not state]
        assert all(one._next.text() for one in beside), name


def failing(times: list[int], fetch: Callable[..., object]) -> Callable[..., object]:
    def maybe(*given: object) -> object:
        if times[0] > 0:
            times[0] -= 1
            raise OSError("disk I/O error")
        return fetch(*given)

    return maybe


def test_a_list_that_cannot_be_read_says_why_and_is_tried_again_by_a_key(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ListSource, "fetch", failing([1], ListSource.fetch))
    program = show(scene.a, "orders", language="en")
    pane = pane_of(program.window.built("orders"))
    until(qtbot, lambda: "Could not be read" in texts_in(pane))
    assert "Something unexpected went wrong" in texts_in(pane)
    assert "Technically: disk I/O error (OSError)" in texts_in(pane)
    assert "Try again" in buttons_in(pane)
    for _ in range(60):
        if QApplication.focusWidget() is pane.table._state._button:
            break
        press(program, Key.Key_Tab)
    assert QApplication.focusWidget() is pane.table._state._button
    press(program, Key.Key_Space)
    until(qtbot, lambda: len(pane.model.rows) > 0)
