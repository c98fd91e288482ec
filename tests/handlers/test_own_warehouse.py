"""Can an order promise, or expect into, a warehouse of another outlet than the one whose right was judged?"""

from dataclasses import replace

import pytest

from merchant_desk.domain.orders import ImportOrders
from merchant_desk.domain.purchasing import ImportPurchaseOrders
from tests.helpers.floor import OTHER_OUTLET, OTHER_WAREHOUSE, OUTLET, Floor, named, order, purchase

JOB = named("job")
THERE = replace(order(1).order, warehouse_id=OTHER_WAREHOUSE)
BOUGHT = replace(purchase(1), warehouse_id=OTHER_WAREHOUSE)


@pytest.mark.parametrize(
    "body",
    [
        replace(order(1), order=THERE),
        ImportOrders(JOB, 0, OUTLET, (THERE,)),
        BOUGHT,
        ImportPurchaseOrders(JOB, 0, OUTLET, (BOUGHT,)),
    ],
    ids=lambda body: type(body).__name__,
)
def test_an_order_stands_on_a_warehouse_of_its_outlet(floor: Floor, body: object) -> None:
    outcome = floor.send(body)
    assert (outcome.status, outcome.code) == ("refused", "other_outlet")
    assert floor.rows("orders") == floor.rows("purchase_orders") == []


def test_the_warehouse_has_to_be_there(floor: Floor) -> None:
    nowhere = replace(order(1).order, warehouse_id=named("no warehouse"))
    assert floor.send(replace(order(1), order=nowhere)).code == "not_here"


def test_the_other_outlet_orders_from_its_own(floor: Floor) -> None:
    for body in (
        replace(order(1), outlet_id=OTHER_OUTLET, order=THERE),
        replace(BOUGHT, outlet_id=OTHER_OUTLET),
    ):
        assert floor.send(body).status == "applied"
