"""What happened just before a run of keys, and the doubts that it throws on it."""

from dataclasses import dataclass
from enum import Enum

from merchant_desk.ui.scanner.run import RejectReason, Run, Stroke
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator

INPUT_METHOD_GUARD_MS = 100
"""A burst that begins so soon after an input method worked may lack its head."""
SAME_SCANNER_MS = 250
"""No wedge ends one scan by silence and the next by a key so soon after."""
BROKEN_GAPS = 3
"""A pause of so many gaps inside a burst is a stumble of the computer, not a person."""
LEAST_BEAT_MS = 2


class Trailing(Enum):
    """What a terminator right behind a scan is."""

    NONE = "none"
    SECOND = "second"
    """The other half of CR LF, or a terminator behind a suffix."""
    STRAY = "stray"
    """The same key again: a second wedge's terminator."""


@dataclass(frozen=True, slots=True)
class _End:
    """How the last scan ended; `stroke` is the key that ended it, None for silence."""

    stroke: Stroke | None
    by: Terminator
    arrived_ms: int
    beat_ms: int


class Past:
    """Remembers the last scan's end, the last fragment, and what an input method did."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings
        self._end: _End | None = None
        self._fragment: tuple[Stroke, int] | None = None
        self._orphan: Stroke | None = None
        self._disturbed_ms: int | None = None

    def scanned(self, run: Run, by: Terminator, stroke: Stroke | None, arrived_ms: int) -> None:
        """Remember the end of a scan."""
        beat = max(run.gaps, default=self._settings.gap_ms)
        self._end = _End(stroke, by, arrived_ms, max(beat, LEAST_BEAT_MS))
        self._fragment = None

    def given_back(self, run: Run) -> None:
        """Remember a run that was no scan: it may be the head of one."""
        if run.last is not None and run.chars:
            gaps = BROKEN_GAPS if run.mechanical() else 1
            self._fragment = (run.last, gaps * self._settings.gap_ms + self._settings.grace_ms)

    def orphan_released(self, stroke: Stroke) -> None:
        """Remember the release of a key whose press never came: an input method or a dead key took it."""
        self._orphan = stroke

    def disturbed(self, arrived_ms: int) -> None:
        """Remember that an input method worked."""
        self._disturbed_ms = arrived_ms

    def taint(self, stroke: Stroke, still_down: set[int]) -> RejectReason | None:
        """Return why a burst that begins with this press cannot be whole.

        `still_down` are the keys of earlier scans that were not released yet.
        """
        limit = self._settings.gap_ms + self._settings.grace_ms
        last = self._end.stroke if self._end else None
        if last is not None and last.code in still_down and stroke.since(last) <= limit:
            # A wedge lets go of its terminator before it types on: this is another keyboard.
            return None if self._settings.rollover else RejectReason.MIXED
        if self._orphan is not None and stroke.since(self._orphan) <= limit:
            return RejectReason.INPUT_METHOD
        worked = self._disturbed_ms
        if worked is not None and stroke.arrived_ms - worked <= INPUT_METHOD_GUARD_MS:
            return RejectReason.INPUT_METHOD
        if self._fragment is not None and stroke.since(self._fragment[0]) <= self._fragment[1]:
            return RejectReason.BROKEN
        return None

    def trailing(self, stroke: Stroke) -> Trailing:
        """Return what a terminator without data before it is."""
        end = self._end
        if end is None or end.stroke is None or not 0 <= stroke.since(end.stroke) <= end.beat_ms:
            return Trailing.NONE
        same = end.by is not Terminator.SUFFIX and end.stroke.code == stroke.code
        return Trailing.STRAY if same and not self._settings.repeats_terminator else Trailing.SECOND

    def doubts(self, run: Run) -> RejectReason | None:
        """Return why a run that a key ended belongs to the scan before it, which is doubtful then as well."""
        end = self._end
        if end is None or run.first is None or run.tail:
            return None
        if end.stroke is None:
            close = run.first.arrived_ms - end.arrived_ms <= SAME_SCANNER_MS
            return RejectReason.BROKEN if close else None
        close = not run.ready and run.first.since(end.stroke) <= end.beat_ms
        return RejectReason.MIXED if close else None


class PreeditWatch:
    """Notices a scan that goes into an input method: its text changes at the speed of a scanner.

    Args:
        gap_ms: longest time between two changes, milliseconds.
        least: changes that make it a scan.
    """

    def __init__(self, gap_ms: int, least: int) -> None:
        self._gap_ms = gap_ms
        self._least = least
        self._changes = 0
        self._text = ""
        self._at_ms = 0

    def note(self, preedit: str, commit: str, arrived_ms: int) -> str:
        """Take a change; return the text that was eaten, once, when it is clear that a scan was."""
        text = commit or preedit
        if not text or text == self._text:
            return ""
        self._changes = self._changes + 1 if arrived_ms - self._at_ms <= self._gap_ms else 1
        self._text, self._at_ms = text, arrived_ms
        return text if self._changes == self._least else ""
