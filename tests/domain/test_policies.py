"""What a manager sets for the stations: what may be set, and what stands without it."""

from uuid import UUID

import pytest

from merchant_desk.domain.in_store import parse_in_store
from merchant_desk.domain.policies import (
    LayoutSet,
    PolicySet,
    check_layout,
    check_policy,
    layout_id,
    layouts_of,
    policies_of,
    policy_id,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Policy

CG, ZH = UUID(int=1), UUID(int=2)


def test_every_check_of_every_station_may_be_each_of_the_three() -> None:
    for station, checks in DEFAULT_POLICIES.items():
        for check in checks:
            for policy in Policy:
                check_policy(station, check, policy)
                assert policies_of([PolicySet(station, check, policy)])[station][check] is policy


@pytest.mark.parametrize(
    ("station", "check", "policy", "code"),
    [
        ("inbound", "already_packed", "ask", "unknown_check"),
        ("lookup", "expired", "ask", "unknown_check"),
        ("inbound", "expired", "perhaps", "unknown_policy"),
        ("inbound", "expired", "", "unknown_policy"),
    ],
)
def test_what_no_station_checks_and_what_is_no_policy_is_refused(
    station: str, check: str, policy: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        check_policy(station, check, policy)


def test_one_decision_leaves_the_other_checks_and_stations_as_they_were() -> None:
    found = policies_of([PolicySet("inbound", "expired", "refuse")])
    assert found["inbound"].pop("expired") is Policy.REFUSE
    assert DEFAULT_POLICIES["inbound"]["expired"] is Policy.ASK
    expected = {station: dict(checks) for station, checks in DEFAULT_POLICIES.items()}
    del expected["inbound"]["expired"]
    assert found == expected


def test_what_a_newer_version_decided_does_not_disturb() -> None:
    newer = [PolicySet("inbound", "smells", "refuse"), PolicySet("inbound", "expired", "phone")]
    assert policies_of(newer) == {station: dict(checks) for station, checks in DEFAULT_POLICIES.items()}


def test_a_layout_is_one_that_a_scale_can_write_under_its_prefix() -> None:
    check_layout("23", "23IIIIIPPPPPK", 3, 2)
    check_layout("21", "", 3, 2)
    for prefix, layout in (("23", "21IIIIIWWWWWK"), ("23", "23IIIII"), ("69", "69IIIIIWWWWWK"), ("69", "")):
        with pytest.raises(Refusal, match="not_a_scale_layout"):
            check_layout(prefix, layout, 3, 2)
    with pytest.raises(Refusal, match="not_a_scale_layout"):
        check_layout("21", "21IIIIIWWWWWK", 9, 2)


def test_layouts_take_the_place_of_the_usual_one_of_their_prefix_only() -> None:
    assert [one.layout for one in layouts_of([])] == ["21IIIIIWWWWWK", "22IIIIIPPPPPK"]
    decided = [
        LayoutSet("21", "", 3, 2),
        LayoutSet("22", "22IIIIIWWWWWK", 2, 2),
        LayoutSet("27", "27IIIIIQQQQQK", 3, 2),
    ]
    patterns = layouts_of(decided)
    assert [one.layout for one in patterns] == ["22IIIIIWWWWWK", "27IIIIIQQQQQK"]
    (reading,) = parse_in_store("2212345001231", patterns)
    assert (reading.item, reading.weight) == ("2212345", 1_230_000)
    assert parse_in_store("2112345012506", patterns) == ()


def test_a_decision_has_one_row_at_every_desk_and_outlets_have_their_own() -> None:
    assert policy_id(CG, "inbound", "expired") == policy_id(CG, "inbound", "expired")
    assert len({policy_id(o, s, "expired") for o in (CG, ZH) for s in ("inbound", "outbound")}) == 4
    assert len({layout_id(o, p) for o in (CG, ZH) for p in ("21", "22")}) == 4
