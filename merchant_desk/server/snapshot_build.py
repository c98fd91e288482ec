"""Making a ready desk database: the rows of one scope with their totals, in bulk, under a key of its own.

From the embedded database rows go over inside SQLite, which has both files open; from PostgreSQL they
come through the driver. The file is a cache: it is built without a journal, and thrown away if that fails.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Connection, select, text
from sqlcipher3 import dbapi2

from merchant_desk.models.arrivals import statements_of
from merchant_desk.models.columns import Scope, Side, TableSpec
from merchant_desk.models.encrypted import named_fault, open_engine
from merchant_desk.models.migrate import prepare
from merchant_desk.models.server_tables import counters
from merchant_desk.models.statements import SYSTEM
from merchant_desk.models.tables import SPECS
from merchant_desk.server.database import ServerDatabase

CACHE_MB = 96
BATCH_ROWS = 5_000
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class SnapshotScope:
    """Whose rows: a merchant's, as a desk of one outlet with these groups may hold them."""

    merchant_id: UUID
    outlet_id: UUID
    groups: tuple[str, ...]

    @property
    def specs(self) -> list[TableSpec]:
        """The tables that such a desk holds."""
        return [spec for spec in SPECS.values() if spec.synced and spec.group in ("", *self.groups)]


@dataclass(frozen=True, slots=True)
class Built:
    """A ready file: the feed number that it is as of, its rows, and the key that opens it."""

    seq: int
    rows: int
    key: bytes = field(repr=False)


def build(database: ServerDatabase, scope: SnapshotScope, path: Path, key: bytes) -> Built:
    """Write a desk database with all rows of a scope, as of one moment, to `path`, which is new.

    Raises:
        Fault: the database's faults, DiskFull among them; the file is gone then.
    """
    try:
        engine = open_engine(path, key, role="writer")
        try:
            prepare(engine, Side.DESK, path)
        finally:
            engine.dispose()
        with _bulk_connection(path, key) as target:
            indexes = _without_indexes(target)
            if database.path is None:
                seq, rows = _fill_from_postgres(database, scope, target)
            else:
                seq, rows = _fill_from_file(database, scope, target)
            _add_totals(scope, target)
            for statement in indexes:
                target.execute(statement)
            target.execute("commit")
    except BaseException:
        discard(path)
        raise
    return Built(seq, rows, key)


def discard(path: Path) -> None:
    """Remove a snapshot's file and what may stand beside it."""
    for suffix in ("", *_LOGS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def _bulk_connection(path: Path, key: bytes) -> Iterator[Any]:
    """Open the new file for one large write; the driver's errors leave as faults."""
    try:
        address = f"file:{quote(str(path.resolve()))}?mode=rw"
        target = dbapi2.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        try:
            for pragma in (
                f"key = \"x'{key.hex()}'\"",
                "journal_mode = delete",
                "journal_mode = off",
                "synchronous = off",
                f"cache_size = -{CACHE_MB * 1024}",
                "temp_store = memory",
            ):
                target.execute(f"pragma {pragma}")
            yield target
        finally:
            target.close()
    except dbapi2.Error as error:
        fault = named_fault(error, path)
        if fault is None:
            raise
        raise fault from error


def _without_indexes(target: Any) -> list[str]:
    """Drop the indexes of the empty tables and return what makes them again: once filled, that is faster."""
    found = target.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    target.execute("begin immediate")
    for name, _ in found:
        target.execute(f"DROP INDEX {name}")
    target.execute("commit")
    return [sql for _, sql in found]


def _columns(spec: TableSpec) -> tuple[str, ...]:
    return (*spec.names, *SYSTEM)


def _condition(spec: TableSpec, mark: str) -> str:
    own = f" AND outlet_id = {mark}" if spec.scope is Scope.OUTLET else ""
    return f"merchant_id = {mark}{own}"


def _fill_from_file(database: ServerDatabase, scope: SnapshotScope, target: Any) -> tuple[int, int]:
    """Copy rows from the embedded database, which stays open for everybody else."""
    address = f"file:{quote(str(database.path))}?mode=ro"
    # Without a key of its own SQLCipher takes the target's: one that is not encrypted says so.
    key = "''" if database.key is None else f"\"x'{database.key.hex()}'\""
    target.execute(f"ATTACH DATABASE ? AS source KEY {key}", [address])
    target.execute("begin")
    merchant, outlet = scope.merchant_id.bytes, scope.outlet_id.bytes
    found = target.execute("SELECT seq FROM source.counters WHERE merchant_id = ?", [merchant]).fetchone()
    rows = 0
    for spec in scope.specs:
        names = ", ".join(_columns(spec))
        condition = _condition(spec, "?")
        sql = (
            f"INSERT INTO main.{spec.name} ({names}) SELECT {names} FROM source.{spec.name}"  # noqa: S608
            f" WHERE {condition} ORDER BY rowid"
        )
        rows += target.execute(sql, [merchant, outlet][: condition.count("?")]).rowcount
    return (found[0] if found else 0), rows


def _fill_from_postgres(database: ServerDatabase, scope: SnapshotScope, target: Any) -> tuple[int, int]:
    target.execute("begin")
    rows = 0
    with database.reader.connect() as connection, connection.begin():
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        query = select(counters.c.seq).where(counters.c.merchant_id == scope.merchant_id)
        seq = int(connection.scalar(query) or 0)
        for spec in scope.specs:
            insert = statements_of(spec.name).insert
            for batch in _batches(connection, spec, scope):
                target.executemany(insert, batch)
                rows += len(batch)
    return seq, rows


def _batches(connection: Connection, spec: TableSpec, scope: SnapshotScope) -> Iterator[list[Any]]:
    """Yield a table's rows as the desk's driver takes them, ids as bytes, in the order of the feed."""
    ids = {"id", *(column.name for column in spec.columns if column.kind == "id")}
    names = ", ".join(f"uuid_send({name})" if name in ids else name for name in _columns(spec))
    condition = _condition(spec, "%s")
    sql = f"SELECT {names} FROM {spec.name} WHERE {condition} ORDER BY feed_seq"  # noqa: S608
    given = [scope.merchant_id, scope.outlet_id][: condition.count("%s")]
    driver: Any = connection.connection.driver_connection
    with driver.cursor(name="snapshot", binary=True) as cursor:
        cursor.itersize = BATCH_ROWS
        cursor.execute(sql, given)
        while batch := cursor.fetchmany(BATCH_ROWS):
            yield batch


def _add_totals(scope: SnapshotScope, target: Any) -> None:
    """Sum up what desks derive, by the statements that take feed rows in."""
    for spec in scope.specs:
        for _, sql in statements_of(spec.name).sums:
            target.execute(sql, [0]).fetchall()
