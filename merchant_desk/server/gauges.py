"""What a server says at /metrics: its counts, and what stands now, asked at most every ten seconds."""

import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from merchant_desk.models.server_tables import WITHOUT_END, counters, operations
from merchant_desk.server.exposition import Labels, gauge, heading, sample
from merchant_desk.server.measures import DRIFTS, SECOND, DeskHere, by_version
from merchant_desk.server.services import Services

KEPT_SECONDS = 10.0
MOST_MERCHANTS = 1_000
"""Merchants that get a series of their own where that is asked for: those furthest behind."""

MOST_WAITING = 2_000
"""Operations without an end that are looked at one by one; how many there are beyond is still counted."""

CHUNK = 500
LAGS = (0, 10, 100, 1_000, 10_000, 100_000)

Asked = Callable[[Services], list[str]]


class Gauges:
    """Keeps the last answer for each form of the page; one thread at a time asks for a new one.

    Whoever comes meanwhile is given the last one: readers' threads are few, and desks want them.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._kept: dict[bool, tuple[float, list[str]]] = {}

    def page(self, *, merchants: bool, listening: int) -> str:
        """Return the whole page. `listening`: desks that wait for notices.

        Raises:
            Fault: the database's faults.
        """
        lines = self._lines(merchants=merchants)
        counted = [line for one in self._services.measures.all for line in one.lines()]
        watching = gauge("merchant_desk_notices_waiting", "Desks waiting for a notice.", [({}, listening)])
        return "\n".join([*counted, *watching, *lines]) + "\n"

    def _lines(self, *, merchants: bool) -> list[str]:
        kept = self._kept.get(merchants)
        if not self._lock.acquire(blocking=kept is None):
            return kept[1] if kept is not None else []
        try:
            kept, now = self._kept.get(merchants), time.monotonic()
            if kept is not None and now - kept[0] < KEPT_SECONDS:
                return kept[1]
            lines = _standing(self._services, merchants=merchants)
            self._kept[merchants] = now, lines
            return lines
        finally:
            self._lock.release()


def _standing(services: Services, *, merchants: bool) -> list[str]:
    now = services.edge.clock()
    desks = services.measures.desks_here(now)
    with services.database.reader.connect() as connection, connection.begin():
        queues = _queues(connection, now)
        heads = _heads(connection, {desk.merchant_id for desk in desks})
        size = _database_bytes(connection, services.database.path)
    return [
        *queues,
        *_lags(desks, heads, each=merchants),
        *gauge("merchant_desk_desks", "Desks here within the hour, by version.", _versions(desks)),
        *_drifts(desks),
        *gauge("merchant_desk_database_bytes", "Size of the database.", [({}, size)]),
        *_backup(services),
        *_process(),
    ]


def _queues(connection: Connection, now: int) -> list[str]:
    """Ask the partial index of what may still settle: a few of millions, or very many when work stands still.

    The index alone says how many; the rows behind it, one page each, are read up to a bound.
    """
    log = operations.c
    every = connection.scalar(select(func.count()).select_from(operations).where(text(WITHOUT_END))) or 0
    some = select(log.status, log.received_at).where(text(WITHOUT_END)).limit(MOST_WAITING).subquery()
    query = select(
        some.c.status, func.count().label("number"), func.min(some.c.received_at).label("oldest")
    ).group_by(some.c.status)
    found = {row.status: (row.number, row.oldest) for row in connection.execute(query)}
    numbers: list[tuple[Labels, float]] = []
    ages: list[tuple[Labels, float]] = []
    for status in ("held", "parked"):
        number, oldest = found.get(status, (0, now))
        numbers.append(({"status": status}, number))
        ages.append(({"status": status}, max(0, now - oldest) / SECOND))
    return [
        *gauge("merchant_desk_without_end_operations", "Operations without an end.", [({}, every)]),
        *gauge(
            "merchant_desk_waiting_operations",
            f"Operations without an end, by status; of more than {MOST_WAITING} any {MOST_WAITING}.",
            numbers,
        ),
        *gauge("merchant_desk_waiting_oldest_seconds", "Age of the oldest of these; 0: none.", ages),
    ]


def _heads(connection: Connection, merchants: set[UUID]) -> dict[UUID, int]:
    """Return the feeds' heads of merchants with a desk here, by their key."""
    heads: dict[UUID, int] = {}
    wanted = sorted(merchants)
    for start in range(0, len(wanted), CHUNK):
        here = counters.c.merchant_id.in_(wanted[start : start + CHUNK])
        query = select(counters.c.merchant_id, counters.c.seq).where(here)
        heads |= {row.merchant_id: row.seq for row in connection.execute(query)}
    return heads


def _lags(desks: Iterable[DeskHere], heads: dict[UUID, int], *, each: bool) -> list[str]:
    furthest: dict[UUID, int] = {}
    lags: list[int] = []
    for desk in desks:
        if desk.cursor is not None and desk.merchant_id in heads:
            lag = max(0, heads[desk.merchant_id] - desk.cursor)
            lags.append(lag)
            furthest[desk.merchant_id] = max(lag, furthest.get(desk.merchant_id, 0))
    lines = [
        *gauge("merchant_desk_feed_head_max", "Highest feed number.", [({}, max(heads.values(), default=0))]),
        *gauge(
            "merchant_desk_feed_lag_max_rows",
            "Feed rows that the furthest desk was not given yet, other outlets' rows included.",
            [({}, max(lags, default=0))],
        ),
        *_spread("merchant_desk_feed_lag_rows", "Desks by feed rows not given yet.", LAGS, lags),
    ]
    if not each:
        return lines
    first = sorted(furthest, key=lambda merchant: (-furthest[merchant], merchant))[:MOST_MERCHANTS]
    return [
        *lines,
        *gauge(
            "merchant_desk_merchant_feed_head",
            "Feed's head, by merchant.",
            [({"merchant": str(merchant)}, heads[merchant]) for merchant in first],
        ),
        *gauge(
            "merchant_desk_merchant_feed_lag_max_rows",
            "Lag of the furthest desk, by merchant.",
            [({"merchant": str(merchant)}, furthest[merchant]) for merchant in first],
        ),
    ]


def _versions(desks: Iterable[DeskHere]) -> list[tuple[Labels, float]]:
    return [({"version": version}, number) for version, number in sorted(by_version(desks).items())]


def _drifts(desks: Iterable[DeskHere]) -> list[str]:
    drifts = [abs(desk.drift) / SECOND for desk in desks if desk.drift is not None]
    return [
        *gauge(
            "merchant_desk_clock_drift_max_seconds",
            "Furthest clock of a desk, either way.",
            [({}, max(drifts, default=0))],
        ),
        *_spread("merchant_desk_clock_drift_seconds", "Desks by drift of their clock.", DRIFTS, drifts),
    ]


def _spread(name: str, about: str, bounds: Sequence[float], values: Sequence[float]) -> list[str]:
    """Say how many of what stands now are within each bound: gauges, for they may fall again."""
    ordered = sorted(values)
    found = [({"within": str(bound)}, float(bisect_left(ordered, bound + 1e-9))) for bound in bounds]
    lines = [sample(name, labels, number) for labels, number in [*found, ({"within": "any"}, len(ordered))]]
    return [*heading(name, "gauge", about), *lines]


def _database_bytes(connection: Connection, path: Path | None) -> int:
    if path is None:
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _backup(services: Services) -> list[str]:
    kept = services.backup_health() if services.backup_health else None
    if kept is None:
        return []
    ages: list[tuple[Labels, float]] = [({}, kept.age_seconds)] if kept.age_seconds is not None else []
    return [
        *gauge("merchant_desk_backup_age_seconds", "Age of the last automatic copy.", ages),
        *gauge("merchant_desk_backup_failing", "1: the last try failed.", [({}, int(bool(kept.trouble)))]),
    ]


def _process() -> list[str]:
    """Say the resident memory, where the system tells it as a file."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return []
    size = pages * os.sysconf("SC_PAGE_SIZE")
    return gauge("process_resident_memory_bytes", "Resident memory.", [({}, size)])
