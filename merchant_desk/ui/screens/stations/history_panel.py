"""The history of a station: every scan of the open document with what became of it, the last first."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from merchant_desk.domain.codes import visible
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.words import day_text, lot_text, moved_text, name_of, result_chip, said
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import Panel

NARROW = 560
"""Below this width (device-independent pixels) the quantity has no column of its own."""

SHOWN = 200
"""Scans that the history holds in memory; the journal has them all."""

UNSEEN = frozenset(
    {
        "command_ok",
        "command_undo",
        "nothing_waits",
        "acknowledged",
        "open_document",
        "next_document",
    }
)
"""Answers and what happened before the document: the journal has them, the history leaves them out."""


def recognised(line: HistoryLine, language: Language) -> Cell:
    """Return what a scan was recognised as."""
    if line.name:
        detail = " · ".join(part for part in (lot_text(line, language), day_text(line.expiry)) if part)
        return Cell(name_of(line.name, line.name_en, language), detail, strong=True, quiet=line.undone)
    if line.code in ("unknown_code", "damaged_code"):
        return Cell(language.text("station.unknown"), visible(line.text), strong=True, quiet=line.undone)
    if line.code in ("held_back", "not_applied", "discarded", "unreadable_burst", "scan_not_saved"):
        return Cell(visible(line.text), quiet=True)
    return Cell(said(line, language))


def undone_by(line: HistoryLine) -> int | None:
    """Return the number of the scan that this one undid, or stands instead of."""
    undoes = line.facts.get("undoes") if line.code == "undone" else line.facts.get("replaces")
    return int(undoes) if undoes is not None else None


def history_columns(station: str, *, narrow: bool) -> list[Column[HistoryLine]]:
    """Return the columns: time, recognised, quantity, result; `narrow` puts the quantity behind the name."""

    def at(line: HistoryLine, language: Language) -> Cell:
        return Cell(language.clock(line.at, seconds=True), quiet=True)

    def moved(line: HistoryLine, language: Language) -> Cell:
        return Cell(moved_text(line, language), quiet=line.undone or not line.quantity)

    def result(line: HistoryLine, language: Language) -> Cell:
        return Cell(chip=result_chip(line, station, language))

    def both(line: HistoryLine, language: Language) -> Cell:
        cell = recognised(line, language)
        return replace(cell, detail=moved_text(line, language)) if line.quantity else cell

    if narrow:
        return [
            Column("at", "station.column.time", at, width=8),
            Column("recognised", "station.column.recognised", both),
            Column("result", "station.column.result", result, width=17),
        ]
    return [
        Column("at", "station.column.time", at, width=8),
        Column("recognised", "station.column.recognised", recognised),
        Column("quantity", "station.column.quantity", moved, width=15),
        Column("result", "station.column.result", result, width=19),
    ]


def _with_lost(lines: list[HistoryLine], lost: Sequence[HistoryLine]) -> list[HistoryLine]:
    """Return lines, the last first, with those that no journal has at the time when they were made."""
    for line in lost:
        place = next((at for at, shown in enumerate(lines) if shown.at <= line.at), len(lines))
        lines.insert(place, line)
    return lines


class HistoryPanel(Panel):
    """The history; the chip at its head tells how many unknown codes wait in the tray."""

    def __init__(self, look: Look, station: str) -> None:
        super().__init__(look, flush=True)
        self._lines: list[HistoryLine] = []
        self._count = 0
        self._queue = 0
        self._tray = 0
        self._narrow = False
        self._models = {
            narrow: RowModel(look, history_columns(station, narrow=narrow), lambda line: line.n, self)
            for narrow in (False, True)
        }
        self._views = {narrow: RowView(look, model) for narrow, model in self._models.items()}
        self._empty = EmptyState(look, "scan-barcode")
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        for view in self._views.values():
            self._stack.addWidget(view)
        self._stack.addWidget(self._empty)
        self.body.addWidget(inside)
        look.language.follow(self, self._write)

    @property
    def view(self) -> RowView:
        """The table in force."""
        return self._views[self._narrow]

    @property
    def lines(self) -> Sequence[HistoryLine]:
        """What is shown, the last first."""
        return self._lines

    @property
    def tray(self) -> int:
        """How many unknown codes wait."""
        return self._tray

    def show_history(self, lines: Sequence[HistoryLine], count: int) -> None:
        """Show a document's scans from the journal, the last first; `count` is how many it has in all.

        Results that came while the journal was being read are newer than the reading, and stay; what was held
        back is what the journal says became of it.
        """
        newest = max((line.n for line in lines), default=0)
        later = [line for line in self._lines if line.n > newest]
        known = {line.n: line for line in self._lines if line.code != "held_back"}
        undone = {undone_by(line) for line in self._lines} | {line.n for line in lines if line.undone}
        read = [known.get(line.n, line) for line in lines if line.code not in UNSEEN]
        read = [replace(line, undone=True) if line.n in undone else line for line in read]
        self._lines = _with_lost([*later, *read], [line for line in self._lines if line.n < 0])[:SHOWN]
        self._count = count + len(later)
        self._show()

    def clear(self) -> None:
        """Show nothing: another document follows."""
        self._lines, self._count = [], 0
        self._show()

    def add(self, lines: Sequence[HistoryLine]) -> None:
        """Show more results, in the order in which they came; a result of a known scan replaces it."""
        for line in lines:
            if not line.n or line.code in UNSEEN:
                continue
            undoes = undone_by(line)
            known = {shown.n for shown in self._lines[:SHOWN]}
            if line.n in known:
                self._lines = [line if shown.n == line.n else shown for shown in self._lines]
            else:
                self._lines.insert(0, line)
                self._count += 1
            if undoes is not None:
                self._lines = [
                    replace(shown, undone=True) if shown.n == undoes else shown for shown in self._lines
                ]
        del self._lines[SHOWN:]
        self._show()

    def show_queue(self, queue: int) -> None:
        """Show how many scans are on their way; one alone is through before anybody could read it."""
        queue = queue if queue > 1 else 0
        if queue != self._queue:
            self._queue = queue
            self._write_note()

    def show_tray(self, codes: int) -> None:
        """Show how many unknown codes wait."""
        if codes != self._tray:
            self._tray = codes
            self._write()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        if narrow is not self._narrow:
            self._narrow = narrow
            self._show()

    def _show(self) -> None:
        self._models[self._narrow].replace(self._lines)
        self._stack.setCurrentWidget(self.view if self._lines else self._empty)
        if self._lines:
            self.view.scrollToTop()
        self._write_note()

    def _write_note(self) -> None:
        key = "station.history.waiting" if self._queue else "station.history.note"
        note = self._look.text(key, n=self._count, queue=self._queue)
        self.set_title(self._look.text("station.history"), note)

    def _write(self) -> None:
        text = self._look.text
        self._empty.set_texts(
            text("station.history.empty"), text("station.history.empty_hint"), icon="scan-barcode"
        )
        chip = ChipText(text("station.tray_chip", n=self._tray), Tone.WARNING)
        self.set_chips([chip] if self._tray else [])
        self._write_note()
