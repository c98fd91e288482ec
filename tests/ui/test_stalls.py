"""The stall watch: a thread that works and a thread that waits are both deaf, but only one has worked."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.ui.stalls import StallWatch

LONG = 0.08


@pytest.fixture
def watch(qapp: QApplication, qtbot: QtBot) -> Iterator[StallWatch]:
    made = StallWatch()
    made.start()
    qtbot.wait(30)
    made.clear()
    yield made
    made.stop()
    made.deleteLater()


def test_a_thread_that_waits_is_deaf_and_has_not_worked(watch: StallWatch, qtbot: QtBot) -> None:
    time.sleep(LONG)
    qtbot.waitUntil(lambda: watch.longest > 0)
    assert watch.longest >= LONG * 1_000 * 0.8
    assert watch.longest_work < LONG * 1_000 * 0.8


def test_a_thread_that_works_is_both(watch: StallWatch, qtbot: QtBot) -> None:
    until = time.thread_time() + LONG
    while time.thread_time() < until:
        pass
    qtbot.waitUntil(lambda: watch.longest_work >= LONG * 1_000 * 0.8)
    assert watch.longest >= LONG * 1_000 * 0.8
    watch.clear()
    assert (watch.longest, watch.longest_work) == (0, 0)
