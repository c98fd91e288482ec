"""The search feed follows the desk's rows in pauses of its work, and ends when it is told to."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.list_indexes import LIST_INDEXES
from merchant_desk.models.search import found_rows
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.writer import Urgency
from merchant_desk.ui import search_feed
from merchant_desk.ui.search_feed import SearchFeed
from tests.helpers.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.stock(made.rice, 50)
    yield made
    made.close()


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk("manager")


@pytest.fixture
def told() -> list[Changes]:
    return []


@pytest.fixture
def feed(desk: Desk, told: list[Changes]) -> Iterator[SearchFeed]:
    made = SearchFeed(desk.runtime, told.append)
    made.start()
    yield made
    made.close()


def wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def finds(desk: Desk, table: str, typed: str) -> int:
    with desk.read() as connection, connection.begin():
        return len(found_rows(connection, table, typed))


def test_what_stood_before_is_found_soon_after_the_start(
    desk: Desk, feed: SearchFeed, told: list[Changes]
) -> None:
    wait(lambda: not feed.behind)
    assert finds(desk, "skus", "啤酒") == 1
    assert set().union(*told) >= {"search_skus", "search_purchase_orders"}
    with desk.read() as connection, connection.begin():
        names = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    assert set(LIST_INDEXES) <= names


def test_what_sync_brings_is_found_soon_after(shop: Shop, desk: Desk, feed: SearchFeed) -> None:
    wait(lambda: not feed.behind)
    shop.order("WX-2078", (shop.rice, 1))
    desk.sync()
    wait(lambda: finds(desk, "orders", "2078") == 1)


def test_the_index_waits_while_the_desk_works(
    desk: Desk, feed: SearchFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(lambda: not feed.behind)
    steps: list[int] = []
    step = feed._index.step

    def counted(enough: Callable[[], bool]) -> set[str]:
        steps.append(1)
        return step(enough)

    monkeypatch.setattr(feed._index, "step", counted)
    sheet = desk.receive("PO-1")
    began = time.monotonic()
    while time.monotonic() - began < 1.0:
        sheet.scan("9520000000028")
    assert len(steps) <= 1
    wait(lambda: bool(steps))


def test_the_index_waits_for_a_pause_of_the_hands_and_not_for_ever(
    desk: Desk, feed: SearchFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(lambda: not feed.behind)
    monkeypatch.setattr(search_feed, "HANDS_REST_SECONDS", 30.0)
    monkeypatch.setattr(search_feed, "PATIENCE_SECONDS", 1.0)
    steps: list[tuple[float, float]] = []
    step = feed._index.step

    def timed(enough: Callable[[], bool]) -> set[str]:
        begun = time.monotonic()
        while not enough():
            time.sleep(0.001)
        steps.append((begun, time.monotonic() - begun))
        return step(lambda: True)

    monkeypatch.setattr(feed._index, "step", timed)
    sheet = desk.receive("PO-1")
    scanned = time.monotonic()
    sheet.scan("9520000000028")
    wait(lambda: bool(steps))
    begun, taken = steps[0]
    assert begun - scanned > 0.5, "it waits longer than for a pause of the desk's own work"
    assert search_feed.HURRIED_SECONDS <= taken < search_feed.STEP_SECONDS, "and then takes a short step"


def test_closing_in_the_middle_of_a_pause_ends_at_once(desk: Desk, told: list[Changes]) -> None:
    feed = SearchFeed(desk.runtime, told.append)
    feed.start()
    gate = threading.Event()
    blocked = desk.runtime.writer.submit(gate.wait, Urgency.PERSON)
    threading.Timer(0.2, gate.set).start()
    began = time.monotonic()
    feed.close()
    assert time.monotonic() - began < 5
    assert blocked.result()
    assert not feed._thread.is_alive()


def test_a_feed_that_was_never_started_closes(desk: Desk, told: list[Changes]) -> None:
    SearchFeed(desk.runtime, told.append).close()


@pytest.mark.expects_log("search_index_failed")
def test_a_failing_index_ends_the_search_and_not_the_desk(
    desk: Desk, told: list[Changes], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = SearchFeed(desk.runtime, told.append)

    def fail() -> None:
        raise RuntimeError("no index today")

    monkeypatch.setattr(feed._index, "prepare", fail)
    feed.start()
    wait(lambda: not feed._thread.is_alive())
    assert desk.receive("PO-1").scan("9520000000028").quantity
    feed.close()


def test_pinyin_is_loaded_before_anybody_waits_for_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[str] = []
    monkeypatch.setattr(search_feed, "load_pinyin", lambda: threads.append(threading.current_thread().name))
    feed = SearchFeed(desk.runtime, lambda changes: None)
    feed.start()
    wait(lambda: bool(threads))
    feed.close()
    assert threads == ["search-feed"]
