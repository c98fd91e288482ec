"""How scans and the window fare while the same window writes an import, offline."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from merchant_desk.cli.benches.hands import Hands, prepare_order
from merchant_desk.cli.benches.stage import stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.cli.shift.proxy import Proxy

STALL_MS = 50.0
LEAST = 5
"""Scans between two looks at how far the import has come."""

MOST_SECONDS = 600.0


def measure_beside_import(path: Path, rows: int, *, judged: bool) -> Sequence[Figure]:
    """Open a file of products in the window and import it by keys, scanning goods in until all is written.

    Args:
        path: the file; its columns are known by their headings.
        rows: how many products it has.
        judged: whether there is enough to be judged by.
    """
    with stage(1) as scene:
        codes = prepare_order(scene, role="manager")
        proxy = Proxy(scene.server.port)
        proxy.close_line()
        try:
            hands = Hands(scene.folder / "desk1", f"http://127.0.0.1:{proxy.port}", codes)
            try:
                _begin_import(hands, path)
                state = hands.measured(lambda: _scan_until_written(hands))
            finally:
                hands.window.end()
        finally:
            proxy.end()
    figures = [
        figure("import.scan_p50_beside", [state["scan_p50_ms"]], "ms"),
        figure("import.scan_p99_beside", [state["scan_p99_ms"]], "ms"),
        figure("import.stall_max_beside", [state["stall_ms"]], "ms", budget=STALL_MS if judged else None),
    ]
    scans = f"{rows} rows written beside"
    return [replace(one, n=int(state["scans"]), peer=scans) for one in figures]


def _begin_import(hands: Hands, path: Path) -> None:
    """Choose the file, begin the import and return to the station, where the document is open still."""
    window = hands.window
    window.find("imports", "导入")
    window.settle()
    window.press("Ctrl+O")
    time.sleep(0.5)
    window.order("type", text=str(path))
    window.press("Return")
    window.settle()
    window.press("F10")
    window.wait_for("import", _is_under_way, 20)
    window.press("Alt+2")
    window.wait_for("station", lambda state: state.get("screen") == "inbound", 20)


def _is_under_way(state: dict[str, Any]) -> bool:
    return bool(state["under_way"])


def _scan_until_written(hands: Hands) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    hands.scan(LEAST)
    while _is_under_way(hands.window.order("state")):
        if time.monotonic() > deadline:
            raise TimeoutError("the import did not end")
        hands.scan(LEAST)
