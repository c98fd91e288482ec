"""Does the desk where a fact is done refuse what a server could only flag, before anything is recorded?"""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.refusals import Refusal
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
