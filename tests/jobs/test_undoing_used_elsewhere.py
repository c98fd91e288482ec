"""What an undone import made, in the hands of a desk that has not heard of the undo."""

from pathlib import Path
from typing import Any

import pytest

from merchant_desk.desk import Desk
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_corrections_beside_others import alone
from tests.jobs.test_opening_undo import FILES, bring_in, standing, undo_all

TEA = "9520000000035"


@pytest.fixture
def desks(shop: Shop) -> tuple[Desk, Desk]:
    return shop.desk("manager", ("cost", "personal")), shop.desk("manager", ("cost", "personal"))


def exchange(*desks: Desk) -> None:
    for _ in range(2):
        for desk in desks:
            desk.sync()


def test_files_that_two_desks_brought_in_are_taken_back_for_both(
    shop: Shop, desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    one, other = desks
    before = standing(one)

    def both() -> None:
        for desk in desks:
            for kind in FILES:
                bring_in(desk, tmp_path, kind)

    alone(shop, both)
    exchange(other)
    assert undo_all(other)[1] == 0
    exchange(other, one)
    assert one.refused() == other.refused() == []
    assert standing(one) == standing(other) == before
    assert [task.code for task in one.tasks()] == ["came_after_undo"] * len(FILES)


@pytest.mark.parametrize("use", ["receipt", "purchase", "count", "shipment"])
def test_a_product_whose_goods_were_moved_by_a_desk_that_had_not_heard_stands_again(
    shop: Shop, desks: tuple[Desk, Desk], tmp_path: Path, use: str
) -> None:
    one, other = desks
    for kind in FILES:
        bring_in(one, tmp_path, kind)
    exchange(one, other)

    def work() -> None:
        if use == "count":
            document: Any = one.count("A-03")
        elif use == "shipment":
            document = one.ship("SO-1")
        else:
            document = one.receive("PO-9" if use == "purchase" else "")
        for _ in range(2):
            assert document.scan(TEA).code == "accepted"
        document.finish()

    alone(shop, work)
    assert undo_all(other)[:2] == (10, 0)
    exchange(other, one, other)
    active = "SELECT sku FROM skus WHERE job_id IS NOT NULL AND archived = 0"
    server = shop.world.server.engine
    assert on_server(server, active) == on_desk(one, active) == on_desk(other, active) == ["TEA"]
    for desk in desks:
        assert desk.refused() == []
        assert [task.code for task in desk.tasks()].count("undone_in_use") == 1
    bring_in(one, tmp_path, "products")
    assert sorted(on_desk(one, active)) == ["SALT", "TEA"], "tea stands, and has its code again"
    assert on_desk(one, "SELECT count(*) FROM barcodes WHERE code = ?", TEA) == [1]
    exchange(one, other)
    assert one.refused() == []
