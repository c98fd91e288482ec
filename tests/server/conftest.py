"""Worlds on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.web import WebWorld, web_world


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebWorld]:
    """A server in this process, on each database in turn."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with web_world(tmp_path, url) as opened:
        yield opened


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[WebWorld]:
    """A server in this process on the embedded database."""
    with web_world(tmp_path) as opened:
        yield opened
