"""How long until another desk shows what one desk did, both in touch with the server."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from merchant_desk.cli.benches.stage import stage
from merchant_desk.cli.figures import Figure, figure, percentile
from merchant_desk.desk import Desk
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.sync.desk import Changes

LONGEST = 10.0


def measure(short: bool) -> Sequence[Figure]:
    """Report unknown codes at one desk and wait for each at the other."""
    count = 10 if short else 60
    with stage(2) as scene:
        here, there = scene.desk(courier=True), scene.desk(courier=True)
        try:
            there.start()
            here.start()
            time.sleep(1.0)
            times = [_one(here, there) for _ in range(count)]
        finally:
            here.close()
            there.close()
    p50 = figure("notice.p50", [percentile(times, 0.5)], "ms")
    p99 = figure("notice.p99", [percentile(times, 0.99)], "ms", budget=1_000.0)
    return [replace(one, n=count) for one in (p50, p99)]


def _one(here: Desk, there: Desk) -> float:
    came = threading.Event()
    wanted = here.runtime.new_id()

    def listen(changes: Changes) -> None:
        if wanted in changes.get("unknown_codes", ()):
            came.set()

    stop = there.runtime.listen(listen)
    start = time.perf_counter()
    outlet = here.identity.outlet_id
    here.do(ReportUnknownCode(wanted, outlet, "96385074", None, None, "", "bench"))
    arrived = came.wait(LONGEST)
    taken = (time.perf_counter() - start) * 1_000
    stop()
    if not arrived:
        raise TimeoutError(f"nothing came within {LONGEST:g} s")
    time.sleep(0.3)
    return taken
