"""The outbox: a desk's own operations, in order, with what each did here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.operations import Envelope
from merchant_desk.models.columns import Row
from merchant_desk.models.images import image_hash
from merchant_desk.models.table_access import TableAccess
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import Effect
from merchant_desk.sync.codec import decode_body, envelope_of
from merchant_desk.sync.pending import Footprint, Pending, unpack
from merchant_desk.sync.protocol import Header, Outcome, Status, WireOp, decode_header

EffectLine = tuple[str, bytes, bytes | None, int | None, int | None, int | None]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[EffectLine])

NO_EFFECTS = _encoder.encode([])
NO_PRINT = Footprint((), ()).pack()
IN_LIST = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of this desk, as the outbox holds it; `verdicts` as in handlers.context.Verdicts."""

    device_seq: int
    op_id: UUID
    kind: str
    header: bytes
    body: bytes
    signature: bytes
    effects: bytes
    verdicts: str
    status: str
    stands: int
    last_seq: int

    @property
    def wire(self) -> WireOp:
        """Return what is pushed."""
        return WireOp(self.header, self.body, self.signature)

    def read(self) -> tuple[Header, object]:
        """Return header and body."""
        header = decode_header(self.header)
        return header, decode_body(header.kind, header.version, self.body)

    def envelope_and_body(self) -> tuple[Envelope, object]:
        """Return what a handler needs to carry it out again."""
        header, body = self.read()
        return envelope_of(header), body


ENTRY_COLUMNS = (
    "device_seq, op_id, kind, header, body, signature, effects, verdicts, status, stands, last_seq"
)


class Outbox:
    """Reads and writes the outbox through the driver's cursor of a running transaction."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    # -- writing -----------------------------------------------------------------------------------

    def add(
        self,
        header: Header,
        wire: WireOp,
        chain: bytes,
        about: UUID | None,
        effects: bytes,
        footprint: Footprint,
        verdicts: str,
    ) -> None:
        """File a new operation with what it did."""
        self._cursor.execute(
            "INSERT INTO outbox (device_seq, op_id, kind, person_id, time, about_id, header, body, signature,"
            " chain, effects, footprint, verdicts, status, stands, first_seq, last_seq, code, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 1, 0, 0, '', '{}')",
            [
                header.device_seq,
                header.op_id.bytes,
                header.kind,
                header.person_id.bytes,
                header.time,
                about.bytes if about else None,
                wire.header,
                wire.body,
                wire.signature,
                chain,
                effects,
                footprint.pack(),
                verdicts,
            ],
        )

    def set_effects(self, done: Iterable[tuple[int, bytes, Footprint]]) -> None:
        """File what operations did when they were carried out again: they stand."""
        self._cursor.executemany(
            "UPDATE outbox SET stands = 1, effects = ?, footprint = ? WHERE device_seq = ?",
            [[effects, footprint.pack(), seq] for seq, effects, footprint in done],
        )

    def withdraw(self, device_seqs: Iterable[int]) -> None:
        """Note that operations do not stand any more."""
        self._cursor.executemany(
            "UPDATE outbox SET stands = 0, effects = ?, footprint = ? WHERE device_seq = ?",
            [[NO_EFFECTS, NO_PRINT, seq] for seq in device_seqs],
        )

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """File the server's answers."""
        self._cursor.executemany(
            "UPDATE outbox SET status = ?, first_seq = ?, last_seq = ?, code = ?, facts = ? WHERE op_id = ?",
            [[o.status.value, o.first_seq, o.last_seq, o.code, o.facts, o.op_id.bytes] for o in outcomes],
        )

    def settle(self, device_seqs: Iterable[int], now: int) -> None:
        """End operations that the feed has caught up with.

        One without an answer, or with one that cannot be the last, is pushed once more to hear it.
        """
        self._cursor.executemany(
            "UPDATE outbox SET settled_at = ?, stands = 0, effects = ?, footprint = ?, status ="
            " CASE WHEN status IN ('held', 'parked') THEN 'pending' ELSE status END WHERE device_seq = ?",
            [[now, NO_EFFECTS, NO_PRINT, seq] for seq in device_seqs],
        )

    # -- reading -----------------------------------------------------------------------------------

    def by_seq(self, device_seqs: Iterable[int]) -> list[Entry]:
        """Return the entries with these numbers, in order."""
        found: list[Entry] = []
        wanted = sorted(device_seqs)
        for start in range(0, len(wanted), IN_LIST):
            part = wanted[start : start + IN_LIST]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT {ENTRY_COLUMNS} FROM outbox WHERE device_seq IN ({marks}) ORDER BY device_seq"
            self._cursor.execute(sql, part)
            found += [_entry(row) for row in self._cursor.fetchall()]
        return found

    def without_end(self, there: Sequence[UUID], head: int) -> list[int]:
        """Return the numbers up to `head` of what is held or parked, as known here or as `there` has it."""
        sql = "SELECT device_seq FROM outbox WHERE device_seq BETWEEN 1 AND ? AND "
        self._cursor.execute(f"{sql} status IN ('held', 'parked')", [head])
        found = {seq for (seq,) in self._cursor.fetchall()}
        for start in range(0, len(there), IN_LIST):
            part = [op_id.bytes for op_id in there[start : start + IN_LIST]]
            self._cursor.execute(f"{sql} op_id IN ({', '.join('?' * len(part))})", [head, *part])
            found.update(seq for (seq,) in self._cursor.fetchall())
        return sorted(found)

    def open(self) -> Iterator[tuple[int, UUID, Footprint | None, int | None]]:
        """Yield (number, id, footprint if it stands, last feed row if it is answered) of open operations."""
        self._cursor.execute(
            "SELECT device_seq, op_id, footprint, stands, status, last_seq FROM outbox"
            " WHERE settled_at IS NULL ORDER BY device_seq"
        )
        for seq, op_id, footprint, stands, status, last_seq in self._cursor.fetchall():
            answered = status in (Status.APPLIED.value, Status.REFUSED.value)
            yield seq, id_of(op_id), unpack(footprint) if stands else None, last_seq if answered else None


def load_pending(cursor: Any) -> Pending:
    """Return the index of the open operations, read from the outbox."""
    pending = Pending()
    for seq, op_id, footprint, last_seq in Outbox(cursor).open():
        pending.add(seq, op_id, footprint)
        if last_seq is not None:
            pending.answer(seq, last_seq)
    return pending


def pack_effects(store: TableAccess, effects: Iterable[Effect]) -> bytes:
    """Return effects as bytes: row keys, images from before, and the check of the image after.

    Only rows that travel are kept; totals follow from them.
    """
    lines: list[EffectLine] = []
    for effect in effects:
        if not SPECS[effect.table].synced:
            continue
        codec, before, after = store.codecs[effect.table], effect.before, effect.after
        check = image_hash(codec.encode(after)) if after is not None else None
        if before is None:
            lines.append((effect.table, effect.id.bytes, None, None, None, check))
        else:
            image = codec.encode(before)
            lines.append(
                (effect.table, effect.id.bytes, image, before["feed_seq"], before["feed_hash"], check)
            )
    return _encoder.encode(lines)


def after_hashes(data: bytes) -> dict[tuple[str, bytes], int | None]:
    """Return what an operation left: the check of each row that it wrote, None for one that it removed."""
    return {(table, id): check for table, id, _, _, _, check in _decoder.decode(data)}


def unpack_effects(store: TableAccess, data: bytes) -> list[tuple[str, UUID, Row | None]]:
    """Return (table, id, row before) of what an operation touched, in its order."""
    found: list[tuple[str, UUID, Row | None]] = []
    for table, id, image, seq, number, _ in _decoder.decode(data):
        before = None
        if image is not None:
            before = {**store.codecs[table].decode(image), "feed_seq": seq, "feed_hash": number}
        found.append((table, id_of(id), before))
    return found


def _entry(values: Sequence[Any]) -> Entry:
    seq, op_id, *rest = values
    return Entry(seq, id_of(op_id), *rest)
