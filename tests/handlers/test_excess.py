"""More than was ordered: is it one task that tells what stands, and none when it was undone?"""

import json
from itertools import permutations
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.purchasing import SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt, ReceiveGoods, ReverseReceipt
from merchant_desk.domain.shipping import CloseShipment, ReverseShipment
from merchant_desk.domain.stock import UndoScan
from merchant_desk.domain.tasks import SettleTask
from tests.handlers.test_lines_alike import bought_twice, two_of_two
from tests.helpers.floor import (
    DESK_A,
    DESK_B,
    OUTLET,
    Floor,
    adjusted,
    named,
    order,
    picked,
    purchase,
    receipt,
    received,
    shipment,
)

PO, LINE, RECEIPT = named("po"), named("po line"), named("receipt")


@pytest.fixture
def ordered(floor: Floor) -> Floor:
    """Ten beers are ordered and sent, and a receipt is open."""
    floor.do(purchase(10))
    floor.do(SendPurchaseOrder(PO, OUTLET))
    floor.do(receipt(order=PO))
    return floor


def told(floor: Floor, name: str = "received") -> tuple[str, str, int, int]:
    """Return the only task's status, resolution, what was ordered and what was done, in whole units."""
    task = floor.one("tasks")
    facts = json.loads(task["facts"])
    return task["status"], task["resolution"], facts["ordered"] // MICRO, facts[name] // MICRO


def undo(scan: UUID) -> UndoScan:
    return UndoScan(OUTLET, RECEIPT, scan)


def test_what_was_undone_is_withdrawn_and_more_tells_what_stands_then(ordered: Floor) -> None:
    slip = ordered.do(received(12, line=LINE))
    assert told(ordered) == ("open", "", 10, 12)
    ordered.do(undo(slip))
    assert told(ordered)[:2] == ("settled", "withdrawn")
    assert ordered.one("tasks")["settled_by"] is None
    for units in (9, 4, 5):
        ordered.do(received(units, line=LINE))
    assert told(ordered) == ("open", "", 10, 18)


def test_an_undo_that_leaves_too_many_tells_how_many(ordered: Floor) -> None:
    ordered.do(received(12, line=LINE))
    ordered.do(undo(ordered.do(received(3, line=LINE))))
    assert told(ordered) == ("open", "", 10, 12)


def test_a_reversal_withdraws_it_too(ordered: Floor) -> None:
    for units in (8, 5, 1):
        ordered.do(received(units, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    five = next(row["id"] for row in ordered.rows("ledger") if row["quantity"] == 5 * MICRO)
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (five,), "never came"))
    codes = {row["code"]: (row["status"], row["resolution"]) for row in ordered.rows("tasks")}
    assert codes["over_delivered"] == ("settled", "withdrawn")


@pytest.mark.parametrize("arrival", list(permutations(range(4))), ids=str)
def test_it_is_the_same_whichever_desk_is_heard_first(ordered: Floor, arrival: tuple[int, ...]) -> None:
    ordered.do(receipt("receipt b", PO), device=DESK_B)
    ours: list[ReceiveGoods] = [received(4, line=LINE), received(5, line=LINE)]
    theirs: list[ReceiveGoods] = [received(2, "receipt b", line=LINE), received(3, "receipt b", line=LINE)]
    for n in arrival:
        ordered.send((ours + theirs)[n], device=DESK_A if n < 2 else DESK_B)
    assert told(ordered) == ("open", "", 10, 14)
    ordered.assert_conserved()


def test_an_undo_that_arrives_before_the_other_desk_s_excess_or_after_it(ordered: Floor) -> None:
    ordered.do(receipt("receipt b", PO), device=DESK_B)
    slip = ordered.do(received(7, line=LINE))
    ordered.send(received(6, "receipt b", line=LINE), device=DESK_B)
    assert told(ordered) == ("open", "", 10, 13)
    ordered.send(undo(slip))
    assert told(ordered)[:2] == ("settled", "withdrawn")


def test_what_a_person_settled_comes_up_again_when_more_came(ordered: Floor) -> None:
    ordered.do(received(12, line=LINE))
    ordered.do(SettleTask(ordered.one("tasks")["id"], OUTLET, "accepted", "kept"))
    slip = ordered.do(received(1, line=LINE))
    assert told(ordered) == ("open", "", 10, 13)
    ordered.do(SettleTask(ordered.one("tasks")["id"], OUTLET, "accepted", "kept too"))
    ordered.do(undo(slip))
    assert told(ordered) == ("settled", "accepted", 10, 13), "less is no news to whoever accepted more"


def test_an_answer_to_what_was_withdrawn_meanwhile_is_no_trouble(ordered: Floor) -> None:
    slip = ordered.do(received(12, line=LINE))
    task_id = ordered.one("tasks")["id"]
    ordered.do(undo(slip))
    assert ordered.send(SettleTask(task_id, OUTLET, "accepted", ""), device=DESK_B).status == "applied"
    assert told(ordered)[:2] == ("settled", "withdrawn")


def test_lines_of_one_product_have_one_task_whichever_a_scan_counts_for(floor: Floor) -> None:
    floor.do(bought_twice())
    floor.do(SendPurchaseOrder(PO, OUTLET))
    floor.do(receipt(order=PO))
    floor.do(received(4, line=LINE))
    assert floor.flags() == []
    floor.do(received(1, line=named("second line")))
    assert told(floor) == ("open", "", 4, 5)
    floor.do(received(1, line=LINE))
    assert told(floor) == ("open", "", 4, 6)


def test_too_many_picked_is_told_and_withdrawn_alike(floor: Floor) -> None:
    floor.do(adjusted(10))
    floor.do(order(3))
    floor.do(shipment())
    floor.do(picked(4))
    slip = floor.do(picked(2))
    assert told(floor, "picked") == ("open", "", 3, 6)
    task = floor.one("tasks")
    assert (task["about_table"], task["about_id"]) == ("shipments", named("shipment"))
    floor.do(UndoScan(OUTLET, named("shipment"), slip))
    assert told(floor, "picked") == ("open", "", 3, 4)
    floor.do(CloseShipment(named("shipment"), OUTLET, "", ""))
    floor.do(ReverseShipment(named("shipment"), OUTLET, (), "came back"))
    assert told(floor, "picked")[:2] == ("settled", "withdrawn")


def test_too_many_for_the_second_line_is_told_of_a_customer_s_order(floor: Floor) -> None:
    floor.do(adjusted(10))
    floor.do(two_of_two())
    floor.do(shipment())
    floor.do(picked(4))
    floor.do(picked(1, line="second line"))
    assert told(floor, "picked") == ("open", "", 4, 5)
