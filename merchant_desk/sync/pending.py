"""What the desk's open operations wrote, read and looked for: the index that every pull asks.

It lives in memory and is read from the outbox when the desk starts, so a scan pays nothing for it but
a few bytes in its own outbox line.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.models.columns import Row
from merchant_desk.models.finds import Look
from merchant_desk.models.tables import SPECS

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[tuple[bytes, ...], tuple[bytes, ...]])

Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Keys of the rows that an operation wrote, and of rows and look-ups that it read."""

    wrote: tuple[bytes, ...]
    read: tuple[bytes, ...]

    def pack(self) -> bytes:
        """Return it as the outbox keeps it."""
        return _encoder.encode((self.wrote, self.read))


NO_FOOTPRINT = Footprint((), ())


def unpack(data: bytes) -> Footprint:
    """Read what `Footprint.pack` wrote."""
    return Footprint(*_decoder.decode(data))


def row_key(table: str, id: bytes) -> bytes:
    """Return the key of a row, whether it exists or not; `id` as 16 bytes."""
    return b"%s:%s" % (table.encode(), id)


def look_key(table: str, columns: Columns, values: Iterable[Any]) -> bytes:
    """Return the key of "rows of `table` where these columns equal these values"."""
    parts = b"\x1f".join([_plain(value) for value in values])
    return b"%s?%s:%s" % (table.encode(), ",".join(columns).encode(), parts)


def _plain(value: Any) -> bytes:
    if isinstance(value, UUID):
        return value.bytes
    if isinstance(value, bytes):
        return value
    return b"\x00" if value is None else str(value).encode()


def footprint_of(
    wrote: Iterable[tuple[str, UUID]],
    gets: Iterable[tuple[str, UUID]],
    looks: Iterable[Look],
    seen: Mapping[str, Mapping[UUID, Row | None]],
) -> Footprint:
    """Return the footprint of what an operation did and read; `seen` holds the rows as it saw them.

    Totals make no dependency, and a delivered row that never changes cannot surprise its reader:
    neither is kept.
    """
    written = {row_key(table, id.bytes): None for table, id in wrote}
    read: dict[bytes, None] = {}
    for table, id in gets:
        spec = SPECS[table]
        if not spec.synced:
            continue
        row = seen[table].get(id) if spec.insert_only else None
        if row is None or row["feed_hash"] is None:
            key = row_key(table, id.bytes)
            if key not in written:
                read[key] = None
    for table, columns, values in looks:
        if SPECS[table].synced:
            read[look_key(table, columns, values)] = None
    return Footprint(tuple(written), tuple(read))


class Pending:
    """The open operations of one desk: known to it, but not yet delivered by the feed.

    An operation *stands* while its local effects are shown on top of the feed.
    """

    def __init__(self) -> None:
        self._seqs: dict[UUID, int] = {}
        self._op_ids: dict[int, UUID] = {}
        self._prints: dict[int, Footprint] = {}
        # Most keys have one operation: a set for each would cost ten times the memory. Who wrote the row
        # stands there with a number below 0.
        self._touching: dict[bytes, int | set[int]] = {}
        self._looks: dict[str, Counter[Columns]] = defaultdict(Counter)
        self._answered: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._seqs)

    # -- what is open ------------------------------------------------------------------------------

    def add(self, seq: int, op_id: UUID, footprint: Footprint | None) -> None:
        """Take an open operation in; without a footprint it does not stand."""
        self._seqs[op_id] = seq
        self._op_ids[seq] = op_id
        if footprint is not None:
            self.stand(seq, footprint)

    def stand(self, seq: int, footprint: Footprint) -> None:
        """Note what a standing operation touched, instead of what it touched before."""
        self._forget(seq)
        is_late = seq not in self._prints and bool(self._prints) and seq < next(reversed(self._prints))
        self._prints[seq] = footprint
        if is_late:  # it had been withdrawn, and others began to stand meanwhile
            self._prints = dict(sorted(self._prints.items()))
        for key in footprint.wrote:
            self._touch(key, -seq)
        for key in footprint.read:
            self._touch(key, seq)
            self._count_look(key, 1)

    def withdraw(self, seq: int) -> None:
        """Note that an operation does not stand any more."""
        self._forget(seq)
        self._prints.pop(seq, None)

    def settle(self, seq: int) -> None:
        """Forget an operation that the feed has delivered."""
        self.withdraw(seq)
        op_id = self._op_ids.pop(seq, None)
        if op_id is not None:
            del self._seqs[op_id]

    def answer(self, seq: int, last_seq: int) -> None:
        """Note that the server's rows of an open operation end at `last_seq`."""
        insort(self._answered, (last_seq, seq))

    def answered_until(self, cursor: int) -> list[int]:
        """Return open operations whose rows all lie at or before a cursor, in order."""
        end = bisect_left(self._answered, (cursor + 1, 0))
        return sorted({seq for _, seq in self._answered[:end] if seq in self._op_ids})

    def forget_answers(self, cursor: int) -> None:
        """Drop what `answered_until` told, once it is settled."""
        del self._answered[: bisect_left(self._answered, (cursor + 1, 0))]

    def seq_of(self, op_id: UUID) -> int | None:
        """Return the number of an open operation, or None."""
        return self._seqs.get(op_id)

    def stands(self, seq: int) -> bool:
        """Tell whether an operation's effects are shown."""
        return seq in self._prints

    @property
    def any_stands(self) -> bool:
        """Tell whether any operation stands."""
        return bool(self._prints)

    def standing(self) -> list[int]:
        """Return the numbers of all standing operations in order."""
        return sorted(self._prints)

    def first_standing_but(self, settled: Container[int]) -> int | None:
        """Return the lowest number of a standing operation that is not among `settled`."""
        # Operations start to stand in their order, and one that stands again takes its old place.
        return next((seq for seq in self._prints if seq not in settled), None)

    # -- who touched it ----------------------------------------------------------------------------

    def footprint(self, seq: int) -> Footprint:
        """Return what a standing operation touched."""
        return self._prints.get(seq, NO_FOOTPRINT)

    def touching(self, keys: Iterable[bytes]) -> set[int]:
        """Return the standing operations that wrote, read or looked for any of these keys."""
        found: set[int] = set()
        for key in keys:
            seqs = self._touching.get(key)
            if isinstance(seqs, int):
                found.add(abs(seqs))
            elif seqs:
                found.update(map(abs, seqs))
        return found

    def makers(self, keys: Iterable[bytes]) -> tuple[UUID, ...]:
        """Return the first standing operation that wrote each of these rows."""
        found: dict[UUID, None] = {}
        for key in keys:
            writers = self.writers(key)
            if writers:
                found[self._op_ids[min(writers)]] = None
        return tuple(found)

    def writers(self, key: bytes) -> list[int]:
        """Return the standing operations that wrote a row."""
        seqs = self._touching.get(key)
        if seqs is None:
            return []
        return [-seq for seq in ((seqs,) if isinstance(seqs, int) else seqs) if seq < 0]

    def looks_at(self, table: str) -> Sequence[Columns]:
        """Return the column sets by which standing operations looked for rows of a table."""
        looks = self._looks.get(table)
        return [columns for columns, count in looks.items() if count > 0] if looks else ()

    def _forget(self, seq: int) -> None:
        footprint = self._prints.get(seq)
        if footprint is None:
            return
        for key in footprint.wrote:
            self._leave(key, -seq)
        for key in footprint.read:
            self._leave(key, seq)
            self._count_look(key, -1)

    def _touch(self, key: bytes, seq: int) -> None:
        seqs = self._touching.get(key)
        if seqs is None:
            self._touching[key] = seq
        elif isinstance(seqs, int):
            self._touching[key] = {seqs, seq}
        else:
            seqs.add(seq)

    def _leave(self, key: bytes, seq: int) -> None:
        seqs = self._touching.get(key)
        if seqs == seq:
            del self._touching[key]
        elif isinstance(seqs, set):
            seqs.discard(seq)
            if not seqs:
                del self._touching[key]

    def _count_look(self, key: bytes, by: int) -> None:
        head, _, columns = key.partition(b":")[0].partition(b"?")
        if columns:
            self._looks[head.decode()][tuple(columns.decode().split(","))] += by
