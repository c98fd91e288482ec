"""A key that is pressed twice in a hurry, or held down, answers once."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key


def hurry(here: Stage, key: Qt.Key, pause_ms: int) -> None:
    """Press a key twice."""
    handle = here.window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key)
    QTest.qWait(pause_ms)
    QTest.keyClick(handle, key)
    here.settle(200)


def rest(here: Stage, key: Qt.Key) -> None:
    """Hold a key down for three quarters of a second: as a keyboard sends it, first alone, then often."""
    handle = here.window.windowHandle()
    assert handle is not None
    none = Qt.KeyboardModifier.NoModifier
    text = "\r" if key is Key.Key_Return else ""
    for n in range(9):
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, key, none, text, n > 0))
        QTest.qWait(33 if n else 500)
    QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyRelease, key, none, text))
    here.settle(200)


def two_orders(floor: Floor, stage: Stages) -> Stage:
    """Stand at an order that has all that it asks for, with another one waiting."""
    floor.stock(floor.skus["OIL-5"], 9)
    floor.sale("SO-1", "a", 3, ("OIL-5", 1))
    floor.sale("SO-2", "b", 4, ("OIL-5", 1))
    return stage("outbound").scan("SO-1", floor.codes["OIL-5"])


def test_finish_pressed_twice_shows_what_differs_and_ends_nothing(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    hurry(here, Key.Key_F12, 120)
    assert here.asking() is here.screen.sheets.finish
    assert here.document == "PO-2611-0457"
    here.press(Key.Key_F12)
    here.settle()
    assert here.document == "PO-2611-0457", "nor any later: Enter is what says yes"
    here.press(Key.Key_Return)
    here.settle()
    assert here.document == ""


def test_finish_held_down_ends_nothing_either(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    rest(here, Key.Key_F12)
    assert here.asking() is here.screen.sheets.finish
    rest(here, Key.Key_Return)
    assert here.document == "", "its first press is an answer"
    assert here.asking() is None


def test_enter_pressed_twice_ships_one_order_and_begins_no_other(stage: Stages, floor: Floor) -> None:
    here = two_orders(floor, stage)
    hurry(here, Key.Key_Return, 150)
    assert here.document == ""
    here.press(Key.Key_Return)
    here.settle()
    assert here.document == "SO-2", "the list is open to the next Enter"


def test_enter_held_down_ships_one_order_and_begins_no_other(stage: Stages, floor: Floor) -> None:
    here = two_orders(floor, stage)
    rest(here, Key.Key_Return)
    assert here.document == ""
