"""What must be true at every step of a rehearsal: the invariants of the sync design, as far as one can look.

`Watch` sees everything: every desk's database, the server's, and all that screens ever called saved.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from merchant_desk.domain.ids import MERCHANT_WIDE, id_of
from merchant_desk.domain.operations import KINDS
from merchant_desk.models.columns import Scope, Side
from merchant_desk.models.images import image_hash, wrap
from merchant_desk.models.server_tables import feed, operations
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.rehearsal.desk import RehearsedDesk
from merchant_desk.rehearsal.rights import check_rights
from merchant_desk.rehearsal.server import RehearsedServer
from merchant_desk.rehearsal.violations import Violation
from merchant_desk.sync.checking import local_sums
from merchant_desk.sync.outbox import unpack_effects
from merchant_desk.sync.protocol import PushAnswer, decode

GROUPS = ("", "cost")
"""The groups of columns that a rehearsal's desks are granted."""

UNREADABLE = frozenset({"unreadable", "unknown_kind", "bad_signature"})
"""The only reasons for which a fact may be refused."""

SHARED = tuple(spec.name for spec in SPECS.values() if spec.synced and spec.group in GROUPS)
TOTALS = tuple(spec.name for spec in SPECS.values() if spec.scope is Scope.DERIVED)

# Their own columns alone: a body is read by nobody here, and all rows are, after each step.
_FILED = select(*(operations.c[name] for name in ("device_id", "device_seq", "kind", "status", "code")))
_ENDS = select(operations.c.op_id, operations.c.status, operations.c.last_seq)


@dataclass(frozen=True, slots=True)
class Said:
    """One row of the feed."""

    seq: int
    scope: UUID
    group: str
    key: tuple[str, UUID]
    check: int | None


@dataclass
class Expected:
    """What the feed up to a cursor leaves at one desk: each row's part in the check sum, and the sums."""

    upto: int = 0
    place: int = 0
    rows: dict[tuple[str, UUID], tuple[UUID, int]] = field(default_factory=dict)
    sums: dict[tuple[str, UUID], tuple[int, int]] = field(default_factory=dict)

    def take(self, said: Said) -> None:
        """Let a row of the feed replace what stood under its key."""
        former = self.rows.pop(said.key, None)
        if former is not None:
            self._add(said.key[0], former, -1)
        if said.check is not None:
            self.rows[said.key] = said.scope, said.check
            self._add(said.key[0], self.rows[said.key], 1)

    def _add(self, table: str, row: tuple[UUID, int], sign: int) -> None:
        scope, check = row
        count, total = self.sums.pop((table, scope), (0, 0))
        if count + sign:
            self.sums[table, scope] = count + sign, wrap(total + sign * check)


class Watch:
    """Compares what is with what must be. `check_*` raise Violation."""

    def __init__(self, server: RehearsedServer, merchant_id: UUID) -> None:
        self._server = server
        self._merchant_id = merchant_id
        self._said: list[Said] = []
        self._expected: dict[int, Expected] = {}
        self._epoch = server.services.epoch

    # -- the server --------------------------------------------------------------------------------

    def follow(self) -> int:
        """Read what the feed says since last time; returns its head.

        Raises:
            Violation: numbers are missing in it, or it went back without a new epoch.
        """
        epoch = self._server.services.epoch
        with self._server.services.database.reader.connect() as connection, connection.begin():
            if epoch != self._epoch:
                self._forget(connection, epoch)
            last = self._said[-1].seq if self._said else 0
            query = feed.select().where(feed.c.merchant_id == self._merchant_id, feed.c.seq > last)
            for row in connection.execute(query.order_by(feed.c.seq)):
                if row.seq != last + 1:
                    raise Violation("cursor", f"the feed goes from {last} to {row.seq}")
                last = row.seq
                self._said.append(_said(row))
            head = connection.exec_driver_sql("SELECT seq FROM counters").scalar()
        if head != last:
            raise Violation("cursor", f"the counter says {head}, the feed ends at {last}")
        return last

    def _forget(self, connection: Connection, epoch: UUID) -> None:
        """A backup was restored: what it does not know was never said, and what it says was always so.

        An earlier restore may have led to another history under the same numbers.
        """
        head = int(connection.exec_driver_sql("SELECT seq FROM counters").scalar() or 0)
        said = {one.seq: one for one in self._said if one.seq <= head}
        query = feed.select().where(feed.c.merchant_id == self._merchant_id)
        said.update((row.seq, _said(row)) for row in connection.execute(query))
        self._said = [said[seq] for seq in sorted(said)]
        self._epoch = epoch
        self._expected.clear()

    def check_server(self) -> None:
        """Operations stand once and in order, no fact is refused, ledger and balances are equal.

        Raises:
            Violation: they are not.
        """
        with self._server.services.database.reader.connect() as connection, connection.begin():
            query = _FILED.where(
                operations.c.device_id != MERCHANT_WIDE, operations.c.device_seq > 0
            ).order_by(operations.c.device_id, operations.c.device_seq)
            last: dict[UUID, int] = defaultdict(int)
            for row in connection.execute(query):
                # What a former device sent stays its own: the new one's numbers may have holes there.
                if row.device_seq <= last[row.device_id]:
                    raise Violation("order", f"number {row.device_seq} after {last[row.device_id]}")
                last[row.device_id] = row.device_seq
                _prove_fact(row.kind, row.status, row.code)
            check_ledger(connection, "the server")

    # -- a desk ------------------------------------------------------------------------------------

    def check_desk(self, desk: RehearsedDesk, *, whole: bool = False) -> None:
        """What a desk shows is the feed up to its cursor with its own open operations on top.

        Looks at the rows that changed since the last look, or at all of them.

        Raises:
            Violation: it is not.
        """
        changes, desk.changes = desk.changes, {}
        store = desk.engine.store
        with desk.profile.reader.connect() as connection, connection.begin():
            own = _own_rows(store, connection)
            self._check_sums(desk, connection)
            if whole:
                for table in SHARED:
                    self._check_rows(desk, store, connection, table, None, own)
                check_ledger(connection, desk.name)
            else:
                for table, ids in changes.items():
                    if table in SHARED:
                        self._check_rows(desk, store, connection, table, ids, own)
            self._check_outbox(desk, connection)

    def _check_sums(self, desk: RehearsedDesk, connection: Connection) -> None:
        position = desk.engine.position
        if position.epoch not in (None, self._epoch):
            return  # it has not heard of the restore yet
        sums = self._at(desk, position.cursor).sums
        here = local_sums(connection, desk.engine.store)
        if here != sums:
            wrong = sorted(key[0] for key in {*here, *sums} if here.get(key) != sums.get(key))
            raise Violation("convergence", f"{desk.name} at {position.cursor} differs in {', '.join(wrong)}")

    def _at(self, desk: RehearsedDesk, cursor: int) -> Expected:
        """Return what the feed says up to a cursor in a desk's scope."""
        expected = self._expected.get(id(desk))
        if expected is None or cursor < expected.upto:
            expected = self._expected[id(desk)] = Expected()
        scopes = {MERCHANT_WIDE, desk.engine.identity.outlet_id}
        while expected.place < len(self._said) and self._said[expected.place].seq <= cursor:
            one = self._said[expected.place]
            expected.place += 1
            if one.scope in scopes and one.group in GROUPS:
                expected.take(one)
        expected.upto = cursor
        return expected

    @staticmethod
    def _check_rows(
        desk: RehearsedDesk,
        store: Store,
        connection: Connection,
        table: str,
        ids: Iterable[UUID] | None,
        own: set[tuple[str, UUID]],
    ) -> None:
        """A row that no open operation touched is what the feed said of it."""
        for row in read_rows(store, connection, table, ids):
            key = table, row["id"]
            if key in own:
                continue
            if row["feed_hash"] is None:
                if table == "devices" and row["name"] == desk.name:
                    continue  # a desk that was enrolled again knows at once who it is
                raise Violation("convergence", f"{desk.name} shows a row of {table} that nobody made")
            if image_hash(store.codecs[table].encode(row)) != row["feed_hash"]:
                raise Violation("convergence", f"{desk.name} shows a row of {table} as nobody said")

    def _check_outbox(self, desk: RehearsedDesk, connection: Connection) -> None:
        """Everything that was called saved is in the outbox, once, in one state, under one row of numbers."""
        sql = "SELECT op_id, device_seq, status, kind, code FROM outbox ORDER BY device_seq"
        rows = connection.exec_driver_sql(sql).all()
        here = {id_of(row[0]) for row in rows}
        lost = [saved for saved in desk.saved if saved.op_id not in here]
        if lost:
            raise Violation("durability", f"{desk.name} lost {len(lost)} saved, first {lost[0].kind}")
        numbers = [row[1] for row in rows if row[1] > 0]
        if numbers != list(range(1, desk.engine.position.device_seq + 1)):
            raise Violation("accounting", f"{desk.name} has holes in its numbers")
        for _, _, status, kind, code in rows:
            _prove_fact(kind, status, code)

    def check_agreement(self, desk: RehearsedDesk) -> None:
        """What the desk was told of its operations is what the server has filed.

        Raises:
            Violation: it is not.
        """
        if desk.engine.position.epoch != self._epoch or desk.is_stuck:
            return
        told = (
            "SELECT op_id, status, device_seq, settled_at IS NOT NULL FROM outbox"
            " WHERE status <> 'pending' AND device_seq > 0"
        )
        with self._server.services.database.reader.connect() as connection, connection.begin():
            filed = {op_id: end for op_id, *end in connection.execute(_ENDS)}
        for raw, status, number, is_settled in desk.rows(told):
            if id_of(raw) not in filed:
                raise Violation("accounting", f"{desk.name} was told of {number}, the server knows nothing")
            at_server, last = filed[id_of(raw)]
            if at_server != status and status not in ("held", "parked"):
                raise Violation(
                    "accounting", f"{desk.name} has {status} for {number}, the server {at_server}"
                )
            if is_settled and last > desk.engine.position.cursor:
                raise Violation("read your writes", f"{desk.name} let go of {number} before the feed had it")

    def check_moved(self, desks: Iterable[RehearsedDesk]) -> None:
        """What was received and found stands in the server's book as it was scanned, once, rightly decided.

        One that the rules do not book (a quantity out of this world) stands as an exception alone.

        Raises:
            Violation: it is booked otherwise, or somebody decided what they might not.
        """
        sql = "SELECT op_id, sum(quantity) FROM ledger GROUP BY op_id"
        with self._server.services.database.reader.connect() as connection, connection.begin():
            check_rights(connection)
            booked = {_id(row[0]): int(row[1]) for row in connection.exec_driver_sql(sql)}
        for desk in desks:
            for saved in desk.saved:
                if saved.moved is not None and booked.get(saved.op_id, 0) not in (0, saved.moved):
                    moved = booked[saved.op_id]
                    raise Violation("conservation", f"{saved.kind} of {saved.moved} moved {moved}")

    # -- at the end --------------------------------------------------------------------------------

    def check_open_ends(self, poisoned: Container[UUID]) -> None:
        """What has no end yet is what the server's program breaks over, or stands on that.

        Raises:
            Violation: something else waits there.
        """
        with self._server.services.database.reader.connect() as connection, connection.begin():
            query = operations.select().where(operations.c.status.in_(["held", "parked"]))
            waiting = {row.op_id: row for row in connection.execute(query)}
        for op_id, row in waiting.items():
            if row.status == "parked" and op_id not in poisoned:
                raise Violation("progress", f"{row.kind} is parked, and nothing is wrong with it")
            if row.status == "held" and row.held_by not in waiting:
                raise Violation("progress", f"{row.kind} is held by what does not wait")

    def check_settled(self, desk: RehearsedDesk) -> None:
        """Nothing waits any more but what waits visibly, and the desk holds what the server holds.

        Raises:
            Violation: something does, or they differ.
        """
        waiting = desk.rows("SELECT kind FROM outbox WHERE status = 'pending' AND device_seq > 0")
        if waiting:
            raise Violation(
                "progress", f"{desk.name} still has {len(waiting)} to send, first {waiting[0][0]}"
            )
        open_ones = desk.rows(
            "SELECT kind, status FROM outbox WHERE settled_at IS NULL AND status NOT IN ('held', 'parked')"
        )
        if open_ones:
            raise Violation("progress", f"{desk.name} waits for the feed of {open_ones[0]}")
        self.check_desk(desk, whole=True)
        self.check_agreement(desk)
        if desk.rows("SELECT 1 FROM outbox WHERE settled_at IS NULL AND stands = 1"):
            return  # what is parked is shown here, and stands nowhere else
        server = Store(self._server.services.database.reader, Side.SERVER)
        here, there = _totals(Store(desk.profile.reader, Side.DESK), desk), _totals(server, desk)
        if here != there:
            wrong = sorted({key[0] for key in {*here, *there} if here.get(key) != there.get(key)})
            raise Violation("conservation", f"{desk.name} and server differ in {', '.join(wrong)}")


def check_repeat(first: bytes, second: bytes) -> None:
    """The same push twice gives the same outcomes.

    Raises:
        Violation: it does not.
    """
    one, two = decode(first, PushAnswer), decode(second, PushAnswer)
    if one.epoch == two.epoch and one.outcomes != two.outcomes:
        raise Violation("at most once", "a push that came twice was answered in two ways")


def check_ledger(connection: Connection, whose: str) -> None:
    """Raise Violation unless the rows of the ledger add up to the balances."""
    sql = (
        "SELECT count(*) FROM"
        " (SELECT stock_key AS id, sum(quantity) AS total FROM ledger GROUP BY stock_key) l"
        " FULL JOIN stock_balances b ON b.id = l.id WHERE coalesce(l.total, 0) <> coalesce(b.on_hand, 0)"
    )
    if wrong := connection.exec_driver_sql(sql).scalar():
        raise Violation("conservation", f"{wrong} balances of {whose} are not what the ledger adds up to")


def read_rows(
    store: Store, connection: Connection, table: str, ids: Iterable[UUID] | None
) -> Iterator[dict[str, Any]]:
    """Yield rows of a desk's table, with the feed's mark: all, or those with these ids."""
    statements = store.statements[table]
    cursor = connection.connection.cursor()
    sql = f"SELECT {', '.join(statements.columns)} FROM {table}"  # noqa: S608 - declared names
    if ids is None:
        cursor.execute(sql)
    else:
        marks = ", ".join("?" * len(wanted := [id.bytes for id in ids]))
        cursor.execute(f"{sql} WHERE id IN ({marks})", wanted)
    yield from store.readers[table](cursor.fetchall())


def _said(row: Any) -> Said:
    check = image_hash(row.image) if row.image is not None else None
    return Said(row.seq, row.scope, row.grp, (row.table_name, row.row_id), check)


def _id(raw: Any) -> UUID:
    """Return an id as either database gives it."""
    return raw if isinstance(raw, UUID) else id_of(raw)


def _own_rows(store: Store, connection: Connection) -> set[tuple[str, UUID]]:
    """Return the rows that open operations have written."""
    sql = "SELECT effects FROM outbox WHERE settled_at IS NULL AND stands = 1"
    found: set[tuple[str, UUID]] = set()
    for (effects,) in connection.exec_driver_sql(sql).all():
        found.update((table, id) for table, id, _ in unpack_effects(store, effects))
    return found


def _prove_fact(kind: str, status: str, code: str) -> None:
    if status == "refused" and kind in KINDS and KINDS[kind].is_fact and code not in UNREADABLE:
        raise Violation("facts", f"{kind} was refused: {code}")


def _totals(store: Store, desk: RehearsedDesk) -> dict[tuple[str, UUID], bytes]:
    """Return the totals of a desk's outlet that are not nothing."""
    found = {}
    with store.engine.connect() as connection, connection.begin():
        for table in TOTALS:
            names = [column.name for column in SPECS[table].columns]
            if "outlet_id" not in names:
                continue
            sums = [name for name in ("on_hand", "reserved", "expected") if name in names]
            for row in read_rows(store, connection, table, None):
                if row["outlet_id"] == desk.outlet.id and any(row[name] for name in sums):
                    found[table, row["id"]] = store.codecs[table].encode(row)
    return found
