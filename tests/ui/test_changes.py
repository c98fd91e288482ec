"""Changes on their way into views: merged, on the window's thread, and never lost on a hidden view."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.changes import ChangeBridge, Changes

A, B = UUID(int=1), UUID(int=2)


class Source:
    """Something that changes: hears of a listener and tells it from whatever thread it likes."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Changes], None]] = []

    def listen(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def change(self, **tables: set[UUID]) -> None:
        for listener in self.listeners:
            listener(tables)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def bridge(qapp: QApplication, source: Source) -> ChangeBridge:
    return ChangeBridge(source.listen)


@pytest.fixture
def view(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_changes_from_another_thread_arrive_on_the_windows_thread(
    bridge: ChangeBridge, source: Source, qtbot: QtBot, qapp: QApplication
) -> None:
    heard: list[tuple[Changes, bool]] = []
    bridge.changed.connect(lambda changes: heard.append((changes, QThread.currentThread() is qapp.thread())))
    thread = threading.Thread(target=lambda: source.change(orders={A}))
    thread.start()
    thread.join()
    assert heard == []
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [({"orders": {A}}, True)]


def test_changes_that_come_faster_than_they_are_looked_at_are_one(
    bridge: ChangeBridge, source: Source, qtbot: QtBot
) -> None:
    heard: list[Changes] = []
    bridge.changed.connect(heard.append)
    for _ in range(500):
        source.change(orders={A}, ledger={B})
    source.change(orders={B})
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(20)
    assert heard == [{"orders": {A, B}, "ledger": {B}}]


def test_changes_during_the_hand_over_come_after_it(
    bridge: ChangeBridge, source: Source, qtbot: QtBot
) -> None:
    heard: list[Changes] = []

    def take(changes: Changes) -> None:
        heard.append(changes)
        if len(heard) == 1:
            source.change(orders={B})

    bridge.changed.connect(take)
    source.change(orders={A})
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [{"orders": {A}}, {"orders": {B}}]


def test_a_view_in_front_reads_again_and_only_for_its_tables(
    bridge: ChangeBridge, source: Source, view: QWidget, qtbot: QtBot
) -> None:
    read: list[None] = []
    bridge.watch(view, ["orders"], lambda: read.append(None), pause_ms=1)
    view.show()
    source.change(ledger={A})
    qtbot.wait(20)
    assert read == []
    source.change(orders={A})
    qtbot.waitUntil(lambda: len(read) == 1)


def test_a_view_may_say_that_rows_of_its_tables_do_not_concern_it(
    bridge: ChangeBridge, source: Source, view: QWidget, qtbot: QtBot
) -> None:
    read: list[None] = []
    bridge.watch(view, ["skus"], lambda: read.append(None), 1, lambda changes: A in changes["skus"])
    view.show()
    source.change(skus={B})
    qtbot.wait(20)
    assert read == []
    source.change(skus={A, B})
    qtbot.waitUntil(lambda: len(read) == 1)


def test_a_hidden_view_catches_up_once_when_it_is_shown(
    bridge: ChangeBridge, source: Source, view: QWidget, qtbot: QtBot
) -> None:
    read: list[None] = []
    watch = bridge.watch(view, ["orders"], lambda: read.append(None), pause_ms=1)
    for _ in range(3):
        source.change(orders={A})
        qtbot.wait(5)
    assert (read, watch.dirty) == ([], True)
    view.show()
    assert (len(read), watch.dirty) == (1, False)
    view.hide()
    view.show()
    assert len(read) == 1


def test_a_storm_of_changes_is_read_at_the_views_own_pace_and_to_its_end(
    bridge: ChangeBridge, source: Source, view: QWidget, qtbot: QtBot
) -> None:
    state, shown = [0], [-1]
    reads: list[int] = []

    def read() -> None:
        reads.append(state[0])
        shown[0] = state[0]

    bridge.watch(view, ["orders"], read, pause_ms=60)
    view.show()
    for _ in range(40):
        state[0] += 1
        source.change(orders={A})
        qtbot.wait(5)
    qtbot.waitUntil(lambda: shown[0] == state[0])
    assert len(reads) < 15


def test_a_closed_bridge_hears_nothing(bridge: ChangeBridge, source: Source, qtbot: QtBot) -> None:
    heard: list[Changes] = []
    bridge.changed.connect(heard.append)
    bridge.close()
    bridge.close()
    source.change(orders={A})
    qtbot.wait(10)
    assert heard == []
    assert source.listeners == []


def test_a_view_that_is_gone_is_left_alone(bridge: ChangeBridge, source: Source, qtbot: QtBot) -> None:
    read: list[None] = []
    view = QWidget()
    bridge.watch(view, ["orders"], lambda: read.append(None))
    view.show()
    view.deleteLater()
    qtbot.wait(5)
    source.change(orders={A})
    qtbot.wait(20)
    assert read == []
