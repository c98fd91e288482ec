"""Learns a wedge's habits from a few sample scans. Pure: strokes in, settings out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import takewhile

from merchant_desk.domain.symbologies import split_aim
from merchant_desk.ui.scanner.judgement import overlapping, rolled
from merchant_desk.ui.scanner.keymap import Role
from merchant_desk.ui.scanner.run import Run
from merchant_desk.ui.scanner.settings import GS, Layout, ScannerSettings, Terminator
from merchant_desk.ui.scanner.stroke import Stroke

PAUSE_MS = 200
"""So long a pause separates two samples."""
LEAST_SAMPLES = 3
SLOWEST_UNFRAMED_MS = 40
"""People type at 60 ms and more; a slower scanner must announce itself by a prefix."""
SLOWEST_FRAMED_MS = 90
LEAST_GAP_MS = 10
SHORTEST = 3
_SEPARATOR = "(.{0,8}?)"
_AIM_LENGTH = 3


class LearningFault(StrEnum):
    """Why nothing could be learned."""

    TOO_FEW = "too_few"
    """Fewer than three samples, or another number than codes on the sheet."""
    TOO_SLOW = "too_slow"
    """As slow as typing, and no prefix tells it apart."""
    INCONSISTENT = "inconsistent"
    """The samples begin or end differently."""
    STRANGE_KEYS = "strange_keys"
    """Keys among the characters that no scanner sends: somebody typed."""
    ANOTHER_SHEET = "another_sheet"
    """The codes are not those of the sheet, whichever layout they are read by."""
    SEPARATOR_LOST = "separator_lost"
    """The scanner sends nothing for the GS1 separator: it must be programmed first."""


class LearningError(ValueError):
    """The samples teach nothing."""

    def __init__(self, fault: LearningFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Sample:
    """The key events of one scan."""

    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sample says in one layout."""

    text: str
    ends: tuple[Terminator, ...]
    longest_gap_ms: int
    rolls: bool


@dataclass(frozen=True, slots=True)
class _Framing:
    """What stands around the codes of all samples."""

    prefix: str
    suffix: str
    substitutes: tuple[str, ...]
    shortest: int


def samples_of(strokes: Sequence[Stroke]) -> tuple[Sample, ...]:
    """Split recorded key events into samples at pauses of 200 ms between presses."""
    samples: list[list[Stroke]] = []
    last: Stroke | None = None
    for stroke in strokes:
        if stroke.press:
            if last is None or stroke.since(last) > PAUSE_MS:
                samples.append([])
            last = stroke
        if samples:
            samples[-1].append(stroke)
    return tuple(Sample(tuple(one)) for one in samples)


def learn(
    samples: Sequence[Sample], expected: Sequence[str] = (), known: ScannerSettings | None = None
) -> ScannerSettings:
    """Return the settings under which these samples are read as scans.

    Args:
        samples: at least three scans.
        expected: the codes that were scanned, in order, with 0x1D for separators and without AIM identifier;
            without them, layout and substitutes cannot be learned and stay as known.
        known: settings to start from.

    Raises:
        LearningError: the samples teach nothing; its fault says why.
    """
    known = known or ScannerSettings()
    if len(samples) < LEAST_SAMPLES or (expected and len(expected) != len(samples)):
        raise LearningError(LearningFault.TOO_FEW)
    layouts = list(Layout) if expected else [known.layout]
    for layout in layouts:
        readings = [_read(sample, replace(known, layout=layout)) for sample in samples]
        framing = _framing_of_codes(readings, expected) if expected else _framing_of_texts(readings)
        if framing is not None:
            return _settings(replace(known, layout=layout), readings, framing)
    raise LearningError(LearningFault.ANOTHER_SHEET)


def _read(sample: Sample, settings: ScannerSettings) -> _Reading:
    run = Run(settings)
    ends: list[Terminator] = []
    for stroke in sample.strokes:
        text = stroke.meaning.text(settings.layout)
        role = stroke.meaning.role
        if not stroke.press:
            if run.owns(stroke.code):
                run.release(stroke)
        elif role in {Role.ENTER, Role.TAB} or (role is Role.CONTROL and text in "\r\n"):
            ends.append(Terminator.TAB if role is Role.TAB else Terminator.ENTER)
        elif role is Role.OTHER or (ends and role is not Role.MODIFIER):
            raise LearningError(LearningFault.STRANGE_KEYS)
        else:
            run.press(stroke, text)
    return _Reading(run.text, tuple(ends), max(run.gaps, default=0), rolled(run) or overlapping(run))


def _framing_of_codes(readings: Sequence[_Reading], expected: Sequence[str]) -> _Framing | None:
    """Find each code in its sample; None if one is not there."""
    around: set[tuple[str, str]] = set()
    substitutes: set[str] = set()
    for reading, code in zip(readings, expected, strict=True):
        pattern = _SEPARATOR.join(re.escape(part) for part in code.split(GS))
        found = re.search(pattern, reading.text, re.DOTALL)
        if found is None:
            return None
        substitutes.update(found.groups())
        around.add((_without_aim(reading.text[: found.start()]), reading.text[found.end() :]))
    if len(around) != 1 or len(substitutes) > 1:
        raise LearningError(LearningFault.INCONSISTENT)
    if "" in substitutes:
        raise LearningError(LearningFault.SEPARATOR_LOST)
    prefix, suffix = around.pop()
    return _Framing(prefix, suffix, tuple(substitutes - {GS}), min(len(code) for code in expected))


def _framing_of_texts(readings: Sequence[_Reading]) -> _Framing:
    """Take what all samples begin and end with, as far as no code does so by itself."""
    texts = [reading.text for reading in readings]
    head = _shared_head(texts)
    # A "]" behind the prefix begins an AIM identifier.
    begin = "".join(takewhile(lambda mark: not mark.isalnum(), head)).removesuffix("]")
    tail = _shared_head([text[::-1] for text in texts])
    end = "".join(takewhile(lambda mark: mark < " ", tail))[::-1]
    return _Framing(begin, end, (), min(len(text) for text in texts) - len(begin) - len(end))


def _shared_head(texts: Sequence[str]) -> str:
    """Return the characters that all texts begin with."""
    columns = takewhile(lambda column: len(set(column)) == 1, zip(*texts, strict=False))
    return "".join(column[0] for column in columns)


def _without_aim(head: str) -> str:
    """Return what stands before a code without the AIM identifier at its end."""
    aim, rest = split_aim(head[-_AIM_LENGTH:])
    return head[:-_AIM_LENGTH] if aim and not rest else head


def _settings(known: ScannerSettings, readings: Sequence[_Reading], framing: _Framing) -> ScannerSettings:
    ends = {reading.ends for reading in readings}
    if len(ends) != 1:
        raise LearningError(LearningFault.INCONSISTENT)
    keys = ends.pop()
    longest = max(reading.longest_gap_ms for reading in readings)
    if longest > (SLOWEST_FRAMED_MS if framing.prefix else SLOWEST_UNFRAMED_MS):
        raise LearningError(LearningFault.TOO_SLOW)
    # A quarter more for a busy day, and never so little that jitter breaks a scan.
    gap = max(longest + longest // 4, LEAST_GAP_MS)
    terminators = frozenset(keys) or frozenset({Terminator.SUFFIX if framing.suffix else Terminator.SILENCE})
    return replace(
        known,
        gap_ms=min(gap, SLOWEST_UNFRAMED_MS) if not framing.prefix else known.gap_ms,
        framed_gap_ms=max(gap, LEAST_GAP_MS) if framing.prefix else known.framed_gap_ms,
        min_length=min(max(framing.shortest, SHORTEST), known.min_length),
        terminators=terminators,
        prefix=framing.prefix,
        suffix=framing.suffix,
        gs_substitutes=framing.substitutes or known.gs_substitutes,
        rollover=all(reading.rolls for reading in readings),
        repeats_terminator=len(keys) > len(terminators),
    )
