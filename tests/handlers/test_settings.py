"""Settings: who may decide them at which level, that the last decision stands, and what is kept of each."""

from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import SetSetting, setting_id
from tests.helpers.floor import (
    BEER,
    DESK_B,
    MANAGER,
    OTHER_OUTLET,
    OUTLET,
    RECEIVING,
    SUPPLIER,
    VIEWER,
    WAREHOUSE,
    WORKER,
    Floor,
)

EXPIRED = "check.inbound.expired"


def test_the_last_decision_in_the_servers_order_stands_whatever_its_clock_said(floor: Floor) -> None:
    late = floor.now + 3_600_000_000
    assert floor.send(SetSetting(EXPIRED, "outlet", OUTLET, '"refuse"'), time=late).code == ""
    assert floor.send(SetSetting(EXPIRED, "outlet", OUTLET, '"accept"'), device=DESK_B).code == ""
    row = floor.one("settings")
    assert (row["id"], row["scope_id"], row["level"]) == (setting_id(OUTLET, EXPIRED), OUTLET, "outlet")
    assert (row["value"], row["set_by"], row["set_at"]) == ('"accept"', MANAGER, floor.now)
    changes = sorted(floor.rows("setting_changes"), key=lambda change: str(change["was"]))
    assert [(one["was"], one["value"]) for one in changes] == [("", '"refuse"'), ('"refuse"', '"accept"')]
    assert {one["key"] for one in changes} == {EXPIRED}
    assert [one["device_id"] == DESK_B for one in changes] == [False, True]


def test_a_decision_is_taken_back_and_that_is_kept_too(floor: Floor) -> None:
    floor.do(SetSetting("lock.minutes", "merchant", None, "5"))
    floor.do(SetSetting("lock.minutes", "merchant", None, ""))
    assert floor.one("settings")["value"] == ""
    assert floor.one("settings")["scope_id"] == floor.merchant
    assert len(floor.rows("setting_changes")) == 2


def test_what_stands_already_is_no_change(floor: Floor) -> None:
    floor.do(SetSetting("lock.minutes", "outlet", OUTLET, "5"))
    floor.do(SetSetting("lock.minutes", "outlet", OUTLET, "5"), device=DESK_B)
    floor.do(SetSetting("scale.21", "outlet", OUTLET, ""))
    assert len(floor.rows("setting_changes")) == 1


def test_outlets_and_people_decide_for_themselves(floor: Floor) -> None:
    floor.do(SetSetting("scale.21", "outlet", OUTLET, '""'))
    floor.do(SetSetting("scale.21", "outlet", OTHER_OUTLET, '"21IIIIIWWW.WWK"'))
    assert floor.one("settings", scope_id=OUTLET)["value"] == '""'
    assert floor.one("settings", scope_id=OTHER_OUTLET)["value"] == '"21IIIIIWWW.WWK"'
    for who in (WORKER, VIEWER):
        floor.do(SetSetting("look.language", "person", OUTLET, '"en"'), by=who)
        assert floor.one("settings", scope_id=who)["value"] == '"en"'


@pytest.mark.parametrize("who", [WORKER, VIEWER])
def test_only_who_organises_an_outlet_decides_for_it(floor: Floor, who: object) -> None:
    for body in (
        SetSetting(EXPIRED, "outlet", OUTLET, '"accept"'),
        SetSetting(EXPIRED, "merchant", None, '"accept"'),
        SetSetting("look.language", "person", OTHER_OUTLET, '"en"'),
    ):
        assert floor.send(body, by=who).code == "not_allowed"  # type: ignore[arg-type]
    assert floor.rows("settings") == [] == floor.rows("setting_changes")


@pytest.mark.parametrize(
    ("key", "level", "value", "code"),
    [
        ("check.stocktake.expired", "outlet", '"ask"', "unknown_setting"),
        (EXPIRED, "outlet", '"maybe"', "not_a_choice"),
        (EXPIRED, "outlet", "{", "setting_unreadable"),
        (EXPIRED, "person", '"ask"', "setting_not_at_level"),
        ("sounds.volume", "outlet", "5", "setting_not_at_level"),
        ("lock.minutes", "outlet", "-1", "number_out_of_range"),
        ("scale.21", "outlet", '"22IIIIIWWWWWK"', "not_a_scale_layout"),
    ],
)
def test_a_wrong_decision_writes_nothing(floor: Floor, key: str, level: str, value: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        floor.do(SetSetting(key, level, OUTLET, value))
    assert floor.rows("settings") == [] == floor.rows("setting_changes")


def test_an_outlet_is_opened_with_its_own_zone_and_day(floor: Floor) -> None:
    harbin, second = derived_id(floor.merchant, "harbin"), derived_id(floor.merchant, "second")

    def opened(outlet_id: UUID, code: str, zone: str, day_start: int) -> None:
        body = AddOutlet(outlet_id, code, code, zone, day_start, derived_id(outlet_id, "warehouse"))
        floor.do(body, by=floor.merchant, device=floor.house)

    opened(harbin, "HB", "Europe/London", 240)
    stored = {row["key"]: row["value"] for row in floor.rows("settings", scope_id=harbin)}
    assert stored == {"outlet.zone": '"Europe/London"', "outlet.day_start": "240"}
    assert len(floor.rows("setting_changes")) == 2
    floor.do(SetSetting("outlet.day_start", "merchant", None, "300"))
    opened(second, "S2", "Asia/Shanghai", 0)
    (own,) = floor.rows("settings", scope_id=second)
    assert (own["key"], own["value"]) == ("outlet.day_start", "0"), "not what the merchant has by now"
    with pytest.raises(Refusal, match="unknown_zone"):
        opened(derived_id(second, "moon"), "MO", "Moon/Base", 0)
    with pytest.raises(Refusal, match="not_a_time_of_day"):
        opened(derived_id(second, "mars"), "MA", "Asia/Shanghai", 1_440)


def test_what_comes_beyond_the_order_within_the_tolerance_is_no_task(floor: Floor) -> None:
    order, receipt = derived_id(floor.merchant, "order"), derived_id(floor.merchant, "receipt")
    line = derived_id(order, "line")
    floor.do(SetSetting("goods.over_percent", "outlet", OUTLET, "10"))
    lines = (PurchaseLine(line, BEER, 100 * MICRO, MICRO),)
    floor.do(PlacePurchaseOrder(order, "PO-T", OUTLET, WAREHOUSE, SUPPLIER, 20261201, lines))
    floor.do(SendPurchaseOrder(order, OUTLET))
    floor.do(OpenReceipt(receipt, "RC-T", OUTLET, WAREHOUSE, order, SUPPLIER))

    def receive(units: int) -> None:
        where = (receipt, OUTLET, WAREHOUSE, RECEIVING, BEER, line)
        goods = ReceiveGoods(*where, units * MICRO, MICRO, "", None, "", "sellable", "B1")
        assert floor.send(goods, by=WORKER).status == "applied"

    receive(110)
    assert floor.flags() == []
    receive(1)
    assert floor.flags() == ["over_delivered"]
