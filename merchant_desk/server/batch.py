"""One transaction of operations on one merchant: lock, judge, apply, number, answer."""

import dataclasses
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, FromClause, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from merchant_desk.domain.currencies import ChangeCurrency
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.jobs import UndoImport
from merchant_desk.domain.operations import KINDS, Envelope, kind_of
from merchant_desk.domain.organisation import ArchivePerson
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import TRAVELLING
from merchant_desk.handlers.context import Context, carry_out, facts_text
from merchant_desk.handlers.subjects import SUBJECTS as _HANDLERS
from merchant_desk.models.columns import Row, kind_of_column
from merchant_desk.models.copying import copy_in
from merchant_desk.models.faults import Fault
from merchant_desk.models.outlet_work import heard_outlet
from merchant_desk.models.server_tables import WITHOUT_END, counters, device_heads, operations
from merchant_desk.models.store import Store
from merchant_desk.server.feed import FeedWriter
from merchant_desk.server.places import (
    check_decides,
    foreign_outlet,
    heard_of,
    tell_closed_warehouses,
    tell_where,
)
from merchant_desk.server.postgres import driver_errors, insert_into
from merchant_desk.server.proofs import check_proved, end_sign_ins
from merchant_desk.server.reading import Arrival
from merchant_desk.server.unsent import check_all_sent
from merchant_desk.sync.codec import decode_body, encode_body, envelope_of
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.protocol import MAX_ROWS_PER_OP, Header, Outcome, Status, decode_header

log = structlog.get_logger()

LOG_COLUMNS = tuple(column.name for column in operations.columns)
LOG_KINDS = tuple(kind_of_column(column) for column in operations.columns)
CARRIED_OUT_BY = _HANDLERS

RETOLD = ("sku_id", "quantity", "location_id", "lot_code", "serial")
"""What a person is told of a scan that is booked already: enough to compare it with the document."""


class Waiting(NamedTuple):
    """An operation that is held though what held it has an outcome; `outlet_id` is its device's home."""

    header: Header
    body: bytes
    outlet_id: UUID


class Batch:
    """A merchant's counter is locked from the first statement until the transaction ends."""

    def __init__(self, store: Store, connection: Connection, merchant_id: UUID, now: int) -> None:
        self.connection = connection
        self.merchant_id = merchant_id
        self.now = now
        self.first_seq = self._lock()
        self.unit = store.unit_on(connection, merchant_id)
        self.feed = FeedWriter(self.unit, self.first_seq)
        self.log: list[Row] = []

    def _lock(self) -> int:
        """Lock the counter row before anything is read; a merchant's first transaction makes it."""
        query = select(counters.c.seq).where(counters.c.merchant_id == self.merchant_id).with_for_update()
        seq = self.connection.scalar(query)
        if seq is None:
            # FOR UPDATE locks nothing that is not there: of two that come first at once, one inserts, and
            # the other waits for it here and then reads what it left.
            new = insert_into(self.connection)(counters)
            new = new.values(merchant_id=self.merchant_id, seq=0, floor=0, codes=0)
            self.connection.execute(new.on_conflict_do_nothing())
            seq = self.connection.scalar(query)
        return int(seq or 0)

    def apply(self, arrival: Arrival, outlet_id: UUID) -> Outcome:
        """Carry out an operation that is new here, file its outcome, and return it.

        `outlet_id` is the device's home: where a refusal without an outlet of its own becomes a task.
        """
        header, wire, body = arrival.header, arrival.wire, arrival.content
        if wire.body is None:
            return self._file(arrival, Outcome(header.op_id, header.device_seq, Status.PARKED))
        held_by = self._held_by(header)
        if held_by is not None:
            facts = facts_text({"by": held_by})
            outcome = Outcome(header.op_id, header.device_seq, Status.HELD, facts=facts)
            return self._file(arrival, outcome, held_by)
        try:
            if body is None:
                body = decode_body(header.kind, header.version, wire.body)
            check_decides(self.unit, header)
        except Refusal as refusal:
            return self._file(arrival, self._refused(envelope_of(header), refusal, outlet_id, body))
        return self._file(arrival, self.carry_out(envelope_of(header), body, outlet_id))

    def retell(self, arrival: Arrival, outlet_id: UUID, *, filed: bool = False) -> Outcome:
        """Accept what tells a known operation otherwise: nothing moves twice, and a person is told (0034).

        Two desks had one scan, and each booked it. The one that moved something stands; this one is `filed`
        under an id of its own, or is now, and answered under the one that it came with.
        """
        own = retold(arrival)
        outcome = self._told_otherwise(own.header, own.content, outlet_id)
        if filed:
            self._settle(own.header.op_id, outcome, own.wire.body)
            return outcome
        return self._file(own, outcome)

    def withdraw(self, op_id: UUID) -> Outcome:
        """Give an operation that moved nothing its end, as what tells it otherwise was carried out."""
        header, outlet_id = self._filed(op_id)
        outcome = self._told_otherwise(header, None, outlet_id)
        self._settle(op_id, outcome)
        return outcome

    def _told_otherwise(self, header: Header, body: object, outlet_id: UUID) -> Outcome:
        self.unit.begin_op()
        asked = {name: getattr(body, name) for name in RETOLD if getattr(body, name, None) not in (None, "")}
        about = ("skus", asked["sku_id"]) if "sku_id" in asked else None
        Context(self.unit, envelope_of(header)).flag("told_otherwise", outlet_id, about, **asked)
        effects, _ = self.unit.end_op()
        first, last = self.feed.append(header.op_id, effects)
        return Outcome(header.op_id, header.device_seq, Status.APPLIED, first, last)

    def carry_out(self, envelope: Envelope, body: object, outlet_id: UUID) -> Outcome:
        """Run rules and handler; a refused fact is accepted all the same and stands as an exception.

        A desk works in its own outlet, `outlet_id`: what it decides for another is refused, and what it
        says that was done there is told to that one.
        """
        unit, kind, foreign = self.unit, kind_of(body), foreign_outlet(envelope, body, outlet_id)
        unit.begin_op()
        try:
            if kind.is_request or (isinstance(body, UndoImport) and body.buyers):
                check_proved(self.connection, envelope, self.now)
            if foreign is not None and not kind.is_fact:
                raise Refusal("other_outlet", table="outlets", id=foreign)
            carry_out(unit, envelope, body)
            if isinstance(body, ChangeCurrency) and unit.op_rows:
                check_all_sent(self.connection, self.merchant_id, envelope.device_id, self.now)
            if unit.op_rows > MAX_ROWS_PER_OP:
                raise Refusal("too_many_rows", rows=unit.op_rows, most=MAX_ROWS_PER_OP)
        except Refusal as refusal:
            unit.rollback_op()
            if not kind.is_fact:
                return self._refused(envelope, refusal, outlet_id, body)
            unit.begin_op()
            Context(unit, envelope).flag(refusal.code, heard_of(unit, body, outlet_id), **refusal.facts)
        except BaseException:
            unit.rollback_op()
            raise
        if kind.is_fact:
            tell_where(Context(unit, envelope), body, outlet_id, foreign)
        tell_closed_warehouses(Context(unit, envelope), body, outlet_id)
        effects, _ = unit.end_op()
        if isinstance(body, ArchivePerson):
            end_sign_ins(self.connection, self.merchant_id, body.person_id)
        first, last = self.feed.append(envelope.op_id, effects)
        return Outcome(envelope.op_id, envelope.device_seq, Status.APPLIED, first, last)

    def _refused(
        self, envelope: Envelope, refusal: Refusal, outlet_id: UUID, body: object | None = None
    ) -> Outcome:
        """File a "no" as a task that every desk of the outlet sees, with what was asked if it may travel."""
        self.unit.begin_op()
        outlet_id = heard_outlet(self.unit, outlet_id)
        context = Context(self.unit, envelope)
        task_id = context.flag(refusal.code, outlet_id, None, "refusal", **refusal.facts)
        if body is not None and envelope.kind in TRAVELLING:
            asked = {"outlet_id": outlet_id, "op_version": kind_of(body).version, "body": encode_body(body)}
            self.unit.insert("refused_bodies", {"id": task_id, **asked})
        effects, _ = self.unit.end_op()
        first, last = self.feed.append(envelope.op_id, effects)
        facts = facts_text(refusal.facts)
        return Outcome(envelope.op_id, envelope.device_seq, Status.REFUSED, first, last, refusal.code, facts)

    def _held_by(self, header: Header) -> UUID | None:
        """Return the parked or held operation that this one stands on, if any. Facts stand on nothing."""
        kind = KINDS.get(header.kind)
        if not header.depends_on or (kind is not None and kind.is_fact):
            return None
        query = select(operations.c.op_id).where(
            operations.c.merchant_id == self.merchant_id,
            operations.c.op_id.in_(header.depends_on),
            operations.c.status.in_([Status.HELD.value, Status.PARKED.value]),
        )
        waiting = [row["op_id"] for row in self.log if row["status"] in (Status.HELD, Status.PARKED)]
        here = next((op_id for op_id in header.depends_on if op_id in waiting), None)
        return here or self.connection.scalar(query.limit(1))

    def _file(self, arrival: Arrival, outcome: Outcome, held_by: UUID | None = None) -> Outcome:
        header, wire = arrival.header, arrival.wire
        self.log.append(
            {
                "merchant_id": self.merchant_id,
                "op_id": header.op_id,
                "device_id": header.device_id,
                "device_seq": header.device_seq,
                "kind": header.kind,
                "header": wire.header,
                "body": wire.body,
                "signature": wire.signature,
                "hash": header.body_hash,
                "status": outcome.status.value,
                "first_seq": outcome.first_seq,
                "last_seq": outcome.last_seq,
                "code": outcome.code,
                "facts": outcome.facts,
                "held_by": held_by,
                "received_at": self.now,
                "settled_at": self.now,
            }
        )
        return outcome

    def finish(self) -> int:
        """Write rows, feed, log and counter; returns the feed's last number. The caller commits."""
        self.unit.flush()
        self.feed.flush()
        self._write_log()
        if self.feed.seq != self.first_seq:
            row = counters.c.merchant_id == self.merchant_id
            self.connection.execute(update(counters).where(row).values(seq=self.feed.seq))
        return self.feed.seq

    def _write_log(self) -> None:
        rows, self.log = self.log, []
        if not rows:
            return
        if self.unit.store.dialect != "postgresql":
            self.connection.execute(insert(operations), rows)
            return
        copy = f"COPY operations ({', '.join(LOG_COLUMNS)}) FROM STDIN"
        copy_in(self.unit.cursor, copy, LOG_KINDS, [[row[name] for name in LOG_COLUMNS] for row in rows])

    def settle_waiting(self) -> None:
        """Carry out what was held by operations that have an outcome now. Kept in device order.

        One that stands on several waits for all of them; one whose handler breaks is parked in its turn.
        """
        while waiting := self.waiting():
            for one in waiting:
                self.settle_held(one)

    def settle_held(self, one: Waiting) -> None:
        """Carry out one that this transaction found `waiting`, unless it stands on another one that waits."""
        if self._hold(one.header) is None:
            outcome = self._carry_out_or_park(one.header, one.body, one.outlet_id)
            self._settle(one.header.op_id, outcome)

    def park(self, header: Header) -> None:
        """File a held operation as one that cannot be carried out, unless another process has settled it."""
        query = select(operations.c.status).where(
            operations.c.merchant_id == self.merchant_id, operations.c.op_id == header.op_id
        )
        if self.connection.scalar(query) == Status.HELD.value:
            self._settle(header.op_id, Outcome(header.op_id, header.device_seq, Status.PARKED))

    def _hold(self, header: Header, body: bytes | None = None) -> Outcome | None:
        """File an operation as held if it stands on one that waits; returns that outcome, else None."""
        held_by = self._held_by(header)
        if held_by is None:
            return None
        facts = facts_text({"by": held_by})
        held = Outcome(header.op_id, header.device_seq, Status.HELD, facts=facts)
        self._settle(header.op_id, held, body, held_by)
        return held

    def _carry_out_or_park(self, header: Header, data: bytes, outlet_id: UUID) -> Outcome:
        envelope = envelope_of(header)
        try:
            return self.carry_out(envelope, decode_body(header.kind, header.version, data), outlet_id)
        except Refusal as refusal:
            return self._refused(envelope, refusal, outlet_id)
        except (Fault, DBAPIError, dbapi2.Error, *driver_errors()):
            raise  # after it a transaction is worth nothing, whoever caused it
        except Exception as error:  # noqa: BLE001 - a bug costs the operation that meets it, no other
            log.error("handler_failed", kind=header.kind, op_id=str(header.op_id), **mistake(error))
            return Outcome(header.op_id, header.device_seq, Status.PARKED)

    def waiting(self) -> list[Waiting]:
        """Return held operations whose blocker has an outcome, by device, in its order, with its home."""
        held = operations.alias("held")
        blocker = operations.alias("blocker")
        query = (
            select(held.c.header, held.c.body, device_heads.c.outlet_id)
            .join(device_heads, _device_of(held))
            .join(
                blocker, (blocker.c.merchant_id == held.c.merchant_id) & (blocker.c.op_id == held.c.held_by)
            )
            .where(
                held.c.merchant_id == self.merchant_id,
                held.c.status == Status.HELD.value,
                text(f"held.{WITHOUT_END}"),
                blocker.c.status.not_in([Status.HELD.value, Status.PARKED.value]),
            )
            .order_by(held.c.device_id, held.c.device_seq)
        )
        rows = self.connection.execute(query)
        return [Waiting(decode_header(row.header), row.body, row.outlet_id) for row in rows]

    def settle_parked(self, op_id: UUID, data: bytes) -> Outcome:
        """Carry out a parked operation whose body has come: under the header that was signed and filed.

        What it stands on comes first: until that has an outcome it is held. The caller has compared the
        body's hash with the filed one.
        """
        header, outlet_id = self._filed(op_id)
        held = self._hold(header, data)
        if held is not None:
            return held
        envelope = envelope_of(header)
        try:
            outcome = self.carry_out(envelope, decode_body(header.kind, header.version, data), outlet_id)
        except Refusal as refusal:
            outcome = self._refused(envelope, refusal, outlet_id)
        self._settle(op_id, outcome, data)
        return outcome

    def _filed(self, op_id: UUID) -> tuple[Header, UUID]:
        """Return an operation's header as it was signed, but with the id of its row, and its desk's home."""
        query = (
            select(operations.c.header, device_heads.c.outlet_id)
            .join(device_heads, _device_of(operations))
            .where(operations.c.merchant_id == self.merchant_id, operations.c.op_id == op_id)
        )
        signed, outlet_id = self.connection.execute(query).one()
        return msgspec.structs.replace(decode_header(signed), op_id=op_id), outlet_id

    def _settle(
        self, op_id: UUID, outcome: Outcome, body: bytes | None = None, held_by: UUID | None = None
    ) -> None:
        values: dict[str, Any] = {
            "status": outcome.status.value,
            "first_seq": outcome.first_seq,
            "last_seq": outcome.last_seq,
            "code": outcome.code,
            "facts": outcome.facts,
            "held_by": held_by,
            "settled_at": self.now,
        }
        if body is not None:
            values["body"] = body
        where = (operations.c.merchant_id == self.merchant_id) & (operations.c.op_id == op_id)
        self.connection.execute(update(operations).where(where).values(**values))


def retold_id(header: Header) -> UUID:
    """Return the id under which is filed what tells a known operation otherwise than the log has it."""
    return derived_id(header.op_id, "told otherwise", header.kind, header.body_hash)


def retold(arrival: Arrival) -> Arrival:
    """Return what tells a known operation otherwise, under the id of its own."""
    header = msgspec.structs.replace(arrival.header, op_id=retold_id(arrival.header))
    return dataclasses.replace(arrival, header=header)


def _device_of(log: FromClause) -> ColumnElement[bool]:
    """Join an operation of the log with the device that signed it."""
    here = device_heads.c
    return (here.merchant_id == log.c.merchant_id) & (here.device_id == log.c.device_id)


def feed_head(connection: Connection, merchant_id: UUID) -> int:
    """Return the last number of a merchant's feed."""
    query = select(func.coalesce(func.max(counters.c.seq), 0)).where(counters.c.merchant_id == merchant_id)
    return int(connection.scalar(query) or 0)
