"""What is told of one operation on its way: by its desk, which knows until it is sent, and by the server."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import Connection, select, text

from merchant_desk.models.desk_tables import outbox, scan_journal
from merchant_desk.sync.protocol import decode_header


class TraceRequest(msgspec.Struct, array_like=True, frozen=True):
    """Which operation."""

    op_id: UUID


class DeskPast(msgspec.Struct, array_like=True, frozen=True):
    """How far a desk is: `shows` tells that it has pulled past the operation; `quiet` is how long it has been
    silent, microseconds."""

    device_id: UUID
    code: str
    name: str
    shows: bool
    cursor: int
    quiet: int


class Trace(msgspec.Struct, array_like=True, frozen=True):
    """An operation as the server has it. Times are microseconds UTC; no name of a person travels.

    `time` is the desk's clock corrected, within `time_bound`; `settled_at` is when it got its outcome. Its
    feed rows are `first_seq` to `last_seq`; 0: none. `tasks` are those that it raised and the asker may see.
    """

    op_id: UUID
    kind: str
    version: int
    device_id: UUID
    device_code: str
    device_seq: int
    person_id: UUID
    desk_time: int
    time: int
    time_bound: int
    received_at: int
    settled_at: int
    status: str
    code: str
    held_by: UUID | None
    first_seq: int
    last_seq: int
    now: int
    tasks: list[UUID]
    desks: list[DeskPast]


@dataclass(frozen=True, slots=True)
class OwnTrace:
    """An operation as its desk has it: `scanned_at` None: no scan made it; `chain`: its place there."""

    op_id: UUID
    kind: str
    device_seq: int
    person_id: UUID
    desk_time: int
    time: int
    scanned_at: int | None
    status: str
    code: str
    chain: bytes
    settled_at: int | None


def own_trace(connection: Connection, op_id: UUID) -> OwnTrace | None:
    """Return what a desk has of its own operation; None: another desk's, or older than what it keeps."""
    row = connection.execute(select(outbox).where(outbox.c.op_id == op_id)).one_or_none()
    if row is None:
        return None
    header = decode_header(row.header)
    scans = select(scan_journal.c.scanned_at).where(scan_journal.c.op_id == op_id).limit(1)
    return OwnTrace(
        op_id,
        row.kind,
        row.device_seq,
        header.person_id,
        header.desk_time,
        header.time,
        connection.scalar(scans),
        row.status,
        row.code,
        row.chain,
        row.settled_at,
    )


def name_of(connection: Connection, person_id: UUID) -> str:
    """Return a person's name as this database has it, or ""."""
    found = connection.execute(
        text("SELECT name FROM persons WHERE id = :id"), {"id": person_id.bytes}
    ).scalar()
    return str(found or "")
