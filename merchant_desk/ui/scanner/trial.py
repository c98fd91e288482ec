"""A scanner on trial: codes that show what goes wrong with scanners, and what was wrong. Pure, no Qt."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from merchant_desk.documents.symbols import Matrix, Symbol, code128, ean13, gs1_128, gs1_datamatrix
from merchant_desk.domain.gs1_linters import cset82
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import GS, ScannerSettings, Terminator

_SUBSTITUTE = "(.{1,8}?)"


class TrialCode(StrEnum):
    """The codes, in the order in which they are scanned."""

    EAN = "ean"
    """Digits alone, as most goods have."""
    MIXED = "mixed"
    """Upper and lower case, letters and marks that other keyboards have elsewhere."""
    GS1 = "gs1"
    """Elements of variable length with a separator between them, as medicines and meat have."""
    MATRIX = "matrix"
    """GTIN, expiry and lot in a square, as medicines have; only scanners with a camera read it."""

    @property
    def text(self) -> str:
        """What it says; 0x1D for separators."""
        return _TEXTS[self]

    @property
    def symbol(self) -> Symbol | Matrix:
        """How it is printed."""
        return _SYMBOLS[self](self.text)

    @property
    def needed(self) -> bool:
        """Whether a scanner must read it to pass."""
        return self is not TrialCode.MATRIX


_TEXTS = {
    TrialCode.EAN: "6901234567892",
    TrialCode.MIXED: "Qwerty-Az/m_7+y",
    TrialCode.GS1: f"10aB7{GS}21x-9",
    TrialCode.MATRIX: "01069012345678921728123110aB7-x",
}
"""Short enough for two dots a bar on a label of 60 mm at 203 dpi: one dot is too fine for thermal paper."""


_SYMBOLS: Mapping[TrialCode, Callable[[str], Symbol | Matrix]] = {
    TrialCode.EAN: ean13,
    TrialCode.MIXED: code128,
    TrialCode.GS1: gs1_128,
    TrialCode.MATRIX: gs1_datamatrix,
}


class TrialFault(StrEnum):
    """What was wrong with a scan."""

    CASE = "case"
    """Upper and lower case were changed: Caps Lock, or the scanner was told to."""
    GS_LOST = "gs_lost"
    """Nothing was sent for the separator."""
    GS_REPLACED = "gs_replaced"
    """Something else was sent for it, which a desk can learn."""
    GS_ORDINARY = "gs_ordinary"
    """Something else was sent for it that stands in other codes too: no desk can learn that."""
    NO_TERMINATOR = "no_terminator"
    """Nothing told where the code ends."""
    TOO_SLOW = "too_slow"
    """As slow as fingers, or with pauses: taken for typing."""
    INPUT_METHOD = "input_method"
    """An input method ate some of it."""
    LAYOUT = "layout"
    """The scanner believes in another keyboard."""
    INCOMPLETE = "incomplete"
    """Characters are missing."""
    EXTRA = "extra"
    """Something stands before or behind the code."""
    OTHER_CODE = "other_code"
    """Another code was scanned."""
    GARBLED = "garbled"
    """It was refused: two scanners at once, keys out of order, wrong speed."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What arrived as typing: with 0x1D for separators, and how long its longest pause was, milliseconds.

    `entered` tells whether Enter or Tab came behind it, `composed` whether an input method had a part in it.
    """

    text: str
    longest_gap_ms: int
    entered: bool
    composed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a trial scan: no fault, it was received whole.

    `heard` is what arrived, `substitute` what was sent in the separator's place, `gap_ms` the longest pause
    of a scan that was too slow.
    """

    code: TrialCode
    fault: TrialFault | None
    heard: str = ""
    substitute: str = ""
    gap_ms: int = 0


def judge_scan(code: TrialCode, text: str, end: Terminator | None, settings: ScannerSettings) -> Verdict:
    """Judge what arrived as a scan; `end` is what ended it, None for serial scanners, which frame theirs."""
    verdict = _compare(code, text)
    unended = end is Terminator.SILENCE and settings.terminators != {Terminator.SILENCE}
    if verdict.fault is None and unended:
        return Verdict(code, TrialFault.NO_TERMINATOR, text)
    return verdict


def judge_refusal(code: TrialCode, text: str, reason: RejectReason) -> Verdict:
    """Judge a burst that could not be trusted."""
    faults = {
        RejectReason.INPUT_METHOD: TrialFault.INPUT_METHOD,
        RejectReason.UNTERMINATED: TrialFault.NO_TERMINATOR,
        RejectReason.BROKEN: TrialFault.TOO_SLOW,
    }
    return Verdict(code, faults.get(reason, TrialFault.GARBLED), text)


def judge_typing(code: TrialCode, typed: Typed, settings: ScannerSettings) -> Verdict:
    """Judge what arrived as typing: a scan that was not told from it, or somebody's fingers."""
    if typed.composed:
        return Verdict(code, TrialFault.INPUT_METHOD, typed.text)
    found = _compare(code, typed.text)
    if found.fault in (TrialFault.OTHER_CODE, TrialFault.INCOMPLETE):
        return found
    if typed.longest_gap_ms > settings.gap_ms:
        return Verdict(code, TrialFault.TOO_SLOW, typed.text, gap_ms=typed.longest_gap_ms)
    if not typed.entered:
        return Verdict(code, TrialFault.NO_TERMINATOR, typed.text)
    return Verdict(code, TrialFault.GARBLED, typed.text)


def _compare(code: TrialCode, text: str) -> Verdict:
    """Compare what a scan says with what it should."""
    wanted = code.text
    if text == wanted:
        return Verdict(code, None, text)
    if any(text == other.text for other in TrialCode):
        return Verdict(code, TrialFault.OTHER_CODE, text)
    if text.casefold() == wanted.casefold():
        return Verdict(code, TrialFault.CASE, text)
    if GS in wanted:
        if text.casefold() == wanted.replace(GS, "").casefold():
            return Verdict(code, TrialFault.GS_LOST, text)
        found = re.fullmatch(_SUBSTITUTE.join(re.escape(part) for part in wanted.split(GS)), text, re.DOTALL)
        if found is not None:
            fault = TrialFault.GS_REPLACED if _is_learnable(found[1]) else TrialFault.GS_ORDINARY
            return Verdict(code, fault, text, found[1])
    if wanted in text:
        return Verdict(code, TrialFault.EXTRA, text)
    if _is_part(text, wanted):
        return Verdict(code, TrialFault.INCOMPLETE, text)
    return Verdict(code, TrialFault.LAYOUT if _is_transposed(text, wanted) else TrialFault.OTHER_CODE, text)


def _is_learnable(substitute: str) -> bool:
    """Whether a text may stand for the separator in every code: none holds it by itself.

    It has a character that GS1 elements cannot (character set 82, GS1 General Specifications 7.11), or is a
    word between marks, as <GS>. "]" in front begins AIM identifiers.
    """
    if GS in substitute or substitute.startswith("]") or any(substitute in code.text for code in TrialCode):
        return False
    framed = len(substitute) > 2 and not (substitute[0].isalnum() or substitute[-1].isalnum())
    return framed or cset82(substitute) is not None


def _is_part(text: str, wanted: str) -> bool:
    """Whether at least half of the code is there, in its order."""
    rest = iter(wanted)
    return len(text) * 2 >= len(wanted) and all(mark in rest for mark in text)


def _is_transposed(text: str, wanted: str) -> bool:
    """Whether each character became another, the same one everywhere: a keyboard with other places."""
    if len(text) != len(wanted) or (text.isdigit() and wanted.isdigit()):
        return False
    became: dict[str, str] = {}
    return all(became.setdefault(one, other) == other for one, other in zip(wanted, text, strict=True)) and (
        len(set(became.values())) == len(became)
    )
