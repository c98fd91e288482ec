"""The server of a rehearsal: the real application on a real database, in this process, that can die."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from anyio import CapacityLimiter
from starlette.applications import Starlette

from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.deaths import Died, Fuse
from merchant_desk.rehearsal.homes import Home
from merchant_desk.rehearsal.poison import Poison
from merchant_desk.server.app import make_app
from merchant_desk.server.compaction import Compaction
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.services import Edge, ServerAddress, Services, open_services
from merchant_desk.server.state import renew_epoch

ADDRESS = ServerAddress("127.0.0.1", 8765)
SNAPSHOTS = "snapshots"
Result = TypeVar("Result")


class ServerDown(Exception):  # noqa: N818 - what a client meets
    """Nobody listens there at the moment."""


class LanesAtOnce(Lanes):
    """Does the server's work on the thread that asks: it has one request at a time, and threads cost more."""

    async def write(self, merchant_id: UUID | None, work: Callable[[], Result]) -> Result:
        """Do it."""
        return work()

    async def _run(self, work: Callable[[], Result], limiter: CapacityLimiter) -> Result:
        return work()


class RehearsedServer:
    """Opens, answers, dies and comes back. `skew` microseconds are what its clock is off.

    Args:
        folder: for what it makes beside its data.
        home: its data.
        chance: its clock, dice and ids.
        version: of its program.
    """

    def __init__(self, folder: Path, home: Home, chance: Chance, version: str) -> None:
        self.folder = folder
        self.home = home
        self.chance = chance
        self.skew = 0
        self.fuse = Fuse()
        self.is_up = False
        self.poison = Poison()
        self.restored = 0
        self.services: Services
        self._version = version
        self._app: Starlette
        self._loop = asyncio.new_event_loop()

    def clock(self) -> int:
        """Return what the server takes for the time."""
        return self.chance.clock() + self.skew

    def start(self) -> None:
        """Start, as a new process does."""
        edge = Edge(self.clock, self.chance.bytes, self.chance.new_id, self._version)
        self.services = open_services(
            self.home.open(), edge, ADDRESS, snapshot_folder=self.folder / SNAPSHOTS
        )
        self.fuse.lay(self.services.database.writer)
        self._app = make_app(self.services, LanesAtOnce(self.services.database))
        self.is_up = True

    def die(self) -> None:
        """Be killed: what was not committed is gone."""
        self.fuse.put_out()
        self.is_up = False
        self.services.database.reader.dispose()
        self.services.database.writer.dispose()

    def stop(self) -> None:
        """End in good order."""
        self.fuse.put_out()
        self.is_up = False
        self.services.close()

    def close(self) -> None:
        """End for good."""
        if self.is_up:
            self.stop()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.poison.leave()

    def answer(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes, *, cut: bool = False
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Answer one request; `cut`: the line breaks before the last half of its body.

        Raises:
            ServerDown: nobody listens, or it died over this request.
        """
        if not self.is_up:
            raise ServerDown
        talk = _Talk(body[: len(body) // 2] if cut else body, cut=cut)
        path, _, query = target.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
            "method": method, "scheme": "http", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("192.0.2.7", 4711), "server": ("127.0.0.1", 8765),
        }  # fmt: skip
        try:
            self._loop.run_until_complete(self._app(scope, talk.receive, talk.send))
        except Died as death:
            self.die()
            raise ServerDown from death
        return talk.status, talk.headers, bytes(talk.answer)

    # -- a server's days ---------------------------------------------------------------------------

    def back_up(self) -> None:
        """Make a copy that can be restored."""
        self.home.back_up(self.services.database)

    def restore(self, number: int) -> None:
        """Put a copy (from 0 on) in the data's place; the epoch is new, as the product's restore makes it."""
        if self.is_up:
            self.die()
        self.home.restore(number)
        database = self.home.open()
        with database.writer.begin() as connection:
            renew_epoch(connection, self.chance.new_id)
        database.close()
        self.restored += 1
        self.start()

    def compact(self) -> int:
        """Let the feed forget what newer rows have replaced; returns how many rows went."""
        compaction = Compaction(self.services.database, self.clock)
        try:
            self.services.contacts.flush()
            return sum(compaction.run())
        except Died:
            self.die()
            return 0


class _Talk:
    """The two halves of one ASGI request."""

    def __init__(self, body: bytes, *, cut: bool) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.answer = bytearray()
        self._messages: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": cut}]

    async def receive(self) -> dict[str, Any]:
        """Give the body; after it the client is gone."""
        return self._messages.pop(0) if self._messages else {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Take the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.answer += message.get("body", b"")
