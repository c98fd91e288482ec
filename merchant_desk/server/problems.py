"""From what went wrong to an answer: a status, a named problem, and when to try again."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import DatabaseBusy, DiskFull, Fault
from merchant_desk.server.bodies import BodyTooLarge, BodyUnreadable
from merchant_desk.server.database import ServerBusy, ServerDatabase, passing_trouble
from merchant_desk.server.intake import DeviceRetired
from merchant_desk.server.pages import CursorTooOld
from merchant_desk.sync.administration import LEAST_PROTOCOL
from merchant_desk.sync.protocol import PROTOCOL, Problem

RETRY_SECONDS = 5
"""After what a client is told to try again when disk or database are in trouble."""


@dataclass(eq=False)
class NotEnrolled(Fault):
    """No token, or one that is nobody's."""

    zh: ClassVar[str] = "服务器不认识这台工作台，请用新的登记代码登记。"
    en: ClassVar[str] = "The server does not know this desk; enrol it with a new code."


@dataclass(eq=False)
class MetricsClosed(Fault):
    """Whoever asks for the server's measures shows no token for them."""

    zh: ClassVar[str] = "读取运行指标需要令牌，请向服务器管理员索取（serve --metrics-token-file）。"
    en: ClassVar[str] = "Reading the measures needs their token; ask whoever runs the server."


@dataclass(eq=False)
class SessionNeeded(Fault):
    """This asks for a person, and nobody has signed in."""

    zh: ClassVar[str] = "请先登录。"
    en: ClassVar[str] = "Sign in first."


@dataclass(eq=False)
class DeskTooOld(Fault):
    """The desk speaks a protocol that this server no longer serves."""

    given: int
    least: int
    zh: ClassVar[str] = "这台工作台的程序太旧（协议 {given}，服务器至少需要 {least}）。请升级；数据仍在本机。"
    en: ClassVar[str] = (
        "This desk's program is too old (protocol {given}, the server needs {least}). Upgrade it; "
        "its data stay where they are."
    )


@dataclass(eq=False)
class ServerTooOld(Fault):
    """The desk speaks a protocol that this server does not know yet."""

    given: int
    most: int
    zh: ClassVar[str] = "服务器程序比工作台旧（协议 {given}，服务器只到 {most}）。服务器升级后会自动继续。"
    en: ClassVar[str] = (
        "The server's program is older than the desk's (protocol {given}, the server knows {most}). "
        "Work goes on by itself once the server is upgraded."
    )


@dataclass(eq=False)
class TooManyRequests(Fault):
    """Asked too often; `seconds` until it may be tried again."""

    seconds: int
    zh: ClassVar[str] = "请求过于频繁，请在 {seconds} 秒后重试。"
    en: ClassVar[str] = "Too many requests; try again in {seconds} s."


@dataclass(eq=False)
class BadParameter(Fault):
    """A parameter of the address is no number, or out of its range."""

    name: str
    least: int
    most: int
    zh: ClassVar[str] = "参数 {name} 应在 {least} 与 {most} 之间。"
    en: ClassVar[str] = "The parameter {name} must be between {least} and {most}."


@dataclass(eq=False)
class BadChoice(Fault):
    """A parameter of the address is none of the words that it may be."""

    name: str
    zh: ClassVar[str] = "参数 {name} 的值无法识别。"
    en: ClassVar[str] = "The parameter {name} is none of what it may be."


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, problem, seconds for Retry-After (None: do not try again), and whether it is our mistake."""

    status: int
    problem: Problem
    retry_after: int | None = None
    is_bug: bool = False


_STATUS_OF_FAULT: dict[type[Fault], int] = {
    BodyTooLarge: 413,
    BodyUnreadable: 400,
    BadParameter: 400,
    BadChoice: 400,
    NotEnrolled: 401,
    MetricsClosed: 401,
    DeviceRetired: 401,
    SessionNeeded: 403,
    DeskTooOld: 426,
    ServerTooOld: 426,
    TooManyRequests: 429,
}

_STATUS_OF_REFUSAL = {
    "not_allowed": 403,
    "sign_in_failed": 403,
    "sign_in_expired": 403,
    "password_not_set": 403,
    "sign_in_locked": 423,
    "enrolment_unknown": 403,
    "enrolment_used": 403,
    "enrolment_expired": 403,
    "enrolment_unreadable": 400,
    "no_such_outlet": 404,
    "no_such_person": 404,
    "no_such_operation": 404,
    "no_sealed_key": 404,
    "carried_unreadable": 400,
    "carried_foreign": 403,
    "carried_retired": 403,
    "carried_unknown_desk": 404,
}
"""Any other refusal is a 409: understood, and not possible as things stand."""


def check_protocol(given: str | None) -> None:
    """Pass a client that speaks a protocol we serve, or does not say which.

    Raises:
        DeskTooOld, ServerTooOld: by whoever must be upgraded.
        BodyUnreadable: the header is no number.
    """
    if given is None:
        return
    if not given.isascii() or not given.isdecimal() or len(given) > 6:
        raise BodyUnreadable("protocol")
    number = int(given)
    if number < LEAST_PROTOCOL:
        raise DeskTooOld(number, LEAST_PROTOCOL)
    if number > PROTOCOL:
        raise ServerTooOld(number, PROTOCOL)


def answer_to(error: Exception, database: ServerDatabase) -> Answer:
    """Return the answer to an exception. What it says holds no path of this machine and nothing personal."""
    if isinstance(error, Refusal):
        return Answer(_STATUS_OF_REFUSAL.get(error.code, 409), Problem(error.code, _plain(error.facts)))
    if isinstance(error, CursorTooOld):
        return Answer(410, Problem("cursor_too_old", {"floor": error.floor}))
    if isinstance(error, Fault) and type(error) in _STATUS_OF_FAULT:
        retry_after = error.seconds if isinstance(error, TooManyRequests) else None
        return Answer(_STATUS_OF_FAULT[type(error)], Problem(error.code, _plain(error.facts)), retry_after)
    trouble = passing_trouble(error, database)
    if trouble is not None:
        seconds = 1 if isinstance(trouble, ServerBusy | DatabaseBusy) else RETRY_SECONDS
        facts = {"free_bytes": trouble.free_bytes} if isinstance(trouble, DiskFull) else {}
        return Answer(503, Problem(trouble.code, facts), seconds)
    return Answer(500, Problem("server_failed"), is_bug=True)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts as text and numbers, without paths."""
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in facts.items()
        if not isinstance(value, Path)
    }
