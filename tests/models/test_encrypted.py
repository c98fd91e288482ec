"""Is what is stored unreadable without the key, and written and read in transactions of our own?"""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from merchant_desk.models import encrypted
from merchant_desk.models.encrypted import Role, checkpoint, open_engine
from merchant_desk.models.faults import (
    DatabaseBusy,
    ReadOnlyDatabase,
)
from tests.helpers.databases import PAGE, SECRET, Opener, count, fill, opened, path

__all__ = ["opened", "path"]  # fixtures

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
