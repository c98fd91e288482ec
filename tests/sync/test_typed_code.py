"""Is every slip of a finger found and its group named, and every sane way of typing accepted?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.typed_code import (
    ALPHABET,
    CodeIncomplete,
    CodeKind,
    CodeMistyped,
    CodeUnreadable,
    WrongKindOfCode,
    read_code,
    write_code,
)

KIND = CodeKind.ENROLMENT
PAYLOAD = bytes(range(37))
TEXT = write_code(KIND, PAYLOAD)
GROUPS = TEXT.split("-")


@given(st.binary(max_size=249), st.sampled_from(CodeKind))
def test_what_was_written_is_read(payload: bytes, kind: CodeKind) -> None:
    assert read_code(kind, write_code(kind, payload)) == payload


def test_form() -> None:
    assert TEXT.startswith("E")
    assert write_code(CodeKind.RECOVERY, b"").startswith("R")
    assert set(TEXT) <= set(ALPHABET) | {"-"}
    assert {len(group) for group in GROUPS[:-1]} == {6}
    with pytest.raises(ValueError, match="256"):
        write_code(KIND, bytes(250))


@pytest.mark.parametrize(
    "typed",
    [
        TEXT.lower(),
        TEXT.replace("-", ""),
        TEXT.replace("-", " "),
        f"  {TEXT.replace('-', ' - ')}\r\n",
        TEXT.replace("-", "\n"),
        TEXT.replace("0", "O").replace("1", "l"),
        TEXT.replace("0", "o").replace("1", "I"),
        "".join(chr(ord(c) + 0xFEE0) for c in TEXT),  # full-width letters of an input method
        TEXT.replace("-", "—"),
        TEXT.replace("-", "。"),
    ],
)
def test_ways_of_typing_it(typed: str) -> None:
    assert read_code(KIND, typed) == PAYLOAD


@given(st.binary(max_size=60), st.data())
def test_any_one_wrong_symbol_is_found_and_its_group_named(payload: bytes, data: st.DataObject) -> None:
    text = write_code(KIND, payload)
    at = data.draw(st.sampled_from([at for at, symbol in enumerate(text) if symbol != "-"]))
    wrong = data.draw(st.sampled_from([symbol for symbol in [*ALPHABET, "U", "?"] if symbol != text[at]]))
    with pytest.raises(CodeMistyped) as mistyped:
        read_code(KIND, text[:at] + wrong + text[at + 1 :])
    assert mistyped.value.group == text[:at].count("-") + 1


def test_any_two_neighbours_swapped_are_found() -> None:
    found = 0
    for at in range(len(TEXT) - 1):
        left, right = TEXT[at], TEXT[at + 1]
        if "-" in (left, right) or left == right:
            continue
        with pytest.raises(CodeMistyped) as mistyped:
            read_code(KIND, TEXT[:at] + right + left + TEXT[at + 2 :])
        assert mistyped.value.group == TEXT[:at].count("-") + 1
        found += 1
    assert found > 40


def test_any_two_groups_swapped_are_found() -> None:
    for one in range(len(GROUPS)):
        for other in range(one):
            swapped = GROUPS.copy()
            swapped[one], swapped[other] = swapped[other], swapped[one]
            with pytest.raises(CodeMistyped) as mistyped:
                read_code(KIND, "-".join(swapped))
            assert mistyped.value.group == other + 1


def test_a_symbol_lost_or_doubled_is_found_in_its_group() -> None:
    for at in range(len(TEXT)):
        if TEXT[at] == "-":
            continue
        for typed in (TEXT[:at] + TEXT[at + 1 :], TEXT[:at] + TEXT[at] + TEXT[at:]):
            with pytest.raises(CodeMistyped) as mistyped:
                read_code(KIND, typed)
            assert mistyped.value.group == TEXT[:at].count("-") + 1


def test_several_slips_that_cancel_out_in_a_group_are_found_by_the_digest() -> None:
    unseen = 0
    for first in ALPHABET:
        for second in ALPHABET:
            text = TEXT[:8] + first + second + TEXT[10:]
            if text == TEXT:
                continue
            try:
                read_code(KIND, text)
            except CodeMistyped:
                continue
            except CodeUnreadable:
                unseen += 1
    assert unseen == 31  # of 1,023 wrong pairs the check symbol misses one in 33


def test_groups_left_out_or_added() -> None:
    for count in range(2, len(GROUPS)):
        with pytest.raises(CodeIncomplete) as incomplete:
            read_code(KIND, "-".join(GROUPS[:count]))
        assert incomplete.value.facts == {"expected": len(GROUPS), "found": count}
    with pytest.raises(CodeMistyped):
        read_code(KIND, "-".join(GROUPS[:3] + GROUPS[4:]))
    with pytest.raises(CodeMistyped):
        read_code(KIND, TEXT + "-000000")


@pytest.mark.parametrize("text", ["", "  ", "hello", "R", "6901234567892", "中文", "-", "https://x"])
def test_something_else_is_said_to_be_so(text: str) -> None:
    with pytest.raises(CodeUnreadable):
        read_code(KIND, text)


def test_a_code_of_the_other_kind() -> None:
    with pytest.raises(WrongKindOfCode) as wrong:
        read_code(CodeKind.RECOVERY, TEXT)
    assert wrong.value.found == "enrolment"
