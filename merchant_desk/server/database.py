"""The server's database: a SQLCipher file of its own, or PostgreSQL; both behind a writer and a reader."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import stamina
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlcipher3 import dbapi2

from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import checkpoint, named_fault, open_engine
from merchant_desk.models.faults import DatabaseMissing, Fault, OlderDatabase
from merchant_desk.models.migrate import HEAD, NewerDatabase, prepare, version_of
from merchant_desk.server.postgres import is_passing
from merchant_desk.sync.recovery import RECOVERY_FILE

DATABASE_FILE = "server.db"
PROGRAM = "merchant-desk"
"""How our connections call themselves at PostgreSQL: `restore` looks for them."""

POSTGRES_CONNECTIONS = 14
"""For the lanes' threads, and one for what the server does by itself."""

CONNECT_SECONDS = 5
_DRIVER = "postgresql+psycopg"
_OPTIONS = "-c lock_timeout=20s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s"


@dataclass(eq=False)
class DatabaseUnreachable(Fault):
    """PostgreSQL does not answer, or not to us. The password is not among the facts."""

    host: str
    database: str
    detail: str
    zh: ClassVar[str] = (
        "连不上 PostgreSQL（{host}，数据库 {database}）：{detail}。"
        "请检查它是否在运行、地址和密码是否正确；它恢复后会自动继续。"
    )
    en: ClassVar[str] = (
        "PostgreSQL cannot be reached ({host}, database {database}): {detail}. Check that it is running and "
        "that address and password are right; work goes on by itself once it is back."
    )


@dataclass(eq=False)
class DatabaseAddressWrong(Fault):
    """The text after --database-url is no address of a PostgreSQL database."""

    zh: ClassVar[str] = "数据库地址无法识别，应为 postgresql://用户:密码@主机:端口/数据库。"
    en: ClassVar[str] = (
        "The database's address cannot be read; it looks like postgresql://user:password@host:port/database."
    )


@dataclass(eq=False)
class ServerBusy(Fault):
    """More is being asked than the database can do at the moment."""

    zh: ClassVar[str] = "服务器正忙，请稍后重试；会自动重试的工作不会丢失。"
    en: ClassVar[str] = "The server is busy; try again in a moment. What is sent again by itself is not lost."


@dataclass(frozen=True, slots=True)
class ServerDatabase:
    """Two engines on one database. `path` and `key` are those of the embedded file, None for PostgreSQL.

    The writer's transactions begin with the write lock on SQLite; the reader's each see one snapshot on
    both, and never wait for a writer.
    """

    writer: Engine
    reader: Engine
    path: Path | None = None
    key: bytes | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What it is, for people: "sqlite" or "postgresql"."""
        return self.writer.dialect.name

    @contextmanager
    def read_beside(self) -> Iterator[Connection]:
        """One transaction that may last, on a connection beside the readers': none of theirs is missing."""
        if self.path is not None:
            engine = open_engine(self.path, self.key, role="reader")
        else:
            engine = _snapshots(_pooled_engine(self.writer.url, 1))
        try:
            with engine.connect() as connection, connection.begin():
                yield connection
        finally:
            engine.dispose()

    def close(self) -> None:
        """Close all connections; the embedded file is left with its log moved into it where possible."""
        self.reader.dispose()
        try:
            if self.path is not None:
                checkpoint(self.writer, "TRUNCATE")
        finally:
            self.writer.dispose()


def open_embedded(path: Path, key: bytes | None) -> ServerDatabase:
    """Open (or make, or bring up to date) the embedded database; nobody else has it open.

    Raises:
        DatabaseMissing: the file is not there, or empty, but backups are, or keys of its merchants: a restore
            is wanted, not a new one.
        NewerDatabase, MigrationFailed, StrangeTables: as `migrate.prepare`.
        Fault: any fault of a database or a network share.
    """
    is_empty = not path.exists() or not path.stat().st_size
    if is_empty and (any((path.parent / "backups").glob("*")) or (path.parent / RECOVERY_FILE).exists()):
        raise DatabaseMissing(path)
    writer = open_engine(path, key, role="writer")
    try:
        prepare(writer, Side.SERVER, path)
        return ServerDatabase(writer, open_engine(path, key, role="reader"), path, key)
    except BaseException:
        writer.dispose()
        raise


def join_embedded(path: Path, key: bytes | None) -> ServerDatabase:
    """Open the embedded database beside a server that may have it open, and leave its tables as they are.

    Raises:
        OlderDatabase, NewerDatabase: the tables are another version's.
        Fault: any fault of a database or a network share; DatabaseMissing if there is none.
    """
    reader = open_engine(path, key, role="reader")
    try:
        _prove_current(reader)
        return ServerDatabase(open_engine(path, key, role="writer"), reader, path, key)
    except BaseException:
        reader.dispose()
        raise


def _prove_current(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin():
        found = version_of(connection) or "-"
    if found > HEAD:
        raise NewerDatabase(int(found), int(HEAD))
    if found != HEAD:
        raise OlderDatabase(found, HEAD)


def postgres_address(address: str) -> URL:
    """Read the address of a PostgreSQL database as people write it.

    Raises:
        DatabaseAddressWrong: it is none.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as unreadable:
        raise DatabaseAddressWrong from unreadable
    if url.get_backend_name() not in ("postgresql", "postgres") or not url.database:
        raise DatabaseAddressWrong
    return url.set(drivername=_DRIVER)


def open_postgres(
    address: str,
    *,
    wait_seconds: float = 0.0,
    told: Callable[[Fault], None] = lambda fault: None,
    join: bool = False,
) -> ServerDatabase:
    """Connect to PostgreSQL, waiting up to `wait_seconds` for it to come up, and make its tables if need be.

    Args:
        address: as `postgresql://user:password@host:port/database`.
        wait_seconds: how long to try again, with growing pauses.
        told: is called with the fault of each try that failed.
        join: leave the tables as they are: a server may be at work.

    Raises:
        OlderDatabase: who joins finds tables that are not up to date.
        DatabaseAddressWrong: the address is none.
        DatabaseUnreachable: nobody answered in time, or refused us.
        NewerDatabase, MigrationFailed, StrangeTables: as `migrate.prepare`.
    """
    writer = _pooled_engine(postgres_address(address))
    reader = _snapshots(writer)
    try:
        if wait_seconds <= 0:
            _prove_reachable(writer, told)
        else:
            _wait_until_reachable(writer, wait_seconds, told)
        if join:
            _prove_current(reader)
        else:
            prepare(writer, Side.SERVER, None)
    except BaseException:
        writer.dispose()
        raise
    return ServerDatabase(writer, reader)


def _snapshots(engine: Engine) -> Engine:
    """One snapshot for all that a request reads: the head, the floor and the rows belong together."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _pooled_engine(url: URL, connections: int = POSTGRES_CONNECTIONS) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10.0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "application_name": PROGRAM,
            "connect_timeout": CONNECT_SECONDS,
            "options": _OPTIONS,
            "keepalives_idle": 30,
        },
    )


def _wait_until_reachable(engine: Engine, seconds: float, told: Callable[[Fault], None]) -> None:
    for attempt in stamina.retry_context(
        on=DatabaseUnreachable, attempts=None, timeout=seconds, wait_initial=0.5, wait_max=5.0
    ):
        with attempt:
            _prove_reachable(engine, told)


def _prove_reachable(engine: Engine, told: Callable[[Fault], None]) -> None:
    try:
        engine.connect().close()
    except OperationalError as error:
        fault = unreachable(engine, error)
        told(fault)
        raise fault from error


def unreachable(engine: Engine, error: BaseException) -> DatabaseUnreachable:
    """Say in words that PostgreSQL does not answer."""
    original = error.orig if isinstance(error, DBAPIError) else error
    lines = [line.strip() for line in str(original).splitlines() if line.strip()]
    host = f"{engine.url.host or 'localhost'}:{engine.url.port or 5432}"
    detail = lines[-1] if lines else type(error).__name__
    return DatabaseUnreachable(host, engine.url.database or "", detail)


def passing_trouble(error: BaseException, database: ServerDatabase | None = None) -> Fault | None:
    """Name what is wrong with disk or database, as opposed to a mistake of ours; None for the latter.

    The same request may succeed later, so it is never the fault of what was asked. `database` only
    adds to the words.
    """
    if isinstance(error, Fault):
        return error
    if isinstance(error, PoolTimeout):
        return ServerBusy()
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, dbapi2.Error):
        return named_fault(original, (database and database.path) or Path(DATABASE_FILE))
    if is_passing(original):
        if database is None:
            return DatabaseUnreachable("", "", type(original).__name__)
        return unreachable(database.writer, error)
    return None
