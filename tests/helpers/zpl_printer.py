"""A label printer on loopback: reads ZPL II strictly, and keeps the dots of each label."""

import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread
from types import TracebackType
from typing import Self

import numpy as np
import zxingcpp
from numpy.typing import NDArray

FORMAT = re.compile(
    rb"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0\^GFA,(\d+),(\d+),(\d+),([0-9A-Fg-zG-Y,!:]+)\^FS\^PQ1\^XZ\n"
)
REPEATS = {chr(ord("G") + n): n + 1 for n in range(19)} | {chr(ord("g") + n): 20 * (n + 1) for n in range(20)}


@dataclass(frozen=True, slots=True)
class Label:
    """One label as dots: True is dark."""

    dots: NDArray[np.bool_]

    @property
    def codes(self) -> list[str]:
        """What a scanner reads on it."""
        grey = np.where(self.dots, 0, 255).astype(np.uint8)
        return [found.text for found in zxingcpp.read_barcodes(grey)]


def unpacked(data: str, row_bytes: int) -> bytes:
    """Return the rows of ^GFA data.

    Raises:
        ValueError: it does not end with a row, or a row is too long.
    """
    rows: list[str] = []
    row, count = "", 0
    for mark in data:
        if mark in REPEATS:
            count += REPEATS[mark]
            continue
        if mark in ",!:":
            if count or (mark == ":" and row):
                raise ValueError(f"{mark} in the middle of a row or a count")
            rows.append(rows[-1] if mark == ":" else row.ljust(row_bytes * 2, "0" if mark == "," else "F"))
            row = ""
            continue
        row, count = row + mark * (count or 1), 0
        if len(row) > row_bytes * 2:
            raise ValueError("a row is too long")
        if len(row) == row_bytes * 2:
            rows.append(row)
            row = ""
    if row or count:
        raise ValueError("the data end within a row")
    return bytes.fromhex("".join(rows))


def read_label(written: bytes) -> Label:
    """Return the label that one format prints.

    Raises:
        ValueError: it is not a format, or not of its own size.
    """
    found = FORMAT.fullmatch(written)
    if found is None:
        raise ValueError(f"no format: {written[:80]!r}")
    width, length, total, again, row_bytes = (int(part) for part in found.groups()[:5])
    dots = unpacked(found[6].decode(), row_bytes)
    if not total == again == len(dots) == row_bytes * length or (width + 7) // 8 != row_bytes:
        raise ValueError("the graphic is not of the label's size")
    bits = np.unpackbits(np.frombuffer(dots, np.uint8)).reshape(length, row_bytes * 8)
    return Label(bits[:, :width].astype(np.bool_))


class ZplPrinter:
    """Listens on a free port of loopback until it is closed.

    `silent` ones answer no ~HS; `breaks_after` is how many labels it takes before it breaks the connection
    once; `paper_out` may be changed while it runs.
    """

    def __init__(
        self, port: int = 0, *, silent: bool = False, paper_out: bool = False, breaks_after: int = 0
    ) -> None:
        self.silent, self.paper_out, self.breaks_after = silent, paper_out, breaks_after
        self.labels: list[Label] = []
        self.faults: list[str] = []
        self._changed = Condition()
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self._thread = Thread(target=self._serve, name="zpl-printer")
        self._thread.start()

    @property
    def where(self) -> str:
        """Its place as a desk names it."""
        return f"127.0.0.1:{self.port}"

    def wait_for(self, count: int) -> list[Label]:
        """Return the labels when there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.labels) >= count, timeout=30), self.faults
        return self.labels

    def close(self) -> None:
        """Stop listening; whoever connects is refused."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        assert self.faults == []

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._listening.accept()
            except OSError:
                return
            with link, suppress(ConnectionError):
                self._print(link)

    def _print(self, link: socket.socket) -> None:
        held = b""
        while part := link.recv(65_536):
            held += part
            while True:
                if held.startswith(b"~HS\r\n"):
                    held = held.removeprefix(b"~HS\r\n")
                    self._answer(link)
                elif b"^XZ\n" in held:
                    written, _, held = held.partition(b"^XZ\n")
                    self._take(written + b"^XZ\n")
                    if self.breaks_after and len(self.labels) == self.breaks_after:
                        self.breaks_after = 0
                        return
                else:
                    break
        if held:
            self.faults.append(f"left over: {held[:80]!r}")

    def _answer(self, link: socket.socket) -> None:
        if self.silent:
            return
        first = f"\x02030,{int(self.paper_out)},0,0320,000,0,0,0,000,0,0,0\x03\r\n"
        second = "\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n"
        link.sendall((first + second + "\x021234,0\x03\r\n").encode())

    def _take(self, written: bytes) -> None:
        with self._changed:
            try:
                self.labels.append(read_label(written))
            except ValueError as error:
                self.faults.append(str(error))
            self._changed.notify_all()
