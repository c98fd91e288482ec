import threading
from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QObject, QThread
from pytestqt.qtbot import QtBot

from merchant_desk.ui.background import ImmediateRunner, Progress, ThreadRunner


class FaultError(Exception):
    """Something that goes wrong in a test."""


@pytest.fixture
def runner(qapp: object) -> Iterator[ThreadRunner]:
    made = ThreadRunner(threads=2)
    yield made
    made.close()


def test_work_runs_elsewhere_and_comes_back_to_the_window(runner: ThreadRunner, qtbot: QtBot) -> None:
    seen: list[tuple[bool, bool]] = []
    here = threading.get_ident()
    runner.run(
        lambda: threading.get_ident() != here, lambda away: seen.append((away, threading.get_ident() == here))
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [(True, True)]


def test_an_error_comes_back_as_itself(runner: ThreadRunner, qtbot: QtBot) -> None:
    seen: list[Exception] = []

    def work() -> None:
        raise FaultError("broken")

    runner.run(work, lambda _: seen.append(FaultError("must not be called")), failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], FaultError)
    assert str(seen[0]) == "broken"


def test_an_error_nobody_takes_goes_to_the_runners_own_handler(qtbot: QtBot) -> None:
    seen: list[Exception] = []
    runner = ThreadRunner(1, unexpected=seen.append)

    def work() -> None:
        raise FaultError("alone")

    runner.run(work, lambda _: None)
    qtbot.waitUntil(lambda: bool(seen))
    runner.close()
    assert str(seen[0]) == "alone"


def test_nothing_reaches_an_owner_that_is_gone(runner: ThreadRunner, qtbot: QtBot) -> None:
    gate, owner = threading.Event(), QObject()
    seen: list[object] = []
    runner.run(gate.wait, seen.append, owner=owner)
    owner.deleteLater()
    del owner
    QObject().deleteLater()
    qtbot.waitUntil(lambda: True)
    gate.set()
    runner.run(lambda: "later", seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["later"]


def test_a_dropped_task_is_silent_and_its_work_learns_it(runner: ThreadRunner, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[str] = []
    told: list[bool] = []

    def work(progress: Progress) -> str:
        gate.wait(5)
        told.append(progress.cancelled)
        return "too late"

    task = runner.run_long(work, seen.append)
    task.drop()
    gate.set()
    runner.run(lambda: "other", seen.append)
    qtbot.waitUntil(lambda: bool(seen) and bool(told))
    assert (seen, told) == (["other"], [True])


def test_long_work_keeps_no_list_waiting(runner: ThreadRunner, qtbot: QtBot) -> None:
    """An archive is fetched beside an import, on as many threads as there are: lists are still read."""
    gate, seen = threading.Event(), list[object]()
    for _ in range(2):
        runner.run_long(lambda _: gate.wait(10), lambda _: seen.append("long"))
    runner.run(lambda: "list", seen.append)
    try:
        qtbot.waitUntil(lambda: bool(seen), timeout=5_000)
    finally:
        gate.set()
    assert seen == ["list"]
    qtbot.waitUntil(lambda: seen[1:] == ["long", "long"])


def test_closing_waits_for_long_work_that_has_begun(qtbot: QtBot) -> None:
    runner, begun, ended = ThreadRunner(1), threading.Event(), list[bool]()

    def work(progress: Progress) -> None:
        begun.set()
        ended.append(progress.stop.wait(0.2))

    runner.run_long(work, lambda _: ended.append(True))
    assert begun.wait(5)
    runner.close()
    assert ended == [False]


def test_progress_is_told_on_the_windows_thread_and_in_order(runner: ThreadRunner, qtbot: QtBot) -> None:
    steps: list[tuple[int, int]] = []
    threads: set[object] = set()
    done: list[str] = []

    def work(progress: Progress) -> str:
        for i in range(1, 4):
            progress.report(i, 3)
        return "end"

    def progressed(at: int, of: int) -> None:
        steps.append((at, of))
        threads.add(QThread.currentThread())

    runner.run_long(work, done.append, progressed=progressed)
    qtbot.waitUntil(lambda: bool(done))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert len(threads) == 1


def test_a_closed_runner_delivers_nothing_more(qtbot: QtBot) -> None:
    seen: list[str] = []
    runner = ThreadRunner(1)
    runner.run(lambda: "queued", seen.append)
    runner.close()
    qtbot.waitUntil(lambda: True)
    assert seen == []


def test_a_closed_runner_takes_nothing_more(qtbot: QtBot) -> None:
    """A timer that ends after the window has closed asks for work that nobody waits for."""
    closed, done = ThreadRunner(1), list[int]()
    closed.close()
    closed.run(lambda: 1, done.append)
    closed.run_long(lambda _: 1, done.append)
    qtbot.waitUntil(lambda: True)
    assert done == []


def test_the_immediate_runner_has_done_it_when_it_returns() -> None:
    seen: list[object] = []
    runner = ImmediateRunner()
    runner.run(lambda: 1 + 1, seen.append)
    runner.run_long(
        lambda progress: progress.report(1, 1), seen.append, progressed=lambda a, b: seen.append((a, b))
    )
    assert seen == [2, (1, 1), None]

    def work() -> None:
        raise FaultError("now")

    runner.run(work, seen.append, failed=seen.append)
    assert isinstance(seen[-1], FaultError)
    with pytest.raises(FaultError, match="now"):
        runner.run(work, seen.append)


def test_what_changes_something_is_done_in_the_order_given(runner: ThreadRunner, qtbot: QtBot) -> None:
    gate, order, told = threading.Event(), list[str](), list[str]()

    def slow() -> str:
        gate.wait(10)
        order.append("first")
        return "first"

    def quick() -> str:
        order.append("second")
        return "second"

    runner.run_in_order(slow, told.append)
    runner.run_in_order(quick, told.append)
    runner.run(lambda: "beside", told.append)
    qtbot.waitUntil(lambda: told == ["beside"])
    assert not order, "the second waits, whatever threads are free"
    gate.set()
    qtbot.waitUntil(lambda: len(told) == 3)
    assert (order, told) == (["first", "second"], ["beside", "first", "second"])


def test_what_was_given_to_be_saved_is_saved_though_the_window_closes(qapp: object) -> None:
    runner, gate, saved = ThreadRunner(1), threading.Event(), list[int]()

    def save(number: int) -> None:
        gate.wait(10)
        saved.append(number)

    for number in range(3):
        runner.run_in_order(partial(save, number), lambda _: None)
    threading.Timer(0.2, gate.set).start()
    runner.close()
    assert saved == [0, 1, 2]
