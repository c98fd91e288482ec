"""Two desks that do not hear of each other: a code given twice, a rate said twice, an order too late."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.currencies import ChangeCurrency
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine
from merchant_desk.domain.suppliers import AddSupplier, ArchiveSupplier
from merchant_desk.domain.taxes import AddTax, SetTaxRate
from tests.helpers.shop import Shop

Two = tuple[Desk, Desk]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def two(shop: Shop) -> Two:
    """Two managers' desks."""
    return shop.desk("manager"), shop.desk("manager")


def rows(sql: str, connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


def exchange(*desks: Desk) -> None:
    for desk in (*desks, *desks):
        desk.sync()


def refusals(desk: Desk) -> list[str]:
    return [task.code for task in desk.tasks() if task.kind == "refusal"]


def test_a_code_that_two_desks_give_is_the_firsts(shop: Shop, two: Two) -> None:
    first, second = two
    for desk, name in ((first, "Post"), (second, "Bus")):
        desk.do(AddCarrier(shop.world.chance.new_id(), "P1", name, ""))
    exchange(first, second)
    for desk in two:
        assert desk.ask(partial(rows, "SELECT code, name FROM carriers")) == [("P1", "Post")]
        assert desk.ask(
            partial(rows, "SELECT event, now FROM record_changes WHERE about_table = 'carriers'")
        ) == [("added", "Post")]
        assert refusals(desk) == ["carrier_code_taken"]


def test_a_rate_that_two_desks_say_for_one_day_is_one_rate(shop: Shop, two: Two) -> None:
    first, second = two
    tax = shop.world.chance.new_id()
    first.do(AddTax(tax, "V", "VAT", 160_000, 2018_05_01))
    exchange(first, second)
    for desk, rate in ((second, 100_000), (first, 130_000)):
        desk.do(SetTaxRate(tax, rate, 2019_04_01))
    exchange(second, first, second)
    for desk in two:
        found = desk.ask(partial(rows, "SELECT from_day, rate FROM tax_rates ORDER BY from_day"))
        assert found == [(2018_05_01, 160_000), (2019_04_01, 130_000)]
        assert len(desk.ask(partial(rows, "SELECT id FROM record_changes WHERE event = 'rate'"))) == 2


def test_an_order_from_a_supplier_who_was_archived_elsewhere_is_a_task(shop: Shop, two: Two) -> None:
    first, second = two
    new_id = shop.world.chance.new_id
    supplier, world = new_id(), shop.world
    first.do(AddSupplier(supplier, "MILL", "Mill"))
    exchange(first, second)
    first.do(ArchiveSupplier(supplier))
    line = PurchaseLine(new_id(), shop.rice, MICRO, MICRO)
    second.do(
        PlacePurchaseOrder(new_id(), "PO-X", world.outlet, world.warehouse, supplier, 2026_12_01, (line,))
    )
    exchange(first, second)
    assert refusals(second) == ["supplier_archived"]
    assert second.ask(partial(rows, "SELECT id FROM purchase_orders WHERE number = 'PO-X'")) == []


def test_the_currency_is_asked_for_and_refused_once_there_is_money(shop: Shop, two: Two) -> None:
    first, second = two
    shop.stock(shop.rice, 8)
    shop.order("SO-1", (shop.rice, 1))
    first.do(ChangeCurrency("USD"))
    assert first.ask(partial(rows, "SELECT currency FROM merchants")) == [("CNY",)]
    exchange(first, second)
    for desk in two:
        assert desk.ask(partial(rows, "SELECT currency FROM merchants")) == [("CNY",)]
        assert refusals(desk) == ["money_booked"]
