"""What happened just before a run of keys, and the doubts that it throws on it."""

from dataclasses import dataclass
from enum import Enum

from merchant_desk.ui.scanner.judgement import held_down, mechanical
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.run import Run
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.scanner.stroke import NS_PER_MS, Ending, Stroke

INPUT_METHOD_GUARD_MS = 300
"""A burst that begins so soon after an input method worked may lack its head."""
SAME_SCANNER_MS = 250
"""No wedge ends one scan by silence and the next by a key so soon after."""
BROKEN_GAPS = 3
"""So many gaps between a key and a burst are no person's pause: the computer stumbled inside a scan."""
HALTED_SCANNER_MS = 500
"""The same behind two and more keys that no finger can have pressed."""
LEAST_BEAT_MS = 2
ONE_KEY_NS = 500_000


class Trailing(Enum):
    """What a terminator right behind a scan is."""

    NONE = "none"
    SECOND = "second"
    """The other half of CR LF, or a terminator behind a suffix."""
    STRAY = "stray"
    """The same key again: a second wedge's terminator."""


@dataclass(frozen=True, slots=True)
class _LastScan:
    """How the last scan ended, its longest gap, and whether an input method may have taken keys of it."""

    end: Ending
    beat_ms: int
    wary: bool


class Past:
    """Remembers the last scan's end, the last fragment, and what an input method did."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings
        self._last: _LastScan | None = None
        self._fragment: tuple[Stroke, int] | None = None
        self._orphan: Stroke | None = None
        self._disturbed_ns: int | None = None

    def scanned(self, run: Run, end: Ending) -> None:
        """Remember a scan and its end."""
        beat = max(run.gaps, default=self._settings.gap_ms)
        self._last = _LastScan(end, max(beat, LEAST_BEAT_MS), run.wary)
        self._fragment = None

    def broke_off(self, run: Run) -> None:
        """Remember a run that nothing ended and that was no scan: it may be the head of one."""
        if run.last is None or not run.chars or held_down(run):
            return
        window = BROKEN_GAPS * self._settings.gap_ms + self._settings.grace_ms
        if len(run.chars) > 1 and mechanical(run):
            window = max(window, HALTED_SCANNER_MS)
        self._fragment = (run.last, window)

    def orphan_released(self, stroke: Stroke) -> None:
        """Remember the release of a key whose press never came: an input method or a dead key took it."""
        self._orphan = stroke

    def disturbed(self, arrived_ns: int) -> None:
        """Remember that an input method worked."""
        self._disturbed_ns = arrived_ns

    def taint(self, stroke: Stroke, still_down: set[int]) -> RejectReason | None:
        """Return why a burst that begins with this press cannot be whole.

        `still_down` are the keys of earlier scans that were not released yet.
        """
        limit = self._settings.gap_ms + self._settings.grace_ms
        last = self._last.end.stroke if self._last else None
        if last is not None and last.code in still_down and stroke.since(last) <= limit:
            # A wedge lets go of its terminator before it types on: this is another keyboard.
            return None if self._settings.rollover else RejectReason.MIXED
        if self._orphan is not None and stroke.since(self._orphan) <= limit:
            return RejectReason.INPUT_METHOD
        worked = self._disturbed_ns
        if worked is not None and stroke.arrived_ns - worked <= INPUT_METHOD_GUARD_MS * NS_PER_MS:
            return RejectReason.INPUT_METHOD
        if self._fragment is not None and stroke.since(self._fragment[0]) <= self._fragment[1]:
            return RejectReason.BROKEN
        return None

    def trailing(self, stroke: Stroke) -> Trailing:
        """Return what a terminator without data before it is."""
        last = self._last
        key = last.end.stroke if last else None
        if last is None or key is None or not 0 <= stroke.since(key) <= last.beat_ms:
            return Trailing.NONE
        same = last.end.by is not Terminator.SUFFIX and key.code == stroke.code
        return Trailing.STRAY if same and not self._settings.repeats_terminator else Trailing.SECOND

    def doubts(self, run: Run) -> RejectReason | None:
        """Return why a run that a key ended belongs to the scan before it, which is doubtful then as well."""
        last = self._last
        if last is None or run.first is None or run.tail:
            return None
        after_ms = (run.first.arrived_ns - last.end.arrived_ns) // NS_PER_MS
        if last.end.stroke is None:
            return RejectReason.BROKEN if after_ms <= SAME_SCANNER_MS else None
        if last.wary and run.taint is RejectReason.INPUT_METHOD and after_ms <= INPUT_METHOD_GUARD_MS:
            return RejectReason.INPUT_METHOD
        close = not run.ready and run.first.since(last.end.stroke) <= last.beat_ms
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
        self._at_ns = 0

    def note(self, preedit: str, commit: str, arrived_ns: int) -> str:
        """Take a change; return the text that was eaten, once, when it is clear that a scan was."""
        gap_ns = arrived_ns - self._at_ns
        if gap_ns < ONE_KEY_NS:
            return ""  # one key can change the text and commit it
        self._changes = self._changes + 1 if gap_ns <= self._gap_ms * NS_PER_MS else 1
        self._at_ns = arrived_ns
        return (commit or preedit) if self._changes == self._least else ""
