"""The real application in this process, reached by a real HTTP client without a network."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec
from starlette.applications import Starlette

from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.models.columns import Side
from merchant_desk.server.app import make_app
from merchant_desk.server.database import ServerDatabase, open_embedded, open_postgres
from merchant_desk.server.services import Edge, ServerAddress, Services, open_services
from merchant_desk.sync.administration import SESSION_HEADER, SignedIn, SignInTry
from merchant_desk.sync.protocol import (
    EnrolAnswer,
    EnrolRequest,
    FeedPage,
    Problem,
    PushAnswer,
    PushRequest,
    decode,
    encode,
)
from merchant_desk.sync.signing import DeviceKeys
from tests.helpers.kept import lay_tables
from tests.helpers.world import KEY, Chance

Result = TypeVar("Result")

PASSWORD = "青石-sesame-7"
MSGPACK = {"Accept": "application/msgpack"}


class Loop:
    """An event loop on a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test-loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], seconds: float = 60) -> Result:
        """Run a coroutine there and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def close(self) -> None:
        """Stop it."""
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class AppTransport(httpx.BaseTransport):
    """Carries the requests of a blocking client to an application on a loop."""

    def __init__(self, app: Starlette, loop: Loop, host: str = "192.0.2.7") -> None:
        self._transport = httpx.ASGITransport(app, client=(host, 4711))
        self._loop = loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._loop.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = await self._transport.handle_async_request(copy)
        raw = b"".join([part async for part in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw))


@dataclass
class WebDesk:
    """An enrolled device that speaks plain HTTP."""

    client: httpx.Client
    keys: DeviceKeys
    enrolled: EnrolAnswer
    session: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What it shows with every request."""
        shown = {**MSGPACK, "Authorization": f"Bearer {self.enrolled.token}"}
        return {**shown, SESSION_HEADER: self.session} if self.session else shown

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={**self.headers, **headers})

    def post(self, path: str, message: Any, **headers: str) -> httpx.Response:
        body = message if isinstance(message, bytes) else encode(message)
        return self.client.post(path, content=body, headers={**self.headers, **headers})

    def sign_in(self, login: str, password: str = PASSWORD) -> SignedIn:
        answer = self.post("/sign-in", SignInTry(login, password))
        assert answer.status_code == 200, problem(answer)
        signed_in = decode(answer.content, SignedIn)
        self.session = signed_in.session
        return signed_in

    # The wire of a `WorldDesk`.

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        return decode(self._checked(self.post("/push", request)), PushAnswer)

    def pull(self, token: str, after: int, rows: int) -> FeedPage:
        return decode(self._checked(self.get(f"/feed?after={after}&rows={rows}")), FeedPage)

    @staticmethod
    def _checked(answer: httpx.Response) -> bytes:
        assert answer.status_code == 200, problem(answer)
        return answer.content


def problem(answer: httpx.Response) -> Problem:
    """Return what a refused request was told."""
    if answer.headers["Content-Type"] == "application/json":
        return msgspec.json.decode(answer.content, type=Problem)
    return decode(answer.content, Problem)


@dataclass
class Merchant:
    """A merchant with an outlet, a manager, a worker and some shelves."""

    id: UUID
    manager: UUID
    worker: UUID
    outlet: UUID
    warehouse: UUID
    shelves: list[UUID] = field(default_factory=list)


class WebWorld:
    """Services, their application and a client."""

    def __init__(self, services: Services, chance: Chance) -> None:
        self.services = services
        self.chance = chance
        self.app = make_app(services)
        self.loop = Loop()
        self._lifespan: AbstractAsyncContextManager[Any] = self.app.router.lifespan_context(self.app)
        self.loop.run(self._enter())
        self.client = self.client_from("192.0.2.7")
        self.merchant = self.found("青石供销社", "CG")

    async def _enter(self) -> None:
        await self._lifespan.__aenter__()

    async def _leave(self) -> None:
        await self._lifespan.__aexit__(None, None, None)

    def client_from(self, host: str) -> httpx.Client:
        transport = AppTransport(self.app, self.loop, host)
        return httpx.Client(transport=transport, base_url="http://server")

    def close(self) -> None:
        self.loop.run(self._leave())
        self.loop.close()
        self.services.close()

    def found(self, name: str, code: str) -> Merchant:
        """Found a merchant."""
        new_id = self.chance.new_id
        merchant, manager, worker, outlet, warehouse = (new_id() for _ in range(5))
        shelves = ("A-01", "A-02")
        made = Merchant(
            merchant, manager, worker, outlet, warehouse, [location_id(warehouse, code) for code in shelves]
        )
        self.services.house.do(
            made.id,
            FoundMerchant(name, "CNY", made.manager, "店长"),
            AddOutlet(made.outlet, code, name, "Asia/Shanghai", 0, made.warehouse),
            AddPerson(made.worker, "worker", "仓管", "P:1001"),
            GrantRole(made.worker, "warehouse", made.outlet),
            AddLocations(made.outlet, made.warehouse, "storage", shelves),
        )
        return made

    def add_outlet(self, code: str, merchant: Merchant | None = None) -> UUID:
        """Open another outlet."""
        outlet, warehouse = self.chance.new_id(), self.chance.new_id()
        owner = merchant or self.merchant
        self.services.house.do(owner.id, AddOutlet(outlet, code, code, "Asia/Shanghai", 0, warehouse))
        return outlet

    def desk(
        self, merchant: Merchant | None = None, outlet: UUID | None = None, groups: tuple[str, ...] = ()
    ) -> WebDesk:
        """Enrol a desk over HTTP."""
        owner = merchant or self.merchant
        secret = self.services.enrolment.invite(owner.id, outlet or owner.outlet, groups)
        keys = DeviceKeys.make(self.chance.bytes)
        request = EnrolRequest(secret, "收银台", keys.verifying_key, keys.sealing_key, b"")
        # Each from an address of its own, or the throttle would have something to say.
        client = self.client_from(f"192.0.2.{100 + self.chance.count % 100}")
        answer = client.post("/enrol", content=encode(request), headers=MSGPACK)
        assert answer.status_code == 200, problem(answer)
        return WebDesk(self.client, keys, decode(answer.content, EnrolAnswer))


Opened = Callable[..., WebWorld]


def database_for(folder: Path, url: str | None) -> ServerDatabase:
    """Open the embedded database, or the PostgreSQL at a URL."""
    if url:
        return open_postgres(url)
    lay_tables(folder / "server.db", Side.SERVER, KEY)
    return open_embedded(folder / "server.db", KEY)


@contextmanager
def web_world(folder: Path, url: str | None = None, seed: int = 1, **options: Any) -> Iterator[WebWorld]:
    """Open a world and close it."""
    chance = Chance(seed)
    edge = Edge(chance.clock, chance.bytes, chance.new_id)
    address = ServerAddress("192.0.2.1", 8765, bytes(32))
    options.setdefault("snapshot_folder", folder / "snapshots")
    services = open_services(database_for(folder, url), edge, address, **options)
    world = WebWorld(services, chance)
    try:
        yield world
    finally:
        world.close()
