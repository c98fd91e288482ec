"""Is a copy whole, made while work goes on, and put back so that nothing is lost and desks notice?"""

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlcipher3 import dbapi2

from merchant_desk.domain.organisation import AddPerson
from merchant_desk.models.faults import DatabaseMissing, DiskFull, Fault, FileUnusable, WrongKey
from merchant_desk.models.server_tables import metadata, operations
from merchant_desk.models.whole_files import whole_file
from merchant_desk.server.backup import (
    AutomaticBackups,
    BackupOfAnotherKind,
    CopyLocked,
    EmbeddedSource,
    back_up,
    key_for,
    last_night,
    outdated,
    restore_embedded,
    restore_postgres,
    stamp,
)
from merchant_desk.server.backup_file import (
    BackupDamaged,
    BackupForeign,
    BackupNewer,
    read_manifest,
    seal_file,
    verified_content,
)
from merchant_desk.server.backup_postgres import ServerRunning
from merchant_desk.server.database import ServerDatabase, open_embedded, open_postgres
from merchant_desk.server.services import Edge
from merchant_desk.server.state import open_state, recovery_name, write_value
from merchant_desk.sync.administration import BACKUP_AHEAD
from merchant_desk.sync.key_faults import KeyDoesNotFit
from merchant_desk.sync.recovery import RecoveryKey, WrongRecoveryKey
from merchant_desk.sync.vault import open_vault
from merchant_desk.sync.vault_record import VaultRecord
from tests.helpers.world import KEY, Chance
from tests.server.web import WebWorld, web_world

HOUR = 3_600_000_000
RECORD = VaultRecord.of("profile", KEY)


def edge_of(chance: Chance) -> Edge:
    return Edge(chance.clock, chance.bytes, chance.new_id, "1")


def source_of(world: WebWorld) -> EmbeddedSource | ServerDatabase:
    """Return what `back_up` copies."""
    database = world.services.database
    return EmbeddedSource(database.path, KEY, RECORD) if database.path else database


def contents(database: ServerDatabase) -> dict[str, list[str]]:
    """Return every row of every table, as text, in an order of its own."""
    found = {}
    with database.reader.connect() as connection, connection.begin():
        for table in metadata.sorted_tables:
            found[table.name] = sorted(repr(row) for row in connection.execute(select(table)))
    return found


def add_people(world: WebWorld, count: int) -> None:
    for _ in range(count):
        new_id = world.chance.new_id()
        world.services.house.do(world.merchant.id, AddPerson(new_id, f"p{new_id}", "新人", ""))


@contextmanager
def put_back(
    kind: str, copy: Path, folder: Path, url: str, chance: Chance
) -> Iterator[tuple[ServerDatabase, Any]]:
    """Restore a copy on either database and open the result."""
    folder.mkdir(exist_ok=True)
    if kind == "postgresql":
        database = open_postgres(url)
        done = restore_postgres(copy, database, edge_of(chance), folder)
    else:
        done = restore_embedded(copy, folder / "server.db", KEY, edge_of(chance))
        database = open_embedded(folder / "server.db", KEY)
    try:
        yield database, done
    finally:
        database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_there_and_back(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("server_url") if kind == "postgresql" else None
    copy = tmp_path / "copy.mdbackup"
    with web_world(tmp_path, url) as world:
        world.desk()
        world.services.people.set_password(world.merchant.id, world.merchant.worker, "青石-sesame-7")
        add_people(world, 30)
        manifest = back_up(source_of(world), copy, world.chance.clock, "1")
        before = contents(world.services.database)
        epoch = world.services.epoch
        add_people(world, 5)
        chance = world.chance
    assert manifest.database == kind
    assert manifest.rows == {table: len(rows) for table, rows in before.items()}
    assert copy.stat().st_mode & 0o777 == 0o600
    folder = tmp_path if kind == "sqlite" else tmp_path / "kept"
    with put_back(kind, copy, folder, url or "", chance) as (database, done):
        after = contents(database)
        state = before.pop("server_state")
        assert sorted(set(after.pop("server_state")) - set(state)) != []
        for renewed in ("counters", "enrolments"):
            assert len(after.pop(renewed)) == len(before.pop(renewed)) > 0
        assert after == before
        opened = open_state(database, chance.new_id, chance.bytes)
        assert opened.epoch not in (epoch, manifest.epoch)
        assert done.made_at == manifest.made_at
    assert done.kept is not None
    if kind == "sqlite":
        old = open_embedded(done.kept, KEY)
        assert len(contents(old)["persons"]) == len(before["persons"]) + 5
        old.close()
    else:
        assert read_manifest(done.kept).rows["persons"] == len(before["persons"]) + 5


def test_a_copy_is_of_one_moment_while_work_goes_on(embedded: WebWorld, tmp_path: Path) -> None:
    add_people(embedded, 50)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            add_people(embedded, 1)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for n in range(5):
            manifest = back_up(source_of(embedded), tmp_path / f"{n}.mdbackup", embedded.chance.clock, "1")
            folder = tmp_path / str(n)
            folder.mkdir()
            restore_embedded(
                tmp_path / f"{n}.mdbackup",
                folder / "server.db",
                KEY,
                embedded.services.edge,
            )
            copy = open_embedded(folder / "server.db", KEY)
            found = contents(copy)
            with copy.reader.connect() as connection:
                last = connection.scalar(text("SELECT max(last_seq) FROM operations"))
                head = connection.scalar(text("SELECT seq FROM counters"))
            copy.close()
            assert last == head == len(found["feed"]) == manifest.rows["feed"]
    finally:
        stop.set()
        worker.join()


@pytest.fixture
def copy(embedded: WebWorld, tmp_path: Path) -> Path:
    """A good copy of the embedded database."""
    path = tmp_path / "good.mdbackup"
    back_up(source_of(embedded), path, embedded.chance.clock, "1")
    return path


def test_damage_anywhere_is_found(embedded: WebWorld, copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    bad = tmp_path / "bad.mdbackup"
    target = tmp_path / "elsewhere" / "server.db"
    target.parent.mkdir()
    places = [0, 100, len(data) // 2, len(data) - 200, len(data) - 70, len(data) - 60, len(data) - 3]
    for place in places:
        bad.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises((BackupDamaged, BackupForeign, BackupNewer)):
            restore_embedded(bad, target, KEY, embedded.services.edge)
    for length in (0, 10, len(data) // 2, len(data) - 1):
        bad.write_bytes(data[:length])
        with pytest.raises(BackupForeign):
            restore_embedded(bad, target, KEY, embedded.services.edge)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\x00" + bytes(4096), bytes(100_000)])
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(content)
    with pytest.raises(BackupForeign) as told:
        read_manifest(path)
    assert "holiday.jpg" in told.value.sentence("zh_CN")


@pytest.mark.parametrize(
    ("make", "zh", "en"),
    [(lambda path: None, "不存在", "does not exist"), (Path.mkdir, "是文件夹", "is a folder")],
)
def test_what_is_not_there_is_not_called_a_bad_backup(
    tmp_path: Path, make: Callable[[Path], None], zh: str, en: str
) -> None:
    make(tmp_path / "given")
    with pytest.raises(FileUnusable) as told:
        read_manifest(tmp_path / "given")
    assert zh in told.value.sentence("zh_CN")
    assert en in told.value.sentence("en")


@pytest.mark.parametrize("folder", ["absent", "file"])
def test_a_place_where_no_file_can_be_made_is_no_failing_disk(
    embedded: WebWorld, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    target = tmp_path / folder / "copy.mdbackup"
    with pytest.raises(FileUnusable) as told:
        back_up(source_of(embedded), target, embedded.chance.clock, "1")
    assert "磁盘" not in told.value.sentence("zh_CN")
    assert f"{target} cannot be used" in told.value.sentence("en")


def test_another_key_changes_nothing(embedded: WebWorld, copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "server.db"
    before = contents(embedded.services.database)
    with pytest.raises(WrongKey):
        restore_embedded(copy, target, bytes(32), embedded.services.edge)
    assert contents(embedded.services.database) == before
    assert not list(tmp_path.glob("*.restoring*"))


def test_the_other_databases_copy_is_refused(
    embedded: WebWorld, copy: Path, tmp_path: Path, server_url: str
) -> None:
    database = open_postgres(server_url)
    with pytest.raises(BackupOfAnotherKind):
        restore_postgres(copy, database, embedded.services.edge, tmp_path)
    other = tmp_path / "postgres.mdbackup"
    open_state(database, embedded.chance.new_id, embedded.chance.bytes)
    back_up(database, other, embedded.chance.clock, "1")
    database.close()
    with pytest.raises(BackupOfAnotherKind):
        restore_embedded(other, tmp_path / "x.db", KEY, embedded.services.edge)


def test_postgresql_is_not_replaced_under_a_running_server(tmp_path: Path, server_url: str) -> None:
    with web_world(tmp_path, server_url) as world:
        copy = tmp_path / "copy.mdbackup"
        back_up(world.services.database, copy, world.chance.clock, "1")
        add_people(world, 3)
        before = contents(world.services.database)
        other = open_postgres(server_url)
        with pytest.raises(ServerRunning):
            restore_postgres(copy, other, world.services.edge, tmp_path)
        other.close()
        assert contents(world.services.database) == before


def test_a_broken_dump_leaves_postgresql_as_it_was(tmp_path: Path, server_url: str) -> None:
    with web_world(tmp_path, server_url) as world:
        copy = tmp_path / "copy.mdbackup"
        manifest = back_up(world.services.database, copy, world.chance.clock, "1")
        before, chance = contents(world.services.database), world.chance
    with verified_content(copy) as (_, content), whole_file(tmp_path / "short") as part:
        part.write_bytes(content.read(content._left - 40))
        seal_file(part, manifest)
    database = open_postgres(server_url)
    with pytest.raises(BackupDamaged):
        restore_postgres(tmp_path / "short", database, edge_of(chance), tmp_path)
    after = contents(database)
    database.close()
    before.pop("person_sessions")
    after.pop("person_sessions")
    assert after.pop("device_heads") is not None
    before.pop("device_heads")  # last contacts were written at the end
    assert after == before


def test_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        back_up(EmbeddedSource(tmp_path / "server.db", KEY, RECORD), tmp_path / "copy", lambda: 0, "1")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_file(
    embedded: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "full" / "copy.mdbackup"
    target.parent.mkdir()

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.models.whole_files.sync_to_disk", full)
        with pytest.raises(DiskFull):
            back_up(source_of(embedded), target, embedded.chance.clock, "1")
    assert list(target.parent.iterdir()) == []
    connect = dbapi2.connect

    def small(*args: Any, **options: Any) -> Any:
        made = connect(*args, **options)
        if str(args[0]).endswith(".part"):
            made.execute(f"pragma key = \"x'{KEY.hex()}'\"")
            made.execute("pragma max_page_count = 20")
        return made

    monkeypatch.setattr("merchant_desk.server.backup_sqlite.dbapi2.connect", small)
    with pytest.raises(DiskFull):
        back_up(source_of(embedded), target, embedded.chance.clock, "1")
    assert list(target.parent.iterdir()) == []


def test_pages_that_do_not_authenticate_are_no_database(embedded: WebWorld, tmp_path: Path) -> None:
    """A seal over damaged content: the source itself was damaged when it was copied."""
    manifest = back_up(source_of(embedded), tmp_path / "good", embedded.chance.clock, "1")
    with verified_content(tmp_path / "good") as (_, content), whole_file(tmp_path / "bad") as part:
        data = bytearray(content.read(-1))
        data[5 * 4096 + 100] ^= 255
        part.write_bytes(data)
        seal_file(part, manifest)
    target = tmp_path / "new.db"
    with pytest.raises(BackupDamaged):
        restore_embedded(tmp_path / "bad", target, KEY, embedded.services.edge)
    assert not target.exists()


def test_the_old_log_is_not_applied_to_the_new_file(tmp_path: Path) -> None:
    """A server that was killed leaves its log behind; it belongs to the database that was replaced."""
    with web_world(tmp_path) as world:
        copy = tmp_path / "copy.mdbackup"
        back_up(source_of(world), copy, world.chance.clock, "1")
        add_people(world, 20)
        left = {path.name: path.read_bytes() for path in tmp_path.glob("server.db*")}
        chance, count = world.chance, len(contents(world.services.database)["persons"])
    assert len(left["server.db-wal"]) > 0
    for name, data in left.items():
        (tmp_path / name).write_bytes(data)
    done = restore_embedded(copy, tmp_path / "server.db", KEY, edge_of(chance))
    restored = open_embedded(tmp_path / "server.db", KEY)
    assert len(contents(restored)["persons"]) == count - 20
    restored.close()
    assert done.kept is not None
    kept = open_embedded(done.kept, KEY)
    assert len(contents(kept)["persons"]) == count
    kept.close()


def test_the_recovery_paper_opens_a_copy_on_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    vault = open_vault(home, demo=True, ask_passphrase=lambda _: None)
    chance = Chance(5)
    paper, other = RecoveryKey.make(chance.bytes), RecoveryKey.make(chance.bytes)
    database = open_embedded(home / "server.db", vault.key)
    open_state(database, chance.new_id, chance.bytes)
    with database.writer.begin() as connection:
        write_value(connection, recovery_name(chance.new_id()), paper.public_key.hex())
    record = VaultRecord.of(vault.profile_id, vault.key)
    copy = tmp_path / "copy.mdbackup"
    manifest = back_up(EmbeddedSource(home / "server.db", vault.key, record), copy, chance.clock, "1")
    database.close()

    def key_in(folder: Path, given: RecoveryKey | None) -> bytes:
        folder.mkdir(exist_ok=True)
        return key_for(
            copy, manifest, folder, demo=False, ask=lambda _: "long enough phrase", paper=lambda: given
        )

    assert key_in(home, None) == vault.key
    with pytest.raises(CopyLocked) as locked:
        key_in(tmp_path / "empty", None)
    assert paper.number in locked.value.sentence()
    with pytest.raises(WrongRecoveryKey) as told:
        key_in(tmp_path / "empty", other)
    assert paper.number in told.value.sentence()
    assert key_in(tmp_path / "new", paper) == vault.key
    assert open_vault(tmp_path / "new", demo=False, ask_passphrase=lambda _: "long enough phrase").key == (
        vault.key
    )
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    open_vault(stranger, demo=True, ask_passphrase=lambda _: None)
    with pytest.raises(KeyDoesNotFit):
        key_in(stranger, paper)


def test_a_database_that_is_gone_is_not_made_anew_beside_its_backups(tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    open_embedded(tmp_path / "server.db", KEY).close()
    (tmp_path / "server.db").unlink()
    (tmp_path / "backups" / "auto-20251121T030000Z.mdbackup").touch()
    with pytest.raises(DatabaseMissing):
        open_embedded(tmp_path / "server.db", KEY)


# ---------------------------------------------------------------- every night


SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2025-11-21T03:00:00", "2025-11-21T03:00:00"),
        ("2025-11-21T02:59:59", "2025-11-20T03:00:00"),
        ("2025-11-21T23:00:00", "2025-11-21T03:00:00"),
        ("2025-03-01T00:10:00", "2025-02-28T03:00:00"),
    ],
)
def test_last_night(now: str, night: str) -> None:
    zoned = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert last_night(zoned) == datetime.fromisoformat(night).replace(tzinfo=SHANGHAI)


def test_seven_days_and_four_weeks_are_kept() -> None:
    first = datetime(2025, 1, 1, 3, tzinfo=UTC)
    kept: list[tuple[Path, datetime]] = []
    for day in range(120):
        made = first + timedelta(days=day)
        kept.append((Path(f"{day}"), made))
        gone = set(outdated(kept))
        kept = [copy for copy in kept if copy[0] not in gone]
    ages = sorted(119 - int(path.name) for path, _ in kept)
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(ages) == 11
    gaps = [later - earlier for earlier, later in itertools.pairwise(ages[7:])]
    assert 1 <= gaps[0] <= 7
    assert gaps[1:] == [7, 7]


def test_every_night_one_copy_and_its_age_in_health(tmp_path: Path) -> None:
    chance = Chance(1)
    chance.now = round(datetime(2025, 11, 20, 19, 30, tzinfo=UTC).timestamp()) * 1_000_000
    source = EmbeddedSource(tmp_path / "server.db", KEY, RECORD)
    automatic = AutomaticBackups(source, edge_of(chance), SHANGHAI)
    with web_world(tmp_path, backup_health=automatic.health) as world:
        world.app.state.upkeep.backups = automatic
        assert automatic.health().made_at is None
        for hours, due in ((0, True), (0, False), (20, False), (4, True), (1, False), (70, True)):
            chance.now += hours * HOUR
            assert automatic.is_due() is due, hours
            world.loop.run(world.app.state.upkeep.back_up())
        assert len(list((tmp_path / "backups").iterdir())) == 3
        world.app.state.upkeep.backups = started = AutomaticBackups(source, edge_of(chance), SHANGHAI)
        world.loop.run(world.app.state.upkeep.back_up())
        assert not started.is_unread, "no copy is due, so it is read through without one"
        assert started.health().trouble == ""
        assert len(list((tmp_path / "backups").iterdir())) == 3
        chance.now += 5 * HOUR
        health = world.client.get("/health").json()
        assert health["backup"]["age_seconds"] // 3600 == 5
        assert health["backup"]["trouble"] == ""
        chance.now += 60 * HOUR
        assert world.client.get("/health").json()["status"] == "degraded"


def test_a_copy_made_under_a_wrong_clock_stops_no_night(tmp_path: Path) -> None:
    """The clock stood in 2099 for one night, and was set right after."""
    chance = Chance(1)
    automatic = AutomaticBackups(EmbeddedSource(tmp_path / "server.db", KEY, RECORD), edge_of(chance), UTC)
    with web_world(tmp_path, backup_health=automatic.health) as world:
        now = chance.now
        chance.now = round(datetime(2099, 1, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000
        automatic.make()
        (ahead,) = (tmp_path / "backups").iterdir()
        assert (automatic.health().age_seconds, automatic.health().trouble) == (0, "")
        chance.now = now
        health = automatic.health()
        assert (health.made_at, health.age_seconds, health.trouble) == (None, None, BACKUP_AHEAD)
        assert world.client.get("/health").json()["status"] == "degraded"
        for night in range(12):
            assert automatic.is_due(), night
            automatic.make()
            assert not automatic.is_due()
            chance.now += 24 * HOUR
        health = automatic.health()
        assert health.age_seconds is not None
        assert (health.age_seconds // 3600, health.trouble) == (24, BACKUP_AHEAD)
        # It takes no other copy's place, and only a person takes it away.
        kept = {path.name for path in (tmp_path / "backups").iterdir()}
        nights = (stamp(chance.now - n * 24 * HOUR) for n in range(1, 8))
        assert kept > {ahead.name, *(f"auto-{night}.mdbackup" for night in nights)}
        ahead.unlink()
        assert automatic.health().trouble == ""


def test_a_clock_set_back_by_minutes_is_no_trouble(tmp_path: Path) -> None:
    chance = Chance(1)
    automatic = AutomaticBackups(EmbeddedSource(tmp_path / "server.db", KEY, RECORD), edge_of(chance), UTC)
    with web_world(tmp_path):
        automatic.make()
        chance.now -= HOUR // 2
        assert not automatic.is_due()
        assert (automatic.health().age_seconds, automatic.health().trouble) == (0, "")


@pytest.mark.expects_log("backup_failed")
def test_a_copy_that_fails_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Chance(1)
    automatic = AutomaticBackups(EmbeddedSource(tmp_path / "server.db", KEY, RECORD), edge_of(chance), UTC)
    with web_world(tmp_path):

        def full(*_: object) -> None:
            raise OSError(28, os.strerror(28))

        with monkeypatch.context() as patch:
            patch.setattr("merchant_desk.models.whole_files.sync_to_disk", full)
            automatic.make()
        assert automatic.health().trouble == "disk_full"
        assert automatic.is_due()
        left = tmp_path / "backups" / "auto-20200101T000000Z.mdbackup.part"
        left.write_bytes(b"of a process that was killed")
        automatic.make()
        assert not left.exists()
        assert automatic.health().trouble == ""
        assert not automatic.is_due()


def test_every_fault_speaks_both_languages() -> None:
    path = Path("x")
    faults: list[Fault] = [
        BackupForeign(path),
        BackupDamaged(path, "zstd"),
        BackupNewer(path, "2"),
        BackupOfAnotherKind(path, "sqlite"),
        ServerRunning(),
    ]
    for fault in faults:
        assert fault.sentence("en").isascii()
        assert not fault.sentence("zh_CN").isascii()
    assert operations.name in metadata.tables
