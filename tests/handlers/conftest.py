"""The floor on both databases: every test of this folder runs on each."""

from collections.abc import Iterator
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine

from merchant_desk.models import server_tables
from merchant_desk.models.encrypted import open_engine
from tests.helpers.floor import Floor, named
from tests.helpers.postgres import PostgresServer

_merchants = count()


@pytest.fixture(scope="session")
def sqlite_floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A server's tables on SQLite."""
    engine = open_engine(tmp_path_factory.mktemp("floor") / "server.db", None, role="writer")
    server_tables.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_floor(postgres_server: PostgresServer) -> Iterator[Engine]:
    """A server's tables on PostgreSQL."""
    url = postgres_server.create_database()
    engine = create_engine(url)
    server_tables.metadata.create_all(engine)
    yield engine
    engine.dispose()
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def floor(request: pytest.FixtureRequest) -> Floor:
    """A new merchant, on SQLite and on PostgreSQL."""
    engine: Engine = request.getfixturevalue(f"{request.param}_floor")
    return Floor(engine, named(f"merchant {next(_merchants)}"))
