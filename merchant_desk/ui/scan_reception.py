"""What becomes of scans that no screen takes: while nobody is signed in, or while users are being switched.

None is swallowed: each is in the journal before anything is said of it, or what keeps it from there is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject

from merchant_desk.desk import Desk
from merchant_desk.domain.house_codes import command, person_badge
from merchant_desk.domain.sign_in import is_code
from merchant_desk.stations.gate import unreadable
from merchant_desk.stations.journal import Journal
from merchant_desk.stations.outcomes import outcome_of
from merchant_desk.stations.scans import Scan, ScanResult
from merchant_desk.stations.scans import Tone as ScanTone
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.desk_status import StatusNotices
from merchant_desk.ui.scanner.source import WEDGE, CapturedScan, RejectedScan
from merchant_desk.ui.screens.sign_in.sheet import SignInSheet
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.secret_field import masked, tellable
from merchant_desk.ui.window.window import DeskWindow


@runtime_checkable
class HoldsScans(Protocol):
    """What drives a station: it can journal a scan and hold it back until somebody decides."""

    def hold(self, captured: CapturedScan, told: Callable[[bool], None]) -> None:
        """Hold a scan back, and tell whether it was kept."""
        ...

    def tell_repeated(self, captured: CapturedScan, told: Callable[[bool], None]) -> None:
        """Tell, once it is known, whether a scan and the same code just before it were both recorded."""
        ...


@runtime_checkable
class Station(Protocol):
    """A screen that is driven by something."""

    @property
    def control(self) -> object:
        """What drives it."""
        ...


@dataclass(frozen=True, slots=True)
class Voices:
    """How the reception is heard: the sounds, the notices of the desk's state, and what tells a fault."""

    sounds: Sounds
    notices: StatusNotices
    tell_error: Callable[[Exception], None]


class ScanReception(QObject):
    """Takes the scans made over the sheet that signs people in, and bursts that nobody else tells."""

    def __init__(
        self, desk: Desk, runner: TaskRunner, window: DeskWindow, sheet: SignInSheet, voices: Voices
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._runner = runner
        self._window = window
        self._sheet = sheet
        self._voices = voices

    def take(self, scan: CapturedScan) -> None:
        """Take a scan made over the sheet: a PIN, goods for the station behind it, or nothing for anybody.

        While users are being switched the station in front keeps it with what it holds back, if it was not
        typed or is a code: a password is for nobody to read. A card is an order to whoever is there, and
        nobody is.
        """
        if self._sheet.take_typed(scan.text):
            return
        station = self._station()
        scanned = scan.source != WEDGE or is_code(scan.text)
        if station is not None and not self._sheet.waits and scanned and command(scan.text) is None:
            station.hold(scan, lambda kept: self._tell_held(scan, kept=kept))
            return
        text, words = tellable(scan.text), self._sheet.not_taken(scan.text)
        code = "nobody_signed_in" if self._sheet.waits else "not_applied"
        raw = scan.raw if text == scan.text else b""
        kept = Scan(raw, text, scan.aim, scan.source, scan.captured_at_us)
        result = ScanResult(0, ScanTone.REFUSED, code, text)
        self._file(kept, result, lambda: self._window.notices.tell(words, Tone.WARNING))

    def reject(self, burst: RejectedScan) -> None:
        """Say that a burst could not be trusted, where the screen in front does not.

        Over the sheet it may be a password, typed beside its field: only its length is kept, nothing shown.
        """
        shown, notices = self._sheet.isHidden(), self._voices.notices
        raw, text = (burst.raw, burst.text) if shown else (b"", masked(burst.text))
        scan = Scan(raw, text, None, burst.source, burst.captured_at_us)
        before = burst.suspect.text if burst.suspect is not None else ""
        result = unreadable(scan, burst.reason.value, before if shown else masked(before))
        self._file(scan, result, lambda: notices.tell_rejected(burst, shown=shown))

    def tell_bounce(self, scan: CapturedScan) -> None:
        """Say that a scan is perhaps the one before it again: it was taken all the same."""
        if self._sheet.isVisible() or person_badge(scan.text) is not None:
            return
        station, voices = self._station(), self._voices

        def tell(counts: bool) -> None:
            voices.sounds.play(Sound.ATTENTION)
            voices.notices.tell_bounce(scan, counts=counts)

        if station is None:
            tell(False)
        else:
            station.tell_repeated(scan, tell)

    def _tell_held(self, scan: CapturedScan, *, kept: bool) -> None:
        words = self._sheet.kept() if kept else self._sheet.not_taken(scan.text)
        self._window.notices.tell(words, Tone.WARNING)

    def _station(self) -> HoldsScans | None:
        """Return what drives the station in front, or None where there is none."""
        screen: object = self._window.built(self._window.current)
        control = screen.control if isinstance(screen, Station) else None
        return control if isinstance(control, HoldsScans) else None

    def _file(self, scan: Scan, result: ScanResult, tell: Callable[[], None]) -> None:
        """Journal what nothing was done with, under the screen that was in front, and then tell of it."""
        person, writer = self._desk.signed_in, self._desk.runtime.writer
        runtime = self._desk.runtime
        journal = Journal(runtime.profile.writer, self._window.current, runtime.new_id)
        who = person.id if person is not None else None

        def say() -> None:
            self._voices.sounds.play(Sound.REFUSED)
            tell()

        def fail(error: Exception) -> None:
            say()
            self._voices.tell_error(error)

        # In the order of the scans; the runner only waits for it.
        filed = writer.submit(lambda: journal.file(scan, None, who, outcome_of(result)))
        self._runner.run(filed.result, lambda _: say(), failed=fail, owner=self)
