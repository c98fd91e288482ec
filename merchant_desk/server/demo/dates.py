"""Days and moments of the demo merchant, whose outlets keep China's time (UTC+8, no summer time)."""

from datetime import date, timedelta

from merchant_desk.domain.amounts import MICRO

ZONE = "Asia/Shanghai"
MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
_OFFSET = 8 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()


def moment(day: date, second: int) -> int:
    """Return microseconds UTC of a second of a local day; seconds beyond the day go on into the next."""
    return ((day.toordinal() - _EPOCH) * DAY + second - _OFFSET) * MICRO


def local_day(time: int) -> date:
    """Return the local day of a moment (microseconds UTC)."""
    return date.fromordinal((time // MICRO + _OFFSET) // DAY + _EPOCH)


def local_second(time: int) -> int:
    """Return the second of its local day at which a moment is."""
    return (time // MICRO + _OFFSET) % DAY


def number(day: date) -> int:
    """Return a day as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def days_after(day: date, count: int) -> date:
    """Return the day `count` days later (or, negative, earlier)."""
    return day + timedelta(days=count)
