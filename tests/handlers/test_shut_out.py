"""Can who has left and a desk that is gone be shut out, by whom, and never the last who could undo it?"""

from uuid import UUID

import pytest

from merchant_desk.domain.organisation import (
    AddPerson,
    ArchivePerson,
    EnrolDevice,
    GiveBadge,
    GrantRole,
    RestorePerson,
    RetireDevice,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import SetSetting
from tests.helpers.floor import (
    DESK_A,
    DESK_B,
    MANAGER,
    OTHER_OUTLET,
    OUTLET,
    VIEWER,
    WORKER,
    Floor,
    adjusted,
    named,
)

SECOND = named("second manager")


def enrolled(floor: Floor, device: UUID, code: str) -> None:
    """Let a desk join, as the server does it."""
    floor.do(
        EnrolDevice(device, OUTLET, code, f"desk {code}", b"v", b"s"), by=floor.merchant, device=floor.house
    )


def second_manager(floor: Floor, outlet: UUID | None = None) -> None:
    floor.do(AddPerson(SECOND, "second", "副店长", ""))
    floor.do(GrantRole(SECOND, "manager", outlet))


def test_who_left_is_archived_and_comes_back_without_a_badge(floor: Floor) -> None:
    for _ in range(2):
        floor.do(ArchivePerson(WORKER))
        assert (floor.one("persons", id=WORKER)["archived"], floor.one("persons", id=WORKER)["badge"]) == (
            1,
            "",
        )
    floor.do(GiveBadge(VIEWER, "P:1"))
    for _ in range(2):
        floor.do(RestorePerson(WORKER))
        assert floor.one("persons", id=WORKER)["archived"] == 0
    assert len(floor.rows("roles", person_id=WORKER)) == 1


def test_who_left_is_given_no_badge_that_nobody_could_then_use(floor: Floor) -> None:
    floor.do(ArchivePerson(WORKER))
    with pytest.raises(Refusal, match="person_archived"):
        floor.do(GiveBadge(WORKER, "P:77"))
    floor.do(GiveBadge(WORKER, ""))
    floor.do(GiveBadge(VIEWER, "P:77"))
    assert floor.one("persons", id=VIEWER)["badge"] == "P:77"


def test_nobody_archives_himself_nor_the_last_who_looks_after_people(floor: Floor) -> None:
    with pytest.raises(Refusal, match="own_archive"):
        floor.do(ArchivePerson(MANAGER))
    second_manager(floor, OTHER_OUTLET)
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(ArchivePerson(MANAGER), by=SECOND)
    with pytest.raises(Refusal, match="last_manager"):
        floor.do(ArchivePerson(MANAGER), by=floor.merchant, device=floor.house)
    floor.do(GrantRole(SECOND, "manager", None))
    floor.do(ArchivePerson(MANAGER), by=SECOND)
    with pytest.raises(Refusal, match="last_manager"):
        floor.do(ArchivePerson(SECOND), by=floor.merchant, device=floor.house)
    with pytest.raises(Refusal, match="not_here"):
        floor.do(ArchivePerson(named("nobody")), by=SECOND)


def test_who_left_decides_nothing_and_what_hands_did_is_taken_in(floor: Floor) -> None:
    second_manager(floor)
    policy = SetSetting("check.inbound.expired", "outlet", OUTLET, '"refuse"')
    assert floor.send(policy, by=SECOND).status == "applied"
    floor.do(ArchivePerson(SECOND))
    floor.do(ArchivePerson(WORKER))
    refused = floor.send(policy, by=SECOND)
    assert (refused.status, refused.code) == ("refused", "not_allowed")
    assert floor.send(adjusted(3), by=WORKER).status == "applied"
    assert floor.on_hand() == 3
    assert floor.flags() == ["not_allowed"]
    floor.do(RestorePerson(SECOND))
    assert floor.send(policy, by=SECOND).status == "applied"


def test_a_desk_is_retired_once_with_its_first_reason(floor: Floor) -> None:
    enrolled(floor, DESK_B, "02")
    floor.do(RetireDevice(DESK_B, " 被盗 "))
    first = floor.one("devices", id=DESK_B)
    assert (first["retired_at"] == floor.now, first["retired_reason"]) == (True, "被盗")
    floor.do(RetireDevice(DESK_B, "again"))
    assert floor.one("devices", id=DESK_B) == first
    assert floor.flags() == []
    for reason in ("", "  ", "a\nb", "x" * 201):
        with pytest.raises(Refusal, match="reason_unreadable"):
            floor.do(RetireDevice(DESK_B, reason))
    with pytest.raises(Refusal, match="not_here"):
        floor.do(RetireDevice(named("no desk"), "gone"))
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(RetireDevice(DESK_B, "gone"), by=WORKER)


def test_a_desk_that_retires_itself_is_told_about(floor: Floor) -> None:
    enrolled(floor, DESK_A, "01")
    floor.do(RetireDevice(DESK_A, "换新机"), device=DESK_A)
    assert floor.one("devices", id=DESK_A)["retired_at"] is not None
    assert (floor.flags(), floor.one("tasks")["outlet_id"]) == (["retired_itself"], OUTLET)
