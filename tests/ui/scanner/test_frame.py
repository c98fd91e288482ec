"""The frame reader: what is a scan, what is typing, what is refused aloud; and no key gets lost."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.ui.scanner.frame import Captured, Effect, FrameReader, Refused, Replay, Shelter
from merchant_desk.ui.scanner.judgement import split_beat
from merchant_desk.ui.scanner.keymap import CONTROL
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from tests.helpers.scanner_wedge import (
    BACKSPACE_PLACE,
    ENTER_PLACE,
    FAST_HUMAN,
    HUMAN,
    LEFT_PLACE,
    STX,
    Keyboard,
    KeyPlan,
    Plan,
    shifted,
    strokes,
    together,
)
from tests.ui.scanner.reading import Reading, read

EAN = "6901234567892"
MIXED_CASE = "Ab-9z/Q_%{~"
WEDGE = Keyboard()
FRAMED = ScannerSettings(prefix=STX)
TILDE = ScannerSettings(prefix="~")


def span(plan: Plan) -> float:
    return plan[-1].at_ms


@pytest.mark.parametrize("key_ms", [1, 2, 5, 8, 12, 20, 35])
@pytest.mark.parametrize(
    "code", [EAN, "96385074", "A1b2", MIXED_CASE, "]C1010952000000000610LOT\x1d17261231"]
)
@pytest.mark.parametrize("end", ["\r", "\t", ""])
def test_a_burst_is_a_scan(key_ms: int, code: str, end: str) -> None:
    result = read(Keyboard(key_ms=key_ms).plan(code + end))
    assert result.texts == [code]
    assert not result.typed
    assert not result.refused


@pytest.mark.parametrize("text", ["abc\r", "12\r", "a", "hello world\r", "Q\t", "Hello, World! 123\r"])
@pytest.mark.parametrize("person", [HUMAN, FAST_HUMAN, Keyboard(key_ms=60, hold_ms=30)])
def test_typing_is_never_a_scan(text: str, person: Keyboard) -> None:
    result = read(person.plan(text))
    assert result.typed_text == text
    assert not result.scans
    assert not result.refused
    assert sorted(result.typed) == result.typed == list(range(len(result.plan)))


def test_three_quick_characters_are_typing() -> None:
    plan = Keyboard(key_ms=20).plan("abc\r")
    result = read(plan)
    assert result.typed == list(range(len(plan)))


def test_fingers_that_roll_are_typing() -> None:
    plan = Keyboard(key_ms=25, hold_ms=90).plan("asdfg\r")
    result = read(plan)
    assert not result.scans
    assert not result.refused
    assert result.typed_text == "asdfg\r"


@pytest.mark.parametrize("interval", [20, 25, 33, 34, 40])
@pytest.mark.parametrize("then", ["", "\r"])
def test_a_key_that_repeats_while_it_is_held_is_typing(interval: int, then: str) -> None:
    plan = Keyboard(key_ms=interval, hold_ms=interval).plan("a" * 20 + then)
    result = read(plan)
    assert result.typed_text == "a" * 20 + then
    assert not result.refused
    assert not result.scans


@pytest.mark.parametrize("key_ms", [1, 2, 5, 12, 20, 35])
def test_a_code_of_one_character_is_a_scan_all_the_same(key_ms: int) -> None:
    assert read(Keyboard(key_ms=key_ms).plan("00000000\r")).texts == ["00000000"]


def test_the_same_code_twice_within_50_ms_is_two_scans() -> None:
    one = WEDGE.plan(EAN + "\r")
    assert read(together(one, shifted(one, span(one) + 12))).texts == [EAN, EAN]


def test_the_same_code_twice_without_any_pause_is_two_scans() -> None:
    assert read(WEDGE.plan((EAN + "\r") * 2)).texts == [EAN, EAN]


def test_a_framed_scan_may_be_slow() -> None:
    plan = Keyboard(key_ms=60).plan(STX + "A1\r")
    assert read(plan, FRAMED).texts == [STX + "A1"]
    assert read(Keyboard(key_ms=60).plan("~Ab12\r"), TILDE).texts == ["~Ab12"]
    assert not read(Keyboard(key_ms=60).plan("Ab12\r"), FRAMED).scans


def test_a_person_may_type_the_prefix() -> None:
    for text in ("~\r", "~a\r", "a~b"):
        assert read(HUMAN.plan(text), TILDE).typed_text == text


def test_a_frame_without_its_end_is_refused() -> None:
    result = read(Keyboard(key_ms=60).plan(STX + "6901"), FRAMED)
    assert result.reasons == [RejectReason.UNTERMINATED]
    assert not result.typed
    # However fast it came: a scanner that frames its scans ends them too.
    assert read(WEDGE.plan(STX + "6901"), FRAMED).reasons == [RejectReason.UNTERMINATED]
    silent = ScannerSettings(prefix=STX, terminators=frozenset({Terminator.SILENCE}))
    assert read(WEDGE.plan(STX + "6901"), silent).texts == [STX + "6901"]


def test_a_control_prefix_cuts_off_what_was_typed_just_before() -> None:
    typed = Keyboard(key_ms=30).plan("ab")
    result = read(together(typed, WEDGE.plan(STX + EAN + "\r", 45)), FRAMED)
    assert result.texts == [STX + EAN]
    assert result.typed_text == "ab"


def test_a_suffix_can_end_a_scan_and_its_enter_goes_with_it() -> None:
    settings = ScannerSettings(suffix="\x03", terminators=frozenset({Terminator.SUFFIX}))
    result = read(WEDGE.plan(EAN + "\x03" + EAN + "\x03"), settings)
    assert result.texts == [EAN + "\x03"] * 2
    with_enter = ScannerSettings(suffix="\x03", terminators=frozenset({Terminator.SUFFIX, Terminator.ENTER}))
    result = read(WEDGE.plan((EAN + "\x03\r") * 2), with_enter)
    assert result.texts == [EAN + "\x03"] * 2
    assert not result.typed


def test_cr_lf_is_one_end() -> None:
    result = read(WEDGE.plan((EAN + "\r\n") * 3))
    assert result.texts == [EAN] * 3
    assert not result.typed
    assert not result.refused


def test_a_doubled_enter_is_refused_aloud_until_the_scanner_is_known_for_it() -> None:
    plan = WEDGE.plan((EAN + "\r\r") * 2)
    strange = read(plan)
    assert strange.reasons == [RejectReason.STRAY_TERMINATOR] * 2
    assert all(one.suspect for one in strange.refused)
    known = read(plan, ScannerSettings(repeats_terminator=True))
    assert known.texts == [EAN, EAN]
    assert not known.refused
    assert not known.typed


# ---------------------------------------------------------------- two at once


@pytest.mark.parametrize("phase", [0.25, 0.5, 0.75, 1.25, 1.5])
@pytest.mark.parametrize("late", [0, 1, 4, 9, 12])
def test_two_fast_wedges_in_each_other_are_refused(phase: float, late: int) -> None:
    first = WEDGE.plan(EAN + "\r")
    second = WEDGE.plan("4006381333931\r", phase + 2 * late)
    result = read(together(first, second))
    assert not result.scans
    assert RejectReason.MIXED in result.reasons
    assert not result.typed_text


@pytest.mark.parametrize("phase", [2, 3, 5, 7, 8])
@pytest.mark.parametrize("late", [6, 9, 12])
def test_two_slow_wedges_that_never_overlap_are_refused_by_their_beat(phase: int, late: int) -> None:
    slow = Keyboard(key_ms=10, hold_ms=1)
    plan = together(slow.plan(EAN + "\r"), slow.plan("4006381333931\r", phase + 10 * late))
    result = read(plan)
    assert not result.scans
    assert not result.typed_text


def test_a_few_characters_right_behind_a_scan_doubt_it() -> None:
    result = read(WEDGE.plan(EAN + "\r" + "93\r"))
    assert result.texts == [EAN]
    assert [(one.text, one.reason, one.suspect) for one in result.refused] == [
        ("93", RejectReason.MIXED, True)
    ]
    assert not result.typed_text


def test_a_terminator_that_is_still_down_is_another_keyboards() -> None:
    first = Keyboard(key_ms=10, hold_ms=1).plan(EAN)
    enter = KeyPlan(130, True, ENTER_PLACE, 0x01000004, 0, "\r")
    release = KeyPlan(215, False, ENTER_PLACE, 0x01000004, 0, "\r")
    rest = Keyboard(key_ms=10, hold_ms=1).plan("4006381\t", 135)
    result = read(together(first, [enter, release], rest))
    assert result.texts == [EAN]
    assert result.reasons == [RejectReason.MIXED]


def test_one_foreign_key_in_a_slow_scan_is_noticed() -> None:
    slow = Keyboard(key_ms=10, hold_ms=1)
    result = read(together(slow.plan(EAN + "\r"), slow.plan("7", 74)))
    assert result.reasons == [RejectReason.MIXED]


@pytest.mark.parametrize(
    ("gaps", "split"),
    [
        ([8, 8, 8, 3, 5, 8, 8, 8], True),
        ([8, 8, 8, 13, 3, 8, 8, 8], False),
        ([5, 8, 8, 8, 8, 8, 8], False),
        ([8, 16, 8, 16, 8, 16, 8], False),
        ([8, 8, 16, 8, 8, 16, 8, 8, 16, 16, 16, 16], False),
        ([16, 16, 16, 8, 8, 8, 8, 8, 8, 16, 16], True),
        ([16, 16, 16, 16, 16, None, 8, None, 8, None], False),
        ([3, 3, 3, 3, 4, 2, 3], False),
        ([2, 2, 1, 1, 2, 2, 2], False),
        ([8, 9, 7, 8, 8, 8, 8], False),
        ([1, 35, 12, 7, 22, 3, 30, 17], False),
        ([10, 5, 5], False),
    ],
)
def test_a_late_key_is_no_foreign_key(gaps: list[int | None], split: bool) -> None:
    assert split_beat(gaps) is split


def test_a_key_held_into_a_scan_makes_it_mixed() -> None:
    finger = Keyboard(key_ms=1, hold_ms=80).plan("x", 0)
    result = read(together(finger, WEDGE.plan(EAN + "\r", 10)))
    assert not result.scans
    assert result.reasons == [RejectReason.MIXED]


def test_a_finger_that_rests_on_a_key_from_before_does_no_harm() -> None:
    finger = Keyboard(key_ms=1, hold_ms=180).plan("x", 0)
    result = read(together(finger, WEDGE.plan(EAN + "\r", 140)))
    assert result.texts == [EAN]
    assert result.typed == [i for i, event in enumerate(result.plan) if event.place == finger[0].place]


def test_a_shortcut_in_mid_scan_refuses_it_and_still_reaches_the_window() -> None:
    chord = [
        KeyPlan(13.5, True, 29, 0x01000021, CONTROL),
        KeyPlan(13.7, True, 31, 0x53, CONTROL, "\x13"),
        KeyPlan(13.8, False, 31, 0x53, CONTROL, "\x13"),
        KeyPlan(13.9, False, 29, 0x01000021),
    ]
    result = read(together(WEDGE.plan(EAN + "\r"), chord))
    assert not result.scans
    assert result.reasons == [RejectReason.MIXED]
    assert 31 in [result.plan[i].place for i in result.typed]


def test_backspace_in_mid_scan_never_leaves_half_a_code() -> None:
    for at in (2.5, 4.5, 10.5, 20.5):
        backspace = WEDGE.tap(BACKSPACE_PLACE, at)
        result = read(together(WEDGE.plan(EAN + "\r"), backspace))
        assert not result.scans
        assert result.refused
        assert BACKSPACE_PLACE in [result.plan[i].place for i in result.typed]


def test_a_stumble_inside_a_scan_never_makes_another_code() -> None:
    for pause in (45, 55, 75, 110):
        for cut in range(1, 13):
            plan = together(WEDGE.plan(EAN[:cut]), WEDGE.plan(EAN[cut:] + "\r", 2 * cut + pause))
            result = read(plan)
            assert EAN[cut:] not in result.texts, (cut, pause)
            assert result.refused or result.texts == [EAN], (cut, pause)


def test_a_stumble_while_the_first_key_is_down_never_makes_another_code() -> None:
    # The computer stood still between the press and the release.
    for pause in (45, 60, 100):
        head = Keyboard(hold_ms=pause - 2).plan("6")
        result = read(together(head, WEDGE.plan(EAN[1:] + "\r", pause)))
        assert not result.scans
        assert result.refused


def test_the_rest_of_a_frame_that_was_refused_is_no_code() -> None:
    plan = together(WEDGE.plan(STX + "wode1"), WEDGE.plan("2345\r", 300))
    result = read(plan, FRAMED)
    assert not result.scans
    assert result.reasons == [RejectReason.UNTERMINATED, RejectReason.BROKEN]


def test_a_long_halt_behind_the_head_of_a_scan_never_makes_another_code() -> None:
    result = read(together(WEDGE.plan("690"), WEDGE.plan("1234567892\r", 300)))
    assert not result.scans
    assert result.reasons == [RejectReason.BROKEN]


def test_enter_of_a_person_right_behind_a_few_characters_is_typing() -> None:
    result = read(Keyboard(key_ms=30).plan("12\r"))
    assert result.typed_text == "12\r"


# ---------------------------------------------------------------- input methods, repeats, stamps


def test_a_release_without_its_press_tells_of_an_eaten_key() -> None:
    plan = WEDGE.plan("wode12345\r")
    eaten = [event for event in plan if not (event.press and event.text in {"w", "o", "d", "e", "1"})]
    for lost in ([], ["w"], ["w", "o", "d", "e"]):
        seen = [event for event in eaten if event.press or event.text not in lost]
        result = read(seen)
        assert not result.scans
        assert result.reasons == [RejectReason.INPUT_METHOD]


def test_a_release_that_an_input_method_hands_back_late_is_no_second_keyboard() -> None:
    plan = Keyboard(key_ms=4).plan(EAN + "\r")
    late = [*plan[:1], *plan[2:5], plan[1], *plan[5:]]
    assert read(late).texts == [EAN]


def wary_reader(code: str) -> tuple[FrameReader, list[Effect], int]:
    """Read a framed scan in a field with an input method: the reader, the effects, the last time."""
    reader = FrameReader(FRAMED)
    effects: list[Effect] = []
    now = 0
    for stroke in strokes(WEDGE.plan(STX + code + "\r")):
        now = stroke.arrived_ns
        found = reader.feed(stroke).effects
        effects += found
        if Shelter(on=True) in found:
            reader.be_wary()
    return reader, effects, now


def test_a_frame_in_a_field_with_an_input_method_waits_for_its_news() -> None:
    reader, effects, now = wary_reader(EAN)
    assert effects == [Shelter(on=True)]
    assert reader.holding
    found = reader.silence(now + 60_000_000)
    assert found[0] == Shelter(on=False)
    assert isinstance(found[1], Captured)
    assert found[1].text == STX + EAN
    assert found[1].arrived_ns <= now


def test_what_is_held_comes_before_what_an_input_method_commits() -> None:
    reader = FrameReader(ScannerSettings())
    now = 0
    for stroke in strokes(Keyboard(key_ms=20).plan("12")):
        assert reader.feed(stroke).effects == ()
        now = stroke.arrived_ns
    assert reader.disturb("", "你", now + 5_000_000) == (Replay((0, 1, 2, 3)),)


@pytest.mark.parametrize("eaten", [1, 2, 5])
@pytest.mark.parametrize("key_ms", [2, 5, 20])
def test_a_frame_whose_first_keys_an_input_method_took_in_silence_is_refused(eaten: int, key_ms: int) -> None:
    plan = Keyboard(key_ms=key_ms).plan(STX + EAN + "\r")
    # Ctrl and B come with two events each, and so does every digit.
    rest = strokes(plan[:4] + plan[4 + 2 * eaten :])
    reader = FrameReader(FRAMED)
    found: list[Effect] = []
    for stroke in rest:
        effects = reader.feed(stroke).effects
        if Shelter(on=True) in effects:
            reader.be_wary()
        found += effects
    found += reader.silence(rest[-1].arrived_ns + 60_000_000)
    (refused,) = [one for one in found if isinstance(one, Refused)]
    # After a long pause it is two pieces.
    assert refused.reason in {RejectReason.INPUT_METHOD, RejectReason.BROKEN}
    assert not any(isinstance(one, Captured) for one in found)


def test_late_news_of_an_input_method_refuses_the_frame() -> None:
    reader, _, now = wary_reader(EAN)
    assert reader.disturb("wo", "", now + 10_000_000) == ()
    (_, refused) = reader.silence(now + 60_000_000)
    assert isinstance(refused, Refused)
    assert refused.reason is RejectReason.INPUT_METHOD


def test_the_next_scan_does_not_wait_for_the_news() -> None:
    reader, _, _ = wary_reader(EAN)
    found: list[Effect] = []
    for stroke in strokes(WEDGE.plan(STX + "4006\r"), base_ms=10_050):
        found += reader.feed(stroke).effects
    assert [effect.text for effect in found if isinstance(effect, Captured)] == [STX + EAN, STX + "4006"]


def test_a_dead_key_that_was_eaten_refuses_the_scan() -> None:
    plan = [event for event in WEDGE.plan("AB'1234\r") if not (event.press and event.text == "'")]
    assert read(plan).reasons == [RejectReason.INPUT_METHOD]


def test_qt_calls_a_doubled_character_a_repeat() -> None:
    doubled = [
        KeyPlan(e.at_ms, e.press, e.place, e.key, e.modifiers, e.text, repeat=i in {5, 6})
        for i, e in enumerate(WEDGE.plan("6666123\r"))
    ]
    assert read(doubled).texts == ["6666123"]


def test_a_finger_that_stays_down_is_no_scan() -> None:
    first = KeyPlan(0, True, 30, 0x41, 0, "a")
    repeats = [KeyPlan(250 + 30 * i, True, 30, 0x41, 0, "a", repeat=True) for i in range(20)]
    last = KeyPlan(900, False, 30, 0x41, 0, "a")
    result = read([first, *repeats, last])
    assert result.typed == list(range(22))


@pytest.mark.parametrize("every_ms", [12, 20, 33, 40])
@pytest.mark.parametrize("flagged", [0, 1, 2, 3])
def test_a_repeat_that_qt_does_not_know_for_one_is_no_scan(every_ms: int, flagged: int) -> None:
    # As X11 sends it: release and press with one stamp; Qt marks them only if it sees both at once.
    plan = [KeyPlan(0, True, 30, 0x41, 0, "a")]
    for i in range(20):
        marked = flagged > 0 and i % flagged == 0
        at = 660 + every_ms * i
        plan += [KeyPlan(at, False, 30, 0x41, 0, "a", marked), KeyPlan(at, True, 30, 0x41, 0, "a", marked)]
    plan.append(KeyPlan(660 + every_ms * 20, False, 30, 0x41, 0, "a"))
    result = read(plan)
    assert not result.scans
    assert not result.refused
    assert result.typed_text == "a" * 21


def test_stamps_that_run_backwards_refuse_the_scan() -> None:
    plan = WEDGE.plan(EAN + "\r")
    swapped = [*plan[:10], *plan[12:14], *plan[10:12], *plan[14:]]
    assert read(swapped).reasons == [RejectReason.OUT_OF_ORDER]


def test_stamps_start_again_after_49_days() -> None:
    reader = FrameReader(ScannerSettings())
    base = (1 << 32) - 10
    found: list[Effect] = []
    for stroke in strokes(WEDGE.plan(EAN + "\r"), base_ms=0):
        late = type(stroke)(
            stroke.press,
            stroke.code,
            stroke.meaning,
            (stroke.at_ms + base) % (1 << 32) or 1,
            stroke.arrived_ns,
        )
        found += reader.feed(late).effects
    assert [effect.text for effect in found if isinstance(effect, Captured)] == [EAN]
    assert len(found) == 1


def test_shortcuts_get_what_was_held_before_them_first() -> None:
    plan = together(Keyboard(key_ms=30).plan("ab"), [KeyPlan(65, True, 31, 0x53, CONTROL, "\x13")])
    reader = FrameReader(ScannerSettings())
    events = strokes(plan)
    for stroke in events[:-1]:
        assert not reader.foresee(stroke).passes or not stroke.press
        reader.feed(stroke)
    answer = reader.foresee(events[-1])
    assert answer.passes
    assert answer.effects == (Replay(tuple(range(len(plan) - 1))),)


# ---------------------------------------------------------------- no key is ever lost

CODES = st.text("0123456789ABCabc-./%+", min_size=4, max_size=20)
WORDS = st.text("abcdef 0129,.AB\r", min_size=1, max_size=8)


@st.composite
def sessions(draw: st.DrawFn) -> list[tuple[str, str, Plan]]:
    """Draw typing and bursts, one after the other, at distances that a desk sees."""
    parts = []
    at = 0.0
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.booleans()):
            text = draw(CODES)
            board = Keyboard(key_ms=draw(st.integers(1, 35)))
            plan = board.plan(text + draw(st.sampled_from(["\r", "\t"])), at)
            parts.append(("scan", text, plan))
            at = span(plan) + draw(st.integers(1, 30) if draw(st.booleans()) else st.integers(60, 400))
        else:
            text = draw(WORDS)
            at += 60
            board = Keyboard(key_ms=draw(st.integers(55, 200)), hold_ms=draw(st.integers(30, 120)))
            plan = board.plan(text, at)
            parts.append(("typed", text, plan))
            at = span(plan) + draw(st.integers(130, 400))
    return parts


def accounted(result: Reading) -> None:
    """Every press is exactly once typed or taken, and what was typed keeps its order and its releases."""
    presses = [i for i, event in enumerate(result.plan) if event.press]
    fate = Counter(i for i in result.typed + result.taken if result.plan[i].press)
    assert fate == Counter(presses)
    assert result.typed == sorted(result.typed)
    assert len(result.typed) == len(set(result.typed))


@given(sessions())
def test_typing_and_scans_in_turn_come_out_as_they_went_in(parts: list[tuple[str, str, Plan]]) -> None:
    result = read(together(*(plan for _, _, plan in parts)))
    accounted(result)
    assert result.texts == [text for kind, text, _ in parts if kind == "scan"]
    assert result.typed_text == "".join(text for kind, text, _ in parts if kind == "typed")
    assert not result.refused


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*"0123456789abcXYZ~]", "\r", "\t", "\x1d", STX, "back", "left"]),
        st.integers(0, 90),
        st.integers(1, 120),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


@given(
    EVENTS,
    st.sampled_from([ScannerSettings(), FRAMED, TILDE, ScannerSettings(prefix=STX, unframed=False)]),
    st.booleans(),
)
def test_whatever_is_pressed_whenever_no_key_is_lost_or_doubled(
    keys: list[tuple[str, int, int, bool]], settings: ScannerSettings, questions: bool
) -> None:
    at, plans = 0.0, []
    for name, gap, hold, lose_press in keys:
        at += gap
        board = Keyboard(hold_ms=hold)
        place = {"back": BACKSPACE_PLACE, "left": LEFT_PLACE}.get(name)
        plan = board.tap(place, at) if place else board.plan(name, at)
        plans.append(plan[1:] if lose_press and len(plan) == 2 and gap % 7 == 0 else plan)
    result = read(together(*plans), settings, questions=questions)
    accounted(result)
    releases = {i for i, event in enumerate(result.plan) if not event.press}
    assert releases <= set(result.typed) | set(result.taken) | set(result.swallowed_releases)


def test_the_accounting_notices_a_lost_key() -> None:
    result = read(HUMAN.plan("abc"))
    result.typed.remove(0)
    with pytest.raises(AssertionError):
        accounted(result)


def test_a_lone_enter_passes_at_once() -> None:
    result = read(HUMAN.tap(ENTER_PLACE))
    assert result.typed == [0, 1]
