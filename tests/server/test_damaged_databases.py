"""Is a copy of a damaged database refused when it is made, not when it is needed?"""

import os
from datetime import UTC
from pathlib import Path

import pytest

from merchant_desk.models.encrypted import file_integrity
from merchant_desk.models.faults import Corrupted
from merchant_desk.models.whole_files import whole_file
from merchant_desk.server.backup import AutomaticBackups, EmbeddedSource, back_up, restore_embedded
from merchant_desk.server.backup_file import BackupDamaged, seal_file, verified_content
from merchant_desk.server.database import open_embedded, open_postgres
from merchant_desk.sync.administration import BackupHealth
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.server_health import backup_finding
from merchant_desk.sync.vault import open_vault
from merchant_desk.sync.vault_record import VaultRecord
from tests.helpers.world import KEY, Chance
from tests.server.running import run
from tests.server.test_backup import add_people, edge_of
from tests.server.web import web_world

PAGE = 4096
HOUR = 3_600_000_000
RECORD = VaultRecord.of("profile", KEY)


@pytest.fixture
def source(tmp_path: Path) -> EmbeddedSource:
    """A stopped server's database."""
    with web_world(tmp_path) as world:
        add_people(world, 200)
    return EmbeddedSource(tmp_path / "server.db", KEY, RECORD)


def overwrite(path: Path, start: int, pages: int) -> None:
    """Write rubbish over some pages, as a disk does that mixes up its sectors."""
    with path.open("rb+") as file:
        file.seek(start * PAGE)
        file.write(os.urandom(pages * PAGE))


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.95])
def test_a_damaged_database_has_no_copy(source: EmbeddedSource, tmp_path: Path, part: float) -> None:
    pages = source.path.stat().st_size // PAGE
    overwrite(source.path, int(pages * part), 3)
    folder = tmp_path / "copies"
    folder.mkdir()
    with pytest.raises(Corrupted) as told:
        back_up(source, folder / "bad.mdbackup", lambda: 0, "1")
    assert told.value.path == source.path, "it is the database that is damaged"
    for language in ("zh_CN", "en"):
        assert "\n" not in told.value.sentence(language)
    assert list(folder.iterdir()) == [], "nothing that looks like a copy, or like a part of one"


@pytest.mark.parametrize(
    ("damage", "why"), [("pages", "it is damaged"), ("noise", "its beginning"), ("empty", "it is empty")]
)
def test_a_damaged_server_is_told_what_works_for_a_server(tmp_path: Path, damage: str, why: str) -> None:
    """The desk's doctor has no --data-dir; what helps is a copy, and the newest is named."""
    key = open_vault(tmp_path, demo=True, ask_passphrase=lambda _: None).key
    path = tmp_path / "server.db"
    open_embedded(path, key).close()
    if damage == "pages":
        overwrite(path, 3, path.stat().st_size // PAGE - 4)
    else:
        path.write_bytes(os.urandom(PAGE * 8) if damage == "noise" else b"")
    before = path.read_bytes()
    (tmp_path / "backups").mkdir()
    newest = tmp_path / "backups" / "auto-20261121T030000Z.mdbackup"
    for copy in (newest, newest.with_name("auto-20261120T030000Z.mdbackup")):
        copy.touch()
    where = ("--data-dir", str(tmp_path))
    for words in (("serve", *where, "--port", "0", "--plain-http"), ("backup", *where)):
        said = run(*words).stderr
        assert "doctor" not in said, said
        assert "全部数据" in said, said
        assert f"cannot be used: {why}" in said, said
        assert "merchant-desk restore" in said, said
        assert said.count(str(newest)) == 2, said
    assert path.read_bytes() == before, "nothing was made in its place"


@pytest.mark.expects_log("backup_failed")
def test_the_nightly_copy_tells_and_keeps_the_good_ones(source: EmbeddedSource, tmp_path: Path) -> None:
    chance = Chance(1)
    automatic = AutomaticBackups(source, edge_of(chance), UTC)
    automatic.make()
    good = list((tmp_path / "backups").iterdir())
    assert len(good) == 1
    chance.now += 24 * HOUR
    overwrite(source.path, source.path.stat().st_size // PAGE // 2, 3)
    assert automatic.is_due()
    automatic.make()
    health = automatic.health()
    assert health.trouble == "corrupted"
    assert list((tmp_path / "backups").iterdir()) == good
    found = backup_finding(health)
    assert found.grade is Grade.BAD, "a younger copy does not help a database that is damaged now"
    assert "已损坏" in found.zh
    assert "damaged" in found.en
    assert not automatic.is_due(), "an ailing disk is not read through every minute"
    chance.now += HOUR
    assert automatic.is_due()


@pytest.mark.expects_log("database_damaged")
def test_a_start_over_a_damaged_database_is_told_before_the_next_copy(source: EmbeddedSource) -> None:
    """The server answers at once; what its next copy would find at night it says within minutes."""
    edge = edge_of(Chance(1))
    before = AutomaticBackups(source, edge, UTC)
    before.make()
    assert not before.is_unread, "whoever copies has read it through"
    overwrite(source.path, source.path.stat().st_size // PAGE // 2, 3)
    started = AutomaticBackups(source, edge, UTC)
    assert (started.is_due(), started.is_unread, started.health().trouble) == (False, True, "")
    started.read_through()
    assert (started.is_unread, started.health().trouble) == (False, "corrupted")
    assert backup_finding(started.health()).grade is Grade.BAD


def test_damage_is_grave_before_the_first_copy_too() -> None:
    finding = backup_finding(BackupHealth(None, None, "corrupted"))
    assert finding.grade is Grade.BAD
    assert "已损坏" in finding.zh


def test_a_restore_says_one_sentence(source: EmbeddedSource, tmp_path: Path) -> None:
    """Also of a copy that an older version made without looking."""
    manifest = back_up(source, tmp_path / "good", lambda: 0, "1")
    with verified_content(tmp_path / "good") as (_, content), whole_file(tmp_path / "bad") as part:
        part.write_bytes(content.read(-1))
        overwrite(part, part.stat().st_size // PAGE - 30, 20)
        assert len(file_integrity(part, KEY)) > 10
        seal_file(part, manifest)
    with pytest.raises(BackupDamaged) as told:
        restore_embedded(tmp_path / "bad", tmp_path / "new.db", KEY, edge_of(Chance(1)))
    for language in ("zh_CN", "en"):
        said = told.value.sentence(language)
        assert "\n" not in said
        assert len(said.replace(str(tmp_path), "")) < 200
    assert not list(tmp_path.glob("new.db*"))


def test_postgresql_that_cannot_read_a_page_has_no_copy(tmp_path: Path, server_url: str) -> None:
    """What it says of a bad page (SQLSTATE XX001) is raised here by a view in the place of a table."""
    with web_world(tmp_path, server_url):
        pass
    database = open_postgres(server_url)
    try:
        with database.writer.begin() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION damaged() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'invalid page in block 3 of relation base/1/2' USING ERRCODE = 'XX001';"
                " END $$"
            )
            connection.exec_driver_sql("ALTER TABLE persons RENAME TO persons_read")
            connection.exec_driver_sql(
                "CREATE VIEW persons AS SELECT * FROM persons_read WHERE damaged() OR id IS NULL"
            )
        with pytest.raises(Corrupted, match="invalid page in block 3"):
            back_up(database, tmp_path / "copy.mdbackup", lambda: 0, "1")
    finally:
        database.close()
    assert not list(tmp_path.glob("copy*"))
