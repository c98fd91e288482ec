"""The scans that came while the station was stopped: apply them in order, or discard them."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from merchant_desk.domain.codes import visible
from merchant_desk.stations.scans import HeldScan
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.sheets import GUARD_MS, StationSheet
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look


def _at(row: HeldScan, language: Language) -> Cell:
    return Cell(language.clock(row.at, seconds=True), quiet=True)


def _code(row: HeldScan, _: Language) -> Cell:
    return Cell(visible(row.text), strong=True)


COLUMNS: tuple[Column[HeldScan], ...] = (
    Column("at", "station.column.time", _at, width=9),
    Column("code", "station.column.recognised", _code),
)


class HeldSheet(StationSheet):
    """Lists the held scans; `settle(apply)` is called with the decision."""

    guard_ms = GUARD_MS

    def __init__(self, look: Look, host: QWidget, settle: Callable[[bool], None]) -> None:
        super().__init__(look, host, width=640)
        self._settle = settle
        self._model = RowModel(look, COLUMNS, lambda row: row.n, self)
        self.view = RowView(look, self._model)
        self.view.setMinimumHeight(140)
        self.body.addWidget(self.view, 1)
        self.view.activated_row.connect(lambda _: self.accept())
        self.on_accept = lambda: self._end(apply=True)
        self.on_decline = lambda: self._end(apply=False)
        self._look.language.follow(self, self._write)

    def ask(self, held: Sequence[HeldScan]) -> None:
        """Show the scans and wait; more of them may come while the sheet is open."""
        self._model.replace(held)
        self._write()
        if self.isHidden():
            self.open(self.view)

    def _end(self, *, apply: bool) -> None:
        self.close_sheet()
        self._settle(apply)

    def _write(self) -> None:
        text = self._look.text
        self.set_texts(
            text("station.held.title", n=len(self._model.rows)),
            text("station.held.note"),
            yes=text("station.held.apply"),
            no=text("station.held.discard"),
            hint=text("station.held.hint"),
        )
