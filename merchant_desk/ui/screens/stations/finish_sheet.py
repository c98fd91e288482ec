"""Before a document ends: what differs, what nobody counted, and the last word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.models.queries.sheets import UncountedView
from merchant_desk.stations.scans import SheetHead
from merchant_desk.stations.sheet_lines import SheetLine
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.lines_panel import columns_of
from merchant_desk.ui.screens.stations.sheets import GUARD_MS, StationSheet
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.delegate import row_height
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.overlay import MARGIN


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Something nobody counted, with what the counter says of it."""

    item: UncountedView
    gone: bool = False


def _name(row: Uncounted, language: Language) -> Cell:
    return Cell(name_of(row.item.name, row.item.name_en, language), row.item.sku, strong=True)


def _lot(row: Uncounted, _: Language) -> Cell:
    return Cell(row.item.lot or row.item.serial)


def _decision(row: Uncounted, language: Language) -> Cell:
    key = "station.uncounted.gone" if row.gone else "station.uncounted.leave"
    return Cell(chip=ChipText(language.text(key), Tone.WARNING if row.gone else Tone.NEUTRAL))


UNCOUNTED: tuple[Column[Uncounted], ...] = (
    Column("name", "station.column.product", _name),
    Column("lot", "station.column.lot", _lot, width=14),
    Column("decision", "station.uncounted.decision", _decision, width=32),
)

WIDTH = 980
PLACE_LOT_AND_DAY = 46
"""Characters of a place of 10, a lot of 20, which is the most that GS1 allows, and a day."""

MOST_ROWS, LEAST_ROWS = 8, 1
"""So many rows a list shows without scrolling, where there is room, and at least."""


class _Rows(RowView):
    """A list that asks for the room of its rows."""

    def _height(self, rows: int) -> int:
        return self.horizontalHeader().sizeHint().height() + rows * row_height() + 2 * self.frameWidth()

    def sizeHint(self) -> QSize:
        shown = min(self.model().rowCount(), MOST_ROWS)
        return QSize(super().sizeHint().width(), self._height(shown))

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height(LEAST_ROWS))


class FinishSheet(StationSheet):
    """Shows the differences of a document; `finish(gone, document_id)` is called when it shall end.

    For a count it lists what the book has and nobody counted: left as it is unless the counter says that it
    is gone (Space). How much the book has is not shown. The key that opened it is no answer, however often it
    is pressed: Enter is.

    It lies over `hosts[0]`, below the panel; where its lists need more, over the whole screen (`hosts[1]`).
    """

    guard_ms = GUARD_MS

    def __init__(
        self,
        look: Look,
        hosts: tuple[QWidget, QWidget],
        station: str,
        finish: Callable[[Sequence[UUID], UUID], None],
    ) -> None:
        self._below, whole = hosts
        super().__init__(look, whole, width=WIDTH)
        self._below.installEventFilter(self)
        self._station = station
        self._finish = finish
        self._head: SheetHead | None = None
        self._lines: tuple[SheetLine, ...] = ()
        self._tray = 0
        self._may_end = True
        columns = columns_of(station, expected=True, place_width=PLACE_LOT_AND_DAY)
        self._differing = RowModel(look, columns, lambda line: line.id, self)
        self._uncounted = RowModel(look, UNCOUNTED, lambda row: row.item.stock_key_id, self)
        self.differences = _Rows(look, self._differing)
        self.uncounted = _Rows(look, self._uncounted)
        self.uncounted.activated_row.connect(lambda _: self.accept())
        for view in (self.uncounted, self.differences):
            view.installEventFilter(self)
        self.differences.activated_row.connect(lambda _: self.accept())
        self._decide = label("", "strong", wrap=True)
        self._more = label("", "second", wrap=True)
        for part in (self._decide, self.differences, self.uncounted, self._more):
            self.body.addWidget(part)
        for view in (self.differences, self.uncounted):
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.on_accept = self._end
        self._look.language.follow(self, self._write)

    @property
    def gone(self) -> tuple[UUID, ...]:
        """The stock keys that the counter says are not there."""
        return tuple(row.item.stock_key_id for row in self._uncounted.rows if row.gone)

    def ask(
        self,
        head: SheetHead,
        lines: Sequence[SheetLine],
        uncounted: Sequence[UncountedView] = (),
        tray: int = 0,
        *,
        ends: bool = True,
    ) -> None:
        """Show a document's differences; with `ends` there is a button that ends it, if it can be ended."""
        self._head, self._lines, self._tray, self._may_end = head, tuple(lines), tray, ends
        differing = [line for line in lines if line.expected is not None and (line.open or line.finding)]
        differing.sort(key=lambda line: (not line.finding, min(line.open, 0)))  # what may be a mistake first
        self._differing.replace(differing)
        self._uncounted.replace([Uncounted(item) for item in uncounted])
        for view in (self.differences, self.uncounted):
            view.updateGeometry()
        self._write()
        view = self.uncounted if uncounted else self.differences
        self.open(view if view.isVisibleTo(self) else self.yes if self._ends else self.no)
        if uncounted:
            self.uncounted.choose(uncounted[0].stock_key_id)

    def decline(self) -> None:
        """Go back at once: a hurried Esc ends nothing."""
        self.on_decline()

    def area(self) -> QRect:
        below = QRect(self._below.mapTo(self._host, QPoint()), self._below.size())
        width = min(self._width, below.width() - 2 * MARGIN)
        fits = self.wanted_height(width) <= below.height() - 2 * MARGIN
        return below if fits else super().area()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._below and event.type() == QEvent.Type.Resize and self.isVisible():
            self.fit()
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.uncounted and pressed and event.key() == Qt.Key.Key_Space:  # type: ignore[attr-defined]
            self._switch()
            return True
        return super().eventFilter(watched, event)

    def _switch(self) -> None:
        """Say the other thing of the chosen rows."""
        chosen = set(self.uncounted.selected_ids()) or {self.uncounted.current_id}
        rows = [
            Uncounted(row.item, not row.gone) if row.item.stock_key_id in chosen else row
            for row in self._uncounted.rows
        ]
        self._uncounted.replace(rows)
        self._write()

    @property
    def _empty(self) -> bool:
        """Whether there is nothing to end: nothing picked, or nothing counted of what the book has."""
        if not self._may_end or any(line.done for line in self._lines):
            return False
        return self._station == "outbound" or (bool(self._uncounted.rows) and not self.gone)

    @property
    def _ends(self) -> bool:
        return self._may_end and not self._empty

    def _end(self) -> None:
        self.close_sheet()
        if self._ends and self._head is not None:
            self._finish(self.gone, self._head.document_id)

    def _write(self) -> None:
        head, text = self._head, self._look.text
        if head is None:
            return
        counting = self._station == "stocktake"
        self.differences.setVisible(bool(self._differing.rows))
        self.uncounted.setVisible(bool(self._uncounted.rows))
        n = len(self._uncounted.rows)
        self._decide.setText(text("station.finish.uncounted", n=n) if n else "")
        self._decide.setVisible(bool(n))
        more = text("station.finish.tray", n=self._tray) if self._tray else ""
        self._more.setText(more)
        self._more.setVisible(bool(more))
        about = {"location": head.about} if counting else {}
        title = text(f"station.finish.title.{self._station}", **about)
        if not self._may_end:
            title = text("station.differences.title", number=head.number)
        if self._empty:
            title = text(f"station.finish.nothing_{'counted' if counting else 'picked'}.title", **about)
        self.set_texts(
            title,
            self._summary(),
            yes=text(f"station.finish.{self._station}") if self._ends else "",
            no=text("station.finish.back"),
            hint=text("station.uncounted.hint") if n else "",
        )
        self.fit()

    def _summary(self) -> str:
        text, differing = self._look.text, self._differing.rows
        if self._station == "stocktake" and self._empty:
            return text("station.finish.nothing_counted")
        if self._station == "stocktake":
            return text("station.finish.counted", n=len({line.sku_id for line in self._lines}))
        if self._empty:
            return text("station.finish.nothing_picked")
        if not differing:
            return text("station.finish.clean")
        if self._station == "outbound":
            return text("station.finish.short_picked", n=len(differing))
        return text("station.finish.differs", n=len(differing))
