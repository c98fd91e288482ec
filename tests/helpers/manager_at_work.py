"""A merchant's server at a port with a manager who has a password, and a desk where that manager works."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from merchant_desk.desk import Desk
    from tests.helpers.web_server import PortServer


@pytest.fixture
def server(tmp_path: Path) -> "Iterator[PortServer]":
    """A server whose manager may do everything in the whole merchant: one shelf, one product."""
    # Tests of a rule need not wait for a web server's imports.
    from tests.helpers.web_server import port_server
    from tests.server.web import PASSWORD

    with port_server(tmp_path) as opened:
        opened.services.people.set_password(opened.merchant, opened.manager, PASSWORD)
        yield opened


@pytest.fixture
def desk(server: "PortServer", tmp_path: Path) -> "Iterator[Desk]":
    """A desk where the manager is signed in, and that has just heard from the server."""
    from tests.server.web import PASSWORD

    with server.desk(tmp_path / "desk") as opened:
        opened.sign_in("manager", PASSWORD)
        opened.sync()
        yield opened
