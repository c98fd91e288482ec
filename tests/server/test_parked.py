"""Is an operation whose body comes later carried out as it was signed, whoever brings the body?"""

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from merchant_desk.domain.products import AddProduct
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.server_tables import metadata, operations
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.protocol import (
    CheckAnswer,
    Outcome,
    PushAnswer,
    PushRequest,
    Status,
    WireOp,
    decode,
    decode_header,
)
from tests.helpers.world import WorldDesk
from tests.server.test_exchange import real_desk, rice
from tests.server.test_troubles import working_desk
from tests.server.web import WebDesk, WebWorld


class Telling(NamedTuple):
    """An operation, and the desk that has it."""

    desk: WebDesk
    engine: WorldDesk
    whole: WireOp


def park(desk: WebDesk, engine: WorldDesk) -> WireOp:
    """Push the next operation's header alone; return it whole."""
    (whole,) = engine.engine.next_batch().ops
    answer = push(desk, msgspec.structs.replace(whole, body=None))
    assert [one.status for one in answer.outcomes] == [Status.PARKED]
    return whole


def push(desk: WebDesk, *ops: WireOp) -> PushAnswer:
    return decode(desk.post("/push", PushRequest(list(ops))).content, PushAnswer)


def test_what_has_no_end_is_told_to_who_asks_for_it(world: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    whole = park(desk, engine)
    assert decode(desk.get("/check").content, CheckAnswer).without_end == []
    told = decode(desk.get("/check?without_end=1").content, CheckAnswer)
    assert told.without_end == [decode_header(whole.header).op_id]
    assert told.checks
    engine.db.dispose()


def moved(world: WebWorld) -> list[tuple[object, ...]]:
    """Return who moved how much at which desk, as the ledger has it."""
    ledger = metadata.tables["ledger"]
    query = select(ledger.c.person_id, ledger.c.device_id, ledger.c.device_seq, ledger.c.time)
    with world.services.database.reader.connect() as connection, connection.begin():
        return [tuple(row) for row in connection.execute(query)]


def test_what_an_unsigned_header_says_does_not_count(world: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    whole = park(desk, engine)
    signed = decode_header(whole.header)
    other = world.desk()
    elsewhere = real_desk(world, other, tmp_path)
    elsewhere.engine.do(replace(work, reason="breakage"), world.merchant.worker)
    elsewhere.sync()
    before = moved(world)
    forged = msgspec.structs.replace(
        signed,
        device_id=other.enrolled.device_id,
        person_id=world.merchant.manager,
        time=signed.time - 86_400_000_000,
        rights_version=99,
    )
    answer = push(other, WireOp(encode_header(forged), whole.body, b"\0" * 64))
    assert [one.status for one in answer.outcomes] == [Status.APPLIED]
    (row,) = set(moved(world)) - set(before)
    assert row == (world.merchant.worker, desk.enrolled.device_id, signed.device_seq, signed.time)
    with world.services.database.reader.connect() as connection, connection.begin():
        query = select(operations.c.header).where(operations.c.op_id == signed.op_id)
        assert connection.scalar(query) == whole.header
    for made in (engine, elsewhere):
        made.sync()
        made.db.dispose()


def test_another_body_is_not_taken(world: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    whole = park(desk, engine)
    engine.engine.do(replace(work, quantity=work.quantity * 100), world.merchant.worker)
    other = engine.engine.next_batch().ops[-1]
    assert push(desk, msgspec.structs.replace(whole, body=other.body)).stopped == "unreadable"
    told = msgspec.structs.replace(
        decode_header(whole.header), body_hash=decode_header(other.header).body_hash
    )
    forged = WireOp(encode_header(told), other.body, whole.signature)
    assert push(desk, forged).stopped == "reused_id"
    assert moved(world) == []
    engine.db.dispose()


def test_another_desk_may_tell_a_fact_otherwise_and_moves_nothing(world: WebWorld, tmp_path: Path) -> None:
    """Both had one scan, as one went on from the other's safety copy: the first telling stands.

    A decision is no such thing.
    """
    desk, engine, work = working_desk(world, tmp_path)
    done = engine.engine.do(work, world.merchant.worker)
    product = engine.engine.do(AddProduct(rice(world)), world.merchant.manager)
    whole, decision = engine.engine.next_batch().ops
    other = world.desk()
    elsewhere = real_desk(world, other, tmp_path)
    push(desk, whole, decision)
    before = moved(world)
    more = replace(work, quantity=work.quantity * 100)
    for body in (more, replace(work, reason="breakage")):  # its own work goes on behind it
        op_id = done.op_id if body is more else None
        elsewhere.engine.do(body, world.merchant.worker, op_id=op_id)
    elsewhere.engine.do(AddProduct(rice(world)), world.merchant.manager, op_id=product.op_id)
    told, *more_ops = elsewhere.engine.next_batch().ops
    answer = push(other, told, *more_ops)
    assert answer.stopped == "reused_id"
    assert [one.status for one in answer.outcomes] == [Status.APPLIED, Status.APPLIED]
    assert answer.outcomes[0].op_id == done.op_id
    assert len(moved(world)) == len(before) + 1
    assert push(other, told).outcomes == answer.outcomes[:1], "told again, the stored answer"
    assert [one.device_seq for one in push(desk, whole).outcomes] == [1]
    with world.services.database.reader.connect() as connection, connection.begin():
        tasks = metadata.tables["tasks"]
        (row,) = connection.execute(select(tasks).where(tasks.c.code == "told_otherwise")).all()
    assert (row.device_id, row.op_kind) == (other.enrolled.device_id, decode_header(told.header).kind)
    assert json.loads(row.facts)["quantity"] == more.quantity
    for made in (engine, elsewhere):
        made.db.dispose()


def test_a_body_that_comes_twice_in_a_batch_moves_once(world: WebWorld, tmp_path: Path) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    engine.engine.do(work, world.merchant.worker)
    whole = park(desk, engine)
    first, second = push(desk, whole, whole).outcomes
    assert isinstance(first, Outcome)
    assert (first.status, second) == (Status.APPLIED, first)
    assert len(moved(world)) == 1
    assert push(desk, whole).outcomes == [first]
    engine.db.dispose()


def told_to(world: WebWorld) -> list[tuple[object, ...]]:
    """Return whose work a person was told of as told otherwise."""
    tasks = metadata.tables["tasks"]
    query = select(tasks.c.op_id, tasks.c.device_id).where(tasks.c.code == "told_otherwise")
    with world.services.database.reader.connect() as connection, connection.begin():
        return [tuple(row) for row in connection.execute(query.order_by(tasks.c.id))]


def told_by(world: WebWorld, work: AdjustStock, times: int, op_id: UUID, folder: Path) -> Telling:
    """Return another desk that has a scan too and tells it with `times` its quantity."""
    desk = world.desk()
    engine = real_desk(world, desk, folder)
    engine.engine.do(replace(work, quantity=times * work.quantity), world.merchant.worker, op_id=op_id)
    (whole,) = engine.engine.next_batch().ops
    return Telling(desk, engine, whole)


def test_what_could_not_be_carried_out_is_no_telling(world: WebWorld, tmp_path: Path) -> None:
    """The first one moved nothing, so the second counts, once; then the others are told otherwise."""
    desk, engine, work = working_desk(world, tmp_path)
    op_id = engine.engine.do(work, world.merchant.worker).op_id
    whole = park(desk, engine)
    second, third = (told_by(world, work, times, op_id, tmp_path) for times in (2, 3))
    (outcome,) = push(second.desk, second.whole).outcomes
    assert (outcome.op_id, outcome.status) == (op_id, Status.APPLIED)
    (row,) = moved(world)
    assert row[1] == second.desk.enrolled.device_id
    assert told_to(world) == [(op_id, desk.enrolled.device_id)]
    assert push(second.desk, second.whole).outcomes == [outcome], "told again, the stored answer"
    assert [one.status for one in push(third.desk, third.whole).outcomes] == [Status.APPLIED]
    assert [one.status for one in push(desk, whole).outcomes] == [Status.APPLIED]
    assert moved(world) == [row]
    assert len(told_to(world)) == 2
    for made in (engine, second.engine, third.engine):
        made.sync()
        with made.db.connect() as connection:
            assert connection.exec_driver_sql("SELECT quantity FROM ledger").all() == [(2 * work.quantity,)]
        made.db.dispose()


@pytest.mark.parametrize("first_body", [0, 1])
def test_of_two_parked_tellings_the_first_body_counts(
    world: WebWorld, tmp_path: Path, first_body: int
) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    op_id = engine.engine.do(work, world.merchant.worker).op_id
    one = Telling(desk, engine, park(desk, engine))
    other = told_by(world, work, 2, op_id, tmp_path)
    alone = push(other.desk, msgspec.structs.replace(other.whole, body=None)).outcomes
    assert [(one.op_id, one.status) for one in alone] == [(op_id, Status.PARKED)]
    assert moved(world) == told_to(world) == []
    order = [one, other] if first_body == 0 else [other, one]
    for telling in (*order, *order):
        (outcome,) = push(telling.desk, telling.whole).outcomes
        assert (outcome.op_id, outcome.status) == (op_id, Status.APPLIED)
    assert [row[1] for row in moved(world)] == [order[0].desk.enrolled.device_id]
    assert [device for _, device in told_to(world)] == [order[1].desk.enrolled.device_id]
    for made in (one.engine, other.engine):
        made.db.dispose()
