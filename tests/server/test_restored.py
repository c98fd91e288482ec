"""Does nothing come back with a backup that was spent, given out or ended after it was made?"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from merchant_desk.domain.organisation import AddPerson, ArchivePerson, GrantRole, RetireDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.backup import back_up
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import DeviceRetired
from merchant_desk.server.services import ServerAddress, Services, open_services
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest
from merchant_desk.sync.signing import DeviceKeys
from tests.helpers.world import Chance
from tests.server.test_backup import edge_of, put_back, source_of
from tests.server.web import web_world

KINDS = ("sqlite", "postgresql")


def enrol(services: Services, chance: Chance, secret: str) -> EnrolAnswer:
    keys = DeviceKeys.make(chance.bytes)
    request = EnrolRequest(secret, "收银台", keys.verifying_key, keys.sealing_key, b"")
    return services.enrolment.enrol(request, services.epoch)


@contextmanager
def served(database: ServerDatabase, chance: Chance) -> Iterator[Services]:
    """Give a restored database's services; who opened the database closes it."""
    yield open_services(database, edge_of(chance), ServerAddress("127.0.0.1", 1))


@pytest.mark.parametrize("kind", KINDS)
def test_codes_of_a_backup_are_void_and_desk_codes_are_not_given_twice(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("server_url") if kind == "postgresql" else None
    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path, url) as world:
        chance, at, services = world.chance, world.merchant, world.services
        invite = services.enrolment.invite
        lost, later = (invite(at.id, at.outlet, ("personal",)) for _ in range(2))
        first = enrol(services, chance, lost)  # not heard of yet: its answer might have been lost
        back_up(source_of(world), copy, chance.clock, "1")
        codes = [first.code, enrol(services, chance, later).code]
        codes += [enrol(services, chance, invite(at.id, at.outlet)).code for _ in range(3)]
        assert codes == ["01", "02", "03", "04", "05"]
    folder = tmp_path if kind == "sqlite" else tmp_path / "kept"
    with (
        put_back(kind, copy, folder, url or "", chance) as (database, _),
        served(database, chance) as restored,
    ):
        for secret in (lost, later):
            with pytest.raises(Refusal, match="enrolment_expired"):
                enrol(restored, chance, secret)
        assert restored.enrolment.device_of(first.token) is not None, "the desk of the backup goes on"
        fresh = [enrol(restored, chance, restored.enrolment.invite(at.id, at.outlet)).code for _ in range(2)]
        assert fresh == ["102", "103"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [True, False], ids=["known_to_the_copy", "since_the_copy"])
def test_who_was_shut_out_stays_so(
    kind: str, before: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A stolen desk gets nothing from a restored server, and who left does not come back with it."""
    url = request.getfixturevalue("server_url") if kind == "postgresql" else None
    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path, url) as world:
        chance, at, services = world.chance, world.merchant, world.services
        stolen, kept = (enrol(services, chance, services.enrolment.invite(at.id, at.outlet)) for _ in "ab")
        wanted = (RetireDevice(stolen.device_id, "被盗"), ArchivePerson(at.worker))
        if before:
            services.house.do(at.id, *wanted)
        back_up(source_of(world), copy, chance.clock, "1")
        if not before:
            services.house.do(at.id, *wanted)
            late = enrol(services, chance, services.enrolment.invite(at.id, at.outlet))
            services.house.do(at.id, RetireDevice(late.device_id, "not in the copy"))
    folder = tmp_path if kind == "sqlite" else tmp_path / "kept"
    with put_back(kind, copy, folder, url or "", chance) as (database, _):
        for _ in range(2):
            with served(database, chance) as restored:
                with pytest.raises(DeviceRetired):
                    restored.enrolment.device_of(stolen.token)
                assert restored.enrolment.device_of(kept.token) is not None
                with pytest.raises(Refusal, match="sign_in_failed"):
                    restored.people.person(at.id, "worker")


@pytest.mark.expects_log("not_shut_out")
def test_a_restore_leaves_somebody_who_looks_after_people(tmp_path: Path) -> None:
    """The manager left since; his successor is not in the copy."""
    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path) as world:
        chance, at, house = world.chance, world.merchant, world.services.house
        back_up(source_of(world), copy, chance.clock, "1")
        successor = chance.new_id()
        house.do(at.id, AddPerson(successor, "next", "新店长", ""), GrantRole(successor, "manager", None))
        house.do(at.id, ArchivePerson(at.manager))
    with (
        put_back("sqlite", copy, tmp_path, "", chance) as (database, _),
        served(database, chance) as restored,
    ):
        assert restored.people.person(at.id, "manager")["archived"] == 0


@pytest.mark.skipif(os.name == "nt", reason="the folder's access list protects files there, not a mode")
@pytest.mark.parametrize("links", [True, False])
def test_only_the_owner_may_read_what_was_put_back_and_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    def no_links(*_: object) -> None:
        raise OSError

    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path) as world:
        back_up(source_of(world), copy, world.chance.clock, "1")
        chance = world.chance
    if not links:
        monkeypatch.setattr("merchant_desk.server.backup_sqlite.os.link", no_links)
    before = os.umask(0o022)
    try:
        with put_back("sqlite", copy, tmp_path, "", chance) as (_, done):
            files = [one for one in tmp_path.iterdir() if one.name.startswith("server.db")]
            assert done.kept in files
            modes = {one.name: oct(stat.S_IMODE(one.stat().st_mode)) for one in files}
            assert set(modes.values()) == {"0o600"}, modes
    finally:
        os.umask(before)
