"""Settings learned from samples read those samples, and others of the same scanner, as scans."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence, QShortcut

from merchant_desk.ui.scanner.learn import LearningError, LearningFault, Sample, learn, samples_of
from merchant_desk.ui.scanner.settings import Layout, ScannerSettings, Terminator
from merchant_desk.ui.scanner.source import body
from tests.helpers.scanner_wedge import ESCAPE_PLACE, HUMAN, GsForm, Host, Keyboard, Plan, settle, strokes
from tests.ui.scanner.conftest import HELD_MS, Scenes
from tests.ui.scanner.reading import read

SHEET = ("6901234567892", "A1b2-/y", "0109520000000006\x1d10AZ")
PAUSE = 600.0


def typed(board: Keyboard, frames: Sequence[str]) -> Plan:
    """Type frames with pauses between them."""
    events: Plan = []
    at = 0.0
    for frame in frames:
        plan = board.plan(frame, at)
        events += plan
        at = plan[-1].at_ms + PAUSE
    return events


def samples(board: Keyboard, frames: Sequence[str]) -> tuple[Sample, ...]:
    return samples_of(strokes(typed(board, frames)))


def learned(board: Keyboard, pattern: str = "{}\r", gs: str = "\x1d") -> ScannerSettings:
    return learn(samples(board, [pattern.format(code.replace("\x1d", gs)) for code in SHEET]), SHEET)


def test_samples_are_split_at_pauses() -> None:
    assert [len(one.strokes) for one in samples(Keyboard(), ["12\r", "345\r"])] == [6, 8]
    assert samples_of([]) == ()


def test_a_plain_scanner() -> None:
    settings = learned(Keyboard(key_ms=8))
    assert settings.terminators == frozenset({Terminator.ENTER})
    assert 10 <= settings.gap_ms <= 12
    assert (settings.prefix, settings.suffix, settings.gs_substitutes) == ("", "", ())
    assert not settings.rollover
    assert not settings.repeats_terminator


@pytest.mark.parametrize(
    ("pattern", "prefix", "suffix", "ends"),
    [
        ("{}\t", "", "", {Terminator.TAB}),
        ("{}", "", "", {Terminator.SILENCE}),
        ("\x02{}\r", "\x02", "", {Terminator.ENTER}),
        ("~{}\x03", "~", "\x03", {Terminator.SUFFIX}),
        ("\x02]C1{}\x03\r", "\x02", "\x03", {Terminator.ENTER}),
        ("]C1{}\r", "", "", {Terminator.ENTER}),
        ("{}\r\t", "", "", {Terminator.ENTER, Terminator.TAB}),
    ],
)
def test_framing(pattern: str, prefix: str, suffix: str, ends: set[Terminator]) -> None:
    settings = learned(Keyboard(key_ms=5), pattern)
    assert (settings.prefix, settings.suffix) == (prefix, suffix)
    assert settings.terminators == frozenset(ends)


def test_a_doubled_terminator() -> None:
    assert learned(Keyboard(), "{}\r\r").repeats_terminator


@pytest.mark.parametrize("form", list(GsForm))
def test_the_separator_in_every_form(form: GsForm) -> None:
    assert learned(Keyboard(key_ms=12, gs=form)).gs_substitutes == ()


@pytest.mark.parametrize("substitute", ["~", "{GS}", "|"])
def test_a_substitute_for_the_separator(substitute: str) -> None:
    settings = learned(Keyboard(), gs=substitute)
    assert settings.gs_substitutes == (substitute,)
    assert body("10A" + substitute + "21B", settings).text == "10A\x1d21B"


def test_a_scanner_set_to_the_computers_layout() -> None:
    # It presses the places that give the right characters on a German keyboard.
    to_german = str.maketrans("yzYZ-/", "zyZY/&")
    board = Keyboard(key_ms=5, host=Host.GERMAN)
    codes = ("6901234567892", "A1b2y", "xyzXYZ")
    settings = learn(samples(board, [code.translate(to_german) + "\r" for code in codes]), codes)
    assert settings.layout is Layout.HOST


def test_a_slow_scanner_needs_a_prefix() -> None:
    settings = learned(Keyboard(key_ms=60), "\x02{}\r")
    assert 75 <= settings.framed_gap_ms <= 85
    with pytest.raises(LearningError) as error:
        learned(Keyboard(key_ms=60))
    assert error.value.fault is LearningFault.TOO_SLOW


def test_a_scanner_that_rolls_its_keys() -> None:
    board = Keyboard(key_ms=4, hold_ms=6)
    settings = learned(board)
    assert settings.rollover
    assert read(board.plan("6901234567892\r"), settings).texts == ["6901234567892"]


@pytest.mark.parametrize(
    ("frames", "expected", "fault"),
    [
        (["6901\r", "6902\r"], (), LearningFault.TOO_FEW),
        (["6901\r"] * 3, ("6901", "6902"), LearningFault.TOO_FEW),
        (["6901\r", "6902\r", "6903"], (), LearningFault.INCONSISTENT),
        (["~6901\r", "#6902\r", "~6903\r"], ("6901", "6902", "6903"), LearningFault.INCONSISTENT),
        (["6901\r"] * 3, ("6901", "6902", "6903"), LearningFault.ANOTHER_SHEET),
        (["10A21\r"] * 3, ("10A\x1d21",) * 3, LearningFault.SEPARATOR_LOST),
        (["69\r01\r"] * 3, (), LearningFault.STRANGE_KEYS),
    ],
)
def test_what_teaches_nothing_says_why(
    frames: list[str], expected: tuple[str, ...], fault: LearningFault
) -> None:
    with pytest.raises(LearningError) as error:
        learn(samples(Keyboard(), frames), expected)
    assert error.value.fault is fault


def test_a_person_teaches_nothing() -> None:
    with pytest.raises(LearningError):
        learn(samples(HUMAN, ["6901\r"] * 3))


def test_without_the_codes_framing_is_learned_all_the_same() -> None:
    settings = learn(
        samples(Keyboard(key_ms=6), ["\x02]E0" + code + "\x03\r" for code in ("6901", "A2", "77")])
    )
    assert (settings.prefix, settings.suffix) == ("\x02", "\x03")
    assert settings.layout is Layout.US


@given(
    st.integers(1, 32),
    st.sampled_from(["", "\x02", "~"]),
    st.sampled_from(["", "\x03", "#"]),
    st.sampled_from(["\r", "\t", ""]),
    st.lists(st.text("0123456789ABCxyz-/", min_size=4, max_size=16), min_size=1, max_size=5),
)
def test_what_was_learned_reads_the_scanner_ever_after(
    key_ms: int, prefix: str, suffix: str, end: str, codes: list[str]
) -> None:
    board = Keyboard(key_ms=key_ms)
    settings = learned(board, prefix + "{}" + suffix + end)
    result = read(typed(board, [prefix + code + suffix + end for code in codes]), settings)
    assert [body(text, settings).text for text in result.texts] == codes
    assert not result.refused
    assert not result.typed_text


def test_the_hub_records_samples_and_reads_by_what_was_learned(scene: Scenes) -> None:
    here = scene()
    board = Keyboard(key_ms=5)
    here.hub.begin_learning()
    for code in SHEET:
        here.type(board.plan("\x02" + code + "\r"))
        settle(here.bot, 220 - HELD_MS)
    settings = learn(here.hub.finish_learning(), SHEET)
    assert here.heard.scans == []
    assert here.desk.edit.text() == ""
    here.hub.use(settings)
    here.type(board.plan("\x02B7\r"))
    assert here.heard.texts == ["B7"]
    assert here.hub.settings == settings


def test_a_person_can_leave_while_the_hub_learns(scene: Scenes) -> None:
    here = scene()
    left: list[bool] = []
    QShortcut(QKeySequence("Esc"), here.desk).activated.connect(lambda: left.append(True))
    here.hub.begin_learning()
    here.type(HUMAN.tap(ESCAPE_PLACE))
    assert left == [True]
