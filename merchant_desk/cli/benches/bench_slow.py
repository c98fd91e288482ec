"""How long work that waited takes on a line of 64 kbit/s, 600 ms there and back, with losses."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from merchant_desk.cli import demo_shop
from merchant_desk.cli.benches.bench_push import queue_receipts
from merchant_desk.cli.benches.slow_line import Shape, SlowLine
from merchant_desk.cli.benches.stage import Stage, seconds, stage
from merchant_desk.cli.figures import Figure, figure, percentile
from merchant_desk.desk import Desk
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.sync.status import SyncStatus

OPERATIONS = 2_000
BUDGET = 240.0
"""Seconds for `OPERATIONS`..."""

MOST_BYTES = 300.0
"""...and bytes of the line for each, all that goes with it counted."""

GOAL = 10.0
"""Seconds that one request may take of the line, so that nobody's own waits longer."""

LOSSY, CLEAN = Shape(), Shape(loss=0.0)


def measure(short: bool) -> Sequence[Figure]:
    """Send what waited over the lossy line, and as much over the same line without losses."""
    count = OPERATIONS // 10 if short else OPERATIONS
    with stage(1) as scene, SlowLine(scene.server.port) as line, _desk(scene, line) as desk:
        queue_receipts(desk, count, "RC-00-900001")
        before = sum(line.carried)
        with _watched(desk) as seen:
            taken = _push(desk, line, LOSSY)
        each = (sum(line.carried) - before) / count
        queue_receipts(desk, count, "RC-00-900002")
        clean = _push(desk, line, CLEAN)
    found = [
        figure(
            "slow.push_seconds",
            [taken],
            "s",
            limit=clean,
            budget=BUDGET * count / OPERATIONS,
            peer="without losses",
        ),
        figure("slow.bytes_per_op", [each], "bytes", budget=MOST_BYTES),
        *seen.figures(),
    ]
    return [replace(one, n=count) for one in found]


@contextmanager
def _desk(scene: Stage, line: SlowLine) -> Iterator[Desk]:
    """Enrol a desk that reaches the server over the line only."""
    code = demo_shop.enrolment_code(scene.shop.secrets[0], line.port)
    with demo_shop.enrol(scene.folder / "desk", code, "desk", MANAGER) as desk:
        yield desk


def _push(desk: Desk, line: SlowLine, shape: Shape) -> float:
    line.shape = shape
    start = time.perf_counter()
    desk.runtime.sync(pull=False)
    taken = seconds(start)
    line.shape = None
    if desk.runtime.status.waiting:
        raise RuntimeError("not everything was answered")
    return taken


class _Seen:
    """What a person at the desk saw meanwhile: when batches were answered, and what was foretold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start = time.perf_counter()
        self._waiting: int | None = None
        self._answered: list[float] = []
        self._foretold: list[tuple[float, int]] = []

    def hear(self, status: SyncStatus) -> None:
        now = time.perf_counter() - self._start
        with self._lock:
            if self._waiting is not None and status.waiting < self._waiting:
                self._answered.append(now)
            self._waiting = status.waiting
            if status.sending is not None:
                self._foretold.append((now, status.sending))

    def figures(self) -> list[Figure]:
        """Return how long batches took, and by how much what was foretold was wrong."""
        pauses = [
            after - before for before, after in zip([0.0, *self._answered], self._answered, strict=False)
        ]
        end = self._answered[-1]
        wrong = [abs(now + seconds - end) / end for now, seconds in self._foretold]
        told = [figure("slow.between_answers_p90", [percentile(pauses, 0.9)], "s", budget=GOAL)]
        if wrong:
            told.append(figure("slow.foretold_wrong_by", [100 * percentile(wrong, 0.5)], "% of the whole"))
        return told


@contextmanager
def _watched(desk: Desk) -> Iterator[_Seen]:
    seen = _Seen()
    stop = desk.runtime.listen_to_status(seen.hear)
    yield seen
    stop()
