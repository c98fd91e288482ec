"""How a desk reaches its server: the one module that knows HTTP, and the faults it turns errors into.

`fetch` functions take a `Request` and give a `Response`; they run in this process (`open_fetch`) or in
a helper process of its own (`courier.py`). `ServerApi` speaks the protocol over either.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

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

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEDIA = MEDIA_TYPE
COMPRESS_FROM = 512
CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 30.0
"""Seconds without a byte after which a connection is taken for dead: half open, as after a sleep."""

NETWORK_SIGN_IN = 511
"""Network Authentication Required (RFC 6585): a captive portal that says so."""


Answer = TypeVar("Answer")


@dataclass(eq=False)
class Unreachable(Fault):
    """Nobody answered: no network, no server, or a line that died. Trying again later is right."""

    reason: str
    detail: str
    zh: ClassVar[str] = "连不上服务器（{reason}）。工作照常保存在本机，联网后自动发送。"
    en: ClassVar[str] = (
        "The server cannot be reached ({reason}). Work is saved on this computer and sent later."
    )


@dataclass(eq=False)
class NotOurServer(Fault):
    """Somebody answered who is no Merchant Desk server: a captive portal, most often."""

    media: str
    zh: ClassVar[str] = "应答的不是商户台服务器（{media}）：网络可能要求先在浏览器登录。工作照常保存在本机。"
    en: ClassVar[str] = (
        "What answered is not a Merchant Desk server ({media}): the network may want a sign-in in a browser "
        "first. Work is saved on this computer."
    )


@dataclass(eq=False)
class ServerProblem(Fault):
    """The server answered with a named problem."""

    status: int
    problem: str
    details: str
    zh: ClassVar[str] = "服务器答复 {status}：{problem}。"
    en: ClassVar[str] = "The server answered {status}: {problem}."

    @property
    def passing(self) -> bool:
        """Tell whether the same request may succeed later."""
        return self.status >= 500 or self.status in (408, 425, 429)

    @property
    def about_content(self) -> bool:
        """Tell whether the server could not read what was sent: a part of it may pass."""
        return self.status in (400, 413, 422)


class DeskUnknown(ServerProblem):
    """The server does not take this desk's token (any more)."""

    zh: ClassVar[str] = (
        "服务器不再认识这台工作台（登记已失效）。工作照常保存在本机；请用新的登记代码重新登记，之后会自动补发。"
    )
    en: ClassVar[str] = (
        "The server does not know this desk any more: its enrolment has ended. Work is saved on this "
        "computer; enrol it again with a new code, and what was not sent will be."
    )


class DeskTooOld(ServerProblem):
    """The server serves newer programs only."""

    zh: ClassVar[str] = "本机程序太旧，服务器不再支持。请升级；未发送的工作都在本机，升级后自动发送。"
    en: ClassVar[str] = (
        "This computer's program is too old for the server. Upgrade it; unsent work is kept here and sent "
        "then."
    )


class ServerTooOld(ServerProblem):
    """The server's program is older than this one: the desk waits."""

    zh: ClassVar[str] = "服务器程序比本机旧。工作照常保存在本机，服务器升级后会自动发送。"
    en: ClassVar[str] = (
        "The server's program is older than this one. Work is saved on this computer and sent by itself once "
        "the server is upgraded."
    )


class CursorTooOld(ServerProblem):
    """The server's feed begins after this desk's cursor: the desk must build its rows anew."""

    zh: ClassVar[str] = "本机数据太旧，正在从服务器重新获取全部数据；未发送的工作会保留。"
    en: ClassVar[str] = (
        "This computer's data are too old; everything is fetched again from the server. Unsent work is kept."
    )


_PROBLEMS: dict[str, type[ServerProblem]] = {
    "not_enrolled": DeskUnknown,
    "desk_too_old": DeskTooOld,
    "server_too_old": ServerTooOld,
    "cursor_too_old": CursorTooOld,
}
"""Named problems that mean something to a desk as a whole."""


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
        """Join with a one-time secret."""
        return self._ask("POST", "/enrol", request, EnrolAnswer)

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
                return ServerProblem(status, "unavailable", response.media)
            return NotOurServer(response.media or "?")
        try:
            problem = decode(response.body, Problem)
        except msgspec.DecodeError:
            return NotOurServer(response.media)
        kind = _PROBLEMS.get(problem.code, ServerProblem)
        return kind(status, problem.code, msgspec.json.encode(problem.facts).decode())


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
