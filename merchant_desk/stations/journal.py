"""The scan journal: raw bytes are durable before anything is made of them."""

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from merchant_desk.models.commits import unsynced
from merchant_desk.models.queries.rows import fetch, fetch_one
from merchant_desk.models.unit import Unit
from merchant_desk.stations.scans import Scan

NEW = "new"
DONE = "done"
HELD = "held_back"
DISCARDED = "discarded"

LATELY = 10_000
"""Lines of the journal among which a scan is looked for that may not have been written."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a scan was made: whatever is applied later is applied as it was meant.

    `packs` is what it was multiplied by (10^-6; None: one), `minus` whether it takes back, `replaces` the
    number of the scan that it stands instead of.
    """

    packs: int | None = None
    minus: bool = False
    replaces: int | None = None


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One scan as the journal holds it; `outcome` is JSON of what was shown, the last three its `Manner`.

    `op_id` is the id that its operation has, or would have: it is minted with the line.
    """

    n: int
    raw: bytes
    text: str
    source: str
    scanned_at: int
    state: str
    outcome: str
    op_id: UUID | None
    person_id: UUID | None
    packs: int | None
    minus: int
    replaces: int | None

    @property
    def scan(self) -> Scan:
        """The scan again, to be applied after all."""
        aim = json.loads(self.outcome or "{}").get("aim")
        return Scan(self.raw, self.text, aim, self.source, self.scanned_at)


COLUMNS = "n, raw, text, source, scanned_at, state, outcome, op_id, person_id, packs, minus, replaces"
INSERT = (
    "INSERT INTO scan_journal (n, raw, text, source, station, document_id, person_id, scanned_at, state,"
    " outcome, op_id, packs, minus, replaces) VALUES ((SELECT coalesce(max(n), 0) + 1 FROM scan_journal),"
    " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n"
)


class Journal:
    """Writes and reads the journal of one station. Writing methods run on the writer's thread."""

    def __init__(self, writer: Engine, station: str, new_id: Callable[[], UUID]) -> None:
        self._engine = writer
        self._station = station
        self._new_id = new_id
        self._ahead: int | None = None
        self._newest: tuple[int, UUID | None] = (0, None)

    def record(
        self,
        scan: Scan,
        document_id: UUID | None,
        person_id: UUID | None,
        state: str = NEW,
        manner: Manner = PLAIN,
        *,
        ahead: bool = False,
    ) -> int:
        """Commit a scan before it is looked at; returns its number.

        With `ahead` the disk is not waited for: the scan outlives the program at once, and a power cut with
        the next durable transaction, or with `settle`, which whoever asks for it calls in any case.
        """
        aim = json.dumps({"aim": scan.aim}) if scan.aim else ""
        op_id = self._new_id()
        n = self._insert(self._row(scan, (document_id, person_id, op_id), (state, aim), manner), ahead=ahead)
        self._newest = (n, op_id)
        return n

    def file(
        self, scan: Scan, document_id: UUID | None, person_id: UUID | None, outcome: dict[str, Any]
    ) -> int:
        """Commit a scan that is never applied together with its outcome; returns its number."""
        ids = (document_id, person_id, None)
        return self._insert(self._row(scan, ids, (DONE, _as_json(outcome)), PLAIN), ahead=False)

    def _insert(self, row: Sequence[Any], *, ahead: bool) -> int:
        with (
            self._engine.connect() as connection,
            unsynced(connection) if ahead else nullcontext(),
            connection.begin(),
        ):
            cursor = connection.connection.cursor()
            cursor.execute(INSERT, row)
            n = int(cursor.fetchall()[0][0])
        self._ahead = n if ahead else None
        return n

    def op_id_of(self, n: int) -> UUID | None:
        """Return the id of a scan's operation; None for one that has none."""
        if n == self._newest[0]:
            return self._newest[1]
        with self._engine.connect() as connection:
            line = line_of(connection, n)
        return line.op_id if line is not None else None

    def followed(self) -> None:
        """Say that a durable transaction was committed since the last record: the log is synced in order."""
        self._ahead = None

    def settle(self) -> None:
        """Make the last record durable, unless a transaction after it did: before anybody hears of it."""
        n = self._ahead
        if n is not None:
            with self._engine.begin() as connection:
                connection.connection.cursor().execute("UPDATE scan_journal SET n = n WHERE n = ?", [n])
            self._ahead = None

    def has(self, scan: Scan) -> bool:
        """Tell whether a scan that was made lately is in the journal: a write that failed may stand."""
        with self._engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(
                "SELECT 1 FROM scan_journal WHERE n > (SELECT coalesce(max(n), 0) FROM scan_journal) - ?"
                " AND station = ? AND scanned_at = ? AND text = ? LIMIT 1",
                [LATELY, self._station, scan.at, scan.text],
            )
            return bool(cursor.fetchall())

    def remake(self, n: int, manner: Manner) -> None:
        """Say that a scan is meant otherwise than it was made."""
        with self._engine.begin() as connection:
            connection.connection.cursor().execute(
                "UPDATE scan_journal SET packs = ?, minus = ?, replaces = ? WHERE n = ?",
                [manner.packs, int(manner.minus), manner.replaces, n],
            )

    def enter(
        self, scan: Scan, document_id: UUID, person_id: UUID, outcome: dict[str, Any]
    ) -> Callable[[Unit, UUID], None]:
        """Return what enters a scan that nobody made by hand, in the transaction of its operation."""
        told = _as_json(outcome)

        def write(unit: Unit, op_id: UUID) -> None:
            ids = (document_id, person_id, op_id)
            unit.cursor.execute(INSERT, self._row(scan, ids, (DONE, told), PLAIN))
            _count_pack(unit.cursor, int(unit.cursor.fetchall()[0][0]), outcome)

        return write

    def _row(
        self,
        scan: Scan,
        ids: tuple[UUID | None, UUID | None, UUID | None],
        became: tuple[str, str],
        manner: Manner,
    ) -> list[Any]:
        document_id, person_id, op_id = (id.bytes if id else None for id in ids)
        made = (manner.packs, int(manner.minus), manner.replaces)
        own = (scan.raw, scan.text, scan.source, self._station)
        return [*own, document_id, person_id, scan.at, *became, op_id, *made]

    def finish(self, n: int, outcome: dict[str, Any]) -> Callable[[Unit, UUID], None]:
        """Return what files the outcome and the operation's id in the operation's own transaction."""
        told = _as_json(outcome)

        def write(unit: Unit, op_id: UUID) -> None:
            unit.cursor.execute(
                "UPDATE scan_journal SET state = 'done', outcome = ?, op_id = ? WHERE n = ?",
                [told, op_id.bytes, n],
            )
            _count_pack(unit.cursor, n, outcome)

        return write

    def close(self, n: int, state: str, outcome: dict[str, Any]) -> None:
        """File an outcome that wrote nothing else."""
        with self._engine.begin() as connection:
            connection.connection.cursor().execute(
                "UPDATE scan_journal SET state = ?, outcome = ? WHERE n = ?",
                [state, _as_json(outcome), n],
            )
        self.followed()

    def move(self, *moves: tuple[Sequence[int], UUID | None, str]) -> None:
        """Let scans belong to other documents, in one transaction: (numbers, document, state) of each.

        How they are made is for those documents to say: what they were made with stays behind.
        """
        with self._engine.begin() as connection:
            cursor = connection.connection.cursor()
            for numbers, document_id, state in moves:
                new = (document_id.bytes if document_id else None, state)
                cursor.executemany(
                    "UPDATE scan_journal SET document_id = ?, state = ?, packs = NULL, minus = 0 WHERE n = ?",
                    [(*new, n) for n in numbers],
                )


def _count_pack(cursor: Any, n: int, outcome: dict[str, Any]) -> None:
    """Add what a recorded scan moved to its document's packs: thousands of scans are not counted anew."""
    sku_id, pack, quantity = (outcome.get(name) for name in ("sku_id", "pack", "quantity"))
    if sku_id and pack and quantity:
        moved = [UUID(sku_id).bytes, pack, outcome.get("unit") or "", quantity, n]
        cursor.execute(
            "INSERT INTO scan_packs SELECT document_id, station, ?, ?, ?, ? FROM scan_journal WHERE n = ?"
            " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity",
            moved,
        )


def _as_json(outcome: dict[str, Any]) -> str:
    return json.dumps(outcome, ensure_ascii=False, default=str)


def lines_of(connection: Connection, station: str, document_id: UUID, most: int = 200) -> list[JournalLine]:
    """Return a document's scans at a station, the last first."""
    sql = f"SELECT {COLUMNS} FROM scan_journal WHERE document_id = ? AND station = ? ORDER BY n DESC LIMIT ?"
    return fetch(connection, JournalLine, sql, [document_id, station, most])


def count_of(connection: Connection, station: str, document_id: UUID) -> int:
    """Return how many scans of a document the journal holds."""
    sql = text("SELECT count(*) FROM scan_journal WHERE document_id = :document AND station = :station")
    values = {"document": document_id.bytes, "station": station}
    return int(connection.scalar(sql, values) or 0)


def unfinished(connection: Connection, station: str, document_id: UUID | None) -> list[JournalLine]:
    """Return a document's scans (None: without one) that were neither applied nor discarded, in order."""
    sql = (
        f"SELECT {COLUMNS} FROM scan_journal WHERE state IN ('new', 'held_back') AND station = ?"
        " AND document_id IS ? ORDER BY n"
    )
    return fetch(connection, JournalLine, sql, [station, document_id])


def line_of(connection: Connection, n: int) -> JournalLine | None:
    """Return the scan with this number."""
    return fetch_one(connection, JournalLine, f"SELECT {COLUMNS} FROM scan_journal WHERE n = ?", [n])


def last_place(connection: Connection, station: str, document_id: UUID) -> UUID | None:
    """Return the location that was scanned last into a document, or None."""
    sql = (
        "SELECT json_extract(outcome, '$.facts.id') FROM scan_journal WHERE document_id = ? AND station = ?"
        " AND state = 'done' AND CASE WHEN json_valid(outcome) THEN json_extract(outcome, '$.code') END"
        " = 'at_location' ORDER BY n DESC LIMIT 1"
    )
    found = connection.exec_driver_sql(sql, (document_id.bytes, station)).scalar()
    return UUID(found) if found else None


def minus_mode(connection: Connection, station: str, document_id: UUID) -> bool:
    """Tell whether minus mode was turned on last in a document."""
    sql = (
        "SELECT json_extract(outcome, '$.code') = 'minus_on' FROM scan_journal WHERE document_id = ?"
        " AND station = ? AND state = 'done' AND CASE WHEN json_valid(outcome)"
        " THEN json_extract(outcome, '$.code') END IN ('minus_on', 'minus_off') ORDER BY n DESC LIMIT 1"
    )
    return bool(connection.exec_driver_sql(sql, (document_id.bytes, station)).scalar())


@dataclass(frozen=True, slots=True)
class PackCount:
    """How much of a product came by one pack: `pack` and `quantity` in 10^-6 base units."""

    sku_id: UUID
    pack: int
    unit: str
    quantity: int


def pack_counts(connection: Connection, station: str, document_id: UUID) -> list[PackCount]:
    """Return what was scanned into a document by product and pack, the largest pack first."""
    sql = (
        "SELECT sku_id, pack, unit, quantity FROM scan_packs"
        " WHERE document_id = ? AND station = ? AND quantity <> 0 ORDER BY pack DESC"
    )
    return fetch(connection, PackCount, sql, [document_id, station])


def last_document(connection: Connection, station: str) -> UUID | None:
    """Return the document that this station's last scan belonged to, or None."""
    sql = (
        "SELECT document_id FROM scan_journal WHERE station = ? AND document_id IS NOT NULL"
        " ORDER BY n DESC LIMIT 1"
    )
    found = connection.exec_driver_sql(sql, (station,)).scalar()
    return UUID(bytes=found) if found else None


def last_number(connection: Connection) -> int:
    """Return the number of the last journaled scan."""
    return int(connection.scalar(text("SELECT coalesce(max(n), 0) FROM scan_journal")) or 0)
