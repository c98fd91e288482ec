"""The business day of this desk's outlet."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import text

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
    """Today at this outlet, by the corrected clock."""

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self._rule: tuple[str, int] | None = None

    def __call__(self) -> int:
        """Return today, yyyymmdd."""
        zone, day_start = self._outlet_rule()
        return business_day(self._runtime.now(), zone, day_start)

    def _outlet_rule(self) -> tuple[str, int]:
        if self._rule is None:
            query = text("SELECT zone, day_start FROM outlets WHERE id = :id")
            with self._runtime.read() as connection, connection.begin():
                row = connection.execute(query, {"id": self._runtime.identity.outlet_id.bytes}).one_or_none()
            if row is None:
                return "Asia/Shanghai", 0
            self._rule = (row.zone, row.day_start)
        return self._rule
