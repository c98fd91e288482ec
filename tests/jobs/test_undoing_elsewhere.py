"""An import that is taken back at one desk while another desk of its outlet is at it, or has been."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.ids import id_of
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.faults import TakenBackMeanwhile
from merchant_desk.jobs.passes import Progress
from tests.helpers.shop import Shop
from tests.jobs.imports import PRODUCTS, bring_in, job, on_desk, on_server, product_file
from tests.jobs.test_corrections import bring_in as correct
from tests.jobs.test_corrections import stocked
from tests.jobs.test_corrections import undo as undo_correction
from tests.jobs.test_corrections_beside_others import OLD, PRICE, ROW, alone
from tests.jobs.test_corrections_beside_others import everywhere as everyone_says
from tests.jobs.test_undoing import undo

__all__ = ["stocked"]

STANDING = "SELECT count(*) FROM skus WHERE archived = 0 AND job_id IS NOT NULL"
STATUS = "SELECT status FROM jobs"


def goods(folder: Path, count: int = 450) -> Path:
    return product_file(folder, *((f"{n:06d}", f"Thing {n:03d}") for n in range(count)))


def begin(desk: Desk, path: Path) -> UUID:
    """Import the first 200 rows, and stop."""
    seen: list[Progress] = []
    work = job(desk, path, PRODUCTS)
    work.dry_run()
    account = work.run(seen.append, lambda: len(seen) >= 2)
    assert account.job_id is not None
    assert on_desk(desk, STATUS) == ["started"]
    return account.job_id


def take_back(desk: Desk, job_id: UUID) -> int:
    """Undo at another desk, and send that."""
    desk.sync()
    taken = undo(desk, job_id, 500).taken_back
    desk.sync()
    return taken


def everywhere(shop: Shop, desks: Sequence[Desk]) -> tuple[list[str], list[int]]:
    for _ in range(2):
        for desk in desks:
            desk.sync()
            assert desk.refused() == []
    server = shop.world.server.engine
    said = on_server(server, STATUS), on_server(server, STANDING)
    assert [(on_desk(desk, STATUS), on_desk(desk, STANDING)) for desk in desks] == [said] * len(desks)
    return said


def test_what_comes_after_the_undo_stays_out_and_is_told_once(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    other, path = shop.desk("manager"), goods(tmp_path)
    job_id = begin(desk, path)
    desk.sync()
    alone(shop, lambda: bring_in(desk, path, PRODUCTS))
    assert take_back(other, job_id) == 200
    assert everywhere(shop, (desk, other)) == (["undone"], [0])
    assert [task.code for task in desk.tasks()] == ["came_after_undo"]
    assert desk.tasks()[0].code == other.tasks()[0].code
    assert bring_in(desk, path, PRODUCTS).new == 450, "who knows of the undo may bring the file in anew"
    assert everywhere(shop, (desk, other)) == (["finished"], [450])
    assert undo(other, job_id, 900).taken_back == 450
    assert everywhere(shop, (desk, other)) == (["undone"], [0])


def test_an_import_that_runs_stops_where_it_hears_of_the_undo(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    other, path = shop.desk("manager"), goods(tmp_path)
    work, told = job(desk, path, PRODUCTS), 0
    job_id = work.dry_run().job_id
    assert job_id is not None

    def meanwhile(_: Progress) -> None:
        nonlocal told
        told += 1
        if told == 3:
            desk.sync()
            take_back(other, job_id)
            desk.sync()

    with pytest.raises(TakenBackMeanwhile):
        work.run(meanwhile)
    assert everywhere(shop, (desk, other)) == (["undone"], [0])
    assert bring_in(desk, path, PRODUCTS).new == 450


def test_an_import_that_goes_on_later_hears_of_the_undo_before_it_brings_all_back(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other, path = shop.desk("manager"), goods(tmp_path)
    job_id = begin(desk, path)
    desk.sync()
    assert take_back(other, job_id) == 200
    desk.sync()
    with pytest.raises(TakenBackMeanwhile):
        bring_in(desk, path, PRODUCTS)
    assert everywhere(shop, (desk, other)) == (["undone"], [0])
    assert bring_in(desk, path, PRODUCTS).new == 450, "told once; then it is what the person wants"


def test_who_stopped_and_undid_an_import_is_not_told_of_it(desk: Desk, tmp_path: Path) -> None:
    path = goods(tmp_path)
    assert undo(desk, begin(desk, path), 500).taken_back == 200
    assert bring_in(desk, path, PRODUCTS).new == 450


def test_one_file_that_two_desks_brought_in_is_taken_back_for_both(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other, path = shop.desk("manager"), goods(tmp_path, 150)

    def both() -> None:
        for one in (desk, other):
            bring_in(one, path, PRODUCTS)

    alone(shop, both)
    assert take_back(other, id_of(on_desk(other, "SELECT id FROM jobs")[0])) == 150
    assert everywhere(shop, (desk, other)) == (["undone"], [0])
    assert [task.code for task in other.tasks()] == ["came_after_undo"]


def test_a_correction_that_comes_after_its_undo_stays_out(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    other.sync()
    accounts: list[Account] = []
    alone(shop, lambda: accounts.extend(correct(one, tmp_path, ROW) for one in (stocked, other)))
    assert accounts[0].job_id == accounts[1].job_id
    other.sync()
    assert undo_correction(other, accounts[1]).taken_back == 1
    for one in (other, stocked, other):
        one.sync()
    assert everyone_says(shop, PRICE, stocked, other) == OLD
    assert [task.code for task in other.tasks()] == ["came_after_undo"]


def test_two_corrections_undone_in_the_wrong_order_end_where_they_began(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    first = correct(stocked, tmp_path, ROW)
    second = correct(stocked, tmp_path, "C1,,,7.00,,,,,")
    stocked.sync()
    other.sync()
    (left,) = undo_correction(other, first).left
    assert left.change.field == "price", "it is told: the second one wrote over it"
    assert undo_correction(other, second).taken_back == 1
    again = undo_correction(other, first)
    assert (again.taken_back, again.left, again.kept) == (1, (), 0)
    for one in (other, stocked):
        one.sync()
    assert everyone_says(shop, PRICE, stocked, other) == OLD
