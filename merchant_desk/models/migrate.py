"""Bringing a database's tables to this version of the program.

An empty database gets all tables at once and a stamp; one that is up to date costs two look-ups. Only an
older one loads Alembic: the file is copied beside, as encrypted as it is, all steps run in one
transaction, and the copy comes back if they fail or the process dies (docs/decisions/0007-migrations.md).
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

import structlog
from sqlalchemy import Connection, Engine, MetaData, inspect, text

from merchant_desk.models.columns import Side
from merchant_desk.models.creating import create_tables
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.faults import DatabaseBusy, DiskFull, Fault
from merchant_desk.models.private_files import OWNER_ONLY, sync_folder, sync_to_disk

log = structlog.get_logger()

HEAD = "0001"
"""The newest revision in `migrations/versions`; a test compares. Numbers of four digits, in order."""

VERSION_TABLE = "alembic_version"
COPYING = ".copying"
MIGRATING = ".migrating"
"""Added to a database's name: the copy made before a migration, there only until that one has ended."""

KEPT = ".before-"
"""Added with the revision migrated to: the copy that stays, for a return to the older program."""

CHUNK = 1 << 20
TRIES = 10
_LOCK = 0x4D44534B
"""Key of PostgreSQL's advisory lock while tables are made: two servers may start at once."""


@dataclass(eq=False)
class NewerDatabase(Fault):
    """A newer version of the program has been at work on this database."""

    found: int
    ours: int
    zh: ClassVar[str] = (
        "此数据库属于更新版本的程序（数据版本 {found}，本程序支持 {ours}）。没有改动；请升级程序。"
    )
    en: ClassVar[str] = (
        "This database belongs to a newer version of the program (data version {found}, this one knows "
        "{ours}). Nothing was changed; upgrade the program."
    )


@dataclass(eq=False)
class MigrationFailed(Fault):
    """A step did not succeed; the database is what it was before."""

    database: str
    found: str
    wanted: str
    detail: str
    zh: ClassVar[str] = (
        "数据库 {database} 从版本 {found} 升级到 {wanted} 未成功（{detail}）。已恢复原样，没有丢失数据；"
        "请继续使用原来的程序版本，并联系技术支持。"
    )
    en: ClassVar[str] = (
        "The database {database} could not be upgraded from version {found} to {wanted} ({detail}). It is "
        "as it was, nothing is lost; go on with the former version of the program and ask for support."
    )


@dataclass(eq=False)
class StrangeTables(Fault):
    """There are tables of ours, but no version, and they are not this program's."""

    database: str
    difference: str
    zh: ClassVar[str] = (
        "数据库 {database} 没有版本标记，其中的表也与本程序不符（{difference}）。"
        "没有改动；请新建配置或从备份恢复。"
    )
    en: ClassVar[str] = (
        "The database {database} carries no version, and its tables are not this program's ({difference}). "
        "Nothing was changed; make a new profile or restore a backup."
    )


class Stage(StrEnum):
    """What a migration is doing."""

    COPY = "copy"
    MIGRATE = "migrate"
    CHECK = "check"


_WORDS = {
    Stage.COPY: ("正在备份数据库", "Copying the database"),
    Stage.MIGRATE: ("正在升级数据库", "Upgrading the database"),
    Stage.CHECK: ("正在检查数据库", "Checking the database"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a migration is: bytes of the copy, or steps of the upgrade."""

    stage: Stage
    done: int
    total: int

    def sentence(self, language: str = "zh_CN") -> str:
        """Say it to a person, in `language` ("zh..." or any other for English)."""
        chinese, english = _WORDS[self.stage]
        share = self.done * 100 // self.total if self.total else 100
        return f"{chinese}（{share}%）" if language.startswith("zh") else f"{english} ({share} %)"


Told = Callable[[Progress], None]


def _declared(side: Side) -> MetaData:
    from merchant_desk.models import desk_tables, server_tables

    return desk_tables.metadata if side is Side.DESK else server_tables.metadata


@dataclass(frozen=True)
class History:
    """A chain of revisions: the folder that holds them, the last one, and the tables that it leads to."""

    folder: Path
    head: str
    metadata: Callable[[Side], MetaData]


OURS = History(Path(__file__).with_name("migrations"), HEAD, _declared)


def prepare(
    engine: Engine,
    side: Side,
    path: Path | None,
    *,
    told: Told = lambda progress: None,
    history: History = OURS,
) -> None:
    """Make or bring up to date the tables of a database that nobody else is using yet.

    Args:
        engine: its writer; connections that other engines keep open on a file must be closed.
        side: whose tables.
        path: the file of a SQLite database, None for PostgreSQL.
        told: is called with the progress of a migration.
        history: the revisions; a test brings its own.

    Raises:
        NewerDatabase: a newer program's tables; nothing was changed.
        MigrationFailed: a step broke; the database is as it was.
        StrangeTables: tables without a version which are not ours.
        Fault: the database's faults; the database is as it was.
    """
    if path is not None:
        _finish_or_restore(engine, path, history)
    with engine.begin() as connection:
        _lock(connection)
        found = version_of(connection)
        if found is None:
            _make(connection, side, history)
        elif found == history.head:
            return
        elif found > history.head:
            raise NewerDatabase(int(found), int(history.head))
        elif path is None:
            _migrate_or_explain(connection, side, found, told, history)
    if path is not None and found is not None:
        _migrate_file(engine, side, path, found, told, history)


# ---------------------------------------------------------------- new databases


def _lock(connection: Connection) -> None:
    """Let one process at a time look at versions; SQLite's writer has its lock already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def version_of(connection: Connection) -> str | None:
    """Return the revision of the tables, None where there is no stamp."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return None if found is None else str(found)


def _make(connection: Connection, side: Side, history: History) -> None:
    """Make all tables of an empty database, or stamp tables that were made without a version."""
    metadata = history.metadata(side)
    if set(inspect(connection).get_table_names()).isdisjoint(metadata.tables):
        create_tables(connection, metadata)
    elif differences := differences_from(connection, metadata):
        raise StrangeTables(_name(connection.engine), differences[0])
    connection.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL,"
            f" CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:head)"), {"head": history.head})


def differences_from(connection: Connection, metadata: MetaData) -> list[str]:
    """Return what of the declared tables, columns and indexes is missing, and columns that are too many.

    Tables that nobody declares (an index for searching, another program's) are left alone.
    """
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    found = []
    for name, table in metadata.tables.items():
        if name not in there:
            found.append(f"no table {name}")
            continue
        columns = {column["name"] for column in inspector.get_columns(name)}
        found += [f"no column {name}.{column.name}" for column in table.columns if column.name not in columns]
        found += [f"unknown column {name}.{column}" for column in sorted(columns - set(table.columns.keys()))]
        indexes = {index["name"] for index in inspector.get_indexes(name)}
        found += [f"no index {index.name}" for index in table.indexes if index.name not in indexes]
    return found


# ---------------------------------------------------------------- older databases


def _migrate_file(engine: Engine, side: Side, path: Path, found: str, told: Told, history: History) -> None:
    """Copy the file, migrate, keep the copy; put it back if anything fails."""
    copy = _beside(path, MIGRATING)
    try:
        with _whole_file(engine, path) as connection:
            _copy(path, copy, told)
            _migrate_or_explain(connection, side, found, told, history)
    except Exception:
        if copy.exists():
            _put_back(engine, path, copy)
        raise
    _keep(path, copy, history.head)


@contextmanager
def _whole_file(engine: Engine, path: Path) -> Iterator[Connection]:
    """Open a write transaction that begins with an empty write-ahead log: the file alone is the database."""
    log_file = _beside(path, "-wal")
    for _ in range(TRIES):
        checkpoint(engine, "TRUNCATE")
        with engine.begin() as connection:
            if not log_file.exists() or log_file.stat().st_size == 0:
                yield connection
                return
    raise DatabaseBusy(path)


def _migrate_or_explain(connection: Connection, side: Side, found: str, told: Told, history: History) -> None:
    """Run the steps in the connection's transaction, and look at the result before it is committed.

    Raises:
        MigrationFailed: whatever broke, unless it has a name of its own.
    """
    log.info("migration_started", side=side.value, found=found, wanted=history.head)
    try:
        run_steps(connection, side, found, told, history)
        told(Progress(Stage.CHECK, 0, 1))
        wrong = differences_from(connection, history.metadata(side))
        if wrong:
            raise MigrationFailed(_name(connection.engine), found, history.head, "; ".join(wrong[:3]))
        told(Progress(Stage.CHECK, 1, 1))
    except Fault:
        raise
    except Exception as error:
        detail = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        raise MigrationFailed(_name(connection.engine), found, history.head, detail) from error


def run_steps(connection: Connection, side: Side, found: str, told: Told, history: History) -> None:
    """Run every revision after `found` ("base": all of them) in the connection's transaction."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(history.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    total = len(list(ScriptDirectory.from_config(config).iterate_revisions(history.head, found)))
    done = 0

    def step(**_: Any) -> None:
        nonlocal done
        done += 1
        told(Progress(Stage.MIGRATE, done, total))

    told(Progress(Stage.MIGRATE, 0, total))
    config.attributes.update(connection=connection, side=side, step=step)
    command.upgrade(config, history.head)


# ---------------------------------------------------------------- the copy


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _copy(path: Path, copy: Path, told: Told) -> None:
    """Copy the file durably; the copy has its name only when it is whole.

    Raises:
        DiskFull: there is no room; nothing is left behind.
    """
    size = path.stat().st_size
    unfinished = _beside(path, COPYING)
    told(Progress(Stage.COPY, 0, size))
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with path.open("rb") as source, os.fdopen(os.open(unfinished, flags, OWNER_ONLY), "wb") as sink:
            while chunk := source.read(CHUNK):
                sink.write(chunk)
                told(Progress(Stage.COPY, sink.tell(), size))
            sink.flush()
            sync_to_disk(sink.fileno())
        unfinished.replace(copy)
    except OSError as failure:
        with suppress(OSError):
            unfinished.unlink()
        if failure.errno == errno.ENOSPC:
            raise DiskFull(path, shutil.disk_usage(path.parent).free) from failure
        raise
    sync_folder(path.parent)


def _finish_or_restore(engine: Engine, path: Path, history: History) -> None:
    """Settle a migration whose process died: its copy goes back, unless the migration had been committed."""
    _beside(path, COPYING).unlink(missing_ok=True)
    copy = _beside(path, MIGRATING)
    if not copy.exists():
        return
    if _reached(engine, history.head):
        _keep(path, copy, history.head)
        return
    log.warning("migration_undone", database=path.name)
    _put_back(engine, path, copy)


def _reached(engine: Engine, head: str) -> bool:
    try:
        with engine.connect() as connection, connection.begin():
            return version_of(connection) == head
    except Fault:
        return False


def _put_back(engine: Engine, path: Path, copy: Path) -> None:
    """Let the copy take the database's place. Its log goes first: it must not be applied to the copy."""
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        _beside(path, suffix).unlink(missing_ok=True)
    sync_folder(path.parent)
    copy.replace(path)
    sync_folder(path.parent)


def _keep(path: Path, copy: Path, head: str) -> None:
    """Keep the copy of before the last migration, and that one alone."""
    kept = _beside(path, f"{KEPT}{head}")
    copy.replace(kept)
    for older in path.parent.glob(f"{path.name}{KEPT}*"):
        if older != kept:
            older.unlink(missing_ok=True)
    sync_folder(path.parent)


def _name(engine: Engine) -> str:
    """Return what the database is called, without its folder or password."""
    return Path(engine.url.database or "").name
