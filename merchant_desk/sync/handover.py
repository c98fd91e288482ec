"""The last step of a rebuild: a draft takes over what is this desk's own, in one transaction."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Connection, Engine
from sqlcipher3 import dbapi2

from merchant_desk.models import desk_tables
from merchant_desk.models.arrivals import id_set
from merchant_desk.models.columns import Scope
from merchant_desk.models.faults import Corrupted
from merchant_desk.models.search import SearchIndex
from merchant_desk.models.tables import SPECS
from merchant_desk.sync.desk import Changes, DeskEngine
from merchant_desk.sync.desk_state import Position, write_value
from merchant_desk.sync.draft import DELIVERED, DRAFT
from merchant_desk.sync.outbox import NO_EFFECTS, NO_PRINT, Entry, Outbox
from merchant_desk.sync.protocol import Outcome
from merchant_desk.sync.replay import carry_out_again

log = structlog.get_logger()

STEP = 500

DRAFTS_OWN = ("identity", "position")
"""Values that a draft has itself."""

FORGOTTEN = (DRAFT, DELIVERED, "uncertain", "fetch_again", "stuck")
"""Values that have served their purpose once a draft takes over; a server with another past is asked anew."""

OWN_TABLES = tuple(
    name for name in desk_tables.metadata.tables if name not in SPECS or SPECS[name].scope is Scope.LOCAL
)


@dataclass(frozen=True, slots=True)
class Handover:
    """What a draft takes over from the database at `old`, whose key is its own.

    `device_head` is the last operation of this device that the server has; up to `trusted` what was said of
    ours holds. `answers` are what it said when it was asked, `delivered` are operations that the feed has
    brought, whoever sent them. `now` is the time (microseconds UTC).
    """

    old: Path
    key: bytes = field(repr=False)
    device_head: int
    trusted: int
    answers: dict[UUID, Outcome]
    delivered: frozenset[UUID]
    now: int


def hand_over(file: Engine, draft: DeskEngine, task: Handover) -> Changes:
    """Copy own tables, settle what the server has, carry out what it has not; returns what is different."""
    changes: Changes | None = None
    with file.connect() as connection:
        cursor = connection.connection.cursor()
        # Not possible inside a transaction; the key as SQLCipher wants a raw one.
        cursor.execute("ATTACH DATABASE ? AS old KEY \"x'" + task.key.hex() + "'\"", [str(task.old)])
        try:
            with connection.begin():
                _copy_own(cursor)
                _settle(cursor, task)
                _carry_out(connection, cursor, draft)
                _copy_indexes(cursor)
            cursor.execute("SELECT count(*) FROM old.sqlite_master WHERE name = 'search_state'")
            is_searched = cursor.fetchall()[0][0] > 0
            with suppress(Corrupted), connection.begin():
                changes = _differences(cursor)
        finally:
            cursor.execute("DETACH DATABASE old")
            cursor.close()
        if changes is None:  # what was there cannot be read: whoever shows rows reads all of them again
            changes = _every_row(connection)
    if is_searched:
        SearchIndex(file).prepare()
    return changes


def _copy_own(cursor: Any) -> None:
    for table in OWN_TABLES:
        names = ", ".join(column.name for column in desk_tables.metadata.tables[table].columns)
        kept = f" WHERE name NOT IN {DRAFTS_OWN!r}" if table == desk_tables.desk_state.name else ""
        cursor.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table}{kept}")  # noqa: S608
    cursor.execute(f"DELETE FROM desk_state WHERE name IN {FORGOTTEN!r}")  # noqa: S608


def _settle(cursor: Any, task: Handover) -> None:
    """End what the server has, as its rows are in the draft already; what it has not is pending again."""
    cursor.execute(
        "UPDATE outbox SET stands = 0, effects = ?, footprint = ? WHERE settled_at IS NULL",
        [NO_EFFECTS, NO_PRINT],
    )
    cursor.execute(
        "UPDATE outbox SET status = 'pending', settled_at = NULL, first_seq = 0, last_seq = 0, code = '',"
        " facts = '{}' WHERE device_seq > ?",
        [task.trusted],
    )
    outbox = Outbox(cursor)
    outbox.record(task.answers.values())
    cursor.execute(
        "UPDATE outbox SET settled_at = ? WHERE settled_at IS NULL AND device_seq <= ?"
        " AND status IN ('applied', 'refused')",
        [task.now, task.device_head],
    )
    cursor.execute("UPDATE outbox SET settled_at = NULL WHERE status IN ('held', 'parked')")
    outbox.settle(_numbers(cursor, task.delivered.difference(task.answers)), task.now)


def _numbers(cursor: Any, op_ids: Iterable[UUID]) -> list[int]:
    """Return the numbers of operations that have no end yet."""
    found: list[int] = []
    for op_id in op_ids:
        cursor.execute("SELECT device_seq FROM outbox WHERE op_id = ? AND settled_at IS NULL", [op_id.bytes])
        found += [seq for (seq,) in cursor.fetchall()]
    return found


def _carry_out(connection: Connection, cursor: Any, draft: DeskEngine) -> None:
    """Show what is not in the feed on top of it, in its order, and write down where the desk is now."""
    cursor.execute(
        "SELECT device_seq FROM outbox WHERE settled_at IS NULL AND status IN ('pending', 'parked')"
        " ORDER BY device_seq"
    )
    waiting = [row[0] for row in cursor.fetchall()]
    outbox = Outbox(cursor)
    for first in range(0, len(waiting), STEP):
        part = outbox.by_seq(waiting[first : first + STEP])
        if not _stand(connection, draft, part):
            for entry in part:
                if not _stand(connection, draft, [entry]):
                    log.info("known_by_its_rows", kind=entry.kind, op_id=str(entry.op_id))
    cursor.execute("SELECT value FROM old.desk_state WHERE name = 'position'")
    row = cursor.fetchone()
    if row is not None:
        old = msgspec.msgpack.decode(row[0], type=Position)
        position = Position(old.device_seq, old.chain, draft.position.cursor, draft.position.epoch)
        write_value(cursor, "position", position)
        if old.epoch != draft.position.epoch:  # a restored server may lack keys that it once had
            cursor.execute("UPDATE buyer_keys SET shared = 0")


def _stand(connection: Connection, draft: DeskEngine, entries: Sequence[Entry]) -> bool:
    """Show operations on top of the feed; False if a row of one is there already, and none is shown.

    A snapshot brings rows without saying whose they are, so one of a clone's may be our own. Whose row is
    there is at the server, which says so when it is offered.
    """
    unit = draft.store.unit_on(connection, draft.identity.merchant_id)
    again = {entry.device_seq: carry_out_again(unit, entry) for entry in entries}
    try:
        with connection.begin_nested():
            unit.flush()
    except dbapi2.IntegrityError:
        return False
    Outbox(connection.connection.cursor()).set_effects(
        (seq, one.effects, one.footprint) for seq, one in again.items()
    )
    return True


def _copy_indexes(cursor: Any) -> None:
    """Make the indexes that the desk had beside the declared ones (lists of a window)."""
    cursor.execute(
        "SELECT sql FROM old.sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND name NOT IN (SELECT name FROM main.sqlite_master)"
        " AND tbl_name IN (SELECT name FROM main.sqlite_master WHERE type = 'table')"
    )
    for (sql,) in cursor.fetchall():
        cursor.execute(sql)


def _every_row(connection: Connection) -> Changes:
    """Return all rows of the draft."""
    changes: Changes = {}
    with connection.begin():
        for table in SPECS:
            rows = connection.exec_driver_sql(f"SELECT id FROM {table}")  # noqa: S608 - a declared name
            if ids := id_set([row[0] for row in rows]):
                changes[table] = ids
    return changes


def _differences(cursor: Any) -> Changes:
    """Return the rows that are not what they were."""
    changes: Changes = {}
    for table, spec in SPECS.items():
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM old.{table})")  # noqa: S608 - a declared name
        if cursor.fetchone()[0]:
            names = ", ".join(spec.names)
            new, old = (f"SELECT {names} FROM {side}.{table}" for side in ("main", "old"))  # noqa: S608
            sql = f"SELECT id FROM ({new} EXCEPT {old}) UNION SELECT id FROM ({old} EXCEPT {new})"  # noqa: S608
        else:
            sql = f"SELECT id FROM main.{table}"  # noqa: S608
        cursor.execute(sql)
        ids = id_set([row[0] for row in cursor.fetchall()])
        if ids:
            changes[table] = ids
    return changes
