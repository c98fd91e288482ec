"""Is it said rightly what was wrong with a scan, whatever a scanner makes of a code?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.scanner_trial import ready_day
from merchant_desk.domain.settings import Decided, Level
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import GS, ScannerSettings, Terminator
from merchant_desk.ui.scanner.trial import (
    TrialCode,
    TrialFault,
    Typed,
    judge_refusal,
    judge_scan,
    judge_typing,
)
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.speech import FixedSpeech
from merchant_desk.ui.texts.trial import verdict_words

EAN, MIXED, GS1, MATRIX = TrialCode
USUAL = ScannerSettings()
GERMAN = str.maketrans("yYzZ-/_+", "zZyY/&?]")
FRENCH = str.maketrans("0123456789", ")!@#$%^&*(")


@pytest.mark.parametrize(
    ("code", "text", "fault"),
    [
        *((code, code.text, None) for code in TrialCode),
        (MIXED, MIXED.text.swapcase(), TrialFault.CASE),
        (MIXED, MIXED.text.upper(), TrialFault.CASE),
        (MIXED, MIXED.text.translate(GERMAN), TrialFault.LAYOUT),
        (EAN, EAN.text.translate(FRENCH), TrialFault.LAYOUT),
        (EAN, EAN.text[:-1], TrialFault.INCOMPLETE),
        (MIXED, MIXED.text[:4] + MIXED.text[6:], TrialFault.INCOMPLETE),
        (EAN, f"A{EAN.text}", TrialFault.EXTRA),
        (MIXED, f"{MIXED.text}#", TrialFault.EXTRA),
        (GS1, GS1.text.replace(GS, ""), TrialFault.GS_LOST),
        (GS1, GS1.text.replace(GS, "{GS}"), TrialFault.GS_REPLACED),
        (EAN, MIXED.text, TrialFault.OTHER_CODE),
        (EAN, "4006381333931", TrialFault.OTHER_CODE),
        (GS1, "hello", TrialFault.OTHER_CODE),
    ],
)
def test_what_arrives_as_a_scan(code: TrialCode, text: str, fault: TrialFault | None) -> None:
    assert judge_scan(code, text, Terminator.ENTER, USUAL).fault is fault


def test_a_scan_that_only_silence_ended_lacks_its_terminator_unless_that_was_taught() -> None:
    assert judge_scan(EAN, EAN.text, Terminator.SILENCE, USUAL).fault is TrialFault.NO_TERMINATOR
    taught = replace(USUAL, terminators=frozenset({Terminator.SILENCE}))
    assert judge_scan(EAN, EAN.text, Terminator.SILENCE, taught).fault is None
    assert judge_scan(EAN, EAN.text, None, USUAL).fault is None, "a serial scanner frames its lines itself"


@pytest.mark.parametrize("code", list(TrialCode))
def test_a_bar_is_two_dots_on_a_usual_label(code: TrialCode) -> None:
    assert code.symbol.modules * 2 <= (60 - 4) * 8


def test_what_stands_for_the_separator_is_told() -> None:
    assert judge_scan(GS1, GS1.text.replace(GS, "~"), Terminator.ENTER, USUAL).substitute == "~"


@pytest.mark.parametrize("substitute", ["~", "|", "^", "{GS}", "<GS>", "[GS]", "#", "\x1c"])
def test_what_no_code_holds_may_stand_for_the_separator(substitute: str) -> None:
    verdict = judge_scan(GS1, GS1.text.replace(GS, substitute), Terminator.ENTER, USUAL)
    assert (verdict.fault, verdict.substitute) == (TrialFault.GS_REPLACED, substitute)


@pytest.mark.parametrize("substitute", ["x", "0", "F8", "029", "-", "/", "_", "+", "%", "]", "]C1", GS * 2])
def test_what_other_codes_hold_too_is_never_learned_for_the_separator(substitute: str) -> None:
    verdict = judge_scan(GS1, GS1.text.replace(GS, substitute), Terminator.ENTER, USUAL)
    assert (verdict.fault, verdict.substitute) == (TrialFault.GS_ORDINARY, substitute)
    for code in LanguageCode:
        assert substitute.replace(GS, "⟨GS⟩") in verdict_words(verdict, FixedSpeech(code))[0]


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (Typed(MIXED.text, 70, entered=True), TrialFault.TOO_SLOW),
        (Typed(MIXED.text, 5, entered=False), TrialFault.NO_TERMINATOR),
        (Typed(MIXED.text, 5, entered=True), TrialFault.GARBLED),
        (Typed("我的", 5, entered=True, composed=True), TrialFault.INPUT_METHOD),
        (Typed("hello there", 120, entered=True), TrialFault.OTHER_CODE),
        (Typed(MIXED.text[2:], 70, entered=True), TrialFault.INCOMPLETE),
    ],
)
def test_what_arrives_as_typing(typed: Typed, fault: TrialFault) -> None:
    assert judge_typing(MIXED, typed, USUAL).fault is fault


@pytest.mark.parametrize("reason", list(RejectReason))
def test_every_refusal_is_a_fault_with_words(reason: RejectReason) -> None:
    verdict = judge_refusal(EAN, "690", reason)
    assert verdict.fault is not None
    for code in LanguageCode:
        assert all(verdict_words(verdict, FixedSpeech(code)))


@given(st.sampled_from(TrialCode), st.text("Qwerty-Az/m_7+y0123456789\x1d~", max_size=40))
def test_only_the_code_itself_is_whole_and_every_verdict_has_words(code: TrialCode, text: str) -> None:
    verdict = judge_scan(code, text, Terminator.ENTER, USUAL)
    assert (verdict.fault is None) == (text == code.text)
    for language in LanguageCode:
        assert all(verdict_words(verdict, FixedSpeech(language)))


def test_a_scanner_is_ready_until_its_settings_change() -> None:
    def decided(key: str, value: str, at: int) -> Decided:
        return Decided(key, Level.DESK, value, at, None)

    passed = decided("scanner.ready_on", "20261122", 10)
    assert ready_day([]) == 0
    assert ready_day([passed, decided("scanner.gap_ms", "20", 10), decided("look.language", '"en"', 99)]) == (
        20261122
    )
    assert ready_day([passed, decided("scanner.gap_ms", "20", 11)]) == 0
    assert ready_day([passed, decided("scanner.port", '"COM3"', 11)]) == 0
    assert ready_day([decided("scanner.ready_on", "", 12)]) == 0
