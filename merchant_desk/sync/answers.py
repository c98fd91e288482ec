"""What came back from a server: an answer of ours, or what else stands between us and it."""

import ssl
import sys

import httpx
import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import MEDIA_TYPE as MEDIA
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.protocol import Problem, decode
from merchant_desk.sync.server_faults import (
    PROBLEMS,
    CertificateNotTrusted,
    NotOurServer,
    ServerProblem,
    ServerTrouble,
    Unreachable,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NETWORK_SIGN_IN = 511
"""Network Authentication Required (RFC 6585): a captive portal that says so."""


class Response(msgspec.Struct, array_like=True, frozen=True):
    """One answer, decompressed; `told` are some of its headers where it went into a file."""

    status: int
    media: str
    body: bytes
    told: dict[str, str] = {}


def read_answer(answer: httpx.Response) -> Response:
    """Return an answer that is no file.

    Raises:
        NotOurServer: it is not compressed as it says.
        httpx.HTTPError: the line broke.
    """
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    raw = b"".join(answer.iter_raw())
    if answer.headers.get("Content-Encoding") == "zstd":
        try:
            raw = zstd.decompress(raw)
        except zstd.ZstdError as broken:
            raise NotOurServer(media or "?") from broken
    return Response(answer.status_code, media, raw)


def problem_of(response: Response) -> Fault:
    """Return what an answer of 400 and above says."""
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


def named_error(error: httpx.HTTPError) -> Fault:
    """Return the fault that an error of the line is."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CertificateChanged):
            return cause
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateNotTrusted("not_trusted", cause.verify_message)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return Unreachable("no_answer", type(error).__name__)
    if isinstance(error, httpx.TimeoutException):
        return Unreachable("timeout", type(error).__name__)
    return Unreachable("interrupted", type(error).__name__)
