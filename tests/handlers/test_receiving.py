"""Receipts: what comes in, what was ordered, what goes back."""

from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO
from merchant_desk.domain.purchasing import ClosePurchaseOrder, SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt, ReceiveGoods, ReverseReceipt
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import UndoScan
from tests.helpers.floor import (
    BEER,
    DESK_B,
    MANAGER,
    OUTLET,
    SHELF,
    START,
    WAREHOUSE,
    WORKER,
    Floor,
    adjusted,
    named,
    purchase,
    receipt,
    received,
)

MINUTE = 60 * MICRO
PO, LINE, RECEIPT = named("po"), named("po line"), named("receipt")


@pytest.fixture
def ordered(floor: Floor) -> Floor:
    """Ten beers are ordered and sent, and a receipt is open."""
    floor.do(purchase(10))
    floor.do(SendPurchaseOrder(PO, OUTLET))
    floor.do(receipt(order=PO))
    return floor


def test_goods_in_move_stock_and_are_expected_no_longer(ordered: Floor) -> None:
    assert ordered.available() == (0, 0, 10)
    ordered.do(received(4, line=LINE), by=WORKER)
    assert ordered.available() == (4, 0, 6)
    assert ordered.on_hand() == 4
    assert ordered.one("line_totals", id=LINE)["done"] == 4 * MICRO
    assert ordered.one("tallies")["quantity"] == 4 * MICRO
    row = ordered.one("ledger")
    assert (row["kind"], row["document_id"], row["person_id"], row["quantity"]) == (
        "receipt", RECEIPT, WORKER, 4 * MICRO,
    )  # fmt: skip
    assert ordered.flags() == []


def test_a_receipt_that_completes_the_order_closes_it(ordered: Floor) -> None:
    ordered.do(received(10, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    assert ordered.one("receipts")["status"] == "closed"
    assert ordered.one("purchase_orders")["status"] == "closed"


def test_what_is_missing_stays_expected_until_the_order_is_closed_short(ordered: Floor) -> None:
    ordered.do(received(3, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    assert ordered.one("purchase_orders")["status"] == "sent"
    assert ordered.available() == (3, 0, 7)
    ordered.do(ClosePurchaseOrder(PO, OUTLET, "supplier has none"))
    assert ordered.available() == (3, 0, 0)


def test_over_delivery_is_one_task_with_what_stands(ordered: Floor) -> None:
    for units in (9, 1):
        ordered.do(received(units, line=LINE))
    assert ordered.flags() == []
    for _ in range(3):
        ordered.do(received(1, line=LINE))
    assert ordered.flags() == ["over_delivered"]
    assert '"ordered": 10000000' in ordered.one("tasks")["facts"]
    assert '"received": 13000000' in ordered.one("tasks")["facts"]
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    assert ordered.available() == (13, 0, 0)
    ordered.assert_conserved()


def test_two_desks_that_receive_one_line_leave_nothing_expected(ordered: Floor) -> None:
    ordered.do(receipt("receipt b", PO), device=DESK_B)
    ordered.send(received(6, line=LINE))
    ordered.send(received(6, "receipt b", line=LINE), device=DESK_B)
    ordered.send(CloseReceipt(named("receipt b"), OUTLET), device=DESK_B)
    assert ordered.available() == (12, 0, 0)
    assert ordered.flags() == ["over_delivered"]


def test_goods_that_arrive_after_the_order_was_closed_are_never_expected(ordered: Floor) -> None:
    ordered.do(ClosePurchaseOrder(PO, OUTLET, "closed short"))
    ordered.do(received(4, line=LINE))
    assert ordered.available() == (4, 0, 0)
    ordered.do(receipt("late", PO))
    assert ordered.flags() == ["order_not_open"]


@pytest.mark.parametrize("quantity", [0, -MICRO, MAX_QUANTITY + 1])
def test_an_impossible_quantity_is_refused_here_and_flagged_there(ordered: Floor, quantity: int) -> None:
    body = ReceiveGoods(
        RECEIPT, OUTLET, WAREHOUSE, SHELF, BEER, None, quantity, MICRO, "", None, "", "sellable", ""
    )
    with pytest.raises(Refusal, match="quantity_"):
        ordered.do(body)
    assert ordered.rows("ledger") == []
    assert ordered.send(body).status == "applied"
    assert ordered.rows("ledger") == []
    assert ordered.flags() == ["quantity_zero" if quantity == 0 else
                               "quantity_negative" if quantity < 0 else "quantity_absurd"]  # fmt: skip


def test_a_lot_is_one_row_and_its_expiry_is_learnt_once(ordered: Floor) -> None:
    ordered.do(received(1, lot="L1"))
    assert ordered.one("lots")["expiry"] is None
    ordered.do(received(1, lot="L1", expiry=20270530))
    assert ordered.one("lots")["expiry"] == 20270530
    ordered.do(received(1, lot="L1", expiry=20270531))
    assert ordered.one("lots")["expiry"] == 20270530
    assert ordered.flags() == ["lot_expiry_differs"]


def test_undo_takes_everything_back_and_is_refused_the_second_time(ordered: Floor) -> None:
    scan = ordered.do(received(4, line=LINE))
    undo = UndoScan(OUTLET, RECEIPT, scan)
    ordered.do(undo)
    assert ordered.available() == (0, 0, 10)
    assert ordered.one("line_totals", id=LINE)["done"] == 0
    with pytest.raises(Refusal, match="undone_already"):
        ordered.do(undo)
    assert ordered.send(undo).status == "applied"
    assert ordered.available() == (0, 0, 10)
    assert ordered.flags() == ["undone_already"]
    ordered.assert_conserved()


def test_an_undo_of_nothing_and_of_an_undo_is_refused(ordered: Floor) -> None:
    with pytest.raises(Refusal, match="nothing_to_undo"):
        ordered.do(UndoScan(OUTLET, RECEIPT, UUID(int=5)))
    scan = ordered.do(received(1))
    undo = ordered.do(UndoScan(OUTLET, RECEIPT, scan))
    with pytest.raises(Refusal, match="nothing_to_undo"):
        ordered.do(UndoScan(OUTLET, RECEIPT, undo))


def test_a_closed_receipt_is_reversed_whole(ordered: Floor) -> None:
    ordered.do(received(4, line=LINE))
    ordered.do(received(2, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (), "wrong supplier"))
    assert ordered.one("receipts")["status"] == "reversed"
    assert ordered.available() == (0, 0, 10)
    assert len(ordered.rows("ledger")) == 4
    assert {row["reason"] for row in ordered.rows("ledger")} == {"", "wrong supplier"}
    assert ordered.flags() == []
    ordered.assert_conserved()


def test_a_reversal_counts_from_the_originals_time_and_says_when_it_was_made(ordered: Floor) -> None:
    ordered.do(received(4, line=LINE), time=START + MINUTE)
    ordered.do(CloseReceipt(RECEIPT, OUTLET), time=START + 2 * MINUTE)
    assert ordered.one("receipts")["reversed_at"] is None
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (), "wrong supplier"), time=START + 90 * MINUTE)
    assert {row["time"] for row in ordered.rows("ledger")} == {START + MINUTE}
    receipt = ordered.one("receipts")
    assert (receipt["reversed_at"], receipt["reversed_by"]) == (START + 90 * MINUTE, MANAGER)


def test_a_closed_receipt_is_reversed_by_line(ordered: Floor) -> None:
    for units in (4, 2):
        ordered.do(received(units, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    four = next(row["id"] for row in ordered.rows("ledger") if row["quantity"] == 4 * MICRO)
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (four,), "broken"))
    assert ordered.one("receipts")["status"] == "partly_reversed"
    assert ordered.available() == (2, 0, 8)
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (four,), "broken"))
    assert ordered.available() == (2, 0, 8)
    assert ordered.flags() == ["nothing_reversed"]
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (), "all of it"))
    assert ordered.one("receipts")["status"] == "reversed"
    assert ordered.available() == (0, 0, 10)


def test_reversing_goods_that_left_meanwhile_goes_below_nought_with_an_exception(floor: Floor) -> None:
    floor.do(receipt())
    floor.do(received(4))
    floor.do(CloseReceipt(RECEIPT, OUTLET))
    floor.do(adjusted(-3))
    floor.do(ReverseReceipt(RECEIPT, OUTLET, (), "never came"))
    assert floor.on_hand() == -3
    assert floor.flags() == ["stock_negative"]
    assert '"on_hand": -3000000' in floor.one("tasks")["facts"]


def test_a_scan_undone_after_its_document_closed_is_undone_and_flagged(floor: Floor) -> None:
    floor.do(receipt())
    scan = floor.do(received(4))
    floor.do(CloseReceipt(RECEIPT, OUTLET))
    floor.do(UndoScan(OUTLET, RECEIPT, scan))
    assert floor.flags() == ["undone_after_close"]
    assert floor.on_hand() == 0


def test_reversing_what_completed_an_order_tells_a_person(ordered: Floor) -> None:
    ordered.do(received(10, line=LINE))
    ordered.do(CloseReceipt(RECEIPT, OUTLET))
    ordered.do(ReverseReceipt(RECEIPT, OUTLET, (), "not ours"))
    assert ordered.available() == (0, 0, 0)
    assert ordered.flags() == ["reversed_after_order_closed"]


def test_two_receipts_with_one_number_both_stand(floor: Floor) -> None:
    floor.do(receipt())
    other = receipt("other")
    floor.send(type(other)(other.receipt_id, "rc-receipt", OUTLET, WAREHOUSE, None, None), device=DESK_B)
    suffix = other.receipt_id.hex[-4:].upper()
    assert {row["number"] for row in floor.rows("receipts")} == {"RC-receipt", f"rc-receipt-{suffix}"}
    assert floor.flags() == ["number_taken"]


def test_an_id_used_twice_is_refused_here_and_flagged_there(floor: Floor) -> None:
    floor.do(receipt())
    again = receipt()
    again = type(again)(again.receipt_id, "RC-2", OUTLET, WAREHOUSE, None, None)
    with pytest.raises(Refusal, match="id_taken"):
        floor.do(again)
    assert floor.send(again).status == "applied"
    assert floor.one("receipts")["number"] == "RC-receipt"
    assert floor.flags() == ["id_taken"]
