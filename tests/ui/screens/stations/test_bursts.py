"""Performance: 60 scans a second for a minute at a station in a real window; none lost, merged, reordered.

What the journal, the outbox and the ledger hold afterwards is compared with what the scanners sent.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.scanner.serial_port import SerialSettings
from tests.helpers.scanner_wedge import Keyboard, SerialLine, Typist
from tests.helpers.serial_burst import SerialBurst
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for a port")

SKUS = ("OIL-5", "NOODLE", "SOY-19", "TISSUE")
CATCH_UP_SECONDS = 60


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[list[SerialLine]]:
    made = [SerialLine(tmp_path / name) for name in ("ttyA", "ttyB")]
    yield made
    for line in made:
        line.unplug()


def pieces(floor: Floor, count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [floor.codes[dice.choice(SKUS)] for _ in range(count)]


def at_a_large_delivery(stage: Stages, floor: Floor) -> Stage:
    floor.delivery("PO-2611-0999", 20251130, *((sku, 100_000) for sku in SKUS))
    here = stage("inbound").scan("PO-2611-0999")
    # That scan's answer is painted after it is known: else it would be counted as one of the burst's.
    end = time.monotonic() + CATCH_UP_SECONDS
    while not here.screen.control.latency.count:
        assert time.monotonic() < end, "the delivery was never painted"
        here.app.processEvents()
    return here


def work_off(here: Stage, bursts: Sequence[SerialBurst], count: int) -> float:
    """Let the window work until all is sent and shown; returns the seconds that it was behind at the end."""
    while not all(burst.done for burst in bursts):
        here.app.processEvents()
    ended = time.monotonic()
    while here.screen.control.latency.count < count or here.screen.control.queue:
        assert time.monotonic() < ended + CATCH_UP_SECONDS, "scans are still on their way"
        here.app.processEvents()
    return time.monotonic() - ended


def assert_all_is_there(here: Stage, floor: Floor, sent: dict[str, list[str]]) -> None:
    with here.desk.runtime.read() as connection, connection.begin():
        sql = "SELECT source, text, state, outcome, op_id FROM scan_journal WHERE n > 1 ORDER BY n"
        journal = connection.execute(text(sql)).fetchall()
    for source, codes in sent.items():
        assert [row.text for row in journal if row.source == source] == codes
    assert [row for row in journal if row.state != "done" or row.op_id is None] == []
    assert len({row.op_id for row in journal}) == sum(map(len, sent.values()))
    wanted = Counter(code for codes in sent.values() for code in codes)
    stock = {row.sku: row.on_hand for row in here.desk.stock()}
    assert {sku: stock[sku] for sku in SKUS} == {sku: wanted[floor.codes[sku]] * MICRO for sku in SKUS}


def test_two_serial_scanners_at_60_a_second_for_a_minute(
    stage: Stages, floor: Floor, lines: list[SerialLine], long_run: bool
) -> None:
    here, seconds = at_a_large_delivery(stage, floor), 60 if long_run else 3
    for line in lines:
        here.hub.attach(SerialSettings(str(line.path)))
    bursts = [SerialBurst(line, pieces(floor, 30 * seconds, n), 30) for n, line in enumerate(lines)]
    before = here.screen.control.latency.count
    behind = work_off(here, bursts, before + 60 * seconds)
    latency = here.screen.control.latency
    print(f"{60 * seconds} scans, p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f} ms, behind {behind:.2f} s")  # noqa: T201
    assert_all_is_there(here, floor, {str(line.path): b.codes for line, b in zip(lines, bursts, strict=True)})


def test_a_wedge_at_25_a_second_beside_a_serial_scanner(
    stage: Stages, floor: Floor, lines: list[SerialLine], long_run: bool
) -> None:
    here, seconds = at_a_large_delivery(stage, floor), 60 if long_run else 3
    here.hub.attach(SerialSettings(str(lines[0].path)))
    typed = pieces(floor, 25 * seconds, 7)
    keys = [event for i, code in enumerate(typed) for event in Keyboard(key_ms=2).plan(f"{code}\r", 40 * i)]
    before = here.screen.control.latency.count
    burst = SerialBurst(lines[0], pieces(floor, 25 * seconds, 8), 25)
    handle = here.window.windowHandle()
    assert handle is not None
    typist = Typist(handle)
    thread = typist.start_beside(keys)
    behind = work_off(here, [burst], before + 50 * seconds)
    thread.join()
    print(f"{50 * seconds} scans, p99 {here.screen.control.latency.p99:.1f} ms, behind {behind:.2f} s")  # noqa: T201
    assert_all_is_there(here, floor, {str(lines[0].path): burst.codes, "wedge": typed})
