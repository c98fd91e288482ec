"""Keeps a station's list and open document up to date: read off the window's thread, on Changes."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.desk import Desk
from merchant_desk.stations.scans import SheetHead
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.changes import ChangeBridge, Changes
from merchant_desk.ui.screens.stations.afterwards import Afterwards
from merchant_desk.ui.screens.stations.controller import SHOWN_WITHIN
from merchant_desk.ui.screens.stations.kind import StationKind
from merchant_desk.ui.screens.stations.reading import (
    SHEET_TABLES,
    SheetReading,
    StartReading,
    read_lines,
    read_sheet,
    read_start,
)

MOST_LEFT_OUT = 5
"""So many readings in a row make room for a scan that came meanwhile: what it changes is read with it."""


class StationData(QObject):
    """Reads for one station; lines not while `busy`, that is, while keys of a scan come in.

    Signals: start_read(list[StartRow], place); sheet_read(SheetReading, whole): whole with the history;
    failed(Exception).
    """

    start_read = Signal(object, str)
    sheet_read = Signal(object, bool)
    failed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        runner: TaskRunner,
        changes: ChangeBridge,
        kind: StationKind,
        owner: QWidget,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(owner)
        self._desk = desk
        self._runner = runner
        self._kind = kind
        self._head: SheetHead | None = None
        self._reading = False
        self._again = False
        self._busy = busy
        self._left_out = 0
        self._soon = Afterwards(self.read_lines, busy, self)
        self._start = changes.watch(owner, kind.tables, self.read_start)
        self._skus: set[UUID] = set()
        changes.watch(owner, SHEET_TABLES, self._soon.ask, concerns=self._concerns)
        changes.watch(owner, ("warehouses",), lambda: self.follow(self._head))

    def _concerns(self, changes: Changes) -> bool:
        """Tell whether the sheet shows any of these rows: an import brings thousands of other products."""
        if set(changes) & SHEET_TABLES != {"skus"}:
            return True
        return not self._skus.isdisjoint(changes["skus"])

    @property
    def behind(self) -> bool:
        """Whether the lines will be read again, or are being read."""
        return self._soon.waits or self._reading

    def follow(self, head: SheetHead | None) -> None:
        """Read this document from now on (None: the list to begin from)."""
        self._head = head
        if head is None:
            self.read_start()
            return
        self._runner.run(
            lambda: read_sheet(self._desk, head),
            lambda reading: self._take(reading, whole=True),
            failed=self.failed.emit,
            owner=self,
        )

    def read_start(self) -> None:
        """Read the list to begin from, unless a document hides it."""
        if self._head is None:
            self._runner.run(
                lambda: read_start(self._desk, self._kind),
                self._take_start,
                failed=self.failed.emit,
                owner=self,
            )

    def read_soon(self) -> None:
        """Read the open document's lines in a moment: a scan changed them."""
        if self._head is not None:
            self._soon.ask()

    def read_lines(self) -> None:
        """Read the open document's lines; while that is under way, once more after it."""
        head = self._head
        if head is None:
            return
        if self._reading:
            self._again = True
            return
        self._reading = True
        self._runner.run(
            lambda: read_lines(self._desk, head),
            lambda reading: self._take(reading, whole=False),
            failed=self._fail,
            owner=self,
        )

    def _take_start(self, reading: StartReading) -> None:
        if self._head is None:
            self.start_read.emit(reading.rows, reading.place)

    def _take(self, reading: SheetReading, *, whole: bool) -> None:
        if not whole and self._busy() and self._left_out < MOST_LEFT_OUT:
            self._left_out += 1
            self._again = False
            self._end()
            self._soon.ask()
            return
        self._left_out = 0
        if self._head is not None and reading.head.document_id == self._head.document_id:
            self._skus = {line.sku_id for line in reading.lines}
            writer = self._desk.runtime.writer
            writer.hold(SHOWN_WITHIN)
            self.sheet_read.emit(reading, whole)
            writer.release()
        if not whole:
            self._end()

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)
        self._end()

    def _end(self) -> None:
        again, self._reading, self._again = self._again, False, False
        if again:
            self.read_lines()
