"""Connections reset in the middle of requests and answers: is nothing lost, and nothing done twice?"""

import contextlib
import json
import random
import select
import socket
import struct
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from merchant_desk.models.faults import Fault
from tests.helpers.web_server import port_server
from tests.sync.test_over_http import do, on_hand

RESET = struct.pack("ii", 1, 0)
ROUNDS = 30


class CutLine:
    """A relay that resets both ends of a connection once so many bytes of one way went through."""

    def __init__(self, target: int, seed: int) -> None:
        self._target, self._dice = target, random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.cuts = False
        self.cut = {"request": 0, "answer": 0}
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in (self._accepting, *self._threads):
            thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                thread = threading.Thread(target=self._relay, args=(near, far))
                self._threads.append(thread)
                thread.start()

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        """Carry bytes; the last ones before a reset do arrive, so that a body ends in its middle."""
        way = self._dice.choice(("request", "answer"))
        left = self._dice.randrange(1, 5_000) if way == "request" else self._dice.randrange(1, 2_000)
        with near, far, contextlib.suppress(OSError):
            while True:
                for source in select.select([near, far], [], [])[0]:
                    data = source.recv(65_536)
                    if not data:
                        return
                    is_watched = self.cuts and (source is near) == (way == "request")
                    (far if source is near else near).sendall(data[:left] if is_watched else data)
                    if is_watched and len(data) >= left:
                        self.cut[way] += 1
                        for end in (near, far):
                            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        return
                    left -= len(data) if is_watched else 0


@pytest.mark.parametrize(
    "courier",
    [pytest.param(False, marks=pytest.mark.long, id="in this process"), pytest.param(True, id="by courier")],
)
def test_connections_reset_in_mid_body_lose_nothing_and_double_nothing(
    tmp_path: Path, courier: bool, long_run: bool
) -> None:
    rounds = ROUNDS * (10 if long_run else 1)
    with port_server(tmp_path) as server, CutLine(server.port, seed=4) as line:
        with server.desk(tmp_path / "far", port=line.port, courier=courier) as far:
            op_ids, broken = [], 0
            line.cuts = True
            for _ in range(rounds):
                op_ids += [do(far, server) for _ in range(3)]
                try:
                    far.sync()
                except Fault:
                    broken += 1
            arrived = sum(op_id.bytes in server.outcomes() for op_id in op_ids)
            line.cuts = False
            far.sync()
            assert far.pending() == []
            assert on_hand(far) == len(op_ids)
        outcomes = server.outcomes()
        assert [outcomes.get(op_id.bytes) for op_id in op_ids] == ["applied"] * len(op_ids)
        with server.desk(tmp_path / "near") as near:
            near.sync()
            assert on_hand(near) == len(op_ids)
    sys.stdout.write(
        json.dumps({"rounds": rounds, "broken": broken, "arrived": arrived, "reset": line.cut}) + "\n"
    )
    assert broken > rounds / 3
    assert arrived > 0, "no push was among what was cut"
    assert min(line.cut.values()) > rounds / 10
