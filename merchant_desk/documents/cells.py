"""Cells: the texts of a table read as codes, numbers and times, exactly or not at all."""

import datetime as dt
import re
import unicodedata
from typing import Final
from zoneinfo import ZoneInfo

from babel.numbers import list_currencies

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO
from merchant_desk.domain.imports import Fault, FaultCode

MAX_CODE: Final = 100
MAX_NAME: Final = 500
MAX_PRICE: Final = 1_000_000_000 * MICRO
"""10^-6 major units: a billion for one piece is a slip."""

_CACHED: Final = 65_536
_ERRORS: Final = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
)
_LOST_DIGITS: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,3}")
_ROUNDED_DIGITS: Final = 12
_ROUNDED_END: Final = "000000"
_AS_TEXT_FORMULA: Final = re.compile(r'="([^"]*)"')
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    (0x3000, 0xA0, 0x2007, 0x202F), 0x20
)
"""Full-width signs, and blanks that look like one and are another."""
_INVISIBLE: Final = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202C, 0x2060, 0xFEFF))

_SYMBOLS: Final = {
    "CNY": ("CNY", "RMB", "人民币", "¥", "元", "圆"),
    "GBP": ("GBP", "£", "英镑"),
    "EUR": ("EUR", "€", "欧元"),
    "USD": ("USD", "US$", "$", "美元"),
    "HKD": ("HKD", "HK$", "$", "港币", "港元"),
    "JPY": ("JPY", "¥", "円", "日元"),
}
_CURRENCY_WORDS: Final = {word for words in _SYMBOLS.values() for word in words} | list_currencies()
_WORD: Final = re.compile(r"[^\W\d_]+")
_ANY_SYMBOL: Final = re.compile(r"[^\W\d_]|[$£¥\u20a0-\u20cf]")
_POINT: Final = re.compile(r"(?:[0-9]{1,3}(?:[, '][0-9]{3})+|[0-9]+)?(?:\.[0-9]*)?")
_COMMA: Final = re.compile(r"(?:[0-9]{1,3}(?:[. '][0-9]{3})+|[0-9]+)?(?:,[0-9]*)?")
_SCIENTIFIC: Final = re.compile(r"([0-9]+)(?:[.,]([0-9]*))?[eE]([+-]?[0-9]{1,2})")

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)
_SERIAL_ZERO: Final = dt.datetime(1899, 12, 30, tzinfo=dt.UTC)
_YEARS: Final = range(1990, 2101)
_TIME: Final = (
    r"(?:[T\s]+(?P<half>上午|下午)?\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{2})(?:[:分](?P<second>\d{2})"
    r"(?:[.,](?P<part>\d{1,9}))?秒?)?分?\s*(?P<pm>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_DATES: Final = {
    "ymd": re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?" + _TIME),
    "compact": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})" + _TIME),
    "dmy": re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})" + _TIME),
    "mdy": re.compile(r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})" + _TIME),
}
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")

ROUNDED: Final = "rounded"
"""Note: a number had more than six decimals and was rounded half up to six."""
CLEANED: Final = "cleaned"
"""Note: characters that nobody sees, or full-width letters and digits of a code, were put right."""
AMBIGUOUS_TIME: Final = "ambiguous_time"
"""Note: the clock showed this time twice that night (summer time ended); the first one is meant."""
NO_SUCH_TIME: Final = "no_such_time"
"""Note: the clock skipped this time (summer time began); it is counted on from the hour before."""

Notes = tuple[str, ...]


class SheetNumber(str):
    """A cell of a workbook that holds a number, not its text: the point in it is always a decimal point."""

    __slots__ = ()


class UnreadableCell(Exception):  # noqa: N818 - an answer about a cell, made into a refused row at once
    """A cell that cannot be used."""

    def __init__(self, code: FaultCode, field: str, text: str) -> None:
        super().__init__(code, field, text)
        self.fault = Fault(code, field, text[:MAX_CODE])


def clean_text(text: str, field: str, *, formulas: bool = False, limit: int = MAX_NAME) -> tuple[str, Notes]:
    """Return a text in NFC, without blanks at its ends; control characters in it become one blank.

    Args:
        text: the cell.
        field: named in a fault.
        formulas: whether the table marks a formula without value by "=" (workbooks).
        limit: most characters.

    Raises:
        UnreadableCell: `error_cell`, `formula_without_value`, `text_too_long`.
    """
    text = text.strip()
    notes: Notes = ()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        whole = "".join(" " if unicodedata.category(one) in ("Cc", "Zs", "Zl", "Zp") else one for one in text)
        notes = (CLEANED,) if any(unicodedata.category(one) == "Cc" for one in text) else ()
        text = " ".join(whole.split())
    if text[:1] in "#=" and text:
        _refuse_marker(text, field, formulas)
    if len(text) > limit:
        raise UnreadableCell(FaultCode.TEXT_TOO_LONG, field, text)
    return text, notes


def clean_code(text: str, field: str, *, formulas: bool = False) -> tuple[str, Notes]:
    """Return a code as it is meant: upper and lower case, symbols and leading zeros are kept.

    The marks by which spreadsheets force text ('0123 and ="0123") and characters that nobody sees are taken
    off; full-width letters and digits, which no scanner reads, become plain ones.

    Raises:
        UnreadableCell: `lost_digits` (6.90123E+12: nobody knows the rest; see also `is_rounded`),
            `control_character`, `error_cell`, `formula_without_value`, `text_too_long`.
    """
    if is_rounded(text):
        raise UnreadableCell(FaultCode.LOST_DIGITS, field, text)
    if text.isascii() and text.isalnum() and len(text) <= MAX_CODE:
        return str(text), ()
    code = text.strip()
    if code.startswith("'"):
        code = code[1:].strip()
    elif forced := _AS_TEXT_FORMULA.fullmatch(code):
        code = forced[1].strip()
    plain = code if code.isascii() else _plain(code)
    if plain[:1] in "#=" and plain:
        _refuse_marker(plain, field, formulas)
    if _LOST_DIGITS.fullmatch(plain):
        raise UnreadableCell(FaultCode.LOST_DIGITS, field, text)
    if len(plain) > MAX_CODE:
        raise UnreadableCell(FaultCode.TEXT_TOO_LONG, field, text)
    if any(unicodedata.category(one) == "Cc" for one in plain):
        raise UnreadableCell(FaultCode.CONTROL_CHARACTER, field, text)
    return plain, (CLEANED,) if plain != code else ()


def is_rounded(text: str) -> bool:
    """Tell whether a sheet's number is what 6.9E+12 became when it was read as one; as text it is a code."""
    return type(text) is SheetNumber and len(text) >= _ROUNDED_DIGITS and text.endswith(_ROUNDED_END)


def _plain(code: str) -> str:
    return unicodedata.normalize("NFC", code.translate(_FULL_WIDTH).translate(_INVISIBLE)).strip()


def _refuse_marker(text: str, field: str, formulas: bool) -> None:
    if text in _ERRORS:
        raise UnreadableCell(FaultCode.ERROR_CELL, field, text)
    if formulas and text.startswith("="):
        raise UnreadableCell(FaultCode.FORMULA_WITHOUT_VALUE, field, text)


class NumberReader:
    """Reads the numbers of one column as whole 10^-6 units.

    Args:
        field: named in faults.
        decimal_mark: "." (thousands by comma) or "," (thousands by point, blank or apostrophe).
        currency: the code (ISO 4217) whose signs may stand beside a number, or None for a quantity.
        limit: the largest absolute value, 10^-6 units.
    """

    def __init__(self, field: str, decimal_mark: str, currency: str | None, limit: int) -> None:
        self._field = field
        self._own, self._other = (_POINT, _COMMA) if decimal_mark == "." else (_COMMA, _POINT)
        self._mark = decimal_mark
        self._currency = currency
        self._limit = limit
        self._known: dict[str, tuple[int, Notes]] = {}

    @classmethod
    def of_quantities(cls, field: str, decimal_mark: str) -> "NumberReader":
        """Return a reader of quantities, 10^-6 base units."""
        return cls(field, decimal_mark, None, MAX_QUANTITY)

    @classmethod
    def of_prices(cls, field: str, decimal_mark: str, currency: str) -> "NumberReader":
        """Return a reader of prices, 10^-6 major units."""
        return cls(field, decimal_mark, currency, MAX_PRICE)

    def __call__(self, text: str) -> tuple[int, Notes]:
        """Return the number in 10^-6 units.

        Raises:
            UnreadableCell: `missing_value`, `number_not_read`, `other_decimal_mark`, `other_currency`,
                `number_too_large`, `error_cell`, `formula_without_value`.
        """
        if self._mark != "." and type(text) is SheetNumber:
            return NumberReader(self._field, ".", self._currency, self._limit)(str(text))
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _CACHED:
                self._known.clear()
            known = self._known[text] = self._read(text)
        return known

    def _read(self, text: str) -> tuple[int, Notes]:
        plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip()
        if not plain:
            raise UnreadableCell(FaultCode.MISSING_VALUE, self._field, text)
        _refuse_marker(plain, self._field, formulas=True)
        negative, plain = self._unsigned(self._without_currency(plain, text))
        value, notes = self._scaled(plain, text)
        if value > self._limit:
            raise UnreadableCell(FaultCode.NUMBER_TOO_LARGE, self._field, text)
        return (-value if negative else value), notes

    def _without_currency(self, plain: str, text: str) -> str:
        if self._currency is None or not _ANY_SYMBOL.search(plain):
            return plain
        for symbol in _SYMBOLS.get(self._currency, (self._currency,)):
            shorn = plain.replace(symbol, "", 1)
            if shorn != plain and not _ANY_SYMBOL.search(shorn):
                return shorn.strip()
        if _SCIENTIFIC.fullmatch(plain.lstrip("+-")):
            return plain
        code = FaultCode.OTHER_CURRENCY if self._is_foreign(plain) else FaultCode.NUMBER_NOT_READ
        raise UnreadableCell(code, self._field, text)

    def _is_foreign(self, plain: str) -> bool:
        """Tell whether another currency than ours is written beside a number; "abc" and "NaN" are neither."""
        if not any(one.isdigit() for one in plain):
            return False
        own = _SYMBOLS.get(self._currency or "", (self._currency,))
        signs = {one for one in plain if unicodedata.category(one) == "Sc"}
        words = set(_WORD.findall(plain.upper())) & _CURRENCY_WORDS
        return not (signs | words).issubset(own)

    @staticmethod
    def _unsigned(plain: str) -> tuple[bool, str]:
        """Take the sign off: -5, - 5, 5-, (5), +5."""
        if plain.startswith("(") and plain.endswith(")"):
            return True, plain[1:-1].strip()
        if plain.endswith("-"):
            return True, plain[:-1].strip()
        if plain.startswith(("-", "+")):
            return plain.startswith("-"), plain[1:].strip()
        return False, plain

    def _scaled(self, plain: str, text: str) -> tuple[int, Notes]:
        if scientific := _SCIENTIFIC.fullmatch(plain):
            whole, part, power = scientific[1], scientific[2] or "", int(scientific[3])
            return _micro(whole + part, power - len(part))
        if not any(one.isdigit() for one in plain) or not self._own.fullmatch(plain):
            other = any(one.isdigit() for one in plain) and self._other.fullmatch(plain)
            code = FaultCode.OTHER_DECIMAL_MARK if other else FaultCode.NUMBER_NOT_READ
            raise UnreadableCell(code, self._field, text)
        whole, _, part = plain.partition(self._mark)
        return _micro("".join(one for one in whole if one.isdigit()) + part, -len(part))


def _micro(digits: str, power: int) -> tuple[int, Notes]:
    """Return digits * 10^power in 10^-6 units, rounded half up."""
    power += 6
    if power >= 0:
        return int(digits or "0") * 10**power, ()
    value, rest = divmod(int(digits or "0"), 10**-power)
    return value + (2 * rest >= 10**-power), ((ROUNDED,) if rest else ())


class TimeReader:
    """Reads the times of one column as microseconds UTC.

    Args:
        field: named in faults.
        date_order: "ymd", "dmy", "mdy" (year first and Chinese dates are read under each), or "serial" for
            the day numbers of spreadsheets.
        zone: where the clock hung, for times that do not say so themselves.
    """

    def __init__(self, field: str, date_order: str, zone: ZoneInfo) -> None:
        self._field = field
        self._order = date_order
        self._zone = zone
        self._known: dict[str, tuple[int, Notes]] = {}

    def __call__(self, text: str) -> tuple[int, Notes]:
        """Return the time in microseconds UTC; a day without a time begins at midnight.

        Raises:
            UnreadableCell: `missing_value`, `date_not_read`, `date_is_number`, `date_out_of_range`,
                `error_cell`, `formula_without_value`.
        """
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _CACHED:
                self._known.clear()
            known = self._known[text] = self._read(text.strip(), text)
        return known

    def _read(self, plain: str, text: str) -> tuple[int, Notes]:
        if not plain:
            raise UnreadableCell(FaultCode.MISSING_VALUE, self._field, text)
        _refuse_marker(plain, self._field, formulas=True)
        try:
            local = self._local(plain)
        except (ValueError, OverflowError) as error:
            raise UnreadableCell(FaultCode.DATE_NOT_READ, self._field, text) from error
        if local.year not in _YEARS:
            raise UnreadableCell(FaultCode.DATE_OUT_OF_RANGE, self._field, text)
        return (local - _EPOCH) // _MICROSECOND, self._notes(local)

    def _local(self, plain: str) -> dt.datetime:
        if _SERIAL.fullmatch(plain):
            if self._order != "serial":
                raise UnreadableCell(FaultCode.DATE_IS_NUMBER, self._field, plain)
            milliseconds = round(float(plain) * 86_400_000)
            return (_SERIAL_ZERO + dt.timedelta(milliseconds=milliseconds)).replace(tzinfo=self._zone)
        for order in ("ymd", "compact", self._order):
            if order in _DATES and (found := _DATES[order].fullmatch(plain)):
                return self._built(found)
        raise ValueError(plain)

    def _built(self, found: re.Match[str]) -> dt.datetime:
        hour = int(found["hour"] or 0)
        if found["pm"] or found["half"]:
            if not 1 <= hour <= 12:
                raise ValueError(found[0])
            later = (found["pm"] or "").lower() == "pm" or found["half"] == "下午"
            hour = hour % 12 + (12 if later else 0)
        part = int((found["part"] or "0")[:6].ljust(6, "0"))
        time = (hour, int(found["minute"] or 0), int(found["second"] or 0), part)
        day = (int(found["y"]), int(found["m"]), int(found["d"]))
        return dt.datetime(*day, *time, tzinfo=_zone(found["zone"]) or self._zone)

    def _notes(self, local: dt.datetime) -> Notes:
        if local.utcoffset() == local.replace(fold=1).utcoffset():
            return ()
        back = local.astimezone(dt.UTC).astimezone(local.tzinfo)
        same = back.replace(tzinfo=None) == local.replace(tzinfo=None)
        return (AMBIGUOUS_TIME,) if same else (NO_SUCH_TIME,)


def _zone(text: str | None) -> dt.tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return dt.UTC
    sign = -1 if text[0] == "-" else 1
    return dt.timezone(sign * dt.timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
