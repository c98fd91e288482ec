"""What an endpoint is, and the one way in which every request is checked, carried out and answered."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from merchant_desk.server.bodies import JSON_TYPE, Packed, pack, read_body, unpack
from merchant_desk.server.intake import Device
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.notices import Notices
from merchant_desk.server.people import Session
from merchant_desk.server.problems import (
    Answer,
    BadChoice,
    BadParameter,
    NotEnrolled,
    SessionNeeded,
    answer_to,
    check_protocol,
)
from merchant_desk.server.services import Services
from merchant_desk.server.throttle import Throttle, line_of
from merchant_desk.sync.administration import (
    EPOCH_HEADER,
    MEDIA_TYPE,
    PENDING_HEADER,
    PROTOCOL_HEADER,
    SESSION_HEADER,
)
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.protocol import PROTOCOL, Problem

log = structlog.get_logger()

SMALL_BODY = 16 * 1024
_NUMBER = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,6})?")


class Access(Enum):
    """Who may ask: anybody, an enrolled desk, or a person who signed in at one."""

    ANYBODY = "anybody"
    DESK = "desk"
    PERSON = "person"


class Lane(Enum):
    """What an endpoint does with the database, so where its work runs."""

    READ = "read"
    WRITE = "write"
    HASH = "hash"


@dataclass(frozen=True, slots=True)
class Param:
    """A number in the address, kept as a whole number of 1/`scale`; `default`, `least`, `most` are such."""

    name: str
    default: int
    least: int
    most: int
    zh: str
    en: str
    scale: int = 1

    def read(self, query: Mapping[str, str]) -> int:
        """Return the number that was given, or the default.

        Raises:
            BadParameter: it is no number, or out of range.
        """
        text = query.get(self.name)
        if text is None:
            return self.default
        if _NUMBER.fullmatch(text):
            number = int(Decimal(text) * self.scale)
            if self.least <= number <= self.most:
                return number
        raise BadParameter(self.name, self.least // self.scale, self.most // self.scale)


@dataclass(frozen=True, slots=True)
class Choice:
    """A word in the address, one of `words`, or nothing."""

    name: str
    words: tuple[str, ...]
    zh: str
    en: str

    def read(self, query: Mapping[str, str]) -> str:
        """Return the word that was given, or "".

        Raises:
            BadChoice: it is none of the words.
        """
        word = query.get(self.name, "")
        if word and word not in self.words:
            raise BadChoice(self.name)
        return word


@dataclass(frozen=True)
class Call:
    """One request on its way to an endpoint's work."""

    services: Services
    lanes: Lanes
    notices: Notices
    request: Request
    numbers: dict[str, int]
    words: dict[str, str]
    device: Device | None
    session: Session | None
    body: Any = None

    @property
    def desk(self) -> Device:
        """The asking desk.

        Raises:
            NotEnrolled: nobody showed a token.
        """
        if self.device is None:
            raise NotEnrolled
        return self.device

    @property
    def person(self) -> Session:
        """The person who signed in.

        Raises:
            SessionNeeded: nobody did.
        """
        if self.session is None:
            raise SessionNeeded
        return self.session


def _no_work(call: Call) -> Any:
    raise LookupError(f"nothing runs at {call.request.url.path}")


def _as_it_is(message: Any) -> Any:
    return message


@dataclass(frozen=True)
class Endpoint:
    """One line of the server's interface.

    `run` does the work on a thread of `lane` and returns the answer's message; `respond` instead answers
    by itself on the event loop. `reads` makes of the request's message what `run` finds as the call's body,
    before its lane is entered. `changes` tells that feed rows may come of it. `tries` names the throttle,
    which counts by desk; by address where anybody may ask. `ended`: also for desks that have ended.
    """

    method: str
    path: str
    zh: str
    en: str
    answer: Any
    run: Callable[[Call], Any] = _no_work
    respond: Callable[[Call], Awaitable[Response]] | None = None
    access: Access = Access.DESK
    lane: Lane = Lane.READ
    request: Any = None
    reads: Callable[[Any], Any] = _as_it_is
    most: int = SMALL_BODY
    params: tuple[Param, ...] = ()
    choices: tuple[Choice, ...] = ()
    problems: tuple[tuple[int, str], ...] = ()
    tries: str = ""
    changes: bool = False
    ended: bool = False
    media: str = MEDIA_TYPE


@dataclass
class Reception:
    """Takes requests in: protocol, token, throttle, session, body; then the work; then the answer."""

    services: Services
    lanes: Lanes
    notices: Notices
    throttles: Mapping[str, Throttle]
    started: float = field(default_factory=time.monotonic)

    async def receive(self, endpoint: Endpoint, request: Request) -> Response:
        """Answer one request; whatever goes wrong becomes a named problem."""
        begun = time.perf_counter()
        answer: Answer | None = None
        try:
            response = await self._answered(endpoint, request)
        except ClientDisconnect:
            response = Response(status_code=499)
        except Exception as error:  # noqa: BLE001 - the last line of defence, which logs and answers
            answer = answer_to(error, self.services.database)
            _log_failure(endpoint, error, answer)
            response = self.problem(request, answer)
        sent = int(response.headers.get("content-length", 0))
        self.services.measures.count_request(endpoint.path, response.status_code, sent)
        log.info(
            "request",
            method=endpoint.method,
            path=endpoint.path,
            status=response.status_code,
            problem=answer.problem.code if answer else None,
            ms=round((time.perf_counter() - begun) * 1000, 1),
            sent=sent,
        )
        return response

    async def _answered(self, endpoint: Endpoint, request: Request) -> Response:
        headers = request.headers
        check_protocol(headers.get(PROTOCOL_HEADER))
        if endpoint.tries and endpoint.access is Access.ANYBODY:
            self.throttles[endpoint.tries].take(line_of(request.client.host if request.client else ""))
        query = request.query_params
        asked = (
            {param.name: param.read(query) for param in endpoint.params},
            {choice.name: choice.read(query) for choice in endpoint.choices},
        )
        admit = partial(self._admit, endpoint, headers)
        if endpoint.respond is None and endpoint.request is None:
            # One hop to a thread for what only reads.
            return self._response(
                await self.lanes.read(lambda: self._work(endpoint, request, asked, admit(), None))
            )
        device, session = (None, None)
        if endpoint.access is not Access.ANYBODY:
            device = self._known(endpoint, headers)
            if device is None:
                device, session = await self.lanes.read(admit)
        message = None
        if endpoint.request is not None:
            body = await read_body(request.stream(), headers.get("content-length"), endpoint.most)
            message = await self.lanes.read(partial(_message, endpoint, headers, body))
        if endpoint.respond is not None:
            call = Call(self.services, self.lanes, self.notices, request, *asked, device, session, message)
            return self._dressed(await endpoint.respond(call))
        work = partial(self._work, endpoint, request, asked, (device, session), message)
        if endpoint.lane is Lane.WRITE:
            packed = await self.lanes.write(device.merchant_id if device else None, work)
        elif endpoint.lane is Lane.HASH:
            packed = await self.lanes.hash(work)
        else:
            packed = await self.lanes.read(work)
        if endpoint.changes:
            self._poke(device)
        return self._response(packed)

    def _poke(self, device: Device | None) -> None:
        if device is None:
            self.notices.poke_all()
        else:
            self.services.enrolment.known.forget(device.merchant_id)
            self.notices.poke(device.merchant_id)

    def _admit(self, endpoint: Endpoint, headers: Mapping[str, str]) -> tuple[Device | None, Session | None]:
        """Return who is asking.

        Raises:
            NotEnrolled, SessionNeeded: nobody who may.
            DeviceRetired: a desk that no longer is one.
            TooManyRequests: the desk tries too often.
            Refusal: `sign_in_expired`.
        """
        if endpoint.access is Access.ANYBODY:
            return None, None
        token = _token(headers)
        enrolment = self.services.enrolment
        device = None if endpoint.ended else enrolment.known.find(token)
        if device is None and token:
            device = enrolment.device_of(token, sends=endpoint.ended)
        if device is None:
            raise NotEnrolled
        return self._let_in(endpoint, headers, device)

    def _known(self, endpoint: Endpoint, headers: Mapping[str, str]) -> Device | None:
        """Return who is asking where that needs no database: a desk that asked a moment ago."""
        if endpoint.access is not Access.DESK or endpoint.ended:
            return None
        device = self.services.enrolment.known.find(_token(headers))
        if device is not None:
            self._let_in(endpoint, headers, device)
        return device

    def _let_in(
        self, endpoint: Endpoint, headers: Mapping[str, str], device: Device
    ) -> tuple[Device | None, Session | None]:
        """Take note that a desk is here; raises as `_admit`."""
        if endpoint.tries:
            self.throttles[endpoint.tries].take(device.device_id.hex)
        pending = headers.get(PENDING_HEADER, "")
        is_count = pending.isascii() and pending.isdecimal() and len(pending) < 9
        self.services.contacts.note(device, pending=int(pending) if is_count else None)
        agent = headers.get("user-agent", "")
        self.services.measures.note_desk(
            device.merchant_id, device.device_id, agent, self.services.edge.clock()
        )
        if endpoint.access is Access.DESK:
            return device, None
        session = headers.get(SESSION_HEADER)
        if not session:
            raise SessionNeeded
        return device, self.services.people.session_of(device, session)

    def _work(
        self,
        endpoint: Endpoint,
        request: Request,
        asked: tuple[dict[str, int], dict[str, str]],
        who: tuple[Device | None, Session | None],
        message: Any,
    ) -> Packed:
        headers = request.headers
        call = Call(self.services, self.lanes, self.notices, request, *asked, *who, message)
        return pack(endpoint.run(call), _media(endpoint, headers), headers.get("accept-encoding", ""))

    def _response(self, packed: Packed, status: int = 200) -> Response:
        headers = {"Content-Type": packed.media, "Vary": "Accept, Accept-Encoding"}
        if packed.encoding:
            headers["Content-Encoding"] = packed.encoding
        return self._dressed(Response(packed.data, status, headers))

    def _dressed(self, response: Response) -> Response:
        """Say who answers, so that nobody takes a captive portal for us."""
        response.headers[PROTOCOL_HEADER] = str(PROTOCOL)
        response.headers[EPOCH_HEADER] = str(self.services.epoch)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def problem(self, request: Request, answer: Answer) -> Response:
        """Return a problem as a response, in MessagePack unless the client wants JSON."""
        accepts = request.headers.get("accept", "")
        media = JSON_TYPE if JSON_TYPE in accepts or "text/html" in accepts else MEDIA_TYPE
        response = self._response(pack(answer.problem, media, ""), answer.status)
        if answer.retry_after is not None:
            response.headers["Retry-After"] = str(answer.retry_after)
        if answer.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    async def strange_path(self, request: Request, error: Exception) -> Response:
        """Answer what leads to no endpoint."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        code = {404: "no_such_path", 405: "no_such_method"}.get(status, "unreadable_request")
        return self.problem(request, Answer(status, Problem(code)))


def _message(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Any:
    """Return what the body says. Needs no database: another request may hold the merchant's meanwhile."""
    encoding = headers.get("content-encoding", "").casefold()
    return endpoint.reads(unpack(body, encoding, endpoint.most, endpoint.request))


def _media(endpoint: Endpoint, headers: Mapping[str, str]) -> str:
    """Return the form of the answer: what the endpoint speaks, or MessagePack where that is asked for."""
    return MEDIA_TYPE if MEDIA_TYPE in headers.get("accept", "") else endpoint.media


def _log_failure(endpoint: Endpoint, error: Exception, answer: Answer) -> None:
    """Log what is our mistake with its place, and what the machine does to us by name; no message texts."""
    if answer.is_bug:
        log.error("request_failed", path=endpoint.path, **mistake(error))
    elif answer.status >= 500:
        log.warning("storage_trouble", path=endpoint.path, code=answer.problem.code)


def _token(headers: Mapping[str, str]) -> str:
    """Return the bearer token of a request, or ""."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token if scheme.casefold() == "bearer" else ""
