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
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.transport import HttpFetch, Request, Response, Unreachable

AT_ONCE = 4
"""Requests that the helper carries at the same time."""

END_SECONDS = 2.0

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


class Courier:
    """A fetcher in a process of its own, started when first needed and again when it died."""

    def __init__(self, base_url: str, fingerprint: bytes | None) -> None:
        pinned = fingerprint.hex() if fingerprint else "-"
        self._command = [sys.executable, "-m", "merchant_desk.sync.courier", base_url, pinned]
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Answer]] = {}

    def __call__(self, request: Request) -> Response:
        """Send a request through the helper; any thread may, several at once.

        Raises:
            Fault: what the fetcher raised there; Unreachable when the helper died.
        """
        future: Future[Answer] = Future()
        with self._lock:
            number = next(self._numbers)
            process = self._running()
            self._waiting[number] = future
            try:
                write_frame(_stream(process.stdin), _encoder.encode(Order(number, request)))
            except OSError as error:
                self._waiting.pop(number, None)
                raise Unreachable("courier_died", type(error).__name__) from error
        answer = future.result()
        if answer.response is not None:
            return answer.response
        raise pickle.loads(answer.fault)  # noqa: S301 - written by our own child over a private pipe

    def close(self) -> None:
        """End the helper; who waits for it hears that it is gone."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process)
        if self._reader is not None:
            self._reader.join(END_SECONDS)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            if self._process is not None:
                _end(self._process)
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._reader = threading.Thread(
                target=self._read, args=(self._process,), name="courier", daemon=True
            )
            self._reader.start()
        return self._process

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        """Hand answers to those who wait, until the helper ends."""
        with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
            while (data := read_frame(_stream(process.stdout))) is not None:
                answer = msgspec.msgpack.decode(data, type=Answer)
                with self._lock:
                    future = self._waiting.pop(answer.number, None)
                if future is not None:
                    future.set_result(answer)
        with self._lock:
            if self._process is not None and self._process is not process:
                return
            left, self._waiting = self._waiting, {}
        for future in left.values():
            future.set_exception(Unreachable("courier_died", "end of file"))


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


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
    """Answer requests, several at once, until the other side closes."""
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

    pool = ThreadPoolExecutor(AT_ONCE)
    while (data := read_frame(source)) is not None:
        pool.submit(carry, msgspec.msgpack.decode(data, type=Order))
    pool.shutdown(wait=False, cancel_futures=True)


def _stream(stream: Any) -> BinaryIO:
    if stream is None:
        raise BrokenPipeError
    found: BinaryIO = stream
    return found


def main() -> None:
    """Run as the helper: address and fingerprint ("-" for none) are the arguments."""
    base_url, fingerprint = sys.argv[1:3]
    pinned = bytes.fromhex(fingerprint) if fingerprint != "-" else None
    fetch = HttpFetch(base_url, pinned)
    with contextlib.suppress(KeyboardInterrupt):
        serve(fetch, sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)  # requests that still wait for an answer are nobody's any more


if __name__ == "__main__":
    main()
