"""Do processes behind a window give way to it?"""

import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.models.faults import Fault
from merchant_desk.sync.courier import Courier
from merchant_desk.sync.priority import NICENESS
from merchant_desk.sync.transport import Request
from tests.helpers.postgres import free_port

pytestmark = pytest.mark.skipif(not hasattr(os, "nice"), reason="niceness is POSIX's")

PATIENCE = 20.0


def niceness(pid: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, pid)


def test_a_courier_gives_way() -> None:
    with closing(Courier(f"http://127.0.0.1:{free_port()}", None)) as courier:
        with pytest.raises(Fault):
            courier(Request("GET", "/version", b"", "", 1.0))
        helper = courier._helper
        assert helper is not None
        assert niceness(helper.process.pid) == min(niceness(0) + NICENESS, 19)


def test_an_embedded_server_gives_way(tmp_path: Path) -> None:
    with closing(EmbeddedServer(tmp_path / "server", ["--demo"])) as server:
        deadline = time.monotonic() + PATIENCE
        while niceness(server.pid) != min(niceness(0) + NICENESS, 19):
            assert time.monotonic() < deadline
            time.sleep(0.02)
