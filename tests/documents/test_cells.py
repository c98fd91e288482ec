"""Cells read as codes, numbers and times: exactly, or refused by name."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents.cells import (
    AMBIGUOUS_TIME,
    CLEANED,
    NO_SUCH_TIME,
    ROUNDED,
    NumberReader,
    TimeReader,
    UnreadableCell,
    clean_code,
    clean_text,
)
from merchant_desk.domain.imports import FaultCode

LONDON = ZoneInfo("Europe/London")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def fault_of(read: object, *args: object, **options: object) -> FaultCode:
    assert callable(read)
    with pytest.raises(UnreadableCell) as unreadable:
        read(*args, **options)
    return unreadable.value.fault.code


@pytest.mark.parametrize(
    ("text", "code", "notes"),
    [
        ("0012", "0012", ()),
        (" 85123A ", "85123A", ()),
        ("bank charges", "bank charges", ()),
        ("'0012", "0012", ()),
        ('="0012"', "0012", ()),
        ("A\u200b1", "A1", (CLEANED,)),
        ("\ufeff6901234567892", "6901234567892", (CLEANED,)),
        ("６９０１２３４５６７８９２", "6901234567892", (CLEANED,)),
        ("ＡＢ－１２", "AB-12", (CLEANED,)),
        ("款①号", "款①号", ()),
        ("3E+5x", "3E+5x", ()),
        ("", "", ()),
    ],
)
def test_codes(text: str, code: str, notes: tuple[str, ...]) -> None:
    assert clean_code(text, "barcode") == (code, notes)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("6.90123E+12", FaultCode.LOST_DIGITS),
        ("6,90123E+12", FaultCode.LOST_DIGITS),
        ("7e+12", FaultCode.LOST_DIGITS),
        ("6.90123456789212E+15", FaultCode.LOST_DIGITS),
        ("690\n123", FaultCode.CONTROL_CHARACTER),
        ("01\x1d21", FaultCode.CONTROL_CHARACTER),
        ("#N/A", FaultCode.ERROR_CELL),
        ("x" * 101, FaultCode.TEXT_TOO_LONG),
    ],
)
def test_codes_that_cannot_be_used(text: str, fault: FaultCode) -> None:
    assert fault_of(clean_code, text, "barcode") is fault


@given(
    st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="'=#"), min_size=1, max_size=40)
)
def test_cleaning_a_code_twice_changes_nothing_more(text: str) -> None:
    try:
        once = clean_code(text, "sku")[0]
    except UnreadableCell:
        return
    if not once.startswith(("'", "=", "#")):
        assert clean_code(once, "sku") == (once, ())


@pytest.mark.parametrize(
    ("text", "clean", "notes"),
    [
        ("  WHITE METAL LANTERN ", "WHITE METAL LANTERN", ()),
        ("cafe\u0301", "café", ()),
        ("一\n二\t三", "一 二 三", (CLEANED,)),
        ("caf\x85e", "caf e", (CLEANED,)),
        ("带\u00a0空格", "带 空格", ()),
        ("=新品=", "=新品=", ()),
        ("# 5", "# 5", ()),
    ],
)
def test_texts(text: str, clean: str, notes: tuple[str, ...]) -> None:
    assert clean_text(text, "name") == (clean, notes)


def test_texts_that_cannot_be_used() -> None:
    assert fault_of(clean_text, "x" * 501, "name") is FaultCode.TEXT_TOO_LONG
    assert fault_of(clean_text, "#REF!", "name") is FaultCode.ERROR_CELL
    assert fault_of(clean_text, "=A1&B1", "name", formulas=True) is FaultCode.FORMULA_WITHOUT_VALUE


@pytest.mark.parametrize(
    ("text", "mark", "micro", "notes"),
    [
        ("2.55", ".", 2_550_000, ()),
        ("-80995", ".", -80_995_000_000, ()),
        ("0.001", ".", 1000, ()),
        (".5", ".", 500_000, ()),
        ("5.", ".", 5_000_000, ()),
        ("+7", ".", 7_000_000, ()),
        ("5-", ".", -5_000_000, ()),
        ("(1,234.50)", ".", -1_234_500_000, ()),
        ("\u221212", ".", -12_000_000, ()),
        ("1,234,567", ".", 1_234_567_000_000, ()),
        ("1 234.5", ".", 1_234_500_000, ()),
        ("１２．５", ".", 12_500_000, ()),
        ("1.5e-05", ".", 15, ()),
        ("1.2E+3", ".", 1_200_000_000, ()),
        ("0.30000000000000004", ".", 300_000, (ROUNDED,)),
        ("0.0000005", ".", 1, (ROUNDED,)),
        ("-0.0000005", ".", -1, (ROUNDED,)),
        ("2,55", ",", 2_550_000, ()),
        ("1.234,5", ",", 1_234_500_000, ()),
        ("1\u00a0234,5", ",", 1_234_500_000, ()),
        ("1'234", ",", 1_234_000_000, ()),
    ],
)
def test_numbers(text: str, mark: str, micro: int, notes: tuple[str, ...]) -> None:
    assert NumberReader.of_quantities("quantity", mark)(text) == (micro, notes)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", FaultCode.MISSING_VALUE),
        ("  ", FaultCode.MISSING_VALUE),
        ("two", FaultCode.NUMBER_NOT_READ),
        ("-", FaultCode.NUMBER_NOT_READ),
        (".", FaultCode.NUMBER_NOT_READ),
        ("1.2.3", FaultCode.NUMBER_NOT_READ),
        ("--5", FaultCode.NUMBER_NOT_READ),
        ("12,34,567", FaultCode.NUMBER_NOT_READ),
        ("2,55", FaultCode.OTHER_DECIMAL_MARK),
        ("1.234,50", FaultCode.OTHER_DECIMAL_MARK),
        ("6901234567892", FaultCode.NUMBER_TOO_LARGE),
        ("9e99", FaultCode.NUMBER_TOO_LARGE),
        ("#DIV/0!", FaultCode.ERROR_CELL),
        ("=A1*2", FaultCode.FORMULA_WITHOUT_VALUE),
        ("5 kg", FaultCode.NUMBER_NOT_READ),
        ("NaN", FaultCode.NUMBER_NOT_READ),
        ("inf", FaultCode.NUMBER_NOT_READ),
    ],
)
def test_numbers_that_cannot_be_used(text: str, fault: FaultCode) -> None:
    assert fault_of(NumberReader.of_quantities("quantity", "."), text) is fault


@pytest.mark.parametrize("text", ["¥12.50", "￥12.50", "12.50元", "CNY 12.50", "RMB12.50"])
def test_signs_of_the_currency(text: str) -> None:
    assert NumberReader.of_prices("price", ".", "CNY")(text) == (12_500_000, ())


@pytest.mark.parametrize(
    "text", ["$12.50", "£12.50", "12.50 EUR", "12.50 eur", "₫12", "12.50美元", "-5 CHF", "US$5"]
)
def test_another_currency_is_not_taken_for_this_one(text: str) -> None:
    assert fault_of(NumberReader.of_prices("price", ".", "CNY"), text) is FaultCode.OTHER_CURRENCY


@pytest.mark.parametrize(
    "text", ["abc", "NaN", "inf", "-Infinity", "$", "EUR", "12.50/件", "¥5 abc", "1x2", "5 kg"]
)
def test_what_is_no_number_is_not_taken_for_another_currency(text: str) -> None:
    assert fault_of(NumberReader.of_prices("price", ".", "CNY"), text) is FaultCode.NUMBER_NOT_READ


@given(st.decimals(-10_000_000, 10_000_000, allow_nan=False, allow_infinity=False, places=9))
def test_numbers_are_exact(number: Decimal) -> None:
    expected = int((number * 1_000_000).to_integral_value(ROUND_HALF_UP))
    assert NumberReader.of_quantities("quantity", ".")(f"{number:f}")[0] == expected
    assert NumberReader.of_quantities("quantity", ",")(f"{number:f}".replace(".", ","))[0] == expected


def utc(text: str) -> int:
    return (dt.datetime.fromisoformat(text) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(
        microseconds=1
    )


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("2010-12-01 08:26:00", "ymd", "2010-12-01T08:26:00Z"),
        ("2011-07-01 08:26", "ymd", "2011-07-01T07:26:00Z"),
        ("2011/7/1 8:26", "ymd", "2011-07-01T07:26:00Z"),
        ("2011-07-01T08:26:00.25", "ymd", "2011-07-01T07:26:00.250000Z"),
        ("2011-07-01T08:26:00+08:00", "ymd", "2011-07-01T00:26:00Z"),
        ("2011-07-01T08:26:00Z", "ymd", "2011-07-01T08:26:00Z"),
        ("20111201", "ymd", "2011-12-01T00:00:00Z"),
        ("2011年12月1日 15时30分", "ymd", "2011-12-01T15:30:00Z"),
        ("2011年12月1日 下午3:30", "ymd", "2011-12-01T15:30:00Z"),
        ("1/12/2010 8:26", "dmy", "2010-12-01T08:26:00Z"),
        ("12/1/2010 8:26", "mdy", "2010-12-01T08:26:00Z"),
        ("12/1/2010 12:05 AM", "mdy", "2010-12-01T00:05:00Z"),
        ("12/1/2010 12:05 pm", "mdy", "2010-12-01T12:05:00Z"),
        ("2010-12-01", "dmy", "2010-12-01T00:00:00Z"),
        ("40513", "serial", "2010-12-01T00:00:00Z"),
        ("40513.351388889", "serial", "2010-12-01T08:26:00Z"),
    ],
)
def test_times(text: str, order: str, moment: str) -> None:
    assert TimeReader("placed_at", order, LONDON)(text) == (utc(moment), ())


def test_times_are_those_of_the_zone() -> None:
    assert TimeReader("placed_at", "ymd", SHANGHAI)("2025-03-01 08:00")[0] == utc("2025-03-01T00:00Z")


@pytest.mark.parametrize(
    ("text", "moment", "note"),
    [
        # London put its clocks back at 01:00 UTC on 2011-10-30 and forward at 01:00 UTC on 2011-03-27.
        ("2011-10-30 01:30", "2011-10-30T00:30Z", AMBIGUOUS_TIME),
        ("2011-10-30 02:00", "2011-10-30T02:00Z", None),
        ("2011-03-27 01:30", "2011-03-27T01:30Z", NO_SUCH_TIME),
        ("2011-03-27 02:00", "2011-03-27T01:00Z", None),
    ],
)
def test_nights_when_the_clock_is_changed(text: str, moment: str, note: str | None) -> None:
    assert TimeReader("placed_at", "ymd", LONDON)(text) == (utc(moment), (note,) if note else ())


@pytest.mark.parametrize(
    ("text", "order", "fault"),
    [
        ("", "ymd", FaultCode.MISSING_VALUE),
        ("yesterday", "ymd", FaultCode.DATE_NOT_READ),
        ("2011-02-29", "ymd", FaultCode.DATE_NOT_READ),
        ("2011-13-01", "ymd", FaultCode.DATE_NOT_READ),
        ("2011-12-01 25:00", "ymd", FaultCode.DATE_NOT_READ),
        ("2011-12-01 13:00 PM", "ymd", FaultCode.DATE_NOT_READ),
        ("1/12/2010", "ymd", FaultCode.DATE_NOT_READ),
        ("13/1/2010", "mdy", FaultCode.DATE_NOT_READ),
        ("1/12/10", "dmy", FaultCode.DATE_NOT_READ),
        ("40513.35", "ymd", FaultCode.DATE_IS_NUMBER),
        ("1900-01-01", "ymd", FaultCode.DATE_OUT_OF_RANGE),
        ("2210-12-01", "ymd", FaultCode.DATE_OUT_OF_RANGE),
        ("#VALUE!", "ymd", FaultCode.ERROR_CELL),
    ],
)
def test_times_that_cannot_be_used(text: str, order: str, fault: FaultCode) -> None:
    assert fault_of(TimeReader("placed_at", order, LONDON), text) is fault


@given(st.datetimes(dt.datetime.fromisoformat("1990-01-01"), dt.datetime.fromisoformat("2100-12-31")))
def test_every_time_comes_back(local: dt.datetime) -> None:
    micro, notes = TimeReader("placed_at", "ymd", LONDON)(local.isoformat(" "))
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=micro)
    back = moment.astimezone(LONDON).replace(tzinfo=None)
    assert back == local or (notes == (NO_SUCH_TIME,) and back == local + dt.timedelta(hours=1))
