"""Two batches may be under way at once: is their order kept, and does nothing get lost or doubled?"""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from merchant_desk.sync.protocol import PushRequest, decode, decode_header
from merchant_desk.sync.pushing import QUICK_SECONDS
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.lone_desk import LoneDesk, adjust, assert_agrees
from tests.helpers.shop import Shop
from tests.sync.test_exchange_push import broken_at_the_server, waiting

PATIENCE = 20.0
MANY = 1_500
AHEAD = 2
"""Two small batches feel their way; then come full ones."""


class Road:
    """Counts the pushes under way and lets a test hold some of them up."""

    def __init__(self, desk: LoneDesk) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self.most = 0
        self.firsts: list[int] = []
        self.came = [threading.Event() for _ in range(50)]
        self.left = [threading.Event() for _ in range(50)]
        self.hold: Callable[[int], None] = lambda number: None
        self._wire = desk.wire
        self._fetch, desk.wire.fetch = desk.wire.fetch, self  # type: ignore[assignment]

    def __call__(self, request: Request) -> Response:
        if request.path != "/push":
            return self._fetch(request)
        with self._lock:
            number = len(self.firsts)
            self.firsts.append(decode_header(decode(request.body, PushRequest).ops[0].header).device_seq)
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        self.came[number].set()
        try:
            self.hold(number)
            return self._fetch(request)
        finally:
            with self._lock:
                self._under_way -= 1
            self.left[number].set()


@pytest.fixture
def road(shop: Shop, desk: LoneDesk) -> Road:
    for n in range(MANY):
        desk.do(adjust(shop, n % 7 + 1))
    return Road(desk)


def test_a_second_batch_is_under_way_before_the_first_is_answered(desk: LoneDesk, road: Road) -> None:
    def answer_in_turn(number: int) -> None:
        if number == AHEAD:
            assert road.came[AHEAD + 1].wait(PATIENCE)
        if number == AHEAD + 1:
            assert road.left[AHEAD].wait(PATIENCE)

    road.hold = answer_in_turn
    desk.sync()
    assert road.most == 2
    assert road.firsts == sorted(set(road.firsts))
    assert waiting(desk) == 0
    assert_agrees(desk)


def test_a_batch_that_overtook_another_is_sent_again_in_its_turn(desk: LoneDesk, road: Road) -> None:
    def let_the_next_overtake(number: int) -> None:
        if number == AHEAD:
            assert road.left[AHEAD + 1].wait(PATIENCE)

    road.hold = let_the_next_overtake
    desk.sync()
    assert waiting(desk) == 0
    # Before the second the server found a hole, and took nothing of it.
    assert road.firsts.count(road.firsts[AHEAD + 1]) == 2
    assert {status for _, status in desk.outbox()} == {"applied"}
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
def test_an_answer_that_stops_in_its_turn_is_heeded_and_not_asked_for_twice(
    desk: LoneDesk, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = 1_200
    broken_at_the_server(monkeypatch, desk.op_ids()[broken - 1])
    desk.sync()
    begun = max(first for first in road.firsts if first < broken)
    assert road.firsts.count(begun) == 1
    assert waiting(desk) == 1


def test_on_a_slow_line_each_batch_waits_for_the_answer_to_the_last(desk: LoneDesk, road: Road) -> None:
    def take_long(number: int) -> None:
        desk.watch.now += QUICK_SECONDS

    road.hold = take_long
    desk.sync()
    assert road.most == 1
    assert waiting(desk) == 0


def test_when_the_first_of_two_gets_no_answer_all_comes_in_once_later(desk: LoneDesk, road: Road) -> None:
    def cut(number: int) -> None:
        if number == AHEAD:
            assert road.came[AHEAD + 1].wait(PATIENCE)
            raise Unreachable("interrupted", "the test says so")

    road.hold = cut
    with pytest.raises(Unreachable):
        desk.run()
    assert road.left[AHEAD + 1].is_set()  # nothing stays under way behind an exchange that has ended
    road.hold = lambda number: None
    desk.sync()
    assert waiting(desk) == 0
    assert_agrees(desk)


def test_when_the_answer_to_the_first_is_lost_the_second_counts_no_more(desk: LoneDesk, road: Road) -> None:
    """The server has both; the desk heard of neither: it asks for both again."""
    lost = b""

    def lose(request: Request, response: Response) -> Response:
        if request.path == "/push" and decode(request.body, PushRequest).ops[0].header == lost:
            assert road.left[AHEAD + 1].wait(PATIENCE)
            raise Unreachable("interrupted", "the test says so")
        return response

    def note(number: int) -> None:
        nonlocal lost
        if number == AHEAD:
            lost = decode(desk.wire.requests[-1].body, PushRequest).ops[0].header
            assert road.came[AHEAD + 1].wait(PATIENCE)

    desk.wire.after, road.hold = lose, note
    with suppress(Unreachable):
        desk.run()
    assert waiting(desk) > 0
    desk.wire.after, road.hold = lambda request, response: response, lambda number: None
    desk.sync()
    assert waiting(desk) == 0
    assert_agrees(desk)
