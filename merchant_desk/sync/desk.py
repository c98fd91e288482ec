"""The desk's engine: carries out operations here, keeps the outbox, takes in what the server says.

Everything runs on one thread at a time (the writer's); the engine itself starts none. Clock and ids
are handed in.
"""

import dataclasses
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy import Connection

from merchant_desk.domain.operations import Envelope, kind_of
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Verdicts, carry_out, check_right
from merchant_desk.models.arrivals import Arrivals
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import OpTrace, Unit
from merchant_desk.sync.codec import encode_body, encode_header, header_of
from merchant_desk.sync.desk_state import (
    UNKNOWN_CLOCK,
    ClockState,
    Identity,
    Position,
    read_value,
    stamp,
    write_value,
)
from merchant_desk.sync.outbox import Outbox, load_pending, pack_effects
from merchant_desk.sync.pending import NO_FOOTPRINT, Footprint, footprint_of, row_key
from merchant_desk.sync.protocol import (
    BATCH_BYTES,
    BATCH_OPS,
    MAX_ROWS_PER_OP,
    FeedOp,
    FeedPage,
    Outcome,
    PushRequest,
    Status,
    WireOp,
)
from merchant_desk.sync.replay import Changes, Rework
from merchant_desk.sync.signing import GENESIS, DeviceKeys, Purpose, chain_hash, sign
from merchant_desk.sync.slices import OutOfStep, Slice, cut, read_slice

__all__ = ["Changes", "Clock", "DeskEngine", "Done", "Extra", "NewId", "Together", "Work"]

Clock = Callable[[], int]
NewId = Callable[[], UUID]
Extra = Callable[[Unit, UUID], None]

SLICE_ROWS = 100
"""Feed rows in one transaction of a desk that people are working at: about 5 ms of its writer."""

STATEMENT_BYTES = 200
"""What an operation weighs in a batch beside header and body."""


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that is saved: its id, its number at this desk and the rows that changed."""

    op_id: UUID
    device_seq: int
    time: int
    changes: Changes


@dataclass(frozen=True, slots=True)
class Work:
    """An operation that is to be carried out: its body, who does it, and the job that it belongs to.

    `op_id` is its id, if it has one already.
    """

    body: object
    person_id: UUID
    about: UUID | None = None
    op_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What became of operations in one transaction: how many are saved, and why the next one is not."""

    count: int
    changes: Changes
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class _Minted:
    """An operation on its way into the outbox, and what is remembered of it once it is saved."""

    op_id: UUID
    time: int
    position: Position
    footprint: Footprint


class DeskEngine:
    """One desk's database and its place in the feed."""

    def __init__(self, store: Store, clock: Clock, new_id: NewId) -> None:
        self.store = store
        self._clock = clock
        self.new_id = new_id
        self.reload()

    def reload(self) -> None:
        """Read again what is kept in memory: at the start, and when the database was changed underneath.

        Raises:
            LookupError: the database belongs to no desk yet.
        """
        with self.store.engine.connect() as connection, connection.begin():
            identity = read_value(connection, "identity", Identity)
            position = read_value(connection, "position", Position)
            self.clock_state = read_value(connection, "clock", ClockState) or UNKNOWN_CLOCK
            self.last_contact = read_value(connection, "last_contact", int) or 0
            self.pending = load_pending(connection.connection.cursor())
        if identity is None:
            raise LookupError("this database belongs to no desk yet")
        self.identity = identity
        self.position = position or Position(0, GENESIS, 0, None)
        self._key = DeviceKeys(identity.signing_seed, identity.agreement_seed).signing_key

    # -- doing -----------------------------------------------------------------------------------

    def do(
        self,
        body: object,
        person_id: UUID,
        *,
        about: UUID | None = None,
        extra: Extra | None = None,
        op_id: UUID | None = None,
    ) -> Done:
        """Carry out an operation: rows, outbox line and position in one durable transaction.

        One that only the server can carry out is filed as a request and changes no row here: what it does
        comes with the feed.

        Args:
            body: the operation.
            person_id: who does it.
            about: the document that it belongs to, for the history.
            extra: writes that belong to the same transaction (the scan journal's outcome), given the
                operation's id.
            op_id: the operation's id, where it was minted before; the outbox must not have it.

        Raises:
            Refusal: a rule said no; nothing was written.
        """
        with self.store.unit(self.identity.merchant_id) as unit:
            minted = self._mint(unit, self.position, Work(body, person_id, about, op_id))
            changes = unit.touched()
            if extra is not None:
                extra(unit, minted.op_id)
            write_value(unit.cursor, "position", minted.position)
        self.position = minted.position
        device_seq = minted.position.device_seq
        self.pending.add(device_seq, minted.op_id, minted.footprint)
        return Done(minted.op_id, device_seq, minted.time, changes)

    def do_together(self, works: deque[Work], enough: Callable[[], bool]) -> Together:
        """Carry out operations in their order, all in one durable transaction, taking them off `works`.

        A commit costs as much as some hundred rows do: bulk work shares it. One that is refused ends the
        run; those before it are saved, and it wrote nothing.

        Args:
            works: what is to be done; may grow meanwhile.
            enough: asked after each operation whether to end here.
        """
        before = self.position
        position, refusal = before, None
        try:
            with self.store.unit(self.identity.merchant_id) as unit:
                while works:
                    try:
                        minted = self._mint(unit, position, works.popleft())
                    except Refusal as error:
                        unit.rollback_op()
                        refusal = error
                        break
                    position = minted.position
                    self.pending.add(position.device_seq, minted.op_id, minted.footprint)
                    unit.flush()
                    if enough():
                        break
                changes = unit.touched()
                write_value(unit.cursor, "position", position)
        except BaseException:
            for seq in range(before.device_seq + 1, position.device_seq + 1):
                self.pending.settle(seq)
            raise
        self.position = position
        return Together(position.device_seq - before.device_seq, changes, refusal)

    def _mint(self, unit: Unit, position: Position, work: Work) -> _Minted:
        body = work.body
        unit.begin_op()
        data = encode_body(body)
        envelope = self._envelope(unit, position, work)
        verdicts = Verdicts()
        is_request = kind_of(body).is_request
        if is_request:
            check_right(unit, envelope, body)
        else:
            carry_out(unit, envelope, body, verdicts)
        if unit.op_rows > MAX_ROWS_PER_OP:
            raise Refusal("too_many_rows", rows=unit.op_rows, most=MAX_ROWS_PER_OP)
        effects, trace = unit.end_op()
        if not kind_of(body).is_fact:
            envelope = dataclasses.replace(envelope, depends_on=self._makers(unit, trace))
        header = header_of(envelope, data)
        header_bytes = encode_header(header)
        chain = chain_hash(position.chain, header_bytes)
        wire = WireOp(header_bytes, data, sign(self._key, Purpose.OPERATION, chain))
        wrote = [(effect.table, effect.id) for effect in effects]
        footprint = NO_FOOTPRINT
        if not is_request:  # nothing that comes can change what it did here
            footprint = footprint_of(wrote, trace.gets, trace.looks, unit.rows)
        packed = pack_effects(self.store, effects)
        Outbox(unit.cursor).add(header, wire, chain, work.about, packed, footprint, verdicts.text)
        position = Position(header.device_seq, chain, position.cursor, position.epoch)
        return _Minted(envelope.op_id, envelope.time, position, footprint)

    def _envelope(self, unit: Unit, position: Position, work: Work) -> Envelope:
        kind = kind_of(work.body)
        at = stamp(self.clock_state, self._clock())
        merchant = unit.peek("merchants", self.identity.merchant_id)
        return Envelope(
            work.op_id or self.new_id(),
            self.identity.merchant_id,
            self.identity.device_id,
            position.device_seq + 1,
            kind.name,
            kind.version,
            work.person_id,
            merchant["rights_version"] if merchant else 0,
            at.desk_time,
            at.time,
            at.bound,
            position.cursor,
        )

    def _makers(self, unit: Unit, trace: OpTrace) -> tuple[UUID, ...]:
        """Return the open operations that made rows which an operation read: the feed has them not yet."""
        local = [
            (table, id) for table, id in trace.gets if SPECS[table].synced and _is_local(unit, table, id)
        ]
        return self.pending.makers([row_key(table, id.bytes) for table, id in sorted(local)])

    # -- pushing ---------------------------------------------------------------------------------

    def next_batch(self, first: int = 0, most: int = BATCH_OPS, most_bytes: int = BATCH_BYTES) -> PushRequest:
        """Return the next operations to push, in order: pending ones from number `first` on."""
        sql = (
            "SELECT header, body, signature FROM outbox WHERE status = 'pending' AND device_seq >= ?"
            " ORDER BY device_seq LIMIT ?"
        )
        with self.store.engine.connect() as connection, connection.begin():
            rows = connection.exec_driver_sql(sql, (first, most)).fetchall()
        ops: list[WireOp] = []
        size = 0
        for header, body, signature in rows:
            size += len(header) + len(body) + STATEMENT_BYTES
            if ops and size > most_bytes:
                break
            ops.append(WireOp(header, body, signature))
        return PushRequest(ops)

    def take_outcomes(self, outcomes: Sequence[Outcome]) -> Changes:
        """File the server's answers; what was refused or is held is withdrawn in the same transaction.

        What is parked is shown: one that was held until then, and so withdrawn, stands again.
        """
        pending, cursor = self.pending, self.position.cursor
        numbered = [(seq, o) for o in outcomes if (seq := pending.seq_of(o.op_id)) is not None]
        withdrawn = {seq for seq, o in numbered if o.status in (Status.REFUSED, Status.HELD)}
        answered = {seq: o.last_seq for seq, o in numbered if o.status in (Status.APPLIED, Status.REFUSED)}
        settled = {seq for seq, last_seq in answered.items() if last_seq <= cursor}
        with self.store.engine.begin() as connection:
            work = self._rework(connection)
            gone = {seq for seq in withdrawn | settled if pending.stands(seq)}
            again = {seq for seq, o in numbered if o.status is Status.PARKED and not pending.stands(seq)}
            if gone or again:
                work.run(work.closure(gone | again), gone, lambda: None)
            work.outbox.record(outcomes)
            work.outbox.withdraw(withdrawn)
            work.outbox.settle(settled, self._clock())
        for seq in withdrawn:
            pending.withdraw(seq)
        for seq, last_seq in answered.items():
            pending.answer(seq, last_seq)
        self._remember(work, settled)
        return work.changes

    # -- pulling ---------------------------------------------------------------------------------

    def slices(self, page: FeedPage, rows: int = SLICE_ROWS) -> list[tuple[list[FeedOp], int]]:
        """Cut a page into transactions: whole operations, about `rows` rows each, and the cursor after."""
        return cut(page, rows)

    def apply_slice(self, ops: Sequence[FeedOp], until: int) -> Changes:
        """Take feed rows in, move the cursor, forget what the feed has caught up with; one transaction."""
        try:
            return self._apply(ops, until, trust=True)
        except OutOfStep:
            return self._apply(ops, until, trust=False)

    def _apply(self, ops: Sequence[FeedOp], until: int, *, trust: bool) -> Changes:
        pending = self.pending
        settled = {seq for op in ops if (seq := pending.seq_of(op.op_id)) is not None}
        settled.update(pending.answered_until(until))
        position = msgspec.structs.replace(self.position, cursor=until)
        with self.store.engine.begin() as connection:
            work = self._rework(connection)
            arrivals = Arrivals(connection.connection.cursor())
            run, redo = self._read(work, ops, settled, trust=trust)
            if redo:
                work.run(redo, settled, lambda: run.write(arrivals))
            else:
                run.write(arrivals)
            work.outbox.settle(settled, self._clock())
            write_value(connection.connection.cursor(), "position", position)
        self.position = position
        pending.forget_answers(until)
        self._remember(work, settled)
        for table, ids in arrivals.changes.items():
            work.changes.setdefault(table, set()).update(ids)
        return work.changes

    def _read(
        self, work: Rework, ops: Sequence[FeedOp], settled: set[int], *, trust: bool
    ) -> tuple[Slice, set[int]]:
        """Return what a run of feed operations brings, and which own operations must be redone for it.

        Those are the ones that the feed does not simply confirm, the ones that met a row which comes
        new or different, and all that stand on them.
        """
        pending = self.pending
        standing = {seq for seq in settled if pending.stands(seq)}
        entries = {entry.op_id: entry for entry in work.outbox.by_seq(standing)}
        first_open = pending.first_standing_but(settled)
        redo: set[int] = set()
        while True:
            own = {op_id: entry for op_id, entry in entries.items() if entry.device_seq not in redo}
            run = read_slice(self.store, ops, own, first_open, trust=trust)
            met = standing.difference(run.confirmed)
            if pending.any_stands:
                met |= pending.touching(run.keys(pending))
            if met <= redo:
                return run, redo
            redo = work.closure(redo | met)

    def _rework(self, connection: Connection) -> Rework:
        return Rework(self.store, connection, self.identity.merchant_id, self.pending)

    def _remember(self, work: Rework, settled: set[int]) -> None:
        """Bring the index of open operations up to what was just committed."""
        for seq, again in work.again.items():
            self.pending.stand(seq, again.footprint)
        for seq in settled:
            self.pending.settle(seq)

    # -- knowing ---------------------------------------------------------------------------------

    def note_contact(
        self, server_time: int, sent_at: int, received_at: int, epoch: UUID, *, durable: bool = True
    ) -> None:
        """Measure the clock against the server's (half the round trip either way), and note the contact.

        Not `durable`: only in memory, as long as nothing depends on it but what is shown.
        """
        half = max(received_at - sent_at, 0) // 2
        clock = ClockState(server_time - (sent_at + half), half + 1_000, received_at)
        position = msgspec.structs.replace(self.position, epoch=epoch)
        if durable:
            with self.store.engine.begin() as connection:
                cursor = connection.connection.cursor()
                write_value(cursor, "clock", clock)
                write_value(cursor, "last_contact", received_at)
                write_value(cursor, "position", position)
        self.clock_state, self.last_contact, self.position = clock, received_at, position


def _is_local(unit: Unit, table: str, id: UUID) -> bool:
    row = unit.peek(table, id)
    return row is not None and row["feed_hash"] is None
