"""kill -9 of desk or server at any moment loses no operation that was told saved, and applies none twice."""

import json
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from merchant_desk.cli import demo_shop
from merchant_desk.cli.shift.equality import Book, compare
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.server.demo.structure import PEOPLE, TOWN
from tests.drills.watched import OPEN, Witness

SHORT, LONG = 20, 300
LEAST_HITS = 1 / 3
START_SECONDS = 60.0


@dataclass
class Process:
    """A process of the product under the killer's eye."""

    command: list[str]
    witness: Witness
    process: "subprocess.Popen[str] | None" = None
    lines: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    def start(self, ready: str) -> None:
        """Start it and wait for a line that begins with `ready`."""
        self.witness.show(0)
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
        )
        self.reader = threading.Thread(target=self._read, args=(self.process, self.lines), daemon=True)
        self.reader.start()
        first = len(self.lines)
        deadline = time.monotonic() + START_SECONDS
        while not any(line.startswith(ready) for line in self.lines[first:]):
            assert time.monotonic() < deadline, f"{self.command[-4:]} did not start: {self.lines[-3:]}"
            assert self.process.poll() is None, f"{self.command} ended: {self.lines[-3:]}"
            time.sleep(0.005)

    @staticmethod
    def _read(process: "subprocess.Popen[str]", lines: list[str]) -> None:
        if process.stdout is not None:
            lines.extend(iter(process.stdout.readline, ""))

    def say(self, text: str) -> None:
        """Write a line to its standard input."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def kill(self, dice: random.Random) -> bool:
        """Kill it at a random moment, half of the time inside a transaction; tells whether one was open."""
        assert self.process is not None
        time.sleep(dice.random() * 0.4)
        if dice.random() < 0.6:
            deadline = time.monotonic() + 1.0
            while self.witness.state != OPEN and time.monotonic() < deadline:
                pass
        self.process.send_signal(signal.SIGKILL)
        hit = self.witness.state == OPEN
        self.end()
        return hit

    def end(self) -> None:
        """Make sure that it has ended, and close its pipes."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.reader is not None:
            self.reader.join()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@dataclass
class Drill:
    """A server and a desk of the demo merchant, and the killer's own record of what was told saved."""

    folder: Path
    port: int
    server: Process
    desk: Process
    codes: str

    @property
    def saved(self) -> list[str]:
        """The operations that the desk told saved, in order."""
        return [line.split()[1] for line in self.desk.lines if line.startswith("SAVED")]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    shop = demo_shop.prepare(tmp_path / "server", 1)
    port = _free_port()
    watched = [sys.executable, "-m", "tests.drills.watched"]
    serve = ["merchant_desk.cli.main", "serve", "--json", "--demo", "--plain-http"]
    where = ["--data-dir", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    witnesses = [Witness(tmp_path / name) for name in ("server.byte", "desk.byte")]
    server = Process([*watched, str(tmp_path / "server.byte"), *serve, *where], witnesses[0])
    desk_command = ["tests.drills.desk_at_work", str(tmp_path / "desk"), f"http://127.0.0.1:{port}", "7"]
    desk = Process([*watched, str(tmp_path / "desk.byte"), *desk_command], witnesses[1])
    server.start('{"url"')
    worker = next(person for person in PEOPLE if person.outlet is TOWN)
    demo_shop.enrol(tmp_path / "desk", demo_shop.enrolment_code(shop.secrets[0], port), "A", worker).close()
    articles = [line.line.article for line in shop.demo.shift.lines[:8]]
    codes = " ".join(article.code for article in articles)
    yield Drill(tmp_path, port, server, desk, f"{codes} 12345678 MD:UNDO")
    for watched_process in (desk, server):
        watched_process.end()
    for witness in witnesses:
        witness.close()


def _drill(drill: Drill, kills: int, seed: int) -> dict[str, Any]:
    dice = random.Random(seed)
    report = {"kills": kills, "desk": 0, "server": 0, "hit_open_transaction": 0}
    drill.desk.start("READY")
    drill.desk.say(drill.codes)
    for _ in range(kills):
        if dice.random() < 0.6:
            report["desk"] += 1
            report["hit_open_transaction"] += drill.desk.kill(dice)
            drill.desk.start("READY")
            drill.desk.say(drill.codes)
        else:
            report["server"] += 1
            report["hit_open_transaction"] += drill.server.kill(dice)
            drill.server.start('{"url"')
    time.sleep(0.5)
    drill.desk.kill(dice)
    return report


def _settle(drill: Drill) -> None:
    """Let the desk say everything that it has to say, without being killed."""
    with Desk.open(drill.folder / "desk", demo=True, server_url=f"http://127.0.0.1:{drill.port}") as desk:
        for _ in range(20):
            try:
                desk.sync()
            except Fault:
                time.sleep(0.5)
                continue
            if not desk.pending():
                break
        desk.sync()
        assert desk.pending() == []


def _applied(folder: Path, key: bytes) -> dict[str, str]:
    connection = dbapi2.connect(f"file:{folder / 'server.db'}?mode=ro", uri=True)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    rows = connection.execute("SELECT lower(hex(op_id)), status FROM operations").fetchall()
    connection.close()
    return dict(rows)


def _key(folder: Path) -> bytes:
    return bytes.fromhex((folder / "demo.key").read_text())


def _check(drill: Drill, report: dict[str, Any]) -> None:
    _settle(drill)
    drill.server.process.terminate()  # type: ignore[union-attr]
    drill.server.process.wait()  # type: ignore[union-attr]
    server, desk = drill.folder / "server", drill.folder / "desk"
    applied = _applied(server, _key(server))
    lost = [op for op in drill.saved if applied.get(op.replace("-", "")) != "applied"]
    report.update(saved=len(drill.saved), lost=len(lost))
    books = [
        Book("server", server / "server.db", _key(server), is_desk=False),
        Book("desk", desk / "desk.db", _key(desk), is_desk=True),
    ]
    verdict = compare(books, TOWN.outlet_id.bytes)
    sys.stdout.write(json.dumps(report) + "\n")
    assert lost == []
    assert verdict.differences == ()
    assert len(drill.saved) == len(set(drill.saved)) > report["kills"]
    assert report["hit_open_transaction"] >= report["kills"] * LEAST_HITS


@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing_and_double_nothing(drill: Drill) -> None:
    _check(drill, _drill(drill, SHORT, seed=20))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_three_hundred_kills_lose_nothing_and_double_nothing(drill: Drill) -> None:
    _check(drill, _drill(drill, LONG, seed=300))
