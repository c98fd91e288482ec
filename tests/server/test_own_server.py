"""A shop founded on this computer: one merchant whatever happens, its server protected and back in time."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from merchant_desk.cli.main import main
from merchant_desk.cli.own_founding import free_port
from merchant_desk.cli.own_server import Founder, start_own_server
from merchant_desk.cli.server_options import server_folder
from merchant_desk.desk import Desk
from merchant_desk.domain.founding import NewShop, wrong_with
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import LANGUAGE, ZONE
from merchant_desk.models.faults import AlreadyOpen, Fault
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.key_faults import PassphraseNotGiven, WrongPassphrase
from merchant_desk.sync.own_server import is_founded_here, own_server_findings
from merchant_desk.sync.vault import PassphraseRequest
from merchant_desk.sync.vault_record import read_record

PASSPHRASE, PASSWORD = "correct horse battery", "sesame-7-bluestone"
SHOP = NewShop("青石供销社", "石店长", PASSWORD, currency="GBP", zone="Europe/London", outlet="Market Street")


def told(request: PassphraseRequest) -> str | None:
    return PASSPHRASE if request.attempt == 1 else None


def until(seen: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(desk: Desk) -> bool:
    try:
        desk.sync()
    except Fault:
        return False
    return True


@pytest.mark.expects_log("embedded_server_not_started")
def test_a_shop_is_founded_once_and_its_server_comes_back_with_the_desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    profile = tmp_path / "desk"
    first = Founder(profile, told, courier=False)
    first.prepare()
    lost = first.found(NewShop("another name", "another", "another-7-bluestone"))
    assert lost is not None
    assert not is_founded_here(profile), "the program ended before anybody had the paper"
    with pytest.raises(AlreadyOpen):  # its paper would take the place of the one that is shown
        Founder(profile, told, courier=False).prepare()
    first.close()
    founder = Founder(profile, told, courier=False)
    founder.prepare()
    sheet = founder.found(SHOP)
    assert sheet is not None
    assert (sheet.merchant, sheet.number != lost.number) == (SHOP.name, True), "one merchant, a new paper"
    with founder.finish("en") as desk:
        assert is_founded_here(profile)
        assert founder.server is not None
        assert founder.server.url.startswith("https://127.0.0.1:")
        check_founded(desk)
    founder.close()
    assert founder.found(SHOP) is None, "somebody has the paper: none is made any more"
    with pytest.raises(WrongPassphrase):
        start_own_server(profile, lambda request: "no" if request.attempt == 1 else None)
    check_comes_back(profile, int(desk.identity.server_url.rpartition(":")[2]))
    check_copied(tmp_path, profile, monkeypatch)


def check_copied(home: Path, profile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy made by the command that the window names, which says nothing of folders."""
    monkeypatch.setenv("MERCHANT_DESK_HOME", str(home))
    monkeypatch.setenv("MERCHANT_DESK_PASSPHRASE", PASSPHRASE)
    assert server_folder() == profile / "server"
    copy = home / "copy.mdbackup"
    assert main(["backup", "--to", str(copy)]) == 0
    assert copy.stat().st_size > 10_000
    (home / "server").mkdir()
    (home / "server" / "server.db").touch()
    assert server_folder() == home / "server", "this computer's own comes first"


def test_one_window_at_a_time_founds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that ask for a passphrase at once would each put a key of its own under the data."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    profile = tmp_path / "desk"
    refused = []

    def ask(request: PassphraseRequest) -> None:
        with pytest.raises(AlreadyOpen) as taken:
            Founder(profile, told, courier=False).prepare()
        refused.append(taken.value.folder)

    founder = Founder(profile, ask, courier=False)
    with pytest.raises(PassphraseNotGiven):
        founder.prepare()
    assert refused == [profile]
    assert read_record(profile) is None
    with ProfileLock(profile):
        pass  # whoever gives up leaves it free


def check_founded(desk: Desk) -> None:
    """The shop is what was said, and its first desk protected and signed in."""
    assert desk.identity.fingerprint
    assert desk.runtime.profile.vault.protected
    person = desk.signed_in
    assert person is not None
    assert (person.login, person.name) == ("manager", "石店长")
    assert desk.settings.value(LANGUAGE) == "en"
    with desk.read() as connection, connection.begin():
        row = connection.exec_driver_sql("SELECT o.name, m.currency FROM outlets o, merchants m").one()
    assert tuple(row) == ("Market Street", "GBP")
    assert desk.settings.value(ZONE) == "Europe/London"


def check_comes_back(profile: Path, port: int) -> None:
    """While somebody has its port the server says so; afterwards the desk finds it where it was."""
    with socket.create_server(("127.0.0.1", port)):
        server = start_own_server(profile, told)
        try:
            until(lambda: [one.grade for one in own_server_findings(profile)] == [Grade.BAD])
        finally:
            server.close()
    server = start_own_server(profile, told)
    try:
        with Desk.open(profile, ask_passphrase=told) as desk:
            until(lambda: answers(desk))
            desk.sign_in("manager", PASSWORD)
            assert [one.grade for one in own_server_findings(profile)] == [Grade.GOOD]
    finally:
        server.close()


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
        found = free_port("127.0.0.1", port)
        assert found not in (0, port)
    assert free_port("127.0.0.1", found) == found


@pytest.mark.parametrize(
    ("shop", "wrong"),
    [
        (SHOP, set()),
        (NewShop("", "x", PASSWORD), {"name"}),
        (NewShop("a", "b", "manager"), {"password"}),
        (NewShop("a", "b", PASSWORD, currency="ABC", zone="x"), {"currency", "zone"}),
        (NewShop("a", "\n", PASSWORD, outlet="\t"), {"manager", "outlet"}),
    ],
)
def test_what_is_wrong_with_a_shop_is_named_by_its_field(shop: NewShop, wrong: set[str]) -> None:
    found = wrong_with(shop)
    assert set(found) == wrong
    assert all(isinstance(one, Refusal) for one in found.values())
