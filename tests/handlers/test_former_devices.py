"""A desk under its former devices: is its own order its order still, whatever its clocks said?"""

from uuid import UUID

import pytest

from merchant_desk.domain.counting import ReverseCount
from merchant_desk.domain.organisation import EnrolDevice
from tests.helpers.floor import (
    DESK_A,
    DESK_B,
    OUTLET,
    START,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    named,
)

HOUR = 3_600_000_000
ELSEWHERE = named("a desk of its own")


def enrol(floor: Floor, device: UUID, former: UUID | None = None) -> None:
    """Enrol a desk, as what it was before if it was one: all that it did then is its own."""
    code = f"{len(floor.rows('devices')) + 1:02d}"
    body = EnrolDevice(device, OUTLET, code, "desk", b"v", b"s", former, floor.seqs.get(former or device, 0))
    floor.do(body, device=floor.house)


def counted_by(floor: Floor, device: UUID, units: int, name: str, time: int) -> None:
    """Count beer at a desk from beginning to end, at one time of its clock."""
    for body in (count(name), counted(units, name), end_count(name)):
        floor.send(body, device=device, time=time)


@pytest.fixture(params=[DESK_A, DESK_B], ids=["as the same device", "enrolled again"])
def after(floor: Floor, request: pytest.FixtureRequest) -> UUID:
    """What the desk is once its clock, an hour ahead until then, was put right."""
    device: UUID = request.param
    enrol(floor, DESK_A)
    floor.send(adjusted(10), device=DESK_A, time=START + HOUR)
    counted_by(floor, DESK_A, 8, "early", START + HOUR)
    assert floor.on_hand() == 8
    if device != DESK_A:
        enrol(floor, device, DESK_A)
    return device


def test_what_it_did_before_is_in_the_book_of_its_count(floor: Floor, after: UUID) -> None:
    counted_by(floor, after, 7, "late", START)
    assert floor.on_hand() == 7
    assert floor.flags() == []
    floor.assert_conserved()


def test_its_last_count_is_the_one_that_stands(floor: Floor, after: UUID) -> None:
    counted_by(floor, after, 7, "late", START)
    floor.send(adjusted(-1), device=ELSEWHERE, time=START + HOUR // 2)
    assert floor.on_hand() == 6, "it left after the last count, whatever the first one's clock said"
    assert floor.flags() == []
    floor.assert_conserved()


def test_a_reversed_count_leaves_what_the_one_before_saw_and_what_moved_since(
    floor: Floor, after: UUID
) -> None:
    floor.send(adjusted(-2), device=after, time=START)
    counted_by(floor, after, 9, "late", START)
    floor.send(ReverseCount(named("late"), OUTLET, (), "wrong shelf"), device=after, time=START)
    assert floor.on_hand() == 6
    assert floor.flags() == []
    floor.assert_conserved()


def test_what_a_copy_of_its_folder_did_is_told_by_the_clocks(floor: Floor) -> None:
    enrol(floor, DESK_A)
    floor.send(adjusted(10), device=DESK_A, time=START)
    enrol(floor, DESK_B, DESK_A)
    floor.send(adjusted(5), device=DESK_A, time=START + 2 * HOUR)
    counted_by(floor, DESK_B, 10, "late", START + HOUR)
    assert floor.on_hand() == 15
    floor.assert_conserved()
