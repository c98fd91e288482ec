"""One operation followed by its id: what is filed of it, and which desks have pulled past it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, exists, or_, select

from merchant_desk.domain.ids import MERCHANT_WIDE
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import counters, device_heads, feed, metadata, operations
from merchant_desk.server.retirement import gone_desks
from merchant_desk.server.services import Services
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.tracing import DeskPast, Trace

MOST_DESKS = 200
"""Desks that are named: those that have not pulled past it first."""

MOST_TASKS = 50


def trace(
    services: Services, op_id: UUID, merchant_id: UUID | None = None, outlet_id: UUID | None = None
) -> Trace:
    """Return what the server knows of an operation.

    Args:
        services: the server's.
        op_id: the operation's.
        merchant_id: whose desk asks; None: the server's operator, of any merchant.
        outlet_id: the asking desk's: it may trace what its outlet's desks did, and what it is sent itself.

    Raises:
        Refusal: `no_such_operation`, also of what is not the asking desk's to see.
    """
    with services.database.reader.connect() as connection, connection.begin():
        row = connection.execute(_filed(op_id, merchant_id, outlet_id).limit(1)).one_or_none()
        if row is None:
            raise Refusal("no_such_operation", op_id=op_id)
        devices = metadata.tables["devices"].c
        code = connection.scalar(
            select(devices.code).where(devices.merchant_id == row.merchant_id, devices.id == row.device_id)
        )
        tasks = _tasks(connection, row.merchant_id, op_id, outlet_id)
        desks = _desks(services, connection, row.merchant_id, row.last_seq, outlet_id)
    return _told(row, code or "", tasks, desks, services.edge.clock())


def _filed(op_id: UUID, merchant_id: UUID | None, outlet_id: UUID | None) -> Select[Any]:
    """Return the query for the operation's row, where the asker may see it."""
    log, heads = operations.c, device_heads.c
    query = select(operations).outerjoin(
        device_heads, (heads.merchant_id == log.merchant_id) & (heads.device_id == log.device_id)
    )
    query = query.where(log.op_id == op_id)
    if merchant_id is None:  # each merchant in turn, by the key: without it all operations would be read
        return query.where(log.merchant_id.in_(select(counters.c.merchant_id)))
    sent = exists().where(
        feed.c.merchant_id == merchant_id,
        feed.c.seq.between(log.first_seq, log.last_seq),
        feed.c.op_id == op_id,
        feed.c.scope.in_([MERCHANT_WIDE, outlet_id]),
        feed.c.grp == "",
    )
    return query.where(log.merchant_id == merchant_id, or_(heads.outlet_id == outlet_id, sent))


def _tasks(connection: Connection, merchant_id: UUID, op_id: UUID, outlet_id: UUID | None) -> list[UUID]:
    tasks = metadata.tables["tasks"].c
    raised = select(tasks.id).where(tasks.merchant_id == merchant_id, tasks.op_id == op_id)
    if outlet_id is not None:
        raised = raised.where(tasks.outlet_id == outlet_id)
    return list(connection.scalars(raised.limit(MOST_TASKS)))


def _told(row: Row[Any], code: str, tasks: list[UUID], desks: list[DeskPast], now: int) -> Trace:
    header = decode_header(row.header)
    return Trace(
        row.op_id,
        row.kind,
        header.version,
        row.device_id,
        code,
        row.device_seq,
        header.person_id,
        header.desk_time,
        header.time,
        header.time_bound,
        row.received_at,
        row.settled_at,
        row.status,
        row.code,
        row.held_by,
        row.first_seq,
        row.last_seq,
        now,
        tasks,
        desks,
    )


def _desks(
    services: Services, connection: Connection, merchant_id: UUID, last: int, outlet_id: UUID | None
) -> list[DeskPast]:
    """Say of each desk at work (of an outlet) whether it has asked for what follows the operation's last row.

    A cursor is written within a second of the request that told it.
    """
    heads, devices = device_heads.c, metadata.tables["devices"].c
    query = (
        select(heads.device_id, devices.code, devices.name, heads.cursor, heads.last_contact)
        .join(
            metadata.tables["devices"],
            (devices.merchant_id == heads.merchant_id) & (devices.id == heads.device_id),
        )
        .where(heads.merchant_id == merchant_id, heads.device_id.not_in(gone_desks(merchant_id)))
        .where(heads.verify_key != b"")
        .order_by(heads.cursor, heads.device_id)
    )
    if outlet_id is not None:
        query = query.where(heads.outlet_id == outlet_id)
    if not last:
        return []  # it left no rows: there is nothing that a desk could have pulled
    now = services.edge.clock()
    return [
        DeskPast(
            row.device_id, row.code, row.name, row.cursor >= last, row.cursor, max(0, now - row.last_contact)
        )
        for row in connection.execute(query.limit(MOST_DESKS))
    ]
