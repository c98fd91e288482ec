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


def window_stage(
    desk: Desk, window: DeskWindow, hub: ScannerHub, runner: BusyRunner, sheet: SignInSheet
) -> Stage:
    """Return the stage of one window."""
    stalls = StallWatch(window)
    stalls.start()

    def played() -> dict[str, Any]:
        screen: object = window.built(window.current)
        if not isinstance(screen, Played):
            return {}
        line = getattr(getattr(screen, "panel", None), "line", None)
        last = {"last": last_scan(line)} if isinstance(line, HistoryLine) else {}
        return screen.player_state() | last

    def busy() -> bool:
        writer = desk.runtime.writer
        if len(hub.queue) or writer.waiting or runner.busy or played().get("busy"):
            return True
        QApplication.processEvents()
        return False

    def state() -> dict[str, Any]:
        desk.runtime.refresh_status()
        status, person = desk.runtime.status, desk.signed_in
        told = {
            "screen": window.current,
            "person": person.name if person is not None else None,
            "locked": sheet.waits,
            "connection": sync_state(status).connection,
            "working": status.working,
            "pending": status.waiting,
            "feed": desk.runtime.engine.position.cursor,
            "tasks": status.tasks,
            "notices": [notice.text for notice in window.notices.notices()],
            "stall_ms": round(stalls.longest, 1),
            "work_ms": round(stalls.longest_work, 1),
        }
        return told | played()

    def measure() -> None:
        screen: object = window.built(window.current)
        if isinstance(screen, StationScreen):
            screen.control.latency.clear()
        stalls.clear()

    return Stage(window, busy, state, window.close, measure)
