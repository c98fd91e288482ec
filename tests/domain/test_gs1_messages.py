"""GS1 messages: what is read, in every form, and what survives damage."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_desk.domain.gs1 import Elements, Price, day_of, parse_elements
from merchant_desk.domain.gs1_elements import PROBLEM_CODES, Problem, human_readable
from merchant_desk.domain.gs1_linters import Fault, gcppos1
from merchant_desk.domain.gtins import check_digit

TODAY = 20261121
GS = "\x1d"
GTIN = "09521234543213"
SSCC = "095212340000000013"
GLN = "9521234543213"
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


def read(message: str, aim: str | None = None) -> Elements:
    return parse_elements(message, aim, TODAY)


def codes(elements: Elements) -> list[tuple[str, str]]:
    return [(problem.ai, problem.code) for problem in elements.problems]


def test_a_carton_with_lot_expiry_and_count() -> None:
    found = read(f"02{GTIN}3724{GS}10LOT-7a{GS}1727022800{SSCC}")
    assert found.problems == ()
    assert (found.content_gtin, found.content_count, found.count) == (GTIN, 24, 24)
    assert (found.lot, found.expiry, found.sscc, found.gtin) == ("LOT-7a", 20270228, SSCC, None)
    assert found.key == GTIN


def test_a_weighed_item_with_price() -> None:
    found = read(f"01{GTIN}3103001750392212345{GS}302")
    assert (found.net_weight, found.count) == (1_750_000, 2)
    assert found.price == Price(12345, 2, None)
    assert found.price.micro == 123_450_000
    assert read(f"01{GTIN}39331569990").price == Price(9990, 3, "156")
    assert read(f"01{GTIN}39271").price == Price(1, 7, None)
    assert Price(1, 7, None).micro is None


@pytest.mark.parametrize("decimals", range(6))
def test_measures_are_exact_integers(decimals: int) -> None:
    found = read(f"01{GTIN}310{decimals}000195315{decimals}999999")
    assert found.measures == (("310", 195 * 10 ** (6 - decimals)), ("315", 999999 * 10 ** (6 - decimals)))


def test_references() -> None:
    found = read(f"400PO-77/3{GS}410{GLN}414{GLN}420100080{GS}241SKU 1")
    assert (found.order_number, found.ship_to, found.location, found.postcode) == (
        "PO-77/3",
        GLN,
        GLN,
        "100080",
    )
    assert found.customer_part is None
    assert codes(found) == [("241", "invalid_cset82_character")]
    assert found.value("420") == "100080"
    assert found.value("241") is None


@pytest.mark.parametrize(
    ("ai", "name"),
    [
        ("11", "production"),
        ("12", "due"),
        ("13", "packed"),
        ("15", "best_before"),
        ("16", "sell_by"),
        ("17", "expiry"),
    ],
)
def test_days(ai: str, name: str) -> None:
    assert getattr(read(f"{ai}260228"), name) == 20260228
    assert getattr(read(f"{ai}280200"), name) == 20280229
    assert getattr(read(f"{ai}270229"), name) is None
    assert codes(read(f"{ai}270229")) == [(ai, "illegal_day")]
    assert codes(read(f"{ai}271301")) == [(ai, "illegal_month")]


def test_the_moment_of_expiry_gives_its_day_unless_the_day_is_there() -> None:
    assert read(f"01{GTIN}70032612241830").expiry == 20261224
    assert read(f"01{GTIN}17270101{GS}70032612241830").expiry == 20270101
    assert codes(read("70032613241830")) == [("7003", "illegal_month")]


@pytest.mark.parametrize(
    ("yymmdd", "today", "day"),
    [
        ("760101", 20261121, 20760101),
        ("770101", 20261121, 19770101),
        ("990101", 20261121, 19990101),
        ("000229", 20261121, 20000229),
        ("000229", 20510101, None),
        ("000228", 20510101, 21000228),
        ("010101", 20510101, 21010101),
        ("020101", 20510101, 20020101),
        ("100101", 20600101, 21100101),
        ("500101", 20990101, 20500101),
        ("480101", 20990101, 21480101),
        ("260000", 20261121, None),
        ("261131", 20261121, None),
    ],
)
def test_the_century_is_counted_from_the_day_that_is_given(yymmdd: str, today: int, day: int | None) -> None:
    assert day_of(yymmdd, today) == day


@given(st.integers(0, 99), st.integers(1970, 2200))
def test_a_year_lies_from_49_back_to_50_ahead(year: int, this_year: int) -> None:
    found = day_of(f"{year:02}0101", this_year * 10_000 + 101)
    assert found is not None
    assert -49 <= found // 10_000 - this_year <= 50
    assert found // 10_000 % 100 == year


def test_a_bad_date_keeps_the_gtin() -> None:
    found = read(f"01{GTIN}1726133110ABC")
    assert (found.gtin, found.lot, found.expiry) == (GTIN, "ABC", None)
    assert found.problems == (Problem("17", "261331", "illegal_month", 2, 2),)


def test_a_leap_day_that_the_century_lacks_is_a_problem_of_the_day() -> None:
    found = parse_elements(f"01{GTIN}17000229", None, 20600101)
    assert (found.gtin, found.expiry) == (GTIN, None)
    assert found.problems == (Problem("17", "000229", "illegal_day", 4, 2),)


def test_a_wrong_check_digit_keeps_the_rest() -> None:
    found = read(f"01{GTIN[:-1]}010ABC{GS}21S1")
    assert (found.gtin, found.lot, found.serial) == (None, "ABC", "S1")
    assert found.problems == (Problem("01", GTIN[:-1] + "0", "incorrect_check_digit", 13, 1),)


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (f"01{GTIN}05X{GS}10ABC", Problem("", "05X", "unknown_ai", 0, 3)),
        (f"01{GTIN}10{GS}10ABC", Problem("10", "", "too_short", 0, 0)),
        (f"01{GTIN}21{'9' * 21}{GS}10ABC", Problem("21", "9" * 21, "too_long", 20, 1)),
        (f"01{GTIN}1726{GS}10ABC", Problem("17", "26", "too_short", 0, 2)),
        (f"01{GTIN}21日{GS}10ABC", Problem("21", "日", "invalid_cset82_character", 0, 1)),
        (f"01{GTIN}30１２{GS}10ABC", Problem("30", "１２", "non_digit_character", 0, 1)),
        (f"01{GTIN}43212{GS}10ABC", Problem("4321", "2", "not_as_specified", 0, 1)),
        (f"01{GTIN}10ABC{GS}10ABD", Problem("10", "ABD", "repeated_ai", 0, 3)),
    ],
)
def test_one_damaged_element_leaves_the_others(message: str, problem: Problem) -> None:
    found = read(message)
    assert found.problems == (problem,)
    assert (found.gtin, found.lot) == (GTIN, "ABC")


def test_the_same_element_twice_is_no_problem_but_two_weights_are() -> None:
    assert read(f"01{GTIN}01{GTIN}").problems == ()
    found = read(f"01{GTIN}31030017503102000175")
    assert found.net_weight == 1_750_000
    assert codes(found) == [("3102", "repeated_ai")]


@pytest.mark.parametrize("lead", ["", GS, GS + GS, "]C1", "]d2", "]Q3", "]e0", "]J1", "]C1" + GS])
def test_a_leading_separator_or_identifier_of_the_symbol(lead: str) -> None:
    found = read(f"{lead}01{GTIN}10ABC{GS}")
    assert (found.gtin, found.lot, found.problems) == (GTIN, "ABC", ())


def test_a_symbol_that_holds_no_elements() -> None:
    for aim in ("]E0", "]E4", "E3", "]I1"):
        assert codes(read(f"01{GTIN}", aim)) == [("", "wrong_symbology")]
    assert read(f"]E0{GTIN[1:]}").elements == ()


@pytest.mark.parametrize(
    "typed",
    [
        f"(01){GTIN}(10)ABC(17)261231",
        f"(01) {GTIN} (10) ABC (17) 261231 ",
        f"(01){GTIN}\x1d(10)ABC\x1d(17)261231",
    ],
)
def test_brackets_as_people_type_them(typed: str) -> None:
    found = read(typed)
    assert (found.gtin, found.lot, found.expiry, found.problems) == (GTIN, "ABC", 20261231, ())


def test_brackets_with_an_unknown_identifier_keep_the_others() -> None:
    found = read(f"(01){GTIN}(888)X(10)ABC")
    assert (found.gtin, found.lot) == (GTIN, "ABC")
    assert found.problems == (Problem("888", "X", "unknown_ai", 0, 1),)
    assert human_readable(f"(01){GTIN}(888)X") == ""


@pytest.mark.parametrize(
    "address",
    [
        f"https://id.gs1.org/01/{GTIN}/10/ABC/21/9%2F1?17=261200&3103=000195&linkType=all",
        f"HTTP://shop.example.cn/a/b/01/{GTIN[1:]}/10/ABC/21/9%2F1?17=261200;3103=000195#top",
        f"https://example.com/gtin/{GTIN}/lot/ABC/ser/9%2F1?exp=261200&3103=000195",
    ],
)
def test_digital_link(address: str) -> None:
    found = read(address, "]Q1")
    assert found.problems == ()
    assert (found.gtin, found.lot, found.serial) == (GTIN, "ABC", "9/1")
    assert (found.expiry, found.net_weight) == (20261231, 195_000)


def test_digital_link_with_damage_keeps_the_rest() -> None:
    found = read(f"https://id.gs1.org/01/{GTIN}/10/?17=269900&05=1&21=A%20B")
    assert found.gtin == GTIN
    assert codes(found) == [
        ("10", "too_short"),
        ("05", "unknown_ai"),
        ("17", "illegal_month"),
        ("21", "invalid_cset82_character"),
    ]


@pytest.mark.parametrize(
    "address", ["https://example.com/", "http://[::1", "https://example.com/01", "https://"]
)
def test_an_address_that_is_no_digital_link(address: str) -> None:
    assert codes(read(address)) == [("", "no_digital_link")]


def with_check_digit(digits: str) -> str:
    return digits + str(check_digit(digits))


def digits_of(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


@dataclass(frozen=True)
class Part:
    """One element as we write it, and the field that must come back."""

    ai: str
    value: str
    name: str
    wanted: object


def text_part(ai: str, name: str, longest: int) -> st.SearchStrategy[Part]:
    values = st.text(SET_82, min_size=1, max_size=longest)
    return values.map(lambda value: Part(ai, value, name, value))


def day_part(ai: str, name: str) -> st.SearchStrategy[Part]:
    days = st.dates(date(1977, 1, 1), date(2076, 12, 31))
    return days.map(lambda day: Part(ai, f"{day:%y%m%d}", name, int(f"{day:%Y%m%d}")))


PARTS = st.tuples(
    digits_of(13).map(with_check_digit).map(lambda value: Part("01", value, "gtin", value)),
    digits_of(17).map(with_check_digit).map(lambda value: Part("00", value, "sscc", value)),
    text_part("10", "lot", 20),
    text_part("21", "serial", 20),
    text_part("400", "order_number", 30),
    text_part("420", "postcode", 20),
    day_part("17", "expiry"),
    day_part("15", "best_before"),
    st.integers(0, 99_999_999).map(lambda count: Part("30", str(count), "variable_count", count)),
    st.tuples(st.integers(0, 5), st.integers(0, 999_999)).map(
        lambda one: Part(f"310{one[0]}", f"{one[1]:06}", "net_weight", one[1] * 10 ** (6 - one[0]))
    ),
).flatmap(lambda parts: st.lists(st.sampled_from(parts), min_size=1, unique_by=lambda part: part.ai))
FIXED = {"00", "01", "15", "17", *(f"310{n}" for n in range(6))}


@given(PARTS, st.booleans())
def test_what_is_written_is_read_back(parts: list[Part], thrifty: bool) -> None:
    scanned = "".join(part.ai + part.value + ("" if part.ai in FIXED and thrifty else GS) for part in parts)
    found = read(scanned)
    assert found.problems == ()
    assert [(element.ai, element.value) for element in found.elements] == [
        (one.ai, one.value) for one in parts
    ]
    assert {part.name: getattr(found, part.name) for part in parts} == {
        part.name: part.wanted for part in parts
    }
    assert human_readable(scanned) == "".join(f"({part.ai}){part.value}" for part in parts)


@given(PARTS)
def test_every_form_says_the_same(parts: list[Part]) -> None:
    plain = [part for part in parts if not set(part.value) & set("()")]
    scanned = read("".join(part.ai + part.value + GS for part in plain))
    assert not plain or read("".join(f"({part.ai}){part.value}" for part in plain)) == scanned
    others = [part for part in parts if part.ai != "01"]
    query = "&".join(f"{part.ai}={quote(part.value, safe='')}" for part in others)
    assert read(f"https://id.gs1.org/01/{GTIN}?{query}") == read(
        f"01{GTIN}" + "".join(part.ai + part.value + GS for part in others)
    )


SCANNED_PIECES = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["01", GTIN, "10", "17", "26", "3103", GS, "(", ")", "(01)", "]C1", "https://", "/01/", "%", "?"]
        ),
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(), SCANNED_PIECES), st.one_of(st.none(), st.text(max_size=4)))
@example("]", None)
@example("]C", "]")
@example("https://[", None)
@example("https://x/01/%ZZ?=&;=&01", None)
def test_no_text_raises(message: str, aim: str | None) -> None:
    found = parse_elements(message, aim, TODAY)
    for problem in found.problems:
        assert problem.code in PROBLEM_CODES
        assert 0 <= problem.position <= problem.position + problem.length <= len(problem.value)
    human_readable(message)


@pytest.mark.parametrize(
    "message", ["05" + GS, "(01)", "10", f"01{GTIN}", "9" * 95 + GS, "https://x/01/1/10/", "(", "%41%41"]
)
def test_time_grows_with_length_only(message: str) -> None:
    # 400,000 characters would take minutes if any step were quadratic; the test's own time-out is the limit.
    found = read(message * (400_000 // len(message)))
    assert len(found.elements) <= 1


def test_a_company_prefix_is_not_looked_up_unless_a_source_is_given() -> None:
    assert gcppos1("9521234") is None
    assert gcppos1("9521234", lambda value: value.startswith("952")) is None
    assert gcppos1("9511234", lambda value: value.startswith("952")) == Fault("invalid_gcp_prefix", 0, 7)
