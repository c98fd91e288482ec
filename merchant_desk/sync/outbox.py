"""The outbox: a desk's own operations, in order, with what each did here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.models.columns import Row
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import Effect, Unit
from merchant_desk.sync.codec import decode_body, envelope_of
from merchant_desk.sync.protocol import FeedOp, Header, Outcome, WireOp, decode_header

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(list[tuple[str, bytes, bytes | None, int | None, int | None]])

Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation of this desk, as the outbox holds it."""

    device_seq: int
    op_id: UUID
    kind: str
    header: bytes
    body: bytes
    signature: bytes
    effects: bytes
    status: str
    last_seq: int

    @property
    def wire(self) -> WireOp:
        """Return what is pushed."""
        return WireOp(self.header, self.body, self.signature)

    def read(self) -> tuple[Header, object]:
        """Return header and body."""
        header = decode_header(self.header)
        return header, decode_body(header.kind, header.version, self.body)


ENTRY_COLUMNS = "device_seq, op_id, kind, header, body, signature, effects, status, last_seq"


class Outbox:
    """Reads and writes the outbox and its marks inside one unit of work."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._cursor = unit.cursor

    def add(
        self, header: Header, wire: WireOp, chain: bytes, effects: list[Effect], about: UUID | None
    ) -> None:
        """File a new operation with what it did."""
        self._cursor.execute(
            "INSERT INTO outbox (device_seq, op_id, kind, person_id, time, about_id, header, body, signature,"
            " chain, effects, status, first_seq, last_seq, code, facts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0, '', '{}')",
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
                pack_effects(self._unit.store, effects),
            ],
        )

    def set_effects(self, device_seq: int, effects: list[Effect]) -> None:
        """File what an operation did when it was carried out again."""
        data = pack_effects(self._unit.store, effects)
        self._cursor.execute("UPDATE outbox SET effects = ? WHERE device_seq = ?", [data, device_seq])

    def mark(self, device_seq: int, effects: Iterable[Effect], reads: Iterable[Key]) -> None:
        """Note which changeable rows an operation wrote and read, so that a pull finds it by them."""
        wrote = {(e.table, e.id): 1 for e in effects if is_changeable(e.table)}
        read = {key: 0 for key in reads if is_changeable(key[0]) and key not in wrote}
        lines = [[table, id.bytes, device_seq, w] for (table, id), w in {**wrote, **read}.items()]
        if lines:
            sql = "INSERT INTO marks (table_name, row_id, device_seq, wrote) VALUES (?, ?, ?, ?)"
            self._cursor.executemany(sql, lines)

    def unmark(self, device_seqs: Iterable[int]) -> None:
        """Forget the marks of operations that no longer stand on top of the feed."""
        self._cursor.executemany("DELETE FROM marks WHERE device_seq = ?", [[seq] for seq in device_seqs])

    def by_op_id(self, op_ids: Sequence[UUID]) -> list[Entry]:
        """Return the entries with these operation ids that are not settled, in order."""
        return self._entries("op_id", [id.bytes for id in op_ids], "AND settled_at IS NULL")

    def by_seq(self, device_seqs: Iterable[int]) -> list[Entry]:
        """Return the entries with these numbers, in order."""
        return self._entries("device_seq", sorted(device_seqs), "")

    def caught_up(self, cursor_seq: int) -> list[Entry]:
        """Return acknowledged entries whose feed rows lie at or before a cursor."""
        self._cursor.execute(
            f"SELECT {ENTRY_COLUMNS} FROM outbox WHERE settled_at IS NULL"
            " AND status IN ('applied', 'refused') AND last_seq <= ? ORDER BY device_seq",
            [cursor_seq],
        )
        return [_entry(values) for values in self._cursor.fetchall()]

    def is_untouched_by(self, ops: Sequence[FeedOp], until: int) -> bool:
        """Tell whether feed operations meet nothing of this desk's own: no entry, no mark."""
        if self.caught_up(until) or self.by_op_id([op.op_id for op in ops]):
            return False
        self._cursor.execute("SELECT 1 FROM marks LIMIT 1")
        if not self._cursor.fetchone():
            return True
        keys = ((row.table, row.id) for op in ops for row in op.rows)
        return not self.touching(key for key in keys if key[0] in SPECS and is_changeable(key[0]))

    def touching(self, keys: Iterable[Key]) -> set[int]:
        """Return the numbers of operations with a mark on any of these rows."""
        found: set[int] = set()
        for table, id in keys:
            self._cursor.execute(
                "SELECT device_seq FROM marks WHERE table_name = ? AND row_id = ?", [table, id.bytes]
            )
            found.update(row[0] for row in self._cursor.fetchall())
        return found

    def marked(self, device_seqs: Iterable[int]) -> set[int]:
        """Return those of these operations that touched a changeable row."""
        found = set()
        for seq in device_seqs:
            self._cursor.execute("SELECT 1 FROM marks WHERE device_seq = ? LIMIT 1", [seq])
            if self._cursor.fetchone():
                found.add(seq)
        return found

    def standing_on(self, device_seq: int) -> set[int]:
        """Return later operations that touched a row which this one wrote."""
        self._cursor.execute(
            "SELECT DISTINCT later.device_seq FROM marks AS mine JOIN marks AS later"
            " ON later.table_name = mine.table_name AND later.row_id = mine.row_id"
            " AND later.device_seq > mine.device_seq WHERE mine.device_seq = ? AND mine.wrote = 1",
            [device_seq],
        )
        return {row[0] for row in self._cursor.fetchall()}

    def makers_of(self, keys: Iterable[Key]) -> tuple[UUID, ...]:
        """Return the pending operations that made these rows, which the server does not know yet."""
        makers: dict[UUID, None] = {}
        for table, id in keys:
            self._cursor.execute(
                "SELECT outbox.op_id FROM marks JOIN outbox USING (device_seq)"
                " WHERE table_name = ? AND row_id = ? AND wrote = 1 ORDER BY device_seq LIMIT 1",
                [table, id.bytes],
            )
            makers.update((UUID(bytes=row[0]), None) for row in self._cursor.fetchall())
        return tuple(makers)

    def record(self, outcome: Outcome) -> None:
        """File the server's answer."""
        self._cursor.execute(
            "UPDATE outbox SET status = ?, first_seq = ?, last_seq = ?, code = ?, facts = ? WHERE op_id = ?",
            [
                outcome.status.value,
                outcome.first_seq,
                outcome.last_seq,
                outcome.code,
                outcome.facts,
                outcome.op_id.bytes,
            ],
        )

    def settle(self, entries: Iterable[Entry], now: int) -> None:
        """End entries that the feed has caught up with; one without an answer yet is still pushed for it."""
        self._cursor.executemany(
            "UPDATE outbox SET settled_at = ?, effects = x'90' WHERE device_seq = ?",
            [[now, entry.device_seq] for entry in entries],
        )

    def _entries(self, column: str, values: Sequence[Any], condition: str) -> list[Entry]:
        found: list[Entry] = []
        for start in range(0, len(values), 500):
            part = values[start : start + 500]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT {ENTRY_COLUMNS} FROM outbox WHERE {column} IN ({marks}) {condition}"
            self._cursor.execute(sql, part)
            found += [_entry(row) for row in self._cursor.fetchall()]
        return sorted(found, key=lambda entry: entry.device_seq)


def pack_effects(store: Store, effects: Iterable[Effect]) -> bytes:
    """Return effects as bytes: row keys with their images from before."""
    lines: list[tuple[str, bytes, bytes | None, int | None, int | None]] = []
    for effect in effects:
        before = effect.before
        if before is None:
            lines.append((effect.table, effect.id.bytes, None, None, None))
        else:
            image = store.codecs[effect.table].encode(before)
            lines.append((effect.table, effect.id.bytes, image, before["feed_seq"], before["feed_hash"]))
    return _encoder.encode(lines)


def unpack_effects(store: Store, data: bytes) -> list[tuple[str, UUID, Row | None]]:
    """Return (table, id, row before) of what an operation touched, in its order."""
    found: list[tuple[str, UUID, Row | None]] = []
    for table, id, image, seq, number in _decoder.decode(data):
        before = None
        if image is not None:
            before = {**store.codecs[table].decode(image), "feed_seq": seq, "feed_hash": number}
        found.append((table, UUID(bytes=id), before))
    return found


def _entry(values: Sequence[Any]) -> Entry:
    seq, op_id, *rest = values
    return Entry(seq, UUID(bytes=op_id), *rest)


def is_changeable(table: str) -> bool:
    """Tell whether rows of a table are replaced by later ones, and so leave marks."""
    spec = SPECS[table]
    return spec.synced and not spec.insert_only


def envelope_and_body(entry: Entry) -> tuple[Any, object]:
    """Return what a handler needs to carry an entry out again."""
    header, body = entry.read()
    return envelope_of(header), body
