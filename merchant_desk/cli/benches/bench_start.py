"""How long a large merchant's desk takes from the start of its process to a window that can be used."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from merchant_desk.cli.benches.large_profile import FULL, SHORT, enlarge
from merchant_desk.cli.benches.stage import seconds, stage
from merchant_desk.cli.figures import Figure, figure
from merchant_desk.cli.shift.actors import Actor

BUDGET = 2.0
RUNS = 5

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
        scene.desk().close()
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
    found = figure("start.seconds", times, "s", limit=empty, budget=None if short else BUDGET)
    return [replace(found, peer="an empty window")]


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
