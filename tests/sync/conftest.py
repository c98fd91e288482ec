"""A shop with its server, and a desk of it, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.lone_desk import LoneDesk, enrol
from tests.helpers.shop import Shop
from tests.helpers.web_server import PortServer, port_server
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
def server(tmp_path: Path) -> Iterator[PortServer]:
    """A server at a port, whose manager has a password."""
    with port_server(tmp_path) as opened:
        opened.services.people.set_password(opened.merchant, opened.manager, PASSWORD)
        yield opened


@pytest.fixture
def folder(server: PortServer, tmp_path: Path) -> Path:
    """The folder of a desk that is closed, and knows the manager."""
    with server.desk(tmp_path / "desk") as desk:
        desk.sign_in("manager", PASSWORD)
    return tmp_path / "desk"
