"""An outlet with two warehouses: does each desk's station work in its own, and do both agree after a sync?"""

from collections.abc import Callable
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.warehouses import AddWarehouse, CloseWarehouse
from merchant_desk.jobs.place import place_of
from merchant_desk.models.queries.open_work import count_places, deliveries, open_documents, orders_to_pick
from merchant_desk.models.queries.stock import Availability
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floors


@pytest.fixture
def two(shop: Shop) -> Shop:
    """A shop whose outlet has a second warehouse CG2 with a shelf B-01 and 30 bags of rice there."""
    world = shop.world
    there = world.chance.new_id()
    shop.stock(shop.rice, 5)
    found = AdjustStock(
        world.outlet,
        there,
        location_id(there, "B-01"),
        shop.rice,
        None,
        "sellable",
        30 * MICRO,
        "opening",
        "",
    )
    world.server.house.do(
        world.merchant_id,
        AddWarehouse(world.outlet, there, "CG2", "后仓"),
        AddLocations(world.outlet, there, "storage", ("B-01",)),
        found,
    )
    return shop


def emptied(shop: Shop, there: UUID) -> AdjustStock:
    """Return what takes the rice out of the second warehouse."""
    shelf = location_id(there, "B-01")
    return AdjustStock(shop.world.outlet, there, shelf, shop.rice, None, "sellable", -30 * MICRO, "found", "")


def desk_in(shop: Shop, code: str) -> Desk:
    desk = shop.desk()
    desk.settings.decide(WAREHOUSE, Level.DESK, code, desk.person.id)
    return desk


def order_from(shop: Shop, desk: Desk, number: str, units: int) -> None:
    """Place an order on the warehouse that a desk works in, and accept it."""
    new_id = shop.world.chance.new_id
    line = OrderLine(new_id(), shop.rice, units * MICRO, 5 * MICRO, 500 * units)
    new = NewOrder(
        new_id(), number, "门店", desk.warehouse().id, None, "尾号 2041", "review", shop.world.chance.now,
        None, 0, 0, (line,),
    )  # fmt: skip
    house = shop.world.server.house
    house.do(
        shop.world.merchant_id,
        PlaceOrder(shop.world.outlet, new),
        AcceptOrder(new.order_id, shop.world.outlet),
    )
    desk.sync()


def rice_in(desk: Desk, shop: Shop) -> dict[str, tuple[int, int]]:
    """Return whole bags on hand and available by the code of the warehouse."""
    codes = {one.id: one.code for one in desk.warehouses()}

    def said(one: Availability) -> tuple[int, int]:
        return one.on_hand // MICRO, (one.on_hand - one.reserved) // MICRO

    return {codes[one.warehouse_id]: said(one) for one in desk.stock(shop.rice)}


BEGINNINGS: list[Callable[[Desk], object]] = [
    lambda desk: desk.receive(),
    lambda desk: desk.receive("PO-1"),
    lambda desk: desk.count("A-01"),
    lambda desk: desk.warehouse(),
    lambda desk: place_of(desk.runtime, "opening_stock"),
]


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_a_desk_that_was_not_told_asks_and_guesses_nothing(
    two: Shop, begin: Callable[[Desk], object]
) -> None:
    desk = two.desk()
    with pytest.raises(Refusal) as refused:
        begin(desk)
    assert (refused.value.code, refused.value.facts["warehouses"]) == ("warehouse_not_chosen", "CG, CG2")
    desk.settings.decide(WAREHOUSE, Level.DESK, "CG", desk.person.id)
    begin(desk)


def test_what_is_chosen_outlives_a_restart_and_is_no_other_desks(two: Shop) -> None:
    desk = desk_in(two, "cg2")
    assert desk.warehouse().code == "CG2"
    assert place_of(desk.runtime, "orders").warehouse_id == desk.warehouse().id
    other = two.desk()
    with pytest.raises(Refusal, match="warehouse_not_chosen"):
        other.warehouse()


def test_each_station_picks_counts_and_receives_in_its_own(two: Shop, floor: Floors) -> None:
    front, back = desk_in(two, "CG"), desk_in(two, "CG2")
    order_from(two, back, "SO-2", 8)
    front.sync()
    assert rice_in(front, two) == rice_in(back, two) == {"CG": (5, 5), "CG2": (30, 22)}
    for desk, orders, places, due in (
        (front, [], ["A-01", "A-02", "A-03", "A-04", "CG-IN", "CG-OUT"], ["PO-1"]),
        (back, ["SO-2"], ["B-01", "CG2-IN", "CG2-OUT"], []),
    ):
        with desk.read() as connection, connection.begin():
            here = desk.warehouse().id
            assert [one.number for one in orders_to_pick(connection, here)] == orders
            assert [one.code for one in count_places(connection, here)] == places
            assert [one.number for one in deliveries(connection, here)] == due
    with pytest.raises(Refusal) as refused:
        front.ship("SO-2")
    assert (refused.value.code, refused.value.facts["warehouse"]) == ("order_of_other_warehouse", "CG2 后仓")
    with pytest.raises(Refusal, match="order_of_other_warehouse"):
        back.receive("PO-1")
    with pytest.raises(Refusal, match="location_of_other_warehouse"):
        front.count("B-01")
    sheet = back.ship("SO-2")
    assert sheet.scan("L:A-01").code == "location_elsewhere"
    sheet.acknowledge()
    for _ in range(8):
        sheet.scan(RICE)
    sheet.finish()
    back.sync()
    front.sync()
    assert rice_in(front, two) == rice_in(back, two) == {"CG": (5, 5), "CG2": (22, 22)}
    counted = front.count("A-01")
    counted.scan(RICE)
    assert [one.number for one in front.ask(lambda c: open_documents(c, "counts", front.warehouse().id))]
    counted.finish()
    for desk in (front, back):
        desk.sync()
    assert rice_in(front, two) == rice_in(back, two) == {"CG": (1, 1), "CG2": (22, 22)}


def test_an_open_document_stays_in_its_warehouse_whatever_is_chosen_since(two: Shop) -> None:
    desk = desk_in(two, "CG2")
    sheet = desk.receive()
    sheet.scan(RICE)
    desk.settings.decide(WAREHOUSE, Level.DESK, "CG", desk.person.id)
    again = desk.reopen("receipts", sheet.document_id)
    again.scan(RICE)
    again.finish()
    assert rice_in(desk, two) == {"CG": (5, 5), "CG2": (32, 32)}


def test_the_last_that_is_open_needs_no_choice(two: Shop) -> None:
    desk = desk_in(two, "CG2")
    world = two.world
    there = next(one for one in desk.warehouses() if one.code == "CG2")
    out = emptied(two, there.id)
    close = CloseWarehouse(world.outlet, there.id, "租约到期")
    world.server.house.do(world.merchant_id, out, close)
    desk.sync()
    assert desk.warehouse().code == "CG"
    assert [one.code for one in desk.warehouses()] == ["CG"]


def test_a_scan_of_an_order_of_the_other_one_is_told_at_the_station(two: Shop, floor: Floors) -> None:
    back = desk_in(two, "CG2")
    order_from(two, back, "SO-2", 2)
    front = desk_in(two, "CG")
    here = floor("outbound", front)
    assert here.scan("SO-2").code == "order_of_other_warehouse"
    assert floor("outbound", back).step("SO-2").head is not None


def test_a_label_of_a_closed_warehouse_says_so_by_name(two: Shop, floor: Floors) -> None:
    desk = desk_in(two, "CG2")
    world = two.world
    there = next(one for one in desk.warehouses() if one.code == "CG2")
    stays = desk.receive()
    world.server.house.do(
        world.merchant_id,
        emptied(two, there.id),
        CloseWarehouse(world.outlet, there.id, "租约到期"),
    )
    desk.sync()
    with pytest.raises(Refusal) as refused:
        desk.count("B-01")
    assert (refused.value.code, refused.value.facts["warehouse"]) == (
        "location_of_closed_warehouse",
        "CG2 后仓",
    )
    said = floor("stocktake", desk).scan("L:B-01")
    assert (said.code, said.facts["warehouse"]) == ("location_of_closed", "CG2 后仓")
    assert desk.receive().scan("L:B-01").code == "location_of_closed"
    assert stays.scan("L:B-01").code == "at_location", "what was begun there is ended there"
    again = AddLocations(world.outlet, desk.warehouse().id, "storage", ("B-01",))
    world.server.house.do(world.merchant_id, again)
    desk.sync()
    begun = desk.count("B-01").document_id
    here = desk.warehouse().id
    assert begun in {one.id for one in desk.ask(lambda c: open_documents(c, "counts", here))}, "free again"
