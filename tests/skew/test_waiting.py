"""Programs that do not fit: the desk says so, works on, loses nothing, and goes on once they do."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from merchant_desk import __version__
from merchant_desk.domain.subjects import KINDS
from merchant_desk.sync.administration import _release
from merchant_desk.sync.protocol import PROTOCOL
from tests.server.running import running
from tests.skew.former import FaultToldError, Hands, Program, next_program
from tests.skew.test_both_ways import begin, differences, receive
from tests.trouble.shopfloor import INIT, demonstration_code

Hire = Callable[[Program], Hands]
PLAIN = "--plain-http"


def waits(hands: Hands, code: str, name: str, zh: str, en: str) -> int:
    """See that nothing is sent, that it is said why, and that work goes on; return how much waits."""
    receive(hands, code, 2)
    waiting = int(hands.do("waiting"))
    with pytest.raises(FaultToldError) as met:
        hands.do("sync")
    assert met.value.name == name
    assert re.search(zh, met.value.zh), met.value.zh
    assert re.search(en, met.value.en), met.value.en
    assert hands.do("waiting") == waiting > 0, "nothing was pushed, nothing was lost"
    receive(hands, code, 1)
    assert hands.do("waiting") == waiting + 3
    return waiting + 3


def test_a_desk_that_is_too_old_is_told_and_goes_on_once_it_is_upgraded(
    former: Program, today: Program, hire: Hire, tmp_path: Path
) -> None:
    data, folder, code = tmp_path / "server", tmp_path / "desk", demonstration_code()
    later = next_program(tmp_path / "later", PROTOCOL + 1)
    with running(data, *INIT, PLAIN, env=today.env) as server:
        old = hire(former)
        password = begin(server, old, folder)
        sku = old.do("add", code)
        receive(old, code, 4)
        assert old.do("sync") == 0
        old.do("close")
        assert server.stop() == 0
    with running(data, PLAIN, env=later.env) as server:
        assert [one.name for one in data.glob("*.before-*")] == ["server.db.before-0002"]
        old.do("open", str(folder), server.url)
        old.do("sign_in", password)
        waiting = waits(old, code, "desk_behind", "本机程序太旧.*请升级", "too old for the server.*Upgrade")
        assert old.do("stock", sku) == 7
        old.do("close")
        upgraded = hire(later)
        assert upgraded.do("open", str(folder), server.url) == waiting
        assert [one.name for one in folder.glob("*.before-*")] == ["desk.db.before-0002"]
        assert upgraded.do("sync") == 0
        assert upgraded.do("stock", sku) == 7
        upgraded.do("close")
        assert server.stop() == 0
    assert differences(data, folder) == ()


@pytest.mark.parametrize(
    "protocol",
    [PROTOCOL, pytest.param(PROTOCOL + 1, marks=pytest.mark.long)],
    ids=["a release", "a protocol"],
)
def test_a_newer_desk_waits_for_its_server_to_be_upgraded(
    former: Program, today: Program, hire: Hire, tmp_path: Path, protocol: int
) -> None:
    data, folder, code = tmp_path / "server", tmp_path / "desk", demonstration_code()
    later = next_program(tmp_path / "later", protocol)
    with running(data, *INIT, PLAIN, env=former.env) as server:
        before = hire(today)
        password = begin(server, before, folder)
        sku = before.do("add", code)
        receive(before, code, 4)
        before.do("close")
        desk = hire(later)
        desk.do("open", str(folder), server.url)
        assert [one.name for one in folder.glob("*.before-*")] == ["desk.db.before-0002"]
        desk.do("sign_in", password)
        waiting = waits(
            desk, code, "server_behind", "服务器程序比本机旧.*升级后会自动", "older than this one.*by itself"
        )
        desk.do("close")
        assert server.stop() == 0
    with running(data, PLAIN, env=later.env) as server:
        assert [one.name for one in data.glob("*.before-*")] == ["server.db.before-0002"]
        assert desk.do("open", str(folder), server.url) == waiting
        assert desk.do("sync") == 0
        assert desk.do("stock", sku) == 7
        desk.do("close")
        assert server.stop() == 0
    assert differences(data, folder) == ()


def test_kinds_that_the_former_program_does_not_know_come_with_a_newer_release(
    former: Program, hire: Hire
) -> None:
    """A server refuses for good what it does not know: by its release a desk knows that it must wait."""
    known = hire(former).do("kinds")
    ours = {name: kind.version for name, kind in KINDS.items()}
    news = {name for name, version in ours.items() if version > known.get(name, 0)}
    (wheel,) = former.home.glob("*.dist-info")
    theirs = wheel.name.split("-")[1].removesuffix(".dist")
    assert len(known) > 50
    assert not news or _release(__version__) > _release(theirs), sorted(news)
    assert known.keys() <= ours.keys(), "what an older desk sends is understood"
