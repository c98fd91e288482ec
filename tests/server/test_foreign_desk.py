"""Does an outlet learn of what desks of another one do in it, and can they decide nothing there?"""

from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, update

from merchant_desk.domain.organisation import AddPerson, GrantRole
from merchant_desk.domain.products import AddProduct, ChangePrice
from merchant_desk.domain.settings import SetSetting
from merchant_desk.domain.visits import ChannelVisits, RecordVisits
from merchant_desk.models.server_tables import device_heads, metadata
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.protocol import Outcome, PushAnswer, PushRequest, Status, decode, decode_header
from tests.helpers.world import WorldDesk
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.test_troubles import working_desk
from tests.server.web import PASSWORD, WebDesk, WebWorld


@pytest.fixture
def elsewhere(world: WebWorld) -> UUID:
    """Another outlet of the merchant."""
    return world.add_outlet("ZZ")


def at_home_in(world: WebWorld, desk: WebDesk, outlet_id: UUID) -> None:
    """Make a desk one of another outlet, which goes on sending for the one where it was."""
    with world.services.database.writer.begin() as connection:
        mine = device_heads.c.device_id == desk.enrolled.device_id
        connection.execute(update(device_heads).where(mine).values(outlet_id=outlet_id))


def done(desk: WebDesk, engine: WorldDesk, body: object, person: UUID) -> Outcome:
    engine.engine.do(body, person)
    answer = decode(desk.post("/push", engine.engine.next_batch()).content, PushAnswer)
    engine.engine.take_outcomes(answer.outcomes)
    return answer.outcomes[-1]


def tasks(world: WebWorld) -> list[tuple[str, str, UUID]]:
    table = metadata.tables["tasks"]
    query = select(table.c.kind, table.c.code, table.c.outlet_id).order_by(table.c.raised_at)
    with world.services.database.reader.connect() as connection, connection.begin():
        return [tuple(row) for row in connection.execute(query)]


def ledger(world: WebWorld) -> int:
    with world.services.database.reader.connect() as connection, connection.begin():
        return len(connection.execute(select(metadata.tables["ledger"].c.id)).all())


def test_stock_that_another_outlets_desk_moves_is_told_where_it_lies(
    world: WebWorld, elsewhere: UUID, tmp_path: Path
) -> None:
    desk, engine, work = working_desk(world, tmp_path)
    assert done(desk, engine, work, world.merchant.worker).status is Status.APPLIED
    assert tasks(world) == []
    at_home_in(world, desk, elsewhere)
    assert done(desk, engine, work, world.merchant.worker).status is Status.APPLIED
    assert ledger(world) == 2
    assert tasks(world) == [("exception", "foreign_desk", world.merchant.outlet)]
    engine.db.dispose()


def test_a_fact_that_comes_late_is_judged_by_the_desk_that_did_it(
    world: WebWorld, elsewhere: UUID, tmp_path: Path
) -> None:
    """Its body is brought by a desk of the outlet itself, which makes it no less foreign."""
    desk, engine, work = working_desk(world, tmp_path)
    at_home_in(world, desk, elsewhere)
    engine.engine.do(work, world.merchant.worker)
    (whole,) = engine.engine.next_batch().ops
    desk.post("/push", PushRequest([msgspec.structs.replace(whole, body=None)]))
    other = world.desk()
    helper = real_desk(world, other, tmp_path)
    assert done(other, helper, work, world.merchant.worker).status is Status.APPLIED
    assert tasks(world) == []
    header = msgspec.structs.replace(decode_header(whole.header), device_id=other.enrolled.device_id)
    brought = msgspec.structs.replace(whole, header=encode_header(header))
    answer = decode(other.post("/push", PushRequest([brought])).content, PushAnswer)
    assert [one.status for one in answer.outcomes] == [Status.APPLIED]
    assert tasks(world) == [("exception", "foreign_desk", world.merchant.outlet)]
    engine.db.dispose()
    helper.db.dispose()


def test_a_desk_decides_for_its_own_outlet_and_for_the_merchant(
    world: WebWorld, elsewhere: UUID, tmp_path: Path
) -> None:
    world.services.people.set_password(world.merchant.id, world.merchant.manager, PASSWORD)
    desk, engine, work = working_desk(world, tmp_path)
    manager = world.merchant.manager
    policy = SetSetting("check.inbound.expired", "outlet", world.merchant.outlet, '"refuse"')
    assert done(desk, engine, policy, manager).status is Status.APPLIED
    at_home_in(world, desk, elsewhere)
    outcome = done(desk, engine, policy, manager)
    assert (outcome.status, outcome.code) == (Status.REFUSED, "other_outlet")
    assert tasks(world) == [("refusal", "other_outlet", elsewhere)]
    assert done(desk, engine, ChangePrice(work.sku_id, 99_000_000), manager).status is Status.APPLIED
    desk.sign_in("manager")
    for request in (
        AddPerson(world.chance.new_id(), "lin", "小林", ""),
        GrantRole(world.merchant.worker, "clerk", world.merchant.outlet),
    ):
        assert done(desk, engine, request, manager).status is Status.APPLIED
    assert len(tasks(world)) == 1
    engine.db.dispose()


def test_the_server_is_at_home_everywhere(world: WebWorld) -> None:
    sku = rice(world)
    world.services.house.do(world.merchant.id, AddProduct(sku), adjust(world, sku, 5))
    assert tasks(world) == []


def test_an_outlet_that_is_none_hides_nothing(world: WebWorld, tmp_path: Path) -> None:
    desk = world.desk()
    engine = real_desk(world, desk, tmp_path)
    nowhere = RecordVisits(world.chance.new_id(), 20251121, (ChannelVisits("门店", 3),))
    assert done(desk, engine, nowhere, world.merchant.manager).status is Status.APPLIED
    assert ("exception", "foreign_desk", world.merchant.outlet) in tasks(world)
    engine.db.dispose()
