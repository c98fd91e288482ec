"""Pull: whole operations after a cursor, and the check sums of what a desk should hold."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, func, select, text

from merchant_desk.domain.ids import MERCHANT_WIDE, id_of
from merchant_desk.models.server_tables import WITHOUT_END, counters, device_heads, operations, scope_checks
from merchant_desk.models.tables import SPECS
from merchant_desk.server.intake import Clock, Device
from merchant_desk.server.shared_pages import SharedPages
from merchant_desk.sync.protocol import PAGE_ROWS, CheckAnswer, FeedOp, FeedPage, FeedRow, TableCheck

LINE = "seq, op_id, table_name, row_id, image"
_Line = tuple[int, Any, str, Any, bytes | None]
"""A row of the feed as the driver gives it."""


_HEADS = (
    select(counters.c.seq, counters.c.floor, device_heads.c.head, device_heads.c.chain)
    .join_from(
        counters,
        device_heads,
        (device_heads.c.merchant_id == counters.c.merchant_id)
        & (device_heads.c.device_id == bindparam("device")),
        isouter=True,
    )
    .where(counters.c.merchant_id == bindparam("merchant"))
)


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
    """Reads the feed. Holds no state but the database, and what was just read of it."""

    def __init__(self, engine: Engine, epoch: Callable[[], UUID], clock: Clock) -> None:
        # Head, floor and rows must be of one moment: a page never tells of what came after its head.
        one_moment = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
        self._engine = engine.execution_options(**one_moment)
        self._epoch = epoch
        self._clock = clock
        self._shared = SharedPages()

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
            head, floor, device_head, chain = self._heads(connection, device)
            if after and after < floor and begun_at != floor:
                raise CursorTooOld(floor)
            span = device.merchant_id, device.outlet_id, device.groups, after, head, rows
            ops = None if table else self._shared.find(span)
            until, more = head, False
            if ops is None:
                asked = _Asked(device, table, head)
                found = self._rows(connection, asked, after, rows)
                if len(found) > rows:
                    found, until = self._whole_operations(connection, asked, found, rows)
                    more = until < head
                ops = _by_operation(found)
                if until == head and not table:
                    self._shared.keep(span, ops)
        return FeedPage(ops, until, more, self._epoch(), device_head, self._clock(), floor, chain, head)

    def checks(self, device: Device, *, without_end: bool = False) -> CheckAnswer:
        """Return row counts and sums of tables in the device's scope, at the feed's head.

        `without_end`: tell also which operations of its outlet's desks are held or parked.
        """
        with self._engine.connect() as connection, connection.begin():
            head, _ = self._head(connection, device.merchant_id)
            query = select(scope_checks).where(
                scope_checks.c.merchant_id == device.merchant_id,
                scope_checks.c.scope.in_([MERCHANT_WIDE, device.outlet_id]),
            )
            found = connection.execute(query).all()
            waiting = self._without_end(connection, device) if without_end else []
        wanted = [row for row in found if SPECS[row.table_name].group in ("", *device.groups)]
        checks = [TableCheck(row.table_name, row.scope, row.rows, row.sum) for row in wanted]
        return CheckAnswer(head, self._epoch(), checks, waiting)

    def _without_end(self, connection: Connection, device: Device) -> list[UUID]:
        log, heads = operations.c, device_heads.c
        desks = select(heads.device_id).where(
            heads.merchant_id == device.merchant_id, heads.outlet_id == device.outlet_id
        )
        query = select(log.op_id).where(
            log.merchant_id == device.merchant_id, text(WITHOUT_END), log.device_id.in_(desks)
        )
        return list(connection.scalars(query))

    def _head(self, connection: Connection, merchant_id: UUID) -> tuple[int, int]:
        query = select(counters.c.seq, counters.c.floor).where(counters.c.merchant_id == merchant_id)
        row = connection.execute(query).one_or_none()
        return (row.seq, row.floor) if row else (0, 0)

    def _heads(self, connection: Connection, device: Device) -> tuple[int, int, int, bytes]:
        """Return the feed's head and floor, and the last number and hash that came from a device."""
        row = connection.execute(
            _HEADS, {"merchant": device.merchant_id, "device": device.device_id}
        ).one_or_none()
        if row is None:
            return 0, 0, 0, b""
        return row.seq, row.floor, row.head or 0, row.chain if row.head else b""

    def _rows(self, connection: Connection, asked: _Asked, after: int, limit: int) -> list[_Line]:
        """Return up to limit + 1 rows in scope; each scope is read by its own index range.

        SQLite is told by which: left to itself it walks the key, past every row of all other scopes.
        """
        device = asked.device
        postgres = connection.dialect.name == "postgresql"
        mark = "%s" if postgres else "?"
        groups = ("", *device.groups)
        index = "" if postgres else "INDEXED BY ix_feed_scope"
        sql = (
            f"SELECT {LINE} FROM feed {index} WHERE merchant_id = {mark} AND scope = {mark}"  # noqa: S608
            f" AND seq > {mark} AND seq <= {mark} AND grp IN ({', '.join([mark] * len(groups))})"
            f"{f' AND table_name = {mark}' if asked.table else ''} ORDER BY seq LIMIT {mark}"
        )
        found: list[_Line] = []
        # The driver's own cursor: a page has ten thousands of rows, and each costs there a tenth.
        cursor: Any = connection.connection.cursor()
        for scope in (MERCHANT_WIDE, device.outlet_id):
            ids = [device.merchant_id, scope] if postgres else [device.merchant_id.bytes, scope.bytes]
            tables = [asked.table] if asked.table else []
            values = [*ids, after, asked.until, *groups, *tables, limit + 1]
            cursor.execute(sql, values, **({"binary": True} if postgres else {}))
            found += cursor.fetchall()
        cursor.close()
        found.sort(key=itemgetter(0))
        return found[: limit + 1]

    def _whole_operations(
        self, connection: Connection, asked: _Asked, found: list[_Line], rows: int
    ) -> tuple[list[_Line], int]:
        """End a page before the operation that the limit cuts, or after it if it is the only one."""
        merchant, cut = asked.device.merchant_id, found[rows][1]
        end = next(i for i, line in enumerate(found) if line[1] == cut)
        if end:
            return found[:end], self._last_of(connection, merchant, _id(found[end - 1][1]))
        first, last = found[0][0], self._last_of(connection, merchant, _id(cut))
        only = _Asked(asked.device, asked.table, last)
        return self._rows(connection, only, first - 1, last - first + 1), last

    @staticmethod
    def _last_of(connection: Connection, merchant_id: UUID, op_id: UUID) -> int:
        query = select(func.max(operations.c.last_seq)).where(
            operations.c.merchant_id == merchant_id, operations.c.op_id == op_id
        )
        return int(connection.scalar(query) or 0)


def _by_operation(lines: list[_Line]) -> list[FeedOp]:
    grouped: list[FeedOp] = []
    current: Any = None
    rows: list[FeedRow] = []
    for seq, op_id, table, row_id, image in lines:
        if op_id != current:
            current, rows = op_id, []
            grouped.append(FeedOp(_id(op_id), rows))
        rows.append(FeedRow(seq, table, _id(row_id), image))
    return grouped


def _id(stored: Any) -> UUID:
    """Return an id as the driver gave it: PostgreSQL's is one already."""
    return stored if isinstance(stored, UUID) else id_of(stored)
