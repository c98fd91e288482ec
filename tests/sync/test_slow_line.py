"""Over a poor line with losses: does all arrive, once, and is it told how long that takes?"""

from pathlib import Path

import pytest

from merchant_desk.cli.benches.slow_line import Shape, SlowLine
from merchant_desk.sync import speed
from merchant_desk.sync.status import Link, SyncStatus
from tests.helpers.web_server import port_server
from tests.sync.test_over_http import do, on_hand

OPERATIONS = 240
POOR = Shape(bytes_per_second=2_000.0)
"""16 kbit/s."""


@pytest.mark.parametrize(
    ("shape", "least"),
    [
        (Shape(delay=0.1), 0),  # quick enough for each day: every estimate is told
        pytest.param(POOR, speed.LEAST, marks=pytest.mark.long),
    ],
)
def test_work_goes_over_a_poor_line_and_a_person_sees_how_long_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shape: Shape, least: int
) -> None:
    monkeypatch.setattr(speed, "LEAST", least)
    seen: list[SyncStatus] = []
    with port_server(tmp_path) as server, SlowLine(server.port) as line:
        with server.desk(tmp_path / "far", port=line.port) as far:
            op_ids = [do(far, server) for _ in range(OPERATIONS)]
            far.runtime.listen_to_status(seen.append)
            up, _ = line.carried
            line.shape = shape
            far.sync()
            sent = line.carried[0] - up
            line.shape = None
            assert far.runtime.status.link is Link.ONLINE
            assert far.runtime.status.sending is None
        outcomes = server.outcomes()
        assert [outcomes.get(op_id.bytes) for op_id in op_ids] == ["applied"] * OPERATIONS
        with server.desk(tmp_path / "near") as near:
            near.sync()
            assert on_hand(near) == OPERATIONS
    told = [(status.waiting, status.sending) for status in seen if status.sending is not None]
    assert told, "batches come in turn, so the first answers say how long the others take"
    assert all(0 < waiting < OPERATIONS and seconds < 120 for waiting, seconds in told)
    assert sent / OPERATIONS < 300  # bytes of the line for an operation, all counted
