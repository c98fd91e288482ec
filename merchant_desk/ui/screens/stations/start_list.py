"""Where a station begins: documents left open, and what waits."""

import time
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from merchant_desk.ui.screens.stations.kind import StartRow, StationKind
from merchant_desk.ui.screens.stations.sheets import GUARD_MS, resting
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import Panel


class StartList(Panel):
    """The list; `chosen(kind, id)` follows Enter and double click."""

    chosen = Signal(str, object)

    def __init__(self, look: Look, kind: StationKind) -> None:
        super().__init__(look, flush=True)
        self._kind = kind
        self._model = RowModel(look, kind.columns, lambda row: row.id, self)
        self.view = RowView(look, self._model)
        self.view.activated_row.connect(self._choose)
        self._empty = EmptyState(look)
        self.view.installEventFilter(self)
        self._fresh = True
        self._came = 0.0
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self.body.addWidget(inside)
        look.language.follow(self, self._write)

    @property
    def rows(self) -> Sequence[StartRow]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[StartRow]) -> None:
        """Show these rows; the first is chosen unless another is."""
        self._model.replace(rows)
        if rows and (self._fresh or self.view.current_id is None):
            self.view.choose(rows[0].id)
        self._fresh = False
        self._write()

    @property
    def guarded(self) -> bool:
        """Whether the list came too short a time ago to be answered: the Enter that ended a document, pressed
        twice, does not begin the next one.
        """
        return time.monotonic() < self._came + GUARD_MS / 1000

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return resting(event) or super().eventFilter(watched, event)

    def open_current(self) -> None:
        """Open the chosen row, or the first."""
        row_id = self.view.current_id
        if row_id is None and self._model.rows:
            row_id = self._model.rows[0].id
        self._choose(row_id)

    def focus(self) -> None:
        """Move the focus into the list, and to its first row as soon as it was read again."""
        self._fresh = True
        self._came = time.monotonic()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, row_id: object) -> None:
        if self.guarded:
            return
        row = next((row for row in self._model.rows if row.id == row_id), None)
        if row is not None and isinstance(row.id, UUID):
            self.chosen.emit(row.kind, row.id)

    def _write(self) -> None:
        text, station = self._look.text, self._kind.id
        self.set_title(text(f"station.start.{station}"), text(f"station.start.note.{station}"))
        self._empty.set_texts(
            text(f"station.start.empty.{station}"), text(f"station.start.empty.{station}.hint")
        )
        self._stack.setCurrentWidget(self.view if self._model.rows else self._empty)
