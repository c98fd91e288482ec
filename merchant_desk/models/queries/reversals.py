"""What a closed document moved, what of it was taken back, and which rows a reversal would name."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.document_lists import counted_lines, standing_ledger_ids
from merchant_desk.models.queries.rows import fetch


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One SKU and lot of a document; quantities 10^-6 base units.

    `moved` is what was scanned and not undone, `standing` what of it was not reversed; `reason` is the last
    reversal's. `variance` (of counts alone) is None where the person may not see it.
    """

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    lot_id: UUID | None
    lot: str
    moved: int
    standing: int
    reason: str
    variance: int | None = None


def moved_lines(connection: Connection, document_id: UUID) -> list[MovedLine]:
    """Return what a receipt or shipment moved by SKU and lot, by name."""
    sql = (
        "SELECT min(g.id) AS id, g.sku_id, s.sku, s.name, s.name_en, s.base_unit, g.lot_id,"
        " coalesce(l.code, ''),"
        " sum(CASE WHEN r.id IS NULL OR r.reason <> 'undo' THEN g.quantity ELSE 0 END) AS moved,"
        " sum(CASE WHEN r.id IS NULL THEN g.quantity ELSE 0 END),"
        " coalesce(max(CASE WHEN r.reason <> 'undo' THEN r.reason END), '')"
        " FROM ledger g JOIN skus s ON s.id = g.sku_id LEFT JOIN lots l ON l.id = g.lot_id"
        " LEFT JOIN ledger r ON r.document_id = g.document_id AND r.reverses_id = g.id"
        " WHERE g.document_id = ? AND g.reverses_id IS NULL AND g.tally_id IS NOT NULL"
        " GROUP BY g.sku_id, g.lot_id HAVING moved <> 0 ORDER BY s.sort_key, l.code"
    )
    return fetch(connection, MovedLine, sql, [document_id])


@dataclass(frozen=True, slots=True)
class Reversed:
    """When something of a document was taken back last (microseconds UTC), and by whom.

    `since` is from when the goods of all that was taken back count as such: the time of the originals. None
    where no stock moved.
    """

    time: int
    person: str
    since: int | None


def last_reversal(connection: Connection, kind: str, document_id: UUID) -> Reversed | None:
    """Return the last reversal of a document of a kind (its table); None where there was none.

    Undone scans are no such.
    """
    sql = (
        "SELECT t.reversed_at, coalesce(h.name, ''), (SELECT min(g.time) FROM ledger g"
        " WHERE g.document_id = t.id AND g.reverses_id IS NOT NULL AND g.reason <> 'undo')"
        f" FROM {kind} t LEFT JOIN persons h ON h.id = t.reversed_by"
        " WHERE t.id = ? AND t.reversed_at IS NOT NULL"
    )
    return next(iter(fetch(connection, Reversed, sql, [document_id])), None)


def counted_as_moved(connection: Connection, count_id: UUID, *, variances: bool) -> list[MovedLine]:
    """Return a closed count's lines; with `variances` what they differed by."""
    return [
        MovedLine(
            line.id,
            line.sku_id,
            line.sku,
            line.name,
            line.name_en,
            line.base_unit,
            None,
            line.lot,
            line.counted,
            0 if line.reversed else line.counted,
            line.reason,
            line.variance if variances else None,
        )
        for line in counted_lines(connection, count_id)
    ]


def ledger_rows_of(connection: Connection, document_id: UUID, lines: list[MovedLine]) -> tuple[UUID, ...]:
    """Return the ledger rows that reversing these lines of a receipt or shipment names."""
    return tuple(
        id for line in lines for id in standing_ledger_ids(connection, document_id, line.sku_id, line.lot_id)
    )
