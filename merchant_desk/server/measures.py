"""What a server counts of its own work, in memory: no query, no name of a person or a merchant."""

import re
import threading
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import KINDS
from merchant_desk.server.exposition import Counter, Histogram
from merchant_desk.sync.protocol import Header, Outcome

SECOND = 1_000_000
HERE = 3_600 * SECOND
"""A desk counts as here that long after its last request."""

MOST_DESKS = 20_000
"""Desks that are remembered; who comes beyond them is counted in nothing but the requests."""

MOST_VERSIONS = 20
OTHER = "other"
_AGENT = re.compile(r"merchant-desk/([0-9A-Za-z.+-]{1,24})")

BATCHES = (1, 5, 20, 100, 250, 500)
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
DRIFTS = (1, 5, 30, 60, 300, 3_600, 86_400, 31_536_000)


@dataclass(slots=True)
class DeskHere:
    """What a desk's last requests said. `drift` is its clock against the corrected time, microseconds."""

    merchant_id: UUID
    at: int
    version: str
    cursor: int | None = None
    drift: int | None = None


class Measures:
    """Counters of one server process since its start; may be told things from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._desks: dict[UUID, DeskHere] = {}
        self.operations = Counter(
            "merchant_desk_operations_total", "First outcomes, by kind and status.", "kind", "outcome"
        )
        self.refused = Counter("merchant_desk_refused_total", "Refused operations, by code.", "code")
        self.batches = Histogram("merchant_desk_push_operations", "Operations in a pushed batch.", BATCHES)
        self.pushes = Histogram(
            "merchant_desk_push_seconds", "Judging a batch, lock and commit included.", SECONDS
        )
        self.builds = Histogram("merchant_desk_snapshot_build_seconds", "Building a snapshot.", SECONDS)
        self.pulled_rows = Counter("merchant_desk_pull_rows_total", "Row images in pages of the feed.")
        self.sent = Counter("merchant_desk_sent_bytes_total", "Bytes of answers, compressed.", "path")
        self.requests = Counter(
            "merchant_desk_requests_total", "Requests by endpoint and status.", "path", "status"
        )

    @property
    def all(self) -> list[Counter | Histogram]:
        """Everything that is counted, in the order of the page."""
        return [
            self.operations,
            self.refused,
            self.batches,
            self.pushes,
            self.requests,
            self.sent,
            self.pulled_rows,
            self.builds,
        ]

    def count_request(self, path: str, status: int, sent: int) -> None:
        """Count an answer; `path` is an endpoint's, never what was typed."""
        self.requests.add({(path, str(status)): 1})
        self.sent.add({(path,): sent})

    def count_outcomes(self, new: Iterable[tuple[Header, Outcome]]) -> None:
        """Count operations that got their first outcome, in a transaction that is committed."""
        filed = [(header, outcome.status.value, outcome.code) for header, outcome in new]
        if not filed:
            return
        kinds = Tally((header.kind, status) for header, status, _ in filed)
        # Kinds come from outside: what nobody knows must not become a series each.
        known: Tally[tuple[str, ...]] = Tally()
        for (kind, status), number in kinds.items():
            known[(kind if kind in KINDS else "unknown", status)] += number
        self.operations.add(known)
        self.refused.add(Tally((code,) for _, status, code in filed if status == "refused"))
        last = filed[-1][0]
        with self._lock:
            desk = self._desks.get(last.device_id)
            if desk is not None:
                desk.drift = last.desk_time - last.time

    def note_desk(self, merchant_id: UUID, device_id: UUID, agent: str, now: int) -> None:
        """Take note that a desk is here, and of the program that it says it is."""
        found = _AGENT.match(agent)
        version = found[1] if found else "unknown"
        with self._lock:
            desk = self._desks.get(device_id)
            if desk is not None:
                desk.at, desk.version = now, version
            elif len(self._desks) < MOST_DESKS or self._forget(now):
                self._desks[device_id] = DeskHere(merchant_id, now, version)

    def note_cursor(self, device_id: UUID, cursor: int) -> None:
        """Take note of how far the pages reach that a desk was given."""
        with self._lock:
            if device_id in self._desks:
                self._desks[device_id].cursor = cursor

    def desks_here(self, now: int) -> list[DeskHere]:
        """Return the desks that were here within the hour; others are forgotten."""
        with self._lock:
            self._forget(now)
            return [
                DeskHere(one.merchant_id, one.at, one.version, one.cursor, one.drift)
                for one in self._desks.values()
            ]

    def _forget(self, now: int) -> bool:
        """Forget who has gone; tells whether there is room."""
        self._desks = {key: one for key, one in self._desks.items() if one.at >= now - HERE}
        return len(self._desks) < MOST_DESKS


def by_version(desks: Iterable[DeskHere]) -> dict[str, int]:
    """Return how many desks say which version; rare ones beyond the bound together."""
    common = Tally(desk.version for desk in desks).most_common()
    found = dict(common[:MOST_VERSIONS])
    if rest := sum(number for _, number in common[MOST_VERSIONS:]):
        found[OTHER] = found.get(OTHER, 0) + rest
    return found
