"""Is what has left never promised again, and what has not left never forgotten without a word?"""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, HoldOrder
from merchant_desk.domain.shipping import CloseShipment, ReverseShipment
from tests.helpers.floor import OUTLET, Floor, adjusted, named, order, picked, shipment

ORDER, SHIPMENT = named("order"), named("shipment")
ACCEPT = AcceptOrder(ORDER, OUTLET)
CLOSE = CloseShipment(SHIPMENT, OUTLET, "", "")


def partly_reversed(floor: Floor, stock: int) -> None:
    """Ship ten as six and four, and take the four back."""
    floor.do(adjusted(stock))
    floor.do(order(10))
    floor.do(ACCEPT)
    floor.do(shipment())
    floor.do(picked(6))
    four = floor.do(picked(4))
    floor.do(CLOSE)
    row = next(row for row in floor.rows("ledger", op_id=four) if row["quantity"] > 0)
    floor.do(ReverseShipment(SHIPMENT, OUTLET, (row["id"],), "back"))
    assert floor.one("orders")["status"] == "review"


@pytest.mark.parametrize("stock", [10, 30])
def test_accepting_after_a_partial_reversal_reserves_only_what_came_back(floor: Floor, stock: int) -> None:
    partly_reversed(floor, stock)
    assert floor.send(ACCEPT).status == "applied"
    assert floor.available() == (stock - 6, 4, 0)
    floor.do(shipment("second"))
    floor.do(picked(4, "second"))
    floor.do(CloseShipment(named("second"), OUTLET, "", ""))
    assert floor.available() == (stock - 10, 0, 0)
    assert floor.flags() == []
    floor.assert_conserved()


def test_what_is_picked_and_has_not_left_is_promised_still(floor: Floor) -> None:
    floor.do(adjusted(10))
    floor.do(order(10))
    floor.do(ACCEPT)
    floor.do(shipment())
    floor.do(picked(10))
    floor.do(HoldOrder(ORDER, OUTLET, "wait"))
    floor.do(HoldOrder(ORDER, OUTLET, ""))
    floor.do(ACCEPT)
    assert floor.available() == (10, 10, 0)


def test_an_open_shipment_taken_back_leaves_nothing_reserved_twice(floor: Floor) -> None:
    floor.do(adjusted(20))
    floor.do(order(10))
    floor.do(ACCEPT)
    floor.do(shipment())
    floor.do(picked(6))
    floor.do(ReverseShipment(SHIPMENT, OUTLET, (), "wrong parcel"))
    assert floor.available() == (20, 0, 0)
    floor.do(ACCEPT)
    assert floor.available() == (20, 10, 0)


def test_an_order_that_everything_left_for_is_accepted_without_a_promise(floor: Floor) -> None:
    partly_reversed(floor, 10)
    floor.do(shipment("second"))
    floor.do(picked(4, "second"))
    floor.do(CloseShipment(named("second"), OUTLET, "", ""))
    floor.do(order(1, "other"))
    assert floor.send(AcceptOrder(named("other"), OUTLET)).code == "stock_short"


def test_a_shipment_closed_short_is_told_with_what_is_missing(floor: Floor) -> None:
    floor.send(adjusted(30))
    floor.send(order(10))
    floor.send(ACCEPT)
    floor.send(shipment())
    floor.send(picked(6))
    floor.send(CLOSE)
    assert floor.flags() == ["shipped_short"]
    task = floor.one("tasks")
    assert f'"missing": {4 * MICRO}' in task["facts"]
    assert '"lines": 1' in task["facts"]
    assert (task["about_table"], task["about_id"]) == ("orders", ORDER)
    assert floor.available() == (24, 0, 0)


def test_one_that_is_whole_by_two_parcels_is_not(floor: Floor) -> None:
    partly_reversed(floor, 10)
    floor.do(shipment("second"))
    floor.do(picked(4, "second"))
    floor.do(CloseShipment(named("second"), OUTLET, "", ""))
    assert floor.flags() == []
