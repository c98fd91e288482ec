"""The scan journal: raw bytes are durable before anything is made of them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from merchant_desk.models.queries.rows import fetch
from merchant_desk.models.unit import Unit
from merchant_desk.stations.scans import Scan

NEW = "new"
DONE = "done"
HELD = "held_back"
DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One scan as the journal holds it; `outcome` is JSON of what was shown."""

    n: int
    raw: bytes
    text: str
    source: str
    scanned_at: int
    state: str
    outcome: str
    op_id: UUID | None

    @property
    def scan(self) -> Scan:
        """The scan again, to be applied after all."""
        aim = json.loads(self.outcome or "{}").get("aim")
        return Scan(self.raw, self.text, aim, self.source, self.scanned_at)


COLUMNS = "n, raw, text, source, scanned_at, state, outcome, op_id"


class Journal:
    """Writes and reads the journal of one station. Writing methods run on the writer's thread."""

    def __init__(self, writer: Engine, station: str) -> None:
        self._engine = writer
        self._station = station

    def record(self, scan: Scan, document_id: UUID | None, person_id: UUID | None, state: str = NEW) -> int:
        """Commit a scan before it is looked at; returns its number."""
        aim = json.dumps({"aim": scan.aim}) if scan.aim else ""
        with self._engine.begin() as connection:
            cursor = connection.connection.cursor()
            cursor.execute(
                "INSERT INTO scan_journal (n, raw, text, source, station, document_id, person_id, scanned_at,"
                " state, outcome) VALUES ((SELECT coalesce(max(n), 0) + 1 FROM scan_journal),"
                " ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING n",
                [
                    scan.raw,
                    scan.text,
                    scan.source,
                    self._station,
                    document_id.bytes if document_id else None,
                    person_id.bytes if person_id else None,
                    scan.at,
                    state,
                    aim,
                ],
            )
            (n,) = cursor.fetchall()[0]
            return int(n)

    def finish(self, n: int, outcome: dict[str, Any]) -> Callable[[Unit, UUID], None]:
        """Return what files the outcome and the operation's id in the operation's own transaction."""
        told = json.dumps(outcome, ensure_ascii=False, default=str)

        def write(unit: Unit, op_id: UUID) -> None:
            unit.cursor.execute(
                "UPDATE scan_journal SET state = 'done', outcome = ?, op_id = ? WHERE n = ?",
                [told, op_id.bytes, n],
            )

        return write

    def close(self, n: int, state: str, outcome: dict[str, Any]) -> None:
        """File an outcome that wrote nothing else."""
        with self._engine.begin() as connection:
            connection.connection.cursor().execute(
                "UPDATE scan_journal SET state = ?, outcome = ? WHERE n = ?",
                [state, json.dumps(outcome, ensure_ascii=False, default=str), n],
            )


def lines_of(connection: Connection, station: str, document_id: UUID, most: int = 200) -> list[JournalLine]:
    """Return a document's scans at a station, the last first."""
    sql = f"SELECT {COLUMNS} FROM scan_journal WHERE document_id = ? AND station = ? ORDER BY n DESC LIMIT ?"
    return fetch(connection, JournalLine, sql, [document_id, station, most])


def unfinished(connection: Connection, station: str) -> list[JournalLine]:
    """Return scans that were journaled and never applied nor discarded, in order."""
    sql = f"SELECT {COLUMNS} FROM scan_journal WHERE state IN ('new', 'held_back') AND station = ? ORDER BY n"
    return fetch(connection, JournalLine, sql, [station])


def last_number(connection: Connection) -> int:
    """Return the number of the last journaled scan."""
    return int(connection.scalar(text("SELECT coalesce(max(n), 0) FROM scan_journal")) or 0)
