"""Queues of the system, asked in a process of their own.

The system's printing library waits for print servers, and Qt's calls of it hold the interpreter's lock: in
this process a dead server would stop the window, whatever thread asked. A process can be ended.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import structlog

from merchant_desk.domain.printers import Printer
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import pdf_bytes
from merchant_desk.ui.printing.pages import Pages

LOOK_SECONDS = 10
PRINT_SECONDS = 60
"""So long the system may take: drivers of large pages are slow, dead servers never answer."""
GLANCE_SECONDS = 0.2
"""So often it is looked whether somebody called it off."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the system: its name, how people call it, and whether it is the usual one."""

    name: str
    description: str
    is_default: bool


def system_queues() -> list[Queue]:
    """Return the system's queues, the usual one first; none where the system does not answer."""
    answer = _asked({"do": "list"}, b"", LOOK_SECONDS, Progress())
    found = answer.get("queues", []) if answer is not None else []
    return [Queue(**one) for one in found]


def look_at_queue(printer: Printer) -> Report:
    """Tell whether a printer's queue is there, takes jobs and knows its paper, and print nothing."""
    request = {"do": "look", "printer": asdict(printer)}
    return _report(_asked(request, b"", LOOK_SECONDS, Progress()), 0, LOOK_SECONDS)


def print_on_queue(printer: Printer, pages: Pages, progress: Progress) -> Report:
    """Hand pages to the system's queue, which prints them when it can."""
    total = pages.count(printer.paper)
    drawn = pdf_bytes(pages, printer.paper, progress)
    if drawn is None:
        return Report(Outcome.CALLED_OFF, 0, total)
    request = {"do": "print", "printer": asdict(printer), "title": pages.title}
    return _report(_asked(request, drawn, PRINT_SECONDS, progress), total, PRINT_SECONDS)


def _report(answer: dict[str, Any] | None, total: int, seconds: int) -> Report:
    if answer is None:
        return Report(Outcome.TIMED_OUT, 0, total, seconds)
    outcome = Outcome(answer["outcome"])
    return Report(outcome, total if outcome.is_well else 0, total)


def _asked(request: dict[str, Any], body: bytes, seconds: float, progress: Progress) -> dict[str, Any] | None:
    """Return the answer of a process; None if none came in time. Called off, the process is ended at once."""
    command = [sys.executable, "-m", "merchant_desk.ui.printing.queue_process"]
    environment = os.environ | {"PYSIDE6_OPTION_LAZY": "1"}  # one thread: no need to make all types at once
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
    ) as process:
        said: bytes | None = json.dumps(request).encode() + b"\n" + body
        limit = time.monotonic() + seconds
        while True:
            try:
                answer, _ = process.communicate(said, timeout=GLANCE_SECONDS)
                return _read(answer, process.returncode)
            except subprocess.TimeoutExpired:
                said = None
            if progress.cancelled or time.monotonic() > limit:
                process.kill()
                return {"outcome": Outcome.CALLED_OFF} if progress.cancelled else None


def _read(answer: bytes, code: int) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        log.info("print_process_failed", code=code)
        found = {"outcome": Outcome.REFUSED}
    return dict(found)
