"""An undo takes back what its own job made, and only that: who may import erases nobody's customers by it."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.jobs import UndoImport
from merchant_desk.domain.orders import NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.organisation import AddOutlet, GrantRole
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import PRODUCTS, on_desk, on_server, product_file
from tests.jobs.imports import bring_in as import_goods
from tests.jobs.test_opening_undo import bring_in, standing

MADE = ("orders", "skus", "barcodes", "suppliers", "buyers")
FOUND = "SELECT id FROM skus WHERE name = ?"


def test_another_jobs_work_stays(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    for kind in ("suppliers", "buyers", "products", "open_orders", "purchase_orders"):
        bring_in(desk, tmp_path, kind)
    job = bring_in(desk, tmp_path, "opening_stock").job_id
    assert job is not None
    desk.sync()
    before, erased = standing(desk), "SELECT count(*) FROM buyer_keys"
    ids: dict[str, Any] = {name: tuple(map(id_of, on_desk(desk, f"SELECT id FROM {name}"))) for name in MADE}
    bought = tuple(map(id_of, on_desk(desk, "SELECT id FROM purchase_orders")))
    desk.do(UndoImport(job, shop.world.outlet, 99, last=False, confirmed=99, purchases=bought, **ids))
    desk.sync()
    assert (desk.refused(), standing(desk)) == ([], before)
    assert on_server(shop.world.server.engine, erased) == [2]
    assert on_desk(desk, "SELECT count(*) FROM barcodes") == [len(ids["barcodes"])]


def test_customers_are_erased_by_whom_the_merchant_lets_and_the_server_knows(
    shop: Shop, tmp_path: Path
) -> None:
    world = shop.world
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", world.outlet))
    desk = shop.desk("worker", ("personal",))
    job = bring_in(desk, tmp_path, "buyers").job_id
    assert job is not None
    desk.sync()
    desk.sync()
    customers = tuple(map(id_of, on_desk(desk, "SELECT id FROM buyers")))
    erase = UndoImport(job, world.outlet, 99, (), (), (), last=False, buyers=customers)
    with pytest.raises(Refusal) as refused:
        desk.do(erase)
    assert (refused.value.code, refused.value.facts) == ("not_allowed", {"right": "personal"})
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", None))
    desk.sync()
    forget_proofs(shop, world.worker)
    desk.do(erase)
    desk.sync()
    assert [one.code for one in desk.refused()] == ["person_not_proved"]
    assert on_server(world.server.engine, "SELECT count(*) FROM buyer_keys") == [2]


def test_products_that_another_outlet_has_or_ordered_stay(shop: Shop, tmp_path: Path) -> None:
    world, home, new_id = shop.world, shop.world.outlet, shop.world.chance.new_id
    world.outlet = new_id()
    second = AddOutlet(world.outlet, "B", "二店", "Asia/Shanghai", 0, new_id())
    world.server.house.do(world.merchant_id, second)
    desk = shop.desk("manager")
    world.outlet = home
    goods = (("9520000000035", "Tea"), ("9520000000042", "Salt"), ("ABC-1", "Oil"), ("ABC-2", "Soap"))
    account = import_goods(desk, product_file(tmp_path, *goods), PRODUCTS)
    desk.sync()
    tea, salt, oil = (id_of(on_desk(desk, FOUND, name)[0]) for name in ("Tea", "Salt", "Oil"))
    shop.stock(salt, 3)
    sold = OrderLine(new_id(), tea, MICRO, MICRO, 100)
    order = NewOrder(new_id(), "SO-5", "x", world.warehouse, None, "", "review", 5, None, 0, 0, (sold,))
    bought = (PurchaseLine(new_id(), oil, MICRO, MICRO),)
    drafted = PlacePurchaseOrder(new_id(), "PO-5", home, world.warehouse, shop.supplier, 20260101, bought)
    world.server.house.do(world.merchant_id, PlaceOrder(home, order), drafted)
    assert account.job_id is not None
    UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    kept = "SELECT name FROM skus WHERE archived = 0 AND job_id IS NOT NULL ORDER BY name"
    assert on_desk(desk, kept) == on_server(world.server.engine, kept) == ["Oil", "Salt", "Tea"]
    assert on_server(world.server.engine, "SELECT count(*) FROM barcodes WHERE job_id IS NOT NULL") == [3]
    assert desk.refused() == []


def forget_proofs(shop: Shop, person_id: UUID) -> None:
    engine = shop.world.server.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM proofs WHERE person_id = ?", (person_id.bytes,))
