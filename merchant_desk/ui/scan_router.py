"""Where a scan goes: badges switch the user, everything else belongs to the screen in front."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject

from merchant_desk.domain.house_codes import person_badge
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.registry import TakesScans

ELSEWHERE = "lookup"
"""The screen that tells what a code is, for scans made in front of a screen that takes none."""


@runtime_checkable
class TakesRejections(Protocol):
    """A screen that says itself that a burst could not be trusted."""

    def reject_scan(self, scan: RejectedScan) -> None:
        """Take note of it."""
        ...


@dataclass(frozen=True, slots=True)
class ScanPlaces:
    """What the router knows of the window: its screens, who is locked out, and what to do with badges."""

    current: Callable[[], object]
    go: Callable[[str], object]
    locked: Callable[[], bool]
    badge: Callable[[str], None]
    rejected: Callable[[RejectedScan], None]
    refused_while_locked: Callable[[CapturedScan], None]


class ScanRouter(QObject):
    """Hands each scan of the hub to one place, in order."""

    def __init__(self, hub: ScannerHub, places: ScanPlaces, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._places = places
        hub.scanned.connect(self._take)
        hub.rejected.connect(self._reject)

    def _take(self, scan: CapturedScan) -> None:
        badge = person_badge(scan.text)
        if badge is not None:
            self._places.badge(scan.text)
            return
        if self._places.locked():
            self._places.refused_while_locked(scan)
            return
        screen = self._places.current()
        if not isinstance(screen, TakesScans):
            screen = self._places.go(ELSEWHERE)
        if isinstance(screen, TakesScans):
            screen.take_scan(scan)

    def _reject(self, scan: RejectedScan) -> None:
        screen = self._places.current()
        if not self._places.locked() and isinstance(screen, TakesRejections):
            screen.reject_scan(scan)
        else:
            self._places.rejected(scan)
