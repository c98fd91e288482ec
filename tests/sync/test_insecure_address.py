"""Nothing leaves in clear for another machine, whoever gave the address; no pin is dropped."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import SignInTry
from merchant_desk.sync.courier import Courier
from merchant_desk.sync.enrolment_code import InsecureAddress
from merchant_desk.sync.key_copies import recover_from_server
from merchant_desk.sync.pinning import PinWithoutTls
from merchant_desk.sync.recovery import DeskHome, keep_home
from merchant_desk.sync.transport import HttpFetch, ServerApi, Unreachable
from tests.helpers.shop import PASSWORD, Shop

PIN = b"\x11" * 32
ELSEWHERE = (
    "http://192.0.2.9:8765",
    "HTTP://192.0.2.9:8765",
    "http://server",
    "http://127.0.0.1.example.org",
    "http://127.0.0.1@192.0.2.9/",
    "http://[2001:db8::1]:8765",
    "server:8765",
    "ftp://192.0.2.9",
)
HERE = ("http://127.0.0.1:8765", "http://localhost:8765", "http://[::1]:8765")


class Wire:
    """Keeps what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(str(request.url))
        return httpx.Response(500)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.mark.parametrize("pin", [None, PIN], ids=["unpinned", "pinned"])
@pytest.mark.parametrize("url", ELSEWHERE)
def test_no_password_goes_to_another_machine_in_clear(url: str, pin: bytes | None) -> None:
    wire = Wire()

    def sign_in() -> None:
        fetch = HttpFetch(url, pin, transport=httpx.MockTransport(wire))
        ServerApi(fetch, "token").sign_in(SignInTry("manager", PASSWORD), 5)

    with pytest.raises(InsecureAddress) as fault:
        sign_in()
    assert wire.sent == []
    assert fault.value.sentence("zh_CN") != fault.value.sentence("en")


@pytest.mark.parametrize("url", HERE)
def test_a_pinned_certificate_is_not_dropped_on_this_machine_either(url: str) -> None:
    with pytest.raises(PinWithoutTls) as fault:
        HttpFetch(url, PIN)
    assert "https" in fault.value.sentence("zh_CN")
    assert "https" in fault.value.sentence("en")
    HttpFetch(url, None).close()
    HttpFetch(url.replace("http", "HTTPS"), PIN).close()


@pytest.mark.parametrize("make", [HttpFetch, Courier])
@pytest.mark.parametrize(
    ("url", "pin", "wanted"),
    [
        (ELSEWHERE[0], None, InsecureAddress),
        (HERE[0], PIN, PinWithoutTls),
        ("192.0.2.9:8765", None, (InsecureAddress, Unreachable)),
    ],
)
def test_here_and_in_a_helper_process_it_is_the_same(
    make: Callable[[str, bytes | None], object], url: str, pin: bytes | None, wanted: type[Fault]
) -> None:
    with pytest.raises(wanted):
        make(url, pin)


@pytest.mark.parametrize("courier", [False, True])
def test_a_desk_is_not_opened_on_such_an_address_and_is_free_again(shop: Shop, courier: bool) -> None:
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    with pytest.raises(InsecureAddress):
        Desk.open(folder, server_url=ELSEWHERE[0], courier=courier)
    Desk.open(folder, server_url=HERE[0]).close()


def test_a_lost_key_is_not_asked_for_in_clear(shop: Shop) -> None:
    desk = shop.desk("manager")
    folder, identity = desk.runtime.profile.folder, desk.identity
    desk.close()
    pinned = "https://192.0.2.9", PIN.hex()
    home = DeskHome(identity.merchant_id, identity.device_id, identity.code, identity.name, *pinned)
    keep_home(folder, home, profile_id="profile")
    with pytest.raises(InsecureAddress):
        recover_from_server(folder, "manager", PASSWORD, lambda request: None, server_url=ELSEWHERE[0])
    with pytest.raises(PinWithoutTls):
        recover_from_server(folder, "manager", PASSWORD, lambda request: None, server_url=HERE[0])
