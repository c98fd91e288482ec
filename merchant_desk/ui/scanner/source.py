"""What a source delivers: scans and refused bursts as records, and the queue that every source feeds."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from merchant_desk.domain.symbologies import split_aim
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import GS, ScannerSettings, Terminator

WEDGE = "wedge"
"""The one source of all keyboard wedges: the window system does not tell keyboards apart."""
BOUNCE = "bounce"
SUFFIX_MISSING = "suffix_missing"
PREFIX_MISSING = "prefix_missing"
NOT_IN_ENCODING = "not_in_encoding"


@dataclass(frozen=True, slots=True)
class CapturedScan:
    """One scan as it came.

    Attributes:
        raw: every byte of the frame, prefix and suffix included, the terminator not; what a wedge typed is
            UTF-8, with 0x1D for the keys that stand for it.
        text: what was scanned: without prefix, suffix and (if so set) AIM identifier; substitutes are GS.
        aim: the AIM identifier ("]C1"), None if none was sent.
        source: "wedge", or the port of a serial scanner.
        captured_at_us: wall clock, microseconds UTC.
        monotonic_ns: when the terminator, or the end of the silence, arrived here (time.monotonic_ns).
        complaints: what is odd about it: "bounce", "prefix_missing", "suffix_missing", "not_in_encoding".
        end: what ended what a wedge typed; None for a line of a serial scanner.
    """

    raw: bytes
    text: str
    aim: str | None
    source: str
    captured_at_us: int
    monotonic_ns: int
    complaints: tuple[str, ...] = ()
    end: Terminator | None = None


@dataclass(frozen=True, slots=True)
class RejectedScan:
    """A burst that looked like a scan and cannot be trusted: said aloud and journaled raw, never applied.

    `suspect` is the scan before it where that one is doubtful too (it may hold pieces of two codes).
    """

    raw: bytes
    text: str
    reason: RejectReason
    source: str
    captured_at_us: int
    monotonic_ns: int
    suspect: CapturedScan | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The content of a frame, and what is odd about it."""

    text: str
    aim: str | None
    complaints: tuple[str, ...]


def body(text: str, settings: ScannerSettings) -> Body:
    """Return what a frame holds: prefix, suffix and AIM identifier off, substitutes turned into GS."""
    complaints = []
    if settings.prefix:
        if not text.startswith(settings.prefix):
            complaints.append(PREFIX_MISSING)
        text = text.removeprefix(settings.prefix)
    if settings.suffix:
        if not text.endswith(settings.suffix):
            complaints.append(SUFFIX_MISSING)
        text = text.removesuffix(settings.suffix)
    for substitute in settings.gs_substitutes:
        text = text.replace(substitute, GS)
    aim, rest = split_aim(text)
    return Body(rest if settings.strip_aim else text, aim, tuple(complaints))


class ScanQueue:
    """Scans that were captured and not handed on yet, oldest first.

    It is empty as long as the screen keeps up; while delivery is suspended it shows what waits.
    """

    def __init__(self) -> None:
        self._waiting: deque[CapturedScan | RejectedScan] = deque()

    def put(self, item: CapturedScan | RejectedScan) -> None:
        """Add the newest."""
        self._waiting.append(item)

    def take(self) -> CapturedScan | RejectedScan:
        """Return and remove the oldest.

        Raises:
            IndexError: nothing waits.
        """
        return self._waiting.popleft()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[CapturedScan | RejectedScan]:
        return iter(tuple(self._waiting))
