"""Without a mouse: Tab reaches whatever a click can, Esc closes every sheet and gives the focus back."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.screens.products.products import ProductsScreen
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.screens.tasks.task_cards import TaskCards
from merchant_desk.ui.screens.tasks.tasks_screen import TasksScreen
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.overlay import Overlay
from merchant_desk.ui.widgets.tabs import FilterTabs
from tests.ui.screens.acting import CONTROL, press, settled, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
SCREENS = ("home", "orders", "products", "stock", "purchasing", "receipts", "shipments", "counts", "tasks",
           "sync", "doctor", "settings")  # fmt: skip
TARGETS = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QAbstractSlider, FilterTabs)
"""What a mouse can do something with."""


def clickable(screen: QWidget) -> set[QWidget]:
    """Return what stands on a screen for a mouse; a table that only shows must need no scrolling."""
    found = {
        widget
        for kind in TARGETS
        for widget in screen.findChildren(kind)
        if widget.isVisible() and widget.isEnabled() and not isinstance(widget, QScrollBar)
    }
    inside = {widget for widget in found if isinstance(widget.parentWidget(), QComboBox | QLineEdit)}
    shown_only = {one for one in found if isinstance(one, QAbstractItemView) and not one.focusPolicy().value}
    assert not any(one.verticalScrollBar().maximum() for one in shown_only)
    return found - inside - shown_only


def reached(program: Program, screen: QWidget) -> set[QWidget]:
    """Press Tab until the focus has been everywhere; return what had it on the screen."""
    found: set[QWidget] = set()
    seen: list[QWidget | None] = []
    for _ in range(150):
        press(program, Key.Key_Tab)
        now = QApplication.focusWidget()
        if now in seen and seen.count(now) > 1:
            break
        seen.append(now)
        if now is not None and screen.isAncestorOf(now):
            found.add(now)
    return found


def test_tab_reaches_whatever_a_mouse_can(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a)
    missed: dict[str, list[str]] = {}
    for name in SCREENS:
        program.window.go(name)
        settled(qtbot, program)
        screen = program.window.built(name)
        assert screen is not None
        rest = clickable(screen) - reached(program, screen)
        if rest:
            missed[name] = sorted(
                f"{type(one).__name__} {one.text() if isinstance(one, QAbstractButton) else ''}"
                for one in rest
            )
    assert missed == {}


def test_a_panel_with_more_than_fits_is_scrolled_by_keys(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products")
    program.window.resize(1280, 500)
    settled(qtbot, program)
    screen = program.window.built("products")
    assert isinstance(screen, ProductsScreen)
    area = screen.panel._area
    until(qtbot, lambda: area.verticalScrollBar().maximum() > 0)
    for _ in range(30):
        if area.hasFocus():
            break
        press(program, Key.Key_Tab)
    assert area.hasFocus()
    press(program, Key.Key_PageDown)
    assert area.verticalScrollBar().value() > 0


def open_document(program: Program) -> None:
    press(program, Key.Key_Return)


SHEETS: dict[str, tuple[str, Callable[[Program], None]]] = {
    "palette": ("orders", lambda program: press(program, Key.Key_K, CONTROL)),
    "help": ("orders", lambda program: press(program, Key.Key_F1)),
    "document": ("receipts", open_document),
}


@pytest.mark.parametrize("name", SHEETS)
def test_escape_closes_a_sheet_and_gives_the_focus_back(
    scene: Scene, show: Show, qtbot: QtBot, name: str
) -> None:
    scene.work()
    where, ask = SHEETS[name]
    program = show(scene.a, where)
    settled(qtbot, program)
    before = QApplication.focusWidget()
    assert isinstance(before, QAbstractItemView)
    ask(program)
    settled(qtbot, program)
    sheets = [one for one in program.window.findChildren(Overlay) if one.isVisible()]
    assert len(sheets) == 1
    for _ in range(12):
        press(program, Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert sheets[0].isAncestorOf(focused) or focused is sheets[0]
    press(program, Key.Key_Escape)
    assert sheets[0].isHidden()
    assert QApplication.focusWidget() is before


def cards_of(program: Program) -> TaskCards:
    screen = program.window.built("tasks")
    assert isinstance(screen, TasksScreen)
    return screen.cards


def test_a_sheet_survives_that_what_had_the_focus_is_gone(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "tasks")
    settled(qtbot, program)
    cards = cards_of(program)
    cards.cards()[0].buttons()[0].setFocus()
    press(program, Key.Key_K, CONTROL)
    for reading in list(cards.readings):
        cards.doing.settle(reading, "seen")
    until(qtbot, lambda: not cards.cards())
    settled(qtbot, program)
    press(program, Key.Key_Escape)
    assert program.window._palette.isHidden()


def test_the_focus_stays_among_the_tasks_as_they_are_settled(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.work()
    program = show(scene.a, "tasks")
    settled(qtbot, program)
    cards = cards_of(program)
    until(qtbot, lambda: len(cards.cards()) >= 2)
    many = len(cards.cards())
    cards.cards()[0].buttons()[-1].setFocus()
    cards.doing.settle(cards.readings[0], "seen")
    until(qtbot, lambda: len(cards.cards()) == many - 1)
    settled(qtbot, program)
    assert QApplication.focusWidget() is cards.cards()[0].buttons()[0]
    program.look.language.toggle()
    assert QApplication.focusWidget() is cards.cards()[0].buttons()[0]


def test_no_button_is_cut_in_a_small_window(scene: Scene, show: Show, qtbot: QtBot) -> None:
    """A laptop of 1920 x 1200 at 200 % has 960 x 600; English has the longer words."""
    program = show(scene.a, language="en")
    program.window.resize(960, 600)
    cut: dict[str, list[str]] = {}
    for entry in ENTRIES:
        program.window.go(entry.id)
        settled(qtbot, program)
        screen = program.window.built(entry.id)
        assert screen is not None
        shown = [one for one in screen.findChildren(ActionButton) if one.isVisible()]
        bad = [one.text() for one in shown if one.width() < one.sizeHint().width()]
        bad += [one.text() for one in shown if one.mapTo(screen, one.rect().topRight()).x() > screen.width()]
        if bad:
            cut[entry.id] = bad
    assert cut == {}
