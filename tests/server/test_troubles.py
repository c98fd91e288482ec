"""When disk or database are in trouble: is it said by name, is nothing lost, does work go on by itself?"""

import asyncio
import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from merchant_desk.domain.products import AddProduct
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.columns import Row, Side
from merchant_desk.models.faults import DiskFull
from merchant_desk.models.unit import Unit
from merchant_desk.server.upkeep import Upkeep
from merchant_desk.sync.protocol import PushAnswer, PushRequest, Status, decode, decode_header
from tests.helpers.postgres import PostgresCluster, PostgresUnavailableError
from tests.helpers.world import WorldDesk
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.web import WebDesk, WebWorld, problem, web_world

TROUBLE = "storage_trouble|upkeep_failed"
PAGES = "PRAGMA max_page_count = "


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test's own, to be stopped and started."""
    try:
        made = PostgresCluster(durable=True)
    except PostgresUnavailableError as unavailable:
        pytest.skip(str(unavailable))
    with made:
        yield made


def working_desk(world: WebWorld, folder: Path) -> tuple[WebDesk, WorldDesk, AdjustStock]:
    """Return a desk that has pulled a product, and something to do with it."""
    desk = world.desk()
    sku = rice(world)
    world.services.house.do(world.merchant.id, AddProduct(sku))
    return desk, real_desk(world, desk, folder), adjust(world, sku, 1)


def batch_of(engine: WorldDesk, work: AdjustStock, world: WebWorld, count: int) -> PushRequest:
    for _ in range(count):
        engine.engine.do(work, world.merchant.worker)
    return engine.engine.next_batch()


@pytest.mark.expects_log(TROUBLE)
def test_the_servers_disk_is_full(embedded: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(embedded, tmp_path)
    batch = batch_of(engine, work, embedded, 300)
    writer = embedded.services.database.writer
    with writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"{PAGES}{pages}")
    answer = desk.post("/push", batch)
    assert (answer.status_code, problem(answer).code) == (503, "disk_full")
    assert answer.headers["Retry-After"] == "5"
    assert str(tmp_path) not in answer.text
    assert desk.get("/check").status_code == 200
    with writer.connect() as connection:
        connection.exec_driver_sql(f"{PAGES}1000000")
    done = decode(desk.post("/push", batch).content, PushAnswer)
    assert [outcome.status for outcome in done.outcomes] == [Status.APPLIED] * 300
    assert done.stopped == ""
    engine.db.dispose()


@pytest.mark.expects_log(TROUBLE)
def test_trouble_that_lasts_is_logged_once(
    embedded: WebWorld, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = embedded.services.contacts
    desk = embedded.desk()
    failing, seen = threading.Event(), []

    def fail() -> None:
        seen.append(1)
        if len(seen) > 3:
            failing.set()
        raise DiskFull(Path("x"), 0)

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.server.upkeep.CONTACT_SECONDS", 0.01)
        upkeep = Upkeep(embedded.services, embedded.app.state.lanes, embedded.app.state.notices)
        patch.setattr(contacts, "flush", fail)
        desk.get("/check")

        async def run_until_it_failed_often() -> None:
            async with upkeep.running():
                await asyncio.to_thread(failing.wait, 20)

        embedded.loop.run(run_until_it_failed_often())
    told = [line for line in caplog.messages if "upkeep_failed" in line and "disk_full" in line]
    assert len(seen) > 3
    assert len(told) in (1, 2)  # the application's own upkeep may have met it too


@pytest.mark.expects_log(TROUBLE)
@pytest.mark.expects_log("stamina|sqlalchemy.pool")
def test_postgresql_goes_away_and_comes_back(cluster: PostgresCluster, tmp_path: Path) -> None:
    url = cluster.server.create_database()
    with web_world(tmp_path, url) as world:
        desk, engine, work = working_desk(world, tmp_path)
        batch = batch_of(engine, work, world, 5)
        cluster.stop(crash=True)
        for answer in (desk.post("/push", batch), desk.get("/feed?after=0"), desk.get("/notice?wait=1")):
            assert (answer.status_code, problem(answer).code) == (503, "database_unreachable")
        health = world.client.get("/health").json()
        assert (health["status"], health["trouble"]) == ("down", "database_unreachable")
        cluster.start()
        answer = desk.post("/push", batch)
        assert answer.status_code == 200, problem(answer)
        done = decode(answer.content, PushAnswer)
        assert [outcome.status for outcome in done.outcomes] == [Status.APPLIED] * 5
        assert world.client.get("/health").json()["trouble"] == ""
        engine.db.dispose()


@pytest.mark.expects_log(TROUBLE)
def test_a_connection_that_dies_in_mid_push_costs_no_operation(
    tmp_path: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The trouble strikes inside a handler, where a mistake of ours would park the operation."""
    with web_world(tmp_path, server_url) as world:
        desk, engine, work = working_desk(world, tmp_path)
        batch = batch_of(engine, work, world, 3)
        insert = Unit.insert

        def dying(unit: Unit, table: str, row: Row) -> Row:
            if table == "ledger":
                (pid,) = unit.cursor.execute("SELECT pg_backend_pid()").fetchone()
                with world.services.database.reader.connect() as other:
                    other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
                unit.cursor.execute("SELECT 1")
            return insert(unit, table, row)

        monkeypatch.setattr(Unit, "insert", dying)
        answer = desk.post("/push", batch)
        monkeypatch.undo()
        assert (answer.status_code, problem(answer).code) == (503, "database_unreachable")
        done = decode(desk.post("/push", batch).content, PushAnswer)
        assert (done.stopped, [one.status for one in done.outcomes]) == ("", [Status.APPLIED] * 3)
        engine.db.dispose()


@pytest.mark.expects_log(TROUBLE)
def test_a_lock_that_is_not_had_in_time_costs_no_operation(
    tmp_path: Path, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The statement fails inside a handler, and the connection lives: the same batch is right later."""
    with web_world(tmp_path, server_url) as world:
        desk, engine, work = working_desk(world, tmp_path)
        batch = batch_of(engine, work, world, 3)
        insert = Unit.insert

        def slow(unit: Unit, table: str, row: Row) -> Row:
            if table == "ledger":
                unit.cursor.execute("SET LOCAL statement_timeout = 20")
                unit.cursor.execute("SELECT pg_sleep(5)")
            return insert(unit, table, row)

        monkeypatch.setattr(Unit, "insert", slow)
        answer = desk.post("/push", batch)
        monkeypatch.undo()
        assert (answer.status_code, problem(answer).code) == (503, "database_unreachable")
        done = decode(desk.post("/push", batch).content, PushAnswer)
        assert (done.stopped, [one.status for one in done.outcomes]) == ("", [Status.APPLIED] * 3)
        engine.db.dispose()


@pytest.mark.expects_log("handler_failed|write_failed|psycopg.*pipeline")
@pytest.mark.parametrize("place", ["unit", "flush"])
def test_one_poisoned_operation_holds_up_no_other(
    world: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A mistake of ours in a handler, or in what it wrote, costs its own operation alone."""
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    poison = dataclasses.replace(work, reason="breakage")
    engine.engine.do(poison, world.merchant.worker)
    engine.engine.do(work, world.merchant.worker)
    insert = Unit.insert

    def breaking(unit: Unit, table: str, row: Row) -> Row:
        if table == "ledger" and unit.store.side is Side.SERVER and row["reason"] == "breakage":
            if place == "unit":
                raise ZeroDivisionError
            row = {**row, "time": 1 << 63}  # fits the feed, not the column
        return insert(unit, table, row)

    monkeypatch.setattr(Unit, "insert", breaking)
    for _ in range(6):
        request = engine.engine.next_batch()
        if not request.ops:
            break
        answer = decode(desk.post("/push", request).content, PushAnswer)
        engine.engine.take_outcomes(answer.outcomes)
        if answer.stopped:
            assert answer.stopped == "unreadable"
            assert answer.expected == 2
            alone = [
                msgspec.structs.replace(op, body=None)
                for op in request.ops
                if decode_header(op.header).device_seq == 2
            ]
            parked = decode(desk.post("/push", PushRequest(alone)).content, PushAnswer)
            assert [one.status for one in parked.outcomes] == [Status.PARKED]
            engine.engine.take_outcomes(parked.outcomes)
    monkeypatch.undo()
    with engine.db.connect() as connection:
        rows = connection.exec_driver_sql("SELECT status FROM outbox ORDER BY device_seq").scalars().all()
    assert rows == ["applied", "parked", "applied"]
    engine.db.dispose()
