"""Opening SQLCipher databases: one writer, a few readers, and faults with names.

The key is a raw 256-bit key, so that opening costs no key derivation. Transactions are in our own
hands: the driver begins nothing, the writer begins with `begin immediate` and so never fails half way
for want of the write lock. Commits are durable (`synchronous=FULL`, on macOS `fullfsync`), and only
`checkpoint` moves the write-ahead log into the file.
"""

import errno
import hashlib
import hmac
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from merchant_desk.models.faults import (
    Corrupted,
    DatabaseBusy,
    DatabaseMissing,
    DiskFull,
    Fault,
    NotADatabase,
    NotEncrypted,
    ReadOnlyDatabase,
    StorageFailed,
    WrongKey,
)
from merchant_desk.models.named_driver import NamedConnection
from merchant_desk.models.network_shares import refuse_network_share

Role = Literal["writer", "reader"]
CheckpointMode = Literal["PASSIVE", "FULL", "RESTART", "TRUNCATE"]

KEY_BYTES = 32
WRITER_CACHE_MB = 64
READER_CACHE_MB = 16
READERS = 3
"""Connections of a reader engine; each holds its own page cache."""

BUSY_TIMEOUT_MS = 5_000
POOL_TIMEOUT_S = 30.0
ROOM_FOR_A_PAGE = 1 << 20
"""Below so many free bytes an input/output error is taken for a full disk."""

_PLAIN_HEADER = b"SQLite format 3\x00"
_PAGE = 4096
_RESERVED = 80  # at the end of each page: 16 bytes of IV, 64 of HMAC-SHA512
_SAMPLED_PAGES = 8


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint did, in pages; `complete` when the whole log is in the database file."""

    blocked: bool
    log_pages: int
    moved_pages: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left in the log that the file does not hold."""
        return not self.blocked and self.moved_pages == self.log_pages


def open_engine(
    path: Path,
    key: bytes | None,
    *,
    role: Role,
    cache_mb: int | None = None,
    pool: type[QueuePool] = QueuePool,
) -> Engine:
    """Open the database at `path` and return an engine whose connections are keyed and set up.

    A writer has one connection, makes the file (mode 0600) if there is none, and begins with `begin
    immediate`; a second checkout waits POOL_TIMEOUT_S. A reader has up to READERS read-only connections,
    each transaction seeing one snapshot. What disk and file do to a statement leaves every connection as a
    `Fault`, through SQLAlchemy or past it; constraint violations stay IntegrityErrors.

    Args:
        path: the database file, on a disk of this machine.
        key: 32 raw bytes (else ValueError); None for a plain database, a benchmark's peer.
        role: "writer" or "reader".
        cache_mb: page cache of each connection in MiB; by default 64 for a writer, 16 for a reader.
        pool: the kind of pool that keeps the connections.

    Raises:
        Fault: any fault of a database or a network share in `faults`.
    """
    if key is not None and len(key) != KEY_BYTES:
        raise ValueError(f"a database key has {KEY_BYTES} bytes, not {len(key)}")
    writer = role == "writer"
    refuse_network_share(path.parent)
    _prove_there(path, writer=writer)
    cache = cache_mb or (WRITER_CACHE_MB if writer else READER_CACHE_MB)
    engine = _pooled(path, lambda: _connect(path, key, writer=writer, cache_mb=cache), pool, writer=writer)
    _take_transactions(engine, "begin immediate" if writer else "begin")
    engine.connect().close()  # a connection that fails closes itself
    return engine


def _pooled(path: Path, connect: Callable[[], Any], pool: type[QueuePool], *, writer: bool) -> Engine:
    return create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        module=dbapi2,
        creator=connect,
        poolclass=pool,
        pool_size=1 if writer else READERS,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_use_lifo=True,  # the connection used last has the warm cache
        execution_options={_OPEN_ANOTHER: connect},
    )


def checkpoint(engine: Engine, mode: CheckpointMode = "PASSIVE") -> Checkpoint:
    """Move the write-ahead log into the database file; the writer does so when it is idle.

    PASSIVE never waits; RESTART and TRUNCATE wait for readers up to the busy time-out and let the log
    start anew. The caller holds no connection of a writer engine.

    Raises:
        DiskFull, StorageFailed: the log stays, nothing is lost.
    """
    blocked, log_pages, moved_pages = _outside_transaction(engine, f"pragma wal_checkpoint({mode})")[0]
    return Checkpoint(bool(blocked), log_pages, moved_pages)


def integrity(engine: Engine) -> tuple[str, ...]:
    """Check every b-tree, index and foreign key of a database at work, and so every page in use.

    On one snapshot, by a new connection: a used one remembers older states of search indexes or reads nothing
    more after a damaged page. What nothing uses may never have been written: it is left.
    """
    another = engine.get_execution_options()[_OPEN_ANOTHER]
    with closing(engine.raw_connection()):  # held, so that nobody exchanges the file meanwhile
        with closing(another()) as connection:
            connection.execute("begin")
            found = _problems(connection, "pragma integrity_check")
        if any("malformed" in one for one in found):  # where: pages that do not authenticate
            with closing(another()) as connection:
                found = (*_problems(connection, "pragma cipher_integrity_check"), *found)
    return found


def file_integrity(path: Path, key: bytes | None) -> tuple[str, ...]:
    """Check, as `integrity` does, a file that nobody has open or writes; nothing is made beside it.

    Raises:
        Fault: it does not open, for another reason than damage.
    """
    try:
        connection = _connect(path, key, writer=False, cache_mb=READER_CACHE_MB, settled=True)
    except Corrupted as damaged:
        return (damaged.detail,)
    with closing(connection):
        return _problems(connection, "pragma cipher_integrity_check", "pragma integrity_check")


_OPEN_ANOTHER = "open_another"  # the option of an engine that makes a connection beside its pool


def _problems(connection: Any, *pragmas: str) -> tuple[str, ...]:
    problems: list[str] = []
    try:
        for pragma in pragmas:
            lines = [
                line for row in connection.execute(pragma).fetchall() for line in str(row[0]).splitlines()
            ]
            problems += [line for line in lines if line != "ok" and not line.startswith("***")]
        for table, row_id, parent, _ in connection.execute("pragma foreign_key_check").fetchall():
            problems.append(f"{table} row {row_id} points to a missing row of {parent}")
    except Corrupted as damaged:
        problems.append(damaged.detail)
    return tuple(problems)


def named_fault(error: BaseException, path: Path, key: bytes | None = None) -> Fault | None:
    """Translate an error of the SQLite driver to a fault; None if it is not about the machine.

    Args:
        error: what the driver raised; other errors give None.
        path: the database file.
        key: lets "this is no database" be told apart from a wrong key.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(error, dbapi2.Error) or code is None:
        return None
    detail = f"{error} [{getattr(error, 'sqlite_errorname', code)}]"
    match code & 0xFF:
        case dbapi2.SQLITE_READONLY:
            return ReadOnlyDatabase(path)
        case dbapi2.SQLITE_FULL:
            return DiskFull(path, _free_bytes(path))
        case dbapi2.SQLITE_CORRUPT:
            return Corrupted(path, detail)
        case dbapi2.SQLITE_NOTADB:
            return _unreadable(path, key)
        case dbapi2.SQLITE_CANTOPEN:
            return _unopenable(path, detail)
        case dbapi2.SQLITE_IOERR:
            return _disk_fault(path, detail)
        case dbapi2.SQLITE_BUSY | dbapi2.SQLITE_LOCKED:
            return DatabaseBusy(path)
    return None


# ---------------------------------------------------------------- connections


def _prove_there(path: Path, *, writer: bool) -> None:
    """For a writer make an empty file if there is none; only its owner reads it, nor SQLite's log."""
    flags = os.O_RDWR | os.O_CREAT if writer else os.O_RDONLY
    try:
        if path.is_dir():
            raise NotADatabase(path)
        os.close(os.open(path, flags, 0o600))
    except FileNotFoundError as missing:
        raise DatabaseMissing(path) from missing
    except OSError as failure:
        if failure.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise ReadOnlyDatabase(path) from failure
        raise _disk_fault(path, str(failure)) from failure


def _connect(path: Path, key: bytes | None, *, writer: bool, cache_mb: int, settled: bool = False) -> Any:
    """Open one connection and prove that key, file and disk are good before anybody uses it.

    `settled`: nobody writes the file, so it is read without a log or a lock.
    """
    address = f"{path.resolve().as_uri()}?mode={'rw' if writer else 'ro'}{'&immutable=1' if settled else ''}"
    try:
        connection = dbapi2.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, factory=NamedConnection
        )
        connection.name = partial(named_fault, path=path, key=key)
        try:
            _set_up(connection, path, key, writer=writer, cache_mb=cache_mb)
        except BaseException:
            connection.close()
            raise
    except dbapi2.Error as error:
        fault = named_fault(error, path, key)
        if fault is None:
            raise
        raise fault from error
    return connection


def _set_up(connection: Any, path: Path, key: bytes | None, *, writer: bool, cache_mb: int) -> None:
    for pragma in _pragmas(key, cache_mb=cache_mb):
        connection.execute(pragma)
    if key is not None and connection.execute("pragma cipher_version").fetchone() is None:
        raise StorageFailed(path, "this SQLite library does not encrypt")
    connection.execute("select count(*) from sqlite_master").fetchone()
    if writer:
        _prove_writable(connection, path)
    else:
        connection.execute("pragma query_only = on")


def _pragmas(key: bytes | None, *, cache_mb: int) -> list[str]:
    pragmas = ["pragma cipher_log_level = NONE"]
    if key is not None:
        pragmas.append(f"pragma key = \"x'{key.hex()}'\"")
    pragmas += [
        f"pragma busy_timeout = {BUSY_TIMEOUT_MS}",
        "pragma foreign_keys = on",
        f"pragma cache_size = -{cache_mb * 1024}",
        "pragma temp_store = memory",  # temporary files would not be encrypted
        "pragma synchronous = full",
        "pragma wal_autocheckpoint = 0",
        "pragma secure_delete = fast",  # nothing deleted stays in a page that is written anyway
    ]
    if sys.platform == "darwin":
        pragmas += ["pragma fullfsync = on", "pragma checkpoint_fullfsync = on"]
    return pragmas


def _prove_writable(connection: Any, path: Path) -> None:
    """Switch to write-ahead logging and take the write lock once; another writer's lock proves it too."""
    mode = connection.execute("pragma journal_mode = wal").fetchone()[0]
    if mode != "wal":
        raise StorageFailed(path, f"journal mode {mode} instead of wal")
    connection.execute("pragma busy_timeout = 0")
    try:
        connection.execute("begin immediate")
        connection.execute("rollback")
    except DatabaseBusy:
        pass
    connection.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")


def _take_transactions(engine: Engine, statement: str) -> None:
    def begin(connection: Connection) -> None:
        # Past SQLAlchemy, whose result object costs more than the transaction that it begins.
        cursor = connection.connection.cursor()
        try:
            cursor.execute(statement)
        finally:
            cursor.close()

    event.listen(engine, "begin", begin)


def _outside_transaction(engine: Engine, statement: str) -> list[Any]:
    """Run a pragma that a transaction forbids, on a connection of the engine's pool."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        try:
            cursor.execute(statement)
            return list(cursor.fetchall())
        finally:
            cursor.close()
    finally:
        connection.close()


# ---------------------------------------------------------------- what is wrong with a file


def _unreadable(path: Path, key: bytes | None) -> Fault:
    """Say why SQLCipher calls the file no database: it cannot tell a key from garbage itself."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(len(_PLAIN_HEADER))
    except OSError as failure:
        return StorageFailed(path, str(failure))
    if key is None:
        return NotADatabase(path)
    if header == _PLAIN_HEADER:
        return NotEncrypted(path)
    if _authenticates_elsewhere(path, key, size):
        return Corrupted(path, "page 1")
    # Encrypted files look like noise and come in whole pages; text and half pages do not.
    if size < _PAGE or size % _PAGE:
        return NotADatabase(path)
    return WrongKey(path)


def _authenticates_elsewhere(path: Path, key: bytes, size: int) -> bool:
    """Whether any of a few pages after the first carries an HMAC made with `key`.

    The scheme of SQLCipher 4: HMAC-SHA512 over the page, its IV and its number (little-endian, 32
    bits), under PBKDF2-SHA512 of the key in two rounds, salted by the file's salt with each byte
    xor 0x3a. https://www.zetetic.net/sqlcipher/design/
    """
    pages = size // _PAGE
    with path.open("rb") as file:
        salt = bytes(byte ^ 0x3A for byte in file.read(16))
        hmac_key = hashlib.pbkdf2_hmac("sha512", key, salt, 2, KEY_BYTES)
        for number in range(2, min(pages, _SAMPLED_PAGES) + 1):
            file.seek((number - 1) * _PAGE)
            page = file.read(_PAGE)
            body, tag = page[: _PAGE - _RESERVED + 16], page[_PAGE - _RESERVED + 16 :]
            expected = hmac.digest(hmac_key, body + number.to_bytes(4, "little"), "sha512")
            if hmac.compare_digest(expected, tag):
                return True
    return False


def _unopenable(path: Path, detail: str) -> Fault:
    """Opening fails when the file is gone, is no file, or its log cannot be made beside it."""
    if not path.exists():
        return DatabaseMissing(path)
    if not path.is_file():
        return NotADatabase(path)
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return StorageFailed(path, detail)
    except OSError as failure:
        return DiskFull(path, 0) if failure.errno == errno.ENOSPC else ReadOnlyDatabase(path)


def _disk_fault(path: Path, detail: str) -> Fault:
    """An input/output error where no room is left is a full disk: not every system says so."""
    free = _free_bytes(path)
    return DiskFull(path, free) if free < ROOM_FOR_A_PAGE else StorageFailed(path, detail)


def _free_bytes(path: Path) -> int:
    """Free bytes for this user on the disk of `path`; 0 when it cannot be read."""
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0
