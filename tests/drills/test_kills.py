"""kill -9 of desk or server, in every phase of their work: nothing told saved is lost or applied twice.

Which phase a kill hit, and whether a transaction was open, is read off the dead process's own witness.
"""

import json
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlcipher3 import dbapi2

from merchant_desk.cli import demo_shop
from merchant_desk.cli.shift.equality import Book, compare
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.models.migrate import HEAD
from merchant_desk.server.demo.structure import PEOPLE, TOWN
from tests.drills.victims import Death, Revisions, Victim
from tests.drills.watched import PHASES, Witness

LEAST_HITS = 1 / 3
EPOCHS = 3
"""How often the desks are let build anew for a kill in their snapshot."""

TURNS = (
    *[("desk", "scan")] * 4,
    *[("desk", "push")] * 2,
    *[("desk", "pull")] * 2,
    *[("desk", "checkpoint")] * 2,
    *[("desk", "migration")] * 2,
    *[("desk", "snapshot")] * 2,
    *[("server", "push")] * 3,
    ("server", "pull"),
    ("server", "snapshot"),
    ("server", "migration"),
)
"""Whom twenty kills are aimed at, and in which phase; five hundred are twenty-five rounds of them."""


@dataclass
class Drill:
    """A server with two desks of the demo merchant; one desk and the server are killed, in turn."""

    folder: Path
    server: Victim
    desk: Victim
    colleague: Victim
    report: dict[str, Any] = field(default_factory=dict)
    died_in: Counter[str] = field(default_factory=Counter)
    aimed_at: Counter[str] = field(default_factory=Counter)
    hits: int = 0

    @property
    def saved(self) -> list[str]:
        """The operations that the desks told saved, in order."""
        lines = [*self.desk.lines, *self.colleague.lines]
        return [line.split()[1] for line in lines if line.startswith("SAVED")]

    def run(self, kills: int, seed: int) -> None:
        """Kill so many times, each in its phase."""
        dice = random.Random(seed)
        self.desk.start()
        self.colleague.start()
        for n in range(kills):
            if n % len(TURNS) == 0:
                turns = dice.sample(TURNS, len(TURNS))
            whom, phase = turns[n % len(TURNS)]
            if n >= kills - len(PHASES):
                whom, phase = next((("desk", one) for one in PHASES if not self.died_in[one]), (whom, phase))
            victim = self.desk if whom == "desk" else self.server
            death = self._migrated(victim, dice) if phase == "migration" else self._met(victim, phase, dice)
            self._note(whom, phase, death)
            victim.start()
        time.sleep(0.5)
        self.desk.kill("scan", dice)
        self.colleague.kill("scan", dice)

    def _met(self, victim: Victim, phase: str, dice: random.Random) -> Death:
        """Kill a process in a phase that it comes to by itself, or once desks build their rows anew."""
        met = victim.meets(phase, 0.0 if phase == "snapshot" else 12.0)
        for _ in range(EPOCHS):
            if not met:
                # On a crowded machine a short phase can pass between two looks.
                self._renew_epoch()
                met = victim.meets(phase)
        assert met, f"never in {phase}: {victim.lines[-3:]}"
        return victim.kill(phase, dice)

    def _migrated(self, victim: Victim, dice: random.Random) -> Death:
        """End a process in peace, and kill it while it brings its database up to a new revision."""
        victim.stop()
        victim.revisions.grow()
        victim.launch()
        assert victim.meets("migration"), victim.lines[-3:]
        return victim.kill("migration", dice)

    def _renew_epoch(self) -> None:
        """Restart the server as after a restore: desks build their rows anew, from its snapshot."""
        self.server.stop()
        path = self.folder / "server"
        with _opened(path / "server.db") as connection:
            connection.execute("UPDATE server_state SET value = ? WHERE name = 'epoch'", (str(uuid4()),))
            connection.commit()
        self.server.start()

    def _note(self, whom: str, phase: str, death: Death) -> None:
        where = phase if phase in death.phases else (*death.phases, "between")[0]
        self.died_in[where] += 1
        self.aimed_at[f"{whom} {phase}"] += 1
        self.hits += death.is_open

    def settle(self) -> None:
        """Let desks say everything that they have to say, and end the server, without a kill."""
        for name in ("desk", "colleague"):
            _as_today(self.folder / name / "desk.db")
            url = f"http://127.0.0.1:{self.server.command[-1]}"
            for _ in range(2):
                with Desk.open(self.folder / name, demo=True, server_url=url) as desk:
                    _say_all(desk)
        with Desk.open(self.folder / "desk", demo=True, server_url=url) as desk:
            _say_all(desk)
        self.server.stop()

    def check(self, kills: int) -> None:
        """Hold the databases against what was told saved."""
        self.settle()
        server = self.folder / "server"
        with _opened(server / "server.db") as connection:
            rows = connection.execute("SELECT lower(hex(op_id)), status FROM operations").fetchall()
        applied = dict(rows)
        lost = [op for op in self.saved if applied.get(op.replace("-", "")) != "applied"]
        books = [Book("server", server / "server.db", _key(server), is_desk=False)]
        desks = (self.folder / "desk", self.folder / "colleague")
        books += [Book(desk.name, desk / "desk.db", _key(desk), is_desk=True) for desk in desks]
        verdict = compare(books, TOWN.outlet_id.bytes)
        report = {
            "kills": kills, "aimed_at": dict(self.aimed_at), "died_in": dict(self.died_in),
            "hit_open_transaction": self.hits, "saved": len(self.saved), "lost": len(lost),
            "differences": len(verdict.differences),
        }  # fmt: skip
        sys.stdout.write(json.dumps(report) + "\n")
        assert lost == []
        assert verdict.differences == ()
        assert len(self.saved) == len(set(self.saved)) > kills
        assert sum(self.died_in.values()) == kills
        assert self.hits >= kills * LEAST_HITS
        assert {phase for phase in PHASES if self.died_in[phase] < kills / 40} == set(), "a phase is left out"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    shop = demo_shop.prepare(tmp_path / "server", 2)
    port = _free_port()
    articles = " ".join(line.line.article.code for line in shop.demo.shift.lines[:8])
    codes = f"{articles} 12345678 MD:UNDO"
    server = _victim(
        tmp_path, "server", '{"url"', "",
        "merchant_desk.cli.main", "serve", "--json", "--demo", "--plain-http",
        "--data-dir", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port),
    )  # fmt: skip
    desk, colleague = (
        _victim(
            tmp_path, name, "READY", codes,
            "tests.drills.desk_at_work", str(tmp_path / name), f"http://127.0.0.1:{port}", seed, pause,
        )
        for name, seed, pause in (("desk", "7", "0.01"), ("colleague", "8", "0.1"))
    )  # fmt: skip
    server.start()
    worker = next(person for person in PEOPLE if person.outlet is TOWN)
    for name, secret in zip(("desk", "colleague"), shop.secrets, strict=True):
        demo_shop.enrol(tmp_path / name, demo_shop.enrolment_code(secret, port), name, worker).close()
    yield Drill(tmp_path, server, desk, colleague)
    for victim in (desk, colleague, server):
        victim.end()
        victim.witness.close()


def _victim(folder: Path, name: str, ready: str, first_words: str, *command: str) -> Victim:
    witness = folder / f"{name}.bytes"
    watched = [sys.executable, "-m", "tests.drills.watched", str(witness), *command]
    return Victim(watched, Witness(witness), ready, Revisions(folder / f"{name} revisions"), first_words)


def _say_all(desk: Desk) -> None:
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


def _as_today(path: Path) -> None:
    """Say that a database is of today's revision: the made-up ones changed nothing."""
    with _opened(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (HEAD,))
        connection.commit()


def _opened(path: Path) -> Any:
    connection = dbapi2.connect(path)
    connection.execute(f"PRAGMA key = \"x'{_key(path.parent).hex()}'\"")
    return closing(connection)


def _key(folder: Path) -> bytes:
    return bytes.fromhex((folder / "demo.key").read_text())


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.timeout(300)
def test_twenty_kills_lose_nothing_and_double_nothing(drill: Drill) -> None:
    drill.run(20, seed=20)
    drill.check(20)


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.long
@pytest.mark.timeout(7200)
def test_five_hundred_kills_lose_nothing_and_double_nothing(drill: Drill) -> None:
    drill.run(500, seed=500)
    drill.check(500)
