"""Is garbage collected on the window's thread alone, in rounds that make room for scans?"""

import gc
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from merchant_desk.ui.garbage import (
    ALL_SECONDS,
    LITTLE,
    MOST_PUT_OFF,
    OLDER,
    ROUND_MS,
    YOUNG,
    GarbageRounds,
)


class Ring:
    """Garbage that only a collection finds, and that says where it ended."""

    ended: list[threading.Thread]

    def __init__(self, ended: list[threading.Thread]) -> None:
        self.me = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.current_thread())


class Watch:
    """A clock that stands still, and hands that are at work or not."""

    def __init__(self) -> None:
        self.now = 0.0
        self.busy = False


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def rounds(qtbot: QtBot, watch: Watch) -> Iterator[GarbageRounds]:
    gc.collect()
    with GarbageRounds(lambda: watch.busy, None, lambda: watch.now) as made:
        yield made
    assert gc.isenabled()


def litter(ended: list[threading.Thread], objects: int) -> list[list[int]]:
    """Make a ring that nobody holds, and many objects that somebody does."""
    Ring(ended)
    return [[n] for n in range(objects)]


def by_another(job: Callable[[], object]) -> None:
    thread = threading.Thread(target=job)
    thread.start()
    thread.join()


def test_what_other_threads_drop_ends_on_the_windows_thread(qtbot: QtBot, rounds: GarbageRounds) -> None:
    ended: list[threading.Thread] = []
    rounds.start()
    kept: list[object] = []
    by_another(lambda: kept.append(litter(ended, 20 * YOUNG)))
    assert ended == [], "no collection on the thread that made it"
    qtbot.waitUntil(lambda: bool(ended), timeout=20 * ROUND_MS)
    assert ended == [threading.main_thread()]


def test_objects_of_qt_end_there_too(qtbot: QtBot, rounds: GarbageRounds) -> None:
    gone: list[threading.Thread] = []

    def drop() -> list[list[int]]:
        thing = QObject()
        thing.destroyed.connect(lambda: gone.append(threading.current_thread()))
        thing.me = thing  # type: ignore[attr-defined]
        del thing
        return [[n] for n in range(2 * YOUNG)]

    kept = [drop()]
    by_another(lambda: kept.append([[n] for n in range(20 * YOUNG)]))
    assert gone == []
    rounds.turn()
    gc.collect()
    assert gone == [threading.main_thread()]


def test_a_round_makes_room_for_scans_but_not_for_ever(rounds: GarbageRounds, watch: Watch) -> None:
    ended: list[threading.Thread] = []
    watch.busy = True
    kept = litter(ended, 2 * YOUNG)
    for _ in range(MOST_PUT_OFF):
        rounds.turn()
    assert ended == []
    rounds.turn()
    assert len(ended) == 1
    assert len(kept) == 2 * YOUNG


def test_few_objects_are_not_worth_a_round(rounds: GarbageRounds) -> None:
    gc.collect()
    ended: list[threading.Thread] = []
    Ring(ended)
    rounds.turn()
    assert ended == []


def test_all_is_looked_through_now_and_then(rounds: GarbageRounds, watch: Watch) -> None:
    ended: list[threading.Thread] = []
    ring = Ring(ended)
    for _ in range(2):
        gc.collect(1)  # it is among the oldest now
    del ring
    kept: list[object] = []
    for _ in range(2 * OLDER):
        kept.append(litter([], YOUNG + 10))
        rounds.turn()
    assert ended == [], "not before its time"
    watch.now = ALL_SECONDS
    kept.append(litter([], LITTLE + 10))
    rounds.turn()
    assert len(ended) == 1, "by time alone: few objects can hold much"


def test_the_last_round_is_made_before_python_collects_again(watch: Watch) -> None:
    ended: list[threading.Thread] = []
    with GarbageRounds(lambda: True, None, lambda: watch.now):
        assert not gc.isenabled()
        Ring(ended)
    assert ended == [threading.main_thread()]
    assert gc.isenabled()
