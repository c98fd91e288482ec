"""The business day of this desk's outlet."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from merchant_desk.domain.scan_checks import Limits
from merchant_desk.domain.settings_known import DAY_START, ZONE, limits_of
from merchant_desk.sync.held_decisions import HeldDecisions
from merchant_desk.sync.runtime import DeskRuntime

CHINA = timezone(timedelta(hours=8))


def business_day(time: int, zone: str, day_start: int) -> int:
    """Return the business day (yyyymmdd) of a moment.

    Args:
        time: microseconds UTC.
        zone: IANA name; one that this computer does not know is taken for China's, which has one zone.
        day_start: minutes after midnight at which the day begins.
    """
    local = datetime.fromtimestamp(time / 1_000_000, _zone(zone)) - timedelta(minutes=day_start)
    return local.year * 10_000 + local.month * 100 + local.day


def _zone(name: str) -> ZoneInfo | timezone:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return CHINA


class Calendar:
    """Today at this outlet, by the corrected clock and the day that managers set."""

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self._held = HeldDecisions(runtime)

    def __call__(self) -> int:
        """Return today, yyyymmdd."""
        return self.limits().today

    def limits(self) -> Limits:
        """Return what scans are checked against today."""
        decisions = self._held.now()
        today = business_day(self._runtime.now(), decisions.value(ZONE), decisions.value(DAY_START))
        return limits_of(decisions, today)
