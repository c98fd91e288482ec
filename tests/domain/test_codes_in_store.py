"""In-store codes: weights, prices and counts that a scale wrote into a number."""

import pytest
from biip import ParseConfig
from biip.checksums import gs1_price_weight_check_digit
from biip.gtin import Gtin
from biip.rcn import Rcn
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit, gtin14
from merchant_desk.domain.in_store import InStorePattern, parse_in_store

GERMAN_WEIGHT = InStorePattern("weight", "28IIIICWWWWWK")
GERMAN_PRICE = InStorePattern("price", "22IIIICPPPPPK")
GERMAN_COUNT = InStorePattern("count", "25IIIICQQQQQK")
NORDIC_WEIGHT = InStorePattern("weight", "24IIIIIIWWWWK", weight_decimals=2)
CHINESE_SCALE = InStorePattern("scale", "23IIIIIPPPPPWWWWWK")


def sealed(digits: str) -> str:
    return digits + str(check_digit(digits))


def test_price_and_weight_in_one_number() -> None:
    (found,) = parse_in_store(sealed("23" + "12345" + "01990" + "00755"), [CHINESE_SCALE])
    assert (found.pattern, found.item) == ("scale", "2312345")
    assert (found.price, found.weight, found.count) == (19_900_000, 755_000, None)
    assert found.base_code == sealed("23123450000000000")
    assert found.base_gtin is None


@given(st.integers(0, 9999), st.integers(0, 99_999), st.sampled_from(["22", "25", "28"]))
def test_readings_agree_with_the_library(item: int, value: int, prefix: str) -> None:
    guard = gs1_price_weight_check_digit(f"{value:05}")
    code = sealed(f"{prefix}{item:04}{guard}{value:05}")
    (found,) = parse_in_store(code, [GERMAN_WEIGHT, GERMAN_PRICE, GERMAN_COUNT])
    theirs = Gtin.parse(code, config=ParseConfig(rcn_region="de"))
    assert isinstance(theirs, Rcn)
    assert found.item == prefix + str(theirs.item_reference)
    assert found.weight == (None if theirs.weight is None else theirs.weight * MICRO)
    assert found.price == (None if theirs.price is None else theirs.price * MICRO)
    assert found.count == theirs.count
    assert found.base_gtin == theirs.without_variable_measure().as_gtin_14()
    assert found.base_gtin == gtin14(found.base_code)


@given(st.integers(0, 999_999), st.integers(0, 9999))
def test_decimals(item: int, value: int) -> None:
    (found,) = parse_in_store(sealed(f"24{item:06}{value:04}"), [NORDIC_WEIGHT])
    assert found.weight == value * 10_000


@given(st.integers(0, 9999), st.integers(0, 99_999), st.integers(1, 9))
def test_a_wrong_guard_of_the_value_is_no_reading(item: int, value: int, off: int) -> None:
    guard = (gs1_price_weight_check_digit(f"{value:05}") + off) % 10
    assert parse_in_store(sealed(f"22{item:04}{guard}{value:05}"), [GERMAN_PRICE]) == ()


def test_a_wrong_check_digit_is_no_reading() -> None:
    code = sealed("240000120755")
    assert parse_in_store(code, [NORDIC_WEIGHT])
    assert parse_in_store(code[:-1] + str((int(code[-1]) + 1) % 10), [NORDIC_WEIGHT]) == ()
    for text in ("", "24", "x" * 13, code + "0"):
        assert parse_in_store(text, [NORDIC_WEIGHT, CHINESE_SCALE]) == ()


def test_two_patterns_of_one_prefix_are_two_readings() -> None:
    other = InStorePattern("price", "24IIIIIIPPPPK")
    found = parse_in_store(sealed("240000120755"), [NORDIC_WEIGHT, other])
    assert [(one.pattern, one.weight, one.price) for one in found] == [
        ("weight", 7_550_000, None),
        ("price", None, 7_550_000),
    ]


def test_a_upc_a_that_begins_with_two() -> None:
    pattern = InStorePattern("price", "02IIIIICPPPPK")
    code = sealed("2" + "12345" + str(gs1_price_weight_check_digit("0499")) + "0499")
    (found,) = parse_in_store(code, [pattern])
    assert (found.item, found.price) == ("0212345", 4_990_000)
    assert parse_in_store("0" + code, [pattern]) == (found,)


@pytest.mark.parametrize(
    "layout",
    [
        "", "21IIIIIWWWWW", "21IIIIIIIIIIK", "30IIIIIWWWWWK", "2xIIIIIWWWWWK", "21WWWWWIIIIIK",
        "21IIWWWIIWWWK", "21IIIIIWWPPWK", "21IIIICCWWWWK", "21IIIIIICWWWK", "21IIIIIWWWWCK", "21IIIIIWWWWWKK",
        "21" + "I" * 20 + "WWWK",
    ],
)  # fmt: skip
def test_layouts_that_nobody_can_read_are_refused(layout: str) -> None:
    with pytest.raises(ValueError, match=r"layout|value"):
        InStorePattern("broken", layout)


@pytest.mark.parametrize("decimals", [-1, 7])
def test_decimals_have_limits(decimals: int) -> None:
    with pytest.raises(ValueError, match="decimals"):
        InStorePattern("broken", "21IIIIIWWWWWK", weight_decimals=decimals)
    with pytest.raises(ValueError, match="decimals"):
        InStorePattern("broken", "21IIIIIPPPPPK", price_decimals=decimals)
