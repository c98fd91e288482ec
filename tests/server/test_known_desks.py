"""Is a desk that asked a moment ago let in without a look, and never one whose merchant was written for?"""

from uuid import uuid4

from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.server.intake import Device
from merchant_desk.server.known_desks import MOMENT, MOST, KnownDesks
from tests.server.web import WebWorld, problem

START = 1_760_000_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        return self.now


def a_device() -> Device:
    return Device(uuid4(), uuid4(), uuid4(), ())


def test_for_a_moment_and_no_longer() -> None:
    clock, device = Clock(), a_device()
    known = KnownDesks(clock)
    assert known.find("token") is None
    known.keep("token", device, clock())
    clock.now += MOMENT - 1
    assert known.find("token") == device
    assert known.find("another") is None
    clock.now += 1
    assert known.find("token") is None


def test_a_clock_that_is_put_back_makes_nobody_known_for_longer() -> None:
    clock = Clock()
    known = KnownDesks(clock)
    known.keep("token", a_device(), clock())
    clock.now -= 1
    assert known.find("token") is None


def test_what_is_written_makes_the_merchants_desks_unknown_and_no_others() -> None:
    clock, device, other = Clock(), a_device(), a_device()
    known = KnownDesks(clock)
    for token, one in (("token", device), ("other", other)):
        known.keep(token, one, clock())
    clock.now += 5
    known.forget(device.merchant_id)
    assert known.find("token") is None
    assert known.find("other") == other


def test_what_was_asked_before_a_write_and_answered_after_it_does_not_count() -> None:
    clock, device = Clock(), a_device()
    known = KnownDesks(clock)
    asked = clock()
    clock.now += 5
    known.forget(device.merchant_id)
    known.keep("token", device, asked)
    assert known.find("token") is None


def test_a_write_after_the_clock_was_put_back_counts_for_what_was_asked_before_it() -> None:
    """The clock comes by the same time again, and whoever was retired meanwhile would be known then."""
    clock, device = Clock(), a_device()
    known = KnownDesks(clock)
    known.keep("token", device, clock())
    clock.now -= 5 * MOMENT
    known.forget(device.merchant_id)
    clock.now += 5 * MOMENT + 1
    assert known.find("token") is None


def test_what_was_asked_before_writes_for_very_many_does_not_count() -> None:
    clock, device = Clock(), a_device()
    known = KnownDesks(clock)
    asked = clock()
    clock.now += 5
    known.forget(device.merchant_id)
    for _ in range(MOST):
        known.forget(uuid4())
    known.keep("token", device, asked)
    assert known.find("token") is None


def test_it_does_not_grow_for_ever() -> None:
    clock, last = Clock(), a_device()
    known = KnownDesks(clock)
    for n in range(MOST):
        known.keep(str(n), last, clock())
    known.keep("last", last, clock())
    assert known.find("0") is None
    assert known.find("last") == last
    for _ in range(MOST + 1):
        known.forget(uuid4())
    assert known.find("last") is None


def test_a_desk_is_asked_for_once_in_a_moment(world: WebWorld) -> None:
    desk = world.desk()
    enrolment = world.services.enrolment
    assert desk.get("/feed?after=0&rows=10").status_code == 200
    assert enrolment.known.find(desk.enrolled.token) is not None
    world.services.house.do(world.merchant.id, RetireDevice(desk.enrolled.device_id, "被盗"))
    answer = desk.get("/feed?after=0&rows=10")
    assert (answer.status_code, problem(answer).code) == (401, "device_retired")
