"""What became of a code that came twice within a moment: known when its second result is back."""

from collections.abc import Callable

from merchant_desk.stations.scans import Step
from merchant_desk.ui.scanner.source import CapturedScan

Told = Callable[[bool], None]


class Repeats:
    """Pairs each scan of a source with the one before it, by what they led to."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[bytes, bool]] = {}
        self._asked: dict[tuple[str, int], Told] = {}

    def ask(self, scan: CapturedScan, told: Told) -> None:
        """Have `told(both)` called with the result of a scan that is on its way: whether it and the same
        code just before it were both recorded, each as goods that came by it.
        """
        self._asked[scan.source, scan.monotonic_ns] = told

    def hear(self, scan: CapturedScan, step: Step | None) -> None:
        """Take what a scan led to (None: nothing, its job broke), in the order of the scans."""
        result = step.results[0] if step is not None and step.results else None
        counted = result is not None and result.text == scan.text and result.quantity > 0
        before, self._last[scan.source] = self._last.get(scan.source), (scan.raw, counted)
        told = self._asked.pop((scan.source, scan.monotonic_ns), None)
        if told is not None:
            told(counted and before == (scan.raw, True))
