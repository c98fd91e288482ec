"""Is what is stored unreadable without the key, durable, and are its troubles told by name?"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from merchant_desk.models import encrypted, network_shares
from merchant_desk.models.encrypted import Role, checkpoint, integrity, named_fault, open_engine
from merchant_desk.models.faults import (
    Corrupted,
    DatabaseBusy,
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

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
SECRET = "三号仓库的秘密"
PAGE = 4096

Opener = Callable[..., Engine]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open engines that are closed at the end of the test."""
    engines: list[Engine] = []

    def open_one(
        path: Path, key: bytes | None = KEY, role: Role = "writer", cache_mb: int | None = None
    ) -> Engine:
        engines.append(open_engine(path, key, role=role, cache_mb=cache_mb))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


def fill(engine: Engine, rows: int = 200) -> None:
    with engine.begin() as connection:
        connection.execute(text("create table note (id integer primary key, body text not null unique)"))
        connection.execute(text("create table link (note integer references note (id))"))
        connection.execute(
            text("insert into note (body) values (:body)"),
            [{"body": f"{SECRET} {n:050d}"} for n in range(rows)],
        )


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("select count(*) from note")).scalar_one())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed, filled database; its name has what URLs and Windows trip over."""
    path = tmp_path / "店 #1 100%?.db"
    engine = open_engine(path, KEY, role="writer")
    fill(engine)
    engine.dispose()
    return path


# ---------------------------------------------------------------- at rest


def test_neither_file_nor_log_holds_a_readable_word(tmp_path: Path, opened: Opener) -> None:
    engine = opened(tmp_path / "desk.db")
    fill(engine)
    files = sorted(tmp_path.glob("desk.db*"))
    assert [file.name for file in files] == ["desk.db", "desk.db-shm", "desk.db-wal"]
    assert sum(file.stat().st_size for file in files) > 5 * PAGE
    for file in files:
        content = file.read_bytes()
        assert SECRET.encode() not in content
        assert b"create table" not in content
        assert not content.startswith(b"SQLite format 3")
        if os.name == "posix":
            assert file.stat().st_mode & 0o077 == 0


def test_a_plain_database_would_be_seen_by_the_test_above(tmp_path: Path, opened: Opener) -> None:
    fill(opened(tmp_path / "plain.db", key=None))
    assert SECRET.encode() in (tmp_path / "plain.db-wal").read_bytes()


def test_each_connection_is_set_up(path: Path, opened: Opener) -> None:
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "wal_autocheckpoint": 0,
        "foreign_keys": 1,
        "temp_store": 2,
        "busy_timeout": encrypted.BUSY_TIMEOUT_MS,
        "cipher_log_level": "NONE",
    }
    roles: list[tuple[Role, int, int]] = [("writer", 0, 64), ("reader", 1, 16)]
    for role, query_only, cache_mb in roles:
        with opened(path, role=role).connect() as connection:
            for pragma, value in {
                **expected,
                "query_only": query_only,
                "cache_size": -cache_mb * 1024,
            }.items():
                assert connection.exec_driver_sql(f"pragma {pragma}").scalar_one() == value, pragma
    with opened(path, role="reader", cache_mb=2).connect() as connection:
        assert connection.exec_driver_sql("pragma cache_size").scalar_one() == -2048


def test_a_key_of_another_length_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        open_engine(tmp_path / "desk.db", b"x" * 16, role="writer")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- transactions


def test_a_writer_begins_with_the_write_lock(
    path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encrypted, "BUSY_TIMEOUT_MS", 10)
    first, second = opened(path), opened(path)
    with first.connect() as holder, second.connect() as late:
        holder.execute(text("select 1"))  # no write yet: the lock is taken by beginning
        with pytest.raises(DatabaseBusy):
            late.execute(text("select 1"))
        holder.rollback()
        late.execute(text("select 1"))


def test_a_second_writer_may_open_while_the_first_writes(path: Path, opened: Opener) -> None:
    with opened(path).begin() as holder:
        holder.execute(text("delete from note where id = 1"))
        assert count(opened(path, role="reader")) == 200
        opened(path)


def test_rollback_commit_and_savepoints(path: Path, opened: Opener) -> None:
    engine = opened(path)
    with Session(engine) as session:
        session.execute(text("delete from note"))
        session.rollback()
        session.execute(text("delete from note where id <= 10"))
        nested = session.begin_nested()
        session.execute(text("delete from note"))
        nested.rollback()
        session.commit()
    assert count(engine) == 190


def test_a_reader_sees_one_snapshot_for_each_transaction(path: Path, opened: Opener) -> None:
    writer, reader = opened(path), opened(path, role="reader")
    with reader.connect() as connection:
        question = text("select count(*) from note")
        assert connection.execute(question).scalar_one() == 200
        with writer.begin() as change:
            change.execute(text("delete from note where id <= 50"))
        assert connection.execute(question).scalar_one() == 200
        connection.rollback()
        assert connection.execute(question).scalar_one() == 150


def test_a_reader_cannot_write(path: Path, opened: Opener) -> None:
    reader = opened(path, role="reader")
    with reader.connect() as connection, pytest.raises(ReadOnlyDatabase):
        connection.execute(text("delete from note"))
    assert count(reader) == 200


def test_readers_open_with_and_without_a_log(path: Path, opened: Opener) -> None:
    alone = opened(path, role="reader")
    assert count(alone) == 200
    writer = opened(path)
    with writer.begin() as change:
        change.execute(text("delete from note where id = 1"))
    assert count(alone) == 199
    assert count(opened(path, role="reader")) == 199


def test_readers_work_in_several_threads_at_once(path: Path, opened: Opener) -> None:
    reader = opened(path, role="reader")
    together, counts = threading.Barrier(encrypted.READERS), []

    def read() -> None:
        with reader.connect() as connection:
            together.wait(timeout=10)  # so every thread holds a connection of its own
            counts.append(connection.execute(text("select count(*) from note")).scalar_one())

    threads = [threading.Thread(target=read) for _ in range(encrypted.READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [200] * encrypted.READERS


def test_the_writer_has_one_connection(path: Path, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encrypted, "POOL_TIMEOUT_S", 0.05)
    engine = opened(path)
    with engine.connect(), pytest.raises(PoolTimeout):
        engine.connect()


def test_a_violated_constraint_is_no_fault_of_the_machine(path: Path, opened: Opener) -> None:
    with opened(path).begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("insert into link (note) values (4711)"))


def test_other_listeners_still_hear_errors(path: Path, opened: Opener) -> None:
    engine, heard = opened(path), []
    event.listen(
        engine, "handle_error", lambda context: heard.append(context.original_exception), insert=True
    )
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("insert into note (body) select body from note"))
    assert len(heard) == 1


# ---------------------------------------------------------------- checkpoint


def test_checkpoint_moves_the_log_into_the_file_when_asked_only(path: Path, opened: Opener) -> None:
    engine = opened(path)
    with engine.begin() as connection:
        connection.execute(text("update note set body = body || '!'"))
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0
    before = path.read_bytes()
    done = checkpoint(engine)
    assert (done.blocked, done.complete) == (False, True)
    assert done.log_pages > 3
    assert path.read_bytes() != before
    assert checkpoint(engine, "TRUNCATE").complete
    assert log.stat().st_size == 0


def test_checkpoint_says_when_a_reader_holds_it_back(path: Path, opened: Opener) -> None:
    writer, reader = opened(path), opened(path, role="reader")
    with writer.begin() as connection:
        connection.execute(text("delete from note where id = 1"))
    with reader.connect() as connection:
        connection.execute(text("select count(*) from note")).scalar_one()
        with writer.begin() as change:
            change.execute(text("update note set body = body || '!'"))
        assert not checkpoint(writer).complete
    assert checkpoint(writer).complete


# ---------------------------------------------------------------- troubles


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
    if os.geteuid() != 0:
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
