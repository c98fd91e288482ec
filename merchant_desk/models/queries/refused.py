"""What a refused operation asked, and what stands on it at this desk."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class RefusedBody:
    """A refused operation's body, as it went with its task."""

    op_version: int
    body: bytes


def refused_body(connection: Connection, task_id: UUID) -> RefusedBody | None:
    """Return the body that a refused operation left with its task, or None if it may not travel."""
    sql = "SELECT op_version, body FROM refused_bodies WHERE id = ?"
    return fetch_one(connection, RefusedBody, sql, [task_id])


@dataclass(frozen=True, slots=True)
class Waiting:
    """An own operation that is not applied, with its header's bytes; `task_id` is its open task, if any."""

    op_id: UUID
    kind: str
    time: int
    status: str
    header: bytes
    task_id: UUID | None


def not_applied_after(connection: Connection, op_id: UUID) -> list[Waiting]:
    """Return own operations made after another one that the server has not applied, the oldest first.

    Of another desk's operation there are none here.
    """
    sql = (
        "SELECT o.op_id, o.kind, o.time, o.status, o.header,"
        " (SELECT t.id FROM tasks t WHERE t.op_id = o.op_id AND t.status = 'open' AND t.kind = 'refusal')"
        " AS task_id FROM outbox o WHERE o.status <> 'applied'"
        " AND o.device_seq > (SELECT first.device_seq FROM outbox first WHERE first.op_id = ?)"
        " ORDER BY o.device_seq LIMIT 2000"
    )
    return fetch(connection, Waiting, sql, [op_id])


def task_status(connection: Connection, task_id: UUID) -> tuple[UUID, str] | None:
    """Return the outlet and the state of a task, or None if it is not here."""
    sql = "SELECT outlet_id, status FROM tasks WHERE id = ?"
    row = connection.exec_driver_sql(sql, (task_id.bytes,)).one_or_none()
    return None if row is None else (UUID(bytes=row[0]), row[1])
