"""The way of a scan: from the window's thread to the desk's writer and back, in order, never blocking."""

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from merchant_desk.desk import Desk
from merchant_desk.stations.scans import Scan, Situation, Step
from merchant_desk.stations.session import StationSession
from merchant_desk.sync.writer import WriterClosedError
from merchant_desk.ui.relay import Relay
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.stations.latency import ScanLatency
from merchant_desk.ui.screens.stations.repeats import Repeats, Told

Job = Callable[[], Step]
SHOWN_WITHIN = 0.1
"""Seconds that work of others gives way at most while what came of a scan is drawn: it takes 10 to 30 ms."""

Heard = Callable[[Step | None], None]
"""Called on the window's thread with what a job led to, after `stepped`; None if it broke."""


class StationController(QObject):
    """Drives one station. Each call queues one job on the desk's writer and returns at once.

    Signals, all on the window's thread and in the order of the calls:
        stepped(Step, stamps): what a job led to; stamps are monotonic nanoseconds of the scans in it.
        failed(Exception): a job broke (full disk...); what it was about is in the journal or was not saved.
        queue_changed(int): how many jobs are on their way.
    """

    stepped = Signal(object, object)
    failed = Signal(object)
    queue_changed = Signal(int)

    def __init__(self, desk: Desk, station: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.session = StationSession(desk.runtime, station, lambda: desk.person.id, desk.calendar)
        self.latency = ScanLatency()
        self.situation = Situation()
        self._queue = 0
        self._broke: list[Scan] = []
        self._repeats = Repeats()
        self._relay = Relay.of_application()

    @property
    def queue(self) -> int:
        """How many scans and answers are on their way."""
        return self._queue

    # -- scans -----------------------------------------------------------------------------------

    def take(self, captured: CapturedScan) -> None:
        """Take a captured scan."""
        scan = _scan(captured)

        def heard(step: Step | None) -> None:
            self._note_broken(scan, step)
            self._repeats.hear(captured, step)

        self.submit(lambda: self.session.take(scan), captured.monotonic_ns, heard)

    def reject(self, refused: RejectedScan) -> None:
        """Take note of a burst that cannot be trusted."""
        scan = Scan(refused.raw, refused.text, None, refused.source, refused.captured_at_us)
        suspect = refused.suspect.text if refused.suspect else ""
        self.submit(lambda: self.session.reject(scan, refused.reason.value, suspect), refused.monotonic_ns)

    def hold(self, captured: CapturedScan, told: Told) -> None:
        """Journal a captured scan and hold it back until a person has said what becomes of it.

        `told(kept)` follows: whether it is in the journal.
        """
        scan = _scan(captured)

        def heard(step: Step | None) -> None:
            self._note_broken(scan, step)
            told(step is not None)

        self.submit(lambda: self.session.hold(scan), captured.monotonic_ns, heard)

    def tell_repeated(self, captured: CapturedScan, told: Told) -> None:
        """Have `told(both)` called once it is known what became of the scan that was taken last.

        `both`: it and the same code just before it were recorded, each as goods that came by it.
        """
        self._repeats.ask(captured, told)

    def recover(self) -> None:
        """Go on after a job broke, which was seen; scans that it lost are told."""
        broke, self._broke = tuple(self._broke), []

        def heard(step: Step | None) -> None:
            if step is None:
                self._broke[:0] = broke

        self.submit(lambda: self.session.recover(broke), heard=heard)

    def _note_broken(self, scan: Scan, step: Step | None) -> None:
        if step is None:
            self._broke.append(scan)

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

    def set_quantity(self, quantity: int, of: int | None) -> None:
        """Say how many units (10^-6) scan `of` stood for, or (None) the next one stands for; ends a pause."""
        session = self.session
        self.submit(
            lambda: session.set_quantity(quantity) if of is None else session.correct_last(quantity, of)
        )

    def finish(self, gone: Sequence[UUID] = (), of: UUID | None = None) -> None:
        """End the open document, if it is `of`; `gone` are stock keys that the counter says are not there."""
        self.submit(lambda: self.session.finish(gone, of))

    def open(self, kind: str, id: UUID) -> None:
        """Open a document, or begin one for an order or a location."""
        self.submit(lambda: self.session.open(kind, id))

    def submit(self, job: Job, stamp: int = 0, heard: Heard = lambda step: None) -> None:
        """Queue a job of the session; `stamp` is when its scan ended, monotonic nanoseconds."""
        writer = self._desk.runtime.writer
        try:
            future = writer.submit(job)
        except WriterClosedError:
            return
        if stamp:
            writer.hold(SHOWN_WITHIN)
        self._queue += 1
        self.queue_changed.emit(self._queue)
        future.add_done_callback(lambda done: self._come_back(done, stamp, heard))

    def release(self) -> None:
        """Let work of others go on: what came of the scan is painted."""
        if not self._queue:
            self._desk.runtime.writer.release()

    def _come_back(self, done: "Future[Step]", stamp: int, heard: Heard) -> None:
        """Runs on the writer's thread."""
        self._relay.post(self, self._deliver, done, stamp, heard)

    def _deliver(self, done: "Future[Step]", stamp: int, heard: Heard) -> None:
        self._queue -= 1
        try:
            step = done.result()
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - the border: the screen says it in words
            self.failed.emit(error)
            heard(None)
        else:
            self.situation = step.situation
            self.stepped.emit(step, (stamp,) if stamp else ())
            heard(step)
        self.queue_changed.emit(self._queue)


def _scan(captured: CapturedScan) -> Scan:
    return Scan(captured.raw, captured.text, captured.aim, captured.source, captured.captured_at_us)
