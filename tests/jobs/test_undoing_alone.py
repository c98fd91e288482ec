"""An undo takes back what its own job made, and only that: who may import erases nobody's customers by it."""

from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.jobs import UndoImport
from merchant_desk.domain.organisation import GrantRole
from merchant_desk.domain.refusals import Refusal
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_opening_undo import bring_in, standing

MADE = ("orders", "skus", "barcodes", "suppliers", "buyers")


def test_another_jobs_work_stays(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    for kind in ("suppliers", "buyers", "products", "open_orders", "purchase_orders"):
        bring_in(desk, tmp_path, kind)
    job = bring_in(desk, tmp_path, "opening_stock").job_id
    assert job is not None
    desk.sync()
    before, erased = standing(desk), "SELECT count(*) FROM buyer_keys"
    ids = {name: tuple(map(id_of, on_desk(desk, f"SELECT id FROM {name}"))) for name in MADE}
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


def forget_proofs(shop: Shop, person_id: UUID) -> None:
    engine = shop.world.server.engine
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM proofs WHERE person_id = ?", (person_id.bytes,))
