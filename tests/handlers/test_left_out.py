"""What an import leaves out because another one was first is told: a task, on both databases."""

from dataclasses import replace
from typing import Any

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.jobs import StartImport
from merchant_desk.domain.products import Barcode, ImportProducts, MergeProducts, NewSku
from merchant_desk.domain.purchasing import ImportPurchaseOrders, PlacePurchaseOrder, PurchaseLine
from tests.helpers.floor import (
    BEER,
    OTHER_OUTLET,
    OTHER_WAREHOUSE,
    OUTLET,
    RICE,
    SUPPLIER,
    WAREHOUSE,
    Floor,
    item,
    named,
)

JOB = named("job")


def purchase(name: str, **other: Any) -> PlacePurchaseOrder:
    lines = (
        PurchaseLine(named(f"{name} 1"), BEER, 7 * MICRO, MICRO),
        PurchaseLine(named(f"{name} 2"), RICE, 2 * MICRO, MICRO),
    )
    order = PlacePurchaseOrder(named(name), "PO-1", OUTLET, WAREHOUSE, SUPPLIER, 20261201, lines)
    return replace(order, **other)


def bring_orders(floor: Floor, order: PlacePurchaseOrder) -> None:
    floor.do(ImportPurchaseOrders(JOB, 1, order.outlet_id, (order,)))


def more(*quantities: int) -> tuple[PurchaseLine, ...]:
    return tuple(PurchaseLine(named(f"line {n}"), BEER, n * MICRO, MICRO) for n in quantities)


OTHER_ORDERS: dict[str, dict[str, Any]] = {
    "day": {"due_day": 20261202},
    "goods": {"lines": more(100)},
    "lines": {"lines": more(3, 4)},
    "outlet": {"outlet_id": OTHER_OUTLET, "warehouse_id": OTHER_WAREHOUSE},
}


@pytest.mark.parametrize("other", OTHER_ORDERS.values(), ids=OTHER_ORDERS)
def test_another_purchase_order_of_the_number_is_a_task(floor: Floor, other: dict[str, Any]) -> None:
    floor.do(purchase("typed"))
    bring_orders(floor, purchase("imported", **other))
    (task,) = floor.rows("tasks")
    assert (task["code"], task["about_id"]) == ("purchase_order_left_out", named("typed"))
    assert task["outlet_id"] == other.get("outlet_id", OUTLET)
    assert floor.one("job_chunks")["created"] == 0
    assert [row["id"] for row in floor.rows("purchase_orders")] == [named("typed")]


def test_the_same_purchase_order_again_is_none(floor: Floor) -> None:
    floor.do(purchase("typed"))
    same = purchase("imported")
    bring_orders(floor, replace(same, lines=same.lines[::-1]))
    assert floor.flags() == []


def test_it_is_the_same_order_after_its_product_was_merged(floor: Floor) -> None:
    floor.do(purchase("typed"))
    floor.do(MergeProducts(BEER, RICE))
    bring_orders(floor, purchase("imported"))
    assert floor.flags() == []


def begin(floor: Floor) -> None:
    floor.do(StartImport(JOB, OTHER_OUTLET, "products", "goods.csv", "", "", "", 2))


OTHER_PRODUCTS: dict[str, dict[str, Any]] = {
    "name": {"name": "茶"},
    "unit": {"base_unit": "box"},
    "category": {"category": "Food"},
    "price": {"price": 6 * MICRO},
    "lots": {"track_lot": True},
    "expiry": {"track_expiry": True},
    "serials": {"track_serial": True},
}


def bring_products(floor: Floor, *items: NewSku) -> None:
    floor.do(ImportProducts(JOB, 1, items))


@pytest.mark.parametrize("other", OTHER_PRODUCTS.values(), ids=OTHER_PRODUCTS)
def test_another_product_of_the_code_is_a_task_where_the_import_was_begun(
    floor: Floor, other: dict[str, Any]
) -> None:
    begin(floor)
    theirs = replace(item(named("their beer"), "beer", "B9"), name="商品 BEER")
    bring_products(floor, replace(theirs, **other), item(named("tea"), "TEA", "T1"))
    (task,) = floor.rows("tasks")
    assert (task["code"], task["about_id"]) == ("products_left_out", BEER)
    assert (task["outlet_id"], task["facts"]) == (OTHER_OUTLET, '{"products": 1, "sku": "beer"}')
    assert floor.one("skus", id=BEER)["price"] == 5 * MICRO


def test_many_others_are_one_task(floor: Floor) -> None:
    begin(floor)
    bring_products(floor, item(named("b"), "BEER"), replace(item(named("r"), "RICE"), price=9 * MICRO))
    assert floor.one("tasks")["facts"] == '{"products": 1, "sku": "RICE"}'
    dear = [replace(item(named(sku), sku), price=9 * MICRO) for sku in ("BEER", "RICE")]
    bring_products(floor, *dear)
    facts = {row["facts"] for row in floor.rows("tasks")}
    assert facts == {'{"products": 1, "sku": "RICE"}', '{"products": 2, "sku": "BEER"}'}


def test_what_a_file_does_not_say_is_no_other_product(floor: Floor) -> None:
    begin(floor)
    floor.do(ImportProducts(JOB, 1, (replace(item(named("tea"), "TEA"), category="Food", track_lot=True),)))
    codes = (Barcode("T1", None, MICRO, "each"),)
    bring_products(floor, replace(item(named("other tea"), "TEA"), name="TEA", price=0, barcodes=codes))
    assert floor.flags() == []
    assert floor.one("barcodes", code="T1")["sku_id"] == named("tea")


def test_the_code_of_a_product_that_was_merged_says_nothing_of_the_one_kept(floor: Floor) -> None:
    begin(floor)
    floor.do(MergeProducts(RICE, BEER))
    bring_products(floor, replace(item(named("other"), "BEER"), price=9 * MICRO))
    assert floor.flags() == []
