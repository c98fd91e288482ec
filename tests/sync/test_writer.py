"""The one writer: who goes first, who is waited for, and when it rests."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from merchant_desk.sync.writer import (
    EXPECTED_WITHIN,
    HELD_AT_LATEST,
    REST_AFTER,
    REST_AT_LATEST,
    Urgency,
    Writer,
)

Make = Callable[..., Writer]


def note(done: list[str], what: str) -> Callable[[], None]:
    """Return a job that notes that it ran."""
    return lambda: done.append(what)


@pytest.fixture
def make() -> Iterator[Make]:
    """Make writers that end with the test."""
    made: list[Writer] = []

    def one(idle: Callable[[], float | None] | None = None) -> Writer:
        made.append(Writer("writer under test", idle))
        return made[-1]

    yield one
    for writer in made:
        writer.close()


def test_persons_go_before_slices_and_housekeeping(make: Make) -> None:
    writer, gate = make(), threading.Event()
    done: list[str] = []
    writer.submit(gate.wait)
    for urgency in (Urgency.HOUSEKEEPING, Urgency.SYNC, Urgency.PERSON, Urgency.SYNC, Urgency.PERSON):
        writer.submit(note(done, urgency.name), urgency)
    gate.set()
    writer.close()
    assert done == ["PERSON", "PERSON", "SYNC", "SYNC", "HOUSEKEEPING"]


def test_slices_wait_for_a_scan_whose_keys_come_in(make: Make) -> None:
    writer = make()
    done: list[str] = []
    writer.expect()
    slices = [writer.submit(note(done, f"slice {n}"), Urgency.SYNC) for n in range(3)]
    time.sleep(EXPECTED_WITHIN / 3)
    assert done == []
    writer.submit(note(done, "scan"))
    for one in slices:
        one.result(5)
    assert done == ["scan", "slice 0", "slice 1", "slice 2"]


def test_keys_that_were_no_scan_hold_nobody_up_for_long(make: Make) -> None:
    writer = make()
    writer.expect()
    begun = time.monotonic()
    assert writer.run(lambda: 7, Urgency.SYNC) == 7
    assert EXPECTED_WITHIN * 0.5 < time.monotonic() - begun < EXPECTED_WITHIN + 2.0
    begun = time.monotonic()
    writer.run(lambda: None, Urgency.SYNC)
    assert time.monotonic() - begun < EXPECTED_WITHIN / 2, "the next one waits for nobody"


def test_nothing_begins_for_others_while_a_window_has_something_to_show(make: Make) -> None:
    writer, done = make(), list[str]()
    writer.hold(HELD_AT_LATEST)
    held = time.monotonic()
    begun = writer.submit(time.monotonic, Urgency.SYNC)
    writer.run(note(done, "scan"))
    assert done == ["scan"]
    assert not begun.done()
    assert time.monotonic() - held < HELD_AT_LATEST / 2, "a person's job does not wait"
    time.sleep(0.05)
    writer.release()
    released = time.monotonic()
    assert begun.result(5) - held >= 0.05
    assert begun.result() - released < HELD_AT_LATEST / 2


def test_a_window_that_never_says_that_it_has_shown_holds_nobody_for_ever(make: Make) -> None:
    writer = make()
    writer.hold(60.0)
    asked = time.monotonic()
    taken = writer.run(time.monotonic, Urgency.HOUSEKEEPING) - asked
    assert HELD_AT_LATEST * 0.9 < taken < HELD_AT_LATEST + 5.0


def test_long_work_goes_on_at_once_when_a_person_waits_for_it_to_end(make: Make) -> None:
    writer, looked = make(), threading.Event()

    def work(held: float) -> float:
        writer.hold(held)
        looked.set()
        begun = time.monotonic()
        writer.give_way()
        return time.monotonic() - begun

    assert writer.run(lambda: work(0.0), Urgency.SYNC) < HELD_AT_LATEST / 2, "nothing is shown"
    looked.clear()
    long = writer.submit(lambda: work(60.0), Urgency.SYNC)
    assert looked.wait(5)
    writer.submit(lambda: None)
    assert long.result(5) < HELD_AT_LATEST / 2
    assert writer.person_at <= time.monotonic()


def test_a_writer_that_is_closed_while_held_does_what_waits(make: Make) -> None:
    writer, done = make(), list[str]()
    writer.hold(60.0)
    writer.submit(note(done, "slice"), Urgency.SYNC)
    writer.close()
    assert done == ["slice"]


def test_it_rests_after_a_pause_and_not_between_two_scans(make: Make) -> None:
    rests: list[float] = []
    rested = threading.Event()

    def idle() -> None:
        rests.append(time.monotonic())
        rested.set()

    writer = make(idle)
    ended = 0.0
    for _ in range(5):
        writer.run(lambda: None)
        ended = time.monotonic()
    assert rested.wait(5)
    assert len(rests) == 1
    assert rests[0] - ended >= REST_AFTER * 0.5


def test_it_rests_at_last_when_it_is_never_left_alone(make: Make) -> None:
    rested = threading.Event()
    writer = make(rested.set)
    deadline = time.monotonic() + REST_AT_LATEST * 10
    while not rested.is_set() and time.monotonic() < deadline:
        writer.submit(lambda: time.sleep(0.002), Urgency.SYNC)
        writer.run(lambda: time.sleep(0.002), Urgency.SYNC)
    assert rested.is_set()


@pytest.mark.expects_log("rest_broke")
def test_a_rest_may_ask_for_another_and_may_fail(make: Make) -> None:
    again = threading.Event()
    rests: list[int] = []

    def idle() -> float | None:
        rests.append(1)
        if len(rests) == 1:
            return 0.01
        again.set()
        raise OSError("the disk is gone")

    writer = make(idle)
    writer.run(lambda: None)
    assert again.wait(5)
    assert writer.run(lambda: 3) == 3
