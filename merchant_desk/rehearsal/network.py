"""The network of a rehearsal: it loses, repeats, delays, cuts, and says it is up when it is not."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.server import RehearsedServer, ServerDown
from merchant_desk.sync.answers import read_answer

TROUBLES = {
    "request lost": 3.0,
    "answer lost": 5.0,
    "request cut": 2.0,
    "answer cut": 3.0,
    "request repeated": 4.0,
    "request late": 2.0,
    "line is a portal": 1.0,
    "proxy says 502": 1.0,
    "proxy says 429": 0.5,
    "line stalls": 1.0,
}
"""What happens to how many of a hundred requests."""

HTML = [(b"content-type", b"text/html")]
PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Please log in."
STALL_SECONDS = 31.0


Answer = tuple[int, list[tuple[bytes, bytes]], bytes]
"""Status, headers and body."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A request on its way."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Network:
    """Carries requests to the server. `meanwhile` is called while one is on its way: others act then."""

    def __init__(self, server: RehearsedServer, chance: Chance) -> None:
        self.server = server
        self.chance = chance
        self.calm = False
        self.troubles: Counter[str] = Counter()
        self.late: list[Letter] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.repeated: Callable[[bytes, bytes], None] = lambda first, second: None

    def carry(self, request: httpx.Request) -> httpx.Response:
        """Carry one request, or do to it what networks do."""
        target = request.url.raw_path.decode()
        letter = Letter(request.method, target, [*_lowered(request.headers)], request.read())
        if self.calm:
            return _response(self._deliver(letter))
        self.meanwhile()
        trouble = self._draw()
        if trouble:
            self.troubles[trouble] += 1
        return self._before(letter, trouble) or self._after(letter, trouble)

    def _before(self, letter: Letter, trouble: str) -> httpx.Response | None:
        """Do what keeps a request from the server; None: it comes there.

        Raises:
            httpx.HTTPError: what the desk sees of it.
        """
        match trouble:
            case "request lost":
                raise httpx.ConnectTimeout("lost")
            case "line stalls":
                self.chance.wait(STALL_SECONDS)
                raise httpx.ReadTimeout("stalled")
            case "request late":
                self.late.append(letter)
                raise httpx.ReadTimeout("late")
            case "request cut":
                self._deliver(letter, cut=True)
                raise httpx.WriteError("cut")
            case "line is a portal":
                return _response((200, HTML, PORTAL))
            case "proxy says 502":
                return _response((502, HTML, b"Bad gateway"))
            case "proxy says 429":
                return _response((429, [(b"retry-after", b"1")], b""))
        return None

    def _after(self, letter: Letter, trouble: str) -> httpx.Response:
        """Let the server answer, and do what keeps its answer from the desk. Raises as `_before`."""
        answer = self._deliver(letter)
        match trouble:
            case "answer lost":
                raise httpx.ReadError("lost")
            case "answer cut" if letter.target.startswith("/snapshot"):
                return _response(answer, cut=True)  # what came of a file is kept: the next part follows it
            case "answer cut":
                raise httpx.RemoteProtocolError("cut")
            case "request repeated":
                again = self._deliver(letter)
                if letter.target.startswith("/push") and (answer[0], again[0]) == (200, 200):
                    self.repeated(read_answer(_response(answer)).body, read_answer(_response(again)).body)
                return _response(again)
        return _response(answer)

    def deliver_late(self) -> None:
        """Bring a request that was given up long ago to the server; nobody waits for its answer."""
        letter = self.late.pop(self.chance.dice.randrange(len(self.late)))
        try:
            self._deliver(letter)
        except httpx.HTTPError:
            self.troubles["late request found nobody"] += 1

    def _draw(self) -> str:
        drawn = self.chance.dice.random() * 100
        for trouble, share in TROUBLES.items():
            drawn -= share
            if drawn < 0:
                return trouble
        return ""

    def _deliver(self, letter: Letter, *, cut: bool = False) -> Answer:
        try:
            return self.server.answer(letter.method, letter.target, letter.headers, letter.body, cut=cut)
        except ServerDown as down:
            raise httpx.ConnectError("nobody listens") from down


class Line(httpx.BaseTransport):
    """One desk's way into the network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request of the desk's real HTTP client."""
        return self._network.carry(request)


class _Bytes(httpx.SyncByteStream):
    """A body as it came over the line, compressed as the server sent it."""

    def __init__(self, data: bytes, *, cut: bool) -> None:
        self._data = data
        self._cut = cut

    def __iter__(self) -> Iterator[bytes]:
        if self._cut:
            yield self._data[: len(self._data) // 2]
            raise httpx.ReadError("cut")
        yield self._data


def _response(answer: Answer, *, cut: bool = False) -> httpx.Response:
    status, headers, body = answer
    return httpx.Response(status, headers=headers, stream=_Bytes(body, cut=cut))


def _lowered(headers: httpx.Headers) -> Iterator[tuple[bytes, bytes]]:
    for name, value in headers.raw:
        yield name.lower(), value
