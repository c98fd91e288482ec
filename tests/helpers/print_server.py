"""A print server on loopback: as much of IPP (RFC 8011) and CUPS as a client needs to print one file."""

import struct
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Thread
from types import TracebackType
from typing import Self

QUEUE = "front-office"
OPERATION, JOB, END, PRINTER = b"\x01", b"\x02", b"\x03", b"\x04"
CREATE_JOB, SEND_DOCUMENT = 0x0005, 0x0006
INTEGER, BOOLEAN, ENUM, TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE = (
    *(0x21, 0x22, 0x23, 0x41, 0x42, 0x44, 0x45, 0x47, 0x48),
)
IDLE = 3
PPD = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "TEST.PPD"
*Manufacturer: "Test"
*Product: "(Test)"
*ModelName: "Test"
*ShortNickName: "Test"
*NickName: "Test"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: False
*DefaultColorSpace: Gray
*DefaultResolution: 600dpi
*OpenUI *PageSize/Media Size: PickOne
*OrderDependency: 10 AnySetup *PageSize
*DefaultPageSize: A4
*PageSize A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageSize Letter/US Letter: "<</PageSize[612 792]>>setpagedevice"
*CloseUI: *PageSize
*OpenUI *PageRegion/Media Size: PickOne
*OrderDependency: 10 AnySetup *PageRegion
*DefaultPageRegion: A4
*PageRegion A4/A4: "<</PageSize[595 842]>>setpagedevice"
*PageRegion Letter/US Letter: "<</PageSize[612 792]>>setpagedevice"
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4/A4: "12 12 583 830"
*ImageableArea Letter/US Letter: "12 12 600 780"
*DefaultPaperDimension: A4
*PaperDimension A4/A4: "595 842"
*PaperDimension Letter/US Letter: "612 792"
"""


def attribute(tag: int, name: str, value: bytes) -> bytes:
    """Return one attribute as it stands in a message."""
    key = name.encode()
    return struct.pack(">BH", tag, len(key)) + key + struct.pack(">H", len(value)) + value


def number(value: int) -> bytes:
    return struct.pack(">i", value)


class PrintServer:
    """Serves one queue until it is closed; `documents` are what was printed. `silent` ones never answer."""

    def __init__(self, *, silent: bool = False) -> None:
        self.documents: list[bytes] = []
        self.changed = Condition()
        self.silent, self.closed = silent, Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = Thread(target=self._http.serve_forever, name="print-server")
        self._thread.start()

    @property
    def address(self) -> str:
        """The value of CUPS_SERVER."""
        return f"127.0.0.1:{self._http.server_port}"

    def answer(self, asked: bytes) -> bytes:
        """Return the answer to a message, and keep the document behind it."""
        operation, request = struct.unpack(">HI", asked[2:8])
        if operation == SEND_DOCUMENT:
            with self.changed:
                self.documents.append(asked[asked.index(b"%PDF") :])
                self.changed.notify_all()
        group = self._job() if operation in (CREATE_JOB, SEND_DOCUMENT) else self._printer()
        told = attribute(CHARSET, "attributes-charset", b"utf-8")
        told += attribute(LANGUAGE, "attributes-natural-language", b"en")
        return struct.pack(">BBHI", 2, 0, 0, request) + OPERATION + told + group + END

    def _job(self) -> bytes:
        uri = f"ipp://{self.address}/jobs/1".encode()
        return (
            JOB
            + attribute(INTEGER, "job-id", number(1))
            + attribute(URI, "job-uri", uri)
            + attribute(ENUM, "job-state", number(IDLE))
        )

    def _printer(self) -> bytes:
        uri = f"ipp://{self.address}/printers/{QUEUE}".encode()
        return (
            PRINTER
            + attribute(NAME, "printer-name", QUEUE.encode())
            + attribute(URI, "printer-uri-supported", uri)
            + attribute(TEXT, "printer-info", b"Laser in the front office")
            + attribute(TEXT, "printer-make-and-model", b"Test")
            + attribute(ENUM, "printer-state", number(IDLE))
            + attribute(KEYWORD, "printer-state-reasons", b"none")
            + attribute(ENUM, "printer-type", number(4))
            + attribute(BOOLEAN, "printer-is-accepting-jobs", b"\x01")
            + attribute(BOOLEAN, "printer-is-shared", b"\x00")
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closed.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def _handler(server: PrintServer) -> type[BaseHTTPRequestHandler]:
    """Return what takes a server's requests."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send("application/vnd.cups-ppd", PPD.encode())

        def do_POST(self) -> None:
            if server.silent:
                server.closed.wait()
                return
            body = b"".join(self._body())
            self._send("application/ipp", server.answer(body))

        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def _body(self) -> Iterator[bytes]:
            if "Content-Length" in self.headers:
                yield self.rfile.read(int(self.headers["Content-Length"]))
                return
            while size := int(self.rfile.readline(), 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()

        def _send(self, kind: str, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
