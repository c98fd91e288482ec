"""Does a desk follow its server to another address, and never go to another server?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from merchant_desk.desk import Desk
from merchant_desk.models.server_tables import device_heads
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.enrolment_code import InsecureAddress
from merchant_desk.sync.moving import AddressUnreadable, OtherServer, place_of
from merchant_desk.sync.transport import Unreachable
from tests.helpers.postgres import free_port
from tests.helpers.web_server import PortServer, port_server
from tests.server.web import PASSWORD

ID = UUID(int=1)
PINNED = Identity(ID, ID, ID, "01", "desk", "https://192.0.2.1:8765", "ab" * 32, "t", b"", b"")


@pytest.fixture
def desk(server: PortServer, tmp_path: Path) -> Iterator[Desk]:
    """A desk with an operation that it has not sent."""
    with server.desk(tmp_path / "desk") as opened:
        opened.sign_in("manager", PASSWORD)
        opened.do(server.adjust())
        opened.runtime.refresh_status()
        yield opened


def move(server: PortServer) -> None:
    """Let the server come back at another port."""
    server.stop()
    server.port = free_port()
    server.start()


def test_the_same_server_at_another_port(server: PortServer, desk: Desk, tmp_path: Path) -> None:
    move(server)
    with pytest.raises(Unreachable):
        desk.sync()
    moved = desk.move_to(f"{server.url}/ ")
    assert (moved.url, moved.restored) == (server.url, False)
    assert (desk.status.waiting, desk.status.fault) == (0, None)
    assert list(server.outcomes().values()).count("refused") == 0
    before = desk.identity
    desk.close()
    with Desk.open(tmp_path / "desk", demo=True) as again:
        assert (again.identity, again.identity.server_url) == (before, server.url)
        again.sync()


def test_another_server_gets_nothing(server: PortServer, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    before, waiting = desk.identity, desk.status.waiting
    with port_server(tmp_path / "other") as other:
        for where in (other.url, other.code()):
            with pytest.raises(OtherServer, match="does not know this desk"):
                desk.move_to(where)
        with other.services.database.reader.connect() as connection, connection.begin():
            assert connection.scalar(select(func.count()).select_from(device_heads)) == 1, "itself"
    with pytest.raises(Unreachable):
        desk.move_to(f"http://127.0.0.1:{free_port()}")
    assert (desk.identity, desk.status.waiting) == (before, waiting)
    desk.sync()
    assert desk.status.waiting == 0


@pytest.mark.expects_log("rebuild_needed")
def test_one_that_was_restored_needs_a_word_for_it(server: PortServer, desk: Desk) -> None:
    content = server.copy()
    desk.sync()
    sent = len(server.outcomes())
    server.port = free_port()
    server.restore(content)
    assert len(server.outcomes()) == sent - 1
    with pytest.raises(OtherServer):
        desk.move_to(server.url)
    code = server.code()
    moved = desk.move_to(code)
    assert moved.restored
    assert len(server.outcomes()) == sent
    again = Desk.enrol(desk.runtime.profile.folder.with_name("next"), code, "next", demo=True)
    again.close()  # the code was not used up


@pytest.mark.parametrize(
    "where",
    ["", "ftp://server", "https://", "https://user:pass@server:1", "https://server:99999", "server:8765"],
)
def test_what_is_no_address(where: str) -> None:
    with pytest.raises(AddressUnreadable):
        place_of(where, PINNED)


def test_nothing_goes_out_in_clear(desk: Desk) -> None:
    with pytest.raises(InsecureAddress):
        desk.move_to("http://192.0.2.7:8765")


def test_an_address_keeps_the_certificate() -> None:
    place = place_of("HTTPS://Server.example:9000/x", PINNED)
    assert (place.url, place.fingerprint) == ("https://server.example:9000", bytes.fromhex("ab" * 32))
    assert place.vouched
