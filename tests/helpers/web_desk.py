"""A desk without threads on a real application: real HTTP messages, parts of files too, but no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

import merchant_desk
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import EnrolRequest
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import HttpFetch, ServerApi
from tests.helpers.kept import lay_profile
from tests.helpers.lone_desk import LoneDesk, Wire
from tests.server.test_exchange import adjust, rice
from tests.server.web import AppTransport, WebWorld


class Scissors(httpx.BaseTransport):
    """Ends answers after `most` bytes of their body, as a line does that breaks; None: leaves them whole."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.most: int | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if self.most is None or request.url.path != "/snapshot":
            return answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, stream=_Cut(answer.read(), self.most)
        )


class _Cut(httpx.SyncByteStream):
    def __init__(self, data: bytes, most: int) -> None:
        self._data, self._most = data, most

    def __iter__(self) -> Iterator[bytes]:
        yield self._data[: self._most]
        if len(self._data) > self._most:
            raise httpx.ReadError("the test says so")


@dataclass
class WebShop:
    """A merchant with goods at a real application, in the words of `Shop` as far as a `LoneDesk` asks."""

    web: WebWorld
    folder: Path
    goods: int = 60

    def __post_init__(self) -> None:
        at = self.web.merchant
        self.world: Any = SimpleNamespace(
            chance=self.web.chance,
            merchant_id=at.id,
            manager=at.manager,
            outlet=at.outlet,
            warehouse=at.warehouse,
            shelves=at.shelves,
            server=SimpleNamespace(
                engine=self.web.services.database.writer, enrolment=self.web.services.enrolment
            ),
        )
        self.fetch: Any = None
        object.__setattr__(self.web.services.edge, "version", merchant_desk.__version__)
        first = self.stock()
        self.rice = first.sku_id
        for _ in range(self.goods - 1):
            self.stock()

    def stock(self) -> NewSku:
        """Let the server have one more product, with some stock."""
        sku = rice(self.web)
        moved = (adjust(self.web, sku, 5), adjust(self.web, sku, -2))
        self.web.services.house.do(self.web.merchant.id, AddProduct(sku), *moved)
        return sku

    def sql(self, statement: str) -> None:
        """Change the server's database behind its back."""
        with self.web.services.database.writer.begin() as connection:
            connection.exec_driver_sql(statement)

    def renew_epoch(self) -> None:
        """Let the server have another history from now on, as a restart after a restore does."""
        object.__setattr__(self.web.services.state, "epoch", self.web.chance.new_id())
        snapshots = self.web.services.snapshots
        assert snapshots is not None
        snapshots.close()

    def newcomer(self, name: str = "new") -> LoneDesk:
        """Enrol a desk that has pulled nothing yet."""
        scissors = Scissors(AppTransport(self.web.app, self.web.loop, f"192.0.2.{len(name) + 200}"))
        fetch = HttpFetch("http://127.0.0.1", None, scissors)
        keys = DeviceKeys.make(self.web.chance.bytes)
        secret = self.web.services.enrolment.invite(self.web.merchant.id, self.web.merchant.outlet, ("cost",))
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
        answer = ServerApi(fetch, "").enrol(request)
        identity = Identity(
            answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, name,
            "http://127.0.0.1", "", answer.token, keys.signing_seed, keys.agreement_seed,
        )  # fmt: skip
        lay_profile(self.folder / name)
        profile = open_profile(self.folder / name, demo=True, ask_passphrase=lambda request: None)
        with profile.writer.begin() as connection:
            write_value(connection.connection.cursor(), "identity", identity)
        profile.close()
        desk = LoneDesk(self, self.folder / name, Wire(fetch))  # type: ignore[arg-type]
        desk.scissors = scissors  # type: ignore[attr-defined]
        return desk.open()


def stored(store: Store) -> dict[str, list[str]]:
    """Return every row of the trade's tables with where the feed has it; totals of nothing left out."""
    found: dict[str, list[str]] = {}
    with store.engine.connect() as connection, connection.begin():
        for name, spec in SPECS.items():
            rows = connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().all()
            if spec.sums == () and not spec.synced:
                ints = [column.name for column in spec.columns if column.kind == "int"]
                rows = [row for row in rows if any(row[one] for one in ints)]
            found[name] = sorted(repr(sorted(row.items())) for row in rows)
    return found
