"""Is a difference from the server noticed, told, and put right without touching what was not sent?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.models.images import wrap
from merchant_desk.models.recount import recount
from merchant_desk.models.tables import SPECS
from merchant_desk.sync.checking import differing, local_sums
from merchant_desk.sync.exchange import CHECK_EVERY, CHECK_SECONDS
from merchant_desk.sync.outbox import pack_effects
from merchant_desk.sync.protocol import CheckAnswer
from merchant_desk.sync.transport import Unreachable
from merchant_desk.sync.troubles import TableRepaired, TablesDiffer
from tests.helpers.lone_desk import (
    LoneDesk,
    adjust,
    assert_agrees,
    enrol,
    examples,
    images,
    order,
    receipt,
    totals,
)
from tests.helpers.shop import Shop

pytestmark = pytest.mark.expects_log("tables_repaired|rebuild_needed")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 20)
    opened.stock(opened.beer, 5, shelf=1)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    opened = enrol(shop)
    for body in (*receipt(shop, "RC-1"), *order(shop, "SO-1")):
        opened.do(body)
    opened.sync()
    yield opened
    opened.close()


def compare(desk: LoneDesk) -> object:
    return desk.exchange.compare(desk.changes.append, lambda: False)


def wrong(desk: LoneDesk) -> list[str] | None:
    answer = desk.api.check()
    with desk.profile.reader.connect() as connection, connection.begin():
        return differing(connection, desk.engine.store, answer)


DAMAGE = {
    "a row is missing": ("DELETE FROM skus WHERE sku = 'RICE-10'", "skus", 1),
    "a row is older": (
        "UPDATE skus SET name = '旧', feed_hash = feed_hash - 1 WHERE sku = 'RICE-10'",
        "skus",
        1,
    ),
    "a row is too many": (
        "INSERT INTO suppliers SELECT x'00112233445566778899aabbccddeeff', 'S9', 's9', 'N', 0, NULL, 3, 4711",
        "suppliers",
        1,
    ),
    "a row is taken for its own": ("UPDATE barcodes SET feed_seq = NULL, feed_hash = NULL", "barcodes", 3),
    "rows of a ledger are missing": ("DELETE FROM ledger", "ledger", 4),
    "rows of a ledger are other ones": (
        "UPDATE ledger SET quantity = quantity * 3, feed_hash = feed_hash + 5",
        "ledger",
        4,
    ),
}


@pytest.mark.parametrize("damage", list(DAMAGE))
def test_what_differs_is_fetched_again(shop: Shop, desk: LoneDesk, damage: str) -> None:
    statement, table, rows = DAMAGE[damage]
    desk.sql(statement)
    assert wrong(desk) == [table]
    desk.changes.clear()
    alarm = compare(desk)
    assert isinstance(alarm, TableRepaired)
    assert alarm.facts == {"tables": table, "rows": rows}
    assert table in alarm.sentence("zh")
    assert "fetched again" in alarm.sentence("en")
    assert wrong(desk) == []
    assert any(table in changes for changes in desk.changes)
    desk.sync()
    assert_agrees(desk)
    assert compare(desk) is None


def test_pending_work_stands_on_top_of_what_is_put_right(shop: Shop, desk: LoneDesk) -> None:
    bodies = (*receipt(shop, "RC-2"), *order(shop, "SO-2"), adjust(shop, 4))
    waiting = [desk.do(body) for body in bodies]
    assert wrong(desk) == []
    tables = [name for name, spec in SPECS.items() if spec.synced]
    before = images(desk.engine.store, shop, tables), totals(desk.engine.store, shop)
    desk.sql("DELETE FROM orders WHERE feed_hash IS NOT NULL")
    desk.sql("UPDATE ledger SET feed_hash = 1, quantity = 7 WHERE feed_hash IS NOT NULL")
    desk.sql("UPDATE stock_balances SET on_hand = on_hand + 1")
    assert wrong(desk) == ["ledger", "orders"]
    assert isinstance(compare(desk), TableRepaired)
    assert (images(desk.engine.store, shop, tables), totals(desk.engine.store, shop)) == before
    assert desk.op_ids()[-len(waiting) :] == waiting
    assert {row[1] for row in desk.outbox()[-len(waiting) :]} == {"pending"}
    desk.sync()
    assert_agrees(desk)


def test_a_row_that_own_work_removed_is_no_difference(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop))
    entry = desk.engine.store
    with entry.unit(shop.world.merchant_id) as unit:
        unit.begin_op()
        (row,) = unit.find("skus", sku_key="rice-10")
        unit.remove("skus", row["id"])
        effects, _ = unit.end_op()
        unit.cursor.execute(
            "UPDATE outbox SET effects = ? WHERE device_seq = (SELECT max(device_seq) FROM outbox)",
            [pack_effects(entry, effects)],
        )
    assert wrong(desk) == []


def test_sums_of_the_server_that_are_wrong_themselves_are_told_once(shop: Shop, desk: LoneDesk) -> None:
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE scope_checks SET sum = sum + 1 WHERE table_name = 'skus'")
    alarm = compare(desk)
    assert isinstance(alarm, TablesDiffer)
    assert "skus" in alarm.sentence("zh")
    desk.wire.requests.clear()
    assert compare(desk) is None
    assert desk.wire.paths() == ["/check"]
    assert_agrees(desk)


def test_a_repair_that_the_line_cut_is_done_the_next_time(shop: Shop, desk: LoneDesk) -> None:
    desk.sql("DELETE FROM ledger")
    desk.sql("DELETE FROM skus")
    seen: list[str] = []

    def cut(request: object) -> object:
        seen.append(request.path)  # type: ignore[attr-defined]
        if len(seen) == 2:
            raise Unreachable("interrupted", "the test says so")
        return request

    desk.wire.before = cut  # type: ignore[assignment]
    with pytest.raises(Unreachable):
        compare(desk)
    assert isinstance(compare(desk), TableRepaired)
    assert_agrees(desk)


def test_it_is_looked_at_after_the_first_pull_and_then_now_and_then(shop: Shop) -> None:
    desk = enrol(shop)
    assert "/check" in desk.wire.paths()
    desk.wire.requests.clear()
    for _ in range(CHECK_EVERY + 5):
        desk.sync()
    assert "/check" not in desk.wire.paths()
    desk.watch.now += CHECK_SECONDS + 1
    desk.sync()
    desk.sync()
    assert desk.wire.paths().count("/check") == 1
    desk.close()


def test_what_came_meanwhile_is_no_difference(shop: Shop, desk: LoneDesk) -> None:
    shop.stock(shop.rice, 1)
    assert wrong(desk) is None
    assert compare(desk) is None
    answer = desk.api.check()
    elsewhere = CheckAnswer(desk.engine.position.cursor, shop.world.chance.new_id(), answer.checks)
    with desk.profile.reader.connect() as connection, connection.begin():
        assert differing(connection, desk.engine.store, elsewhere) is None


def test_totals_are_counted_again(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop, 3))
    before = totals(desk.engine.store, shop)
    desk.sql("UPDATE stock_balances SET on_hand = 99")
    desk.sql("DELETE FROM availability")
    desk.sql("UPDATE line_totals SET reserved = 5, done = 5")
    with desk.profile.writer.begin() as connection:
        found = recount(connection.connection.cursor())
    assert set(found) == {"stock_balances", "availability", "line_totals"}
    assert totals(desk.engine.store, shop) == before
    with desk.profile.writer.begin() as connection:
        assert recount(connection.connection.cursor()) == {}


@pytest.mark.expects_log("totals_recounted")
def test_a_person_may_ask_for_it(shop: Shop) -> None:
    desk = shop.desk()
    with desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE stock_balances SET on_hand = 99")
        connection.exec_driver_sql("DELETE FROM barcodes")
    status = desk.runtime.check_again()
    assert isinstance(status.alarm, TableRepaired)
    with desk.runtime.read() as connection, connection.begin():
        assert connection.exec_driver_sql("SELECT max(on_hand) FROM stock_balances").scalar() != 99
        assert connection.exec_driver_sql("SELECT count(*) FROM barcodes").scalar() == 3


@examples(6)
@given(st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=12))
def test_sums_wrap_around_like_the_servers(
    tmp_path_factory: pytest.TempPathFactory, hashes: list[int]
) -> None:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    desk = enrol(shop)
    with desk.profile.writer.begin() as connection:
        connection.exec_driver_sql("DELETE FROM suppliers")
        for n, check in enumerate(hashes):
            connection.exec_driver_sql(
                "INSERT INTO suppliers VALUES (?, ?, ?, '', 0, NULL, 1, ?)",
                (n.to_bytes(16, "big"), str(n), str(n), check),
            )
        found = {key[0]: value for key, value in local_sums(connection, desk.engine.store).items()}
    assert found.get("suppliers", (0, 0)) == (len(hashes), wrap(sum(hashes)))
    desk.close()
    shop.close()
