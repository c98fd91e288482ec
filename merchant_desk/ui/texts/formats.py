"""How numbers, money, times and spans are written: exact integers in, text out.

Both languages write figures alike (1,234.5 and 2026-11-21); only words differ.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.ui.texts.catalogue import LanguageCode

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MINUS = "−"
"""U+2212, as wide as a figure in tabular faces."""

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "KRW": "₩"}

WEEKDAYS = {
    LanguageCode.CHINESE: ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    LanguageCode.ENGLISH: ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def grouped(value: int, minus: str = MINUS) -> str:
    """Write a whole number with thousands separators: 1048211 -> 1,048,211."""
    return f"{minus}{-value:,}" if value < 0 else f"{value:,}"


def fixed(value: int, digits: int) -> str:
    """Write `value` x 10^-`digits` with exactly that many decimals: (3846250, 2) -> 38,462.50."""
    if digits == 0:
        return grouped(value)
    whole, part = divmod(abs(value), 10**digits)
    sign = MINUS if value < 0 else ""
    return f"{sign}{whole:,}.{part:0{digits}d}"


def quantity(value: int) -> str:
    """Write a quantity given in 10^-6 base units, without needless zeros: 1500000 -> 1.5."""
    whole, part = divmod(abs(value), MICRO)
    sign = MINUS if value < 0 else ""
    rest = f"{part:06d}".rstrip("0")
    return f"{sign}{whole:,}.{rest}" if rest else f"{sign}{whole:,}"


def money(amount: int, currency: str, *, named: bool = True) -> str:
    """Write an amount given in minor units: (3846250, "CNY") -> ¥ 38,462.50; not named, 38,462.50."""
    return _of_currency(fixed(abs(amount), minor_digits(currency)), currency, minus=amount < 0, named=named)


def unit_price(price: int, currency: str, *, named: bool = True) -> str:
    """Write a price given in 10^-6 of the major unit, with the currency's decimals at least and 6 at most."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(price), MICRO)
    decimals = f"{part:06d}".rstrip("0").ljust(digits, "0")
    figures = f"{whole:,}.{decimals}" if decimals else f"{whole:,}"
    return _of_currency(figures, currency, minus=price < 0, named=named)


def _of_currency(figures: str, currency: str, *, minus: bool, named: bool) -> str:
    symbol = SYMBOLS.get(currency, currency) if named else ""
    return (MINUS if minus else "") + (f"{symbol} {figures}" if symbol else figures)


def permille(value: int) -> str:
    """Write a share given in 10^-3 as per cent with one decimal: 146 -> 14.6%."""
    return f"{fixed(value, 1)}%"


def rate(parts: int) -> str:
    """Write parts per million as per cent, without needless zeros: 130000 -> 13%, 5 -> 0.0005%."""
    whole, part = divmod(parts, 10_000)
    decimals = f"{part:04d}".rstrip("0")
    return f"{whole}.{decimals}%" if decimals else f"{whole}%"


def calendar_day(day: int) -> str:
    """Write a calendar day given as yyyymmdd, whatever it is; a day 00 stands for the whole month."""
    year, month, date = day // 10_000, day // 100 % 100, day % 100
    return f"{year:04}-{month:02}-{date:02}" if date else f"{year:04}-{month:02}"


def moment(at: int, zone: tzinfo) -> datetime:
    """Return microseconds UTC as a local time of `zone`."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(zone)


def iso_day(value: int | date, zone: tzinfo) -> str:
    """Write a day as 2026-11-21, from microseconds UTC or from a date."""
    return (value if isinstance(value, date) else moment(value, zone).date()).isoformat()


def span(length: int, code: LanguageCode) -> str:
    """Write a span of microseconds in its two largest units: 2 小时 14 分 / 2 h 14 min."""
    chinese = code is LanguageCode.CHINESE
    seconds = max(0, length) // SECOND
    if seconds < 60:
        return f"{seconds} 秒" if chinese else f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} 分钟" if chinese else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        small = (f" {minutes} 分" if chinese else f" {minutes} min") if minutes else ""
        return (f"{hours} 小时" if chinese else f"{hours} h") + small
    days, hours = divmod(hours, 24)
    small = (f" {hours} 小时" if chinese else f" {hours} h") if hours and days < 7 else ""
    large = f"{days} 天" if chinese else ("1 day" if days == 1 else f"{days} days")
    return large + small


def ago(length: int, code: LanguageCode) -> str:
    """Write how long ago something was: 刚刚, 5 分钟前 / just now, 5 min ago; under 10 s is now."""
    if length < 10 * SECOND:
        return "刚刚" if code is LanguageCode.CHINESE else "just now"
    text = span(length, code)
    return f"{text}前" if code is LanguageCode.CHINESE else f"{text} ago"
