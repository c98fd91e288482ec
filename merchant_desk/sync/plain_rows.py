"""Feed rows that meet nothing of this desk's own: written as they came, without a unit of work.

Almost everything that a desk pulls is other desks' work, and all that a new desk pulls. Such rows need
no before-images and no look at what stands: insert-only rows are new (the cursor moves with them, so
none comes twice), changeable ones are replaced. Ids stay the bytes that they are on the wire.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.models.columns import TableSpec
from merchant_desk.models.images import image_hash, missing_value
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import SUM_NAMES
from merchant_desk.sync.protocol import FeedOp, FeedRow

Values = list[Any]
Image = dict[str, Any]

_decoder = msgspec.msgpack.Decoder(dict[str, Any])


class PlainRows:
    """Writes plain feed rows of one slice through the driver's cursor of the running transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cells = {name: _cells_of(spec) for name, spec in SPECS.items() if spec.synced}

    def take(self, cursor: Any, ops: Sequence[FeedOp]) -> dict[str, set[UUID]]:
        """Write the rows and move the totals; returns the Changes (totals by table only, without ids)."""
        by_table: dict[str, list[FeedRow]] = defaultdict(list)
        for op in ops:
            for row in op.rows:
                if row.table in self._cells:
                    by_table[row.table].append(row)
        changes: dict[str, set[UUID]] = {}
        totals: dict[str, dict[bytes, Image]] = defaultdict(dict)
        for table, rows in by_table.items():
            changes[table] = {row.id for row in rows}
            self._write(cursor, SPECS[table], rows, totals)
        for table, moved in totals.items():
            self._move(cursor, table, moved)
            changes[table] = {UUID(bytes=key) for key in moved}
        return changes

    def _write(
        self, cursor: Any, spec: TableSpec, rows: list[FeedRow], totals: dict[str, dict[bytes, Image]]
    ) -> None:
        cells = self._cells[spec.name]
        values: list[Values] = []
        gone: list[Values] = []
        last = rows if spec.insert_only else list({row.id: row for row in rows}.values())
        for row in last:
            if row.image is None:
                gone.append([row.id.bytes])
                continue
            image = _decoder.decode(row.image)
            values.append([*cells(image), row.seq, image_hash(row.image)])
            for total in spec.sums:
                _add(totals[total.into], image, total.key, total.adds, total.copies)
        statements = self._store.statements[spec.name]
        if gone:
            cursor.executemany(statements.delete, gone)
        if values:
            verb = "INSERT" if spec.insert_only else "INSERT OR REPLACE"
            cursor.executemany(statements.insert.replace("INSERT", verb, 1), values)

    def _move(self, cursor: Any, table: str, moved: dict[bytes, Image]) -> None:
        statements = self._store.statements[table]
        names = [name for name in statements.columns if name != "id"]
        sums = SUM_NAMES[table]
        order = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
        zero = dict.fromkeys(names, 0)
        values = [[key, *order({**zero, **delta})] for key, delta in sorted(moved.items())]
        cursor.executemany(statements.add_deltas(sums), values)


def _add(
    moved: dict[bytes, Image],
    image: Image,
    key: str,
    adds: tuple[tuple[str, str], ...],
    copies: tuple[str, ...],
) -> None:
    id = image[key]
    if id is None:
        return
    delta = moved.get(id)
    if delta is None:
        delta = moved[id] = {name: image[name] for name in copies}
    for total, source in adds:
        delta[total] = delta.get(total, 0) + image[source]


def _cells_of(spec: TableSpec) -> Callable[[Image], Sequence[Any]]:
    """Return the function that takes a row's values out of an image, in column order."""
    names = spec.names
    take = itemgetter(*names)
    missing = {column.name: missing_value(column.kind, column.null) for column in spec.columns}

    def cells(image: Image) -> Sequence[Any]:
        try:
            found: Sequence[Any] = take(image)
        except KeyError:  # written by a version that lacked a column
            return [image.get(name, missing.get(name)) for name in names]
        return found

    return cells
