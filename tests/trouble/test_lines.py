"""Portals, dead connections, other certificates and versions: the desk says so, works on and catches up."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from merchant_desk import desk as desk_module
from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.server.certificates import ensure_certificate
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.server_faults import (
    PROBLEM_NAMES,
    DeskBehind,
    NotOurServer,
    ServerBehind,
    ServerProblem,
    ServerTrouble,
    Unreachable,
)
from merchant_desk.sync.status import Link
from merchant_desk.sync.transport import HttpFetch, Request, Response
from tests.server import running as running_module
from tests.server.running import running
from tests.trouble.lines import Portal, SleepyWire, closing
from tests.trouble.shopfloor import INIT, Floor, RealShop, at_work, differences
from tests.trouble.words import told

PATIENCE = 30.0


def until(seen: Callable[[], object], what: str) -> None:
    """Wait for something that another thread brings about."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


# ---------------------------------------------------------------- portals

PORTALS: dict[str, Callable[[], Portal]] = {
    "200 with HTML": Portal,
    "200 with HTML called MessagePack": lambda: Portal(headers={"Content-Type": "application/msgpack"}),
    "200 with nothing": lambda: Portal(body=b""),
    "compressed rubbish": lambda: Portal(headers={"Content-Encoding": "zstd"}),
    "redirect": lambda: Portal(302, {"Location": "http://login.example/?next=/push"}),
    "511": lambda: Portal(511),
    "403": lambda: Portal(403),
    "404": lambda: Portal(404),
}


def test_a_captive_portal_is_no_server_in_whatever_form_it_answers(
    shop: RealShop, desk: Desk, wire: Proxy
) -> None:
    floor = at_work(desk)
    for form, make in PORTALS.items():
        portal = make()
        with closing(portal):
            _lead(wire, portal.url)
            floor.scan(2)
            with pytest.raises(NotOurServer) as met:
                desk.sync()
            words = told(met.value)
            words.says(
                "不是商户台服务器.*浏览器登录.*保存在本机", "not a Merchant Desk server.*browser.*saved"
            )
            assert portal.asked, form
            assert desk.runtime.status.fault is met.value
            assert desk.runtime.status.link is Link.UNREACHABLE
            assert desk.status.waiting > 0
            floor.scan()
            wire.close_line()
    _lead(wire, shop.server.url)
    assert desk.sync().waiting == 0
    assert floor.on_hand() == floor.saved == 3 * len(PORTALS)
    assert differences(shop.data, [desk]) == ()


@pytest.mark.parametrize("courier", [False, True], ids=["in process", "by the courier"])
def test_behind_a_portal_a_running_desk_waits_and_catches_up_by_itself(
    shop: RealShop, wire: Proxy, tmp_path: Path, courier: bool
) -> None:
    url = f"http://127.0.0.1:{wire.port}"
    desk = shop.reopened(shop.desk(tmp_path / "desk"), url, courier=courier)
    floor = at_work(desk)
    desk.start()
    until(lambda: desk.runtime.status.waiting == 0, "the line is good")
    portal = Portal()
    with closing(portal):
        wire.close_line()
        wire.target = port_of(portal.url)
        wire.open_line()
        floor.scan(2)
        until(lambda: isinstance(desk.runtime.status.fault, NotOurServer), "the portal is seen")
        with pytest.raises(Refusal, match="sign_in_failed"):
            desk.sign_in("manager", "wrong")
        desk.sign_in("manager", shop.password)
        wire.close_line()
    wire.target = port_of(shop.server.url)
    wire.open_line()
    until(lambda: desk.runtime.status.waiting == 0, "it catches up without anybody's doing")
    until(lambda: desk.runtime.status.link is Link.ONLINE, "and says so")
    assert desk.runtime.status.fault is None
    assert floor.on_hand() == floor.saved == 2


def test_a_first_sign_in_behind_a_portal_says_what_is_in_the_way(desk: Desk, wire: Proxy) -> None:
    portal = Portal()
    with closing(portal):
        wire.close_line()
        wire.target = port_of(portal.url)
        wire.open_line()
        with pytest.raises(NotOurServer) as met:
            desk.sign_in("somebody", "new")
        told(met.value).says("浏览器", "browser")
        wire.close_line()


# ---------------------------------------------------------------- half-open connections


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a connection for dead after one second without a byte, not after half a minute."""

    class Impatient(HttpFetch):
        def __call__(self, request: Request) -> Response:
            return super().__call__(msgspec.structs.replace(request, timeout=min(request.timeout, 1.0)))

    monkeypatch.setattr(desk_module, "HttpFetch", Impatient)


@pytest.fixture
def sleepy(shop: RealShop) -> Iterator[SleepyWire]:
    wire = SleepyWire(port_of(shop.server.url))
    with closing(wire):
        yield wire


def test_a_connection_that_sleep_left_half_open_is_given_up_and_costs_nothing(
    shop: RealShop, sleepy: SleepyWire, impatient: None, tmp_path: Path
) -> None:
    desk = shop.reopened(shop.desk(tmp_path / "desk"), sleepy.url)
    floor = at_work(desk)
    desk.sync()
    sleepy.sleep()
    floor.scan(3)
    begun = time.monotonic()
    with pytest.raises(Unreachable) as met:
        desk.sync()
    assert time.monotonic() - begun < 10
    assert met.value.reason == "timeout"
    told(met.value).says(
        "连不上服务器（应答超时）.*联网后自动发送", "cannot be reached \\(no answer in time\\).*sent later"
    )
    assert sleepy.swallowed > 0, "what was sent went into the hole"
    assert desk.runtime.status.link is Link.UNREACHABLE
    floor.scan()
    sleepy.wake()
    assert desk.sync().waiting == 0
    assert floor.on_hand() == floor.saved == 4
    assert differences(shop.data, [desk]) == ()


def test_a_running_desk_wakes_up_after_the_sleep_by_itself(
    shop: RealShop, sleepy: SleepyWire, impatient: None, tmp_path: Path
) -> None:
    desk = shop.reopened(shop.desk(tmp_path / "desk"), sleepy.url)
    floor = at_work(desk)
    desk.start()
    until(lambda: desk.runtime.status.waiting == 0, "the line is good")
    sleepy.sleep()
    floor.scan(2)
    until(lambda: desk.runtime.status.link is Link.UNREACHABLE, "the hole is noticed")
    sleepy.wake()
    floor.scan()
    until(lambda: desk.runtime.status.waiting == 0, "it catches up by itself")
    assert floor.on_hand() == floor.saved == 3


def test_no_server_at_all_is_said_so(desk: Desk, wire: Proxy) -> None:
    wire.close_line()
    with pytest.raises(Unreachable) as met:
        desk.sync()
    told(met.value).says("连不上服务器.*保存在本机", "cannot be reached.*saved")
    assert desk.runtime.status.last_contact > 0, "how old the data are stays known"


# ---------------------------------------------------------------- certificates


def test_a_changed_certificate_gets_nothing_until_the_desk_is_enrolled_again(tmp_path: Path) -> None:
    data = tmp_path / "server"
    with ExitStack() as stack:
        first = stack.enter_context(running(data, *INIT))
        shop = RealShop(first, tmp_path)
        stack.callback(shop.close)
        desk = shop.desk(tmp_path / "desk")
        wire = Proxy(port_of(first.url))
        stack.callback(wire.end)
        desk = shop.reopened(desk, f"https://127.0.0.1:{wire.port}")
        floor = at_work(desk)
        floor.scan(2)
        desk.sync()
        assert first.stop() == 0
        for name in ("server.crt", "server.key"):
            (data / name).unlink()
        second = stack.enter_context(running(data, "--invite", "CG"))
        assert second.fingerprint not in (None, first.fingerprint)
        wire.close_line()
        wire.target = port_of(second.url)
        wire.open_line()
        floor.scan(3)
        with pytest.raises(CertificateChanged) as changed:
            desk.sync()
        told(changed.value).says(
            "证书已更换.*没有发送任何数据.*重新登记", "certificate has changed.*Nothing was sent"
        )
        assert desk.runtime.status.fault is changed.value
        assert desk.runtime.status.link is Link.UNREACHABLE
        found = {one.subject: one for one in examine(desk.runtime, desk.api)}
        assert found["server"].grade is Grade.BAD, "nothing is ever sent again until somebody acts"
        assert "重新登记" in found["server"].zh
        floor.scan()
        assert desk.enrol_again(second.ready["codes"]["CG"]).waiting == 0
        assert floor.on_hand() == floor.saved == 6
        assert differences(data, [desk]) == ()


def test_a_portal_with_a_certificate_of_its_own_gets_nothing_either(tmp_path: Path) -> None:
    with running(tmp_path / "server", *INIT) as server:
        shop = RealShop(server, tmp_path)
        desk = shop.desk(tmp_path / "desk")
        (tmp_path / "portal").mkdir()
        portal = Portal()
        portal.over_tls(ensure_certificate(tmp_path / "portal", ["127.0.0.1"], now=datetime.now(UTC)))
        with closing(portal):
            away = shop.reopened(desk, portal.url.replace("http:", "https:"))
            with pytest.raises(CertificateChanged) as changed:
                away.sync()
            told(changed.value).says("冒充服务器", "posing as the server")
            assert portal.asked == []
        plain = Portal()
        with closing(plain):
            away = shop.reopened(away, plain.url.replace("http:", "https:"))
            with pytest.raises(Unreachable):
                away.sync()
        shop.close()


# ---------------------------------------------------------------- other versions

OTHER_PROGRAM = """
import sys
import merchant_desk, merchant_desk.sync.protocol as protocol
{changes}
from merchant_desk.cli.main import main
sys.exit(main())
"""
OLDER_RELEASE = "merchant_desk.__version__ = '0.0.9'"
OLDER_PROTOCOL = "protocol.PROTOCOL = 0\nimport merchant_desk.sync.administration as a; a.LEAST_PROTOCOL = 0"
NEWER_PROTOCOL = "protocol.PROTOCOL = 3\nimport merchant_desk.sync.administration as a; a.LEAST_PROTOCOL = 2"


@pytest.mark.parametrize(
    ("changes", "fault", "zh", "en"),
    [
        (
            OLDER_RELEASE,
            ServerBehind,
            "服务器程序比本机旧.*升级后会自动发送",
            "older than this one.*by itself",
        ),
        pytest.param(
            OLDER_PROTOCOL,
            ServerBehind,
            "服务器程序比本机旧",
            "older than this one",
            marks=pytest.mark.long,
        ),
        (NEWER_PROTOCOL, DeskBehind, "本机程序太旧.*请升级", "too old for the server.*Upgrade"),
    ],
    ids=["an older release", "an older protocol", "a newer protocol"],
)
def test_a_server_of_another_version_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: str, fault: type[Fault], zh: str, en: str
) -> None:
    data = tmp_path / "server"
    with ExitStack() as stack:
        first = stack.enter_context(running(data, *INIT, "--plain-http"))
        shop = RealShop(first, tmp_path)
        stack.callback(shop.close)
        wire = Proxy(port_of(first.url))
        stack.callback(wire.end)
        desk = shop.reopened(shop.desk(tmp_path / "desk"), f"http://127.0.0.1:{wire.port}")
        floor = at_work(desk)
        desk.sync()
        assert first.stop() == 0
        with monkeypatch.context() as patch:
            code = OTHER_PROGRAM.format(changes=changes)
            patch.setattr(running_module, "command", lambda *words: [sys.executable, "-c", code, *words])
            other = stack.enter_context(running(data, "--plain-http"))
        wire.close_line()
        with pytest.raises(Unreachable):
            desk.sync()
        _lead(wire, other.url)
        _wait_for_the_right_version(desk, floor, fault, zh, en)
        assert other.stop() == 0
        upgraded = stack.enter_context(running(data, "--plain-http"))
        _lead(wire, upgraded.url)
        assert desk.sync().waiting == 0, "it is sent once the versions fit"
        assert floor.on_hand() == floor.saved == 3
        assert differences(data, [desk]) == ()


def _lead(wire: Proxy, url: str) -> None:
    wire.close_line()
    wire.target = port_of(url)
    wire.open_line()


def _wait_for_the_right_version(desk: Desk, floor: Floor, fault: type[Fault], zh: str, en: str) -> None:
    floor.scan(2)
    with pytest.raises(fault) as met:
        desk.sync()
    told(met.value).says(zh, en)
    assert desk.runtime.status.fault is met.value
    assert desk.runtime.status.link is Link.ONLINE, "a server that answers is not unreachable"
    waiting = desk.status.waiting
    assert waiting >= 2, "nothing is pushed to a server that may not understand it"
    floor.scan()
    assert desk.status.waiting == waiting + 1
    with pytest.raises(Refusal, match="sign_in_failed"):
        desk.sign_in("manager", "wrong")


# ---------------------------------------------------------------- words


def test_whatever_a_server_says_is_a_sentence() -> None:
    for name in PROBLEM_NAMES:
        told(ServerTrouble(503, str(name), "{}")).says("服务器.*保存在本机", "server.*saved on this computer")
        told(ServerProblem(400, str(name), "{}")).says("服务器.*保存在本机", "server.*saved on this computer")
    for reason in Unreachable.names:
        told(Unreachable(str(reason), "x")).says("连不上服务器", "cannot be reached")
