"""Pull: whole operations after a cursor, and the check sums of what a desk should hold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, and_, func, or_, select, update

from merchant_desk.domain.ids import MERCHANT_WIDE
from merchant_desk.models.server_tables import counters, device_heads, feed, operations, scope_checks
from merchant_desk.models.tables import SPECS
from merchant_desk.server.intake import Clock, Device
from merchant_desk.sync.protocol import PAGE_ROWS, CheckAnswer, FeedOp, FeedPage, FeedRow, TableCheck


class CursorTooOld(Exception):  # noqa: N818 - an answer: take a snapshot
    """The feed was compacted beyond this cursor: the desk needs a snapshot."""

    def __init__(self, floor: int) -> None:
        super().__init__(floor)
        self.floor = floor


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a page is read for: rows of a device's scope (and of one table, if any) up to a feed number."""

    device: Device
    table: str
    until: int


class Pages:
    """Reads the feed. Holds no state but the database."""

    def __init__(self, engine: Engine, epoch: Callable[[], UUID], clock: Clock) -> None:
        # Head, floor and rows must be of one moment: a page never tells of what came after its head.
        one_moment = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        self._engine = engine.execution_options(**one_moment)
        self._epoch = epoch
        self._clock = clock

    def page(
        self, device: Device, after: int, rows: int = PAGE_ROWS, begun_at: int = 0, table: str = ""
    ) -> FeedPage:
        """Return whole operations of the device's scope after a cursor, about `rows` row images.

        From 0 everything may be read, however much was compacted; `begun_at` is the floor that the first
        page told to who does so. With `table` only rows of that one: for a desk whose check of it failed.

        Raises:
            CursorTooOld: `after` lies below the compaction floor.
        """
        with self._engine.connect() as connection, connection.begin():
            head, floor = self._head(connection, device.merchant_id)
            if after and after < floor and begun_at != floor:
                raise CursorTooOld(floor)
            asked = _Asked(device, table, head)
            found = self._rows(connection, asked, after, rows)
            until, more = head, False
            if len(found) > rows:
                found, until = self._whole_operations(connection, asked, found, rows)
                more = until < head
            device_head = self._device_head(connection, device)
        return FeedPage(_by_operation(found), until, more, self._epoch(), device_head, self._clock(), floor)

    def note_cursor(self, device: Device, cursor: int) -> None:
        """Remember how far a desk has pulled, and that it was here."""
        where = and_(
            device_heads.c.merchant_id == device.merchant_id, device_heads.c.device_id == device.device_id
        )
        with self._engine.begin() as connection:
            values = {"cursor": cursor, "last_contact": self._clock()}
            connection.execute(update(device_heads).where(where).values(**values))

    def checks(self, device: Device) -> CheckAnswer:
        """Return row counts and sums of the tables in the device's scope, at the feed's head."""
        with self._engine.connect() as connection, connection.begin():
            head, _ = self._head(connection, device.merchant_id)
            query = select(scope_checks).where(
                scope_checks.c.merchant_id == device.merchant_id,
                scope_checks.c.scope.in_([MERCHANT_WIDE, device.outlet_id]),
            )
            found = connection.execute(query).all()
        wanted = [row for row in found if SPECS[row.table_name].group in ("", *device.groups)]
        checks = [TableCheck(row.table_name, row.scope, row.rows, row.sum) for row in wanted]
        return CheckAnswer(head, self._epoch(), checks)

    def _head(self, connection: Connection, merchant_id: UUID) -> tuple[int, int]:
        query = select(counters.c.seq, counters.c.floor).where(counters.c.merchant_id == merchant_id)
        row = connection.execute(query).one_or_none()
        return (row.seq, row.floor) if row else (0, 0)

    def _device_head(self, connection: Connection, device: Device) -> int:
        query = select(device_heads.c.head).where(
            device_heads.c.merchant_id == device.merchant_id, device_heads.c.device_id == device.device_id
        )
        return int(connection.scalar(query) or 0)

    def _rows(self, connection: Connection, asked: _Asked, after: int, limit: int) -> Sequence[Any]:
        """Return up to limit + 1 rows in scope; each scope is read by its own index range."""
        device = asked.device
        parts = [
            select(feed.c.seq, feed.c.op_id, feed.c.table_name, feed.c.row_id, feed.c.image)
            .where(
                feed.c.merchant_id == device.merchant_id,
                feed.c.scope == scope,
                feed.c.seq > after,
                feed.c.seq <= asked.until,
                or_(feed.c.grp == "", feed.c.grp.in_(device.groups)),
                *([feed.c.table_name == asked.table] if asked.table else []),
            )
            .order_by(feed.c.seq)
            .limit(limit + 1)
            for scope in (MERCHANT_WIDE, device.outlet_id)
        ]
        found = [row for part in parts for row in connection.execute(part)]
        return sorted(found, key=lambda row: row.seq)[: limit + 1]

    def _whole_operations(
        self, connection: Connection, asked: _Asked, found: Sequence[Any], rows: int
    ) -> tuple[Sequence[Any], int]:
        """End a page before the operation that the limit cuts, or after it if it is the only one."""
        cut = found[rows].op_id
        whole = [row for row in found if row.op_id != cut]
        if whole:
            return whole, self._last_of(connection, asked.device.merchant_id, whole[-1].op_id)
        first, last = found[0].seq, self._last_of(connection, asked.device.merchant_id, cut)
        only = _Asked(asked.device, asked.table, last)
        return self._rows(connection, only, first - 1, last - first + 1), last

    @staticmethod
    def _last_of(connection: Connection, merchant_id: UUID, op_id: UUID) -> int:
        query = select(func.max(operations.c.last_seq)).where(
            operations.c.merchant_id == merchant_id, operations.c.op_id == op_id
        )
        return int(connection.scalar(query) or 0)


def _by_operation(rows: Sequence[Any]) -> list[FeedOp]:
    grouped: list[FeedOp] = []
    for row in rows:
        if not grouped or grouped[-1].op_id != row.op_id:
            grouped.append(FeedOp(row.op_id, []))
        grouped[-1].rows.append(FeedRow(row.seq, row.table_name, row.row_id, row.image))
    return grouped
