"""Sales recorded by other systems, and orders that came to their end."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.sales import CompleteOrders, RecordSales, SoldGoods
from merchant_desk.domain.shipping import CloseShipment, OpenShipment
from merchant_desk.domain.stock import availability_id
from tests.handlers.rows import rows_of
from tests.helpers.shop import Shop
from tests.helpers.world import World


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 5)
    yield opened
    opened.close()


def sell(shop: Shop, order_id: UUID, count: int) -> None:
    world = shop.world
    goods = SoldGoods(order_id, world.shelves[0], shop.rice, None, count * MICRO)
    sale = RecordSales(world.outlet, world.warehouse, "till", (goods,))
    world.server.house.do(world.merchant_id, sale)


def status_of(world: World, order_id: UUID) -> str:
    (row,) = rows_of(world, "orders", id=order_id)
    return str(row["status"])


def test_goods_leave_the_shelf_for_their_order(shop: Shop) -> None:
    order_id = UUID(int=7)
    sell(shop, order_id, 2)
    (row,) = rows_of(shop.world, "ledger", kind="sale")
    assert (row["document_id"], row["quantity"], row["reason"]) == (order_id, -2 * MICRO, "till")
    total = availability_id(shop.world.warehouse, shop.rice)
    assert [row["on_hand"] for row in rows_of(shop.world, "availability", id=total)] == [3 * MICRO]


def test_an_open_order_is_completed_and_its_reservation_ends(shop: Shop) -> None:
    order_id = shop.order("WX-1", (shop.rice, 2))
    sell(shop, order_id, 2)
    assert status_of(shop.world, order_id) == "completed"
    total = availability_id(shop.world.warehouse, shop.rice)
    (row,) = rows_of(shop.world, "availability", id=total)
    assert (row["on_hand"], row["reserved"]) == (3 * MICRO, 0)
    assert "completed" in {row["event"] for row in rows_of(shop.world, "order_events", order_id=order_id)}


def test_a_sale_of_more_than_the_book_has_stands_and_is_flagged(shop: Shop) -> None:
    sell(shop, UUID(int=7), 6)
    assert [row["code"] for row in rows_of(shop.world, "tasks")] == ["stock_negative"]
    assert len(rows_of(shop.world, "ledger", kind="sale")) == 1


def test_a_sale_of_nothing_is_kept_as_an_exception(shop: Shop) -> None:
    sell(shop, UUID(int=7), 0)
    assert rows_of(shop.world, "ledger", kind="sale") == []
    assert [row["code"] for row in rows_of(shop.world, "tasks")] == ["quantity_zero"]


def test_a_shipped_order_is_completed_once(shop: Shop) -> None:
    world, shipment_id = shop.world, UUID(int=9)
    order_id = shop.order("WX-1", (shop.rice, 2))
    world.server.house.do(
        world.merchant_id,
        OpenShipment(shipment_id, "SH-1", order_id, world.outlet, world.warehouse),
        CloseShipment(shipment_id, world.outlet, "", ""),
    )
    (shipped,) = rows_of(world, "orders", id=order_id)
    done = CompleteOrders(world.outlet, (order_id, order_id))
    world.server.house.do(world.merchant_id, done, done)
    (completed,) = rows_of(world, "orders", id=order_id)
    assert (shipped["status"], completed["status"]) == ("shipped", "completed")
    assert completed["ended_at"] == shipped["ended_at"]
    events = [row["event"] for row in rows_of(world, "order_events", order_id=order_id)]
    assert events.count("completed") == 1
    assert [row["code"] for row in rows_of(world, "tasks")] == ["shipped_short"], "nothing was picked"


def test_an_order_that_never_left_is_flagged_and_left_as_it_is(shop: Shop) -> None:
    world = shop.world
    order_id = shop.order("WX-1", (shop.rice, 2))
    world.server.house.do(world.merchant_id, CompleteOrders(world.outlet, (order_id, UUID(int=8))))
    assert status_of(world, order_id) == "accepted"
    codes = [(row["code"], row["about_id"]) for row in rows_of(world, "tasks")]
    assert sorted(codes, key=str) == sorted(
        [("completed_unshipped", order_id), ("completed_unshipped", UUID(int=8))], key=str
    )
