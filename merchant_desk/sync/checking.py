"""Comparing what the feed has left here with the server's check sums, and fetching again what differs.

A row's part in the sum is what the feed said of it last (`feed_hash`), so own work on top does not count.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Connection

from merchant_desk.domain.ids import MERCHANT_WIDE, id_of
from merchant_desk.models.columns import Scope
from merchant_desk.models.images import image_hash, wrap
from merchant_desk.models.recount import recount_all
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.sync.desk import Changes, DeskEngine
from merchant_desk.sync.desk_state import Position, read_value
from merchant_desk.sync.outbox import after_hashes, unpack_effects
from merchant_desk.sync.protocol import CheckAnswer, FeedOp, FeedRow
from merchant_desk.sync.pushing import Read
from merchant_desk.sync.server_calls import Cancelled, OnWriter, SyncApi

log = structlog.get_logger()

PAGE_ROWS = 5_000
CHUNK = 200
"""Rows in one transaction of a repair, as in a slice."""

IN_LIST = 500
NOBODY = UUID(int=0)
"""The operation that a repair's rows are put in the name of: none of this desk's."""

Sums = dict[tuple[str, UUID], tuple[int, int]]
"""(Table, scope) -> row count and sum of checks."""

SUM = "count(*), coalesce(sum(feed_hash >> 32), 0), coalesce(sum(feed_hash & 4294967295), 0)"
"""In two halves: SQLite's sum() stops at an overflow, ours wraps around."""


def differing(connection: Connection, store: Store, answer: CheckAnswer) -> list[str] | None:
    """Return the tables whose rows differ from the server's; None if the two speak of different moments."""
    position = read_value(connection, "position", Position)
    if position is None or (position.cursor, position.epoch) != (answer.seq, answer.epoch):
        return None
    told = {(check.table, check.scope): (check.count, check.sum) for check in answer.checks}
    here = local_sums(connection, store)
    keys = {key for key in (*told, *here) if key[0] in SPECS}
    wrong = {key[0] for key in keys if told.get(key, (0, 0)) != here.get(key, (0, 0))}
    return [table for table in SPECS if table in wrong]


def local_sums(connection: Connection, store: Store) -> Sums:
    """Return count and sum of what the feed has left here, whatever own work did to it since."""
    cursor = connection.connection.cursor()
    found: Sums = {}
    for table, spec in SPECS.items():
        if not spec.synced:
            continue
        if spec.scope is Scope.OUTLET:
            sql = f"SELECT outlet_id, {SUM} FROM {table} WHERE feed_hash IS NOT NULL GROUP BY outlet_id"  # noqa: S608
        else:
            sql = f"SELECT NULL, {SUM} FROM {table} WHERE feed_hash IS NOT NULL"  # noqa: S608
        cursor.execute(sql)
        for scope, count, high, low in cursor.fetchall():
            if count:
                key = table, id_of(scope) if scope is not None else MERCHANT_WIDE
                found[key] = count, wrap((high << 32) + low)
    for table, scope, check in _removed(connection, store):
        count, total = found.get((table, scope), (0, 0))
        found[table, scope] = count + 1, wrap(total + check)
    return found


def _removed(connection: Connection, store: Store) -> Iterator[tuple[str, UUID, int]]:
    """Yield rows of the feed that open operations have removed here: (table, scope, check)."""
    cursor = connection.connection.cursor()
    cursor.execute("SELECT effects FROM outbox WHERE settled_at IS NULL AND stands = 1 ORDER BY device_seq")
    first: dict[tuple[str, bytes], tuple[UUID, int]] = {}
    gone: set[tuple[str, bytes]] = set()
    for (effects,) in cursor.fetchall():
        left = after_hashes(effects)
        gone |= {key for key, check in left.items() if check is None}
        for table, row_id, before in unpack_effects(store, effects):
            if before is not None and before["feed_hash"] is not None:
                scope = before["outlet_id"] if SPECS[table].scope is Scope.OUTLET else MERCHANT_WIDE
                first.setdefault((table, row_id.bytes), (scope, before["feed_hash"]))
    for table, id in gone & first.keys():
        cursor.execute(f"SELECT feed_hash FROM {table} WHERE id = ?", [id])  # noqa: S608 - a declared name
        row = cursor.fetchone()
        if row is None or row[0] is None:
            yield (table, *first[table, id])


@dataclass
class Repair:
    """Reads the whole feed once more for some tables, and puts right what differs from it here."""

    engine: DeskEngine
    api: SyncApi
    read: Read
    on_writer: OnWriter
    tables: frozenset[str]
    wrong: dict[tuple[str, bytes], FeedRow] = field(default_factory=dict)
    _seen: set[tuple[str, bytes]] = field(default_factory=set)

    def run(self, tell: Callable[[Changes], None], cancelled: Cancelled) -> int:
        """Repair; returns how many rows differed. Pending work is taken off such rows and put on top again.

        Raises:
            Fault: the line failed; what was put right stays so.
        """
        upto = self.engine.position.cursor
        if not self._collect(upto, cancelled):
            return 0
        self._find_strays()
        rows = list(self.wrong.values())
        for start in range(0, len(rows), CHUNK):
            ops = [FeedOp(NOBODY, rows[start : start + CHUNK])]
            tell(self.on_writer(partial(self.engine.apply_slice, ops, upto)))
        if any(SPECS[table].sums for table in self.tables):
            tell(self.on_writer(partial(recount_all, self.engine.store.engine)))
        return len(rows)

    def _collect(self, upto: int, cancelled: Cancelled) -> bool:
        """Note each row whose last image up to a cursor is not what is here; False when cancelled."""
        after = floor = 0
        while not cancelled():
            page = self.api.feed(after, PAGE_ROWS, floor)
            floor, after = page.floor, page.until
            rows = {
                (row.table, row.id.bytes): row
                for op in page.ops
                for row in op.rows
                if row.table in self.tables
            }
            here = self._hashes(rows)
            for key, row in rows.items():
                self._seen.add(key)
                self.wrong.pop(key, None)
                told = image_hash(row.image) if row.image is not None else None
                # What is newer than this desk comes by the ordinary pull.
                if row.seq <= upto and told != here.get(key):
                    self.wrong[key] = row
            if not page.more:
                return True
        return False

    def _hashes(self, keys: Iterable[tuple[str, bytes]]) -> dict[tuple[str, bytes], int]:
        """Return what the feed is said to have told of these rows last."""
        by_table: dict[str, list[bytes]] = {}
        for table, id in keys:
            by_table.setdefault(table, []).append(id)
        found: dict[tuple[str, bytes], int] = {}
        with self.read() as connection, connection.begin():
            cursor = connection.connection.cursor()
            for table, ids in by_table.items():
                for start in range(0, len(ids), IN_LIST):
                    part = ids[start : start + IN_LIST]
                    marks = ", ".join("?" * len(part))
                    cursor.execute(
                        f"SELECT id, feed_hash FROM {table} WHERE id IN ({marks}) AND feed_hash IS NOT NULL",  # noqa: S608
                        part,
                    )
                    found.update({(table, row[0]): row[1] for row in cursor.fetchall()})
        return found

    def _find_strays(self) -> None:
        """Note rows that are said to be from the feed, of which it knows nothing."""
        with self.read() as connection, connection.begin():
            cursor = connection.connection.cursor()
            for table in self.tables:
                cursor.execute(f"SELECT id FROM {table} WHERE feed_hash IS NOT NULL")  # noqa: S608
                for (id,) in cursor.fetchall():
                    if (table, id) not in self._seen:
                        self.wrong[table, id] = FeedRow(0, table, id_of(id), None)
