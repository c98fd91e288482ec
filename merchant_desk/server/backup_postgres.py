"""Backup and restore of PostgreSQL: every table by COPY, in one snapshot, without pg_dump.

pg_dump must be as new as the server and is often not there; COPY always is. The stream is compressed
(zstd) and framed: a table's name and columns (MessagePack), its data in chunks, a chunk of no length.
"""

import io
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec
from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DBAPIError

from merchant_desk.models.faults import Corrupted, Fault
from merchant_desk.models.server_tables import metadata
from merchant_desk.server.backup_file import BackupDamaged, Content
from merchant_desk.server.database import PROGRAM, ServerDatabase, passing_trouble
from merchant_desk.server.ended import ended_in, note_ended
from merchant_desk.server.restored import renew
from merchant_desk.server.state import STARTING, NewId, read_values

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LENGTH = struct.Struct(">I")
_CHUNK = 1 << 18
_MOST_CHUNK = 1 << 26


@dataclass(eq=False)
class ServerRunning(Fault):
    """A server works on the database that is to be replaced."""

    zh: ClassVar[str] = "服务器正在使用这个数据库。请先停止服务器再恢复。没有改动任何数据。"
    en: ClassVar[str] = "A server is using this database. Stop it before the restore. Nothing was changed."


class _Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Head(msgspec.Struct, array_like=True, frozen=True):
    table: str
    columns: tuple[str, ...]


def dump(database: ServerDatabase, target: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Write every table, as of one moment, into `target`; returns state and row counts as of it.

    Raises:
        Corrupted: PostgreSQL cannot read a page or an index of its own.
        OSError: the disk's troubles.
    """
    from psycopg import Error as PostgresError
    from psycopg.errors import DataCorrupted, IndexCorrupted

    try:
        return _dump(database, target)
    except (DBAPIError, PostgresError) as error:
        found = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(found, DataCorrupted | IndexCorrupted):
            name = Path(database.reader.url.database or "")
            raise Corrupted(name, str(found).partition("\n")[0]) from error
        raise passing_trouble(error, database) or error from error


def _dump(database: ServerDatabase, target: Path) -> tuple[dict[str, str], dict[str, int]]:
    with database.reader.connect() as connection, connection.begin(), zstd.open(target, "wb") as file:
        take_time(connection)
        state = read_values(connection)
        rows = {}
        for table in metadata.sorted_tables:
            rows[str(table.name)] = connection.scalar(select(func.count()).select_from(table)) or 0
            _write_table(connection, table, file)
    return state, rows


def load(
    backup: Path, content: Content, database: ServerDatabase, rows: dict[str, int], new_id: NewId
) -> None:
    """Replace everything in the database by a dump, in one transaction, under a new epoch.

    Raises:
        ServerRunning: somebody else is working there.
        BackupDamaged: the stream ends early, or its tables are not ours.
    """
    with database.writer.begin() as connection:
        take_time(connection)
        _prove_alone(connection)
        ended = ended_in(connection)
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names}"))
        with zstd.open(io.BufferedReader(content), "rb") as file:
            try:
                for table, columns in _tables(backup, file):
                    _read_table(connection, backup, table, columns, file)
            except (zstd.ZstdError, EOFError) as error:
                raise BackupDamaged(backup, "zstd") from error
        for table in metadata.sorted_tables:
            found = connection.scalar(select(func.count()).select_from(table)) or 0
            if found != rows.get(table.name, 0):
                raise BackupDamaged(backup, f"{table.name}: {found} != {rows.get(table.name, 0)}")
        renew(connection, new_id)
        note_ended(connection, ended)


def is_empty(database: ServerDatabase) -> bool:
    """Whether no server has ever worked on the database."""
    with database.reader.connect() as connection, connection.begin():
        return not read_values(connection)


def take_time(connection: Connection) -> None:
    """A copy of everything may take longer than a request may."""
    for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        connection.execute(text(f"SET LOCAL {setting} = 0"))


def _prove_alone(connection: Connection) -> None:
    locked = connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": STARTING})
    others = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = :name AND pid <> pg_backend_pid()"
        ),
        {"name": PROGRAM},
    )
    if not locked or others:
        raise ServerRunning


def _write_table(connection: Connection, table: Table[Any], file: _Sink) -> None:
    names = tuple(str(column.name) for column in table.columns)
    _write_chunk(file, msgspec.msgpack.encode(_Head(str(table.name), names)))
    cursor = connection.connection.cursor()
    parts: list[bytes] = []
    size = 0
    with cursor.copy(f"COPY {table.name} ({', '.join(names)}) TO STDOUT (FORMAT BINARY)") as copy:
        for data in copy:
            parts.append(bytes(data))
            size += len(data)
            if size >= _CHUNK:
                _write_chunk(file, b"".join(parts))
                parts, size = [], 0
    if parts:
        _write_chunk(file, b"".join(parts))
    _write_chunk(file, b"")


def _write_chunk(file: _Sink, data: bytes) -> None:
    file.write(_LENGTH.pack(len(data)))
    file.write(data)


def _read_chunk(backup: Path, file: _Source) -> bytes | None:
    """Return the next chunk, None at the end of the file."""
    head = file.read(_LENGTH.size)
    if not head:
        return None
    (length,) = _LENGTH.unpack(head.ljust(_LENGTH.size, b"\xff"))
    data = file.read(length) if length <= _MOST_CHUNK else b""
    if len(data) != length:
        raise BackupDamaged(backup, "length")
    return data


def _tables(backup: Path, file: _Source) -> Iterator[tuple[Table[Any], tuple[str, ...]]]:
    """Yield each table of the stream with its columns; names that are not ours are no names."""
    while (data := _read_chunk(backup, file)) is not None:
        try:
            head = msgspec.msgpack.decode(data, type=_Head)
        except msgspec.DecodeError as error:
            raise BackupDamaged(backup, "table") from error
        table = metadata.tables.get(head.table)
        if table is None or not set(head.columns) <= set(table.columns.keys()):
            raise BackupDamaged(backup, "table")
        yield table, head.columns


def _read_table(
    connection: Connection, backup: Path, table: Table[Any], columns: tuple[str, ...], file: _Source
) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
        while data := _read_chunk(backup, file):
            copy.write(data)
