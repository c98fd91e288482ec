"""Reading figures that people type: exact integers, no floats."""

import re
from datetime import date

from merchant_desk.domain.amounts import MICRO

_DECIMAL = re.compile(r"(\d{0,12})(?:[.。](\d{0,6}))?")


def read_micro(text: str) -> int | None:
    """Return a decimal as 10^-6 units (12, 1.5, 1,200.25), or None if it is none."""
    plain = text.strip().replace(",", "").replace("，", "")
    found = _DECIMAL.fullmatch(plain)
    if found is None or not plain.strip(".。"):
        return None
    whole, part = found[1] or "0", found[2] or ""
    return int(whole) * MICRO + int(part.ljust(6, "0"))


def read_day(text: str) -> int | None:
    """Return a day typed as 2026-11-28, 20261128 or 2026/11/28 as yyyymmdd, or None if there is none."""
    digits = re.sub(r"[-/.年月日\s]", " ", text.strip()).split()
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    try:
        year, month, day = (int(part) for part in digits)
        found = date(year, month, day)
    except ValueError:
        return None
    return found.year * 10_000 + found.month * 100 + found.day
