"""A helper process that does the network, TLS and compression, and never opens the database.

The window's process shares its interpreter lock between people and writer; what a courier does costs
it nothing. Frames on standard input and output: four bytes of length, then MessagePack.
"""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.transport import HttpFetch, Request, Response, Unreachable

_encoder = msgspec.msgpack.Encoder()


class Failure(msgspec.Struct, array_like=True, frozen=True, tag=True):
    """A fault on its way back: the pickled fault."""

    data: bytes


class Answer(msgspec.Struct, array_like=True, frozen=True, tag=True):
    """A response on its way back."""

    response: Response


class Courier:
    """A fetcher in a process of its own, started when first needed and again when it died."""

    def __init__(self, base_url: str, fingerprint: bytes | None) -> None:
        self._command = [
            sys.executable,
            "-m",
            "merchant_desk.sync.courier",
            base_url,
            fingerprint.hex() if fingerprint else "-",
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        """Send a request through the helper.

        Raises:
            Fault: what the fetcher raised there; Unreachable when the helper died.
        """
        with self._lock:
            process = self._running()
            try:
                write_frame(_stream(process.stdin), _encoder.encode(request))
                data = read_frame(_stream(process.stdout))
            except OSError as error:
                self._end()
                raise Unreachable("courier_died", type(error).__name__) from error
            if data is None:
                self._end()
                raise Unreachable("courier_died", "end of file")
        answer = msgspec.msgpack.decode(data, type=Answer | Failure)
        if isinstance(answer, Answer):
            return answer.response
        import pickle

        raise pickle.loads(answer.data)  # noqa: S301 - written by our own child over a private pipe

    def close(self) -> None:
        """End the helper."""
        with self._lock:
            self._end()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
    """Answer requests until the other side closes."""
    import pickle

    while (data := read_frame(source)) is not None:
        request = msgspec.msgpack.decode(data, type=Request)
        answer: Answer | Failure
        try:
            answer = Answer(fetch(request))
        except Fault as fault:
            answer = Failure(pickle.dumps(fault))
        write_frame(sink, _encoder.encode(answer))


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
    fetch.close()


if __name__ == "__main__":
    main()
