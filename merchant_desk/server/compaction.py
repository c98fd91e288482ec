"""Compaction: the feed forgets images that newer ones have replaced. The operation log never does.

Up to its *floor* a feed tells how things stand, not how they came to be so. Whoever has a cursor at or above
the floor misses nothing; below it a desk takes a snapshot (its outbox is kept), and only who reads from 0
may read there, as long as the floor that the first page told has not moved.

The floor is the lower of two feed numbers: where the feed stood KEPT_DAYS ago, and what the slowest desk has
pulled, but not further back than HELD_DAYS.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from merchant_desk.models.server_tables import counters, device_heads, feed, metadata, operations
from merchant_desk.models.tables import SPECS
from merchant_desk.server.backup import last_night
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import Clock
from merchant_desk.server.retirement import gone_desks

log = structlog.get_logger()

DAY = 24 * 3_600_000_000
KEPT_DAYS = 7
"""What is younger stays whole: a desk that fetches a snapshot over a bad line goes on from it for days."""

HELD_DAYS = 90
"""How long a desk that does not pull keeps others' rows from being forgotten."""

STEP = 2_000
"""Feed numbers in one transaction: a hundredth of a second or two of the writer's."""

CHANGEABLE = frozenset(spec.name for spec in SPECS.values() if spec.synced and not spec.insert_only)
"""Tables of which a row may have several images. A row of a ledger has one, for ever."""


class Compaction:
    """Compacts every merchant's feed once a night, in short transactions. May run beside another server's."""

    def __init__(self, database: ServerDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._done_at: datetime | None = None

    def is_due(self) -> bool:
        """Whether it was not done since last night; a server that just started asks for it soon."""
        return self._done_at is None or self._done_at < last_night(self._now())

    def run(self) -> Iterator[int]:
        """Do it; each step is one transaction, after which others get their turn, and yields what went.

        A run that is broken off leaves nothing half: the next one does the rest.

        Raises:
            Fault, DBAPIError: the database's.
        """
        begun = self._now()
        for merchant_id, floor in self._merchants():
            rows = 0
            for went in self._compact(merchant_id, floor):
                rows += went
                yield went
            if rows:
                log.info("feed_compacted", merchant=str(merchant_id), rows=rows)
        self._done_at = begun

    def _compact(self, merchant_id: UUID, floor: int) -> Iterator[int]:
        """Drop what is superseded; between that and the other drop the floor moves, and tombstones go.

        A tombstone may go only if nobody can have read an older image of its row and still be below it.
        Below the floor only those read on who began since it moved, and by then the older images that lie
        below the old floor are gone: so it is these tombstones, and only when the floor has moved.
        """
        yield from self._drop(merchant_id, 0, floor, superseded=True)
        new = self._move_floor(merchant_id)
        yield 0
        if new is None:
            return
        yield from self._drop(merchant_id, 0, floor, superseded=False)
        yield from self._drop(merchant_id, floor, new, superseded=True)

    def _drop(self, merchant_id: UUID, after: int, until: int, *, superseded: bool) -> Iterator[int]:
        """Delete superseded images, or tombstones, with numbers from `after` (exclusive) to `until`."""
        for start in range(after, until, STEP):
            part = and_(
                feed.c.merchant_id == merchant_id, feed.c.seq > start, feed.c.seq <= min(start + STEP, until)
            )
            with self._database.writer.begin() as connection:
                if superseded:
                    went = sum(_drop_superseded(connection, part, name) for name in _tables(connection, part))
                else:
                    gone = and_(part, feed.c.image.is_(None), feed.c.table_name.in_(sorted(CHANGEABLE)))
                    went = connection.execute(delete(feed).where(gone)).rowcount
            yield went

    def _move_floor(self, merchant_id: UUID) -> int | None:
        """Move the floor as far as it may; returns where it is then, or None if it stays."""
        now = self._clock()
        with self._database.writer.begin() as connection:
            where = counters.c.merchant_id == merchant_id
            query = select(counters.c.seq, counters.c.floor).where(where).with_for_update()
            head, floor = connection.execute(query).one()
            new = min(
                _number_at(connection, merchant_id, head, now - KEPT_DAYS * DAY),
                max(
                    _slowest(connection, merchant_id, head),
                    _number_at(connection, merchant_id, head, now - HELD_DAYS * DAY),
                ),
            )
            if new <= floor:
                return None
            connection.execute(update(counters).where(where).values(floor=new))
        return new

    def _merchants(self) -> list[tuple[UUID, int]]:
        query = select(counters.c.merchant_id, counters.c.floor).order_by(counters.c.merchant_id)
        with self._database.reader.connect() as connection, connection.begin():
            return [(row.merchant_id, row.floor) for row in connection.execute(query)]

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock() / 1_000_000).astimezone()


def _tables(connection: Connection, part: ColumnElement[bool]) -> list[str]:
    """Return the changeable tables that a part of the feed has images of."""
    names = connection.scalars(select(feed.c.table_name).where(part, feed.c.image.is_not(None)).distinct())
    return sorted(CHANGEABLE.intersection(names))


def _drop_superseded(connection: Connection, part: ColumnElement[bool], name: str) -> int:
    """Delete the images of a table's rows that have a newer one, or are gone, which a tombstone tells."""
    rows = metadata.tables[name].c
    stands = select(rows.id).where(
        rows.merchant_id == feed.c.merchant_id,
        rows.id == feed.c.row_id,
        or_(rows.feed_seq.is_(None), rows.feed_seq <= feed.c.seq),
    )
    statement = delete(feed).where(
        part, feed.c.table_name == name, feed.c.image.is_not(None), ~stands.exists()
    )
    return connection.execute(statement).rowcount


def _slowest(connection: Connection, merchant_id: UUID, head: int) -> int:
    """Return the lowest cursor of a merchant's desks; one that has pulled nothing yet begins at 0 anyway.

    A desk that comes no more is not waited for.
    """
    query = select(func.min(device_heads.c.cursor)).where(
        device_heads.c.merchant_id == merchant_id,
        device_heads.c.cursor > 0,
        device_heads.c.device_id.not_in(gone_desks(merchant_id)),
    )
    return int(connection.scalar(query) or head)


def _number_at(connection: Connection, merchant_id: UUID, head: int, moment: int) -> int:
    """Return about where the feed stood at a moment, microseconds UTC, by halves: time has no index there."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        last = select(feed.c.op_id).where(feed.c.merchant_id == merchant_id, feed.c.seq <= middle)
        op_id = connection.scalar(last.order_by(feed.c.seq.desc()).limit(1))
        settled_at = connection.scalar(
            select(operations.c.settled_at).where(
                operations.c.merchant_id == merchant_id, operations.c.op_id == op_id
            )
        )
        if settled_at is None or settled_at <= moment:
            low = middle
        else:
            high = middle - 1
    return low
