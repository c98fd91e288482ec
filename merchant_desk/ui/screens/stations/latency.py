"""How long a scan takes: from its terminator key to the moment when its result is painted."""

from collections import deque

NS_PER_MS = 1_000_000
KEPT = 100_000
"""Measurements that are kept, the newest."""


class ScanLatency:
    """Measurements in nanoseconds; percentiles in milliseconds by nearest rank."""

    def __init__(self) -> None:
        self._taken: deque[int] = deque(maxlen=KEPT)

    @property
    def count(self) -> int:
        """How many scans were measured."""
        return len(self._taken)

    def note(self, nanoseconds: int) -> None:
        """Add one measurement."""
        self._taken.append(nanoseconds)

    def clear(self) -> None:
        """Begin anew."""
        self._taken.clear()

    def percentile(self, per_cent: int) -> float:
        """Return the value (ms) that `per_cent` of all scans do not exceed; 0 before the first."""
        if not self._taken:
            return 0.0
        ordered = sorted(self._taken)
        rank = max(1, -(-len(ordered) * per_cent // 100))
        return ordered[rank - 1] / NS_PER_MS

    @property
    def p50(self) -> float:
        """The median, ms."""
        return self.percentile(50)

    @property
    def p99(self) -> float:
        """What 99 of 100 scans do not exceed, ms."""
        return self.percentile(99)
