"""What was told of a movement that was taken back is over; what still stands is told on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

BEER, RICE = "9520000000011", "9520000000028"
STRANGE = f"(01)0{BEER}(10)STRANGE"
TASKS = "SELECT code, status, resolution FROM tasks ORDER BY raised_at, id"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


def tasks(shop: Shop, desk: Desk, other: Desk) -> list[tuple[str, str, str]]:
    """Let all sides hear of each other; return the tasks that they agree on."""
    for one in (desk, other, desk):
        one.sync()
    told = on_desk(desk, TASKS)
    assert on_desk(other, TASKS) == told == on_server(shop.world.server.engine, TASKS)
    return [tuple(row) for row in told]


@pytest.mark.parametrize("told_before", [False, True])
def test_stock_below_nothing_is_over_when_the_scan_is_undone(shop: Shop, told_before: bool) -> None:
    shop.stock(shop.beer, 20)
    shop.order("WX-1", (shop.beer, 2))
    desk, office = shop.desk("manager"), shop.desk("manager")
    parcel = desk.ship("WX-1")
    parcel.scan(STRANGE)
    parcel.acknowledge(accept=True)
    if told_before:
        assert tasks(shop, desk, office) == [("stock_negative", "open", "")]
    parcel.undo()
    assert tasks(shop, desk, office) == [("stock_negative", "settled", "withdrawn")]


def test_what_another_scan_took_below_nothing_is_told_on(shop: Shop) -> None:
    shop.stock(shop.beer, 20)
    shop.order("WX-1", (shop.beer, 3))
    desk, office = shop.desk("manager"), shop.desk("manager")
    parcel = desk.ship("WX-1")
    for _ in range(2):
        parcel.scan(STRANGE)
        parcel.acknowledge(accept=True)
    parcel.undo()
    assert ("stock_negative", "open", "") in tasks(shop, desk, office)


def test_an_order_that_ended_short_is_not_when_its_shipment_is_reversed(shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.order("WX-1", (shop.rice, 3))
    desk, office = shop.desk("manager"), shop.desk("manager")
    parcel = desk.ship("WX-1")
    parcel.scan(RICE)
    parcel.finish()
    assert tasks(shop, desk, office) == [("shipped_short", "open", "")]
    (document,) = desk.documents("shipments")
    desk.reverse(document, reason="错单")
    assert tasks(shop, desk, office) == [("shipped_short", "settled", "withdrawn")]


def test_stock_below_nothing_is_over_when_the_parcel_is_reversed(shop: Shop) -> None:
    shop.stock(shop.beer, 20)
    shop.order("WX-1", (shop.beer, 2))
    desk, office = shop.desk("manager"), shop.desk("manager")
    parcel = desk.ship("WX-1")
    for _ in range(2):
        parcel.scan(STRANGE)
        parcel.acknowledge(accept=True)
    parcel.finish()
    assert "open" in {status for _, status, _ in tasks(shop, desk, office)}
    (document,) = desk.documents("shipments")
    desk.reverse(document, reason="错单")
    told = tasks(shop, desk, office)
    assert {status for code, status, _ in told if code == "stock_negative"} == {"settled"}, told
