"""Who may take an import back: whoever might have brought it in, wherever the undo was put together."""

from pathlib import Path
from typing import Any

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.jobs import StartImport, UndoImport
from merchant_desk.domain.organisation import AddOutlet, GrantRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.opening_undo import OpeningUndo
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_opening_undo import FILES, bring_in, standing


@pytest.fixture
def local(shop: Shop) -> Desk:
    """The desk of somebody who is manager at this outlet, and nowhere else."""
    world = shop.world
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", world.outlet))
    return shop.desk("worker", ("cost", "personal"))


@pytest.mark.parametrize("kind", ["products", "suppliers", "buyers"])
def test_what_the_merchant_imported_is_not_taken_back_by_a_manager_of_one_outlet(
    shop: Shop, local: Desk, tmp_path: Path, kind: Any
) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    job_id = bring_in(desk, tmp_path, kind).job_id
    assert job_id is not None
    for one in (desk, desk, local):
        one.sync()
    before = standing(local)
    with pytest.raises(Refusal) as refused:
        UndoJob(local.runtime, lambda: local.person.id, job_id).run()
    assert refused.value.code == "not_allowed"
    for one in (local, desk):
        one.sync()
    assert standing(local) == standing(desk) == before
    assert on_server(shop.world.server.engine, "SELECT status FROM jobs") == ["finished"]


def test_a_manager_of_the_outlet_takes_back_what_is_the_outlets(
    shop: Shop, local: Desk, tmp_path: Path
) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    jobs = [bring_in(desk, tmp_path, kind).job_id for kind in FILES][3:]
    for one in (desk, desk, local):
        one.sync()
    for job_id in reversed(jobs):
        assert job_id is not None
        assert UndoJob(local.runtime, lambda: local.person.id, job_id).run().kept == 0
    local.sync()
    assert local.refused() == []
    assert (standing(local)["orders"], standing(local)["stock"]) == (0, 0)


def test_books_are_not_taken_back_in_part_by_who_may_not_take_back_all(
    shop: Shop, local: Desk, tmp_path: Path
) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    for kind in FILES:
        bring_in(desk, tmp_path, kind)
    for one in (desk, desk, local):
        one.sync()
    before = standing(local)
    with pytest.raises(Refusal) as refused:
        OpeningUndo(local.runtime, lambda: local.person.id).run()
    assert (refused.value.code, refused.value.facts["right"]) == ("not_allowed", "import")
    local.sync()
    assert standing(local) == before
    assert local.pending() == []


def test_a_desk_that_does_not_ask_is_refused_by_the_server(
    shop: Shop, local: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop.desk("manager", ("cost", "personal"))
    job_id = bring_in(desk, tmp_path, "products").job_id
    assert job_id is not None
    desk.sync()
    shop.fetch.down = True
    world = shop.world
    skus = tuple(map(id_of, on_desk(desk, "SELECT id FROM skus WHERE job_id IS NOT NULL")))
    shop.fetch.down = False
    local.sync()
    with monkeypatch.context() as careless:
        careless.setattr("merchant_desk.handlers.jobs._check_rights", lambda *_: None)
        local.do(UndoImport(job_id, world.outlet, 1, (), skus, (), last=True))
    local.sync()
    assert [one.code for one in local.refused()] == ["not_allowed"]
    assert standing(local) == standing(desk)


def test_nobody_begins_another_outlets_import_anew(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    world, home = shop.world, shop.world.outlet
    job_id = bring_in(desk, tmp_path, "suppliers").job_id
    assert job_id is not None
    desk.sync()
    world.outlet = world.chance.new_id()
    second = AddOutlet(world.outlet, "B", "二店", "Asia/Shanghai", 0, world.chance.new_id())
    world.server.house.do(world.merchant_id, second)
    there, digest = shop.desk("manager"), "0" * 64
    world.outlet, outlet = home, world.outlet
    there.sync()
    with pytest.raises(Refusal) as refused:
        there.do(StartImport(job_id, outlet, "suppliers", "f.csv", digest, digest, digest, 1, again=True))
    assert refused.value.code == "other_outlet"
