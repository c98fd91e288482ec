"""A shop with its server, and a desk of it, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from tests.helpers.copied_desk import offline, use_keyring
from tests.helpers.keyrings import FakeBackend
from tests.helpers.lone_desk import LoneDesk, enrol
from tests.helpers.shop import Shop
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    opened = enrol(shop)
    yield opened
    opened.close()


@pytest.fixture
def folder(server: PortServer, tmp_path: Path) -> Path:
    """The folder of a desk that is closed, and knows the manager."""
    with server.desk(tmp_path / "desk") as desk:
        desk.sign_in("manager", PASSWORD)
    return tmp_path / "desk"


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """The keyring of this machine."""
    return use_keyring(monkeypatch)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """The folder of a stick."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def copying_desk(ring: FakeBackend, shop: Shop, tmp_path: Path, stick: Path) -> Desk:
    """A desk without a line that copies to a stick; closed with the shop."""
    return offline(shop, tmp_path / "desk", stick)
