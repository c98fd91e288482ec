"""GS1 linters: checks on the parts of an element string's value, with the place of the fault.

They are the procedures of the GS1 Barcode Syntax Dictionary (Barcode Syntax Tests) that our application
identifiers need and biip lacks: biip says that a value is wrong, not where. A linter returns None or a Fault
whose error is the dictionary's name in lower case ("incorrect_check_digit").
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

from merchant_desk.domain.gtins import has_check_digit

_NON_DIGIT = re.compile(r"[^0-9]")
_NON_CSET82 = re.compile(r"""[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]""")

SHORTEST_COMPANY_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value: the linter's error and the characters that it marks."""

    error: str
    position: int
    length: int


Linter = Callable[[str], Fault | None]


def csetnumeric(value: str) -> Fault | None:
    """Every character is a digit 0-9."""
    return _first(_NON_DIGIT, value, "non_digit_character")


def cset82(value: str) -> Fault | None:
    """Every character is in GS1's character set 82."""
    return _first(_NON_CSET82, value, "invalid_cset82_character")


def csum(value: str) -> Fault | None:
    """The last digit is the check digit of those before it."""
    if not value:
        return Fault("too_short_for_check_digit", 0, 0)
    fault = csetnumeric(value)
    if fault or has_check_digit(value) or value == "0":
        return fault
    return Fault("incorrect_check_digit", len(value) - 1, 1)


def gcppos1(value: str, lookup: Callable[[str], bool | None] | None = None) -> Fault | None:
    """The value begins with a GS1 Company Prefix: at least four digits.

    Args:
        value: what to check.
        lookup: a source of allocated prefixes; answers whether the value begins with one, or None when it
            cannot be reached. Without it any four digits pass: a desk must work offline.
    """
    if len(value) < SHORTEST_COMPANY_PREFIX:
        return Fault("too_short_for_gcp", 0, len(value))
    fault = csetnumeric(value[:SHORTEST_COMPANY_PREFIX])
    if fault:
        return Fault("invalid_gcp_prefix", fault.position, 1)
    if lookup is None:
        return None
    known = lookup(value)
    if known:
        return None
    return Fault("gcp_datasource_offline" if known is None else "invalid_gcp_prefix", 0, len(value))


def gcppos2(value: str, lookup: Callable[[str], bool | None] | None = None) -> Fault | None:
    """Like `gcppos1`, from the second character on (the first is an indicator or extension digit)."""
    if len(value) < 2:
        return Fault("too_short_for_gcp", 0, len(value))
    fault = gcppos1(value[1:], lookup)
    return fault and Fault(fault.error, fault.position + 1, fault.length)


def yymmd0(value: str) -> Fault | None:
    """A day YYMMDD, or YYMM00 for the last of the month."""
    return yymmdd(value[:4] + "01") if value[4:] == "00" and len(value) == 6 else yymmdd(value)


def yymmdd(value: str) -> Fault | None:
    """A day YYMMDD. Year 00 counts as 2000, a leap year; in which century it lies is not decided here."""
    if len(value) != 6:
        return Fault("date_too_short" if len(value) < 6 else "date_too_long", 0, len(value))
    fault = csetnumeric(value)
    if fault:
        return fault
    year, month, day = 2000 + int(value[:2]), int(value[2:4]), int(value[4:])
    if not 1 <= month <= 12:
        return Fault("illegal_month", 2, 2)
    if not 1 <= day <= monthrange(year, month)[1]:
        return Fault("illegal_day", 4, 2)
    return None


def _first(unwanted: re.Pattern[str], value: str, error: str) -> Fault | None:
    found = unwanted.search(value)
    return Fault(error, found.start(), 1) if found else None


LINTERS: dict[str, Linter] = {
    "csetnumeric": csetnumeric,
    "cset82": cset82,
    "csum": csum,
    "gcppos1": gcppos1,
    "gcppos2": gcppos2,
    "yymmd0": yymmd0,
    "yymmdd": yymmdd,
}
"""Every linter by the name that the syntax dictionary gives it."""
