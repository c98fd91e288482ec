"""When does a desk try again, alone and beside thousands of others?"""

import random

import pytest

from merchant_desk.sync.line import LOOK_SECONDS
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.schedule import (
    FIRST,
    LINE_MOST,
    MOST,
    RESTART_MOST,
    RESTART_SECONDS,
    Backoff,
    longest_wait,
)
from merchant_desk.sync.transport import ServerTrouble, Unreachable

BROKEN = Unreachable("interrupted", "RemoteProtocolError")


def test_pauses_grow_to_a_minute_with_jitter_and_never_end() -> None:
    backoff = Backoff()
    waits = [backoff.next_seconds() for _ in range(2_000)]
    assert all(FIRST / 2 <= wait <= MOST for wait in waits)
    assert waits[0] <= FIRST
    assert min(waits[20:]) >= MOST / 2
    assert len({round(wait, 6) for wait in waits[20:]}) > 1_900
    backoff.reset()
    assert backoff.next_seconds() <= FIRST


@pytest.mark.parametrize(
    "trouble",
    [
        ServerTrouble(503, "server_busy", "{}"),
        Unreachable("timeout", "ReadTimeout"),
        CertificateChanged("a", "b"),
        ValueError("a bug"),
    ],
)
def test_a_server_in_trouble_is_left_in_peace_for_longer(trouble: Exception) -> None:
    assert longest_wait(trouble, 0.0) == longest_wait(trouble, 1e6) == MOST


@pytest.mark.parametrize("away", [1.0, 3.0, 10.0])
def test_two_thousand_desks_are_back_within_two_seconds_of_a_restart_and_not_at_once(away: float) -> None:
    backs = []
    for desk in range(2_000):
        chance = random.Random(desk)
        at = Backoff(chance, first=LOOK_SECONDS).next_seconds()
        backoff = Backoff(chance)
        while at < away:
            at += backoff.next_seconds(longest_wait(BROKEN, backoff.waited))
        backs.append(at)
    backs.sort()
    assert backs[-1] - away <= RESTART_MOST
    busiest = max(sum(1 for at in backs if begin <= at < begin + 0.25) for begin in backs[::20])
    assert busiest < len(backs) / 2


def test_a_line_that_stays_broken_is_tried_less_often() -> None:
    relayed = ServerTrouble(502, "unavailable", "text/html")
    for trouble in (BROKEN, Unreachable("no_answer", "ConnectError"), relayed):
        assert longest_wait(trouble, 0.0) == RESTART_MOST
        assert longest_wait(trouble, RESTART_SECONDS) == LINE_MOST
