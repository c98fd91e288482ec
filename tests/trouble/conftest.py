"""A running shop for each file of tests, a wire to its server that can be cut, and a desk behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.desk import Desk
from tests.trouble.shopfloor import RealShop, real_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealShop]:
    """A server process with a merchant; one for a file, since starting it takes a second."""
    folder = tmp_path_factory.mktemp("shop")
    with real_shop(folder) as made:
        made.desk(folder / "keeper")
        yield made


@pytest.fixture
def wire(shop: RealShop) -> Iterator[Proxy]:
    """The network between desks and the server."""
    proxy = Proxy(int(shop.server.url.rpartition(":")[2]))
    yield proxy
    proxy.end()


@pytest.fixture
def desk(shop: RealShop, wire: Proxy, tmp_path: Path) -> Desk:
    """A desk behind the wire, with the manager signed in."""
    return shop.reopened(shop.desk(tmp_path / "desk"), f"http://127.0.0.1:{wire.port}")
