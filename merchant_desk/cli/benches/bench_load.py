"""A thousand desks of a hundred merchants, then three hundred of one, on one server; and one that uploads."""

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from merchant_desk.cli.benches.load_desk import Board, LoadDesk, Place
from merchant_desk.cli.benches.stage import DATABASE_URL
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.cli.figures import Figure, figure, percentile
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, FoundMerchant, GrantRole
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.server.process import DataOptions, opened_data, real_edge
from merchant_desk.server.services import ServerAddress, Services, open_services
from merchant_desk.sync.line import NOTICE_WAIT
from merchant_desk.sync.protocol import EnrolRequest
from merchant_desk.sync.signing import DeviceKeys

PROCESSES: Final = "MERCHANT_DESK_BENCH_PROCESSES"

EVERY: Final = 30.0
"""Seconds between two operations of a desk."""

NOTICE_BUDGET: Final = 1_000.0
DELAY_BUDGET: Final = 1.0
GROWTH_BUDGET: Final = 5.0
SETTLED: Final = 0.2
"""Share of a run after which the server is taken to have all that it needs: two minutes of ten."""

UPLOADED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Scale:
    """How many desks stand where, for how many seconds."""

    name: str
    merchants: int
    outlets: int
    desks: int
    seconds: float
    uploaded: int = 0
    """Operations that one of the desks uploads at the end."""


MANY = Scale("100x10", 100, 1, 10, 600.0)
ONE = Scale("1x300", 1, 30, 10, 600.0, UPLOADED)
SHORT = (Scale("10x10", 10, 1, 10, 40.0), Scale("1x60", 1, 6, 10, 60.0, UPLOADED // 10))


def measure(short: bool) -> Sequence[Figure]:
    """Let desks act every 30 s, and tell how long others of their outlets waited for it.

    On the database that `MERCHANT_DESK_DATABASE_URL` names, which has to be empty, else on an embedded one;
    there by as many server processes as `MERCHANT_DESK_BENCH_PROCESSES` says.
    """
    found: list[Figure] = []
    for scale in SHORT if short else (MANY, ONE):
        with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
            found += measured(Path(name), scale)
    return found


def measured(folder: Path, scale: Scale) -> list[Figure]:
    """Let the desks of a scale live on a server of its own, whose data are in `folder`."""
    url, processes = os.environ.get(DATABASE_URL), int(os.environ.get(PROCESSES, "1"))
    board = Board()
    badges = enrolled(folder, url, scale)
    on_postgres = ["--database-url", url, "--processes", str(processes)] if url else []
    server = EmbeddedServer(folder, ["--demo", *on_postgres])
    try:
        new_id = real_edge().new_id
        desks = [LoadDesk(server.port, place, badge, board, new_id) for place, badge in badges]
        run = _Run(scale, desks, board, server.pid)
        asyncio.run(run.run())
    finally:
        server.close()
    database = f"postgresql, {processes} processes" if url else "sqlite"
    return [replace(one, machine=f"{one.machine}, {database}") for one in run.figures()]


Badge = tuple[UUID, str, Any]


def enrolled(folder: Path, url: str | None, scale: Scale) -> list[tuple[Place, Badge]]:
    """Found the merchants of a scale, and enrol their desks."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Place, Badge]] = []
    with opened_data(DataOptions(folder, lambda request: None, url, demo=True)) as (database, _):
        services = open_services(database, real_edge(), ServerAddress("127.0.0.1", 0))
        for n in range(scale.merchants):
            for place in _founded(services, f"{scale.name} {n}", scale.outlets):
                found += [(place, _badge(services, place, m)) for m in range(scale.desks)]
    return found


def _founded(services: Services, name: str, outlets: int) -> list[Place]:
    new_id = services.edge.new_id
    merchant, manager, sku = new_id(), new_id(), new_id()
    rice = NewSku(sku, "RICE", "大米", "Rice", "粮油", "袋", 68 * MICRO, False, False, 0, 0, ())
    bodies: list[object] = [FoundMerchant(name, "CNY", manager, "manager"), AddProduct(rice)]
    places: list[Place] = []
    for n in range(outlets):
        outlet, warehouse = new_id(), new_id()
        shelf = location_id(warehouse, "A-01")
        bodies += [
            AddOutlet(outlet, f"{n:02d}", f"outlet {n}", "Asia/Shanghai", 0, warehouse),
            GrantRole(manager, "manager", outlet),
            AddLocations(outlet, warehouse, "storage", ("A-01",)),
        ]
        places.append(Place(merchant, manager, outlet, warehouse, shelf, sku))
    services.house.do(merchant, *bodies)
    return places


def _badge(services: Services, place: Place, n: int) -> Badge:
    keys = DeviceKeys.make(os.urandom)
    secret = services.enrolment.invite(place.merchant_id, place.outlet_id)
    request = EnrolRequest(secret, f"desk {n}", keys.verifying_key, keys.sealing_key, b"")
    answer = services.enrolment.enrol(request, services.state.epoch)
    return answer.device_id, answer.token, keys.signing_key


class _Run:
    """One run of a scale."""

    def __init__(self, scale: Scale, desks: list[LoadDesk], board: Board, pid: int) -> None:
        self._scale, self._desks, self._board, self._pid = scale, desks, board, pid
        self._chance = random.Random(1)  # noqa: S311 - no secret
        self._warming = min(NOTICE_WAIT, scale.seconds)
        self._begun = self._uploading = self._uploaded = 0.0
        self._memory: list[int] = []
        self._used: list[float] = []

    async def run(self) -> None:
        """Live for the scale's seconds."""
        for desk in self._desks:
            await desk.exchange()
        lives: list[Coroutine[Any, Any, None]] = [desk.live(EVERY, self._chance) for desk in self._desks]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(life) for life in lives]
            await asyncio.sleep(self._warming)  # until then not all are listening
            self._begun = time.perf_counter()
            self._used.append(processor_seconds(self._pid))
            await asyncio.sleep(self._scale.seconds * SETTLED)
            self._memory.append(_resident(self._pid))
            await asyncio.sleep(self._scale.seconds * (1 - SETTLED))
            self._memory.append(_resident(self._pid))
            self._used.append(processor_seconds(self._pid))
            if self._scale.uploaded:
                await self._upload()
            for task in tasks:
                task.cancel()

    async def _upload(self) -> None:
        """Let the first desk come back from weeks without a network, its colleagues at work."""
        desk = self._desks[0]
        for n in range(self._scale.uploaded):
            desk.act(told=False)
            if n % 50 == 0:
                await asyncio.sleep(0)  # the other desks of this process go on
        self._uploading = time.perf_counter()
        desk.wake()
        await desk.sent()
        self._uploaded = time.perf_counter()

    def figures(self) -> list[Figure]:
        """Return how long news and answers took, what the server grew by, and what an upload held up."""
        name, board = f"load.{self._scale.name}", self._board
        end = self._uploading or time.perf_counter()
        news = [seconds for at, seconds in board.news if self._begun < at <= end]
        answers = [seconds for at, seconds in board.answers if self._begun < at <= end]
        found = [
            figure(f"{name}.notice_p50", [1_000 * percentile(news, 0.5)], "ms"),
            figure(f"{name}.notice_p99", [1_000 * percentile(news, 0.99)], "ms", budget=NOTICE_BUDGET),
            figure(f"{name}.answer_p99", [1_000 * percentile(answers, 0.99)], "ms"),
        ]
        if all(self._used) and news:
            used = 1_000 * (self._used[1] - self._used[0]) / len(news)
            found.append(figure(f"{name}.processor_per_notice", [used], "ms"))
        found = [replace(one, n=len(news)) for one in found]
        if all(self._memory):
            before, after = self._memory
            grown = 100 * (after - before) / before
            found.append(figure(f"{name}.server_growth", [grown], "%", budget=GROWTH_BUDGET))
        if self._scale.uploaded:
            found += self._beside_upload(name, percentile(answers, 0.5))
        found.append(replace(figure(f"{name}.unanswered", [len(board.broken)], "requests"), n=len(news)))
        return found

    def _beside_upload(self, name: str, usual: float) -> list[Figure]:
        begun, end = self._uploading, self._uploaded
        answers = [seconds for at, seconds in self._board.answers if begun < at <= end]
        news = [seconds for at, seconds in self._board.news if begun < at <= end]
        found = [replace(figure(f"{name}.upload_seconds", [end - begun], "s"), n=self._scale.uploaded)]
        if answers:
            delay = max(answers) - usual
            one = figure(f"{name}.beside_upload.answer_max", [delay], "s", budget=DELAY_BUDGET)
            found.append(replace(one, n=len(answers)))
        if news:
            late = figure(f"{name}.beside_upload.notice_p99", [percentile(news, 0.99)], "s")
            found.append(replace(late, n=len(news)))
        return found


def _resident(pid: int) -> int:
    """Return the bytes of memory that a server's processes hold; 0 where nobody can say."""
    return sum(_pages(one) for one in _family(pid)) * os.sysconf("SC_PAGE_SIZE")


def _pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0


def processor_seconds(pid: int) -> float:
    """Return the seconds that a server's processes have used the processor; 0 where nobody can say."""
    ticks = sum(int(number) for one in _family(pid) for number in _stat(one)[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    """Return a process and those that it started; the first alone where nobody can say."""
    others = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat")]
    return [pid, *(one for one in others if _stat(one)[1:2] == [str(pid)])]


def _stat(pid: int) -> list[str]:
    """Return what the system says of a process, beginning with its state; nothing where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return []
