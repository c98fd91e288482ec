"""Is a count of more goods than one operation settles still ended by one word of the counter?"""

from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import MergeProducts
from merchant_desk.handlers import counting
from merchant_desk.stations import counter, stocktake
from merchant_desk.stations.counter import Sheet
from tests.helpers.shop import Shop
from tests.stations.conftest import LOTTED, RICE
from tests.sync.test_merged_products import TEA, draft


@pytest.fixture(autouse=True)
def one_key_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (counting, stocktake):
        monkeypatch.setattr(module, "KEYS_AT_ONCE", 1)


def test_a_count_of_more_than_one_end_settles_is_ended_by_one_word(shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.stock(shop.beer, 7)
    desk = shop.desk()
    count = desk.count("A-01")
    count.scan("MD:QTY:19")
    count.scan(RICE)
    (left,) = count.uncounted()
    count.finish(gone=(left.stock_key_id,))
    on_hand = {row.sku: row.on_hand // MICRO for row in desk.stock()}
    assert on_hand == {"RICE-10": 19, "BEER-500": 0}
    with desk.runtime.read() as connection, connection.begin():
        kinds = connection.exec_driver_sql("SELECT kind FROM outbox ORDER BY device_seq").scalars().all()
        assert kinds[-2:] == ["close_count", "close_count"]
        assert connection.exec_driver_sql("SELECT status FROM counts").scalar() == "closed"
    desk.sync()
    assert desk.tasks() == []


def test_a_count_that_another_desks_scans_leave_open_is_told_and_ended_again(shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.stock(shop.beer, 7)
    desk, other = shop.desk(), shop.desk("manager")
    count = desk.count("A-01")
    count.scan(RICE)
    for one in (desk, other):
        one.sync()
    shop.fetch.down = True
    there = reopen(other, count.document_id)
    assert there.scan(LOTTED).code == "accepted"
    count.finish()
    shop.fetch.down = False
    for one in (other, desk, other):
        one.sync()
    for one in (desk, other):
        assert [task.code for task in one.tasks()] == ["count_left_open"]
        assert status(one) == "open"
    reopen(other, count.document_id).finish()
    for one in (other, desk):
        one.sync()
    assert (status(desk), len(desk.tasks())) == ("closed", 1)


def test_so_is_one_of_goods_whose_products_were_merged_meanwhile(shop: Shop) -> None:
    desk, other = shop.desk("manager"), shop.desk("manager")
    tea = draft(shop, desk, "TEA")
    count = desk.count("A-01")
    for code in (RICE, TEA):
        assert count.scan(code).code == "accepted"
    for one in (desk, other):
        one.sync()
    shop.fetch.down = True
    there = reopen(other, count.document_id)
    assert there.scan(LOTTED).code == "accepted"
    desk.do(MergeProducts(shop.rice, tea))
    count.finish()
    assert status(desk) == "closed", "to this desk rice is the only key"
    shop.fetch.down = False
    for one in (other, desk, other):
        one.sync()
    assert [task.code for task in desk.tasks()] == ["count_left_open"]


def test_what_was_seen_of_a_merged_product_is_not_left_out(shop: Shop) -> None:
    desk = shop.desk("manager")
    tea = draft(shop, desk, "TEA")
    shop.stock(shop.beer, 7)
    shop.stock(tea, 2)
    desk.sync()
    count = desk.count("A-01")
    assert count.scan(TEA).code == "accepted"
    desk.do(MergeProducts(shop.rice, tea))
    assert [one.sku for one in count.uncounted()] == ["BEER-500"]
    count.scan("MD:UNDO")
    assert [one.sku for one in count.uncounted()] == ["RICE-10", "BEER-500"], "an undone scan saw nothing"


def reopen(desk: Desk, count_id: UUID) -> Sheet:
    def work() -> Sheet:
        return counter.reopen(desk.runtime, lambda: desk.person.id, lambda: 20261122, "counts", count_id)

    return desk.runtime.writer.run(work)


def status(desk: Desk) -> str:
    with desk.runtime.read() as connection, connection.begin():
        return str(connection.exec_driver_sql("SELECT status FROM counts").scalar())
