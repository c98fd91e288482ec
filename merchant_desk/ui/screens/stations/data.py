"""Keeps a station's list and open document up to date: read off the window's thread, on Changes."""

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.desk import Desk
from merchant_desk.stations.scans import SheetHead
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.changes import ChangeBridge
from merchant_desk.ui.screens.stations.kind import StartRow, StationKind
from merchant_desk.ui.screens.stations.reading import (
    SHEET_TABLES,
    SheetReading,
    read_lines,
    read_sheet,
    read_start,
)

PAUSE_MS = 40
"""The lines are read again so long after a change, and at most so often: the panel, which the hands wait
for, comes first, and several times while a hand moves to the next carton is enough."""


class StationData(QObject):
    """Reads for one station.

    Signals: start_read(list[StartRow]); sheet_read(SheetReading, whole): whole with the history;
    failed(Exception).
    """

    start_read = Signal(object)
    sheet_read = Signal(object, bool)
    failed = Signal(object)

    def __init__(
        self, desk: Desk, runner: TaskRunner, changes: ChangeBridge, kind: StationKind, owner: QWidget
    ) -> None:
        super().__init__(owner)
        self._desk = desk
        self._runner = runner
        self._kind = kind
        self._head: SheetHead | None = None
        self._reading = False
        self._again = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE_MS)
        self._soon.timeout.connect(self.read_lines)
        self._start = changes.watch(owner, kind.tables, self.read_start)
        changes.watch(owner, SHEET_TABLES, self._read_soon, PAUSE_MS)

    @property
    def behind(self) -> bool:
        """Whether the lines will be read again, or are being read."""
        return self._soon.isActive() or self._reading

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

    def _read_soon(self) -> None:
        if self._head is not None and not self._soon.isActive():
            self._soon.start()

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

    def _take_start(self, rows: list[StartRow]) -> None:
        if self._head is None:
            self.start_read.emit(rows)

    def _take(self, reading: SheetReading, *, whole: bool) -> None:
        if self._head is not None and reading.head.document_id == self._head.document_id:
            self.sheet_read.emit(reading, whole)
        if not whole:
            self._end()

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)
        self._end()

    def _end(self) -> None:
        again, self._reading, self._again = self._again, False, False
        if again:
            self.read_lines()
