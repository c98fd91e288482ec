"""Does a desk that comes up by a snapshot hold what the feed would bring, and lose nothing of its own?"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.models.faults import DiskFull
from merchant_desk.models.search import SearchIndex, found_rows
from merchant_desk.sync import exchange
from merchant_desk.sync.desk_state import write_value
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.lone_desk import LoneDesk, adjust, assert_agrees, images, receipt
from tests.helpers.web_desk import WebShop, stored
from tests.server.web import web_world


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebShop]:
    monkeypatch.setattr(exchange, "LOOK_ROWS", 20)
    with web_world(tmp_path) as world:
        yield WebShop(world, tmp_path)


@pytest.fixture
def newcomer(shop: WebShop) -> Iterator[LoneDesk]:
    opened = shop.newcomer()
    yield opened
    opened.close()


def by_feed(desk: LoneDesk) -> None:
    """Let a desk's server know nothing of snapshots."""
    desk.wire.before = lambda request: (
        Request("GET", "/nothing", b"", request.token, 1.0) if request.path == "/snapshot" else request
    )


def left_files(desk: LoneDesk) -> list[str]:
    """Return what stands beside the database and should not."""
    known = {"desk.db", "desk.db-wal", "desk.db-shm"}
    return [file.name for file in desk.folder.glob("desk.db*") if file.name not in known]


def searched(desk: LoneDesk, typed: str) -> list[str]:
    """Return the products that are found, after the index has caught up."""
    index = SearchIndex(desk.profile.writer)
    index.prepare()
    while index.step():
        pass
    with desk.profile.reader.connect() as connection, connection.begin():
        numbers = found_rows(connection, "skus", typed)
        marks = ", ".join(str(number) for number in numbers)
        return sorted(
            connection.exec_driver_sql(f"SELECT sku FROM skus WHERE rowid IN ({marks})").scalars().all()
        )


# ---------------------------------------------------------------- a new desk


def test_a_new_desk_by_snapshot_is_one_by_the_feed(shop: WebShop, newcomer: LoneDesk) -> None:
    other = shop.newcomer("other")
    by_feed(other)
    newcomer.sync()
    other.sync()
    assert "/snapshot" in newcomer.wire.paths()
    assert [path for path in newcomer.wire.feeds() if path.startswith("/feed?after=0")] == [
        "/feed?after=0&rows=20"
    ]
    assert stored(newcomer.engine.store) == stored(other.engine.store)
    assert searched(newcomer, "大米") == searched(other, "大米")
    assert len(searched(newcomer, "大米")) == 60
    assert newcomer.engine.position.epoch == other.engine.position.epoch
    assert left_files(newcomer) == left_files(other) == []
    changed = {table for changes in newcomer.changes for table in changes}
    assert {"skus", "ledger", "stock_balances", "outlets"} <= changed
    for desk in (newcomer, other):
        desk.do(adjust(shop))  # type: ignore[arg-type]
        desk.sync()
        assert_agrees(desk)
    newcomer.sync()
    assert_agrees(newcomer)
    other.close()


def test_a_little_comes_by_the_feed(shop: WebShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LOOK_ROWS", 500)
    desk = shop.newcomer("small")
    desk.sync()
    assert "/snapshot" not in desk.wire.paths()
    assert_agrees(desk)
    desk.close()


def test_what_came_while_it_was_fetched_is_there_too(shop: WebShop, newcomer: LoneDesk) -> None:
    def more(request: Request, response: Response) -> Response:
        if request.path == "/snapshot":
            shop.stock()
        return response

    newcomer.wire.after = more
    newcomer.sync()
    assert_agrees(newcomer)


def test_a_server_without_snapshots_has_a_feed(shop: WebShop, newcomer: LoneDesk) -> None:
    by_feed(newcomer)
    newcomer.sync()
    assert newcomer.wire.paths().count("/snapshot") == 1
    assert_agrees(newcomer)


def test_on_a_slow_line_the_feed_is_sooner(shop: WebShop, newcomer: LoneDesk) -> None:
    def slow(request: Request, response: Response) -> Response:
        if request.path == "/snapshot":
            newcomer.watch.now += 9.0
        return response

    newcomer.wire.after = slow
    newcomer.sync()
    assert newcomer.wire.paths().count("/snapshot") == 2, "the second part tells what the line can do"
    assert left_files(newcomer) == []
    assert_agrees(newcomer)


def test_a_full_disk_leaves_the_desk_as_it_was(shop: WebShop, newcomer: LoneDesk) -> None:
    def full(request: Request, response: Response) -> Response:
        if request.path == "/snapshot":
            raise DiskFull(newcomer.folder, 0)
        return response

    newcomer.wire.after = full
    with pytest.raises(DiskFull):
        newcomer.run()
    assert left_files(newcomer) == []
    newcomer.wire.after = lambda request, response: response
    newcomer.sync()
    assert_agrees(newcomer)


# ---------------------------------------------------------------- a desk that has work of its own


def fall_behind(shop: WebShop, desk: LoneDesk) -> None:
    cursor = desk.engine.position.cursor
    for _ in range(10):
        shop.stock()
    shop.sql(f"UPDATE counters SET floor = {cursor + 10}")


REASONS: dict[str, Callable[[WebShop, LoneDesk], None]] = {
    "its cursor is below the floor": fall_behind,
    "the server has another epoch": lambda shop, desk: shop.renew_epoch(),
}


OWN = ("scan_journal", "document_numbers", "sign_ins", "desk_state")


def own_rows(desk: LoneDesk) -> dict[str, list[tuple[object, ...]]]:
    """Return what is the desk's own beside its outbox; of its state what does not change with the feed."""
    found = {}
    with desk.profile.reader.connect() as connection, connection.begin():
        for name in OWN:
            kept = " WHERE name IN ('identity', 'pin_pepper')" if name == "desk_state" else ""
            rows = connection.exec_driver_sql(f"SELECT * FROM {name}{kept} ORDER BY 1").all()
            found[name] = [tuple(row) for row in rows]
    return found


def keep_own(desk: LoneDesk) -> None:
    """Let a desk have a held scan, a number, a person and a pepper of its own."""
    with desk.profile.writer.begin() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO scan_journal"
            " VALUES (1, x'39', '9', 's', 'inbound', NULL, NULL, 7, 'held', '', NULL, 6000000, 1, 7)"
        )
        run("INSERT INTO document_numbers VALUES ('RC', 42)")
        run("INSERT INTO sign_ins VALUES (x'01', 'pin', 'worker', 'v', 2, NULL, 3)")
        write_value(connection.connection.cursor(), "pin_pepper", b"pepper")


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.parametrize("reason", REASONS)
def test_unsent_work_and_all_of_its_own_stays(shop: WebShop, newcomer: LoneDesk, reason: str) -> None:
    desk = newcomer
    desk.sync()
    sent = [desk.do(body) for body in receipt(shop, "RC-1")]  # type: ignore[arg-type]
    desk.sync()
    unsent = [desk.do(body) for body in receipt(shop, "RC-2")]  # type: ignore[arg-type]
    keep_own(desk)
    own, key = own_rows(desk), desk.profile.vault.key
    REASONS[reason](shop, desk)
    desk.wire.requests.clear()
    desk.sync()
    assert "/snapshot" in desk.wire.paths()
    assert [path for path in desk.wire.feeds() if "after=0&" in path] == []
    assert desk.op_ids() == [*sent, *unsent]
    assert (own_rows(desk), desk.profile.vault.key) == (own, key)
    desk.sync()
    assert_agrees(desk)
    assert left_files(desk) == []


@pytest.mark.expects_log("rebuild_needed")
def test_work_done_meanwhile_is_shown_on_the_new_file_before_it_is_sent(
    shop: WebShop, newcomer: LoneDesk
) -> None:
    desk = newcomer
    desk.sync()
    shop.renew_epoch()
    unsent: list[UUID] = []

    def work_then_no_push(request: Request) -> Request:
        if request.path == "/snapshot" and not unsent:
            unsent.extend(desk.do(body) for body in receipt(shop, "RC-1"))  # type: ignore[arg-type]
        if request.path == "/push":
            raise Unreachable("interrupted", "the test says so")
        return request

    desk.wire.before = work_then_no_push
    with pytest.raises(Unreachable):
        desk.run()
    assert desk.engine.position.epoch == shop.web.services.epoch
    assert len(desk.engine.pending.standing()) == len(unsent) == 4
    assert [row[1] for row in desk.outbox()] == ["pending"] * 4
    shown = images(desk.engine.store, shop, ["receipts"])  # type: ignore[arg-type]
    assert len(shown) == 1
    desk.restart()
    desk.wire.before = lambda request: request
    desk.sync()
    assert_agrees(desk)


@pytest.mark.expects_log("rebuild_needed")
def test_a_floor_above_the_kept_snapshot_makes_the_server_build_another(
    shop: WebShop, newcomer: LoneDesk
) -> None:
    newcomer.sync()
    fall_behind(shop, newcomer)
    newcomer.wire.requests.clear()
    newcomer.sync()
    assert [path for path in newcomer.wire.feeds() if "after=0&" in path] == []
    assert_agrees(newcomer)
