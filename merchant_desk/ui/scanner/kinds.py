"""What a key press is to the run that it meets: data, neutral, an end, or no business of a scanner."""

from enum import Enum

from merchant_desk.ui.scanner.keymap import Role
from merchant_desk.ui.scanner.run import Run
from merchant_desk.ui.scanner.settings import GS, SEPARATORS, ScannerSettings, Terminator
from merchant_desk.ui.scanner.stroke import Stroke

GENUINE_REPEAT_MS = 150
"""Auto-repeat begins later than this; what Qt calls one earlier is a doubled character of a code."""
LEAST_REPEAT_MS = 10
"""No keyboard repeats faster."""
END_OF_TRANSMISSION = "\x04"
"""Ends an ISO/IEC 15434 message, "[)>" RS "06" ... RS EOT."""


class Kind(Enum):
    """What a press is to a run."""

    DATA = "data"
    NEUTRAL = "neutral"
    END = "end"
    FOREIGN = "foreign"


def kind_of(stroke: Stroke, run: Run | None, settings: ScannerSettings, *, trails: bool) -> tuple[Kind, str]:
    """Return the kind of a press and the text that it types into the run.

    `trails` tells that it comes within a beat of the end of a scan, where line feeds belong to that end.
    """
    meaning = stroke.meaning
    if _stays_down(stroke, run):
        return Kind.FOREIGN, ""
    text = meaning.text(settings.layout)
    match meaning.role:
        case Role.MODIFIER:
            return Kind.NEUTRAL, ""
        case Role.ALT_DIGIT:
            return Kind.NEUTRAL, text
        case Role.CHARACTER:
            return (Kind.DATA if text else Kind.FOREIGN), text
        case Role.ENTER | Role.TAB:
            return (Kind.END if terminator(stroke) in settings.terminators else Kind.FOREIGN), ""
        case Role.CONTROL if text == GS:
            taken = meaning.gs is None or meaning.gs in settings.gs_keys
            return (Kind.DATA if taken else Kind.FOREIGN), text
        case Role.CONTROL if text in "\r\n":
            ends = Terminator.ENTER in settings.terminators and (trails or (run is not None and run.ready))
            return (Kind.END if ends else Kind.FOREIGN), ""
        case Role.CONTROL:
            known = text in SEPARATORS or text in settings.prefix or text in settings.suffix
            inside = run is not None and (run.framed or (run.ready and text == END_OF_TRANSMISSION))
            return (Kind.DATA if known or inside else Kind.FOREIGN), text
    return Kind.FOREIGN, ""


def terminator(stroke: Stroke) -> Terminator:
    """Return the terminator that an ending key is."""
    return Terminator.TAB if stroke.meaning.role is Role.TAB else Terminator.ENTER


def _stays_down(stroke: Stroke, run: Run | None) -> bool:
    """Whether a press is the auto-repeat of a finger that stays down.

    Qt's flag is not enough on X11: it marks a quick doubled character of a code as one, and misses repeats
    whose release and press reach it one by one. An X server stamps those two alike.
    """
    press = run.pressed_before(stroke.code) if run else None
    if stroke.repeat:
        return press is None or stroke.since(press) >= GENUINE_REPEAT_MS
    if run is None or press is None or stroke.since(press) < LEAST_REPEAT_MS:
        return False
    release = run.released_last(stroke.code)
    return release is not None and stroke.since(release) == 0
