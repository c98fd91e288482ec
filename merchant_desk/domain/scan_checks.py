"""Checks at the scan, and what a manager wants done about each: accept, ask or refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.refusals import Refusal


class Policy(StrEnum):
    """What a check leads to. `accept` still tells the person (attention), unlike no finding at all."""

    ACCEPT = "accept"
    ASK = "ask"
    REFUSE = "refuse"


DEFAULT_POLICIES: Mapping[str, Mapping[str, Policy]] = MappingProxyType(
    {
        "inbound": MappingProxyType(
            {
                "not_on_document": Policy.ASK,
                "more_than_expected": Policy.ACCEPT,
                "expired": Policy.ASK,
                "short_dated": Policy.ASK,
                "absurd_quantity": Policy.ASK,
                "duplicate_serial": Policy.ASK,
            }
        ),
        "outbound": MappingProxyType(
            {
                "not_on_document": Policy.REFUSE,
                "more_than_expected": Policy.REFUSE,
                "already_packed": Policy.REFUSE,
                "duplicate_serial": Policy.REFUSE,
                "not_at_location": Policy.ASK,
                "expired": Policy.REFUSE,
                "short_dated": Policy.ACCEPT,
                "wrong_lot": Policy.ASK,
                "lot_not_here": Policy.ASK,
                "absurd_quantity": Policy.ASK,
            }
        ),
        "stocktake": MappingProxyType({"duplicate_serial": Policy.REFUSE, "absurd_quantity": Policy.ASK}),
    }
)
"""By station and check, where no manager decided otherwise.

A count records what stands there, so it checks nothing of the product.
"""

ABSURD_UNITS = 9_999
ABSURD_QUANTITY = ABSURD_UNITS * MICRO
"""Quantities above this are absurd where no manager set another limit: a barcode read into the quantity."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What scans are checked against: the business day (yyyymmdd), and what managers set.

    `over_percent` of what is expected may come beyond it; more than `absurd` (10^-6 base units) is a slip;
    `days_left` is what goods must have left whose product says nothing of it.
    """

    today: int
    over_percent: int = 0
    absurd: int = ABSURD_QUANTITY
    days_left: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, with the facts for its sentence."""

    code: str
    facts: Mapping[str, int | str]


def expiry_finding(expiry: int | None, limits: Limits, own_days: int) -> Finding | None:
    """Check a lot's expiry against the business day.

    Args:
        expiry: last day of use, yyyymmdd, or None when it has none.
        limits: with the business day.
        own_days: what the product itself must have left at least, days; 0: nothing is said of it.
    """
    if expiry is None:
        return None
    min_days_left = own_days or limits.days_left
    days = days_between(limits.today, expiry)
    if days < 0:
        return Finding("expired", {"expiry": expiry, "days": -days})
    if days < min_days_left:
        return Finding("short_dated", {"expiry": expiry, "days": days, "least": min_days_left})
    return None


def days_between(start: int, end: int) -> int:
    """Return the days from one calendar day (yyyymmdd) to another; a 00 day or month counts as the last."""
    return (_day(end) - _day(start)).days


def check_expiry(expiry: int | None) -> None:
    """Refuse an expiry (yyyymmdd) that is no day of the calendar (`no_such_day`).

    A day 00 is the month's last, a month 00 the year's last.
    """
    if expiry is None:
        return
    try:
        _day(expiry)
    except (ValueError, OverflowError):
        raise Refusal("no_such_day", day=str(expiry)) from None


def quantity_finding(quantity: int, absurd: int) -> Finding | None:
    """Check a quantity for being beyond an absurd one (both 10^-6 base units)."""
    if quantity > absurd:
        return Finding("absurd_quantity", {"quantity": quantity})
    return None


def most_to_come(expected: int, over_percent: int) -> int:
    """Return how much (10^-6 base units) may come of what is expected, rounded down."""
    return expected * (100 + over_percent) // 100


def amount_finding(quantity: int, done: int, expected: int | None, over_percent: int = 0) -> Finding | None:
    """Check whether a scan goes beyond what the document expects (10^-6 base units), and so many per cent."""
    if expected is not None and done + quantity > most_to_come(expected, over_percent):
        return Finding("more_than_expected", {"expected": expected, "done": done + quantity})
    return None


def _day(number: int) -> date:
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if month == 0:
        month = 12
    if day == 0:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    return date(year, month, day)
