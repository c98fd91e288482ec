"""What the key player may know of the program that it plays: is anything under way, and what does it show."""

from typing import Any

from PySide6.QtWidgets import QApplication

from merchant_desk.desk import Desk
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.busy_runner import BusyRunner
from merchant_desk.ui.desk_status import sync_state
from merchant_desk.ui.player import Stage
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.screens.registry import Played
from merchant_desk.ui.screens.sign_in.sheet import SignInSheet
from merchant_desk.ui.screens.stations.screen import StationScreen
from merchant_desk.ui.stalls import StallWatch
from merchant_desk.ui.window.window import DeskWindow


def last_scan(line: HistoryLine) -> dict[str, Any]:
    """Return what became of a scan, JSON-ready; quantities in millionths of the base unit."""
    return {
        "scan": line.text,
        "tone": str(line.tone),
        "code": line.code,
        "name": line.name,
        "lot": line.lot,
        "location": line.location,
        "quantity": line.quantity,
        "done": line.done,
        "expected": line.expected,
    }


class _Player:
    """One window as its player sees it."""

    def __init__(
        self, desk: Desk, window: DeskWindow, hub: ScannerHub, runner: BusyRunner, sheet: SignInSheet
    ) -> None:
        self._desk = desk
        self._window = window
        self._hub = hub
        self._runner = runner
        self._sheet = sheet
        self._stalls = StallWatch(window)
        self._stalls.start()

    def busy(self) -> bool:
        """Tell whether anything is under way; if not, what is due is painted."""
        writer = self._desk.runtime.writer
        if len(self._hub.queue) or writer.waiting or self._runner.busy or self._screen().get("busy"):
            return True
        QApplication.processEvents()
        return False

    def state(self) -> dict[str, Any]:
        """Return what the window and its desk say, JSON-ready; stalls in milliseconds."""
        runtime, person = self._desk.runtime, self._desk.signed_in
        runtime.refresh_status()
        status = runtime.status
        told = {
            "screen": self._window.current,
            "person": person.name if person is not None else None,
            "locked": self._sheet.waits,
            "connection": sync_state(status).connection,
            "working": status.working,
            "under_way": self._runner.busy,
            "pending": status.waiting,
            "feed": runtime.engine.position.cursor,
            "tasks": status.tasks,
            "notices": [notice.text for notice in self._window.notices.notices()],
            "stall_ms": round(self._stalls.longest, 1),
            "work_ms": round(self._stalls.longest_work, 1),
        }
        return told | self._screen()

    def measure(self) -> None:
        """Begin the figures of the screen in front and of the window's thread anew."""
        screen: object = self._window.built(self._window.current)
        if isinstance(screen, StationScreen):
            screen.control.latency.clear()
        self._stalls.clear()

    def _screen(self) -> dict[str, Any]:
        screen: object = self._window.built(self._window.current)
        if not isinstance(screen, Played):
            return {}
        line = getattr(getattr(screen, "panel", None), "line", None)
        last = {"last": last_scan(line)} if isinstance(line, HistoryLine) else {}
        return screen.player_state() | last


def window_stage(
    desk: Desk, window: DeskWindow, hub: ScannerHub, runner: BusyRunner, sheet: SignInSheet
) -> Stage:
    """Return the stage of one window."""
    player = _Player(desk, window, hub, runner, sheet)
    return Stage(window, player.busy, player.state, window.end, player.measure)
