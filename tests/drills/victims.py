"""Processes of the product under a killer's eye."""

import os
import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.drills.watched import HISTORY, OPEN, PHASES, Witness
from tests.helpers.revisions import chain

START_SECONDS = 60.0
MET_SECONDS = 12.0
"""How long a phase is waited for. Building anew needs a server that was restarted."""

OPEN_SECONDS = 0.5
OPEN_SHARE = 0.7
"""Of the kills that wait for an open transaction within their phase."""

LINGER = {"scan": 0.02, "push": 0.05, "pull": 0.02, "snapshot": 0.15, "migration": 0.12, "checkpoint": 0.02}
"""Seconds at most between meeting a phase and killing in it, so that no kill is always at its beginning."""

FINE = {
    "scan": 0.001, "push": 0.002, "pull": 0.0003, "snapshot": 0.01, "migration": 0.01, "checkpoint": 0.0002
}  # fmt: skip
"""Seconds at most between the right moment and the kill."""

STEP = """    for _ in range(4):
        op.execute("CREATE TABLE drilled AS SELECT * FROM ledger")
        op.execute("CREATE INDEX drilled_by_sku ON drilled (sku_id)")
        op.execute("DROP TABLE drilled")
"""
"""A revision that writes much and changes no row: what is compared at the end must be what was saved.

Those before the last do nothing, for a desk that was built anew has all of them before it.
"""


@dataclass(frozen=True)
class Death:
    """Where a process died: the phases it was in, and whether a transaction was open."""

    phases: tuple[str, ...]
    is_open: bool


@dataclass
class Revisions:
    """A growing chain of made-up revisions, for databases to be brought up to."""

    folder: Path
    head: str = "0001"
    _made: int = 0

    def grow(self) -> None:
        """Add one more, so that the next start has a migration before it."""
        self._made += 1
        bodies = [*["    pass\n"] * (self._made - 1), STEP]
        history = chain(self.folder / str(self._made), *bodies)
        self.head = history.head

    @property
    def environment(self) -> dict[str, str]:
        """What tells a watched process of them."""
        return {HISTORY: f"{self.folder / str(self._made)}:{self.head}"} if self._made else {}


@dataclass
class Victim:
    """A process of the product that is started, killed and started again."""

    command: list[str]
    witness: Witness
    ready: str
    revisions: Revisions
    first_words: str = ""
    process: "subprocess.Popen[str] | None" = None
    lines: list[str] = field(default_factory=list)
    _reader: threading.Thread | None = None
    _first: int = 0

    def launch(self) -> None:
        """Start it without waiting for anything."""
        self.witness.forget()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL,
            env={**os.environ, **self.revisions.environment},
        )  # fmt: skip
        self._first = len(self.lines)
        self._reader = threading.Thread(target=_read, args=(self.process, self.lines), daemon=True)
        self._reader.start()

    def start(self) -> None:
        """Start it, wait until it says that it is ready, and tell it what it waits for."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not any(line.startswith(self.ready) for line in self.lines[self._first :]):
            assert time.monotonic() < deadline, f"{self.command[-4:]} did not start: {self.lines[-3:]}"
            assert self.running, f"{self.command} ended: {self.lines[-3:]}"
            time.sleep(0.005)
        if self.first_words:
            assert self.process is not None
            assert self.process.stdin is not None
            self.process.stdin.write(self.first_words + "\n")
            self.process.stdin.flush()

    @property
    def running(self) -> bool:
        """Whether it is alive."""
        return self.process is not None and self.process.poll() is None

    def meets(self, phase: str, seconds: float = MET_SECONDS) -> bool:
        """Wait until it is in a phase; tells whether it came to be."""
        return self._until(lambda: self.witness.shows(phase), seconds)

    def kill(self, phase: str, dice: random.Random) -> Death:
        """Kill it in a phase that it is in, mostly with a transaction open; tells where it died."""
        assert self.process is not None
        wants_open = phase != "checkpoint" and dice.random() < OPEN_SHARE
        time.sleep(dice.random() * LINGER[phase])
        shows = self.witness.shows
        if not self._until(lambda: shows(phase) and (shows(OPEN) or not wants_open), OPEN_SECONDS):
            self.meets(phase, MET_SECONDS / 4)
        until = time.perf_counter() + dice.random() * FINE[phase]
        while time.perf_counter() < until:
            pass
        assert self.running, f"{self.command} ended by itself: {self.lines[-3:]}"
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        death = Death(tuple(name for name in PHASES if shows(name)), shows(OPEN))
        self.end()
        return death

    def stop(self) -> None:
        """End it as a service's keeper does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(START_SECONDS)
        self.end()

    def end(self) -> None:
        """Make sure that it has ended, and close its pipes."""
        if self.process is None:
            return
        if self.running:
            self.process.kill()
        self.process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _until(self, true: Any, seconds: float) -> bool:
        """Look without a pause: a phase may last for a millisecond."""
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline or not self.running:
                return False
        return True


def _read(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    if process.stdout is not None:
        lines.extend(iter(process.stdout.readline, ""))
