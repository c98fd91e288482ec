"""The way of a look-up: from the window's thread to the desk's writer and back, in order."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future

from PySide6.QtCore import QObject, Signal

from merchant_desk.desk import Desk
from merchant_desk.stations.lookup import Found, LookUp
from merchant_desk.stations.scans import Scan, ScanResult
from merchant_desk.sync.writer import WriterClosedError
from merchant_desk.ui.relay import Relay
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.stations.latency import ScanLatency

Answer = Found | ScanResult


class LookUpControl(QObject):
    """Looks codes up. Signals: answered(Found | ScanResult, stamps); failed(Exception)."""

    answered = Signal(object, object)
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lookup = LookUp(desk.runtime, lambda: desk.person.id, desk.calendar)
        self.latency = ScanLatency()
        self.queue = 0
        self._relay = Relay.of_application()

    def take(self, captured: CapturedScan) -> None:
        """Look a captured scan up."""
        scan = Scan(captured.raw, captured.text, captured.aim, captured.source, captured.captured_at_us)
        self._submit(lambda: self._lookup.take(scan), captured.monotonic_ns)

    def look_up(self, text: str) -> None:
        """Look a text up, as if it had been scanned."""
        scan = Scan(text.encode(), text, None, "window", self._desk.runtime.clock())
        self._submit(lambda: self._lookup.take(scan), 0)

    def reject(self, refused: RejectedScan) -> None:
        """Take note of a burst that cannot be trusted."""
        scan = Scan(refused.raw, refused.text, None, refused.source, refused.captured_at_us)
        suspect = refused.suspect.text if refused.suspect else ""
        self._submit(lambda: self._lookup.refuse(scan, refused.reason.value, suspect), refused.monotonic_ns)

    def _submit(self, job: Callable[[], Answer], stamp: int) -> None:
        try:
            future = self._desk.runtime.writer.submit(job)
        except WriterClosedError:
            return
        self.queue += 1
        future.add_done_callback(lambda done: self._come_back(done, stamp))

    def _come_back(self, done: "Future[Answer]", stamp: int) -> None:
        """Runs on the writer's thread."""
        self._relay.post(self, self._deliver, done, stamp)

    def _deliver(self, done: "Future[Answer]", stamp: int) -> None:
        self.queue -= 1
        try:
            answer = done.result()
        except CancelledError:
            return
        except Exception as error:  # noqa: BLE001 - the border: the screen says it in words
            self.failed.emit(error)
        else:
            self.answered.emit(answer, (stamp,) if stamp else ())
