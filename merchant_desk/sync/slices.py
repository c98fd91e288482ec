"""A run of feed operations on its way into a desk: what is confirmed, what is new, what must be redone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from merchant_desk.models.arrivals import Arrivals, Cells
from merchant_desk.models.images import image_hash
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.sync.outbox import Entry, after_hashes
from merchant_desk.sync.pending import Pending, look_key, row_key
from merchant_desk.sync.protocol import FeedOp, FeedPage, FeedRow


class OutOfStep(Exception):  # noqa: N818 - a message inside the engine: do it the long way
    """A row that should only be confirmed is not here: a later operation of this desk removed it."""


@dataclass(slots=True)
class Slice:
    """What a desk does with a run of whole feed operations.

    `confirmed` are own operations that the feed tells exactly as they stand here: only their place in
    the feed is new. Everything else is `rows`: the last image of each row, None where it is gone.
    """

    store: Store
    confirmed: dict[int, Sequence[tuple[FeedRow, int]]] = field(default_factory=dict)
    rows: dict[str, dict[bytes, tuple[FeedRow, int] | None]] = field(default_factory=dict)

    def take(self, rows: Iterable[FeedRow]) -> None:
        """Take row images in, or (no image) that a row is gone; tables of a newer version are left out."""
        tables = self.rows
        for row in rows:
            table, image = row.table, row.image
            known = tables.get(table)
            if known is None:
                if table not in SPECS:
                    continue
                known = tables[table] = {}
            known[row.id.bytes] = (row, image_hash(image)) if image is not None else None

    def keys(self, pending: Pending) -> set[bytes]:
        """Return the keys by which standing operations can have met these rows."""
        keys: set[bytes] = set()
        for table, rows in self.rows.items():
            looks = pending.looks_at(table)
            places = {name: i for i, name in enumerate(SPECS[table].names)}
            for id, image in rows.items():
                keys.add(row_key(table, id))
                if looks and image is not None:
                    cells = self._cells(table, *image)
                    keys |= {look_key(table, names, [cells[places[one]] for one in names]) for names in looks}
        return keys

    def write(self, arrivals: Arrivals) -> None:
        """Put the rows into their tables and confirm what stands.

        Raises:
            OutOfStep: not everything that should be confirmed is here.
        """
        for table, rows in self.rows.items():
            gone = [id for id, image in rows.items() if image is None]
            if gone:
                arrivals.delete(table, gone)
        for table, rows in self.rows.items():
            images = [self._cells(table, *image) for image in rows.values() if image is not None]
            if SPECS[table].insert_only:
                arrivals.add(table, images)
            else:
                arrivals.put(table, images)
        self._confirm(arrivals)

    def _confirm(self, arrivals: Arrivals) -> None:
        places: dict[str, list[tuple[int, int, bytes]]] = defaultdict(list)
        for rows in self.confirmed.values():
            for row, check in rows:
                places[row.table].append((row.seq, check, row.id.bytes))
        for table, found in places.items():
            if arrivals.confirm(table, found) != len(found):
                raise OutOfStep(table)

    def _cells(self, table: str, row: FeedRow, check: int) -> Cells:
        return (*self.store.codecs[table].cells(row.image or b""), row.seq, check)


def cut(page: FeedPage, rows: int) -> list[tuple[list[FeedOp], int]]:
    """Cut a page into transactions: whole operations, about `rows` rows each, and the cursor after each."""
    parts: list[tuple[list[FeedOp], int]] = []
    ops: list[FeedOp] = []
    count = 0
    for op in page.ops:
        if ops and count + len(op.rows) > rows:
            parts.append((ops, ops[-1].rows[-1].seq))
            ops, count = [], 0
        ops.append(op)
        count += len(op.rows)
    parts.append((ops, page.until))
    return parts


def hashed(op: FeedOp) -> list[tuple[FeedRow, int]]:
    """Return an operation's rows with the check of each image; 0 where the row is gone."""
    return [(row, image_hash(row.image) if row.image is not None else 0) for row in op.rows]


def is_exact(entry: Entry, rows: Sequence[tuple[FeedRow, int]]) -> bool:
    """Tell whether the feed says of an own operation just what it left here, no row more or less."""
    left = after_hashes(entry.effects)
    told: dict[Any, int | None] = {
        (row.table, row.id.bytes): check if row.image is not None else None for row, check in rows
    }
    return len(told) == len(rows) and told == left and None not in told.values()


def read_slice(
    store: Store, ops: Iterable[FeedOp], own: dict[UUID, Entry], first_open: int | None, *, trust: bool
) -> Slice:
    """Sort a run of feed operations into what is confirmed and what is new.

    Args:
        store: for reading images.
        ops: the feed's operations in order.
        own: this desk's operations among them that stand.
        first_open: the first operation of this desk that stands and stays open. One that comes after it
            is never just confirmed: in the feed it came first.
        trust: whether anything may be confirmed without being redone.
    """
    found = Slice(store)
    for op in ops:
        entry = own.get(op.op_id) if trust and own else None
        if entry is not None and (first_open is None or entry.device_seq < first_open):
            rows = hashed(op)
            if is_exact(entry, rows):
                found.confirmed[entry.device_seq] = rows
                continue
        found.take(op.rows)
    return found
