"""Policies and scale layouts: who may set them, and that the last decision stands."""

import pytest

from merchant_desk.domain.policies import SetPolicy, SetScaleLayout, layout_id, policy_id
from merchant_desk.domain.refusals import Refusal
from tests.helpers.floor import DESK_B, MANAGER, OTHER_OUTLET, OUTLET, VIEWER, WORKER, Floor


def test_the_last_decision_in_the_servers_order_stands_whatever_its_clock_said(floor: Floor) -> None:
    late = floor.now + 3_600_000_000
    assert floor.send(SetPolicy(OUTLET, "inbound", "expired", "refuse"), time=late).code == ""
    assert floor.send(SetPolicy(OUTLET, "inbound", "expired", "accept"), device=DESK_B).code == ""
    row = floor.one("scan_policies")
    assert (row["id"], row["outlet_id"]) == (policy_id(OUTLET, "inbound", "expired"), OUTLET)
    assert (row["station"], row["check_code"], row["policy"]) == ("inbound", "expired", "accept")
    assert (row["set_by"], row["set_at"]) == (MANAGER, floor.now)


def test_outlets_decide_for_themselves(floor: Floor) -> None:
    floor.do(SetPolicy(OUTLET, "outbound", "wrong_lot", "refuse"))
    floor.do(SetPolicy(OTHER_OUTLET, "outbound", "wrong_lot", "accept"))
    assert floor.one("scan_policies", outlet_id=OUTLET)["policy"] == "refuse"
    assert floor.one("scan_policies", outlet_id=OTHER_OUTLET)["policy"] == "accept"


@pytest.mark.parametrize("who", [WORKER, VIEWER])
def test_only_who_organises_an_outlet_decides(floor: Floor, who: object) -> None:
    for body in (
        SetPolicy(OUTLET, "inbound", "expired", "accept"),
        SetScaleLayout(OUTLET, "21", "", 3, 2),
    ):
        outcome = floor.send(body, by=who)  # type: ignore[arg-type]
        assert outcome.code == "not_allowed"
    assert floor.rows("scan_policies") == [] == floor.rows("scale_layouts")


def test_a_wrong_decision_writes_nothing(floor: Floor) -> None:
    with pytest.raises(Refusal, match="unknown_check"):
        floor.do(SetPolicy(OUTLET, "stocktake", "expired", "ask"))
    with pytest.raises(Refusal, match="unknown_policy"):
        floor.do(SetPolicy(OUTLET, "inbound", "expired", "maybe"))
    with pytest.raises(Refusal, match="not_a_scale_layout"):
        floor.do(SetScaleLayout(OUTLET, "21", "22IIIIIWWWWWK", 3, 2))
    assert floor.rows("scan_policies") == [] == floor.rows("scale_layouts")


def test_a_scale_layout_is_set_changed_and_taken_out(floor: Floor) -> None:
    floor.do(SetScaleLayout(OUTLET, "23", "23IIIIIPPPPPK", 3, 1))
    row = floor.one("scale_layouts")
    assert (row["id"], row["layout"], row["price_decimals"]) == (layout_id(OUTLET, "23"), "23IIIIIPPPPPK", 1)
    floor.do(SetScaleLayout(OUTLET, "23", "", 3, 2), device=DESK_B)
    assert floor.one("scale_layouts")["layout"] == ""
