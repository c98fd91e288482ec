"""The lines of the open document, with progress and state; changed by difference."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtWidgets import QStackedLayout, QWidget

from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.stations.sheet_lines import SheetLine
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.words import day_text, equation, name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.folding_view import FoldingView
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import Panel

NUMBER_WIDTH = 7


def state_chip(line: SheetLine, station: str, language: Language) -> ChipText:
    """Return the state of a line in a few characters."""
    text = language.text
    if line.expected is None:
        return ChipText(text("station.state.counted"), Tone.OK)
    if line.finding == "expired":
        return ChipText(text("station.state.expired"), Tone.REFUSED)
    if line.expected == 0:
        return ChipText(text("station.state.extra", n=line.done), Tone.REFUSED)
    if line.open < 0:
        return ChipText(text("station.state.over", n=-line.open), Tone.REFUSED)
    if line.finding == "short_dated":
        return ChipText(text("station.state.short_dated", days=line.days), Tone.WARNING)
    if line.open == 0:
        return ChipText(text("station.state.done"), Tone.OK)
    if station == "stocktake":
        return ChipText(text("station.state.short", n=line.open), Tone.WARNING)
    if line.done:
        return ChipText(text("station.state.open"), Tone.ACCENT, marked=True)
    key = f"station.state.missing.{station}"
    return ChipText(text(key if language.knows(key) else "station.state.missing"))


def _product(line: SheetLine, language: Language) -> Cell:
    return Cell(name_of(line.name, line.name_en, language), equation(line.packs, line.done), strong=True)


def _place(line: SheetLine, language: Language) -> Cell:
    if line.open > 0 and not line.place:
        return Cell(language.text("station.nowhere"), tone=Tone.WARNING)
    if line.open <= 0:
        return Cell("", " · ".join(part for part in (line.lot, day_text(line.expiry)) if part))
    return Cell(line.place, " · ".join(part for part in (line.lot, day_text(line.expiry)) if part))


def _lot(line: SheetLine, _: Language) -> Cell:
    return Cell(line.lot, day_text(line.expiry))


def _due(line: SheetLine, _: Language) -> Cell:
    return Cell(quantity(line.expected or 0))


def _done(line: SheetLine, _: Language) -> Cell:
    return Cell(quantity(line.done), strong=True)


def _rest(line: SheetLine, _: Language) -> Cell:
    return Cell(quantity(line.open), tone=Tone.REFUSED if line.open < 0 else None, quiet=line.open == 0)


def columns_of(station: str, *, expected: bool, place_width: int = 20) -> list[Column[SheetLine]]:
    """Return the columns of a station's lines; without `expected` nothing of the book is shown.

    `place_width` is in characters: lot and expiry stand behind a place.
    """

    def state(line: SheetLine, language: Language) -> Cell:
        return Cell(chip=state_chip(line, station, language))

    def figures(key: str, title: str, cell: Callable[[SheetLine, Language], Cell]) -> Column[SheetLine]:
        return Column(key, title, cell, width=NUMBER_WIDTH, figures=True)

    columns: list[Column[SheetLine]] = [Column("product", "station.column.product", _product, least=20)]
    if station == "outbound":
        columns.append(Column("place", "station.column.place", _place, width=place_width))
    if station == "stocktake":
        columns.append(Column("lot", "station.column.lot", _lot, width=16))
    if expected:
        columns.append(figures("due", f"station.column.expected.{station}", _due))
    columns.append(figures("done", f"station.column.done.{station}", _done))
    if expected and station != "outbound":
        columns.append(figures("rest", "station.column.rest", _rest))
    if expected:
        columns.append(Column("state", "station.column.state", state, width=10))
    return columns


def _names(line: SheetLine) -> tuple[object, ...]:
    """Return what decides how high rows are; counts change with each scan, and rows jump below no hand."""
    return line.id, line.name, line.name_en, line.place, line.lot


class LinesPanel(Panel):
    """The lines; `show_lines` is the only way in. Two tables, for documents with and without expectation."""

    def __init__(self, look: Look, station: str) -> None:
        super().__init__(look, flush=True)
        self._station = station
        self._lines: tuple[SheetLine, ...] = ()
        self._models = {
            told: RowModel(look, columns_of(station, expected=told), lambda line: line.id, self)
            for told in (True, False)
        }
        self._views = {told: FoldingView(look, model) for told, model in self._models.items()}
        self._empty = EmptyState(look, "package-open")
        self._told = True
        self._brought: HistoryLine | None = None
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        for view in self._views.values():
            self._stack.addWidget(view)
        self._stack.addWidget(self._empty)
        self.body.addWidget(inside)
        look.language.follow(self, self._write)

    @property
    def lines(self) -> tuple[SheetLine, ...]:
        """What is shown."""
        return self._lines

    @property
    def view(self) -> FoldingView:
        """The table in force."""
        return self._views[self._told]

    def show_lines(self, lines: Sequence[SheetLine]) -> None:
        """Show these lines; selection and scroll stay with their rows."""
        before, self._lines = list(map(_names, self._lines)), tuple(lines)
        if lines:
            self._told = any(line.expected is not None for line in lines)
            self._models[self._told].replace(lines)
            if before != list(map(_names, lines)):
                self.view.fold()
        self._write()

    def line_of(self, sku_id: UUID | None) -> SheetLine | None:
        """Return the line of a product, for how its count came about."""
        return next((line for line in self._lines if line.sku_id == sku_id), None)

    def bring(self, scan: HistoryLine | None) -> None:
        """Choose the line that the last scan changed, and bring it into view; once: a later choice stays."""
        line = self.line_of(scan.sku_id) if scan is not None and scan.quantity else None
        if line is not None and scan != self._brought:
            self._brought = scan
            self.view.choose(line.id)

    def next_line(self, scan: HistoryLine | None) -> SheetLine | None:
        """Choose the next line that is not complete, and then from the top.

        That is after the one that `scan`, the last, changed, or after the one that was chosen since.
        """
        self.bring(scan)
        if not self._lines:
            return None
        ids = [line.id for line in self._lines]
        now = self.view.current_id
        at = ids.index(now) + 1 if isinstance(now, UUID) and now in ids else 0
        around = (*self._lines[at:], *self._lines[:at])
        found = next((line for line in around if line.open > 0), None)
        if found is not None:
            self.view.choose(found.id)
        return found

    def _write(self) -> None:
        text, lines = self._look.text, self._lines
        done = sum(line.done for line in lines)
        if self._told and lines:
            expected = sum(line.expected or 0 for line in lines)
            note = text("station.progress", done=done, expected=expected)
        else:
            note = text("station.progress_alone", done=done)
        self.set_title(text(f"station.lines.{self._station}"), note)
        self._empty.set_texts(
            text("station.lines.empty"), text("station.lines.empty_hint"), icon="package-open"
        )
        self._stack.setCurrentWidget(self.view if lines else self._empty)
        self.set_chips(self._chips())

    def _chips(self) -> list[ChipText]:
        text = self._look.text
        over = sum(1 for line in self._lines if line.open < 0)
        short = sum(1 for line in self._lines if line.finding)
        chips = []
        if over:
            chips.append(ChipText(text("station.over_lines", n=over), Tone.REFUSED))
        if short:
            chips.append(ChipText(text("station.short_dated_lines", n=short), Tone.WARNING))
        return chips
