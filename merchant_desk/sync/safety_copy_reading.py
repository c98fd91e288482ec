"""What a safety copy must hold of a desk's database, and what of it a copy does not hold yet.

Read in one short transaction of a reading connection, so that operations and scans are of one moment. Kept
are operations without an outcome, and those that began documents which are still open; of the journal what
waits to be applied and what belongs to such documents; the keys of buyers that the server does not have.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from merchant_desk.models.desk_tables import scan_journal, scan_packs
from merchant_desk.sync.desk_state import Identity, Position, read_value
from merchant_desk.sync.protocol import BATCH_BYTES
from merchant_desk.sync.safety_copy_part import CopiedOperation, PartContent
from merchant_desk.sync.signing import GENESIS
from merchant_desk.sync.status import count_waiting
from merchant_desk.sync.troubles import STUCK, Stuck

GiveWay = Callable[[], None]

UNSENT = ("pending", "held", "parked")
BEGINNINGS = ("open_receipt", "open_shipment", "open_count")
FORMER = -(1 << 60)
"""Below the number of any operation, also those of devices that the desk was before."""

PART_OPS = 1_000
PART_BYTES = BATCH_BYTES
READ_ROWS = 250
"""Rows between two looks whether the writer's person comes first."""

RECENT = 200
"""The last scans of the journal are looked at again: what became of them is written after them."""

JOURNAL = ", ".join(column.name for column in scan_journal.columns)
PACKS = ", ".join(column.name for column in scan_packs.columns)

OPERATIONS = (
    "SELECT device_seq, header, body, about_id, verdicts FROM outbox"
    " WHERE status = ? AND device_seq > ? ORDER BY device_seq"
)

OPEN = " UNION ALL ".join(
    f"SELECT id FROM {table} WHERE status = 'open'"  # noqa: S608 - names given here
    for table in ("receipts", "shipments", "counts")
)
SENT_OPENINGS = (
    "SELECT device_seq, header, body, about_id, verdicts FROM outbox WHERE device_seq > ?"  # noqa: S608
    f" AND about_id IN ({OPEN}) AND status NOT IN {UNSENT} AND kind IN {BEGINNINGS}"
)
"""A station knows by these what was begun at its desk."""

WAITING = ("new", "held_back")
STATE = [column.name for column in scan_journal.columns].index("state")

SCANS = (
    f"SELECT {JOURNAL} FROM scan_journal WHERE state IN {WAITING}"  # noqa: S608
    f" UNION SELECT {JOURNAL} FROM scan_journal WHERE document_id IN ({OPEN}) AND n > ?"
    f" UNION SELECT {JOURNAL} FROM scan_journal WHERE n IN (SELECT value FROM json_each(?))"
)
PACKS_OF_OPEN = f"SELECT {PACKS} FROM scan_packs WHERE document_id IN ({OPEN})"  # noqa: S608


UNSHARED = "SELECT id, key FROM buyer_keys WHERE shared = 0 ORDER BY id"


@dataclass
class Bookmark:
    """What the copy holds: up to which operation, what each scan looked like that may still change."""

    identity: Identity
    epoch: object
    device_seq: int = 0
    last_scan: int = 0
    scans: dict[int, int] = field(default_factory=dict)
    packs: int = hash(())
    buyer_keys: int = hash(())


@dataclass
class News:
    """What a copy does not hold yet; `mark` is where it will be when that is written."""

    position: Position
    stuck: Stuck | None
    operations: list[CopiedOperation]
    journal: list[tuple[Any, ...]]
    packs: list[tuple[Any, ...]]
    buyer_keys: list[tuple[bytes, bytes]]
    unsent: int
    mark: Bookmark

    @property
    def is_empty(self) -> bool:
        """Whether the copy holds all of it."""
        return not (self.operations or self.journal or self.packs or self.buyer_keys)

    def parts(self) -> Iterator[PartContent]:
        """Cut it into parts; the last, which is never missing, says that the copy is whole."""
        first, size = 0, 0
        for n, operation in enumerate(self.operations):
            size += len(operation.header) + len(operation.body)
            if n - first + 1 >= PART_OPS or size > PART_BYTES:
                yield self._part(self.operations[first : n + 1])
                first, size = n + 1, 0
        yield PartContent(
            self.mark.identity,
            self.position,
            self.stuck,
            self.operations[first:],
            self.journal,
            self.packs,
            self.buyer_keys,
            is_rounded=True,
        )

    def _part(self, operations: list[CopiedOperation]) -> PartContent:
        return PartContent(
            self.mark.identity, self.position, self.stuck, operations, [], [], [], is_rounded=False
        )


def read_news(connection: Connection, held: Bookmark | None, give_way: GiveWay) -> News:
    """Return what is new since `held`; everything if that is None, or of another identity or history.

    Args:
        connection: a reading one, in a transaction.
        held: what the copy holds.
        give_way: called between a few rows.

    Raises:
        LookupError: the database belongs to no desk.
    """
    identity = read_value(connection, "identity", Identity)
    if identity is None:
        raise LookupError("this database belongs to no desk yet")
    position = read_value(connection, "position", Position) or Position(0, GENESIS, 0, None)
    if held is None or (held.identity, held.epoch) != (identity, position.epoch):
        held = Bookmark(identity, position.epoch)
    rows = _scans(connection, held, give_way)
    packs = [tuple(row) for row in connection.exec_driver_sql(PACKS_OF_OPEN)]
    keys = [tuple(row) for row in connection.exec_driver_sql(UNSHARED)]
    last_scan = int(connection.exec_driver_sql("SELECT max(n) FROM scan_journal").scalar() or 0)
    mark = Bookmark(
        identity,
        position.epoch,
        position.device_seq,
        last_scan,
        {n: hash(row) for n, row in rows.items() if n > last_scan - RECENT or row[STATE] in WAITING},
        hash(tuple(sorted(packs))),
        hash(tuple(keys)),
    )
    return News(
        position,
        read_value(connection, STUCK, Stuck),
        _operations(connection, held.device_seq, give_way),
        [row for n, row in sorted(rows.items()) if held.scans.get(n) != hash(row)],
        packs if mark.packs != held.packs else [],
        keys if mark.buyer_keys != held.buyer_keys else [],
        count_waiting(connection)[0],
        mark,
    )


def _operations(connection: Connection, after: int, give_way: GiveWay) -> list[CopiedOperation]:
    """Return what has no outcome, and what began documents that are open, in order."""
    asked = [(SENT_OPENINGS, (after or FORMER,)), *((OPERATIONS, (status, after)) for status in UNSENT)]
    found = [
        CopiedOperation(seq, header, body, about_id, verdicts, sql is SENT_OPENINGS)
        for sql, bound in asked
        for seq, header, body, about_id, verdicts in _rows(connection, sql, bound, give_way)
    ]
    return sorted(found, key=lambda operation: operation.device_seq)


def _scans(connection: Connection, held: Bookmark, give_way: GiveWay) -> dict[int, tuple[Any, ...]]:
    """Return the rows of the journal that may be unlike what the copy holds, by number."""
    bound = (held.last_scan - RECENT if held.last_scan else 0, json.dumps(list(held.scans)))
    return {row[0]: row for row in _rows(connection, SCANS, bound, give_way)}


def _rows(
    connection: Connection, sql: str, bound: tuple[object, ...], give_way: GiveWay
) -> Iterator[tuple[Any, ...]]:
    cursor = connection.connection.cursor()
    cursor.execute(sql, bound)
    try:
        while rows := cursor.fetchmany(READ_ROWS):
            yield from rows
            give_way()
    finally:
        cursor.close()
