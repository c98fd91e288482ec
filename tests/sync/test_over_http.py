"""Does it all hold over real HTTP, through both fetchers, with a server that comes, goes and is restored?"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.courier import Courier
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.status import Link
from merchant_desk.sync.transport import Request, ServerApi, Unreachable
from tests.helpers.web_server import MICRO, PortServer, port_server
from tests.sync.test_line import hurry, until

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.expects_log("rebuild_needed|upkeep_failed")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PortServer]:
    with port_server(tmp_path) as opened:
        yield opened


def do(desk: Desk, server: PortServer, quantity: int = 1) -> UUID:
    return desk.runtime.do(server.adjust(quantity), server.manager).op_id


def on_hand(desk: Desk) -> int:
    """Return units on hand, by the ledger and by the total, which agree."""
    with desk.runtime.read() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT coalesce(sum(quantity), 0) FROM ledger").scalar()
        total = connection.exec_driver_sql("SELECT coalesce(sum(on_hand), 0) FROM stock_balances").scalar()
    assert rows == total
    return int(rows or 0) // MICRO


def applied(server: PortServer, *op_ids: UUID) -> bool:
    outcomes = server.outcomes()
    return all(outcomes.get(op_id.bytes) == "applied" for op_id in op_ids)


@pytest.mark.parametrize("courier", [False, True], ids=["in this process", "by courier"])
def test_desks_hear_of_each_other_at_once(server: PortServer, tmp_path: Path, courier: bool) -> None:
    one, two = (server.desk(tmp_path / name, courier=courier) for name in ("one", "two"))
    for desk in (one, two):
        hurry(desk)
        desk.start()
    until(lambda: all(desk.runtime.status.link is Link.ONLINE for desk in (one, two)))
    time.sleep(1.2)
    spans = []
    for n in range(1, 4):
        do(one, server, n)
        begun = time.monotonic()
        until(lambda n=n: on_hand(two) == sum(range(1, n + 1)))  # type: ignore[misc]
        spans.append(time.monotonic() - begun)
    assert min(spans) < 2.0
    one.sync()  # by themselves they ask for others now and then
    assert [other.name for other in one.runtime.status.others] == ["two"]
    for desk in (one, two):
        assert all(found.grade is not Grade.BAD for found in examine(desk.runtime, desk.api))
        desk.close()


@pytest.mark.parametrize("courier", [False, True], ids=["in this process", "by courier"])
def test_a_server_that_goes_and_comes_back(server: PortServer, tmp_path: Path, courier: bool) -> None:
    desk = server.desk(tmp_path / "one", courier=courier)
    hurry(desk)
    desk.start()
    op_ids = []
    for _ in range(3):
        server.stop()
        op_ids.append(do(desk, server))
        until(lambda: desk.runtime.status.link is Link.UNREACHABLE)
        assert isinstance(desk.runtime.status.fault, Unreachable)
        op_ids.append(do(desk, server))
        server.start()
        until(lambda: desk.runtime.status.waiting == 0 and desk.runtime.status.link is Link.ONLINE)
    assert applied(server, *op_ids)
    assert on_hand(desk) == len(op_ids)
    desk.close()


def test_a_restored_server(server: PortServer, tmp_path: Path) -> None:
    one, two = (server.desk(tmp_path / name) for name in ("one", "two"))
    kept = do(one, server)
    one.sync()
    copy = server.copy()
    lost = [do(one, server, 2), do(two, server, 3)]
    for desk in (one, two):
        desk.sync()
    server.restore(copy)
    unsent = do(one, server, 4)
    for desk in (one, two, one):
        desk.sync()
    assert applied(server, kept, *lost, unsent)
    assert on_hand(one) == on_hand(two) == 10
    for desk in (one, two):
        assert desk.runtime.status.alarm is None
        desk.close()


def test_a_courier_that_dies_is_replaced_and_nobody_waits_for_it(server: PortServer, tmp_path: Path) -> None:
    desk = server.desk(tmp_path / "one", courier=True)
    courier = desk._fetch
    assert isinstance(courier, Courier)
    waited: list[Fault] = []

    def wait() -> None:
        try:
            desk.api.wait_for_notice(desk.runtime.engine.position.cursor, 30.0)
        except Fault as fault:
            waited.append(fault)

    thread = threading.Thread(target=wait)
    thread.start()
    helper = courier._helper
    assert helper is not None
    until(lambda: bool(helper._waiting))
    begun = time.monotonic()
    assert desk.api.version().protocol == 1
    assert time.monotonic() - begun < 5.0, "a notice that is waited for holds nothing up"
    helper.process.kill()
    thread.join(10.0)
    assert not thread.is_alive()
    assert [fault.code for fault in waited] == ["unreachable"]
    op_id = do(desk, server)
    desk.sync()
    assert applied(server, op_id)
    desk.close()
    with pytest.raises(Unreachable):
        ServerApi(courier, "").version()


def test_a_courier_carries_many_at_once_and_brings_faults_home(server: PortServer) -> None:
    courier = Courier(server.url, None)
    answers: list[int] = []

    def ask() -> None:
        answers.append(courier(Request("GET", "/version", b"", "", 10.0)).status)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 12
    server.stop()
    with pytest.raises(Unreachable) as told:
        courier(Request("GET", "/version", b"", "", 5.0))
    assert told.value.reason == "no_answer"
    server.start()
    courier.close()


# ---------------------------------------------------------------- killed

AT_WORK = """
import os, signal, sys, threading
from pathlib import Path
from uuid import UUID
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from merchant_desk.desk import Desk
from merchant_desk.models import gate
from merchant_desk.models.faults import Fault
from merchant_desk.sync import rebuild
from merchant_desk.sync.pace import Pace
from merchant_desk.domain.stock import AdjustStock

folder, manager, *ids = sys.argv[1:]
outlet, warehouse, shelf, rice = (UUID(one) for one in ids)
rebuild.Pace = lambda *amounts: Pace(20, 20, 20)
rebuild.SLICE_ROWS = 5

def tell(line):
    os.write(1, (line + chr(10)).encode())

def dying(act, before=False):
    def run(*args, **options):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        found = act(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        return found
    return run

match os.environ.get("DIE_AT", ""):
    case "own work copied":
        rebuild.hand_over = dying(rebuild.hand_over)
    case "draft's log moved":
        move = rebuild.checkpoint
        end = dying(move)
        rebuild.checkpoint = lambda file, mode="PASSIVE": (end if mode == "TRUNCATE" else move)(file, mode)
    case "old log moved":
        gate.checkpoint = dying(gate.checkpoint)
    case "files exchanged":
        gate.sync_folder = dying(gate.sync_folder, before=True)

desk = Desk.open(folder, demo=True)
done = threading.Event()

def work():
    while not done.is_set():
        body = AdjustStock(outlet, warehouse, shelf, rice, None, "sellable", 1_000_000, "found", "")
        tell("SAVED " + desk.runtime.do(body, UUID(manager)).op_id.hex)
        done.wait(0.004)

thread = threading.Thread(target=work)
thread.start()
tell("READY")
while True:
    try:
        desk.sync()
        break
    except Fault as fault:
        tell("FAULT " + fault.code)
done.set()
thread.join()
tell("DONE")
os._exit(0)
"""


def prepared(server: PortServer, folder: Path, rows: int) -> None:
    """Enrol a desk and give it something to fetch again."""
    desk = server.desk(folder)
    for n in range(rows):
        server.services.house.do(server.merchant, server.adjust(1))
        if n % 10 == 0:
            do(desk, server)
    desk.sync()
    desk.close()


def saved_in(lines: list[str]) -> set[bytes]:
    return {bytes.fromhex(line.split()[1]) for line in lines if line.startswith("SAVED")}


def assert_nothing_is_lost(server: PortServer, folder: Path, saved: set[bytes]) -> None:
    """All that was saved is here and at the server, once; the desk agrees with it."""
    desk = Desk.open(folder, demo=True)
    with desk.runtime.read() as connection, connection.begin():
        here = {row[0] for row in connection.exec_driver_sql("SELECT op_id FROM outbox").all()}
    assert saved <= here
    desk.sync()
    assert desk.runtime.status.waiting == 0
    outcomes = server.outcomes()
    assert {outcomes.get(op_id) for op_id in here} == {"applied"}
    with server.services.database.reader.connect() as connection, connection.begin():
        total = connection.exec_driver_sql("SELECT sum(quantity) FROM ledger").scalar()
    assert on_hand(desk) == int(total or 0) // MICRO
    assert desk.runtime.check_again().alarm is None
    assert all(found.grade is not Grade.BAD for found in examine(desk.runtime, desk.api))
    desk.close()


def test_killed_at_any_point_of_a_rebuild_it_loses_nothing(
    server: PortServer, tmp_path: Path, long_run: bool
) -> None:
    """A real process scans and rebuilds; it is killed again and again, and what it had saved is the truth."""
    folder = tmp_path / "one"
    prepared(server, folder, 120)
    saved: set[bytes] = set()
    kills = drafts = 0
    wanted = 60 if long_run else 6
    while kills < wanted:
        server.restore(server.copy())
        finished = False
        while not finished and kills < wanted:
            delay = server.chance.dice.random()
            # By turns: at any moment at all, and within the short time in which the draft is written.
            at_draft = kills % 2 == 1
            lines, finished = killed_after(server, folder, delay * (0.1 if at_draft else 0.5), at_draft)
            saved |= saved_in(lines)
            kills += not finished
            drafts += not finished and (folder / "desk.db.rebuild").exists()
    assert drafts >= kills // 4
    assert_nothing_is_lost(server, folder, saved)


@pytest.mark.parametrize(
    "moment", ["own work copied", "draft's log moved", "old log moved", "files exchanged"]
)
def test_killed_while_the_files_are_exchanged(server: PortServer, tmp_path: Path, moment: str) -> None:
    folder = tmp_path / "one"
    prepared(server, folder, 20)
    server.restore(server.copy())
    lines, finished = killed_after(server, folder, 60.0, DIE_AT=moment)
    assert not finished
    assert (folder / "desk.db.rebuild").exists() == (moment != "files exchanged")
    assert_nothing_is_lost(server, folder, saved_in(lines))


def written_at(draft: Path) -> int:
    """When a draft or its log was last written, in nanoseconds; 0 if there is none."""
    found = 0
    for file in (draft, draft.with_name(f"{draft.name}-wal")):
        with contextlib.suppress(OSError):
            found = max(found, file.stat().st_mtime_ns)
    return found


def at_work(server: PortServer, folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start the desk at work."""
    ids = [str(one) for one in (server.outlet, server.warehouse, server.shelf, server.rice)]
    return subprocess.Popen(
        [sys.executable, "-c", AT_WORK, str(folder), str(server.manager), *ids],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )


def killed_after(
    server: PortServer, folder: Path, delay: float, at_draft: bool = False, **environment: str
) -> tuple[list[str], bool]:
    """Run the desk at work and kill it so long after it was ready (`at_draft`: after it wrote to its draft).

    Returns what it said, and whether it was done.
    """
    process = at_work(server, folder, environment)
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.decode().strip())
        if lines[-1] == "READY":
            break
    draft = folder / "desk.db.rebuild"
    before = written_at(draft)
    ended = threading.Event()

    def kill() -> None:
        # A desk whose files were exchanged before the last kill has no draft to write any more.
        patience = time.monotonic() + 2 * at_draft
        while time.monotonic() < patience and written_at(draft) in {0, before} and not ended.wait(0.001):
            pass
        if not ended.wait(delay):
            process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    lines += [line.decode().strip() for line in process.stdout]
    process.wait()
    ended.set()
    killer.join()
    process.stdout.close()
    whole = [line for line in lines if not line.startswith("SAVED") or len(line) == 38]
    return whole, "DONE" in lines
