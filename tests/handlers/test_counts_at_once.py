"""Two counts of one location: is it told that they were open at one time, whatever arrives first?"""

from collections.abc import Iterable
from itertools import permutations
from uuid import UUID

import pytest

from merchant_desk.domain.counting import ReverseCount
from merchant_desk.domain.tasks import SettleTask
from merchant_desk.handlers import counting
from tests.handlers.test_former_devices import enrol
from tests.helpers.floor import (
    BEER,
    DESK_A,
    DESK_B,
    OUTLET,
    RICE,
    SECOND,
    SHELF,
    START,
    Floor,
    count,
    counted,
    end_count,
    named,
)

MINUTE = 60 * SECOND
A, B = "count of a", "count of b"
DESKS = {A: DESK_A, B: DESK_B}


def arrives(
    floor: Floor, name: str, opened: int, closed: int | None, *, bound: int = 0, device: UUID | None = None
) -> None:
    """Let a desk's whole count arrive, with the minutes at which it was begun and ended."""
    desk = device or DESKS[name]
    floor.send(count(name), device=desk, time=START + opened * MINUTE, bound=bound)
    floor.send(counted(9, name), device=desk, time=START + (opened + 1) * MINUTE, bound=bound)
    if closed is not None:
        floor.send(end_count(name), device=desk, time=START + closed * MINUTE, bound=bound)


def told(floor: Floor) -> list[tuple[str, str]]:
    """Return the tasks that tell of two counts at once: status and resolution."""
    return [(row["status"], row["resolution"]) for row in floor.rows("tasks", code="counted_twice")]


OPEN, WITHDRAWN = ("open", ""), ("settled", "withdrawn")
SPANS = {
    "one within the other": ((10, 14), (8, 20)),
    "they cross": ((8, 14), (10, 20)),
    "at the same minute": ((8, 14), (8, 14)),
}
APART = {"a first": ((1, 5), (10, 15)), "b first": ((10, 15), (1, 5))}


@pytest.mark.parametrize("order", [(A, B), (B, A)])
@pytest.mark.parametrize("spans", SPANS.values(), ids=SPANS.keys())
def test_two_at_once_are_told_once_though_both_have_ended(
    floor: Floor, spans: tuple[tuple[int, int], ...], order: tuple[str, str]
) -> None:
    at = dict(zip((A, B), spans, strict=True))
    for name in order:
        arrives(floor, name, *at[name])
    assert told(floor) == [OPEN]
    task = floor.one("tasks", code="counted_twice")
    assert (task["about_table"], task["about_id"]) == ("locations", SHELF)
    assert all(name in task["facts"] for name in (A, B))


@pytest.mark.parametrize("order", [(A, B), (B, A)])
@pytest.mark.parametrize("spans", APART.values(), ids=APART.keys())
def test_one_after_the_other_is_not_told(
    floor: Floor, spans: tuple[tuple[int, int], ...], order: tuple[str, str]
) -> None:
    at = dict(zip((A, B), spans, strict=True))
    for name in order:
        arrives(floor, name, *at[name])
    assert told(floor) == []


def _orders() -> Iterable[tuple[str, ...]]:
    """Return every order in which the beginnings and ends of two counts can arrive."""
    return sorted(set(permutations((A, A, B, B))))


@pytest.mark.parametrize("order", _orders(), ids="".join)
@pytest.mark.parametrize(("spans", "left"), [
    (((8, 14), (10, 20)), ["open"]), (((1, 5), (10, 15)), []), (((10, 15), (1, 5)), []),
])  # fmt: skip
def test_what_stands_does_not_depend_on_what_arrives_first(
    floor: Floor, spans: tuple[tuple[int, int], ...], left: list[str], order: tuple[str, ...]
) -> None:
    at = dict(zip((A, B), spans, strict=True))
    begun: set[str] = set()
    for name in order:
        body = end_count(name) if name in begun else count(name)
        time = START + at[name][name in begun] * MINUTE
        floor.send(body, device=DESKS[name], time=time)
        begun.add(name)
    assert [status for status, _ in told(floor) if status == "open"] == left


def test_one_that_ended_unknown_to_the_server_is_told_until_its_end_arrives(floor: Floor) -> None:
    floor.send(count(A), device=DESK_A, time=START)
    arrives(floor, B, 10, 15)
    assert told(floor) == [OPEN]
    floor.send(end_count(A), device=DESK_A, time=START + 5 * MINUTE)
    assert told(floor) == [WITHDRAWN]


@pytest.mark.parametrize(("seconds", "expected"), [(0, []), (2 * 60, []), (3 * 60, [OPEN])])
def test_where_clocks_cannot_tell_people_are_told(
    floor: Floor, seconds: int, expected: list[tuple[str, str]]
) -> None:
    arrives(floor, A, 1, 5, bound=seconds * SECOND)
    arrives(floor, B, 10, 15, bound=seconds * SECOND)
    assert told(floor) == expected


def test_what_was_taken_back_is_no_count(floor: Floor) -> None:
    arrives(floor, A, 8, 14)
    floor.send(ReverseCount(named(A), OUTLET, (), "wrong shelf"), time=START + 30 * MINUTE)
    arrives(floor, B, 10, 20)
    assert told(floor) == []


@pytest.mark.parametrize("name", [A, B])
def test_taking_one_back_is_all_that_was_asked_for(floor: Floor, name: str) -> None:
    arrives(floor, A, 8, 14)
    arrives(floor, B, 10, 20)
    assert told(floor) == [OPEN]
    floor.send(ReverseCount(named(name), OUTLET, (), "counted twice"), time=START + 30 * MINUTE)
    assert told(floor) == [WITHDRAWN]


def test_what_was_taken_back_in_part_while_open_has_ended_then(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEYS_AT_ONCE", 2)
    floor.send(count(A), time=START)
    for sku in (BEER, RICE, named("tea")):
        floor.send(counted(1, A, sku=sku), time=START + MINUTE)
    floor.send(end_count(A), time=START + 2 * MINUTE)
    line = floor.rows("count_lines")[0]
    floor.send(ReverseCount(named(A), OUTLET, (line["id"],), "stopped"), time=START + 5 * MINUTE)
    row = floor.one("counts")
    assert (row["status"], row["closed_at"]) == ("partly_reversed", START + 5 * MINUTE)
    arrives(floor, B, 10, 20)
    assert told(floor) == []


def test_a_person_s_word_stays(floor: Floor) -> None:
    floor.send(count(A), device=DESK_A, time=START)
    floor.send(count(B), device=DESK_B, time=START + MINUTE)
    task = floor.one("tasks", code="counted_twice")
    floor.do(SettleTask(task["id"], OUTLET, "seen", ""))
    floor.send(end_count(A), device=DESK_A, time=START + 3 * MINUTE)
    floor.send(end_count(B), device=DESK_B, time=START + 4 * MINUTE)
    assert told(floor) == [("settled", "seen")]


def test_three_at_once_are_three_pairs(floor: Floor) -> None:
    arrives(floor, A, 8, 14)
    arrives(floor, B, 10, 20)
    arrives(floor, "third", 12, 16, device=named("desk c"))
    assert told(floor) == [OPEN] * 3


@pytest.mark.parametrize("device", [DESK_A, DESK_B], ids=["as the same device", "enrolled again"])
def test_one_desk_after_itself_whatever_its_clock_said(floor: Floor, device: UUID) -> None:
    enrol(floor, DESK_A)
    arrives(floor, A, 10, 20, device=DESK_A)
    if device != DESK_A:
        enrol(floor, DESK_B, DESK_A)
    arrives(floor, B, 11, 15, device=device)  # its clock was put right in between
    assert told(floor) == []
