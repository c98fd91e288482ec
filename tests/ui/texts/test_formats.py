from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.ui.texts import formats
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.speech import FixedSpeech

BEIJING = timezone(timedelta(hours=8))
ZH = LanguageCode.CHINESE
EN = LanguageCode.ENGLISH


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (3_846_250, "CNY", "¥ 38,462.50"),
        (-600, "CNY", "−¥ 6.00"),
        (5, "", "0.05"),
        (1_234_567, "JPY", "JP¥ 1,234,567"),
        (1_234_567, "KWD", "KWD 1,234.567"),
        (974_774_793, "GBP", "£ 9,747,747.93"),
    ],
)
def test_money(amount: int, currency: str, words: str) -> None:
    assert formats.money(amount, currency) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0"), (12_000_000, "12"), (1_500_000, "1.5"), (-250, "−0.00025"), (1_048_211_000_000, "1,048,211")],
)
def test_quantity(value: int, words: str) -> None:
    assert formats.quantity(value) == words


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        (3_125_000, "CNY", "¥ 3.125"),
        (3_000_000, "CNY", "¥ 3.00"),
        (120_000_000, "JPY", "JP¥ 120"),
        (1, "", "0.000001"),
    ],
)
def test_unit_price(price: int, currency: str, words: str) -> None:
    assert formats.unit_price(price, currency) == words


@given(st.integers(-(10**15), 10**15))
def test_no_figure_is_rounded_on_its_way_to_the_screen(value: int) -> None:
    sign = -1 if formats.quantity(value).startswith(formats.MINUS) else 1
    plain = formats.quantity(value).replace(",", "").lstrip(formats.MINUS)
    whole, _, part = plain.partition(".")
    assert sign * (int(whole) * 10**6 + int(part.ljust(6, "0") or 0)) == value
    plain = formats.money(value, "").replace(",", "").lstrip(formats.MINUS)
    whole, _, part = plain.partition(".")
    assert int(whole) * 100 + int(part) == abs(value)


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0 秒", "0 s"),
        (59, "59 秒", "59 s"),
        (60, "1 分钟", "1 min"),
        (2 * 3600 + 14 * 60, "2 小时 14 分", "2 h 14 min"),
        (3600, "1 小时", "1 h"),
        (26 * 3600, "1 天 2 小时", "1 day 2 h"),
        (90 * 86400, "90 天", "90 days"),
        (-5, "0 秒", "0 s"),
    ],
)
def test_span(seconds: int, chinese: str, english: str) -> None:
    assert formats.span(seconds * formats.SECOND, ZH) == chinese
    assert formats.span(seconds * formats.SECOND, EN) == english


def test_ago_says_now_only_of_what_is_fresh() -> None:
    assert formats.ago(9 * formats.SECOND, ZH) == "刚刚"
    assert formats.ago(10 * formats.SECOND, ZH) == "10 秒前"
    assert formats.ago(10 * formats.SECOND, EN) == "10 s ago"


def test_days_and_clocks_are_the_outlets() -> None:
    at = int(datetime(2026, 11, 21, 16, 30, 5, tzinfo=UTC).timestamp()) * 1_000_000
    here, there = FixedSpeech(ZH, BEIJING), FixedSpeech(EN)
    assert here.moment(at) == "2026-11-22 00:30"
    assert there.moment(at) == "2026-11-21 16:30"
    assert here.moment(at, at + formats.HOUR) == "00:30"
    assert here.clock(at, seconds=True) == "00:30:05"
    assert (here.weekday(at), there.weekday(at)) == ("周日", "Sat")
    assert here.day(date(2026, 1, 2)) == "2026-01-02"


@pytest.mark.parametrize(
    ("key", "facts", "said"),
    [
        ("home.pieces", {"n": 1_000_000}, "1 pc"),
        ("home.pieces", {"n": 1}, "0.000001 pcs"),
        ("station.progress", {"done": 0, "expected": 1_000_000}, "0 of 1 pc"),
        ("station.progress_alone", {"done": 2_000_000}, "2 pcs"),
    ],
)
def test_one_piece_is_one_piece(key: str, facts: dict[str, int], said: str) -> None:
    assert FixedSpeech(EN, BEIJING).text(key, **facts) == said
