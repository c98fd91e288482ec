"""The embedded server: its own data, its own log, started again when it dies, gone when it is closed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.cli.embedded import EmbeddedServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "server", ["--demo"])
    yield server
    server.close()


def test_it_never_opens_the_database_that_this_machine_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_DESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/shop")
    server = EmbeddedServer(tmp_path / "server", ["--demo", "--wait", "1"])
    try:
        assert server.ready["database"] == "sqlite"
        assert (tmp_path / "server" / "server.db").exists()
    finally:
        server.close()
