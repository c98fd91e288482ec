"""Lines that mislead: a portal that answers for the server, a connection that is open at one end only."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from merchant_desk.server.certificates import ServerCertificate

SIGN_IN_PAGE = "<!doctype html><title>Free Wi-Fi</title><h1>欢迎，请先登录</h1>".encode()


class Portal:
    """A captive portal: a real HTTP server that answers every request with a page of its own."""

    def __init__(
        self, status: int = 200, headers: dict[str, str] | None = None, body: bytes = SIGN_IN_PAGE
    ) -> None:
        self.asked: list[str] = []
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                portal.asked.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
                for name, value in {**given, **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        class Quiet(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def over_tls(self, certificate: ServerCertificate) -> None:
        """Answer over TLS with this certificate from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate_path, certificate.key_path)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class SleepyWire:
    """A TCP relay that can fall asleep: nothing is closed, nothing arrives, as after a laptop's sleep."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._awake = threading.Event()
        self._awake.set()
        self._sockets: list[socket.socket] = []
        self._dead: set[socket.socket] = set()
        self.swallowed = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def sleep(self) -> None:
        """From now on, what is open stays open and is a black hole; so are new connections."""
        self._awake.clear()

    def wake(self) -> None:
        """New connections work; those from before the sleep stay black holes for ever."""
        self._dead.update(self._sockets)
        self._awake.set()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if source in self._dead or not self._awake.is_set():
                    self._dead |= {source, sink}
                    self.swallowed += len(data)
                    continue
                sink.sendall(data)
            if source not in self._dead:
                sink.shutdown(socket.SHUT_WR)


@contextmanager
def closing(*made: Portal | SleepyWire) -> Iterator[None]:
    """Close what was made."""
    try:
        yield
    finally:
        for one in made:
            one.close()
