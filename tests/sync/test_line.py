"""Does a desk keep trying, say truthfully how it goes, and go on by itself when the trouble is over?"""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync import transport
from merchant_desk.sync.line import Line
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.schedule import (
    LINE_MOST,
    MOST,
    Backoff,
)
from merchant_desk.sync.status import Link, SyncStatus
from merchant_desk.sync.transport import (
    DeskBehind,
    DeskUnknown,
    HttpFetch,
    NotOurServer,
    ServerApi,
    ServerProblem,
    Unreachable,
)
from merchant_desk.sync.troubles import WorksOffline
from tests.helpers.lone_desk import adjust, fault_of, log_of
from tests.helpers.shop import Shop

SOON = 20.0

BROKEN = Unreachable("interrupted", "RemoteProtocolError")


def until(true: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait for what other threads do."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.005)


class Impatient(Backoff):
    """Waits for a hundredth of the real time, and remembers the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def next_seconds(self, most: float = MOST) -> float:
        self.waits.append(super().next_seconds(most))
        return self.waits[-1] / 100


# ---------------------------------------------------------------- the thread


class Script:
    """Exchanges as scripted: a fault is raised, None is success; the last one stays."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.tries = 0
        self.news = threading.Event()

    def exchange(self) -> None:
        self.tries += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome is not None:
            raise outcome

    def has_news(self, seconds: float) -> bool:
        found = self.news.wait(min(seconds, 0.2))
        self.news.clear()
        return found


@pytest.fixture
def started() -> Iterator[Callable[[Script, Backoff], Line]]:
    lines: list[Line] = []

    def start(script: Script, backoff: Backoff) -> Line:
        lines.append(Line(script.exchange, script.has_news, backoff))
        lines[-1].start()
        return lines[-1]

    yield start
    for line in lines:
        line.close()


def test_after_hours_without_a_network_the_next_try_is_soon_and_not_everybodys_at_once(
    started: Callable[[Script, Backoff], Line],
) -> None:
    backoff = Impatient()
    script = Script(*[Unreachable("no_answer", "ConnectError"), NotOurServer("text/html"), BROKEN] * 27, None)
    started(script, backoff)
    until(lambda: script.tries == 82)
    assert max(backoff.waits) <= LINE_MOST
    assert LINE_MOST + transport.CONNECT_TIMEOUT <= 15
    many = [Backoff(random.Random(desk)) for desk in range(200)]
    for desk in many:
        for _ in range(500):
            desk.next_seconds(LINE_MOST)
    starts = sorted(desk.next_seconds(LINE_MOST) for desk in many)
    busiest = max(sum(1 for at in starts if begin <= at < begin + 1) for begin in starts)
    assert busiest < len(many) / 3, "200 desks that lost one server do not all come back in one second"


def test_a_notice_that_breaks_off_is_looked_into_and_less_often_where_exchanges_go_well() -> None:
    script, looks = Script(None), Impatient()

    def breaks(seconds: float) -> bool:
        raise BROKEN

    script.has_news = breaks  # type: ignore[method-assign]
    line = Line(script.exchange, script.has_news, Impatient())
    line._look_backoff = looks
    line.start()
    until(lambda: script.tries == 8)
    line.close()
    assert len(looks.waits) >= 7, "each break was followed by an exchange"
    assert looks.waits[6] > 10 * looks.waits[0], "but not in a circle"


@pytest.mark.expects_log("sync_broke")
def test_neither_faults_nor_bugs_end_it(started: Callable[[Script, Backoff], Line]) -> None:
    backoff = Impatient()
    troubles = [Unreachable("timeout", ""), ValueError("a bug"), NotOurServer("text/html")] * 3
    script = Script(*troubles, None)
    started(script, backoff)
    until(lambda: script.tries == len(troubles) + 1)
    assert len(backoff.waits) == len(troubles)
    assert backoff.waits[6] > backoff.waits[0]


def test_own_work_does_not_hurry_a_line_in_trouble(started: Callable[[Script, Backoff], Line]) -> None:
    class Patient(Backoff):
        def next_seconds(self, most: float = MOST) -> float:
            return 60.0

    script = Script(Unreachable("timeout", ""), None)
    line = started(script, Patient())
    until(lambda: script.tries == 1)
    for _ in range(20):
        line.wake()
    time.sleep(0.1)
    assert script.tries == 1
    line.hold(False)
    until(lambda: script.tries == 2)


def test_work_and_news_start_an_exchange(started: Callable[[Script, Backoff], Line]) -> None:
    script = Script(None)
    line = started(script, Impatient())
    until(lambda: script.tries == 1)
    line.wake()
    until(lambda: script.tries == 2)
    script.news.set()
    until(lambda: script.tries == 3)
    line.hold(True)
    time.sleep(0.05)
    tries = script.tries
    line.wake()
    script.news.set()
    time.sleep(0.1)
    assert script.tries <= tries + 1
    assert line.held


def test_a_server_that_answers_at_once_is_not_asked_in_a_circle(
    started: Callable[[Script, Backoff], Line],
) -> None:
    script = Script(None)
    asked = []
    script.has_news = lambda seconds: bool(asked.append(seconds))  # type: ignore[func-returns-value,method-assign]
    line = started(script, Impatient())
    until(lambda: len(asked) == 1)
    time.sleep(0.3)
    assert len(asked) == 1
    line.close()


# ---------------------------------------------------------------- what the status says


@pytest.mark.parametrize(
    ("fault", "link"),
    [
        (Unreachable("no_answer", "ConnectError"), Link.UNREACHABLE),
        (Unreachable("timeout", "ReadTimeout"), Link.UNREACHABLE),
        (NotOurServer("text/html"), Link.UNREACHABLE),
        (CertificateChanged("AA", "BB"), Link.UNREACHABLE),
        (ServerProblem(503, "disk_full", "{}"), Link.UNREACHABLE),
        (ServerProblem(429, "too_many_requests", "{}"), Link.UNREACHABLE),
        (DeskUnknown(401, "not_enrolled", "{}"), Link.ONLINE),
        (DeskBehind(426, "desk_too_old", "{}"), Link.ONLINE),
        (ServerProblem(400, "bad_parameter", "{}"), Link.ONLINE),
    ],
    ids=lambda value: value.code if isinstance(value, Fault) else str(value),
)
def test_trouble_is_named_and_goes_away_by_itself(shop: Shop, fault: Fault, link: Link) -> None:
    desk = shop.desk("manager")
    hurry(desk)
    statuses: list[SyncStatus] = []
    desk.runtime.listen_to_status(statuses.append)

    def trouble(place: str) -> None:
        raise fault

    shop.fetch.trouble = trouble
    desk.start()
    done = desk.do(adjust(shop))
    until(lambda: told(desk) == (fault, link, False, 1))
    assert all(fault.sentence(language) for language in ("zh", "en"))
    assert log_of(shop).get(done.op_id) is None
    shop.fetch.trouble = lambda place: None
    until(lambda: told(desk) == (None, Link.ONLINE, False, 0))
    assert log_of(shop)[done.op_id] == "applied"
    assert any(status.working for status in statuses)


def told(desk: Desk) -> tuple[Fault | None, Link, bool, int]:
    status = desk.runtime.status
    return status.fault, status.link, status.working, status.waiting


def hurry(desk: Desk) -> None:
    """Let a desk wait a hundredth of the time after trouble."""
    desk.runtime._line._backoff = Impatient()


@pytest.mark.expects_log("sync_broke")
def test_a_bug_is_told_and_survived(shop: Shop) -> None:
    desk = shop.desk("manager")
    hurry(desk)

    def bug(place: str) -> None:
        raise ZeroDivisionError

    shop.fetch.trouble = bug
    desk.start()
    desk.do(adjust(shop))
    until(lambda: desk.runtime.status.fault is not None)
    fault = desk.runtime.status.fault
    assert fault is not None
    assert fault.code == "exchange_broke"
    shop.fetch.trouble = lambda place: None
    until(lambda: desk.runtime.status.waiting == 0)


def test_offline_by_choice_stays_offline(shop: Shop) -> None:
    desk = shop.desk("manager")
    desk.start()
    desk.work_offline(True)
    desk.do(adjust(shop))
    until(lambda: told(desk) == (None, Link.OFFLINE, False, 1))
    time.sleep(0.1)
    assert told(desk) == (None, Link.OFFLINE, False, 1)
    before = desk.runtime.status
    with pytest.raises(WorksOffline) as said:
        desk.sync()
    assert said.value.waiting == 1
    assert desk.runtime.status == before, "nothing was heard: no time goes on"
    desk.work_offline(False)
    until(lambda: told(desk) == (None, Link.ONLINE, False, 0))


# ---------------------------------------------------------------- real sockets


class Silence:
    """Takes connections and never says a word, as a line that is half open."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._socket.close()


class Portal(BaseHTTPRequestHandler):
    """Answers everything with what a test wants."""

    status: ClassVar[int] = 200
    media: ClassVar[str] = "text/html"
    body: ClassVar[bytes] = b"<html>Please sign in</html>"
    extra: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in {"Content-Type": self.media, **self.extra}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body) + (50 if "cut" in self.extra else 0)))
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET  # noqa: N815 - the library's name

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def portal() -> Iterator[tuple[type[Portal], str]]:
    answers = type("Answers", (Portal,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield answers, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def asked(url: str, timeout: float = 5.0) -> Fault:
    """Return the fault that a pull from this address ends with."""
    fetch = HttpFetch(url, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transport, "ANSWER_TIMEOUT", timeout)
        fault = fault_of(lambda: ServerApi(fetch, "token").feed(0, 10))
    fetch.close()
    assert fault is not None
    return fault


def test_a_half_open_connection_is_given_up() -> None:
    silence = Silence()
    begun = time.monotonic()
    fault = asked(silence.url, 0.3)
    silence.close()
    assert isinstance(fault, Unreachable)
    assert fault.reason == "timeout"
    assert time.monotonic() - begun < SOON


def test_nobody_there() -> None:
    silence = Silence()
    silence.close()
    fault = asked(silence.url)
    assert isinstance(fault, Unreachable)
    assert fault.reason == "no_answer"


@pytest.mark.parametrize(
    ("status", "media", "extra", "expected"),
    [
        (200, "text/html", {}, NotOurServer),
        (302, "text/html", {"Location": "http://192.0.2.1/"}, NotOurServer),
        (403, "text/html", {}, NotOurServer),
        (511, "text/html", {}, NotOurServer),
        (200, "application/msgpack", {}, NotOurServer),
        (200, "application/msgpack", {"Content-Encoding": "zstd"}, NotOurServer),
        (404, "application/msgpack", {}, NotOurServer),
        (502, "text/html", {}, ServerProblem),
        (413, "text/html", {}, ServerProblem),
        (200, "application/msgpack", {"cut": "1"}, Unreachable),
    ],
)
def test_strange_answers(
    portal: tuple[type[Portal], str], status: int, media: str, extra: dict[str, str], expected: type[Fault]
) -> None:
    answers, url = portal
    answers.status, answers.media, answers.extra = status, media, extra
    fault = asked(url)
    assert isinstance(fault, expected)
    assert all(fault.sentence(language) for language in ("zh", "en"))
