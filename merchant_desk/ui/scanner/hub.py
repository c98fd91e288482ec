"""The hub: every scanner of the desk in one ordered stream of scans."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from merchant_desk.ui.scanner.frame import Captured, Refused
from merchant_desk.ui.scanner.learn import Sample, samples_of
from merchant_desk.ui.scanner.lines import Line
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.serial_port import SerialScanner, SerialSettings
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.scanner.source import (
    BOUNCE,
    NOT_IN_ENCODING,
    WEDGE,
    CapturedScan,
    RejectedScan,
    ScanQueue,
    body,
)
from merchant_desk.ui.scanner.wedge_filter import WedgeFilter

_NS_PER_MS = 1_000_000


def wall_clock_us() -> int:
    """Return the wall clock in microseconds UTC."""
    return time.time_ns() // 1000


class ScannerHub(QObject):
    """Gathers the scans of all keyboard wedges and serial scanners, in the order of their ends.

    Signals (the objects are records of `source`):
        scanned(CapturedScan): a scan. Delivered inside the event of its terminator; a slot must not block.
        rejected(RejectedScan): a burst that cannot be trusted; to be said aloud and journaled.
        bounce_suspected(CapturedScan): after `scanned`, the same code from the same source within bounce_ms.
        source_lost(source, reason), source_found(source): a serial scanner went away, or is back.
        queued(int): how many scans wait while delivery is suspended.
        changed(): other settings, or another set of serial scanners, are in force; not told while closing.
        incoming(): keys that may be a scan have begun to come in: a hint, what they are is not known yet.

    Args:
        app: the application; its keys are watched from now until `close`.
        settings: of the keyboard wedges.
        clock_us: wall clock, microseconds UTC.
        monotonic_ns: monotonic clock, nanoseconds.
    """

    scanned = Signal(object)
    rejected = Signal(object)
    bounce_suspected = Signal(object)
    source_lost = Signal(str, str)
    source_found = Signal(str)
    queued = Signal(int)
    changed = Signal()
    incoming = Signal()

    def __init__(
        self,
        app: QApplication,
        settings: ScannerSettings | None = None,
        clock_us: Callable[[], int] = wall_clock_us,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings or ScannerSettings()
        self._clock_us = clock_us
        self._monotonic_ns = monotonic_ns
        self._queue = ScanQueue()
        self._suspended = False
        self._last: dict[str, CapturedScan] = {}
        self._serial: dict[str, SerialScanner] = {}
        self._filter = WedgeFilter(app, self._settings, monotonic_ns, self)
        self._filter.captured.connect(self._on_captured)
        self._filter.refused.connect(self._on_refused)
        self._filter.began.connect(self.incoming)
        self._closed = False
        app.aboutToQuit.connect(self.close)

    @property
    def settings(self) -> ScannerSettings:
        """How the keyboard wedges are read."""
        return self._settings

    @property
    def queue(self) -> ScanQueue:
        """What was captured and not delivered yet."""
        return self._queue

    @property
    def holding(self) -> bool:
        """Whether keys are held back until it is clear what they are: a tenth of a second at most."""
        return self._filter.holding

    def use(self, settings: ScannerSettings) -> None:
        """Read keyboard wedges by other settings from now on."""
        self._settings = settings
        self._filter.use(settings)
        self.changed.emit()

    def close(self) -> None:
        """Stop reading. Held keys go back to their widget, unfinished serial scans are refused."""
        if self._closed:
            return
        self._closed = True
        self._filter.close()
        for source in list(self._serial):
            self.detach(source)

    # ------------------------------------------------------------------ serial scanners

    def attach(self, where: SerialSettings, settings: ScannerSettings | None = None) -> SerialScanner:
        """Read a serial scanner too; if it is not there, it is waited for.

        Raises:
            ValueError: its port is read already.
        """
        if where.port in self._serial:
            raise ValueError(f"{where.port} is read already")
        scanner = SerialScanner(where, settings or self._settings, self._monotonic_ns, self)
        scanner.line.connect(lambda line, at_ns: self._on_line(scanner, line, at_ns))
        scanner.lost.connect(lambda why: self.source_lost.emit(scanner.source, why))
        scanner.found.connect(lambda: self.source_found.emit(scanner.source))
        self._serial[where.port] = scanner
        scanner.open()
        self.changed.emit()
        return scanner

    def detach(self, source: str) -> None:
        """Read a serial scanner no longer.

        Raises:
            KeyError: no such source.
        """
        scanner = self._serial.pop(source)
        scanner.close()
        scanner.deleteLater()
        if not self._closed:
            self.changed.emit()

    def serial(self) -> tuple[SerialSettings, ...]:
        """Return where the serial scanners are."""
        return tuple(scanner.where for scanner in self._serial.values())

    def sources(self) -> dict[str, bool]:
        """Return every source with whether it is connected."""
        return {WEDGE: True} | {name: scanner.connected for name, scanner in self._serial.items()}

    # ------------------------------------------------------------------ learning

    def begin_learning(self) -> None:
        """Keep what wedges type as samples instead of reading it."""
        self._filter.record()

    def finish_learning(self) -> tuple[Sample, ...]:
        """Return the bursts since `begin_learning` and read again."""
        return samples_of(self._filter.recorded())

    # ------------------------------------------------------------------ delivery

    def suspend_delivery(self) -> None:
        """Let scans wait in the queue; capturing goes on."""
        self._suspended = True

    def resume_delivery(self) -> None:
        """Deliver what waits, in order, and go on delivering at once."""
        self._suspended = False
        self._deliver()

    def _put(self, item: CapturedScan | RejectedScan) -> None:
        self._queue.put(item)
        if self._suspended:
            self.queued.emit(len(self._queue))
        else:
            self._deliver()

    def _deliver(self) -> None:
        waited = len(self._queue) > 1
        while len(self._queue) and not self._suspended:
            item = self._queue.take()
            if isinstance(item, RejectedScan):
                self.rejected.emit(item)
                continue
            self.scanned.emit(item)
            if BOUNCE in item.complaints:
                self.bounce_suspected.emit(item)
        if waited:
            self.queued.emit(len(self._queue))

    # ------------------------------------------------------------------ records

    def _on_captured(self, frame: Captured) -> None:
        raw = frame.text.encode()
        self._record(WEDGE, raw, frame.text, self._settings, frame.arrived_ns, end=frame.end)

    def _on_refused(self, frame: Refused) -> None:
        suspect = self._last.get(WEDGE) if frame.suspect else None
        raw, at_ns = frame.text.encode(), frame.arrived_ns
        self._put(RejectedScan(raw, frame.text, frame.reason, WEDGE, self._clock_us(), at_ns, suspect))

    def _on_line(self, scanner: SerialScanner, line: Line, at_ns: int) -> None:
        text, odd = decoded(line.raw, scanner.settings.encoding)
        if line.reason is not None:
            self._refuse(scanner.source, line.raw, text, line.reason, at_ns)
            return
        self._record(scanner.source, line.raw, text, scanner.settings, at_ns, odd)

    def _refuse(self, source: str, raw: bytes, text: str, reason: RejectReason, at_ns: int) -> None:
        self._put(RejectedScan(raw, text, reason, source, self._clock_us(), at_ns))

    def _record(
        self,
        source: str,
        raw: bytes,
        text: str,
        settings: ScannerSettings,
        at_ns: int,
        odd: tuple[str, ...] = (),
        end: Terminator | None = None,
    ) -> None:
        content = body(text, settings)
        scan = CapturedScan(
            raw=raw,
            text=content.text,
            aim=content.aim,
            source=source,
            captured_at_us=self._clock_us(),
            monotonic_ns=at_ns,
            complaints=odd + content.complaints,
            end=end,
        )
        last = self._last.get(source)
        if last and last.raw == raw and at_ns - last.monotonic_ns < settings.bounce_ms * _NS_PER_MS:
            scan = replace(scan, complaints=(*scan.complaints, BOUNCE))
        self._last[source] = scan
        self._put(scan)


def decoded(raw: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    """Return bytes as text; what is no text in the encoding is read as Latin-1, with a complaint."""
    try:
        return raw.decode(encoding), ()
    except UnicodeDecodeError:
        return raw.decode("latin-1"), (NOT_IN_ENCODING,)
