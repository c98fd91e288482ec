"""Is a retired desk answered by nothing but that, and has who left no session, proof or password any more?"""

from pathlib import Path

import pytest
from sqlalchemy import select

from merchant_desk.domain.organisation import ArchivePerson, GiveBadge, GrantRole, RestorePerson, RetireDevice
from merchant_desk.domain.products import AddProduct
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import metadata, person_sessions, proofs
from merchant_desk.server.endpoint import Access
from merchant_desk.server.endpoints.listed import ENDPOINTS
from merchant_desk.server.intake import Device, DeviceRetired
from merchant_desk.sync.administration import SignInTry
from merchant_desk.sync.protocol import EnrolRequest, PushAnswer, Status, decode
from merchant_desk.sync.signing import DeviceKeys
from tests.server.test_exchange import adjust, real_desk, rice
from tests.server.test_who_acts import ask
from tests.server.web import PASSWORD, WebDesk, WebWorld, problem

APPLIED = (Status.APPLIED, "")


def retire(world: WebWorld, desk: WebDesk) -> None:
    world.services.house.do(world.merchant.id, RetireDevice(desk.enrolled.device_id, "被盗"))


def logged(world: WebWorld) -> int:
    with world.services.database.reader.connect() as connection, connection.begin():
        return len(connection.execute(select(metadata.tables["operations"].c.op_id)).all())


@pytest.fixture
def desk(world: WebWorld) -> WebDesk:
    """A desk where the manager and the worker signed in."""
    made = world.desk()
    for person, login in ((world.merchant.manager, "manager"), (world.merchant.worker, "worker")):
        world.services.people.set_password(world.merchant.id, person, PASSWORD)
        made.sign_in(login)
    return made


def test_every_endpoint_answers_a_retired_desk_with_one_word(world: WebWorld, desk: WebDesk) -> None:
    retire(world, desk)
    asked = [one for one in ENDPOINTS if one.access is not Access.ANYBODY]
    assert {"/feed", "/push", "/notice", "/check", "/snapshot", "/sign-in"} <= {one.path for one in asked}
    for one in asked:
        answer = desk.get(one.path) if one.method == "GET" else desk.post(one.path, b"")
        assert (answer.status_code, problem(answer).code) == (401, "device_retired"), one.path
        assert problem(answer).facts == {}
    other = world.desk()
    assert other.get("/feed").status_code == 200
    assert [one.code for one in world.services.contacts.desks(_device(world, other))] == ["02"]
    assert len(world.services.contacts.all_desks(world.merchant.id)) == 2


def _device(world: WebWorld, desk: WebDesk) -> Device:
    found = world.services.enrolment.device_of(desk.enrolled.token)
    assert found is not None
    return found


def test_what_it_had_not_sent_is_not_taken_in(world: WebWorld, desk: WebDesk, tmp_path: Path) -> None:
    sku = rice(world)
    world.services.house.do(world.merchant.id, AddProduct(sku))
    engine = real_desk(world, desk, tmp_path)
    device = _device(world, desk)
    engine.engine.do(adjust(world, sku, 3), world.merchant.worker)
    batch = engine.engine.next_batch()
    retire(world, desk)
    before = logged(world)
    assert problem(desk.post("/push", batch)).code == "device_retired"
    with pytest.raises(DeviceRetired):  # it was let in just before
        world.services.intake.push(device, batch)
    assert logged(world) == before
    engine.db.dispose()


def test_a_code_whose_desk_was_retired_unheard_makes_no_other(world: WebWorld) -> None:
    at = world.merchant
    secret = world.services.enrolment.invite(at.id, at.outlet)
    keys = DeviceKeys.make(world.chance.bytes)
    request = EnrolRequest(secret, "收银台", keys.verifying_key, keys.sealing_key, b"")
    made = world.services.enrolment.enrol(request, world.services.epoch)
    world.services.house.do(at.id, RetireDevice(made.device_id, "拿错了"))
    with pytest.raises(Refusal, match="enrolment_used"):
        world.services.enrolment.enrol(request, world.services.epoch)


def test_who_left_has_no_session_and_no_proof(world: WebWorld, desk: WebDesk, tmp_path: Path) -> None:
    at = world.merchant
    engine = real_desk(world, desk, tmp_path)
    world.services.house.do(at.id, ArchivePerson(at.worker))
    assert problem(desk.get("/people")).code == "sign_in_expired"
    refused = desk.post("/sign-in", SignInTry("worker", PASSWORD))
    assert problem(refused).code == "sign_in_failed"
    assert problem(desk.post("/sign-in", SignInTry("P:1001", PASSWORD))).code == "sign_in_failed"
    with world.services.database.reader.connect() as connection, connection.begin():
        for table in (person_sessions, proofs):
            people = set(connection.scalars(select(table.c.person_id).where(table.c.merchant_id == at.id)))
            assert people == {at.manager}
    desk.sign_in("manager")
    assert ask(world, desk, engine, RestorePerson(at.worker)) == APPLIED
    assert desk.sign_in("worker").login == "worker"
    engine.db.dispose()


def test_one_manager_archives_another_who_then_asks_in_vain(
    world: WebWorld, desk: WebDesk, tmp_path: Path
) -> None:
    """His facts are taken in; what he asks of the server is not done, whatever his desk has heard."""
    at, sku = world.merchant, rice(world)
    world.services.house.do(at.id, GrantRole(at.worker, "manager", None), AddProduct(sku))
    engine = real_desk(world, desk, tmp_path)
    engine.engine.do(adjust(world, sku, 3), at.worker)
    engine.engine.do(GiveBadge(at.worker, "P:7"), at.worker)
    world.services.house.do(at.id, ArchivePerson(at.worker))
    answer = decode(desk.post("/push", engine.engine.next_batch()).content, PushAnswer)
    assert [(one.status, one.code) for one in answer.outcomes] == [
        APPLIED,
        (Status.REFUSED, "person_not_proved"),
    ]
    engine.db.dispose()
