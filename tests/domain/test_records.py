"""Rules of a shop's own records: tracking addresses, taxes in exact integers, codes, currencies."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.carriers import check_tracking, check_tracking_url, tracking_address
from merchant_desk.domain.currencies import CURRENCIES, check_currency, minor_digits
from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.organisation import check_outlet_code
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import WHOLE, Rate, check_day, check_rate, rate_on, tax_in_goods, tax_of


def refused(check: object, *values: object) -> str:
    with pytest.raises(Refusal) as found:
        check(*values)  # type: ignore[operator]
    return found.value.code


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "https://example.com/?no={tracking}",
        "http://example.com:8080/track/{tracking}",
        "https://example.com/#/{tracking}/zh",
    ],
)
def test_addresses_at_which_a_parcel_is_found(pattern: str) -> None:
    check_tracking_url(pattern)


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("example.com/{tracking}", "tracking_url_unreadable"),
        ("ftp://example.com/{tracking}", "tracking_url_unreadable"),
        ("javascript:alert('{tracking}')", "tracking_url_unreadable"),
        ("file:///etc/{tracking}", "tracking_url_unreadable"),
        ("https:///{tracking}", "tracking_url_unreadable"),
        ("https://someone@example.com/{tracking}", "tracking_url_unreadable"),
        ("https://example.com:port/{tracking}", "tracking_url_unreadable"),
        ("https://[bad/{tracking}", "tracking_url_unreadable"),
        ("https://example.com/a b/{tracking}", "tracking_url_unreadable"),
        ("https://example.com/\n{tracking}", "tracking_url_unreadable"),
        ("https://example.com/" + "a" * 500 + "{tracking}", "tracking_url_unreadable"),
        ("https://example.com/", "tracking_url_place"),
        ("https://{tracking}.example.com/", "tracking_url_place"),
        ("https://example.com/{tracking}/{tracking}", "tracking_url_place"),
        ("https://example.com/{number}?n={tracking}", "tracking_url_place"),
        ("https://example.com/{tracking", "tracking_url_place"),
    ],
)
def test_addresses_at_which_none_is(pattern: str, code: str) -> None:
    assert refused(check_tracking_url, pattern) == code


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64))
def test_a_number_stays_within_its_place_of_the_address(number: str) -> None:
    """No number leads to another host or adds a part to the address."""
    found = urlsplit(tracking_address("https://example.com/track?no={tracking}&lang=zh", number))
    assert (found.netloc, found.path, found.fragment) == ("example.com", "/track", "")
    assert found.query.count("&") == 1
    assert unquote(found.query.removeprefix("no=").removesuffix("&lang=zh")) == number


def test_without_number_or_address_nothing_is_followed() -> None:
    assert tracking_address("", "T1") == ""
    assert tracking_address("https://example.com/{tracking}", "") == ""
    assert refused(check_tracking, "a\n") == refused(check_tracking, "1" * 65) == "tracking_unreadable"


@given(st.integers(0, 10**15), st.integers(0, WHOLE))
def test_the_tax_in_a_price_is_the_tax_on_what_is_left(price: int, rate: int) -> None:
    """Exact to half a unit, whichever way a price is declared."""
    tax = tax_of(price, rate, included=True)
    net = price - tax
    assert 0 <= tax <= net or rate == 0 or net in (tax, tax - 1)
    assert abs(net * rate - tax * WHOLE) * 2 <= WHOLE + rate
    assert abs(tax_of(net, rate, included=False) - tax) <= 1


def test_the_tax_of_prices_as_they_are_printed() -> None:
    """113.00 with 13 % in it is 100.00 and 13.00; 0.10 and 6 %, half up."""
    assert tax_of(113 * MICRO, 130_000, included=True) == 13 * MICRO
    assert tax_of(100 * MICRO, 130_000, included=False) == 13 * MICRO
    assert tax_of(10_600, 60_000, included=True) == 600
    assert tax_of(25, 20_000, included=False) == 1
    assert tax_of(4_500_000 * 100, 130_000, included=True, parts=MICRO) == 52
    assert tax_of(4_999_999, 100_000, included=False, parts=MICRO) == 0  # 0.4999999: not rounded twice


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from((0, 90_000, 130_000))), max_size=8),
       st.integers(0, 10**6))  # fmt: skip
def test_the_tax_in_goods_is_that_of_what_is_paid_for_them(goods: list[tuple[int, int]], off: int) -> None:
    """Nothing of a discount is lost, and each rate's tax is rounded once."""
    total = sum(amount for amount, _ in goods)
    found = tax_in_goods(goods, off if total else 0)
    paid = total - (off if total else 0)
    assert set(found) == {rate for _, rate in goods}
    assert found.get(0, 0) == 0
    if len({rate for _, rate in goods}) == 1:
        assert found == {goods[0][1]: tax_of(paid, goods[0][1], included=True)}


@given(st.dictionaries(st.integers(20_000_101, 20_991_231), st.integers(0, WHOLE), max_size=8),
       st.integers(20_000_101, 20_991_231))  # fmt: skip
def test_the_last_rate_that_has_begun_holds(rates: dict[int, int], day: int) -> None:
    held = rate_on([Rate(*one) for one in rates.items()], day)
    begun = [one for one in sorted(rates) if one <= day]
    assert held == (rates[begun[-1]] if begun else None)


def test_what_is_no_rate_no_day_no_currency() -> None:
    check_rate(0)
    check_rate(WHOLE)
    assert refused(check_rate, -1) == refused(check_rate, WHOLE + 1) == "tax_rate_absurd"
    check_day(20_280_229)
    for day in (20_270_229, 20_261_301, 0, -20_260_101, 2_026_01_001):
        assert refused(check_day, day) == "day_unreadable"
    check_currency("CNY")
    assert {"XDR", "XTS", "XAU"} & CURRENCIES == set()
    for currency in ("", "cny", "RMB", "XTS"):
        assert refused(check_currency, currency) == "unknown_currency"


def test_money_is_counted_as_the_standard_says() -> None:
    """ISO 4217, list one: not as a locale is used to write it, where 13 of these have no decimals."""
    assert {minor_digits(one) for one in ("RSD", "LAK", "MMK", "CNY", "AFN", "")} == {2}
    assert {minor_digits(one) for one in ("JPY", "KRW", "XOF", "VND")} == {0}
    assert {minor_digits(one) for one in ("IQD", "KWD", "TND")} == {3}


def test_codes_and_names() -> None:
    check_code("供-01")
    for code in ("", " a", "a ", "a\tb", "x" * 33):
        assert refused(check_code, code) == "record_code_unreadable"
    check_outlet_code("CG-1")
    for code in ("", "城关", "C G", "x" * 17):
        assert refused(check_outlet_code, code) == "outlet_code_unreadable"
    assert refused(check_name, "  ") == refused(check_name, "a\nb") == "name_unreadable"
