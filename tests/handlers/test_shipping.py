"""Orders and shipments: promised, picked, sent, taken back."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, CancelOrder, HoldOrder, ImportOrders, RefundOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import CloseShipment, ReverseShipment
from merchant_desk.domain.stock import UndoScan
from tests.helpers.floor import (
    BEER,
    DESK_B,
    OTHER_OUTLET,
    OUTLET,
    RICE,
    STAGING,
    VIEWER,
    WORKER,
    Floor,
    adjusted,
    named,
    order,
    picked,
    shipment,
)

ORDER, SHIPMENT, LINE = named("order"), named("shipment"), named("order line")
CLOSE = CloseShipment(SHIPMENT, OUTLET, "SF", "T1")


@pytest.fixture
def stocked(floor: Floor) -> Floor:
    """Ten beers stand on the shelf; an order of four is accepted."""
    floor.do(adjusted(10))
    floor.do(order(4))
    floor.do(AcceptOrder(ORDER, OUTLET))
    return floor


def test_accepting_reserves_and_never_promises_what_is_not_there(stocked: Floor) -> None:
    assert stocked.available() == (10, 4, 0)
    stocked.do(order(7, "second"))
    with pytest.raises(Refusal, match="stock_short") as refused:
        stocked.do(AcceptOrder(named("second"), OUTLET))
    assert refused.value.facts == {"sku": "BEER", "wanted": 7 * MICRO, "available": 6 * MICRO}
    outcome = stocked.send(AcceptOrder(named("second"), OUTLET))
    assert (outcome.status, outcome.code) == ("refused", "stock_short")
    assert stocked.available() == (10, 4, 0)
    assert stocked.flags() == ["stock_short"]
    assert stocked.one("tasks")["kind"] == "refusal"


def test_cancelling_and_holding_give_back_what_was_reserved(stocked: Floor) -> None:
    stocked.do(HoldOrder(ORDER, OUTLET, "address"))
    assert stocked.available() == (10, 0, 0)
    assert stocked.one("orders")["status"] == "on_hold"
    stocked.do(HoldOrder(ORDER, OUTLET, ""))
    with pytest.raises(Refusal, match="order_not_held"):
        stocked.do(HoldOrder(ORDER, OUTLET, ""))
    stocked.do(AcceptOrder(ORDER, OUTLET))
    assert stocked.available() == (10, 4, 0)
    stocked.do(CancelOrder(ORDER, OUTLET, "changed his mind"))
    assert stocked.available() == (10, 0, 0)
    with pytest.raises(Refusal, match="order_ended"):
        stocked.do(CancelOrder(ORDER, OUTLET, "again"))
    with pytest.raises(Refusal, match="order_not_in_review"):
        stocked.do(AcceptOrder(ORDER, OUTLET))
    assert sorted(row["event"] for row in stocked.rows("order_events")) == [
        "accepted", "accepted", "cancelled", "held", "resumed",
    ]  # fmt: skip
    stocked.assert_conserved()


def test_picked_goods_stand_in_staging_until_the_parcel_leaves(stocked: Floor) -> None:
    stocked.do(shipment(), by=WORKER)
    assert stocked.one("orders")["status"] == "picking"
    stocked.do(picked(3), by=WORKER)
    stocked.do(picked(1), by=WORKER)
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (6, 4)
    assert stocked.available() == (10, 4, 0)
    stocked.do(CLOSE, by=WORKER)
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (6, 0)
    assert stocked.available() == (6, 0, 0)
    parcel = stocked.one("shipments")
    assert (parcel["status"], parcel["carrier"], parcel["tracking"]) == ("shipped", "SF", "T1")
    assert stocked.one("orders")["status"] == "shipped"
    assert stocked.one("orders")["ended_at"] == stocked.now
    assert stocked.one("line_totals", id=LINE) == {**stocked.one("line_totals", id=LINE),
                                                   "done": 4 * MICRO, "reserved": 0}  # fmt: skip
    assert stocked.flags() == []
    stocked.assert_conserved()


def test_a_wrong_or_surplus_pick_is_flagged_once(stocked: Floor) -> None:
    stocked.do(shipment())
    stocked.do(picked(4))
    assert stocked.flags() == []
    stocked.do(picked(1))
    stocked.do(picked(1))
    assert stocked.flags() == ["over_picked"]
    stocked.do(adjusted(5, sku=RICE))
    stocked.do(picked(1, line="", sku=RICE))
    assert stocked.flags() == ["not_on_order", "over_picked"]


def test_stock_goes_below_nought_with_one_exception(floor: Floor) -> None:
    floor.do(order(4))
    floor.do(shipment())
    floor.do(picked(2))
    floor.do(picked(2))
    assert floor.on_hand() == -4
    assert floor.flags() == ["stock_negative"]
    floor.do(adjusted(4))
    floor.do(picked(1, line=""))
    assert floor.flags().count("stock_negative") == 2, "a new crossing is a new exception"


def test_undoing_a_pick_puts_the_goods_back(stocked: Floor) -> None:
    stocked.do(shipment())
    scan = stocked.do(picked(3))
    stocked.do(UndoScan(OUTLET, SHIPMENT, scan))
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (10, 0)
    assert stocked.one("line_totals", id=LINE)["done"] == 0


def test_undoing_a_pick_of_a_parcel_that_left_leaves_staging_empty(stocked: Floor) -> None:
    stocked.do(shipment())
    scan = stocked.do(picked(4))
    stocked.do(CLOSE)
    stocked.do(UndoScan(OUTLET, SHIPMENT, scan))
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (10, 0)
    assert stocked.flags() == ["undone_after_close"]


def test_a_shipment_is_reversed_whole(stocked: Floor) -> None:
    stocked.do(shipment())
    stocked.do(picked(3))
    stocked.do(picked(1))
    stocked.do(CLOSE)
    stocked.do(ReverseShipment(SHIPMENT, OUTLET, (), "came back"))
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (10, 0)
    assert stocked.one("shipments")["status"] == "reversed"
    assert stocked.one("orders")["status"] == "review"
    stocked.do(AcceptOrder(ORDER, OUTLET))
    assert stocked.available() == (10, 4, 0)
    stocked.assert_conserved()


@pytest.mark.parametrize("named_by", ["shelf", "staging", "ship"])
def test_a_shipment_is_reversed_by_line_whichever_of_its_rows_is_named(stocked: Floor, named_by: str) -> None:
    stocked.do(shipment())
    stocked.do(picked(3))
    stocked.do(picked(1))
    stocked.do(CLOSE)
    quantity, kind = {"shelf": (-3, "pick"), "staging": (3, "pick"), "ship": (-3, "ship")}[named_by]
    row = next(r for r in stocked.rows("ledger", kind=kind) if r["quantity"] == quantity * MICRO)
    stocked.do(ReverseShipment(SHIPMENT, OUTLET, (row["id"],), "one came back"))
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (9, 0)
    assert stocked.one("shipments")["status"] == "partly_reversed"
    stocked.do(ReverseShipment(SHIPMENT, OUTLET, (), "the rest too"))
    assert (stocked.on_hand(), stocked.on_hand(location=STAGING)) == (10, 0)
    assert stocked.one("shipments")["status"] == "reversed"
    stocked.assert_conserved()


def test_shipping_what_was_cancelled_is_accepted_and_flagged(stocked: Floor) -> None:
    stocked.do(shipment())
    stocked.do(picked(4))
    stocked.do(CancelOrder(ORDER, OUTLET, "too late"))
    assert stocked.send(CLOSE).status == "applied"
    assert stocked.available() == (6, 0, 0)
    assert stocked.one("orders")["status"] == "cancelled"
    assert stocked.flags() == ["shipped_after_end"]


def test_picking_an_order_that_nobody_may_pick_is_flagged(stocked: Floor) -> None:
    stocked.do(HoldOrder(ORDER, OUTLET, "address"))
    stocked.do(shipment())
    assert stocked.one("orders")["status"] == "on_hold"
    assert stocked.flags() == ["order_not_open"]
    stocked.do(shipment("unknown", "no such order"))
    assert stocked.flags() == ["order_not_open", "order_not_open"]


def test_two_desks_that_pick_one_order_are_told(stocked: Floor) -> None:
    stocked.send(shipment())
    stocked.send(shipment("other"), device=DESK_B)
    assert stocked.flags() == ["picked_twice"]


def test_a_refund_never_exceeds_what_was_paid(stocked: Floor) -> None:
    stocked.do(RefundOrder(ORDER, OUTLET, 1500, "broken"))
    with pytest.raises(Refusal, match="refund_amount"):
        stocked.do(RefundOrder(ORDER, OUTLET, 501, "more"))
    stocked.do(RefundOrder(ORDER, OUTLET, 500, "rest"))
    assert stocked.one("orders")["refunded"] == stocked.one("orders")["total"] == 2000
    assert sum(row["amount"] for row in stocked.rows("refunds")) == 2000


def test_a_right_at_one_outlet_is_no_right_at_another(stocked: Floor) -> None:
    for body in (
        CancelOrder(ORDER, OTHER_OUTLET, "x"), HoldOrder(ORDER, OTHER_OUTLET, "x"),
        RefundOrder(ORDER, OTHER_OUTLET, 1, "x"), AcceptOrder(ORDER, OTHER_OUTLET),
    ):  # fmt: skip
        with pytest.raises(Refusal, match="other_outlet"):
            stocked.do(body)
    with pytest.raises(Refusal, match="not_allowed"):
        stocked.do(CancelOrder(ORDER, OUTLET, "x"), by=VIEWER)


def test_a_fact_without_the_right_is_accepted_and_flagged(stocked: Floor) -> None:
    assert stocked.send(shipment(), by=VIEWER).status == "applied"
    assert stocked.flags() == ["lost_right"]


def test_numbers_and_ids_of_orders_are_taken_once(stocked: Floor) -> None:
    with pytest.raises(Refusal, match="number_taken"):
        stocked.do(order(1))
    again = order(1)
    twin = type(again)(OUTLET, type(again.order)(**{**vars(again.order), "number": "NEW"}))
    with pytest.raises(Refusal, match="id_taken"):
        stocked.do(twin)
    with pytest.raises(Refusal, match="not_here"):
        stocked.do(order(1, "third", sku=named("no such product")))


def test_an_import_leaves_what_stands(stocked: Floor) -> None:
    job = named("job")
    chunk = ImportOrders(job, 0, OUTLET, (order(1).order, order(2, "new").order))
    stocked.do(chunk)
    stocked.do(chunk)
    assert len(stocked.rows("orders")) == 2
    chunks = [(row["created"], row["unchanged"]) for row in stocked.rows("job_chunks", job_id=job)]
    assert sorted(chunks) == [(0, 2), (1, 1)]
    assert stocked.one("orders", id=ORDER)["line_count"] == 1
    assert stocked.one("orders", id=ORDER)["total"] == 2000
    assert BEER in {row["sku_id"] for row in stocked.rows("order_lines")}
