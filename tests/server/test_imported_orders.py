"""An imported order whose number another order has is a task, on both databases, and changes nothing."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from merchant_desk.domain.orders import ImportedBuyer, ImportOrders, NewOrder, OrderCharge
from merchant_desk.models.server_tables import metadata
from tests.server.web import WebWorld

TIME = 1_291_191_960_000_000


def charge(world: WebWorld, amount: int) -> OrderCharge:
    price = amount * 10_000
    return OrderCharge(
        world.chance.new_id(), "POST", "Postage", "freight", "service_line", 1_000_000, price, amount
    )


def bring_in(world: WebWorld, order: NewOrder) -> None:
    merchant = world.merchant
    buyers = (ImportedBuyer(order.buyer_id, f"till/{order.buyer_id.hex}"),) if order.buyer_id else ()
    job = world.chance.new_id()
    world.services.house.do(merchant.id, ImportOrders(job, 1, merchant.outlet, (order,), buyers))


def tasks(world: WebWorld) -> list[str]:
    table = metadata.tables["tasks"]
    with world.services.database.reader.connect() as connection, connection.begin():
        return list(connection.scalars(select(table.c.code)))


def stands(world: WebWorld) -> list[tuple[str, int]]:
    table = metadata.tables["orders"]
    with world.services.database.reader.connect() as connection, connection.begin():
        return [(row.channel, row.total) for row in connection.execute(select(table))]


@pytest.fixture
def order(world: WebWorld) -> NewOrder:
    return NewOrder(
        order_id=world.chance.new_id(),
        number="1001",
        channel="till",
        warehouse_id=world.merchant.warehouse,
        buyer_id=world.chance.new_id(),
        buyer="111",
        status="completed",
        placed_at=TIME,
        due_at=None,
        freight=0,
        discount=0,
        lines=(),
        charges=(charge(world, 1800),),
    )


def test_the_same_order_again_is_no_task(world: WebWorld, order: NewOrder) -> None:
    bring_in(world, order)
    bring_in(world, order)
    assert (stands(world), tasks(world)) == ([("till", 1800)], [])


@pytest.mark.parametrize("other", ["id", "buyer", "time", "amount", "lines"])
def test_another_order_of_the_number_is_a_task(world: WebWorld, order: NewOrder, other: str) -> None:
    bring_in(world, order)
    changes: dict[str, dict[str, Any]] = {
        "id": {"order_id": world.chance.new_id(), "channel": "shop"},
        "buyer": {"buyer_id": world.chance.new_id()},
        "time": {"placed_at": TIME + 60_000_000},
        "amount": {"charges": (charge(world, 1801),)},
        "lines": {"charges": (charge(world, 900), charge(world, 900))},
    }
    bring_in(world, replace(order, **changes[other]))
    assert (stands(world), tasks(world)) == ([("till", 1800)], ["order_left_out"])
