"""Does what the machine does during a replay cost a pull, and never what a person did?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import ChangePrice
from merchant_desk.handlers.context import carry_out
from merchant_desk.models.faults import Fault, StorageFailed
from merchant_desk.sync import replay
from tests.helpers.lone_desk import LoneDesk, assert_agrees, enrol
from tests.helpers.shop import Shop


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    """A desk with a price of its own, 99, and another one, 50, on its way to it."""
    opened = enrol(shop)
    opened.sync()
    opened.do(ChangePrice(shop.rice, 99 * MICRO))
    shop.world.server.house.do(shop.world.merchant_id, ChangePrice(shop.rice, 50 * MICRO))
    yield opened
    opened.close()


def pull(desk: LoneDesk) -> None:
    page = desk.api.feed(desk.engine.position.cursor, 100)
    for ops, until in desk.engine.slices(page):
        desk.engine.apply_slice(ops, until)


def price(desk: LoneDesk, sku_id: UUID) -> int:
    with desk.profile.reader.connect() as connection, connection.begin():
        sql = "SELECT price FROM skus WHERE id = ?"
        return int(connection.exec_driver_sql(sql, (sku_id.bytes,)).scalar_one()) // MICRO


def breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*given: object) -> None:
        raise error

    monkeypatch.setattr(replay, "carry_out", fail)


@pytest.mark.parametrize("error", [StorageFailed(Path("desk.db"), "disk I/O error"), MemoryError()])
def test_a_disk_that_fails_during_a_replay_takes_nothing_of_what_was_done_here(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, error: Fault | MemoryError
) -> None:
    breaking(monkeypatch, error)
    cursor = desk.engine.position.cursor
    with pytest.raises(type(error)):
        pull(desk)
    assert (desk.engine.position.cursor, price(desk, shop.rice)) == (cursor, 99)
    monkeypatch.setattr(replay, "carry_out", carry_out)
    desk.restart()
    assert (desk.engine.position.cursor, price(desk, shop.rice)) == (cursor, 99)
    pull(desk)
    assert desk.engine.position.cursor > cursor
    assert price(desk, shop.rice) == 99
    desk.sync()
    assert_agrees(desk)


@pytest.mark.expects_log("replay_failed")
def test_a_handler_that_breaks_during_a_replay_holds_up_no_pull(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaking(monkeypatch, ZeroDivisionError("a bug"))
    cursor = desk.engine.position.cursor
    pull(desk)
    assert desk.engine.position.cursor > cursor
    assert price(desk, shop.rice) == 50
    monkeypatch.setattr(replay, "carry_out", carry_out)
    desk.sync()
    assert price(desk, shop.rice) == 99
    assert_agrees(desk)
