"""Worlds on both databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.cli import own_founding
from merchant_desk.server.database import open_postgres
from merchant_desk.server.process import DEFAULT_PORT
from tests.helpers.postgres import PostgresServer
from tests.server.own_shop import Shop, protect_cheaply
from tests.server.web import WebWorld, web_world


@pytest.fixture(autouse=True, scope="session")
def _own_servers_apart() -> Iterator[None]:
    """A founder's server keeps the usual port while it is down: each worker of the tests has its own."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own_founding, "DEFAULT_PORT", DEFAULT_PORT + 1 + worker)
        yield


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that was founded at the door, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        protect_cheaply(patch)
        return Shop.found(tmp_path_factory.mktemp("founded") / "shop")


@pytest.fixture
def shop(founded: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A shop that was founded at the door, of this test alone."""
    protect_cheaply(monkeypatch)
    return founded.copy(tmp_path / "shop")


def _build(url: str) -> None:
    open_postgres(url).close()


@pytest.fixture
def server_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database with the server's empty tables."""
    url = postgres_server.create_database(postgres_server.template("server", _build))
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebWorld]:
    """A server in this process, on each database in turn."""
    url = request.getfixturevalue("server_url") if request.param == "postgresql" else None
    with web_world(tmp_path, url) as opened:
        yield opened


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[WebWorld]:
    """A server in this process on the embedded database."""
    with web_world(tmp_path) as opened:
        yield opened
