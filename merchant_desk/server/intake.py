"""Push: a device's batch of operations, judged once and answered for ever."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Connection, select, update

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.operations import KINDS
from merchant_desk.handlers.context import prefetch
from merchant_desk.models.faults import Fault
from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.batch import Batch, Waiting, retold, retold_id
from merchant_desk.server.database import passing_trouble
from merchant_desk.server.reading import Arrival, Reading, read_batch
from merchant_desk.server.retirement import is_shut_out
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.protocol import (
    Header,
    Outcome,
    PushAnswer,
    PushRequest,
    Status,
    decode_header,
)
from merchant_desk.sync.signing import ForgedSignature, Purpose, chain_hash, verify

log = structlog.get_logger()

Clock = Callable[[], int]

Counted = Callable[[Iterable[tuple[Header, Outcome]]], None]
"""Hears of operations with their first outcome, once that is committed."""


@dataclass(eq=False)
class DeviceRetired(Fault):
    """The token of a desk that was retired: nothing is given to it, and nothing taken if it was shut out."""

    zh: ClassVar[str] = "这台工作台已被停用，请用新的登记代码重新登记。"
    en: ClassVar[str] = "This desk was retired; enrol it again with a new code."


@dataclass(frozen=True, slots=True)
class Device:
    """Who is asking: an enrolled device and what it may see."""

    merchant_id: UUID
    device_id: UUID
    outlet_id: UUID
    groups: tuple[str, ...]


class Known(NamedTuple):
    """What is filed of an operation: enough to tell it from another one, and its outcome."""

    op_id: UUID
    device_id: UUID
    kind: str
    hash: bytes
    status: str
    first_seq: int
    last_seq: int
    code: str
    facts: str

    def is_what(self, header: Header) -> bool:
        """Tell whether a header is this operation's, offered again."""
        return (self.hash, self.kind) == (header.body_hash, header.kind)

    def outcome(self, op_id: UUID, device_seq: int) -> Outcome:
        """Return the filed outcome as the answer to a desk that offers the operation under this id."""
        rest = self.first_seq, self.last_seq, self.code, self.facts
        return Outcome(op_id, device_seq, Status(self.status), *rest)

    def settled(self, outcome: Outcome) -> Self:
        """Return what is filed from now on."""
        first, last = outcome.first_seq, outcome.last_seq
        return self._replace(
            status=outcome.status.value,
            first_seq=first,
            last_seq=last,
            code=outcome.code,
            facts=outcome.facts,
        )


KNOWN = ", ".join(Known._fields)


@dataclass(slots=True)
class Head:
    """How far a device has come, and the key its signatures are checked with."""

    seq: int
    chain: bytes
    verify_key: bytes


class Intake:
    """Takes batches in. Holds no state but the database: any number of processes may run it."""

    def __init__(
        self, store: Store, epoch: Callable[[], UUID], clock: Clock, counted: Counted = lambda new: None
    ) -> None:
        self.counted = counted
        self.store = store
        self.epoch = epoch
        self.clock = clock

    def push(self, device: Device, request: PushRequest) -> PushAnswer:
        """Read a batch and take it in; raises as `take`."""
        return self.take(device, read_batch(request))

    def take(self, device: Device, reading: Reading) -> PushAnswer:
        """Judge a batch in one transaction and return the outcomes of its leading operations.

        A handler that breaks (a bug) costs only its own operation: those before it are committed, and
        the answer asks for that one's header alone. What disk or database do to us is nobody's fault
        and is raised: the same batch is right later.

        Raises:
            DeviceRetired: the desk was retired meanwhile; nothing of the batch was taken in.
        """
        run = _Run(self, device, reading)
        try:
            return run.go()
        except _BrokenAt as broken:
            log.error("handler_failed", kind=broken.kind, op_id=str(broken.op_id), **mistake(broken.error))
            answer = self.take(device, reading.leading(broken.position))
            if answer.stopped or len(answer.outcomes) < broken.position:
                return answer
            return msgspec.structs.replace(answer, stopped="unreadable", expected=broken.device_seq)
        except DeviceRetired:
            raise
        except Exception as error:
            if passing_trouble(error) is not None:
                raise
            if len(reading.wires) == 1 and run.releases:
                return self._one_by_one(device, reading)
            return self._halved(device, reading, error)

    def _one_by_one(self, device: Device, reading: Reading) -> PushAnswer:
        """Take an operation in, and then what it held, each in a transaction of its own.

        Rows of one of those that the database will not take cost only that one: it is parked.
        """
        try:
            answer = _Run(self, device, reading, alone=True).go()
        except Exception as error:
            if passing_trouble(error) is not None:
                raise
            return self._halved(device, reading, error)
        tried: set[UUID] = set()
        while True:
            one: Waiting | None = None
            try:
                with self.store.engine.begin() as connection:
                    batch = Batch(self.store, connection, device.merchant_id, self.clock())
                    # Chosen and settled under one lock: no other process comes between.
                    one = next((one for one in batch.waiting() if one.header.op_id not in tried), None)
                    if one is None:
                        return answer
                    tried.add(one.header.op_id)
                    batch.settle_held(one)
                    batch.finish()
            except Exception as error:
                if one is None or passing_trouble(error) is not None:
                    raise
                self._park(device.merchant_id, one.header, error)

    def _park(self, merchant_id: UUID, header: Header, error: Exception) -> None:
        kind, op_id = header.kind, str(header.op_id)
        log.error("write_failed", kind=kind, op_id=op_id, error=type(error).__name__)
        with self.store.engine.begin() as connection:
            Batch(self.store, connection, merchant_id, self.clock()).park(header)

    def _halved(self, device: Device, reading: Reading, error: Exception) -> PushAnswer:
        """Find by halves the operation whose rows the database will not take: only the last write tells."""
        wires = reading.wires
        if len(wires) > 1:
            return self.take(device, reading.leading(len(wires) // 2))
        header = decode_header(wires[0].header)
        log.error("write_failed", kind=header.kind, op_id=str(header.op_id), error=type(error).__name__)
        stopped = "unreadable" if wires[0].body is not None else "bad_chain"
        return PushAnswer([], stopped, header.device_seq, self.epoch(), self.clock())


class _BrokenAt(Exception):  # noqa: N818 - internal signal
    def __init__(self, position: int, arrival: Arrival, error: Exception) -> None:
        super().__init__(position)
        self.position = position
        self.kind = arrival.header.kind
        self.op_id = arrival.header.op_id
        self.device_seq = arrival.header.device_seq
        self.error = error


class _Run:
    """One batch on its way through one transaction; `alone`: without what its operations held."""

    def __init__(self, intake: Intake, device: Device, reading: Reading, *, alone: bool = False) -> None:
        self._intake = intake
        self._alone = alone
        self.releases = False
        self._device = device
        self._reading = reading
        self._now = intake.clock()
        self._outcomes: list[Outcome] = []

    def go(self) -> PushAnswer:
        """Do it."""
        intake, device = self._intake, self._device
        arrivals, stopped = self._reading.arrivals, self._reading.stopped
        with intake.store.engine.begin() as connection:
            batch = Batch(intake.store, connection, device.merchant_id, self._now)
            head = self._head(connection)
            self._check_stands(connection)
            known = self._known(connection, [arrival.header.op_id for arrival in arrivals])
            known |= self._known(connection, self._told_otherwise(arrivals, known))
            offered = arrivals
            arrivals, end = self._leading(offered, head, known)
            stopped = self._check_chain(arrivals, head) or end or stopped
            if stopped != "bad_chain":
                new = [a.content for a in arrivals if a.content is not None and a.header.op_id not in known]
                prefetch(batch.unit, new, {a.header.person_id for a in arrivals})
                self._take_in(batch, arrivals, head, known)
                batch.finish()
                if self.releases and not self._alone:
                    batch.settle_waiting()
                    batch.finish()
            self._write_head(connection, head)
        judged = zip(arrivals, self._outcomes, strict=False)
        intake.counted([(a.header, outcome) for a, outcome in judged if a.header.op_id not in known])
        later = _filed(offered[len(self._outcomes) :], known) if stopped else []
        return PushAnswer(self._outcomes, stopped, head.seq + 1, intake.epoch(), self._now, later)

    def _head(self, connection: Connection) -> Head:
        device = self._device
        query = select(device_heads).where(
            device_heads.c.merchant_id == device.merchant_id, device_heads.c.device_id == device.device_id
        )
        row = connection.execute(query).one()
        return Head(row.head, row.chain, row.verify_key)

    def _check_stands(self, connection: Connection) -> None:
        """Refuse a desk that was shut out since it was let in: from here on nothing can come between."""
        if is_shut_out(connection, self._device.merchant_id, self._device.device_id):
            raise DeviceRetired

    def _told_otherwise(self, arrivals: list[Arrival], known: dict[UUID, Known]) -> list[UUID]:
        """Return under which ids is filed what tells known operations otherwise."""
        told = [(known.get(arrival.header.op_id), arrival.header) for arrival in arrivals]
        return [retold_id(header) for row, header in told if row is not None and not row.is_what(header)]

    def _known(self, connection: Connection, ids: list[UUID]) -> dict[UUID, Known]:
        """Return what is filed already of operations; past the ORM, as it is asked for each batch."""
        if not ids:
            return {}
        merchant = self._device.merchant_id
        cursor: Any = connection.connection.cursor()
        if connection.dialect.name == "postgresql":
            sql = f"SELECT {KNOWN} FROM operations WHERE merchant_id = %s AND op_id = ANY(%s::uuid[])"  # noqa: S608
            cursor.execute(sql, [merchant, f"{{{','.join([id.hex for id in ids])}}}"])
            rows = [Known(*row) for row in cursor.fetchall()]
        else:
            marks = ", ".join("?" * len(ids))
            sql = f"SELECT {KNOWN} FROM operations WHERE merchant_id = ? AND op_id IN ({marks})"  # noqa: S608
            cursor.execute(sql, [merchant.bytes, *(id.bytes for id in ids)])
            rows = [Known(id_of(row[0]), id_of(row[1]), *row[2:]) for row in cursor.fetchall()]
        cursor.close()
        return {row.op_id: row for row in rows}

    def _leading(
        self, arrivals: list[Arrival], head: Head, known: dict[UUID, Known]
    ) -> tuple[list[Arrival], str]:
        """Return the operations that can be judged now, and why the others cannot.

        That somebody else is at work under this name shows before any signature: the chain of a copy
        is another one from where they parted. Another desk that has a scan too may tell it otherwise (0034).
        """
        expected = head.seq + 1
        for position, arrival in enumerate(arrivals):
            header = arrival.header
            row = known.get(header.op_id)
            if row is not None and not row.is_what(header):
                if row.device_id == self._device.device_id or not _are_facts(header.kind, row.kind):
                    return arrivals[:position], "reused_id"
                row = known.get(retold_id(header))
            if row is None and header.device_seq < expected:
                return arrivals[:position], "forked"
            if header.device_seq > expected:
                return arrivals[:position], "hole"
            if header.device_seq == expected:
                expected += 1
        return arrivals, ""

    def _check_chain(self, arrivals: list[Arrival], head: Head) -> str:
        """Verify the last signature of the part that is new: it vouches for all of it back to the head."""
        chain, last = head.chain, None
        for arrival in arrivals:
            header = arrival.header
            if header.device_id != self._device.device_id or header.merchant_id != self._device.merchant_id:
                return "bad_chain"
            if header.device_seq > head.seq:
                chain, last = chain_hash(chain, arrival.wire.header), arrival
        if last is None:
            return ""
        try:
            verify(head.verify_key, Purpose.OPERATION, chain, last.wire.signature)
        except ForgedSignature:
            log.warning("bad_signature", device=str(self._device.device_id))
            return "bad_chain"
        return ""

    def _take_in(self, batch: Batch, arrivals: list[Arrival], head: Head, known: dict[UUID, Known]) -> None:
        for position, arrival in enumerate(arrivals):
            header = arrival.header
            row = known.get(header.op_id)
            try:
                if row is not None and not row.is_what(header):
                    outcome = self._otherwise(batch, arrival, known)
                elif row is not None:
                    outcome = self._again(batch, arrival, known)
                else:
                    outcome = batch.apply(arrival, self._device.outlet_id)
            except Exception as error:
                if passing_trouble(error) is not None:
                    raise
                raise _BrokenAt(position, arrival, error) from error
            self._outcomes.append(outcome)
            if header.device_seq == head.seq + 1:
                head.seq += 1
                head.chain = chain_hash(head.chain, arrival.wire.header)

    def _again(self, batch: Batch, arrival: Arrival, known: dict[UUID, Known]) -> Outcome:
        """Return the filed outcome; a parked operation whose body has come now is carried out.

        Whoever brings the body (its author again, or its desk under a new name) brings no more than that:
        nobody signed for what else this arrival says, and the filed header holds the body's hash.
        """
        header, body = arrival.header, arrival.wire.body
        row = known[header.op_id]
        self.releases |= row.status in (Status.PARKED.value, Status.HELD.value)
        if row.status == Status.PARKED.value and body is not None:
            row = known[header.op_id] = row.settled(batch.settle_parked(header.op_id, body))
        return row.outcome(header.op_id, header.device_seq)

    def _otherwise(self, batch: Batch, arrival: Arrival, known: dict[UUID, Known]) -> Outcome:
        """Return what became of another telling of a known operation; it has its own row.

        It is carried out if what came first moved nothing, and then that is what was told otherwise.
        """
        header, body, home = arrival.header, arrival.wire.body, self._device.outlet_id
        first, row = known[header.op_id], known.get(retold_id(header))
        if row is not None and (row.status != Status.PARKED.value or body is None):
            return row.outcome(header.op_id, header.device_seq)
        if first.status == Status.APPLIED.value:
            outcome = batch.retell(arrival, home, filed=row is not None)
        elif row is None or body is None:
            outcome = batch.apply(retold(arrival), home)
        else:
            outcome = batch.settle_parked(row.op_id, body)
        if row is not None:
            known[row.op_id] = row.settled(outcome)
        if first.status != Status.APPLIED.value and outcome.status is Status.APPLIED:
            known[header.op_id] = first.settled(batch.withdraw(header.op_id))
            self.releases = True
        return msgspec.structs.replace(outcome, op_id=header.op_id, device_seq=header.device_seq)

    def _write_head(self, connection: Connection, head: Head) -> None:
        device = self._device
        where = (device_heads.c.merchant_id == device.merchant_id) & (
            device_heads.c.device_id == device.device_id
        )
        values = {"head": head.seq, "chain": head.chain, "last_contact": self._now}
        connection.execute(update(device_heads).where(where).values(**values))


def _filed(arrivals: list[Arrival], known: dict[UUID, Known]) -> list[Outcome]:
    """Return what is filed of these operations, none of which is carried out."""
    found = [(arrival.header, known.get(arrival.header.op_id)) for arrival in arrivals]
    return [
        row.outcome(header.op_id, header.device_seq)
        for header, row in found
        if row is not None and row.is_what(header)
    ]


def _are_facts(kind: str, filed: str) -> bool:
    """Tell whether this is a fact, and so is the filed one as far as this program knows its kind."""
    told, first = KINDS.get(kind), KINDS.get(filed)
    return told is not None and told.is_fact and (first is None or first.is_fact)
