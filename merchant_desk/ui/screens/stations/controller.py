"""The way of a scan: from the window's thread to the desk's writer and back, in order, never blocking."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from merchant_desk.desk import Desk
from merchant_desk.stations.scans import Scan, Situation, Step
from merchant_desk.stations.session import StationSession
from merchant_desk.sync.writer import WriterClosedError
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.stations.latency import ScanLatency

Job = Callable[[], Step]


class StationController(QObject):
    """Drives one station. Each call queues one job on the desk's writer and returns at once.

    Signals, all on the window's thread and in the order of the calls:
        stepped(Step, stamps): what a job led to; stamps are monotonic nanoseconds of the scans in it.
        failed(Exception): a job broke (full disk...); what it was about is in the journal or was not saved.
        queue_changed(int): how many jobs are on their way.
        badge_scanned(str): somebody's badge was read; open documents stay as they are.
    """

    stepped = Signal(object, object)
    failed = Signal(object)
    queue_changed = Signal(int)
    badge_scanned = Signal(str)
    _arrived = Signal(object, object)

    def __init__(self, desk: Desk, station: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.session = StationSession(desk.runtime, station, lambda: desk.person.id, desk.calendar)
        self.latency = ScanLatency()
        self.situation = Situation()
        self._queue = 0
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def queue(self) -> int:
        """How many scans and answers are on their way."""
        return self._queue

    # -- scans -----------------------------------------------------------------------------------

    def take(self, captured: CapturedScan) -> None:
        """Take a captured scan."""
        scan = Scan(captured.raw, captured.text, captured.aim, captured.source, captured.captured_at_us)
        self.submit(lambda: self.session.take(scan), captured.monotonic_ns)

    def reject(self, refused: RejectedScan) -> None:
        """Take note of a burst that cannot be trusted."""
        scan = Scan(refused.raw, refused.text, None, refused.source, refused.captured_at_us)
        suspect = refused.suspect.text if refused.suspect else ""
        self.submit(lambda: self.session.reject(scan, refused.reason.value, suspect), refused.monotonic_ns)

    def hold(self, captured: CapturedScan) -> None:
        """Journal a captured scan and hold it back until a person has said what becomes of it."""
        scan = Scan(captured.raw, captured.text, captured.aim, captured.source, captured.captured_at_us)

        def job() -> Step:
            self.session.pause()
            try:
                taken = self.session.take(scan)
            finally:
                # Lists it, and lets the station go on: it is stopped by what it holds.
                after = self.session.recover()
            return replace(after, results=taken.results)

        self.submit(job, captured.monotonic_ns)

    # -- answers and commands --------------------------------------------------------------------

    def answer(self, *, accept: bool, of: int) -> None:
        """Answer what scan `of` asked or was refused for."""
        self.submit(lambda: self.session.acknowledge(accept=accept, of=of))

    def choose(self, index: int) -> None:
        """Say which of several products it was."""
        self.submit(lambda: self.session.choose(index))

    def give_lot(self, lot: str, expiry: int | None, serial: str) -> None:
        """Say lot, expiry (yyyymmdd) and serial number."""
        self.submit(lambda: self.session.give_lot(lot, expiry, serial))

    def settle_held(self, *, apply: bool) -> None:
        """Apply the scans that were held back, in order, or discard them."""
        session = self.session
        self.submit(session.apply_held if apply else session.discard_held)

    def set_quantity(self, quantity: int, *, last: bool) -> None:
        """Say how many units (10^-6) the last or the next scan stands for; ends a pause."""
        session = self.session
        job = session.correct_last if last else session.set_quantity
        self.submit(lambda: job(quantity))

    def finish(self, gone: Sequence[UUID] = ()) -> None:
        """End the open document; `gone` are stock keys that the counter says are not there."""
        self.submit(lambda: self.session.finish(gone))

    def open(self, kind: str, id: UUID) -> None:
        """Open a document, or begin one for an order or a location."""
        self.submit(lambda: self.session.open(kind, id))

    def submit(self, job: Job, stamp: int = 0) -> None:
        """Queue a job of the session; `stamp` is when its scan ended, monotonic nanoseconds."""
        try:
            future = self._desk.runtime.writer.submit(job)
        except WriterClosedError:
            return
        self._queue += 1
        self.queue_changed.emit(self._queue)
        future.add_done_callback(lambda done: self._come_back(done, stamp))

    def _come_back(self, done: "Future[Step]", stamp: int) -> None:
        """Runs on the writer's thread."""
        if isValid(self):
            self._arrived.emit(done, stamp)

    def _deliver(self, done: "Future[Step]", stamp: int) -> None:
        self._queue -= 1
        try:
            step = done.result()
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - the border: the screen says it in words
            self.failed.emit(error)
        else:
            self.situation = step.situation
            self.stepped.emit(step, (stamp,) if stamp else ())
            for result in step.results:
                if result.code == "badge_scanned":
                    self.badge_scanned.emit(str(result.facts["badge"]))
        self.queue_changed.emit(self._queue)
