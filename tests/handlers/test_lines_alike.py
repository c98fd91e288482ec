"""Do two lines of one product share what one scan counts towards the first of them?"""

from dataclasses import replace

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, PlaceOrder
from merchant_desk.domain.purchasing import PlacePurchaseOrder, SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt
from merchant_desk.domain.shipping import CloseShipment, ReverseShipment
from tests.helpers.floor import (
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

ORDER, PO = named("order"), named("po")
CLOSE = CloseShipment(named("shipment"), OUTLET, "", "")


def two_of_two() -> PlaceOrder:
    """An order of two lines of two beers each."""
    one = order(2)
    line = one.order.lines[0]
    return replace(one, order=replace(one.order, lines=(line, replace(line, line_id=named("second line")))))


def bought_twice() -> PlacePurchaseOrder:
    one = purchase(2)
    return replace(one, lines=(one.lines[0], replace(one.lines[0], line_id=named("second line"))))


@pytest.fixture
def sold(floor: Floor) -> Floor:
    floor.do(adjusted(10))
    floor.do(two_of_two())
    floor.do(AcceptOrder(ORDER, OUTLET))
    floor.do(shipment())
    return floor


@pytest.fixture
def bought(floor: Floor) -> Floor:
    floor.do(bought_twice())
    floor.do(SendPurchaseOrder(PO, OUTLET))
    floor.do(receipt(order=PO))
    return floor


def test_four_of_two_and_two_are_neither_too_many_nor_too_few(sold: Floor) -> None:
    sold.do(picked(4))
    sold.do(CLOSE)
    assert sold.flags() == []
    assert sold.available() == (6, 0, 0)
    sold.assert_conserved()


def test_the_fifth_is_too_many(sold: Floor) -> None:
    sold.do(picked(4))
    sold.do(picked(1))
    assert sold.flags() == ["over_picked"]
    facts = sold.one("tasks")["facts"]
    assert f'"ordered": {4 * MICRO}' in facts
    assert f'"picked": {5 * MICRO}' in facts


def test_three_are_one_too_few(sold: Floor) -> None:
    sold.do(picked(3))
    sold.do(CLOSE)
    assert sold.flags() == ["shipped_short"]
    facts = sold.one("tasks")["facts"]
    assert f'"missing": {MICRO}' in facts
    assert '"lines": 1' in facts


def test_what_came_back_of_a_shared_scan_is_promised_again_and_no_more(sold: Floor) -> None:
    sold.do(picked(3))
    back = sold.do(picked(1))
    sold.do(CLOSE)
    row = next(row for row in sold.rows("ledger", op_id=back) if row["quantity"] > 0)
    sold.do(ReverseShipment(named("shipment"), OUTLET, (row["id"],), "back"))
    sold.do(AcceptOrder(ORDER, OUTLET))
    assert sold.available() == (7, 1, 0)


def test_a_delivery_of_four_fills_both_lines_and_ends_their_order(bought: Floor) -> None:
    bought.do(received(4, line=named("po line")))
    bought.do(CloseReceipt(named("receipt"), OUTLET))
    assert bought.one("purchase_orders")["status"] == "closed"
    assert bought.available() == (4, 0, 0)
    assert bought.flags() == []


def test_a_delivery_of_three_leaves_one_expected(bought: Floor) -> None:
    bought.do(received(3, line=named("po line")))
    bought.do(CloseReceipt(named("receipt"), OUTLET))
    assert bought.one("purchase_orders")["status"] != "closed"
    assert bought.available() == (3, 0, 1)
    bought.do(received(2, line=named("po line")))
    assert "over_delivered" in bought.flags()
