"""Taking operations back and carrying them out again: what keeps a desk equal to feed plus own work."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from uuid import UUID

import structlog
from sqlalchemy import Connection

from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Verdicts, carry_out
from merchant_desk.handlers.subjects import SUBJECTS as HANDLED
from merchant_desk.models.columns import Row
from merchant_desk.models.faults import Fault
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import OpTrace, Unit
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.outbox import Entry, Outbox, pack_effects, unpack_effects
from merchant_desk.sync.pending import NO_FOOTPRINT, Footprint, Pending, footprint_of, look_key, row_key

log = structlog.get_logger()

CARRIED_OUT_BY = HANDLED

Changes = dict[str, set[UUID]]


@dataclass(frozen=True, slots=True)
class Again:
    """What an operation did when it was carried out again."""

    effects: bytes
    footprint: Footprint


class Rework:
    """Takes operations back, lets something happen below them, and carries them out again.

    All in one transaction that the caller commits; only then is `again` told to the index.
    """

    def __init__(self, store: Store, connection: Connection, merchant_id: UUID, pending: Pending) -> None:
        self._store = store
        self._connection = connection
        self._merchant_id = merchant_id
        self._pending = pending
        self._entries: dict[int, Entry] = {}
        self.outbox = Outbox(connection.connection.cursor())
        self.again: dict[int, Again] = {}
        self.changes: Changes = {}

    def closure(self, first: Iterable[int]) -> set[int]:
        """Return operations with all later ones that stand on what they wrote, or wrote what they read.

        Of the latter an operation knew nothing when it was done: carried out again, it must not see them.
        """
        unit = self._unit()
        found: set[int] = set()
        ahead = _Ahead(self._pending)
        waiting = sorted(first)  # a heap: the lowest first, so that each row is asked for once
        while waiting:
            seq = heappop(waiting)
            if seq not in found:
                found.add(seq)
                reach = self._reach(unit, self._entry(seq).effects)
                later = self._pending.touching(reach) | ahead.of(seq, self._pending.footprint(seq))
                for one in later:
                    if one > seq and one not in found:
                        heappush(waiting, one)
        return found

    def run(self, undone: set[int], gone: set[int], between: Callable[[], None]) -> None:
        """Take `undone` (closed under `closure`) back, do `between`, carry all but `gone` out again."""
        undone = set(undone)
        self._take_back(undone)
        between()
        while undone - gone:
            unit, done, more = self._carry_out(sorted(undone - gone))
            more -= undone
            if not more:
                unit.flush()
                self._note(unit)
                self.again = done
                self.outbox.set_effects((seq, one.effects, one.footprint) for seq, one in done.items())
                return
            # They stand on something that was written differently this time. What `unit` did was in its
            # memory only: it is dropped, they are taken back as well, and all are carried out in order.
            more = self.closure(more) - undone
            self._take_back(more)
            undone |= more

    def _take_back(self, seqs: set[int]) -> None:
        unit = self._unit()
        for entry in sorted(self._load(seqs), key=lambda entry: -entry.device_seq):
            undo(unit, entry)
        unit.flush()
        self._note(unit)

    def _carry_out(self, seqs: list[int]) -> tuple[Unit, dict[int, Again], set[int]]:
        """Carry operations out in memory; the third value are later ones that this would surprise."""
        unit = self._unit()
        done: dict[int, Again] = {}
        surprised: set[int] = set()
        ahead = _Ahead(self._pending)
        for entry in self._load(seqs):
            done[entry.device_seq] = again = carry_out_again(unit, entry)
            reach = self._reach(unit, again.effects)
            surprised |= {later for later in self._pending.touching(reach) if later > entry.device_seq}
            surprised |= ahead.of(entry.device_seq, again.footprint)
        return unit, done, surprised

    def _reach(self, unit: Unit, effects: bytes) -> set[bytes]:
        """Return the keys by which others can have met what an operation wrote."""
        keys: set[bytes] = set()
        for table, id, before in unpack_effects(self._store, effects):
            keys.add(row_key(table, id.bytes))
            for columns in self._pending.looks_at(table):
                keys |= _look_keys(table, columns, before, unit.peek(table, id))
        return keys

    def _entry(self, seq: int) -> Entry:
        return self._load([seq])[0]

    def _load(self, seqs: Iterable[int]) -> list[Entry]:
        wanted = sorted(seqs)
        missing = [seq for seq in wanted if seq not in self._entries]
        self._entries.update((entry.device_seq, entry) for entry in self.outbox.by_seq(missing))
        return [self._entries[seq] for seq in wanted]

    def _unit(self) -> Unit:
        return self._store.unit_on(self._connection, self._merchant_id)

    def _note(self, unit: Unit) -> None:
        for table, ids in unit.touched().items():
            self.changes.setdefault(table, set()).update(ids)


class _Ahead:
    """Finds who wrote later what operations read, which are asked about in their order: each row once."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._asked: set[bytes] = set()

    def of(self, seq: int, footprint: Footprint) -> set[int]:
        """Return the later operations that wrote a row which this one reads, and none before it read."""
        found: set[int] = set()
        for key in footprint.read:
            if key not in self._asked:
                self._asked.add(key)
                found.update(one for one in self._pending.writers(key) if one > seq)
        return found


def _look_keys(table: str, columns: tuple[str, ...], *rows: Row | None) -> set[bytes]:
    return {look_key(table, columns, [row[name] for name in columns]) for row in rows if row is not None}


def undo(unit: Unit, entry: Entry) -> None:
    """Take back what an operation did here, unless the feed has confirmed it.

    Where a row stands in the feed is no part of what the operation did: that stays as it is.
    """
    for table, id, before in reversed(unpack_effects(unit.store, entry.effects)):
        row = unit.peek(table, id)
        if SPECS[table].insert_only:
            if row is not None and row["feed_hash"] is None:
                unit.put(table, id, None)
        elif before is not None and row is not None:
            unit.put(table, id, {**before, "feed_seq": row["feed_seq"], "feed_hash": row["feed_hash"]})
        else:
            unit.put(table, id, before)


def carry_out_again(unit: Unit, entry: Entry) -> Again:
    """Carry an operation out on rows as they are now; its verdicts on totals stay those of the first time.

    One that is refused now keeps waiting for the server's word without showing an effect; so does one
    whose handler breaks, as a bug must cost no more than the operation that meets it, and one that only the
    server can carry out.

    Raises:
        Fault, MemoryError: the machine failed, and nobody knows what the operation would have done: the
            transaction has to be rolled back, and is right another time.
    """
    kind = KINDS.get(entry.kind)
    if kind is not None and kind.is_request:
        return Again(pack_effects(unit.store, []), NO_FOOTPRINT)
    unit.begin_op()
    trace: OpTrace | None = None
    try:
        envelope, body = entry.envelope_and_body()
        carry_out(unit, envelope, body, Verdicts.of_old(entry.verdicts))
    except Refusal:
        trace = unit.rollback_op()
    except (Fault, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the pull must go on
        log.error("replay_failed", kind=entry.kind, op_id=str(entry.op_id), **mistake(error))
        trace = unit.rollback_op()
    if trace is not None:
        return Again(pack_effects(unit.store, []), footprint_of((), trace.gets, trace.looks, unit.rows))
    effects, trace = unit.end_op()
    wrote = [(effect.table, effect.id) for effect in effects]
    return Again(pack_effects(unit.store, effects), footprint_of(wrote, trace.gets, trace.looks, unit.rows))
