"""Are a wrong key, damage, a full or read-only disk and a network share told by their names?"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from merchant_desk.models import encrypted, network_shares
from merchant_desk.models.encrypted import checkpoint, integrity, named_fault, open_engine
from merchant_desk.models.faults import (
    Corrupted,
    DatabaseMissing,
    DiskFull,
    Fault,
    NetworkShare,
    NotADatabase,
    NotEncrypted,
    ReadOnlyDatabase,
    StorageFailed,
    WrongKey,
)
from tests.helpers.databases import KEY, OTHER_KEY, PAGE, Opener, count, fill, opened, path

__all__ = ["opened", "path"]  # fixtures


def test_wrong_key(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(WrongKey):
        open_engine(path, OTHER_KEY, role="writer")
    assert path.read_bytes() == before


def test_no_key_for_an_encrypted_file(path: Path) -> None:
    with pytest.raises(NotADatabase):
        open_engine(path, None, role="writer")


def test_a_key_for_a_plain_file(tmp_path: Path, opened: Opener) -> None:
    fill(opened(tmp_path / "plain.db", key=None))
    with pytest.raises(NotEncrypted):
        open_engine(tmp_path / "plain.db", KEY, role="writer")


@pytest.mark.parametrize("content", [b"hello", b"id,name\n1,tea\n" * 1000, bytes(100)])
def test_some_other_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "desk.db"
    path.write_bytes(content)
    with pytest.raises(NotADatabase):
        open_engine(path, KEY, role="writer")
    assert path.read_bytes() == content


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    for role in ("writer", "reader"):
        with pytest.raises(NotADatabase):
            open_engine(tmp_path, KEY, role="writer" if role == "writer" else "reader")


def test_a_damaged_first_page_is_not_called_a_wrong_key(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[200:210] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(Corrupted, match="page 1"):
        open_engine(path, KEY, role="writer")
    with pytest.raises(WrongKey):
        open_engine(path, OTHER_KEY, role="writer")


def test_a_damaged_page_further_on(path: Path, opened: Opener) -> None:
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // PAGE):
        content[page * PAGE + 100] ^= 1
    path.write_bytes(content)
    engine = opened(path)
    with engine.connect() as connection, pytest.raises(Corrupted):
        connection.execute(text("select sum(length(body)) from note")).scalar_one()
    problems = integrity(engine)
    assert "HMAC verification failed for page 3" in problems


def test_a_file_cut_short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 // PAGE * PAGE])
    with pytest.raises(Corrupted):
        open_engine(path, KEY, role="writer")


def test_integrity_of_a_sound_file_and_of_a_dangling_reference(path: Path, opened: Opener) -> None:
    engine = opened(path)
    assert integrity(engine) == ()
    raw = engine.raw_connection()
    raw.cursor().execute("pragma foreign_keys = off").close()
    raw.cursor().execute("insert into link (note) values (4711)").close()
    raw.close()
    assert integrity(engine) == ("link row 1 points to a missing row of note",)


def test_missing_file_or_folder(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing):
        open_engine(tmp_path / "desk.db", KEY, role="reader")
    with pytest.raises(DatabaseMissing):
        open_engine(tmp_path / "no folder" / "desk.db", KEY, role="writer")
    assert list(tmp_path.iterdir()) == []


@contextmanager
def no_privileges(folder: Path) -> Iterator[None]:
    """Root may write what nobody may: be somebody else for a while."""
    if sys.platform == "win32" or os.geteuid() != 0:
        yield
        return
    opened_up = []
    for part in [folder, *folder.parents]:
        mode = part.stat().st_mode
        if not mode & 0o011:
            part.chmod(mode | 0o011)
            opened_up.append((part, mode))
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for part, mode in opened_up:
            part.chmod(mode)


@pytest.mark.parametrize("folder_mode", [0o555, 0o777])
def test_a_file_that_may_not_be_written(path: Path, folder_mode: int) -> None:
    path.chmod(0o444)
    path.parent.chmod(folder_mode)
    try:
        with no_privileges(path.parent), pytest.raises(ReadOnlyDatabase):
            open_engine(path, KEY, role="writer")
    finally:
        path.parent.chmod(0o700)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows: a folder's mode does not keep files out")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with no_privileges(tmp_path), pytest.raises(ReadOnlyDatabase):
            open_engine(tmp_path / "desk.db", KEY, role="writer")
    finally:
        tmp_path.chmod(0o700)


def test_full_disk_rolls_back_and_says_so(path: Path, opened: Opener) -> None:
    engine = opened(path)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        connection.exec_driver_sql(f"pragma max_page_count = {pages + 2}")
    with pytest.raises(DiskFull) as full, engine.begin() as connection:
        connection.execute(text("insert into note (body) select body || '+' from note"))
    assert full.value.path == path
    assert full.value.free_bytes > 0
    assert count(engine) == 200
    assert integrity(engine) == ()


def test_full_disk_at_commit_through_a_session(path: Path, opened: Opener) -> None:
    engine = opened(path)
    with Session(engine) as session:
        pages = session.connection().exec_driver_sql("pragma page_count").scalar_one()
        session.connection().exec_driver_sql(f"pragma max_page_count = {pages + 1}")
        with pytest.raises(DiskFull):
            session.execute(text("create table big as select zeroblob(100000) as x"))
        session.rollback()
    assert count(engine) == 200


def test_a_network_share_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_shares, "remote_filesystem", lambda folder: "cifs")
    with pytest.raises(NetworkShare):
        open_engine(tmp_path / "desk.db", KEY, role="writer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["execute", "executemany"])
def test_the_driver_s_own_cursor_names_a_full_disk_at_the_statement_that_meets_it(
    path: Path, opened: Opener, way: str
) -> None:
    engine, body = opened(path), "x" * 100_000
    with engine.begin() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar()
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        cursor = connection.connection.cursor()
        values = [body] if way == "execute" else [[f"{n}{body}"] for n in range(9)]
        with pytest.raises(DiskFull):
            getattr(cursor, way)("insert into note (body) values (?)", values)
    assert count(engine) == 200


@pytest.mark.parametrize("way", ["fetchone", "fetchmany", "fetchall", "__next__"])
def test_the_driver_s_own_cursor_names_damage_that_it_meets_between_rows(
    path: Path, opened: Opener, way: str
) -> None:
    with opened(path).begin() as connection:
        connection.exec_driver_sql("create table late as select id, body || hex(zeroblob(500)) from note")
    checkpoint(opened(path), "TRUNCATE")
    with path.open("r+b") as file:
        file.seek(-PAGE, os.SEEK_END)
        file.write(bytes(64))
    with opened(path).connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("select * from late")
        with pytest.raises(Corrupted):
            all(iter(getattr(cursor, way), []))


def test_on_the_driver_s_own_cursor_mistakes_of_ours_stay_the_driver_s_errors(
    path: Path, opened: Opener
) -> None:
    with opened(path).connect() as connection:
        cursor = connection.connection.cursor()
        with pytest.raises(dbapi2.IntegrityError):
            cursor.execute("insert into link (note) values (4711)")
        with pytest.raises(dbapi2.OperationalError, match="no such table"):
            cursor.execute("select * from nowhere")


def driver_error(code: int) -> dbapi2.Error:
    error: dbapi2.Error = dbapi2.OperationalError("disk I/O error")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    return error


def test_an_input_output_error_is_a_full_disk_only_where_no_room_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fsync_failed = tmp_path / "desk.db", driver_error(10 | 4 << 8)
    failed = named_fault(fsync_failed, path)
    assert isinstance(failed, StorageFailed)
    assert "SQLITE_IOERR_FSYNC" in failed.detail
    monkeypatch.setattr(encrypted, "_free_bytes", lambda path: 4096)
    assert isinstance(named_fault(fsync_failed, path), DiskFull)


def test_errors_that_are_not_about_the_machine_keep_their_own_name(tmp_path: Path) -> None:
    assert named_fault(ValueError("x"), tmp_path) is None
    assert named_fault(driver_error(dbapi2.SQLITE_MISMATCH), tmp_path) is None
    assert isinstance(named_fault(driver_error(dbapi2.SQLITE_LOCKED), tmp_path), Fault)
