"""What can wait: done once, later, and not while somebody is busy; but done."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.ui.screens.stations.afterwards import MOST_PUT_OFF, WAIT_MS, Afterwards


def test_many_askings_are_one_piece_of_work(qapp: QApplication, qtbot: QtBot) -> None:
    done: list[int] = []
    parent = QObject()
    later = Afterwards(lambda: done.append(1), lambda: False, parent)
    for _ in range(5):
        later.ask()
    assert later.waits
    assert done == []
    qtbot.waitUntil(lambda: not later.waits)
    assert done == [1]
    later.ask()
    qtbot.waitUntil(lambda: done == [1, 1])
    parent.deleteLater()


def test_it_makes_room_for_scans_but_not_for_ever(qapp: QApplication, qtbot: QtBot) -> None:
    done: list[int] = []
    looks: list[int] = []
    parent = QObject()

    def busy() -> bool:
        looks.append(1)
        return True

    later = Afterwards(lambda: done.append(len(looks)), busy, parent)
    later.ask()
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS * (MOST_PUT_OFF + 1) * 20)
    assert done == [MOST_PUT_OFF + 1]
    parent.deleteLater()
