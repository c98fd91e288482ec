"""Stocktake: the locations, when each was last counted, and counts left open. No stock is shown or read."""

from merchant_desk.models.queries.open_work import count_places
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.kind import Reader, StartRow, StationKind, begun_rows
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.screens.stations.start_cells import begun_chip, number_cell
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.window.screens import ScreenContext


def read(reader: Reader) -> list[StartRow]:
    """Return open counts, and after them the locations that no open count of this desk is about."""
    connection, warehouse = reader.connection, reader.warehouse
    begun = begun_rows(reader, "counts")
    taken = {row.summary for row in begun if row.own}
    places = [
        StartRow(
            id=place.id,
            kind="locations",
            number=place.code,
            counted_at=place.counted_at,
            state=place.kind,
        )
        for place in count_places(connection, warehouse.id)
        if place.code not in taken
    ]
    return [*begun, *places]


def _kind(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell(language.text("station.progress_alone", done=row.done))
    return Cell(language.word(row.state))


def _counted(row: StartRow, language: Language) -> Cell:
    if row.begun:
        return Cell("")
    if row.counted_at is None:
        return Cell(language.text("station.never_counted"), quiet=True)
    return Cell(language.moment(row.counted_at))


def _state(row: StartRow, language: Language) -> Cell:
    return Cell(chip=begun_chip(row, language)) if row.begun else Cell("")


COLUMNS: tuple[Column[StartRow], ...] = (
    Column("number", "station.column.location", number_cell),
    Column("kind", "station.column.kind", _kind, width=20),
    Column("counted", "station.column.last_counted", _counted, width=20),
    Column("state", "station.column.state", _state, width=26),
)

STOCKTAKE = StationKind("stocktake", COLUMNS, read, frozenset({"counts", "locations"}))


def build(parts: ScreenParts, context: ScreenContext) -> StationScreen:
    """Return the stocktake station."""
    return StationScreen(parts, context, STOCKTAKE)
