"""Tasks that tell of a state, by desks that work offline: do all sides tell the same, whoever is first?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, OpenCount
from tests.helpers.shop import Shop
from tests.helpers.world import World, WorldDesk
from tests.jobs.imports import on_desk, on_server

HOUR = 3_600_000_000
RICE = "9520000000028"
TASKS = "SELECT code, status, resolution, facts FROM tasks ORDER BY id"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    made = Shop(folder)
    yield made
    made.close()


def exchanged(shop: Shop, first: Desk, second: Desk) -> list[tuple[str, str, str, dict[str, str | int]]]:
    """Let both desks come on line, one after the other, and return the tasks that all sides agree on."""
    shop.fetch.down = False
    for desk in (first, second, first, second):
        desk.sync()
        assert desk.refused() == []
    tasks = on_desk(first, TASKS)
    assert on_desk(second, TASKS) == tasks == on_server(shop.world.server.engine, TASKS)
    return [(code, status, how, json.loads(facts)) for code, status, how, facts in tasks]


def counted(world: World, desk: WorldDesk, number: str, opened: int, closed: int) -> None:
    """Count the first shelf at a desk, without a network, between two hours of its clock."""
    id = world.chance.new_id()
    place = (world.outlet, world.warehouse, world.shelves[0])
    desk.skew = opened * HOUR
    desk.engine.do(OpenCount(id, number, *place, False), world.worker)
    desk.skew = closed * HOUR
    desk.engine.do(CloseCount(id, world.outlet, ()), world.worker)


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("spans", "codes"), [
    (((10, 14), (4, 20)), [("counted_twice", "open")]), (((1, 4), (10, 15)), []), (((10, 15), (1, 4)), []),
])  # fmt: skip
def test_counts_made_offline_are_told_where_they_were_at_once(
    tmp_path: Path, spans: tuple[tuple[int, int], ...], codes: list[tuple[str, str]], first: int
) -> None:
    world = World(tmp_path)
    desks = [world.desk(), world.desk()]
    for n, (desk, span) in enumerate(zip(desks, spans, strict=True)):
        counted(world, desk, f"CT-{n}", *span)
    for n in (first, 1 - first, first, 1 - first):
        desks[n].sync()
    seen = []
    for engine in (world.server.engine, *(desk.db for desk in desks)):
        with engine.connect() as connection:
            seen.append(connection.exec_driver_sql("SELECT id, code, status, facts FROM tasks").all())
        engine.dispose()
    assert seen[0] == seen[1] == seen[2]
    assert [(code, status) for _, code, status, _ in seen[0]] == codes


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("undone", "left"), [(1, 13), (3, 11), (6, 0)])
def test_too_many_received_offline_is_told_as_it_stands(
    shop: Shop, undone: int, left: int, first: int
) -> None:
    desks = [shop.desk(), shop.desk()]
    shop.fetch.down = True
    receipts = [desk.receive("PO-1") for desk in desks]
    for receipt, times in zip(receipts, (6, 8), strict=True):
        for _ in range(times):
            receipt.scan(RICE)
    for _ in range(undone):
        receipts[0].scan("MD:UNDO")
    tasks = exchanged(shop, desks[first], desks[1 - first])
    if left:
        ((code, status, _, facts),) = tasks
        assert (code, status) == ("over_delivered", "open")
        assert (facts["ordered"], facts["received"]) == (10 * MICRO, left * MICRO)
    else:
        assert [task[:3] for task in tasks] in ([], [("over_delivered", "settled", "withdrawn")])


def test_a_desk_withdraws_its_own_before_anybody_hears_of_it(shop: Shop) -> None:
    desk, other = shop.desk(), shop.desk()
    shop.fetch.down = True
    receipt = desk.receive("PO-1")
    for _ in range(12):
        receipt.scan(RICE)
    assert on_desk(desk, "SELECT status FROM tasks") == ["open"]
    for _ in range(2):
        receipt.scan("MD:UNDO")
    assert on_desk(desk, "SELECT status, resolution FROM tasks") == [("settled", "withdrawn")]
    assert [task[:3] for task in exchanged(shop, desk, other)] == [("over_delivered", "settled", "withdrawn")]
