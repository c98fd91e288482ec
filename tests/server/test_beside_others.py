"""What one server process must know of another: contacts, nightly work, others' writes, snapshots."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.models.columns import Side
from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.contacts import Contacts
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import Device
from merchant_desk.server.movements import Movements
from merchant_desk.server.nightly import MOST_SECONDS, Nightly
from merchant_desk.server.services import open_services
from merchant_desk.server.shared_snapshots import SharedSnapshots
from merchant_desk.server.snapshots import Snapshots
from tests.server.web import WebDesk, WebWorld, database_for, web_world

SECOND = 1_000_000
HOUR = 3_600 * SECOND


@pytest.fixture
def postgres(tmp_path: Path, server_url: str) -> Iterator[WebWorld]:
    """A server on PostgreSQL whose snapshots are shared."""
    with web_world(tmp_path, server_url) as opened:
        yield opened


@pytest.fixture
def elsewhere(world: WebWorld, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ServerDatabase]:
    """The database as another process has it open."""
    is_postgres = world.services.database.path is None
    database = database_for(tmp_path, request.getfixturevalue("server_url") if is_postgres else None)
    yield database
    database.close()


def device_of(world: WebWorld, desk: WebDesk) -> Device:
    device = world.services.enrolment.device_of(desk.enrolled.token)
    assert device is not None
    return device


def contacts_at(world: WebWorld, database: ServerDatabase) -> Contacts:
    return Contacts(database.writer, Store(database.reader, Side.SERVER), world.chance.clock)


def test_an_older_note_takes_back_nothing_that_another_process_wrote(
    world: WebWorld, elsewhere: ServerDatabase
) -> None:
    device = device_of(world, world.desk())
    here, there = contacts_at(world, world.services.database), contacts_at(world, elsewhere)
    here.note(device, cursor=3, pending=4)
    world.chance.now += SECOND // 2
    there.note(device, cursor=7)
    at = world.chance.now
    there.flush()
    here.flush()
    with elsewhere.reader.connect() as connection, connection.begin():
        row = connection.execute(
            select(device_heads).where(device_heads.c.device_id == device.device_id)
        ).one()
    assert at <= row.last_contact <= world.chance.now
    assert (row.cursor, row.last_pending) == (7, 4)
    here.note(device, pending=0)
    here.flush()
    assert [seen.pending for seen in here.desks(device)] == [0]


def test_what_is_done_once_a_night_is_done_by_one_process(world: WebWorld, elsewhere: ServerDatabase) -> None:
    clock = world.chance.clock
    here, there = (
        Nightly(database.writer, "compaction", clock) for database in (world.services.database, elsewhere)
    )
    assert here.take()
    assert not there.take()
    here.done()
    assert not there.take()
    assert not here.take()
    world.chance.now += 24 * HOUR
    assert there.take()
    assert not here.take()
    world.chance.now += MOST_SECONDS * SECOND  # that process is gone
    assert here.take()


def test_compaction_is_left_to_the_process_that_began(
    postgres: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    upkeep, runs = postgres.app.state.upkeep, []
    compaction = upkeep._compaction
    run = compaction.run

    def counted() -> Any:
        runs.append(1)
        return run()

    monkeypatch.setattr(compaction, "run", counted)
    other = Nightly(postgres.services.database.writer, "compaction", postgres.chance.clock)
    assert other.take()
    postgres.loop.run(upkeep.compact())
    assert runs == []
    other.done()
    postgres.chance.now += 24 * HOUR
    postgres.loop.run(upkeep.compact())
    assert runs == [1]
    assert not other.take()


def test_feeds_that_moved_are_told_once(world: WebWorld, elsewhere: ServerDatabase) -> None:
    merchant, movements = world.merchant.id, Movements(elsewhere.reader)
    assert movements.look([merchant]) == [merchant]
    assert movements.look([merchant]) == []
    desk = world.desk()
    assert movements.look([merchant]) == [merchant]
    assert movements.look([merchant]) == []
    assert movements.look([]) == []
    assert desk.get("/feed?after=0").status_code == 200


def test_a_desk_that_another_process_retired_is_unknown_at_the_next_look(
    world: WebWorld, elsewhere: ServerDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = world.desk()
    device, known = device_of(world, desk), world.services.enrolment.known
    notices, upkeep = world.app.state.notices, world.app.state.upkeep
    monkeypatch.setattr(type(notices), "watched", property(lambda self: [device.merchant_id]))
    other = open_services(elsewhere, world.services.edge, world.services.address)
    world.loop.run(upkeep.look_for_others())
    world.chance.now += 1
    assert desk.get("/feed?after=0").status_code == 200
    assert known.find(desk.enrolled.token) is not None
    other.house.do(device.merchant_id, RetireDevice(device.device_id, "lost"))
    world.loop.run(upkeep.look_for_others())
    assert known.find(desk.enrolled.token) is None
    assert desk.get("/feed?after=0").status_code in (401, 403)


def snapshots_in(world: WebWorld, folder: Path) -> SharedSnapshots:
    edge = world.services.edge
    return SharedSnapshots(world.services.database, folder, edge.clock, edge.random)


def test_a_snapshot_that_one_process_built_is_given_by_another(postgres: WebWorld, tmp_path: Path) -> None:
    folder, device = tmp_path / "shared", device_of(postgres, postgres.desk())
    first, second = (snapshots_in(postgres, folder) for _ in range(2))
    built = first.snapshot(device)
    given = second.snapshot(device)
    assert (given.tag, given.path, given.seq) == (built.tag, built.path, built.seq)
    assert second.snapshot(device, built.tag).tag == built.tag
    for one in (first, second):
        one.close()
    assert snapshots_in(postgres, folder).snapshot(device, built.tag).tag == built.tag  # started again
    Snapshots(postgres.services.database, folder, postgres.chance.clock, postgres.services.edge.random)
    assert list(folder.iterdir()) == []


def test_an_old_snapshot_and_one_too_many_are_removed_whoever_built_them(
    postgres: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("merchant_desk.server.snapshots.FRESH_ROWS", -1)  # each is out of date at once
    folder, device = tmp_path / "shared", device_of(postgres, postgres.desk())
    tags = []
    for _ in range(3):
        postgres.chance.now += SECOND
        tags.append(snapshots_in(postgres, folder).snapshot(device).tag)
    assert {path.name.partition(".")[0] for path in folder.iterdir()} == set(tags[1:])
    postgres.chance.now += 7 * HOUR
    last = snapshots_in(postgres, folder).snapshot(device).tag
    assert {path.name.partition(".")[0] for path in folder.iterdir()} == {last}


def test_the_folder_alone_opens_no_snapshot(postgres: WebWorld, tmp_path: Path) -> None:
    folder, desk = tmp_path / "shared", postgres.desk()
    found = snapshots_in(postgres, folder).snapshot(device_of(postgres, desk))
    with postgres.services.database.writer.begin() as connection:
        connection.execute(
            text("UPDATE server_state SET value = :new WHERE name = 'seal_seed'"), {"new": "11" * 32}
        )
    other = snapshots_in(postgres, folder).snapshot(device_of(postgres, desk))
    assert other.tag != found.tag
