"""Is an outlet closed only when nothing is left there, with its desks, and can that be undone?"""

import itertools
from collections.abc import Callable
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.organisation import EnrolDevice, GrantRole
from merchant_desk.domain.outlet_closing import CloseOutlet, DeskWork, ReopenOutlet, check_desks_sent
from merchant_desk.domain.receiving import CloseReceipt
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import SettleTask
from merchant_desk.server.house import House
from merchant_desk.sync.protocol import Status
from tests.helpers.floor import (
    DESK_A,
    DESK_B,
    OTHER_OUTLET,
    OUTLET,
    START,
    WORKER,
    Floor,
    adjusted,
    count,
    named,
    order,
    purchase,
    receipt,
)

DESK_C = named("desk c")


def enrolled(
    floor: Floor, device: UUID, code: str, outlet: UUID = OUTLET, former: UUID | None = None
) -> None:
    """Let a desk join, as the server does it."""
    joined = EnrolDevice(device, outlet, code, f"desk {code}", b"v", b"s", former)
    floor.do(joined, by=floor.merchant, device=floor.house)


def named_ids() -> Callable[[], UUID]:
    """Return what gives ids in an order of their own."""
    numbers = itertools.count(1)
    return lambda: UUID(int=(START // 1000 << 80) | (7 << 76) | (3 << 62) | next(numbers))


def close(floor: Floor, *retired: UUID, outlet: UUID = OUTLET, device: UUID = DESK_B) -> None:
    floor.do(CloseOutlet(outlet, "租约到期", retired), device=device)


def refusal(floor: Floor, *retired: UUID, **where: UUID) -> Refusal:
    """Return why an outlet is not closed; nothing is."""
    with pytest.raises(Refusal) as refused:
        close(floor, *retired, **where)
    assert not any(row["archived"] for row in floor.rows("outlets"))
    return refused.value


def test_closed_with_its_desks_and_opened_again(floor: Floor) -> None:
    enrolled(floor, DESK_A, "01")
    enrolled(floor, DESK_C, "02", former=DESK_A)
    enrolled(floor, DESK_B, "03", OTHER_OUTLET)
    for _ in range(2):
        close(floor, DESK_C)
        assert floor.one("outlets", id=OUTLET)["archived"] == 1
    desks = {row["code"]: row["retired_reason"] for row in floor.rows("devices") if row["retired_at"]}
    assert desks == {"01": "租约到期", "02": "租约到期"}
    with pytest.raises(Refusal, match="outlet_closed"):
        enrolled(floor, named("desk d"), "04")
    for _ in range(2):
        floor.do(ReopenOutlet(OUTLET), device=DESK_B)
        assert floor.one("outlets", id=OUTLET)["archived"] == 0
    enrolled(floor, named("desk d"), "04")
    events = [row["event"] for row in floor.rows("record_changes", about_id=OUTLET)]
    assert sorted(events) == ["added", "archived", "restored"]


def test_work_that_is_not_ended_keeps_it_open(floor: Floor) -> None:
    floor.do(receipt())
    floor.do(adjusted(3))
    floor.do(purchase(5))
    floor.do(order(2))
    floor.do(count())
    refused = refusal(floor)
    facts = dict.fromkeys(("receipts", "counts", "purchase_orders", "orders", "stock"), 1)
    assert (refused.code, refused.facts) == (
        "outlet_in_use",
        {"outlet": "CG", "shipments": 0, "tasks": 0, **facts},
    )


def test_goods_and_tasks_keep_it_open_until_they_are_gone(floor: Floor) -> None:
    floor.do(adjusted(-3))
    refused = refusal(floor)
    assert (refused.facts["stock"], refused.facts["tasks"]) == (1, 1)
    floor.do(adjusted(3))
    refused = refusal(floor)
    assert (refused.facts["stock"], refused.facts["tasks"]) == (0, 1)
    floor.do(SettleTask(floor.one("tasks")["id"], OUTLET, "seen", ""))
    close(floor)


def test_what_the_same_push_did_counts(floor: Floor) -> None:
    house = House(floor.store, lambda: START, named_ids())
    with pytest.raises(Refusal, match="outlet_in_use"):
        house.do(floor.merchant, adjusted(2), CloseOutlet(OUTLET, "x"))
    house.do(floor.merchant, adjusted(2), receipt())
    house.do(floor.merchant, adjusted(-2), CloseReceipt(named("receipt"), OUTLET), CloseOutlet(OUTLET, "x"))
    assert floor.one("outlets", id=OUTLET)["archived"] == 1


def test_a_desk_that_nobody_looked_at_keeps_it_open(floor: Floor) -> None:
    enrolled(floor, DESK_A, "01")
    enrolled(floor, DESK_C, "02")
    refused = refusal(floor, DESK_A)
    assert (refused.code, refused.facts["desks"]) == ("outlet_has_desks", "02")
    assert refusal(floor, DESK_A, DESK_C, device=DESK_A).code == "own_outlet_closing"


def test_one_outlet_stays_and_only_who_may_organise_all_closes_it(floor: Floor) -> None:
    floor.do(GrantRole(WORKER, "manager", OUTLET))
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(CloseOutlet(OUTLET, "x"), by=WORKER)
    close(floor, outlet=OTHER_OUTLET, device=DESK_A)
    with pytest.raises(Refusal, match="last_outlet"):
        close(floor)
    with pytest.raises(Refusal, match="reason_unreadable"):
        floor.do(CloseOutlet(OUTLET, " "))


@pytest.mark.parametrize(("pending", "told"), [((0, 0), ""), ((0, 2), "02"), ((-1, 3), "01, 02")])
def test_desks_have_sent_everything_and_said_so(pending: tuple[int, int], told: str) -> None:
    desks = [DeskWork(named(code), code, left) for code, left in zip(("01", "02"), pending, strict=True)]
    if not told:
        check_desks_sent("CG", desks)
        return
    with pytest.raises(Refusal) as refused:
        check_desks_sent("CG", desks)
    assert (refused.value.code, refused.value.facts["desks"]) == ("outlet_desks_unsent", told)


def test_a_closed_outlet_decides_nothing_and_late_facts_are_told_where_somebody_is(floor: Floor) -> None:
    close(floor)
    for decision in (order(2), purchase(5)):
        with pytest.raises(Refusal, match="outlet_closed"):
            floor.do(decision)
        told = floor.send(decision)
        assert (told.status, told.code) == (Status.REFUSED, "outlet_closed")
    assert floor.send(adjusted(5)).status is Status.APPLIED
    assert floor.one("stock_balances")["on_hand"] == 5 * MICRO
    tasks = [(row["kind"], row["code"], row["outlet_id"]) for row in floor.rows("tasks")]
    assert sorted(tasks) == [
        ("exception", "after_closing", OTHER_OUTLET),
        *[("refusal", "outlet_closed", OTHER_OUTLET)] * 2,
    ]
    floor.do(ReopenOutlet(OUTLET), device=DESK_B)
    floor.do(order(2))
