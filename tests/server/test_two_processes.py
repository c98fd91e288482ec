"""Do two processes that serve one database carry a held operation out once, whoever comes first?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Engine, event, select

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.products import AddProduct
from merchant_desk.handlers import context
from merchant_desk.models.columns import Side
from merchant_desk.models.server_tables import metadata, operations
from merchant_desk.models.store import Store
from merchant_desk.server import batch
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import Device, Intake
from merchant_desk.sync.protocol import PushRequest, Status, WireOp, decode_header
from tests.helpers.world import WorldDesk
from tests.server.test_exchange import real_desk, rice
from tests.server.web import WebWorld, database_for, web_world

MOMENTS = 8
"""More transactions than a push with two held operations has, one of them failing."""


@dataclass
class TwoProcesses:
    """A server's services, and the database as another process has it open."""

    world: WebWorld
    elsewhere: ServerDatabase


@pytest.fixture(params=["sqlite", "postgresql"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoProcesses]:
    url = request.getfixturevalue("server_url") if request.param == "postgresql" else None
    with web_world(tmp_path, url) as world:
        elsewhere = database_for(tmp_path, url)
        yield TwoProcesses(world, elsewhere)
        elsewhere.close()


def placed(world: WebWorld, sku_id: UUID, number: str) -> PlaceOrder:
    at, new_id = world.merchant, world.chance.new_id
    line = OrderLine(new_id(), sku_id, MICRO, 5 * MICRO, 500)
    new = NewOrder(
        new_id(), number, "门店", at.warehouse, None, "尾号 2041", "review", world.chance.now, None, 0, 0,
        (line,),
    )  # fmt: skip
    return PlaceOrder(at.outlet, new)


def outcomes(database: ServerDatabase, *ops: WireOp) -> list[tuple[Any, ...]]:
    log = operations.c
    columns = (log.op_id, log.status, log.first_seq, log.last_seq, log.code, log.facts)
    ids = [decode_header(op.header).op_id for op in ops]
    with database.writer.connect() as connection, connection.begin():
        found = {row[0]: tuple(row) for row in connection.execute(select(*columns))}
    return [found[op_id] for op_id in ids]


def held_orders(world: WebWorld, engine: WorldDesk, device: Device, name: str) -> list[WireOp]:
    """Let a product be parked, and two orders be held by it; returns the three as they are pushed."""
    sku, manager = rice(world), world.merchant.manager
    for body in (AddProduct(sku), *(placed(world, sku.sku_id, f"SO-{name}-{n}") for n in range(2))):
        engine.engine.do(body, manager)
    product, *orders = engine.engine.next_batch().ops
    answer = world.services.intake.push(
        device, PushRequest([msgspec.structs.replace(product, body=None), *orders])
    )
    assert [one.status for one in answer.outcomes] == [Status.PARKED, Status.HELD, Status.HELD]
    engine.engine.take_outcomes(answer.outcomes)
    return [product, *orders]


@contextmanager
def after(engine: Engine, moment: int, action: Callable[[], list[Any]]) -> Iterator[list[Any]]:
    """Do something as soon as so many transactions of an engine have ended; yields what it returns."""
    ended, found = count(1), list[Any]()

    def between(*_: Any) -> None:
        if next(ended) == moment:
            found.extend(action())

    event.listen(engine, "checkin", between)
    try:
        yield found
    finally:
        event.remove(engine, "checkin", between)


@pytest.mark.expects_log("write_failed")
def test_a_held_operation_is_carried_out_once(
    two: TwoProcesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, elsewhere = two.world, two.elsewhere
    desk = world.desk()
    engine = real_desk(world, desk, tmp_path)
    device = world.services.enrolment.device_of(desk.enrolled.token)
    assert device is not None
    other = Intake(Store(elsewhere.writer, Side.SERVER), world.services.intake.epoch, world.chance.clock)
    writer = world.services.database.writer
    untaken: set[UUID] = set()

    def carry_out(unit: Any, envelope: Any, body: object) -> None:
        if envelope.op_id in untaken and unit.connection.engine is writer:  # a bug of this version alone
            unit.cursor.execute("INSERT INTO counters SELECT * FROM counters")
        context.carry_out(unit, envelope, body)

    monkeypatch.setattr(batch, "carry_out", carry_out)
    for moment in range(1, MOMENTS + 1):
        ops = held_orders(world, engine, device, str(moment))
        untaken = {decode_header(ops[1].header).op_id}

        def others(ops: list[WireOp] = ops) -> list[tuple[Any, ...]]:
            other.push(device, PushRequest([msgspec.structs.replace(op, body=None) for op in ops[1:]]))
            return outcomes(elsewhere, *ops)

        with after(writer, moment, others) as meanwhile:
            world.services.intake.push(device, PushRequest(ops[:1]))
        found = outcomes(elsewhere, *ops)
        assert [one for one in meanwhile if one[1] == "applied" and one not in found] == [], moment
        assert [found[0][1], found[2][1]] == ["applied", "applied"], moment
        assert found[1][1] in ("applied", "parked"), moment
        untaken = set()
        engine.engine.take_outcomes(world.services.intake.push(device, PushRequest(ops)).outcomes)
        assert [one[1] for one in outcomes(elsewhere, *ops)] == ["applied"] * 3
    with elsewhere.reader.connect() as connection, connection.begin():
        assert connection.execute(select(metadata.tables["tasks"].c.code)).all() == []
    engine.db.dispose()
