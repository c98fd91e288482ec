"""A wire that fails on command: a TCP proxy on loopback, closed, opened, or cut in mid-request."""

import contextlib
import socket
import threading
from dataclasses import dataclass, field

CHUNK = 16_384


@dataclass
class Traffic:
    """What passed, in bytes, and how often the line was cut."""

    up: int = 0
    down: int = 0
    cuts: int = 0
    refused: int = 0


@dataclass
class Proxy:
    """Passes connections on to a port of this computer.

    While `closed`, new connections are dropped at once, as without a network. `cut_after` (bytes sent up
    by clients from now on) makes the next one that reaches it break: once, in the middle of a request.
    """

    target: int
    closed: bool = False
    traffic: Traffic = field(default_factory=Traffic)
    _cut_after: int | None = None
    _pairs: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ending = False
        self._thread = threading.Thread(target=self._listen, name="proxy", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port to connect to."""
        return int(self._listener.getsockname()[1])

    def close_line(self) -> None:
        """Take the network away: running connections break, new ones fail."""
        self.closed = True
        self._break_all()

    def open_line(self, *, cut_after: int | None = None) -> None:
        """Give the network back; with `cut_after`, break it once after so many bytes sent up."""
        with self._lock:
            self._cut_after = cut_after
        self.closed = False

    def end(self) -> None:
        """Stop."""
        self._ending = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._break_all()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        while not self._ending:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.closed:
                self.traffic.refused += 1
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            pair = (client, server)
            with self._lock:
                self._pairs.append(pair)
            threading.Thread(target=self._up, args=(pair,), daemon=True).start()
            threading.Thread(target=self._down, args=(pair,), daemon=True).start()

    def _up(self, pair: tuple[socket.socket, socket.socket]) -> None:
        client, server = pair
        with contextlib.suppress(OSError):
            while data := client.recv(CHUNK):
                with self._lock:
                    self.traffic.up += len(data)
                    cut = self._cut_after is not None and len(data) >= self._cut_after
                    if self._cut_after is not None:
                        self._cut_after = None if cut else self._cut_after - len(data)
                if cut:
                    server.sendall(data[: len(data) // 2])
                    self.traffic.cuts += 1
                    break
                server.sendall(data)
        self._break(pair)

    def _down(self, pair: tuple[socket.socket, socket.socket]) -> None:
        client, server = pair
        with contextlib.suppress(OSError):
            while data := server.recv(CHUNK):
                self.traffic.down += len(data)
                client.sendall(data)
        self._break(pair)

    def _break(self, pair: tuple[socket.socket, socket.socket]) -> None:
        for end in pair:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock, contextlib.suppress(ValueError):
            self._pairs.remove(pair)

    def _break_all(self) -> None:
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._break(pair)
