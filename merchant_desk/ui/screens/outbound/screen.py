"""Outbound: orders that wait to be picked, the most urgent first, and shipments left open."""

from merchant_desk.models.queries.open_work import orders_to_pick
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.kind import Reader, StartRow, StationKind, begun_rows
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.screens.stations.start_cells import begun_chip, number_cell
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.window.screens import ScreenContext


def read(reader: Reader) -> list[StartRow]:
    """Return open shipments, and after them the orders that no open shipment of this desk is about."""
    connection, warehouse = reader.connection, reader.warehouse
    begun = begun_rows(reader, "shipments")
    taken = {row.summary for row in begun if row.own}
    waiting = [
        StartRow(
            id=order.id,
            kind="orders",
            number=order.number,
            party=order.buyer,
            due_at=order.due_at,
            lines=order.lines,
            quantity=order.quantity,
            done=order.done,
            summary=order.summary,
            summary_en=order.summary_en,
            state=order.status,
            overdue=order.due_at is not None and order.due_at < reader.now,
        )
        for order in orders_to_pick(connection, warehouse.id)
        if order.number not in taken
    ]
    return [*begun, *waiting]


def _party(row: StartRow, _: Language) -> Cell:
    return Cell(row.party)


def _due(row: StartRow, language: Language) -> Cell:
    if row.due_at is None:
        return Cell("—", quiet=True)
    return Cell(language.moment(row.due_at), tone=Tone.REFUSED if row.overdue else None)


def _amount(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell(language.text("station.progress_alone", done=row.done))
    first = name_of(row.summary, row.summary_en, language)
    return Cell(language.text("station.kinds_pieces", n=row.lines, pieces=row.quantity), first)


def _state(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell(chip=begun_chip(row, language))
    if row.overdue:
        return Cell(chip=ChipText(language.text("station.overdue"), Tone.REFUSED))
    tone = Tone.INFO if row.state == "picking" else Tone.NEUTRAL
    word = language.word(row.state) if row.state == "picking" else language.text("station.waiting")
    return Cell(chip=ChipText(word, tone))


COLUMNS: tuple[Column[StartRow], ...] = (
    Column("number", "station.column.number", number_cell, width=32),
    Column("buyer", "station.column.buyer", _party, width=18),
    Column("due", "station.column.deadline", _due, width=18),
    Column("amount", "station.column.amount", _amount),
    Column("state", "station.column.state", _state, width=26),
)

OUTBOUND = StationKind(
    "outbound",
    COLUMNS,
    read,
    frozenset({"orders", "shipments", "order_lines", "line_totals"}),
)


def build(parts: ScreenParts, context: ScreenContext) -> StationScreen:
    """Return the outbound station."""
    return StationScreen(parts, context, OUTBOUND)
