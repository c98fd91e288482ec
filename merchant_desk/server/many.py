"""Several server processes behind one port, on one PostgreSQL: started, started again, ended together.

They share the listening socket: whoever is free takes the next connection. All that one must know of another
is in the database (decision 0054).
"""

import multiprocessing
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import ClassVar

import structlog

from merchant_desk.models.faults import Fault
from merchant_desk.server.one_of_many import ChildOptions, live

log = structlog.get_logger()

MOST_PROCESSES = 64
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.2
GOOD_LIFE_SECONDS = 10.0
"""Whoever lived for so long is started again at once."""

AGAIN_SECONDS, MOST_SECONDS = 1.0, 30.0
"""Between two starts of one that dies soon: at first, and at most."""


@dataclass(eq=False)
class ProcessesRefused(Fault):
    """Several processes were asked for where they cannot be."""

    why: str
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        "range": (
            f"--processes 要在 1 到 {MOST_PROCESSES} 之间",
            f"--processes is 1 to {MOST_PROCESSES}",
        ),
        "embedded": (
            "内置数据库只能由一个进程使用；多个进程需要 PostgreSQL，请用 --database-url 给出",
            "the embedded database is one process's; several need PostgreSQL, given by --database-url",
        ),
        "windows": (
            "Windows 上只能用一个进程",
            "on Windows there is one process",
        ),
    }
    zh: ClassVar[str] = "不能启动多个服务器进程：{why}。"
    en: ClassVar[str] = "Several server processes cannot be started: {why}."


@dataclass(eq=False)
class ProcessDidNotStart(Fault):
    """One of several processes ended before it answered."""

    number: int
    zh: ClassVar[str] = "第 {number} 个服务器进程没有启动，全部已停止。原因见它的日志。"
    en: ClassVar[str] = "Server process {number} did not start, so all were ended. Its log says why."


def check_processes(processes: int, database_url: str | None) -> None:
    """Pass where so many processes can serve.

    Raises:
        ProcessesRefused: too many or none; not on PostgreSQL; on Windows, where nobody has tried it.
    """
    if not 1 <= processes <= MOST_PROCESSES:
        raise ProcessesRefused("range")
    if processes > 1 and database_url is None:
        raise ProcessesRefused("embedded")
    if processes > 1 and sys.platform == "win32":
        raise ProcessesRefused("windows")


@dataclass(frozen=True, slots=True)
class Many:
    """How many processes, what each is given, and where all of them listen."""

    processes: int
    options: ChildOptions
    sock: socket.socket


@dataclass(eq=False)
class _Child:
    """One of them. `line` is held open for as long as it shall live; `failures` in a row."""

    number: int
    process: SpawnProcess
    line: Connection
    started: float = field(default_factory=time.monotonic)
    failures: int = 0
    again_at: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has lived."""
        return time.monotonic() - self.started


def serve_by_many(many: Many, ready: Callable[[], None], stopping: threading.Event) -> None:
    """Run the processes until `stopping` is set or a signal says so; who dies meanwhile is started again.

    Raises:
        ProcessDidNotStart: at the start; none is left running.
    """
    children: list[_Child] = []
    with _signals(stopping):
        try:
            children += [_start(many, number + 1) for number in range(many.processes)]
            for child in children:
                _await_ready(child, many.options.wait_seconds + START_SECONDS, stopping)
            if not stopping.is_set():
                ready()
            while not stopping.wait(LOOK_SECONDS):
                for place, child in enumerate(children):
                    children[place] = _kept_alive(many, child)
        finally:
            log.info("stopping")
            _end(children)
            log.info("stopped")


def _start(many: Many, number: int, failures: int = 0) -> _Child:
    spawning = multiprocessing.get_context("spawn")  # a fork would copy threads' locks and the folder's
    ours, theirs = spawning.Pipe()
    process = spawning.Process(
        target=live, args=(number, many.options, many.sock, theirs), name=f"server-{number}", daemon=True
    )
    process.start()
    theirs.close()
    log.info("process_started", process=number)
    return _Child(number, process, ours, failures=failures)


def _await_ready(child: _Child, seconds: float, stopping: threading.Event) -> None:
    deadline = time.monotonic() + seconds
    while not stopping.is_set():
        found = wait([child.line, child.process.sentinel], LOOK_SECONDS)
        with suppress(EOFError, OSError):
            if child.line in found and child.line.recv_bytes():
                return
        if found or time.monotonic() > deadline:
            raise ProcessDidNotStart(child.number)


def _kept_alive(many: Many, child: _Child) -> _Child:
    """Return the child, or the one in its place."""
    if child.process.is_alive():
        return child
    if child.again_at is None:
        child.process.join()
        child.line.close()
        is_early = child.seconds < GOOD_LIFE_SECONDS
        child.failures = child.failures + 1 if is_early else 0
        pause = min(AGAIN_SECONDS * 2 ** (child.failures - 1), MOST_SECONDS) if is_early else 0.0
        child.again_at = time.monotonic() + pause
        log.warning("process_ended", process=child.number, status=child.process.exitcode, seconds=pause)
    if time.monotonic() < child.again_at:
        return child
    return _start(many, child.number, child.failures)


def _end(children: list[_Child]) -> None:
    """Let all finish what they are at; whoever does not in time is ended."""
    for child in children:
        child.line.close()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.process.join(max(0.0, deadline - time.monotonic()))
        if child.process.is_alive():
            log.warning("process_killed", process=child.number)
            child.process.kill()
            child.process.join()


@contextmanager
def _signals(stopping: threading.Event) -> Iterator[None]:
    """Take signals as a wish to stop."""
    wanted = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    old = {one: signal.signal(one, lambda number, frame: stopping.set()) for one in wanted}
    try:
        yield
    finally:
        for one, handler in old.items():
            signal.signal(one, handler)
