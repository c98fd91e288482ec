"""Location codes and the patterns that make them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents.symbols import code128
from merchant_desk.domain.house_codes import location_code, location_label
from merchant_desk.domain.locations import MOST_CODE, MOST_OF_PATTERN, codes_of
from merchant_desk.domain.refusals import Refusal


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("A-01", ("A-01",)),
        ("A-[01-03]", ("A-01", "A-02", "A-03")),
        ("A-[8-11]", ("A-8", "A-9", "A-10", "A-11")),
        ("[A-C][1,3]", ("A1", "A3", "B1", "B3", "C1", "C3")),
        ("R[a-b]-[09-10]-X", ("Ra-09-X", "Ra-10-X", "Rb-09-X", "Rb-10-X")),
        ("[FRESH,DRY]-[1-2]", ("FRESH-1", "FRESH-2", "DRY-1", "DRY-2")),
        ("[A,A]-1", ("A-1",)),
    ],
)
def test_a_pattern_stands_for_its_codes_in_walking_order(pattern: str, codes: tuple[str, ...]) -> None:
    assert codes_of(pattern) == codes


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("A-[12-01]", "location_pattern_unreadable"),
        ("A-[z-a]", "location_pattern_unreadable"),
        ("A-[a-C]", "location_pattern_unreadable"),
        ("A-[]", "location_pattern_unreadable"),
        ("A-[1,]", "location_pattern_unreadable"),
        ("A-[1-2", "location_pattern_unreadable"),
        ("A-1]", "location_pattern_unreadable"),
        ("[[1-2]]", "location_pattern_unreadable"),
        ("[1-999999]", "location_pattern_unreadable"),
        ("[0-99]-[0-99]", "too_many_locations"),
        ("", "location_code_unreadable"),
        ("A 1", "location_code_unreadable"),
        ("货架-[1-2]", "location_code_unreadable"),
        ("A" * (MOST_CODE + 1), "location_code_unreadable"),
    ],
)
def test_what_cannot_be_read_or_printed_is_refused(pattern: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        codes_of(pattern)
    assert refused.value.code == code


@given(
    st.text(st.characters(codec="utf-8"), max_size=40)
    | st.from_regex(r"[A-Z]-\[[0-9,a-d-]{0,9}\]", fullmatch=True)
)
def test_any_pattern_gives_codes_that_a_label_can_say_or_is_refused(pattern: str) -> None:
    try:
        codes = codes_of(pattern)
    except Refusal:
        return
    assert 1 <= len(codes) <= MOST_OF_PATTERN
    assert len(set(codes)) == len(codes)
    for code in codes[:20]:
        assert location_code(code128(location_label(code)).text) == code
