"""How a desk reaches its server: the one module that knows HTTP, and the faults it turns errors into.

`fetch` functions take a `Request` and give a `Response`; they run in this process (`open_fetch`) or in
a helper process of its own (`courier.py`). `ServerApi` speaks the protocol over either.
"""

import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec

from merchant_desk.sync.administration import (
    MEDIA_TYPE,
    PENDING_HEADER,
    PROTOCOL_HEADER,
    SESSION_HEADER,
    DeskSeen,
    Health,
    KeyAnswer,
    KeyRequest,
    Notice,
    SignedIn,
    SignInTry,
    SnapshotPart,
    VersionAnswer,
)
from merchant_desk.sync.answers import Response, named_error, problem_of, read_answer
from merchant_desk.sync.carried_file import CarriedAnswer, CarriedFrame
from merchant_desk.sync.enrolment_code import InsecureAddress, is_loopback
from merchant_desk.sync.file_parts import FILE_MEDIA, part_of, told_of, write_part
from merchant_desk.sync.personal_keys import KeysAnswer, KeysRequest
from merchant_desk.sync.pinning import PinWithoutTls, server_context
from merchant_desk.sync.protocol import (
    PROTOCOL,
    CheckAnswer,
    EnrolAnswer,
    EnrolRequest,
    FeedPage,
    PushAnswer,
    PushRequest,
    decode,
    encode,
)
from merchant_desk.sync.server_faults import (
    CursorTooOld,
    DeskBehind,
    DeskUnknown,
    NotOurServer,
    ServerBehind,
    ServerProblem,
    ServerTrouble,
    Unreachable,
)
from merchant_desk.sync.tracing import Trace, TraceRequest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "CursorTooOld",
    "DeskBehind",
    "DeskUnknown",
    "Fetch",
    "HttpFetch",
    "NotOurServer",
    "Request",
    "Response",
    "ServerApi",
    "ServerBehind",
    "ServerProblem",
    "ServerTrouble",
    "Unreachable",
]

MEDIA = MEDIA_TYPE
COMPRESS_FROM = 512
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 30.0
"""Seconds without a byte after which a connection is taken for dead: half open, as after a sleep."""

SNAPSHOT_TIMEOUT = 120.0
"""Seconds for a snapshot's first byte: the server may have to build it."""

Answer = TypeVar("Answer")

_AGENT = f"merchant-desk/{import_module('merchant_desk').__version__}"
"""What we call ourselves, so that a server can say which versions its desks have. The package's root stands
above this layer, and gives no more than its number."""


class Request(msgspec.Struct, array_like=True, frozen=True):
    """One request; `body` is compressed by the fetcher when that helps. `timeout` in seconds.

    With `into` (a file's path) the part of a file that is answered (206) is written there by the fetcher,
    at its place; what the file held from there on is cut off.
    """

    method: str
    path: str
    body: bytes
    token: str
    timeout: float
    headers: dict[str, str] = {}
    into: str = ""


Fetch = Callable[[Request], Response]


def check_address(base_url: str, fingerprint: bytes | None) -> None:
    """Let nothing be sent in clear to another machine, nor to a server whose certificate is known.

    Raises:
        InsecureAddress: no TLS, and the host is not a loopback address.
        PinWithoutTls: no TLS, and a certificate was pinned.
        Unreachable: this is no address.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise Unreachable("no_answer", type(error).__name__) from error
    if url.scheme == "https":
        return
    if not is_loopback(url.host):
        raise InsecureAddress(url.host or base_url)
    if fingerprint is not None:
        raise PinWithoutTls(url.host)


class HttpFetch:
    """Fetches with an httpx client of this process; connections are kept open.

    Raises:
        InsecureAddress, PinWithoutTls: as `check_address`.
    """

    def __init__(self, base_url: str, fingerprint: bytes | None, transport: Any = None) -> None:
        check_address(base_url, fingerprint)
        # Without TLS no certificate is trusted: reading the system's would take 0.07 s.
        plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        verify = server_context(fingerprint) if httpx.URL(base_url).scheme == "https" else plain
        self._client = httpx.Client(
            base_url=base_url,
            verify=verify,
            transport=transport,
            timeout=httpx.Timeout(30.0, connect=CONNECT_TIMEOUT),
            trust_env=False,
            follow_redirects=False,
        )

    def __call__(self, request: Request) -> Response:
        """Send a request.

        Raises:
            Unreachable: no answer.
            CertificateChanged: another server, or the same one with another certificate.
            DiskFull, FileUnusable: the file of `into` cannot be written.
        """
        with self.opened(request) as answer:
            media = answer.headers.get("Content-Type", "").partition(";")[0]
            if request.into and answer.status_code < 400 and media == FILE_MEDIA:
                told = told_of(answer)
                write_part(answer, told, Path(request.into))
                return Response(answer.status_code, FILE_MEDIA, b"", told)
            return read_answer(answer)

    @contextmanager
    def opened(self, request: Request) -> Iterator[httpx.Response]:
        """Send a request and give the answer, whose body is read as it comes; `into` is not looked at.

        Raises:
            Unreachable, CertificateChanged: as when it is called; also while the body is read.
        """
        headers = {
            PROTOCOL_HEADER: str(PROTOCOL),
            "Accept": MEDIA,
            "Accept-Encoding": "zstd",
            "User-Agent": _AGENT,
        }
        headers.update(request.headers)
        if request.token:
            headers["Authorization"] = f"Bearer {request.token}"
        body = request.body
        if body:
            headers["Content-Type"] = MEDIA
        if len(body) >= COMPRESS_FROM:
            headers["Content-Encoding"] = "zstd"
            body = zstd.compress(body, 3)
        timeout = httpx.Timeout(request.timeout, connect=min(CONNECT_TIMEOUT, request.timeout))
        try:
            with self._client.stream(
                request.method, request.path, content=body, headers=headers, timeout=timeout
            ) as answer:
                yield answer
        except httpx.HTTPError as error:
            raise named_error(error) from error

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


class ServerApi:
    """The server's calls, over any fetcher."""

    def __init__(self, fetch: Fetch, token: str) -> None:
        self._fetch = fetch
        self._token = token
        self.pending: Callable[[], int] = lambda: 0

    def version(self) -> VersionAnswer:
        """Return which program answers."""
        return self._ask("GET", "/version", None, VersionAnswer, 10.0)

    def health(self) -> Health:
        """Return how the server is: database, disk, age of its last automatic copy."""
        return self._ask("GET", "/health", None, Health, 10.0)

    def give_key(self, request: KeyRequest) -> KeyAnswer:
        """Ask for this desk's database key, which the server keeps sealed."""
        return self._ask("POST", "/key", request, KeyAnswer)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Join with a one-time secret.

        Raises:
            Refusal: `enrolment_unknown`, `enrolment_used`, `enrolment_expired`...
        """
        try:
            return self._ask("POST", "/enrol", request, EnrolAnswer)
        except ServerProblem as problem:
            refusal = problem.refusal
            if refusal is None:
                raise
            raise refusal from problem

    def push(self, request: PushRequest, timeout: float = ANSWER_TIMEOUT) -> PushAnswer:
        """Push a batch."""
        return self._ask("POST", "/push", request, PushAnswer, timeout)

    def feed(self, after: int, rows: int, floor: int = 0) -> FeedPage:
        """Pull a page; `floor` is what the first page told, where everything is pulled from the beginning.

        Raises:
            CursorTooOld: the feed was compacted beyond the cursor.
        """
        begun = f"&floor={floor}" if floor else ""
        return self._ask("GET", f"/feed?after={after}&rows={rows}{begun}", None, FeedPage, ANSWER_TIMEOUT)

    def snapshot(self, path: Path, start: int, most: int, tag: str = "") -> SnapshotPart | None:
        """Fetch at most `most` bytes of a snapshot from `start` on, to their place in the file at `path`.

        Args:
            path: the file; the fetcher writes it, be it in this process or another one.
            start: the first byte that is wanted.
            most: bytes.
            tag: of which file (as a first part told it); none for any.

        Returns:
            What came; None if no part did: the file with this tag is gone, or whatever stands between us
            knows nothing of parts.

        Raises:
            ServerProblem: the server has no snapshots, or none for this desk.
            DiskFull, FileUnusable: the file cannot be written.
        """
        headers = {"Range": f"bytes={start}-{start + most - 1}", "Accept": f"{FILE_MEDIA}, {MEDIA}"}
        if tag:
            headers["If-Range"] = f'"{tag}"'
        response = self._call("GET", "/snapshot", b"", SNAPSHOT_TIMEOUT, headers, str(path.absolute()))
        return part_of(response.told) if response.status == httpx.codes.PARTIAL_CONTENT else None

    def trace(self, op_id: UUID) -> Trace:
        """Return what the server knows of an operation.

        Raises:
            ServerProblem: with the refusal `no_such_operation`.
        """
        return self._ask("POST", "/trace", TraceRequest(op_id), Trace)

    def carried(self, frame: CarriedFrame) -> CarriedAnswer:
        """Hand over a part of a file that another desk wrote.

        Raises:
            Refusal: `carried_foreign`, `carried_unreadable`, `carried_unknown_desk`, `carried_retired`.
        """
        try:
            return self._ask("POST", "/carried", frame, CarriedAnswer, ANSWER_TIMEOUT)
        except ServerProblem as problem:
            refusal = problem.refusal
            if refusal is None:
                raise
            raise refusal from problem

    def check(self, *, without_end: bool = False) -> CheckAnswer:
        """Return the check sums of what this desk should hold; if so wished, what is held or parked there."""
        return self._ask("GET", "/check?without_end=1" if without_end else "/check", None, CheckAnswer)

    def sign_in(self, request: SignInTry, timeout: float = ANSWER_TIMEOUT) -> SignedIn:
        """Sign a person in."""
        return self._ask("POST", "/sign-in", request, SignedIn, timeout)

    def as_person(
        self, method: str, path: str, message: msgspec.Struct | None, kind: type[Answer], session: str
    ) -> Answer:
        """Ask what only certain people may; `session` is the token of a person's sign-in.

        Raises:
            Refusal: the server's "no": `not_allowed`, `sign_in_expired`...
            Fault: the server could not be asked.
        """
        try:
            return self._ask(method, path, message, kind, headers={SESSION_HEADER: session})
        except ServerProblem as problem:
            refusal = problem.refusal
            if refusal is None:
                raise
            raise refusal from problem

    def buyer_keys(self, request: KeysRequest) -> KeysAnswer:
        """Hand over buyers' keys that this desk made, and fetch those that it lacks."""
        return self._ask("POST", "/buyer-keys", request, KeysAnswer)

    def wait_for_notice(self, after: int, seconds: float) -> int:
        """Wait until the feed has something after a cursor, or `seconds`; returns the head known then."""
        path = f"/notice?after={after}&wait={seconds:g}"
        return self._ask("GET", path, None, Notice, seconds + 10.0).seq

    def desks(self) -> list[DeskSeen]:
        """Return the desks of this outlet with their last contacts and what they had not sent."""
        return self._ask("GET", "/desks", None, list[DeskSeen], 10.0)

    def _ask(
        self,
        method: str,
        path: str,
        message: msgspec.Struct | None,
        kind: type[Answer],
        timeout: float = 30.0,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        body = encode(message) if message is not None else b""
        response = self._call(method, path, body, timeout, headers)
        try:
            return decode(response.body, kind)
        except msgspec.DecodeError as error:
            raise NotOurServer(response.media) from error

    def _call(
        self,
        method: str,
        path: str,
        body: bytes,
        timeout: float,
        headers: dict[str, str] | None = None,
        into: str = "",
    ) -> Response:
        headers = {**(headers or {}), **({PENDING_HEADER: str(self.pending())} if self._token else {})}
        response = self._fetch(Request(method, path, body, self._token, timeout, headers, into))
        if response.status >= 400:
            raise problem_of(response)
        if response.media != (FILE_MEDIA if into else MEDIA):
            raise NotOurServer(response.media or "?")
        return response
