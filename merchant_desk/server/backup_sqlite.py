"""Backup and restore of the embedded database: its pages, under its own key."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy import Connection, func, select, table
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from merchant_desk.models.encrypted import checkpoint, file_integrity, integrity, named_fault, open_engine
from merchant_desk.models.erasing import overwrite_deleted
from merchant_desk.models.faults import Corrupted, DatabaseMissing, Fault, StorageFailed
from merchant_desk.models.private_files import open_private, sync_folder
from merchant_desk.models.server_tables import metadata
from merchant_desk.models.whole_files import disk_fault
from merchant_desk.server.backup_file import BackupDamaged, Content
from merchant_desk.server.ended import NOTHING, ended_in, note_ended
from merchant_desk.server.left import read_left
from merchant_desk.server.restored import renew
from merchant_desk.server.state import NewId, read_values

log = structlog.get_logger()

T = TypeVar("T")

_LOGS = ("-wal", "-shm", "-journal")


def copy_pages(path: Path, key: bytes | None, target: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Copy a database that may be in use, as of one moment, into `target` under the same key.

    Writers go on meanwhile; what they write is not in the copy. Returns the server's state and the
    number of rows of each table, as of the copy. The copy is read through before it is called one: the
    driver copies damaged pages without a word.

    Raises:
        Corrupted: the database is damaged; the copy would never be taken back.
        Fault: the database's faults, DiskFull among them.
    """
    source = open_engine(path, key, role="reader")
    try:
        with source.connect() as connection, connection.begin():
            # Reading something fixes the moment; the copy is of it, whatever commits meanwhile.
            state = read_values(connection)
            rows = {
                name: connection.scalar(select(func.count()).select_from(table(name))) or 0
                for name in metadata.tables
            }
            _copy(connection.connection.driver_connection, target, key)
    finally:
        source.dispose()
    problems = file_integrity(target, key)
    if problems:
        raise Corrupted(path, problems[0])
    return state, rows


def read_through(path: Path, key: bytes | None) -> None:
    """Read a database that may be in use, as of one moment.

    Raises:
        Corrupted: it is damaged.
        Fault: the database's other faults.
    """
    engine = open_engine(path, key, role="reader")
    try:
        problems = integrity(engine)
    finally:
        engine.dispose()
    if problems:
        raise Corrupted(path, problems[0])


def _copy(source: dbapi2.Connection, target: Path, key: bytes | None) -> None:
    try:
        copy = dbapi2.connect(str(target), isolation_level=None)
        try:
            if key is not None:
                copy.execute(f"pragma key = \"x'{key.hex()}'\"")
            copy.execute("pragma journal_mode = off")
            copy.execute("pragma synchronous = off")  # the whole file is synced at the end
            source.backup(copy)
        finally:
            copy.close()
    except dbapi2.Error as error:
        raise _copy_fault(error, target) from error


def _copy_fault(error: dbapi2.Error, target: Path) -> Fault:
    """Name what stopped a copy: the driver's backup gives words and no code."""
    if "full" in str(error):
        return disk_fault(OSError(errno.ENOSPC, str(error)), target)
    return named_fault(error, target) or StorageFailed(target, str(error))


def put_back(
    backup: Path, content: Content, path: Path, key: bytes | None, new_id: NewId, stamp: str
) -> Path | None:
    """Make a backup's content the database at `path`; the one that was there is kept under another name.

    A crash at any moment leaves the old database or the new one, whole. Nobody may have it open.

    Returns:
        where the old database is now, None if there was none.

    Raises:
        BackupDamaged: pages do not authenticate, or the tables are inconsistent.
        Fault: the database's faults; the old one is untouched.
    """
    fresh = path.with_name(path.name + ".restoring")
    _remove(fresh)
    try:
        content.copy_to(fresh)
        _prove_and_renew(backup, fresh, path, key, new_id)
        return _swap(fresh, path, key, stamp)
    except OSError as error:
        raise disk_fault(error, path) from error
    finally:
        _remove(fresh)


def has_left(path: Path, key: bytes | None) -> bool:
    """Tell whether the shop of a database has moved to another computer; one that tells nothing has not."""
    return _said_by(path, key, lambda connection: read_left(connection) is not None, unsaid=False)


def _said_by(path: Path, key: bytes | None, ask: Callable[[Connection], T], *, unsaid: T) -> T:
    """Return what the database that is to be replaced says; `unsaid` where it says nothing any more."""
    if not path.exists():
        return unsaid
    try:
        engine = open_engine(path, key, role="reader")
        try:
            with engine.connect() as connection, connection.begin():
                return ask(connection)
        finally:
            engine.dispose()
    except (Fault, DBAPIError) as error:
        log.warning("replaced_not_read", error=type(error).__name__)
        return unsaid


def _prove_and_renew(backup: Path, fresh: Path, old: Path, key: bytes | None, new_id: NewId) -> None:
    """Check every page, end in the copy what is no longer true (server/restored.py), destroy erased keys."""
    problems = file_integrity(fresh, key)
    if problems:
        raise BackupDamaged(backup, problems[0])
    engine = open_engine(fresh, key, role="writer")
    try:
        with engine.begin() as connection:
            renew(connection, new_id)
            overwrite_deleted(connection)
            note_ended(connection, _said_by(old, key, ended_in, unsaid=NOTHING))
        checkpoint(engine, "TRUNCATE")
    finally:
        engine.dispose()


def _swap(fresh: Path, path: Path, key: bytes | None, stamp: str) -> Path | None:
    kept = None
    if path.exists():
        _settle(path, key, stamp)
        kept = path.with_name(f"{path.name}.before-restore-{stamp}")
        try:
            os.link(path, kept)
        except OSError:  # a file system without links
            kept.unlink(missing_ok=True)
            with path.open("rb") as old, open_private(kept) as copy:
                shutil.copyfileobj(old, copy)
    fresh.replace(path)
    sync_folder(path.parent)
    return kept


def _settle(path: Path, key: bytes | None, stamp: str) -> None:
    """Leave the old database in one file: its log must not be applied to the new one.

    One that cannot be opened any more is why somebody restores; its log is put aside with it.
    """
    with suppress(Fault):
        engine = open_engine(path, key, role="writer")
        try:
            checkpoint(engine, "TRUNCATE")
        finally:
            engine.dispose()
    for suffix in _LOGS:
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.replace(path.with_name(f"{path.name}.before-restore-{stamp}{suffix}"))


def _remove(path: Path) -> None:
    for suffix in ("", *_LOGS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def prove_there(path: Path) -> None:
    """Raise DatabaseMissing if there is no database to back up, or an empty file."""
    if not path.is_file() or not path.stat().st_size:
        raise DatabaseMissing(path)
