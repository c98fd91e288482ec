"""What people type into the forms of a station, read strictly: days and quantities. No widgets."""

import re
from datetime import date
from unicodedata import normalize

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO

_DAY = re.compile(r"(\d{4})[-./年]?(\d{1,2})(?:[-./月]?(\d{1,2}))?[日月]?")
_SHORT = re.compile(r"(\d{2})(\d{2})(\d{2})")
_QUANTITY = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?")


def read_day(text: str) -> int | None:
    """Return a typed day as yyyymmdd, or None if it is no day.

    20271231, 2027-12-31, 2027.12.31, 2027年12月31日; 271231 as packages print it; 2027-12 and 202712 are a
    whole month, day 00 as GS1 writes it.
    """
    typed = normalize("NFKC", text).strip()
    if typed.isdigit() and len(typed) == 6 and not typed.startswith("20"):
        short = _SHORT.fullmatch(typed)
        return _valid(2000 + int(short[1]), int(short[2]), int(short[3])) if short else None
    if typed.isdigit() and len(typed) not in (6, 8):
        return None
    found = _DAY.fullmatch(typed)
    if found is None:
        return None
    return _valid(int(found[1]), int(found[2]), int(found[3]) if found[3] else 0)


def _valid(year: int, month: int, day: int) -> int | None:
    try:
        date(year, month, day or 1)
    except ValueError:
        return None
    return year * 10_000 + month * 100 + day


def read_quantity(text: str) -> int | None:
    """Return a typed quantity in 10^-6, or None if it is none above 0; 12 and 1.5, at most 10^7."""
    found = _QUANTITY.fullmatch(normalize("NFKC", text).strip().replace(",", ""))
    if found is None:
        return None
    value = int(found[1]) * MICRO + int((found[2] or "").ljust(6, "0"))
    return value if 0 < value <= MAX_QUANTITY else None
