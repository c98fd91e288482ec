"""Is an operation whose body comes later carried out as it was signed, whoever brings the body?"""

import dataclasses
import json
from pathlib import Path

import msgspec
from sqlalchemy import select

from merchant_desk.domain.products import AddProduct
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
    elsewhere.engine.do(dataclasses.replace(work, reason="breakage"), world.merchant.worker)
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
    engine.engine.do(dataclasses.replace(work, quantity=work.quantity * 100), world.merchant.worker)
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
    more = dataclasses.replace(work, quantity=work.quantity * 100)
    for body in (more, dataclasses.replace(work, reason="breakage")):  # its own work goes on behind it
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
