"""Can one operation be followed by its id, by whom it concerns, to the desks that have pulled past it?"""

from uuid import UUID

import pytest
from sqlalchemy import select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import operations
from merchant_desk.server.database import ServerBusy
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.tracing import _filed, trace
from merchant_desk.sync.protocol import decode
from merchant_desk.sync.tracing import Trace, TraceRequest
from tests.server.web import WebDesk, WebWorld, problem


def last_operation(world: WebWorld, kind: str) -> tuple[object, int]:
    with world.services.database.reader.connect() as connection, connection.begin():
        query = select(operations.c.op_id, operations.c.last_seq).where(operations.c.kind == kind)
        row = connection.execute(query.order_by(operations.c.last_seq.desc())).first()
    assert row is not None
    return row.op_id, row.last_seq


def asked(desk: WebDesk, op_id: object) -> Trace:
    answer = desk.post("/trace", TraceRequest(op_id))  # type: ignore[arg-type]
    assert answer.status_code == 200, problem(answer)
    return decode(answer.content, Trace)


def test_it_is_followed_to_the_desks_that_have_it(world: WebWorld) -> None:
    here, behind = world.desk(), world.desk()
    op_id, last = last_operation(world, "add_locations")
    assert here.get(f"/feed?after={last}").status_code == 200
    assert behind.get(f"/feed?after={last - 1}").status_code == 200
    world.loop.run(world.app.state.upkeep.write_contacts())
    found = asked(here, op_id)
    assert (found.kind, found.status, found.last_seq) == ("add_locations", "applied", last)
    assert 0 < found.first_seq <= last
    shows = {one.device_id: one.shows for one in found.desks}
    assert shows == {here.enrolled.device_id: True, behind.enrolled.device_id: False}


def test_another_outlet_and_another_merchant_see_nothing(world: WebWorld) -> None:
    op_id, _ = last_operation(world, "add_locations")
    stranger = world.desk(world.found("别家", "BJ"))
    neighbour = world.desk(outlet=world.add_outlet("DD"))
    for desk in (stranger, neighbour):
        answer = desk.post("/trace", TraceRequest(op_id))  # type: ignore[arg-type]
        assert (answer.status_code, problem(answer).code) == (404, "no_such_operation")


def test_what_is_sent_to_all_is_seen_by_all(world: WebWorld) -> None:
    op_id, _ = last_operation(world, "found_merchant")
    assert asked(world.desk(outlet=world.add_outlet("DD")), op_id).kind == "found_merchant"


def test_it_takes_no_turn_of_those_who_sign_in(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = world.desk()
    op_id, _ = last_operation(world, "add_locations")

    async def busy(*_: object) -> object:
        raise ServerBusy

    monkeypatch.setattr(Lanes, "hash", busy)
    assert asked(desk, op_id).kind == "add_locations"


def test_the_operator_sees_any_and_hears_of_none(world: WebWorld) -> None:
    desk = world.desk()
    op_id, _ = last_operation(world, "add_locations")
    found = trace(world.services, op_id)  # type: ignore[arg-type]
    assert [one.device_id for one in found.desks] == [desk.enrolled.device_id]
    with pytest.raises(Refusal, match="no_such_operation"):
        trace(world.services, world.chance.new_id())


def test_the_operator_does_not_have_all_operations_read(embedded: WebWorld) -> None:
    wanted = _filed(embedded.chance.new_id(), None, None).limit(1)
    with embedded.services.database.reader.connect() as connection, connection.begin():
        words = wanted.compile(connection, compile_kwargs={"render_postcompile": True})
        given = [id.bytes if isinstance(id, UUID) else id for id in words.params.values()]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", tuple(given)).all()
    steps = [str(row[-1]) for row in plan]
    assert not [step for step in steps if step.startswith("SCAN operations")], steps
