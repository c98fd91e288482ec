"""What a station's screen reads, off the window's thread: the list to begin from, and the open document."""

from dataclasses import dataclass

from sqlalchemy import Connection

from merchant_desk.desk import Desk
from merchant_desk.models.queries.floor import WarehouseView, is_filled, open_warehouses, warehouse_by_id
from merchant_desk.models.queries.sheets import UncountedView, sheet_head, uncounted_at
from merchant_desk.models.queries.work import unknown_code_count
from merchant_desk.stations.journal import count_of, lines_of
from merchant_desk.stations.outcomes import HistoryLine, history_of
from merchant_desk.stations.scans import SheetHead
from merchant_desk.stations.sheet_lines import STATIONS, SheetLine, sheet_lines
from merchant_desk.ui.screens.stations.history_panel import SHOWN
from merchant_desk.ui.screens.stations.kind import Reader, StartRow, StationKind

SHEET_TABLES = frozenset(
    {
        "tallies",
        "line_totals",
        "purchase_lines",
        "order_lines",
        "stock_balances",
        "skus",
        "lots",
        "unknown_codes",
    }
)
"""Tables that an open document's screen shows."""


@dataclass(frozen=True, slots=True)
class SheetReading:
    """An open document in one snapshot: its lines, this desk's scans of it, the size of the tray.

    `complete`: an order that has all it asks for, whichever desk packed it. `place`: as in `StartReading`;
    read with the whole document alone.
    """

    head: SheetHead
    lines: list[SheetLine]
    history: list[HistoryLine]
    scans: int
    tray: int
    complete: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class StartReading:
    """What a station begins from; `place` names its warehouse where the outlet has several."""

    rows: list[StartRow]
    place: str


def read_start(desk: Desk, kind: StationKind) -> StartReading:
    """Return what a station begins from.

    Raises:
        Refusal: `no_warehouse`, `warehouse_not_chosen`.
    """
    warehouse, today, now = desk.warehouse(), desk.calendar(), desk.runtime.clock()
    with desk.read() as connection, connection.begin():
        rows = kind.read(Reader(connection, warehouse, today, now))
        return StartReading(rows, _named(connection, warehouse))


def _named(connection: Connection, warehouse: WarehouseView | None) -> str:
    """Return what a warehouse is called where its outlet has several; the only one need not be named."""
    if warehouse is None or len(open_warehouses(connection, warehouse.outlet_id)) < 2:
        return ""
    return f"{warehouse.code} {warehouse.name}"


def _place_of(connection: Connection, head: SheetHead) -> str:
    found = sheet_head(connection, head.kind, head.document_id)
    return _named(connection, warehouse_by_id(connection, found.warehouse_id)) if found else ""


def read_sheet(desk: Desk, head: SheetHead) -> SheetReading:
    """Return an open document."""
    limits = desk.calendar.limits()
    station = STATIONS[head.kind]
    with desk.read() as connection, connection.begin():
        lines = sheet_lines(connection, head, limits)
        journal = lines_of(connection, station, head.document_id, SHOWN)
        count = count_of(connection, station, head.document_id)
        tray = unknown_code_count(connection)
        complete, place = _complete(connection, head), _place_of(connection, head)
    return SheetReading(head, lines, history_of(journal), count, tray, complete, place)


def read_lines(desk: Desk, head: SheetHead) -> SheetReading:
    """Return an open document without its history, which the screen has already."""
    limits = desk.calendar.limits()
    with desk.read() as connection, connection.begin():
        lines = sheet_lines(connection, head, limits)
        tray = unknown_code_count(connection)
        complete = _complete(connection, head)
    return SheetReading(head, lines, [], 0, tray, complete)


def _complete(connection: Connection, head: SheetHead) -> bool:
    if head.kind != "shipments" or head.about_id is None:
        return False
    return is_filled(connection, "order_lines", head.about_id)


def read_uncounted(desk: Desk, head: SheetHead) -> list[UncountedView]:
    """Return what the book has at a counted location and nobody saw; nothing for other documents."""
    place = head.about_id
    if head.kind != "counts" or place is None:
        return []
    return desk.ask(lambda connection: uncounted_at(connection, head.document_id, place))
