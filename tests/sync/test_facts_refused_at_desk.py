"""Does the desk where a fact is done refuse what a server could only flag, before anything is recorded?"""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import HoldOrder
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, PickGoods
from merchant_desk.domain.stock import AdjustStock, UndoScan
from tests.helpers.lone_desk import LoneDesk, adjust
from tests.helpers.shop import Shop


def test_a_desk_does_nothing_in_a_warehouse_of_another_outlet(shop: Shop, desk: LoneDesk) -> None:
    world = shop.world
    outlet, warehouse = world.chance.new_id(), world.chance.new_id()
    house = world.server.house
    house.do(world.merchant_id, AddOutlet(outlet, "ZH", "镇上", "Asia/Shanghai", 0, warehouse))
    desk.sync()
    before = desk.engine.position.device_seq
    shelf = world.shelves[0]
    body = AdjustStock(world.outlet, warehouse, shelf, shop.rice, None, "sellable", MICRO, "found", "")
    with pytest.raises(Refusal) as refused:
        desk.do(body)
    assert refused.value.code == "other_outlet"
    assert desk.engine.position.device_seq == before, "something was recorded"


def test_a_desk_undoes_another_persons_scan_only_for_who_may_reverse(shop: Shop, desk: LoneDesk) -> None:
    desk.sync()
    undo = UndoScan(shop.world.outlet, shop.purchase, desk.do(adjust(shop)))
    with pytest.raises(Refusal) as refused:
        desk.do(undo, shop.world.worker)
    assert (refused.value.code, refused.value.facts) == ("not_allowed", {"right": "reverse"})
    own = desk.do(adjust(shop), shop.world.worker)
    desk.do(UndoScan(shop.world.outlet, shop.purchase, own), shop.world.worker)
    desk.do(undo)
    desk.sync()


def test_a_shipment_of_which_nothing_was_picked_stays_open_at_its_desk(shop: Shop, desk: LoneDesk) -> None:
    """A key too many must not make an order shipped of which nothing left; what was undone was not picked."""
    world = shop.world
    shop.stock(shop.rice, 5)
    order = shop.order("S-1", (shop.rice, 2))
    desk.sync()
    shipment, at = world.chance.new_id(), (world.outlet, world.warehouse)
    desk.do(OpenShipment(shipment, "SH-01-000001", order, *at))
    close = CloseShipment(shipment, world.outlet, "", "")
    shelves = (world.shelves[0], derived_id(world.warehouse, "staging"))
    picked = PickGoods(shipment, *at, *shelves, shop.rice, None, None, MICRO, MICRO, "", "")
    for _ in range(2):
        with pytest.raises(Refusal) as refused:
            desk.do(close)
        assert (refused.value.code, refused.value.facts) == ("nothing_picked", {"number": "SH-01-000001"})
        desk.do(UndoScan(world.outlet, shipment, desk.do(picked)))
    desk.do(picked)
    desk.do(close)
    desk.sync()
    assert _shipments(shop) == ["shipped"]


def test_an_order_that_is_held_is_not_shipped_with_nothing(shop: Shop, desk: LoneDesk) -> None:
    """Whoever finds no goods is told to hold the order: a key too many must not end it then either."""
    world = shop.world
    shop.stock(shop.rice, 5)
    order = shop.order("S-1", (shop.rice, 2))
    desk.sync()
    shipment = world.chance.new_id()
    desk.do(OpenShipment(shipment, "SH-01-000001", order, world.outlet, world.warehouse))
    desk.do(HoldOrder(order, world.outlet, "no_goods"))
    with pytest.raises(Refusal) as refused:
        desk.do(CloseShipment(shipment, world.outlet, "", ""))
    assert refused.value.code == "nothing_picked"
    desk.sync()
    assert _shipments(shop) == ["open"]


def test_one_that_comes_from_elsewhere_is_a_fact(shop: Shop) -> None:
    """Whoever opened it at an older desk and ended it has no way back: the server takes it as it is."""
    world = shop.world
    shop.stock(shop.rice, 5)
    order = shop.order("S-1", (shop.rice, 2))
    shipment = world.chance.new_id()
    world.server.house.do(
        world.merchant_id,
        OpenShipment(shipment, "SH-01-000001", order, world.outlet, world.warehouse),
        CloseShipment(shipment, world.outlet, "", ""),
    )
    assert _shipments(shop) == ["shipped"]


def _shipments(shop: Shop) -> list[str]:
    """Return how the server's shipments stand."""
    with shop.world.server.engine.connect() as connection, connection.begin():
        return list(connection.exec_driver_sql("SELECT status FROM shipments").scalars())
