"""Transformations: how the text of a cell is made into what a field is to read, as a saved mapping says.

They are applied in one place, where cells are picked out of a row (`mapped_cells`), before any reader of
codes, numbers or times sees them: a dry run, its samples and the import itself cannot differ in them.
"""

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from merchant_desk.documents.cells import MAX_CODE, SheetNumber, UnreadableCell, is_rounded
from merchant_desk.domain.gtins import is_digits
from merchant_desk.domain.imports import FaultCode

_TAGGED: Final = {"frozen": True, "kw_only": True, "forbid_unknown_fields": True, "tag_field": "do"}


class Trim(msgspec.Struct, tag="trim", **_TAGGED):
    """Take characters off both ends: those named, or blanks of every kind where none are."""

    characters: str = ""


class Split(msgspec.Struct, tag="split", **_TAGGED):
    """Keep one part of a text: the first is 1, the last -1. A text without that part is refused."""

    separator: str
    part: int


class DateFormat(msgspec.Struct, tag="date_format", **_TAGGED):
    """Read a date or time as it is written: yyyy yy M MM MMM d dd H HH h hh mm ss a, all else as it stands.

    `MM` is the month, `mm` the minute, `MMM` an English month, `a` AM or PM; `yy` is 1970 to 2069.
    """

    pattern: str


class DecimalComma(msgspec.Struct, tag="decimal_comma", **_TAGGED):
    """The numbers of this column have a decimal comma (1.234,50), whatever those of the others have."""


class LeadingZeros(msgspec.Struct, tag="leading_zeros", **_TAGGED):
    """Fill digits up with leading zeros to a width; other texts and longer ones stay as they are."""

    width: int


class Constant(msgspec.Struct, tag="constant", **_TAGGED):
    """A value for every row, or only where the cell is empty; the field needs no column for it."""

    value: str
    only_empty: bool = False


Transform = Trim | Split | DateFormat | DecimalComma | LeadingZeros | Constant
Change = Callable[[str], str]
"""Makes a cell's text into another one; may raise `UnreadableCell`."""

NAMES: Final = MappingProxyType(
    {
        "trim": ("去掉首尾字符", "trim"),
        "split": ("拆分", "split"),
        "date_format": ("日期格式", "date format"),
        "decimal_comma": ("小数逗号", "decimal comma"),
        "leading_zeros": ("补前导零", "leading zeros"),
        "constant": ("固定值", "constant value"),
    }
)
"""What transformations are called, in Chinese and English, by their tag."""

_BLANKS: Final = "\u200b\u200c\u200d\u2060\ufeff"
_COMMA_NUMBER: Final = re.compile(r"(?:[0-9]{1,3}(?:[. '\u00a0\u202f][0-9]{3})+|[0-9]+)(?:,[0-9]+)?")
_NUMBER: Final = re.compile(r"[0-9](?:[0-9., '\u00a0\u202f]*[0-9])?")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}:\d{2}(?:\.\d+)?)?")
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TOKEN: Final = re.compile(r"yyyy|yy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|a")
_PARTS: Final = MappingProxyType(
    {
        "yyyy": r"(?P<year>\d{4})",
        "yy": r"(?P<short>\d{2})",
        "MMM": r"(?P<word>[A-Za-z]{3,9})\.?",
        "MM": r"(?P<month>\d{2})",
        "M": r"(?P<month>\d{1,2})",
        "dd": r"(?P<day>\d{2})",
        "d": r"(?P<day>\d{1,2})",
        "HH": r"(?P<hour>\d{2})",
        "H": r"(?P<hour>\d{1,2})",
        "hh": r"(?P<hour>\d{2})",
        "h": r"(?P<hour>\d{1,2})",
        "mm": r"(?P<minute>\d{2})",
        "ss": r"(?P<second>\d{2})",
        "a": r"(?P<half>[AaPp][Mm]|上午|下午)",
    }
)


def tag_of(transform: Transform) -> str:
    """Return the name by which a saved mapping knows a transformation."""
    return str(transform.__struct_config__.tag)


def is_usable(transform: Transform) -> bool:
    """Tell whether a transformation can do anything."""
    match transform:
        case Split(separator=separator, part=part):
            return bool(separator) and part != 0
        case DateFormat(pattern=pattern):
            found = set(_TOKEN.findall(pattern))
            return bool(found & {"yyyy", "yy"} and found & {"M", "MM", "MMM"} and found & {"d", "dd"}) and (
                _compiled(pattern) is not None
            )
        case LeadingZeros(width=width):
            return 1 <= width <= MAX_CODE
    return True


def change_of(field: str, transforms: Sequence[Transform], decimal_mark: str) -> Change | None:
    """Return what a field's transformations do to a cell, one after the other; None where there are none.

    Args:
        field: named in faults.
        transforms: usable ones.
        decimal_mark: that of the mapping, in which changed numbers are written.
    """
    steps = [_step(field, one, decimal_mark) for one in transforms]
    if not steps:
        return None

    def change(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return change


def _step(field: str, transform: Transform, decimal_mark: str) -> Change:
    match transform:
        case Trim(characters=characters):
            return lambda text: _trimmed(text, characters)
        case Split(separator=separator, part=part):
            return lambda text: _part(text, separator, part, field)
        case DateFormat(pattern=pattern):
            compiled = _compiled(pattern)
            return lambda text: _dated(text, compiled, field)
        case DecimalComma():
            return lambda text: _with_point(text, decimal_mark, field)
        case LeadingZeros(width=width):
            return lambda text: _filled(text, width)
        case Constant(value=value, only_empty=only_empty):
            return lambda text: text if only_empty and text.strip() else value


def _filled(text: str, width: int) -> str:
    return text.strip().zfill(width) if is_digits(text.strip()) and not is_rounded(text) else text


def _trimmed(text: str, characters: str) -> str:
    if type(text) is SheetNumber:
        return text
    bare = text.strip().strip(_BLANKS).strip()
    return bare.strip(characters).strip() if characters else bare


def _part(text: str, separator: str, part: int, field: str) -> str:
    """Return one part of a text; an empty cell has none and stays empty. A sheet's number is one part."""
    if type(text) is SheetNumber:
        if part in (1, -1):
            return text
        raise UnreadableCell(FaultCode.NOT_SPLIT, field, text)
    if not text.strip():
        return ""
    parts = text.split(separator)
    place = part - 1 if part > 0 else part
    if not -len(parts) <= place < len(parts):
        raise UnreadableCell(FaultCode.NOT_SPLIT, field, text)
    return parts[place].strip()


def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of dates as an expression, None where it names a part twice."""
    made, last = "", 0
    for token in _TOKEN.finditer(pattern):
        made += re.escape(pattern[last : token.start()]) + _PARTS[token[0]]
        last = token.end()
    try:
        return re.compile(made + re.escape(pattern[last:]))
    except re.error:
        return None


def _dated(text: str, pattern: re.Pattern[str] | None, field: str) -> str:
    """Return a date as year, month, day and time; the dates of a sheet are so already."""
    plain = text.strip()
    if not plain or _ISO.fullmatch(plain):
        return plain
    found = pattern.fullmatch(plain) if pattern else None
    if found is None:
        raise UnreadableCell(FaultCode.DATE_NOT_READ, field, text)
    parts = found.groupdict()
    month = parts.get("month") or _month(parts.get("word") or "", field, text)
    year = int(parts["year"]) if parts.get("year") else _year(int(parts["short"] or 0))
    day = f"{year:04}-{int(month):02}-{int(parts['day'] or 0):02}"
    if not parts.get("hour"):
        return day
    half = {"上午": " AM", "下午": " PM"}.get(parts.get("half") or "", f" {parts.get('half') or ''}").rstrip()
    return f"{day} {parts['hour']}:{parts.get('minute') or '00'}:{parts.get('second') or '00'}{half}"


def _month(word: str, field: str, text: str) -> str:
    if word[:3].lower() not in _MONTHS:
        raise UnreadableCell(FaultCode.DATE_NOT_READ, field, text)
    return str(_MONTHS.index(word[:3].lower()) + 1)


def _year(short: int) -> int:
    return short + (2000 if short < 70 else 1900)


def _with_point(text: str, decimal_mark: str, field: str) -> str:
    """Return a text with its number's decimal comma as the mapping's own mark, and no thousands in it."""
    found = None if type(text) is SheetNumber else _NUMBER.search(text)
    if found is None:
        return text
    if not _COMMA_NUMBER.fullmatch(found[0]):
        raise UnreadableCell(FaultCode.OTHER_DECIMAL_MARK, field, text)
    plain = "".join(one for one in found[0] if one.isdigit() or one == ",").replace(",", decimal_mark)
    return text[: found.start()] + plain + text[found.end() :]
