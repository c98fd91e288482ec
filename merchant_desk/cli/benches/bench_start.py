"""How long a large merchant's desk takes from the start of its process to a window that can be used,

and how long somebody else takes to go on at it, from the badge to the last key of the PIN and the name shown.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from merchant_desk.cli.benches.large_profile import FULL, SHORT, enlarge
from merchant_desk.cli.benches.stage import Stage, seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.cli.shift.actors import Actor
from merchant_desk.server.demo.structure import PEOPLE, DemoPerson

BUDGET, SWITCH_BUDGET = 2.0, 2.0
RUNS = 5
WORKERS = PEOPLE[1:3]
SWITCHES = 20
REACTION_SECONDS = 0.3
"""From the beep to the first key of the PIN; part of what is measured."""

PIN_GAP_MS = 90
"""From key to key of somebody who knows the PIN."""

LATEST_SECONDS, PATIENCE_SECONDS = 30.0, 8.0

EMPTY_WINDOW = """
import sys
import cryptography.hazmat.primitives.asymmetric.ed25519, msgspec, sqlalchemy, sqlcipher3, structlog
from PySide6 import QtCore, QtGui, QtSvg, QtWidgets
app = QtWidgets.QApplication(sys.argv[:1])
window = QtWidgets.QWidget()
window.resize(1600, 1000)
window.show()
app.processEvents()
print("there", flush=True)
"""
"""The limit: an empty window in a process that imports the packages which the desk's window stands on."""


def measure(short: bool) -> Sequence[Figure]:
    """Start the window of an enlarged desk several times; beside it an empty window."""
    with stage(1) as scene:
        _prepare(scene)
        folder = scene.folder / "desk1"
        enlarge(folder, SHORT if short else FULL, time.time_ns() // 1_000)
        url = f"http://127.0.0.1:{scene.server.port}"
        runs = 1 if short else RUNS
        with nullcontext() if short else _byte_code(scene.folder / "byte-code"):
            if not short:
                _start(folder, url)  # the first start writes byte code and warms the disk
                _empty()
            times = [_start(folder, url) for _ in range(runs)]
            empty = sorted(_empty() for _ in range(runs))[runs // 2]
        switches = _switches(folder, url, 2 if short else SWITCHES)
    found = figure("start.seconds", times, "s", limit=empty, budget=None if short else BUDGET)
    switch = figure("switch.max_seconds", [max(switches)], "s", budget=None if short else SWITCH_BUDGET)
    return [replace(found, peer="an empty window"), replace(switch, n=len(switches))]


def _prepare(scene: Stage) -> None:
    """Make a desk at which two workers have signed in before: from then on badge and PIN are enough."""
    desk = scene.desk()
    for worker in WORKERS:
        desk.sign_in(worker.login, worker.password)
        desk.sign_in(worker.login, pin=worker.pin)
    desk.sync()
    desk.close()


def _switches(folder: Path, url: str, count: int) -> list[float]:
    """Let two workers take turns; return the seconds from the first key of a badge to the other's name."""
    window = Actor("switch", folder, url, folder, [])
    times = []
    try:
        for n in range(count + 1):
            worker = WORKERS[n % 2]
            window.order("idle", seconds=60)
            start = time.perf_counter()
            while not _takes_over(window, worker):
                # A window that was not ready for the PIN: the person begins anew, and the time goes on.
                if seconds(start) > LATEST_SECONDS:
                    raise TimeoutError(f"{worker.login} could not take over")
                window.press("Escape")
            times.append(seconds(start))
    finally:
        window.end()
    return times[1:]


def _takes_over(window: Actor, worker: DemoPerson) -> bool:
    """Scan a badge, type the PIN, and tell whether the worker's name stands in the window soon."""
    start = time.perf_counter()
    window.scan(worker.badge)
    time.sleep(REACTION_SECONDS)
    window.order("type", text=worker.pin, gap_ms=PIN_GAP_MS)
    window.press("Return")
    while window.order("state").get("person") != worker.name:
        if seconds(start) > PATIENCE_SECONDS:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def _byte_code(folder: Path) -> Iterator[None]:
    """Let processes keep their byte code, as an installed program has it; a checkout may be without."""
    own = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)}
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _start(folder: Path, url: str) -> float:
    """Return the seconds until the first screen is there with its data, and nothing is under way."""
    start = time.perf_counter()
    window = Actor("start", folder, url, folder, [])
    try:
        window.order("idle", seconds=60)
        return seconds(start)
    finally:
        window.end()


def _empty() -> float:
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    start = time.perf_counter()
    command = [sys.executable, "-c", EMPTY_WINDOW]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the empty window did not come up")
        return seconds(start)
