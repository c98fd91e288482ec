"""What waits and what was done: tasks, unknown codes, the desk's own operations."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task: an exception on a fact, a refused decision, or a question. `facts` is JSON."""

    id: UUID
    kind: str
    code: str
    outlet_id: UUID
    op_id: UUID
    op_kind: str
    person: str
    device: str
    about_table: str
    about_id: UUID | None
    facts: str
    raised_at: int
    status: str


def tasks(connection: Connection, *, status: str = "open", most: int = 200) -> list[TaskView]:
    """Return tasks, the oldest first."""
    sql = (
        "SELECT t.id, t.kind, t.code, t.outlet_id, t.op_id, t.op_kind, coalesce(p.name, ''),"
        " coalesce(d.code, ''), t.about_table, t.about_id, t.facts, t.raised_at, t.status FROM tasks t"
        " LEFT JOIN persons p ON p.id = t.person_id LEFT JOIN devices d ON d.id = t.device_id"
        " WHERE t.status = ? ORDER BY t.raised_at LIMIT ?"
    )
    return fetch(connection, TaskView, sql, [status, most])


@dataclass(frozen=True, slots=True)
class OwnOperation:
    """An operation of this desk. `status` is pending, applied, refused, held or parked; `facts` is JSON."""

    op_id: UUID
    device_seq: int
    kind: str
    person: str
    time: int
    about_id: UUID | None
    status: str
    first_seq: int
    last_seq: int
    code: str
    facts: str


def own_operations(
    connection: Connection, *, status: str | None = None, before: int | None = None, most: int = 200
) -> list[OwnOperation]:
    """Return this desk's operations, the last first; `before` is a device_seq to go on from."""
    conditions, values = ["1 = 1"], []
    if status is not None:
        conditions.append("o.status = ?")
        values.append(status)
    if before is not None:
        conditions.append("o.device_seq < ?")
        values.append(str(before))
    sql = (
        "SELECT o.op_id, o.device_seq, o.kind, coalesce(p.name, ''), o.time, o.about_id, o.status,"
        " o.first_seq, o.last_seq, o.code, o.facts FROM outbox o LEFT JOIN persons p ON p.id = o.person_id"
        f" WHERE {' AND '.join(conditions)} ORDER BY o.device_seq DESC LIMIT ?"
    )
    return fetch(connection, OwnOperation, sql, [*values, most])


@dataclass(frozen=True, slots=True)
class UnknownCodeView:
    """A code in the tray with its context: place, document, and what was scanned before and after it.

    `next_name` is the product that the same desk scanned next into the same document, `previous_name` the one
    that it scanned last before; empty if none was, or it is not known here. `quantity` (10^-6) is how often
    the code counts, if a person said so before it.
    """

    id: UUID
    code: str
    document_id: UUID | None
    location: str
    previous_code: str
    station: str
    reported_at: int
    status: str
    document: str
    next_name: str
    next_name_en: str
    previous_name: str
    previous_name_en: str
    quantity: int | None


def _neighbour(column: str, side: str, way: str) -> str:
    scanned = (
        f"(SELECT s.{column} FROM {{0}} n JOIN skus s ON s.id = n.sku_id WHERE n.document_id = t.document_id"
        f" AND n.device_id = t.device_id AND n.time {side} t.reported_at"
        f" ORDER BY n.time {way}, n.device_seq {way} LIMIT 1)"
    )
    return f"coalesce({scanned.format('ledger')}, {scanned.format('count_entries')}, '')"


_NEXT, _PREVIOUS = (">=", "ASC"), ("<", "DESC")
_NUMBER = "(SELECT d.number FROM {0} d WHERE d.id = t.document_id)"
UNKNOWN_CODE = (
    "t.id, t.code, t.document_id, coalesce((SELECT l.code FROM locations l WHERE l.id = t.location_id), ''),"
    " t.previous_code, t.station, t.reported_at, t.status,"
    f" coalesce({', '.join(_NUMBER.format(kind) for kind in ('receipts', 'shipments', 'counts'))}, ''),"
    f" {_neighbour('name', *_NEXT)}, {_neighbour('name_en', *_NEXT)},"
    f" {_neighbour('name', *_PREVIOUS)}, {_neighbour('name_en', *_PREVIOUS)}, t.quantity"
)
"""The columns of an unknown code `t`, for `UnknownCodeView`."""


def unknown_codes(connection: Connection, *, status: str = "open", most: int = 200) -> list[UnknownCodeView]:
    """Return unknown codes, the oldest first."""
    sql = f"SELECT {UNKNOWN_CODE} FROM unknown_codes t WHERE t.status = ? ORDER BY t.reported_at LIMIT ?"
    return fetch(connection, UnknownCodeView, sql, [status, most])


def in_tray(connection: Connection, unknown_code_id: UUID) -> bool:
    """Tell whether an unknown code still waits in the tray."""
    sql = "SELECT 1 FROM unknown_codes WHERE id = ? AND status = 'open'"
    return connection.exec_driver_sql(sql, (unknown_code_id.bytes,)).scalar() is not None


def unknown_code_count(connection: Connection) -> int:
    """Return how many unknown codes wait."""
    sql = "SELECT count(*) FROM unknown_codes WHERE status = 'open'"
    return int(connection.exec_driver_sql(sql).scalar() or 0)
