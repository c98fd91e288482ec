"""A stage for measurements: a server process with the demo merchant, and desks that know no more than it."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.server.demo.structure import MANAGER

DATABASE_URL = "MERCHANT_DESK_DATABASE_URL"


@dataclass
class Stage:
    """A running server and secrets for desks."""

    folder: Path
    server: EmbeddedServer
    shop: demo_shop.DemoShop
    used: int = 0

    def desk(self, *, courier: bool = False) -> Desk:
        """Enrol the next desk and sign its manager in."""
        secret = self.shop.secrets[self.used]
        self.used += 1
        code = demo_shop.enrolment_code(secret, self.server.port)
        folder = self.folder / f"desk{self.used}"
        return demo_shop.enrol(folder, code, f"desk {self.used}", MANAGER, courier=courier)

    def code(self) -> str:
        """Return the code for the next desk, not enrolled yet."""
        secret = self.shop.secrets[self.used]
        self.used += 1
        return demo_shop.enrolment_code(secret, self.server.port)


@contextlib.contextmanager
def stage(desks: int, *, postgres: bool = False) -> Iterator[Stage]:
    """Set a stage in a temporary folder; with `postgres` on MERCHANT_DESK_DATABASE_URL, if set."""
    url = os.environ.get(DATABASE_URL) if postgres else None
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shop = demo_shop.prepare(folder / "server", desks, database_url=url)
        options = ["--demo", *(["--database-url", url] if url else [])]
        server = EmbeddedServer(folder / "server", options)
        try:
            yield Stage(folder, server, shop)
        finally:
            server.close()


def seconds(start: float) -> float:
    """Return the seconds since a `time.perf_counter()`."""
    return time.perf_counter() - start
