"""Inbound: deliveries that are expected, receipts left open, goods without an order."""

from merchant_desk.models.queries.open_work import deliveries
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.kind import Reader, StartRow, StationKind, begun_rows
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.screens.stations.start_cells import begun_chip, number_cell
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.window.screens import ScreenContext


def read(reader: Reader) -> list[StartRow]:
    """Return open receipts, and after them the deliveries that no open receipt of this desk is about."""
    connection, warehouse = reader.connection, reader.warehouse
    begun = begun_rows(reader, "receipts")
    taken = {row.summary for row in begun if row.own}
    waiting = [
        StartRow(
            id=delivery.id,
            kind="purchase_orders",
            number=delivery.number,
            party=delivery.supplier,
            due_day=delivery.due_day,
            lines=delivery.lines,
            quantity=delivery.quantity,
            done=delivery.done,
            overdue=delivery.due_day < reader.today,
            soon=delivery.due_day == reader.today,
        )
        for delivery in deliveries(connection, warehouse.id)
        if delivery.number not in taken
    ]
    return [*begun, *waiting]


def _party(row: StartRow, language: Language) -> Cell:
    return Cell(row.party or language.text("station.blind_sheet"), quiet=not row.party)


def _due(row: StartRow, _: Language) -> Cell:
    return Cell(day_text(row.due_day), tone=Tone.REFUSED if row.overdue else None)


def _amount(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell(language.text("station.progress_alone", done=row.done))
    return Cell(language.text("station.kinds_pieces", n=row.lines, pieces=row.quantity))


def _state(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell(chip=begun_chip(row, language))
    if row.done:
        text = f"{language.text('station.partly')} {quantity(row.done)}"
        return Cell(chip=ChipText(text, Tone.INFO))
    if row.overdue:
        return Cell(chip=ChipText(language.text("station.overdue"), Tone.REFUSED))
    if row.soon:
        return Cell(chip=ChipText(language.text("station.today"), Tone.WARNING))
    return Cell(chip=ChipText(language.text("station.waiting")))


COLUMNS: tuple[Column[StartRow], ...] = (
    Column("number", "station.column.number", number_cell, width=32),
    Column("supplier", "station.column.supplier", _party),
    Column("due", "station.column.due", _due, width=12),
    Column("amount", "station.column.amount", _amount, width=24),
    Column("state", "station.column.state", _state, width=26),
)

INBOUND = StationKind(
    "inbound",
    COLUMNS,
    read,
    frozenset({"receipts", "purchase_orders", "purchase_lines", "line_totals", "suppliers"}),
    begins_alone=True,
)


def build(parts: ScreenParts, context: ScreenContext) -> StationScreen:
    """Return the inbound station."""
    return StationScreen(parts, context, INBOUND)
