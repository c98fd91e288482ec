"""How a desk reaches its server: the one module that knows HTTP, and the faults it turns errors into.

`fetch` functions take a `Request` and give a `Response`; they run in this process (`open_fetch`) or in
a helper process of its own (`courier.py`). `ServerApi` speaks the protocol over either.
"""

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import (
    MEDIA_TYPE,
    PENDING_HEADER,
    PROTOCOL_HEADER,
    DeskSeen,
    Notice,
    SignedIn,
    SignInTry,
    VersionAnswer,
)
from merchant_desk.sync.pinning import CertificateChanged, server_context
from merchant_desk.sync.protocol import (
    PROTOCOL,
    CheckAnswer,
    EnrolAnswer,
    EnrolRequest,
    FeedPage,
    Problem,
    PushAnswer,
    PushRequest,
    decode,
    encode,
)
from merchant_desk.sync.server_faults import (
    PROBLEMS,
    CursorTooOld,
    DeskBehind,
    DeskUnknown,
    NotOurServer,
    ServerBehind,
    ServerProblem,
    ServerTrouble,
    Unreachable,
)

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

NETWORK_SIGN_IN = 511
"""Network Authentication Required (RFC 6585): a captive portal that says so."""


Answer = TypeVar("Answer")


class Request(msgspec.Struct, array_like=True, frozen=True):
    """One request; `body` is compressed by the fetcher when that helps. `timeout` in seconds."""

    method: str
    path: str
    body: bytes
    token: str
    timeout: float
    headers: dict[str, str] = {}


class Response(msgspec.Struct, array_like=True, frozen=True):
    """One answer, decompressed."""

    status: int
    media: str
    body: bytes


Fetch = Callable[[Request], Response]


class HttpFetch:
    """Fetches with an httpx client of this process; connections are kept open."""

    def __init__(self, base_url: str, fingerprint: bytes | None, transport: Any = None) -> None:
        verify: Any = server_context(fingerprint) if base_url.startswith("https") else True
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
        """
        headers = {PROTOCOL_HEADER: str(PROTOCOL), "Accept": MEDIA, "Accept-Encoding": "zstd"}
        headers.update(request.headers)
        if request.token:
            headers["Authorization"] = f"Bearer {request.token}"
        body = request.body
        if body:
            headers["Content-Type"] = MEDIA
        if len(body) >= COMPRESS_FROM:
            headers["Content-Encoding"] = "zstd"
            body = zstd.compress(body, 3)
        timeout = httpx.Timeout(request.timeout, connect=CONNECT_TIMEOUT)
        try:
            with self._client.stream(
                request.method, request.path, content=body, headers=headers, timeout=timeout
            ) as answer:
                raw = b"".join(answer.iter_raw())
        except httpx.HTTPError as error:
            raise _named(error) from error
        media = answer.headers.get("Content-Type", "").partition(";")[0]
        if answer.headers.get("Content-Encoding") == "zstd":
            try:
                raw = zstd.decompress(raw)
            except zstd.ZstdError as broken:
                raise NotOurServer(media or "?") from broken
        return Response(answer.status_code, media, raw)

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

    def check(self) -> CheckAnswer:
        """Return the check sums of what this desk should hold."""
        return self._ask("GET", "/check", None, CheckAnswer)

    def sign_in(self, request: SignInTry) -> SignedIn:
        """Sign a person in."""
        return self._ask("POST", "/sign-in", request, SignedIn)

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
    ) -> Answer:
        body = encode(message) if message is not None else b""
        response = self._call(method, path, body, timeout)
        try:
            return decode(response.body, kind)
        except msgspec.DecodeError as error:
            raise NotOurServer(response.media) from error

    def _call(self, method: str, path: str, body: bytes, timeout: float) -> Response:
        headers = {PENDING_HEADER: str(self.pending())} if self._token else {}
        response = self._fetch(Request(method, path, body, self._token, timeout, headers))
        if response.status >= 400:
            raise self._problem(response)
        if response.media != MEDIA:
            raise NotOurServer(response.media or "?")
        return response

    @staticmethod
    def _problem(response: Response) -> Fault:
        status = response.status
        if status == NETWORK_SIGN_IN:
            return NotOurServer(response.media or "?")
        if response.media != MEDIA:
            # A proxy in front of the server speaks no MessagePack, but its verdicts are about us.
            if status >= 500 or status in (408, 413, 429):
                return ServerTrouble(status, "unavailable", response.media)
            return NotOurServer(response.media or "?")
        try:
            problem = decode(response.body, Problem)
        except msgspec.DecodeError:
            return NotOurServer(response.media)
        named = ServerProblem(status, problem.code, msgspec.json.encode(problem.facts).decode())
        kind = PROBLEMS.get(problem.code, ServerTrouble if named.passing else ServerProblem)
        return kind(**named.facts)


def _named(error: httpx.HTTPError) -> Fault:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CertificateChanged):
            return cause
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return Unreachable("no_answer", type(error).__name__)
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("timeout", type(error).__name__)
    return Unreachable("interrupted", type(error).__name__)
