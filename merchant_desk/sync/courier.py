"""A helper process that does the network, TLS and compression, and never opens the database.

The window's process shares its interpreter lock between people and writer; what a courier does costs
it nothing. Frames on standard input and output: four bytes of length, then MessagePack of a number and
a request or answer; several are under way at once, as waiting for a notice must not hold up a push.
"""

import contextlib
import itertools
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, BinaryIO

import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.priority import behind, step_back
from merchant_desk.sync.transport import (
    CONNECT_TIMEOUT,
    HttpFetch,
    Request,
    Response,
    Unreachable,
    check_address,
)

END_SECONDS = 2.0

PATIENCE_SECONDS = 120.0
"""How much longer than the request's own time-out a helper may take: that one counts from byte to byte."""

_encoder = msgspec.msgpack.Encoder()


class Order(msgspec.Struct, array_like=True, frozen=True):
    """A request on its way to the helper."""

    number: int
    request: Request


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """A response on its way back, or the fault (pickled) instead of it."""

    number: int
    response: Response | None
    fault: bytes


class _Helper:
    """One process, the thread that hears its answers, and who waits for them: all end together."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **behind()
        )
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Answer]] = {}
        self._is_over = False
        self._reader = threading.Thread(target=self._hear, name="courier", daemon=True)
        self._reader.start()

    @property
    def is_over(self) -> bool:
        """Whether it takes no more orders."""
        return self._is_over or self.process.poll() is not None

    def send(self, order: Order) -> "Future[Answer]":
        """Send an order; the future gives the answer.

        Raises:
            Unreachable: the helper has died.
        """
        future: Future[Answer] = Future()
        with self._lock:
            if self._is_over:
                raise Unreachable("courier_died", "ended")
            self._waiting[order.number] = future
            try:
                write_frame(_stream(self.process.stdin), _encoder.encode(order))
            except (OSError, ValueError) as error:
                self._waiting.pop(order.number, None)
                raise Unreachable("courier_died", type(error).__name__) from error
        return future

    def _hear(self) -> None:
        """Hand answers to those who wait, until the helper ends; whoever still waits then hears that."""
        with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
            while (data := read_frame(_stream(self.process.stdout))) is not None:
                answer = msgspec.msgpack.decode(data, type=Answer)
                future = self._waiting.pop(answer.number, None)
                if future is not None:
                    future.set_result(answer)
        with self._lock:
            self._is_over = True
            left, self._waiting = self._waiting, {}
        for future in left.values():
            future.set_exception(Unreachable("courier_died", "end of file"))

    def end(self) -> None:
        """End the process: it leaves when its input ends, whatever it is waiting for."""
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(END_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()


class Courier:
    """A fetcher in a process of its own, started when first needed and again when it died.

    Raises:
        InsecureAddress, PinWithoutTls: as `check_address`; the process would end before it could say so.
    """

    def __init__(self, base_url: str, fingerprint: bytes | None) -> None:
        check_address(base_url, fingerprint)
        pinned = fingerprint.hex() if fingerprint else "-"
        self._command = [sys.executable, "-m", "merchant_desk.sync.courier", base_url, pinned]
        self._helper: _Helper | None = None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._is_closed = False

    def __call__(self, request: Request) -> Response:
        """Send a request through the helper; any thread may, several at once.

        Raises:
            Fault: what the fetcher raised there; Unreachable when the helper died, or says nothing.
        """
        with self._lock:
            helper = self._running()
        future = helper.send(Order(next(self._numbers), request))
        try:
            answer = future.result(request.timeout + CONNECT_TIMEOUT + PATIENCE_SECONDS)
        except FutureTimeout as silence:
            helper.process.kill()
            raise Unreachable("courier_died", "silence") from silence
        if answer.response is not None:
            return answer.response
        raise pickle.loads(answer.fault)  # noqa: S301 - written by our own child over a private pipe

    def close(self) -> None:
        """End the helper; who waits for it hears that it is gone."""
        with self._lock:
            self._is_closed = True
            helper, self._helper = self._helper, None
        if helper is not None:
            helper.end()

    def _running(self) -> _Helper:
        if self._is_closed:
            raise Unreachable("courier_died", "closed")
        if self._helper is None or self._helper.is_over:
            if self._helper is not None:
                self._helper.end()
            self._helper = _Helper(self._command)
        return self._helper


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Write one frame."""
    stream.write(len(data).to_bytes(4, "big") + data)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame, or None at the end."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    return data if len(data) == size else None


def serve(fetch: Callable[[Request], Response], source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests, each on a thread of its own, until the other side closes."""
    lock = threading.Lock()

    def carry(order: Order) -> None:
        try:
            answer = Answer(order.number, fetch(order.request), b"")
        except Fault as fault:
            answer = Answer(order.number, None, pickle.dumps(fault))
        except Exception as error:  # noqa: BLE001 - who waits must hear of it
            broke = Unreachable("courier_broke", type(error).__name__)
            answer = Answer(order.number, None, pickle.dumps(broke))
        with lock, contextlib.suppress(OSError):
            write_frame(sink, _encoder.encode(answer))

    while (data := read_frame(source)) is not None:
        order = msgspec.msgpack.decode(data, type=Order)
        threading.Thread(target=carry, args=(order,), daemon=True).start()


def _stream(stream: Any) -> BinaryIO:
    if stream is None:
        raise BrokenPipeError
    found: BinaryIO = stream
    return found


def main() -> None:
    """Run as the helper: address and fingerprint ("-" for none) are the arguments."""
    step_back()
    base_url, fingerprint = sys.argv[1:3]
    pinned = bytes.fromhex(fingerprint) if fingerprint != "-" else None
    sink, sys.stdout = sys.stdout.buffer, sys.stderr  # frames only: a stray line would be taken for one
    fetch = HttpFetch(base_url, pinned)
    with contextlib.suppress(KeyboardInterrupt):
        serve(fetch, sys.stdin.buffer, sink)
    os._exit(0)  # requests that still wait for an answer are nobody's any more


if __name__ == "__main__":
    main()
