"""Do desks join once, by who may invite them, and are they seen by their colleagues?"""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from merchant_desk.models.server_tables import device_heads, enrolments
from merchant_desk.server.state import recovery_name, write_value
from merchant_desk.sync.administration import (
    PENDING_HEADER,
    DeskSeen,
    Invitation,
    InviteRequest,
    KeyAnswer,
    KeyRequest,
    VersionAnswer,
)
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest, decode, encode
from merchant_desk.sync.recovery import RecoveryKey, open_database_key, seal_database_key
from merchant_desk.sync.signing import DeviceKeys
from tests.server.web import MSGPACK, PASSWORD, WebDesk, WebWorld, problem

HOUR = 3_600_000_000


def request_for(world: WebWorld, secret: str, name: str = "收银台") -> EnrolRequest:
    keys = DeviceKeys.make(world.chance.bytes)
    return EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")


def enrol(world: WebWorld, request: EnrolRequest) -> tuple[int, str]:
    answer = world.client.post("/enrol", content=encode(request), headers=MSGPACK)
    return answer.status_code, "" if answer.status_code == 200 else problem(answer).code


def secret(world: WebWorld) -> str:
    return world.services.enrolment.invite(world.merchant.id, world.merchant.outlet)


def test_codes_are_given_out_in_turn_and_never_again(world: WebWorld) -> None:
    assert [world.desk().enrolled.code for _ in range(3)] == ["01", "02", "03"]


def test_a_secret_enrols_one_desk(world: WebWorld) -> None:
    one = secret(world)
    request = request_for(world, one)
    answer = world.client.post("/enrol", content=encode(request), headers=MSGPACK)
    first = WebDesk(world.client, DeviceKeys.make(world.chance.bytes), decode(answer.content, EnrolAnswer))
    assert decode(answer.content, EnrolAnswer).outlet_id == world.merchant.outlet
    assert first.get("/feed?after=0").status_code == 200
    world.loop.run(world.app.state.upkeep.write_contacts())
    assert enrol(world, request_for(world, one)) == (403, "enrolment_used")
    assert enrol(world, request_for(world, "0" * 20)) == (403, "enrolment_unknown")


def test_an_answer_that_was_lost_can_be_asked_for_again(world: WebWorld) -> None:
    one = secret(world)
    lost = decode(
        world.client.post("/enrol", content=encode(request_for(world, one)), headers=MSGPACK).content,
        EnrolAnswer,
    )
    again = decode(
        world.client.post("/enrol", content=encode(request_for(world, one)), headers=MSGPACK).content,
        EnrolAnswer,
    )
    assert (lost.code, again.code) == ("01", "02")
    keys = DeviceKeys.make(world.chance.bytes)
    assert WebDesk(world.client, keys, lost).get("/check").status_code == 401
    desk = WebDesk(world.client, keys, again)
    assert [one.code for one in decode(desk.get("/desks").content, list[DeskSeen])] == ["02"]


def test_a_secret_expires(world: WebWorld) -> None:
    one = secret(world)
    with world.services.database.writer.begin() as connection:
        connection.execute(update(enrolments).values(expires_at=world.chance.now - 1))
    assert enrol(world, request_for(world, one)) == (403, "enrolment_expired")


def test_keys_and_names_that_are_none_are_refused(world: WebWorld) -> None:
    good = request_for(world, secret(world))
    for name, change in {
        "verify_key": bytes(31),
        "seal_key": b"",
        "name": " ",
        "recovery": bytes(5_000),
    }.items():
        fields = {field: getattr(good, field) for field in good.__struct_fields__}
        assert enrol(world, EnrolRequest(**{**fields, name: change})) == (400, "enrolment_unreadable"), name
    assert enrol(world, request_for(world, secret(world), "a\x00b")) == (400, "enrolment_unreadable")
    assert enrol(world, good)[0] == 200


def test_a_manager_invites_and_the_code_enrols(world: WebWorld) -> None:
    world.services.people.set_password(world.merchant.id, world.merchant.manager, PASSWORD)
    desk = world.desk()
    wish = InviteRequest(world.merchant.outlet, ("cost",), 2)
    assert problem(desk.post("/invite", wish)).code == "session_needed"
    desk.sign_in("manager")
    invitation = decode(desk.post("/invite", wish).content, Invitation)
    code = parse_enrolment_code(invitation.code)
    address = world.services.address
    assert (code.host, code.port, code.fingerprint) == (address.host, address.port, address.fingerprint)
    assert code.outlet_id == world.merchant.outlet
    assert 0 <= world.chance.now + 2 * HOUR - invitation.expires_at < HOUR
    assert enrol(world, request_for(world, code.secret.hex()))[0] == 200


def test_who_may_not_does_not_invite(world: WebWorld) -> None:
    people = world.services.people
    people.set_password(world.merchant.id, world.merchant.worker, PASSWORD)
    people.set_password(world.merchant.id, world.merchant.manager, PASSWORD)
    desk = world.desk()
    desk.sign_in("worker")
    refused = desk.post("/invite", InviteRequest(world.merchant.outlet))
    assert (refused.status_code, problem(refused).code) == (403, "not_allowed")
    desk.sign_in("manager")
    assert problem(desk.post("/invite", InviteRequest(world.chance.new_id()))).code == "no_such_outlet"
    assert problem(desk.post("/invite", InviteRequest(world.merchant.outlet, ("all",)))).code == "not_allowed"
    late = desk.post("/invite", InviteRequest(world.merchant.outlet, (), 24 * 365))
    assert problem(late).code == "lifetime_out_of_range"


def test_an_outlet_sees_its_desks_and_what_they_have_not_sent(world: WebWorld) -> None:
    first, second = world.desk(), world.desk()
    elsewhere = world.desk(outlet=world.add_outlet("BS"))
    second.get("/feed?after=3", **{PENDING_HEADER: "37"})
    second.get("/check", **{PENDING_HEADER: "nonsense"})
    elsewhere.get("/check")
    for flush in (False, True):
        if flush:
            world.loop.run(world.app.state.upkeep.write_contacts())
        seen = decode(first.get("/desks").content, list[DeskSeen])
        assert [(one.code, one.name, one.pending) for one in seen] == [
            ("01", "收银台", -1),
            ("02", "收银台", 37),
        ]
        assert seen[1].cursor == 3
        assert world.chance.now - HOUR < seen[1].last_contact <= world.chance.now


def test_contacts_that_could_not_be_written_are_kept(embedded: WebWorld) -> None:
    desk = embedded.desk()
    contacts = embedded.services.contacts
    desk.get("/feed?after=7", **{PENDING_HEADER: "5"})
    device = embedded.services.enrolment.device_of(desk.enrolled.token)
    assert device is not None
    with embedded.services.database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE device_heads RENAME TO elsewhere")
    with pytest.raises(DBAPIError, match="device_heads"):
        contacts.flush()
    with embedded.services.database.writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO device_heads")
    contacts.note(device, pending=6)
    contacts.flush()
    with embedded.services.database.reader.connect() as connection:
        row = connection.execute(
            device_heads.select().where(device_heads.c.device_id == device.device_id)
        ).one()
    assert (row.cursor, row.last_pending) == (7, 6)


def test_a_lost_vault_is_opened_by_who_vouches(world: WebWorld) -> None:
    people = world.services.people
    for person in (world.merchant.manager, world.merchant.worker):
        people.set_password(world.merchant.id, person, PASSWORD)
    server = decode(world.client.get("/version", headers=MSGPACK).content, VersionAnswer)
    key, profile = bytes(range(32)), "profile-1"
    sealed = seal_database_key(key, server.seal_key, profile_id=profile)
    keys = DeviceKeys.make(world.chance.bytes)
    request = EnrolRequest(secret(world), "收银台", keys.verifying_key, keys.sealing_key, sealed)
    enrolled = decode(
        world.client.post("/enrol", content=encode(request), headers=MSGPACK).content, EnrolAnswer
    )
    fresh = X25519PrivateKey.from_private_bytes(world.chance.bytes(32))

    def ask(login: str, password: str, profile_id: str = profile) -> tuple[int, bytes]:
        wish = KeyRequest(
            enrolled.merchant_id,
            enrolled.device_id,
            profile_id,
            fresh.public_key().public_bytes_raw(),
            login,
            password,
        )
        answer = world.client.post("/key", content=encode(wish), headers=MSGPACK)
        return answer.status_code, answer.content

    status, content = ask("manager", PASSWORD)
    assert status == 200
    assert open_database_key(decode(content, KeyAnswer).box, fresh, profile_id=profile) == key
    assert ask("worker", PASSWORD)[0] == 403
    assert ask("manager", "guessed")[0] == 403
    assert ask("manager", PASSWORD, "profile-2")[0] == 404


def test_the_recovery_papers_key_comes_with_enrolment(world: WebWorld) -> None:
    paper = RecoveryKey.make(world.chance.bytes)
    assert world.desk().enrolled.recovery_key == b""
    with world.services.database.writer.begin() as connection:
        write_value(connection, recovery_name(world.merchant.id), paper.public_key.hex())
    assert world.desk().enrolled.recovery_key == paper.public_key
