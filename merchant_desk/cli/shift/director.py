"""The first shift, directed: from the morning without a network to the last piece agreed."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.cli.shift.actors import Actor, ShiftBroke, Shot
from merchant_desk.cli.shift.equality import Book, Verdict, compare
from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.cli.words import station_caption
from merchant_desk.server.demo.shift import DeskShift, Scan, ShiftPlan, Stint, shift_plan

CUT_AFTER = 12_000
"""Bytes sent up after which the line is cut in the middle of a push."""

SYNC_SECONDS = 120.0
LOOK_EVERY = 25
"""Scans after which the director looks at the screen, where nothing special is expected."""

Tell = Callable[[str, str], None]


@dataclass
class ShiftReport:
    """What the shift came to; `seconds` by part of it."""

    scans: dict[str, int] = field(default_factory=dict)
    latency: dict[str, dict[str, float]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    pending_before: dict[str, int] = field(default_factory=dict)
    cuts: int = 0
    shots: list[Shot] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    verdict: Verdict | None = None

    @property
    def passed(self) -> bool:
        """Tell whether the three databases agreed, after a real cut, and the plan held."""
        return bool(self.verdict and self.verdict.equal and self.cuts and not self.surprises)


class Director:
    """Sets the stage in a folder, plays the plan, and compares the books."""

    def __init__(self, folder: Path, tell: Tell, extra: list[str] | None = None) -> None:
        self._folder = folder
        self._tell = tell
        self._extra = extra or []
        self.report = ShiftReport()
        self._began = time.monotonic()

    def play(self) -> ShiftReport:
        """Play the whole shift.

        Raises:
            Fault: a process did not do what it was told; its log lies beside its profile.
        """
        self._tell("装入演示商户…", "Loading the demo merchant...")
        pictures = self._folder / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        shop = demo_shop.prepare(self._folder / "server", 2)
        plan = shift_plan(shop.demo)
        server = EmbeddedServer(self._folder / "server", ["--demo"])
        proxy = Proxy(server.port)
        actors: list[Actor] = []
        try:
            self._enrol(shop, plan, proxy)
            self._mark("set-up")
            proxy.close_line()
            url = f"http://127.0.0.1:{proxy.port}"
            for shift in (plan.desk_a, plan.desk_b):
                profile = self._folder / f"desk-{shift.name.casefold()}"
                actors.append(Actor(shift.name, profile, url, pictures, self._extra))
            self._morning(plan, actors)
            self._evening(proxy, actors)
            self._collect(actors, proxy)
        finally:
            for actor in actors:
                actor.end()
            proxy.end()
            server.close()
        self._compare(plan)
        return self.report

    # -- the parts -------------------------------------------------------------------------------

    def _enrol(self, shop: demo_shop.DemoShop, plan: ShiftPlan, proxy: Proxy) -> None:
        for secret, shift in zip(shop.secrets, (plan.desk_a, plan.desk_b), strict=True):
            folder = self._folder / f"desk-{shift.name.casefold()}"
            code = demo_shop.enrolment_code(secret, proxy.port)
            demo_shop.enrol(folder, code, f"工作台 {shift.name}", shift.person).close()

    def _morning(self, plan: ShiftPlan, actors: list[Actor]) -> None:
        """Both desks sign in and work without a network, round by round."""
        shifts = (plan.desk_a, plan.desk_b)
        self._together(actors, lambda actor: self._sign_in(actor, shifts[actors.index(actor)]))
        rounds = sorted({stint.round for shift in shifts for stint in shift.stints})
        for number in rounds:
            self._tell(f"第 {number} 轮，离线扫描…", f"Round {number}, scanning offline...")
            self._play_round(actors, shifts, number)
            self._mark(f"round {number}")

    def _play_round(self, actors: list[Actor], shifts: tuple[DeskShift, ...], number: int) -> None:
        self._together(actors, lambda actor: self._round(actor, shifts[actors.index(actor)], number))

    def _sign_in(self, actor: Actor, shift: DeskShift) -> None:
        actor.settle()
        actor.shot("早晨，尚未登录 / morning, nobody signed in")
        actor.scan(shift.person.badge)
        actor.settle()
        actor.order("type", text=shift.person.pin)
        actor.press("Return")
        actor.wait_for("sign in", lambda state: bool(state.get("person")), 20)
        actor.shot("离线登录 / signed in offline")

    def _round(self, actor: Actor, shift: DeskShift, number: int) -> None:
        for stint in shift.stints:
            if stint.round == number:
                self._stint(actor, stint)

    def _stint(self, actor: Actor, stint: Stint) -> None:
        actor.go(stint.station)
        actor.scan(stint.opened_by)
        state = actor.settle()
        if not state.get("document"):
            raise ShiftBroke(actor.name, f"{stint.opened_by} opened no document: {state}")
        for n, scan in enumerate(stint.scans, 1):
            actor.scan(scan.code)
            if scan.finding or scan.meaning == "unknown" or n % LOOK_EVERY == 0 or n == len(stint.scans):
                self._look(actor, stint, scan, n)
        self._finish(actor, stint, state["document"])

    def _look(self, actor: Actor, stint: Stint, scan: Scan, n: int) -> None:
        state = actor.settle()
        if scan.finding or scan.meaning == "unknown" or n in (LOOK_EVERY, 1):
            actor.shot(station_caption(stint.station, stint.number, str(state.get("last_result") or "")))
        if state.get("waiting"):
            if not scan.finding:
                self.report.surprises.append(f"{actor.name} {stint.number} {scan.code}: {state}")
            actor.scan("MD:OK")
            actor.settle()

    def _finish(self, actor: Actor, stint: Stint, document: str) -> None:
        state = actor.settle()
        if state.get("document") == document:
            actor.scan("MD:FINISH")
            state = actor.settle()
        for _ in range(5):
            if state.get("document") != document:
                break
            actor.shot(f"{station_caption(stint.station, stint.number, '')} · 完成 / finish")
            actor.press("Return")
            state = actor.settle()
        if state.get("document") == document:
            raise ShiftBroke(actor.name, f"{document} would not close: {state}")
        if stint.station != "outbound":
            actor.shot(f"{station_caption(stint.station, stint.number, '')} · 已完成 / done")

    def _evening(self, proxy: Proxy, actors: list[Actor]) -> None:
        """The network returns, breaks in the middle of a push, and returns for good."""
        for actor in actors:
            actor.shot("联网之前 / before the network returns")
            self.report.pending_before[actor.name] = int(actor.order("state").get("pending", 0))
        self._tell(
            "网络恢复，并在推送途中被切断…", "The network returns and is cut in the middle of a push..."
        )
        proxy.open_line(cut_after=CUT_AFTER)
        self._together(actors, self._synced)
        self._mark("sync")

    def _synced(self, actor: Actor) -> None:
        def done(state: dict[str, Any]) -> bool:
            return state.get("connection") == "online" and not state.get("pending")

        actor.wait_for("sync", done, SYNC_SECONDS)

    def _collect(self, actors: list[Actor], proxy: Proxy) -> None:
        """Let both hear the other's work, keep the last pictures and figures."""
        pause = threading.Event()
        pause.wait(3.0)
        self._together(actors, self._synced)
        for actor in actors:
            actor.go("stocktake")
            state = actor.settle()
            self.report.latency[actor.name] = {
                "p50_ms": float(state.get("scan_p50_ms") or 0),
                "p99_ms": float(state.get("scan_p99_ms") or 0),
            }
            actor.find("sync", "Sync centre")
            actor.settle()
            actor.shot("全部已发送 / everything sent")
            self.report.scans[actor.name] = actor.scans
            self.report.shots += actor.shots
        self.report.cuts = proxy.traffic.cuts

    def _compare(self, plan: ShiftPlan) -> None:
        books = [
            Book(
                "server", self._folder / "server" / "server.db", _key(self._folder / "server"), is_desk=False
            ),
            *(
                Book(
                    f"desk {name}",
                    self._folder / f"desk-{name.casefold()}" / "desk.db",
                    _key(self._folder / f"desk-{name.casefold()}"),
                    is_desk=True,
                )
                for name in ("A", "B")
            ),
        ]
        self.report.verdict = compare(books, plan.outlet.outlet_id.bytes)
        self._mark("comparison")

    def _together(self, actors: Iterable[Actor], job: Callable[[Actor], None]) -> None:
        """Do a job at every desk at the same time; the first error counts."""
        errors: list[Exception] = []

        def work(actor: Actor) -> None:
            try:
                job(actor)
            except Exception as error:  # noqa: BLE001 - told by the thread that waits
                errors.append(error)

        threads = [threading.Thread(target=work, args=(actor,)) for actor in actors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def _mark(self, part: str) -> None:
        now = time.monotonic()
        self.report.seconds[part] = round(now - self._began, 1)
        self._began = now


def _key(folder: Path) -> bytes:
    return bytes.fromhex((folder / "demo.key").read_text(encoding="ascii").strip())
