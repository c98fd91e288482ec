"""Several server processes behind one port: is nothing lost, nothing twice, and every desk told?"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text

from merchant_desk.cli.benches.bench_load import Scale, enrolled
from merchant_desk.cli.benches.load_desk import Board, LoadDesk
from merchant_desk.server.process import real_edge
from tests.server.running import Running, run, running
from tests.trouble.words import failed

PROCESSES = 3
SETTLED_SECONDS = 60


def processes_of(server: Running) -> list[int]:
    """Return the serving processes that a server started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
            words = stat.with_name("cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if parent == server.process.pid and b"spawn_main" in words:
            found.append(int(stat.parent.name))
    return sorted(found)


@contextmanager
def three(folder: Path, url: str) -> Iterator[Running]:
    words = ("--plain-http", "--database-url", url, "--processes", str(PROCESSES))
    with running(folder, *words) as server:
        assert len(processes_of(server)) == PROCESSES
        yield server


async def killed_under_load(server: Running, desks: list[LoadDesk], seconds: float, kills: int) -> None:
    """Let desks act every second, and one process after the other die; then wait until all know all."""
    chance = random.Random(3)
    lives = [asyncio.create_task(desk.live(1.0, chance)) for desk in desks]
    for _ in range(kills):
        await asyncio.sleep(seconds / (kills + 1))
        os.kill(chance.choice(processes_of(server)), signal.SIGKILL)
    await asyncio.sleep(seconds / (kills + 1))
    await quiet(desks, lives)


async def quiet(desks: list[LoadDesk], lives: list["asyncio.Task[None]"]) -> None:
    """Let nobody act any more, and those who listen hear the rest by themselves."""
    for desk in desks:
        desk.act_no_more()
    deadline = time.monotonic() + SETTLED_SECONDS
    while len({(desk.place.merchant_id, desk.cursor) for desk in desks}) > len(
        {desk.place.merchant_id for desk in desks}
    ) or any(desk.waiting for desk in desks):
        assert time.monotonic() < deadline, [(desk.cursor, desk.waiting) for desk in desks]
        await asyncio.sleep(0.1)
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)


def prove_whole(url: str, desks: list[LoadDesk]) -> None:
    """Each operation of each desk is applied, once, and moved its goods once; no feed has a gap."""
    engine = create_engine(url)
    with engine.connect() as connection:
        query = text("SELECT device_id FROM operations WHERE status = 'applied' AND kind = 'adjust_stock'")
        done = Counter(connection.scalars(query))
        other = connection.scalar(text("SELECT count(*) FROM operations WHERE status <> 'applied'"))
        lines = connection.scalar(text("SELECT count(*) FROM feed WHERE table_name = 'ledger'"))
        heads = connection.execute(
            text("SELECT merchant_id, max(seq), count(DISTINCT seq) FROM feed GROUP BY merchant_id")
        ).all()
    engine.dispose()
    assert other == 0
    assert dict(done) == {desk.device_id: desk.done for desk in desks}
    assert lines == sum(desk.done for desk in desks)
    assert [one for one in heads if one[1] != one[2]] == []
    for merchant_id, last, _ in heads:
        assert {desk.cursor for desk in desks if desk.place.merchant_id == merchant_id} == {last}


def lively(tmp_path: Path, url: str, scale: Scale, *, kills: int) -> tuple[Running, Board]:
    """Run desks on three processes, of which some die, and prove that nothing is missing."""
    folder, board = tmp_path / "server", Board()
    badges = enrolled(folder, url, scale)
    with three(folder, url) as server:
        port = urlsplit(server.url).port
        assert port is not None
        desks = [LoadDesk(port, place, badge, board, real_edge().new_id) for place, badge in badges]
        asyncio.run(killed_under_load(server, desks, scale.seconds, kills))
        prove_whole(url, desks)
        assert sum(desk.done for desk in desks) > len(desks)
        wait_for(server, PROCESSES)
        assert server.stop() == 0
    return server, board


def wait_for(server: Running, processes: int) -> None:
    """Wait until so many serve: those that were killed are there again."""
    deadline = time.monotonic() + 20
    while len(processes_of(server)) < processes or not all_are_ready(server):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def all_are_ready(server: Running) -> bool:
    said = Counter(line["event"] for line in server.lines())
    return said["process_ready"] == said["process_started"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_one_of_three_is_killed_under_load(tmp_path: Path, server_url: str) -> None:
    server, _ = lively(tmp_path, server_url, Scale("three", 2, 1, 6, 4.0), kills=1)
    lines = server.lines()
    assert {line.get("process") for line in lines if line["event"] == "request"} >= {1, 2, 3}
    ended = [line for line in lines if line["event"] == "process_ended"]
    assert [line["status"] for line in ended] == [-signal.SIGKILL]
    started = Counter(line["process"] for line in lines if line["event"] == "process_started")
    assert started == Counter({1: 1, 2: 1, 3: 1}) + Counter([ended[0]["process"]])
    assert [line["event"] for line in lines].count("stopped") == PROCESSES + 1


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_many_are_killed_under_load_for_long(tmp_path: Path, server_url: str) -> None:
    server, _ = lively(tmp_path, server_url, Scale("three", 3, 1, 4, 45.0), kills=5)
    ended = [line for line in server.lines() if line["event"] == "process_ended"]
    assert len(ended) == 5


def test_where_there_cannot_be_several_it_is_said(tmp_path: Path) -> None:
    where = ("serve", "--data-dir", str(tmp_path / "server"), "--port", "0", "--demo")
    failed(
        run(*where, "--processes", "2"), "需要 PostgreSQL.*--database-url", "need PostgreSQL.*--database-url"
    )
    failed(run(*where, "--processes", "0"), "1 到 64", "1 to 64")
