"""Merged at one desk, scanned offline at another: what comes late lands on the product that was kept."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import Barcode, DraftProduct, MergeProducts, NewSku
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

TEA = "9520000000042"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    made = Shop(folder)
    yield made
    made.close()


def draft(shop: Shop, desk: Desk, sku: str, code: str = TEA) -> UUID:
    """Make a draft rice at a desk."""
    id = shop.world.chance.new_id()
    codes = (Barcode(code, None, MICRO, "袋"),)
    item = NewSku(id, sku, "没见过的大米", "", "", "袋", 0, False, False, 0, 0, codes)
    desk.do(DraftProduct(item, shop.world.outlet, None))
    return id


def received(desk: Desk, code: str, times: int) -> None:
    receipt = desk.receive()
    for _ in range(times):
        assert receipt.scan(code).code == "accepted"
    receipt.finish()


ON_HAND = "SELECT sku_id, sum(on_hand) FROM stock_balances GROUP BY sku_id HAVING sum(on_hand) <> 0"


def stock(desk: Desk) -> dict[UUID, int]:
    return {UUID(bytes=id): quantity // MICRO for id, quantity in on_desk(desk, ON_HAND)}


def test_a_draft_of_one_desk_is_merged_at_another_while_it_scans_on(shop: Shop) -> None:
    floor, office = shop.desk(), shop.desk("manager")
    id = draft(shop, floor, "D-1")
    received(floor, TEA, 3)
    floor.sync()
    office.sync()
    shop.fetch.down = True
    office.do(MergeProducts(shop.rice, id))
    assert stock(office) == {shop.rice: 3}
    # The floor knows nothing of it yet, and goes on.
    received(floor, TEA, 2)
    assert stock(floor) == {id: 5}
    shop.fetch.down = False
    office.sync()
    floor.sync()
    office.sync()
    assert floor.refused() == office.refused() == []
    assert stock(floor) == stock(office) == {shop.rice: 5}
    ledger = "SELECT sku_id, kind, sum(quantity) FROM ledger GROUP BY sku_id, kind ORDER BY sku_id, kind"
    assert on_desk(floor, ledger) == on_desk(office, ledger)
    server = on_server(shop.world.server.engine, ON_HAND)
    assert {UUID(bytes=key): quantity // MICRO for key, quantity in server} == {shop.rice: 5}
    # And now the code means the rice.
    received(floor, TEA, 1)
    assert stock(floor) == {shop.rice: 6}


def test_the_office_pulls_while_its_merge_waits(shop: Shop) -> None:
    floor, office = shop.desk(), shop.desk("manager")
    id = draft(shop, floor, "D-1")
    received(floor, TEA, 1)
    floor.sync()
    office.sync()
    office.do(MergeProducts(shop.rice, id))
    received(floor, TEA, 4)
    floor.sync()
    office.sync()
    floor.sync()
    assert stock(office) == stock(floor) == {shop.rice: 5}
    assert office.refused() == floor.refused() == []


def test_two_desks_merge_the_same_two(shop: Shop) -> None:
    one, two = shop.desk("manager"), shop.desk("manager")
    id = draft(shop, one, "D-1")
    received(one, TEA, 2)
    one.sync()
    two.sync()
    shop.fetch.down = True
    one.do(MergeProducts(shop.rice, id))
    two.do(MergeProducts(shop.rice, id))
    shop.fetch.down = False
    for desk in (one, two, one):
        desk.sync()
    assert stock(one) == stock(two) == {shop.rice: 2}
    assert [task.code for task in two.refused()] == ["product_archived"]


def test_both_desks_made_the_same_code_offline(shop: Shop) -> None:
    """The clash that sync.md names: both stand, a person merges, nothing is lost."""
    one, two = shop.desk("manager"), shop.desk("manager")
    shop.fetch.down = True
    kept, merged = draft(shop, one, "TEA"), draft(shop, two, "tea")
    received(one, TEA, 2)
    received(two, TEA, 3)
    shop.fetch.down = False
    for desk in (one, two, one):
        desk.sync()
    assert on_desk(one, "SELECT code, status FROM tasks") == [("sku_taken_by_draft", "open")]
    one.do(MergeProducts(kept, merged))
    one.sync()
    two.sync()
    assert stock(one) == stock(two) == {kept: 5}
    assert on_desk(two, "SELECT code, status FROM tasks") == [("sku_taken_by_draft", "settled")]
    receipt = two.receive()
    assert receipt.scan(TEA).code == "accepted"


def test_open_orders_of_the_merged_one_are_received_as_the_one_kept(shop: Shop) -> None:
    office = shop.desk("manager")
    world = shop.world
    id = draft(shop, office, "D-1")
    office.sync()
    purchase, line = world.chance.new_id(), world.chance.new_id()
    lines = (PurchaseLine(line, id, 2 * MICRO, MICRO),)
    office.do(
        PlacePurchaseOrder(purchase, "PO-9", world.outlet, world.warehouse, shop.supplier, 20251201, lines)
    )
    office.do(SendPurchaseOrder(purchase, world.outlet))
    office.sync()
    office.do(MergeProducts(shop.rice, id))
    receipt = office.receive("PO-9")
    for _ in range(2):
        scanned = receipt.scan("9520000000028")
        assert scanned.code == "accepted", scanned
    receipt.finish()
    office.sync()
    assert on_desk(office, "SELECT status FROM purchase_orders WHERE number = 'PO-9'") == ["closed"]
    assert on_desk(office, "SELECT done FROM line_totals WHERE id = ?", line.bytes) == [2 * MICRO]
    assert on_desk(office, "SELECT code FROM tasks") == []
    assert stock(office) == {shop.rice: 2}
    assert office.refused() == []
