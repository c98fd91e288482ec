"""How one scanner talks: timing, framing, layout and what it sends for the GS1 separator."""

import codecs
from dataclasses import dataclass
from enum import StrEnum

GS = "\x1d"
SEPARATORS = frozenset("\x1c\x1d\x1e\x1f")
"""FS, GS, RS and US (ISO/IEC 15434, GS1 General Specifications 7.8): only scanners type them."""


class Terminator(StrEnum):
    """What ends a scan."""

    ENTER = "enter"
    TAB = "tab"
    SUFFIX = "suffix"
    SILENCE = "silence"


class GsKey(StrEnum):
    """A key combination that a wedge types for the separator 0x1D; the character itself always counts."""

    CONTROL_BRACKET = "ctrl+]"
    F8 = "f8"
    ALT_CODE = "alt+029"


class Layout(StrEnum):
    """Which keyboard the scanner believes in: a US one (the makers' default) or the one of this computer."""

    US = "us"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """The habits of one scanner.

    Args:
        gap_ms: longest time from key to key inside an unframed scan, milliseconds.
        framed_gap_ms: the same inside a scan that a prefix announced.
        grace_ms: jitter allowed on top of a gap, and the wait after it before held keys are given back.
        min_length: characters that an unframed burst needs to be a scan.
        terminators: what ends a scan. SUFFIX ends it at once; otherwise a suffix is only cut off.
        prefix, suffix: what the scanner types around the code, "" for nothing.
        gs_keys: key combinations that mean 0x1D.
        gs_substitutes: texts that stand for 0x1D, longest first ("{GS}", "~").
        strip_aim: whether an AIM identifier is split off the text (it stays in `raw` and in `aim`).
        bounce_ms: the same code again within this time is announced as a possible bounce.
        layout: which layout its keys are read by.
        rollover: whether it presses the next key before it lets go of the last one (most never do, and
            two keys down at once then mean two scanners typing into each other).
        repeats_terminator: whether it sends its terminator twice.
        unframed: whether scans without the prefix are taken too (other scanners at the same desk).
        encoding: of a serial scanner's bytes.

    Raises:
        ValueError: a time or length is not positive, SUFFIX without a suffix, unknown encoding.
    """

    gap_ms: int = 35
    framed_gap_ms: int = 60
    grace_ms: int = 15
    min_length: int = 4
    terminators: frozenset[Terminator] = frozenset({Terminator.ENTER, Terminator.TAB, Terminator.SILENCE})
    prefix: str = ""
    suffix: str = ""
    gs_keys: frozenset[GsKey] = frozenset(GsKey)
    gs_substitutes: tuple[str, ...] = ()
    strip_aim: bool = True
    bounce_ms: int = 400
    layout: Layout = Layout.US
    rollover: bool = False
    repeats_terminator: bool = False
    unframed: bool = True
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        """Refuse habits that no scanner can have."""
        if min(self.gap_ms, self.framed_gap_ms, self.grace_ms, self.min_length) < 1 or self.bounce_ms < 0:
            raise ValueError("times and lengths of a scanner must be positive")
        if not self.terminators:
            raise ValueError("a scanner needs a terminator, be it silence")
        if Terminator.SUFFIX in self.terminators and not self.suffix:
            raise ValueError("a scan that ends with its suffix needs one")
        if not self.unframed and not self.prefix:
            raise ValueError("without a prefix every scan is unframed")
        if "" in self.gs_substitutes:
            raise ValueError("an empty text cannot stand for the separator")
        try:
            codecs.lookup(self.encoding)
        except LookupError as error:
            raise ValueError(f"unknown encoding {self.encoding!r}") from error

    @property
    def control_prefix(self) -> bool:
        """Whether the prefix is one that nobody types by hand (STX and the like)."""
        return bool(self.prefix) and not self.prefix.isprintable()
