"""Is an id from outside that stands already refused by name, before the database is asked?"""

from dataclasses import replace

import pytest

from merchant_desk.domain.orders import ImportOrders, NewOrder, OrderCharge, PlaceOrder
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.purchasing import ImportPurchaseOrders
from merchant_desk.domain.refusals import Refusal
from tests.helpers.floor import OUTLET, WAREHOUSE, Floor, named, order, purchase

JOB = named("job")
CHARGE = OrderCharge(named("charge"), "F", "运费", "freight", "", 0, 0, 500)
FIRST = replace(order(1).order, charges=(CHARGE,))


def again(**changes: object) -> NewOrder:
    """Another order whose lines and charges have ids of their own, but for what is given."""
    new = order(1, "second").order
    return replace(new, **changes)  # type: ignore[arg-type]


SAME_LINE = again(lines=FIRST.lines)
SAME_CHARGE = again(charges=(CHARGE,))

BOUGHT = replace(purchase(2, "po2"), lines=purchase(1).lines)
BODIES = {
    "line": PlaceOrder(OUTLET, SAME_LINE),
    "charge": PlaceOrder(OUTLET, SAME_CHARGE),
    "line twice in one": PlaceOrder(OUTLET, again(lines=again().lines * 2)),
    "imported line": ImportOrders(JOB, 0, OUTLET, (SAME_LINE,)),
    "imported charge": ImportOrders(JOB, 0, OUTLET, (SAME_CHARGE,)),
    "bought": BOUGHT,
    "imported purchase": ImportPurchaseOrders(JOB, 0, OUTLET, (BOUGHT,)),
}


@pytest.mark.parametrize("what", BODIES)
def test_an_id_that_stands_is_refused_by_name(floor: Floor, what: str) -> None:
    assert floor.send(PlaceOrder(OUTLET, FIRST)).status == "applied"
    assert floor.send(purchase(1)).status == "applied"
    tables = ("orders", "order_lines", "order_charges", "purchase_orders", "purchase_lines", "outlets")
    before = [len(floor.rows(table)) for table in tables]
    outcome = floor.send(BODIES[what])
    assert (outcome.status, outcome.code) == ("refused", "id_taken")
    assert [len(floor.rows(table)) for table in tables] == before


def test_a_new_outlet_takes_no_warehouse_that_stands(floor: Floor) -> None:
    with pytest.raises(Refusal, match="id_taken"):
        floor.do(AddOutlet(named("third"), "TH", "三店", "Asia/Shanghai", 0, WAREHOUSE))
    assert len(floor.rows("outlets")) == 2
