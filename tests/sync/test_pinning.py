"""Does a desk talk to the pinned server whatever the clocks say, and to no other?"""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from merchant_desk.server.certificates import ServerCertificate, ensure_certificate
from merchant_desk.sync.pinning import CertificateChanged, pinned_context, readable, server_context

TODAY = datetime(2026, 11, 20, tzinfo=UTC)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)  # ten years of validity ended in 2009
FAR_AHEAD = datetime(2190, 1, 1, tzinfo=UTC)


class TlsServer:
    """A real TLS server on loopback that counts what reaches it behind the handshake."""

    def __init__(self, certificate: ServerCertificate) -> None:
        self.requests: list[str] = []
        requests = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "5")
                self.end_headers()
                self.wfile.write(b"hello")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        class Server(HTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that goes away in the handshake is what these tests are about

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate_path, certificate.key_path)
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"https://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


Start = Callable[[ServerCertificate], TlsServer]


@pytest.fixture
def start() -> Iterator[Start]:
    servers: list[TlsServer] = []

    def start_one(certificate: ServerCertificate) -> TlsServer:
        servers.append(TlsServer(certificate))
        return servers[-1]

    yield start_one
    for server in servers:
        server.close()


def certificate(
    folder: Path, now: datetime = TODAY, hosts: tuple[str, ...] = ("127.0.0.1",)
) -> ServerCertificate:
    folder.mkdir(exist_ok=True)
    return ensure_certificate(folder, hosts, now=now)


def get(server: TlsServer, context: ssl.SSLContext, host: str = "127.0.0.1") -> str:
    with httpx.Client(verify=context, timeout=10, trust_env=False) as client:
        return client.get(f"https://{host}:{server.port}/feed").text


@pytest.mark.parametrize("now", [TODAY, LONG_AGO, FAR_AHEAD])
def test_the_pinned_certificate_is_accepted_at_any_date(tmp_path: Path, start: Start, now: datetime) -> None:
    own = certificate(tmp_path / "own", now)
    server = start(own)
    assert get(server, pinned_context(own.fingerprint)) == "hello"
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        get(server, server_context(None))  # an ordinary client would refuse


def test_names_do_not_matter_when_the_certificate_is_the_one(tmp_path: Path, start: Start) -> None:
    own = certificate(tmp_path / "own", hosts=("somewhere-else.example",))
    assert get(start(own), pinned_context(own.fingerprint), host="localhost") == "hello"


def test_another_certificate_is_named_with_both_fingerprints_and_gets_nothing(
    tmp_path: Path, start: Start
) -> None:
    own, other = certificate(tmp_path / "own"), certificate(tmp_path / "other")
    impostor = start(other)
    with pytest.raises(CertificateChanged) as changed:
        get(impostor, pinned_context(own.fingerprint))
    assert changed.value.facts == {
        "expected": readable(own.fingerprint),
        "found": readable(other.fingerprint),
    }
    assert impostor.requests == []


def test_a_certificate_renewed_by_the_server_is_a_change_too(tmp_path: Path, start: Start) -> None:
    folder = tmp_path / "own"
    old = certificate(folder)
    (folder / "server.crt").unlink()
    renewed = certificate(folder)
    server = start(renewed)
    with pytest.raises(CertificateChanged):
        get(server, pinned_context(old.fingerprint))
    assert get(server, pinned_context(renewed.fingerprint)) == "hello"


def test_the_old_certificate_without_its_key_is_of_no_use(tmp_path: Path, start: Start) -> None:
    own, other = certificate(tmp_path / "own"), certificate(tmp_path / "other")
    with pytest.raises(ssl.SSLError, match="KEY_VALUES_MISMATCH"):
        start(ServerCertificate(own.certificate_path, other.key_path, own.fingerprint))


def test_one_client_serves_several_requests(tmp_path: Path, start: Start) -> None:
    own = certificate(tmp_path / "own")
    server = start(own)
    with httpx.Client(verify=pinned_context(own.fingerprint), timeout=10, trust_env=False) as client:
        assert [client.get(f"{server.url}/{n}").text for n in range(3)] == ["hello"] * 3
    assert server.requests == ["/0", "/1", "/2"]


def test_ways_around_the_comparison_are_closed(tmp_path: Path, start: Start) -> None:
    own = certificate(tmp_path / "own")
    server = start(own)
    context = pinned_context(own.fingerprint)
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        pytest.raises(ValueError, match="at once"),
    ):
        context.wrap_socket(plain, do_handshake_on_connect=False)
    with pytest.raises(ValueError, match="blocking socket"):
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    with socket.socket() as unconnected, pytest.raises((ValueError, OSError)):
        context.wrap_socket(unconnected, server_hostname="localhost")


def test_a_server_that_is_no_tls_server_is_a_connection_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n<html>please sign in</html>")

        thread = threading.Thread(target=answer)
        thread.start()
        with (
            httpx.Client(verify=pinned_context(bytes(32)), timeout=10, trust_env=False) as client,
            pytest.raises(httpx.TransportError),
        ):
            client.get(f"https://127.0.0.1:{port}/")
        thread.join()


def test_a_fingerprint_of_another_length_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        pinned_context(b"short")
