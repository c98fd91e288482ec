"""Settings between desks: the last decision at the server counts at both; a desk's own stays there."""

from typing import Any

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level, Setting
from merchant_desk.domain.settings_known import (
    CHECKS,
    DAY_START,
    LANGUAGE,
    LOCK_MINUTES,
    SOUNDS,
    VOLUME,
    ZONE,
)
from merchant_desk.models.queries.operation_lists import place
from merchant_desk.sync.days import business_day
from tests.helpers.shop import Shop

WRONG_LOT = CHECKS["outbound", "wrong_lot"]


def test_two_desks_decide_offline_and_the_last_at_the_server_stands_at_both(shop: Shop) -> None:
    first, second = shop.desk("manager"), shop.desk("manager")
    first.settings.decide(WRONG_LOT, Level.OUTLET, "refuse", first.person.id)
    second.settings.decide(WRONG_LOT, Level.OUTLET, "accept", second.person.id)
    assert (first.settings.value(WRONG_LOT), second.settings.value(WRONG_LOT)) == ("refuse", "accept")
    for desk in (second, first, second, first):
        desk.sync()
    for desk in (first, second):
        assert desk.settings.value(WRONG_LOT) == "refuse", "first came last to the server"
        changes = desk.settings.changes(WRONG_LOT.key)
        assert [change.person for change in changes] == ["店长", "店长"]
        assert {(change.was, change.value) for change in changes} == {
            ("", '"accept"'),
            ('"accept"', '"refuse"'),
        }
    assert first.status.tasks == 0 == first.status.waiting


def test_what_the_merchant_decides_gives_way_to_the_outlet_and_the_desk(shop: Shop) -> None:
    office, floor = shop.desk("manager"), shop.desk("manager")
    office.settings.decide(LOCK_MINUTES, Level.MERCHANT, 30, office.person.id)
    office.sync()
    floor.sync()
    assert floor.settings.value(LOCK_MINUTES) == 30
    office.settings.decide(LOCK_MINUTES, Level.OUTLET, 10, office.person.id)
    office.sync()
    floor.sync()
    assert floor.settings.value(LOCK_MINUTES) == 10
    floor.settings.decide(LOCK_MINUTES, Level.DESK, 0, floor.person.id)
    standing = floor.settings.standing()
    assert (standing.decisions.value(LOCK_MINUTES), standing.decisions.level(LOCK_MINUTES)) == (0, Level.DESK)
    last = standing.last(LOCK_MINUTES)
    assert last is not None
    assert last.set_by == floor.person.id
    floor.sync()
    office.sync()
    assert office.settings.value(LOCK_MINUTES) == 10, "a desk's own is nobody else's"
    floor.settings.decide(LOCK_MINUTES, Level.DESK, None, floor.person.id)
    assert floor.settings.value(LOCK_MINUTES) == 10


def test_decisions_that_follow_each_other_quickly_end_in_the_last(shop: Shop) -> None:
    desk = shop.desk("manager")
    cases: tuple[tuple[Level, Setting[Any], tuple[Any, Any]], ...] = (
        (Level.DESK, SOUNDS, (False, True)),
        (Level.OUTLET, LOCK_MINUTES, (5, 30)),
    )
    for level, setting, values in cases:
        last = [desk.settings.submit(setting, level, value, desk.person.id) for value in values * 20][-1]
        last.result(20)
        assert desk.settings.value(setting) == values[-1]
    latest = desk.settings.changes(LOCK_MINUTES.key)[0]
    assert (latest.was, latest.value) == ("5", "30")


def test_a_persons_own_is_there_at_every_desk_for_that_person_alone(shop: Shop) -> None:
    first, second = shop.desk("manager"), shop.desk("manager")
    first.settings.decide(LANGUAGE, Level.PERSON, "en", first.person.id)
    first.sync()
    second.sync()
    assert second.settings.value(LANGUAGE, second.person.id) == "en"
    assert second.settings.value(LANGUAGE) == "zh_CN"


def test_who_may_not_is_refused_at_the_desk_and_nothing_is_sent(shop: Shop) -> None:
    desk = shop.desk("worker")
    for level in (Level.OUTLET, Level.MERCHANT, Level.DESK):
        with pytest.raises(Refusal, match="not_allowed"):
            desk.settings.decide(LOCK_MINUTES, level, 1, desk.person.id)
        with pytest.raises(Refusal, match="not_allowed"):
            desk.settings.check_may(LOCK_MINUTES, level, desk.person.id)
    desk.settings.decide(SOUNDS, Level.DESK, value=False, person_id=desk.person.id)
    with pytest.raises(Refusal, match="number_out_of_range"):
        desk.settings.decide(VOLUME, Level.DESK, 101, desk.person.id)
    assert desk.settings.value(SOUNDS) is False
    assert desk.status.waiting == 0


def test_the_business_day_follows_what_managers_set(shop: Shop) -> None:
    office, floor = shop.desk("manager"), shop.desk("manager")
    now = floor.runtime.now()
    assert floor.calendar() == business_day(now, "Asia/Shanghai", 0)
    for zone, start in (("Pacific/Kiritimati", 0), ("Pacific/Pago_Pago", 23 * 60)):
        office.settings.decide(ZONE, Level.OUTLET, zone, office.person.id)
        office.settings.decide(DAY_START, Level.MERCHANT, start, office.person.id)
        office.sync()
        floor.sync()
        assert floor.calendar() == business_day(now, zone, start)
        where = floor.ask(lambda connection: place(connection, shop.world.outlet))
        assert where is not None
        assert where.zone == zone
    days = {business_day(now, zone, 0) for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")}
    assert len(days) == 2, "a day apart at least, whatever time it is"
