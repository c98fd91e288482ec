"""The lines of an open document: what is expected, what was scanned, by which packs, and where to go next."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.order_lines import levelled
from merchant_desk.domain.scan_checks import Limits, expiry_finding
from merchant_desk.models.queries.floor import WarehouseView, warehouse_by_id
from merchant_desk.models.queries.sheets import (
    OrderedLine,
    ScannedLine,
    book_at,
    ordered_lines,
    scanned_lines,
    sheet_head,
)
from merchant_desk.stations.journal import PackCount, pack_counts
from merchant_desk.stations.outbound import pickable
from merchant_desk.stations.scans import SheetHead

STATIONS = {"receipts": "inbound", "shipments": "outbound", "counts": "stocktake"}
"""The station of each kind of document."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a document; quantities 10^-6 base units, `expected` None where it is not known or shown.

    `done` counts over all documents of the order, `here` only this one; `packs` are this desk's scans of it.
    `place`, `lot` and `expiry` say where to take it (FEFO) at outbound and where and what was put elsewhere.
    `finding` is expired or short_dated, `days` until (or since) then.
    """

    id: UUID
    sku_id: UUID
    sku: str
    name: str
    name_en: str
    base_unit: str
    expected: int | None
    done: int
    here: int
    packs: tuple[PackCount, ...] = ()
    place: str = ""
    lot: str = ""
    expiry: int | None = None
    finding: str = ""
    days: int = 0

    @property
    def open(self) -> int:
        """What is still to come; negative for too much, 0 where nothing is expected."""
        return 0 if self.expected is None else self.expected - self.done


def sheet_lines(connection: Connection, head: SheetHead, limits: Limits) -> list[SheetLine]:
    """Return the lines of an open document as its station shows them."""
    scanned = scanned_lines(connection, head.document_id)
    packs: dict[UUID, list[PackCount]] = defaultdict(list)
    for pack in pack_counts(connection, STATIONS[head.kind], head.document_id):
        packs[pack.sku_id].append(pack)
    if head.kind == "counts":
        place = None if head.blind else head.about_id
        return _counted(scanned, packs, book_at(connection, place) if place else None)
    if head.kind == "shipments" and head.about_id is not None:
        ordered = ordered_lines(connection, "order_lines", head.about_id)
        lines = _ordered(ordered, scanned, packs, limits)
        found = sheet_head(connection, head.kind, head.document_id)
        warehouse = warehouse_by_id(connection, found.warehouse_id) if found else None
        return [_with_source(connection, line, warehouse) for line in lines] if warehouse else lines
    if head.about_id is not None:
        ordered = ordered_lines(connection, "purchase_lines", head.about_id)
        return _ordered(ordered, scanned, packs, limits)
    return _by_lot(scanned, packs, limits)


def _ordered(
    ordered: Sequence[OrderedLine],
    scanned: list[ScannedLine],
    packs: dict[UUID, list[PackCount]],
    limits: Limits,
) -> list[SheetLine]:
    """Return an order's lines, and after them what came without being ordered.

    Lines of one product share what was scanned for any of them.
    """
    asked = [(line.id, line.sku_id, line.quantity) for line in ordered]
    done = levelled(asked, {line.id: line.done for line in ordered})
    ordered = [replace(line, done=done[line.id]) for line in ordered]
    by_line: dict[UUID | None, list[ScannedLine]] = defaultdict(list)
    for row in scanned:
        by_line[row.line_id].append(row)
    skus = Counter(line.sku_id for line in ordered)
    once = {sku_id: counts for sku_id, counts in packs.items() if skus[sku_id] == 1}
    lines = [_line(line.id, by_line.pop(line.id, []), once, limits, line) for line in ordered]
    extra: dict[UUID, list[ScannedLine]] = defaultdict(list)
    for rows in by_line.values():
        for row in rows:
            extra[row.sku_id].append(row)
    return lines + [_line(sku_id, rows, packs, limits, None) for sku_id, rows in extra.items()]


def _line(
    id: UUID,
    held: list[ScannedLine],
    packs: dict[UUID, list[PackCount]],
    limits: Limits,
    ordered: OrderedLine | None,
) -> SheetLine:
    about = ordered or held[0]
    here = sum(row.quantity for row in held)
    worst = min(
        (row for row in held if row.expiry is not None), key=lambda row: row.expiry or 0, default=None
    )
    finding = expiry_finding(worst.expiry, limits, about.min_days_left) if worst else None
    return SheetLine(
        id=id,
        sku_id=about.sku_id,
        sku=about.sku,
        name=about.name,
        name_en=about.name_en,
        base_unit=about.base_unit,
        expected=ordered.quantity if ordered else 0,
        done=ordered.done if ordered else here,
        here=here,
        packs=tuple(packs.get(about.sku_id, ())),
        place=held[-1].location if held else "",
        lot=worst.lot if worst else "",
        expiry=worst.expiry if worst else None,
        finding=finding.code if finding else "",
        days=int(finding.facts["days"]) if finding else 0,
    )


def _by_lot(
    scanned: list[ScannedLine], packs: dict[UUID, list[PackCount]], limits: Limits
) -> list[SheetLine]:
    """Return what came in without an order, a line for each product."""
    rows: dict[UUID, list[ScannedLine]] = defaultdict(list)
    for row in scanned:
        rows[row.sku_id].append(row)
    made = [_line(sku_id, held, packs, limits, None) for sku_id, held in rows.items()]
    return [replace(line, expected=None) for line in made]


def _counted(
    scanned: list[ScannedLine],
    packs: dict[UUID, list[PackCount]],
    book: dict[tuple[UUID, UUID | None], int] | None,
) -> list[SheetLine]:
    """Return what was counted by product and lot; what the book has only where the count is not blind."""
    lots: dict[UUID, int] = defaultdict(int)
    for row in scanned:
        lots[row.sku_id] += 1
    return [
        SheetLine(
            id=row.tally_id,
            sku_id=row.sku_id,
            sku=row.sku,
            name=row.name,
            name_en=row.name_en,
            base_unit=row.base_unit,
            expected=None if book is None else book.get((row.sku_id, row.lot_id), 0),
            done=row.quantity,
            here=row.quantity,
            packs=tuple(packs.get(row.sku_id, ())) if lots[row.sku_id] == 1 else (),
            place=row.location,
            lot=row.lot,
            expiry=row.expiry,
        )
        for row in scanned
    ]


def _with_source(connection: Connection, line: SheetLine, warehouse: WarehouseView) -> SheetLine:
    """Add where an open line is to be taken from: sellable, not staged, first expiry first."""
    if line.open <= 0:
        return line
    stock = pickable(connection, warehouse.id, warehouse.staging_id, line.sku_id)
    if not stock:
        return replace(line, place="", lot="", expiry=None)
    return replace(line, place=stock[0].location, lot=stock[0].lot, expiry=stock[0].expiry)
