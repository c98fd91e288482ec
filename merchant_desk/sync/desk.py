"""The desk's engine: carries out operations here, keeps the outbox, takes in what the server says.

Everything runs on one thread at a time (the writer's); the engine itself starts none. Clock and ids
are handed in.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from merchant_desk.domain.operations import Envelope, kind_of
from merchant_desk.handlers.context import carry_out
from merchant_desk.models.images import image_hash
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import Unit
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
from merchant_desk.sync.outbox import Entry, Outbox
from merchant_desk.sync.plain_rows import PlainRows
from merchant_desk.sync.protocol import (
    BATCH_BYTES,
    BATCH_OPS,
    FeedOp,
    FeedPage,
    Outcome,
    PushRequest,
    Status,
    WireOp,
)
from merchant_desk.sync.replay import closure, has_reads, replay, undo, withdraw_leftovers
from merchant_desk.sync.signing import GENESIS, DeviceKeys, Purpose, chain_hash, sign

Changes = dict[str, set[UUID]]
Clock = Callable[[], int]
NewId = Callable[[], UUID]
Extra = Callable[[Unit, UUID], None]

SLICE_ROWS = 200
"""Feed rows in one transaction of a desk that people are working at."""

STATEMENT_BYTES = 200
"""What an operation weighs in a batch beside header and body."""


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that is saved: its id, its number at this desk and the rows that changed."""

    op_id: UUID
    device_seq: int
    time: int
    changes: Changes


class DeskEngine:
    """One desk's database and its place in the feed."""

    def __init__(self, store: Store, clock: Clock, new_id: NewId) -> None:
        self.store = store
        self._clock = clock
        self._new_id = new_id
        with store.engine.connect() as connection, connection.begin():
            identity = read_value(connection, "identity", Identity)
            position = read_value(connection, "position", Position)
            self.clock_state = read_value(connection, "clock", ClockState) or UNKNOWN_CLOCK
            self.last_contact = read_value(connection, "last_contact", int) or 0
        if identity is None:
            raise LookupError("this database belongs to no desk yet")
        self.identity = identity
        self.position = position or Position(0, GENESIS, 0, None)
        self._plain = PlainRows(store)
        self._key = DeviceKeys(identity.signing_seed, identity.agreement_seed).signing_key

    # -- doing -----------------------------------------------------------------------------------

    def do(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> Done:
        """Carry out an operation: rows, outbox line and position in one durable transaction.

        Args:
            body: the operation.
            person_id: who does it.
            about: the document that it belongs to, for the history.
            extra: writes that belong to the same transaction (the scan journal's outcome).

        Raises:
            Refusal: a rule said no; nothing was written.
        """
        with self.store.unit(self.identity.merchant_id) as unit:
            done, position = self._mint(unit, self.position, body, person_id, about)
            if extra is not None:
                extra(unit, done.op_id)
            write_value(unit.cursor, "position", position)
        self.position = position
        return done

    def _mint(
        self, unit: Unit, position: Position, body: object, person_id: UUID, about: UUID | None
    ) -> tuple[Done, Position]:
        kind = kind_of(body)
        at = stamp(self.clock_state, self._clock())
        merchant = unit.peek("merchants", self.identity.merchant_id)
        envelope = Envelope(
            self._new_id(),
            self.identity.merchant_id,
            self.identity.device_id,
            position.device_seq + 1,
            kind.name,
            kind.version,
            person_id,
            merchant["rights_version"] if merchant else 0,
            at.desk_time,
            at.time,
            at.bound,
            position.cursor,
        )
        data = encode_body(body)
        unit.begin_op()
        carry_out(unit, envelope, body)
        effects, reads = unit.end_op()
        outbox = Outbox(unit)
        if not kind.is_fact:
            local = [key for key in reads if _is_local(unit, key)]
            envelope = dataclasses.replace(envelope, depends_on=outbox.makers_of(local))
        header = header_of(envelope, data)
        header_bytes = encode_header(header)
        chain = chain_hash(position.chain, header_bytes)
        wire = WireOp(header_bytes, data, sign(self._key, Purpose.OPERATION, chain))
        outbox.add(header, wire, chain, effects, about)
        outbox.mark(header.device_seq, effects, reads if has_reads(effects) or not kind.is_fact else ())
        position = Position(header.device_seq, chain, position.cursor, position.epoch)
        return Done(envelope.op_id, header.device_seq, at.time, unit.touched()), position

    # -- pushing ---------------------------------------------------------------------------------

    def next_batch(self, first: int = 0, most: int = BATCH_OPS, most_bytes: int = BATCH_BYTES) -> PushRequest:
        """Return the next operations to push, in order: pending ones from number `first` on."""
        sql = (
            "SELECT header, body, signature FROM outbox WHERE status = 'pending' AND device_seq >= ?"
            " ORDER BY device_seq LIMIT ?"
        )
        with self.store.engine.connect() as connection:
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
        """File the server's answers; what was refused or is held is withdrawn in the same transaction."""
        with self.store.unit(self.identity.merchant_id) as unit:
            outbox = Outbox(unit)
            entries = {entry.op_id: entry for entry in outbox.by_op_id([o.op_id for o in outcomes])}
            withdrawn = {
                entries[o.op_id].device_seq
                for o in outcomes
                if o.op_id in entries and o.status in (Status.REFUSED, Status.HELD)
            }
            self._withdraw(unit, outbox, withdrawn)
            for outcome in outcomes:
                outbox.record(outcome)
            self._settle_caught_up(unit, outbox, self.position.cursor)
            unit.flush()
            return unit.touched()

    def _withdraw(self, unit: Unit, outbox: Outbox, withdrawn: set[int]) -> None:
        if not withdrawn:
            return
        affected = outbox.by_seq(closure(outbox, withdrawn))
        self._take_back(unit, outbox, affected)
        replay(unit, outbox, [entry for entry in affected if entry.device_seq not in withdrawn])
        for seq in withdrawn:
            outbox.set_effects(seq, [])

    @staticmethod
    def _take_back(unit: Unit, outbox: Outbox, entries: Sequence[Entry]) -> None:
        for entry in reversed(entries):
            undo(unit, entry)
        outbox.unmark(entry.device_seq for entry in entries)

    # -- pulling ---------------------------------------------------------------------------------

    def slices(self, page: FeedPage, rows: int = SLICE_ROWS) -> list[tuple[list[FeedOp], int]]:
        """Cut a page into transactions: whole operations, about `rows` rows each, and the cursor after."""
        cut: list[tuple[list[FeedOp], int]] = []
        ops: list[FeedOp] = []
        count = 0
        for op in page.ops:
            if ops and count + len(op.rows) > rows:
                cut.append((ops, ops[-1].rows[-1].seq))
                ops, count = [], 0
            ops.append(op)
            count += len(op.rows)
        cut.append((ops, page.until))
        return cut

    def apply_slice(self, ops: Sequence[FeedOp], until: int) -> Changes:
        """Take feed rows in, move the cursor, forget what the feed has caught up with; one transaction."""
        position = msgspec.structs.replace(self.position, cursor=until)
        with self.store.unit(self.identity.merchant_id) as unit:
            outbox = Outbox(unit)
            if outbox.is_untouched_by(ops, until):
                changes = self._plain.take(unit.cursor, ops)
            else:
                changes = self._merge(unit, outbox, ops, until)
            write_value(unit.cursor, "position", position)
        self.position = position
        return changes

    def _merge(self, unit: Unit, outbox: Outbox, ops: Sequence[FeedOp], until: int) -> Changes:
        """Take in rows that meet this desk's own work: undo what they meet, put them, replay the rest."""
        settled = {entry.device_seq: entry for entry in outbox.by_op_id([op.op_id for op in ops])}
        settled.update((entry.device_seq, entry) for entry in outbox.caught_up(until))
        rows = [row for op in ops for row in op.rows]
        for table in dict.fromkeys(row.table for row in rows if row.table in SPECS):
            unit.prefetch(table, (row.id for row in rows if row.table == table))
        affected = self._affected(outbox, ops, settled)
        self._take_back(unit, outbox, affected)
        self._put_images(unit, ops)
        for entry in reversed(settled.values()):
            withdraw_leftovers(unit, entry)
        replay(unit, outbox, [entry for entry in affected if entry.device_seq not in settled])
        outbox.unmark(settled)
        outbox.settle(settled.values(), self._clock())
        unit.flush()
        return unit.touched()

    def _affected(self, outbox: Outbox, ops: Sequence[FeedOp], settled: dict[int, Entry]) -> list[Entry]:
        """Return what to undo: operations that meet the rows, settled ones, and what stands on them."""
        keys = [
            (row.table, row.id)
            for op in ops
            for row in op.rows
            if row.table in SPECS and not SPECS[row.table].insert_only
        ]
        return outbox.by_seq(closure(outbox, outbox.touching(keys) | outbox.marked(settled)))

    def _put_images(self, unit: Unit, ops: Sequence[FeedOp]) -> None:
        for op in ops:
            for row in op.rows:
                codec = unit.store.codecs.get(row.table)
                if codec is None:
                    continue
                if row.image is None:
                    unit.put(row.table, row.id, None)
                    continue
                image = codec.decode(row.image)
                image["feed_seq"] = row.seq
                image["feed_hash"] = image_hash(row.image)
                unit.put(row.table, row.id, image)

    def _settle_caught_up(self, unit: Unit, outbox: Outbox, cursor: int) -> None:
        """End what was acknowledged after the feed had delivered it already, or without any feed row."""
        entries = outbox.caught_up(cursor)
        marked = outbox.marked({entry.device_seq: entry for entry in entries})
        settled = {entry.device_seq for entry in entries}
        affected = outbox.by_seq(closure(outbox, marked))
        self._take_back(unit, outbox, affected)
        for entry in reversed(entries):
            withdraw_leftovers(unit, entry)
        replay(unit, outbox, [entry for entry in affected if entry.device_seq not in settled])
        outbox.unmark(settled)
        outbox.settle(entries, self._clock())

    # -- knowing ---------------------------------------------------------------------------------

    def note_contact(self, server_time: int, sent_at: int, received_at: int, epoch: UUID) -> None:
        """Measure the clock against the server's (half the round trip either way), and note the contact."""
        half = max(received_at - sent_at, 0) // 2
        clock = ClockState(server_time - (sent_at + half), half + 1_000, received_at)
        position = msgspec.structs.replace(self.position, epoch=epoch)
        with self.store.engine.begin() as connection:
            cursor = connection.connection.cursor()
            write_value(cursor, "clock", clock)
            write_value(cursor, "last_contact", received_at)
            write_value(cursor, "position", position)
        self.clock_state, self.last_contact, self.position = clock, received_at, position


def _is_local(unit: Unit, key: tuple[str, UUID]) -> bool:
    table, id = key
    row = unit.peek(table, id)
    return SPECS[table].synced and row is not None and row["feed_hash"] is None
