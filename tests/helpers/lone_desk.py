"""A desk without threads: profile, engine and exchange, over a wire of real bytes that a test may spoil.

And a server whose database can be put away and brought back, as people do with backups.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.columns import Scope, Side
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.faults import Fault
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.models.totals import SUM_NAMES
from merchant_desk.sync import rebuild
from merchant_desk.sync.desk import Changes, DeskEngine
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.exchange import Exchange, Report
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.profile import OpenProfile, open_profile
from merchant_desk.sync.protocol import EnrolRequest
from merchant_desk.sync.rebase import continued, enrol_again, rebase_outbox
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import Request, Response, ServerApi
from tests.helpers.kept import lay_profile
from tests.helpers.shop import Shop, WireFetch

Timer = Callable[[], float]


@dataclass
class Stopwatch:
    """Seconds that pass when the test says so."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Wire:
    """Carries requests to a shop's server; `before` and `after` may raise, change and count."""

    fetch: WireFetch
    before: Callable[[Request], Request] = lambda request: request
    after: Callable[[Request, Response], Response] = lambda request, response: response
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self.after(request, self.fetch(self.before(request)))

    def paths(self) -> list[str]:
        """Return what was asked for, without parameters."""
        return [request.path.partition("?")[0] for request in self.requests]

    def feeds(self) -> list[str]:
        """Return the pages that were asked for, and forget all requests."""
        found = [request.path for request in self.requests if request.path.startswith("/feed")]
        self.requests.clear()
        return found


class LoneDesk:
    """One desk of a shop."""

    def __init__(self, shop: Shop, folder: Path, wire: Wire | None = None) -> None:
        self.shop = shop
        self.folder = folder
        self.wire = wire or Wire(shop.fetch)
        self.watch = Stopwatch()
        self.changes: list[Changes] = []
        self.profile: OpenProfile
        self.engine: DeskEngine
        self.exchange: Exchange

    def open(self) -> "LoneDesk":
        """Start, as a new process does."""
        self.profile = open_profile(self.folder, demo=True, ask_passphrase=lambda request: None)
        chance = self.shop.world.chance
        self.engine = DeskEngine(self.profile.store, chance.clock, chance.new_id)
        self.use_token()
        self.exchange = Exchange(
            self.engine,
            self.profile,
            lambda: self.api,
            lambda job: job(),
            self.profile.reader.connect,
            chance.clock,
            self.watch,
        )
        return self

    def use_token(self) -> None:
        self.api = ServerApi(self.wire, self.engine.identity.token)

    def close(self) -> None:
        self.profile.close()

    def restart(self) -> None:
        self.close()
        self.open()

    def run(self, cancelled: Callable[[], bool] = lambda: False) -> Report:
        """Exchange once; what it says comes back, what it raises too."""
        return self.exchange.run(self.changes.append, cancelled)

    def sync(self) -> Report:
        """Exchange until nothing is left; nothing may be wrong."""
        report = self.run()
        assert report.fault is None
        assert report.alarm is None
        return report

    def do(self, body: object, person: UUID | None = None, about: UUID | None = None) -> UUID:
        """Do something as the manager; returns the operation's id."""
        return self.engine.do(body, person or self.shop.world.manager, about=about).op_id

    def enrol_again(self) -> None:
        """Take on a new identity by a new code."""
        world = self.shop.world
        keys = DeviceKeys.make(world.chance.bytes)
        secret = world.server.enrolment.invite(world.merchant_id, world.outlet, ("cost",))
        request = EnrolRequest(secret, "desk again", keys.verifying_key, keys.sealing_key, b"")
        request = continued(self.engine, request)
        enrol = ServerApi(self.wire, "").enrol
        new = enrol_again(self.engine, request, keys, enrol, ("http://127.0.0.1:1", ""))
        self.changes.append(rebase_outbox(self.engine, new, world.chance.new_id))
        self.use_token()

    # -- looking ---------------------------------------------------------------------------------

    def outbox(self, columns: str = "op_id, status") -> list[Sequence[Any]]:
        """Return columns of the outbox in order."""
        with self.profile.reader.connect() as connection, connection.begin():
            sql = f"SELECT {columns} FROM outbox ORDER BY device_seq"
            return list(connection.exec_driver_sql(sql).all())

    def op_ids(self) -> list[UUID]:
        return [UUID(bytes=row[0]) for row in self.outbox("op_id")]

    def unsettled(self) -> int:
        return len([row for row in self.outbox("settled_at") if row[0] is None])

    def draft_files(self) -> list[str]:
        """Return what a rebuild has left."""
        return [file.name for file in self.folder.glob("desk.db.rebuild*")]

    def sql(self, statement: str, *values: Any) -> None:
        """Change the database behind the program's back."""
        with self.profile.writer.begin() as connection:
            connection.exec_driver_sql(statement, tuple(values))
        self.engine.reload()


def enrol(shop: Shop, name: str = "desk", wire: Wire | None = None) -> LoneDesk:
    """Enrol a desk without threads, where the manager signed in, and let it pull once."""
    world = shop.world
    keys = DeviceKeys.make(world.chance.bytes)
    secret = world.server.enrolment.invite(world.merchant_id, world.outlet, ("cost",))
    request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
    answer = world.server.enrolment.enrol(request, world.server.epoch)
    identity = Identity(
        answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, name,
        "http://127.0.0.1:1", "", answer.token, keys.signing_seed, keys.agreement_seed,
    )  # fmt: skip
    world.server.prove(answer.device_id, world.manager)
    folder = shop.folder / name
    lay_profile(folder)
    profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
    with profile.writer.begin() as connection:
        write_value(connection.connection.cursor(), "identity", identity)
    profile.close()
    desk = LoneDesk(shop, folder, wire).open()
    desk.sync()
    return desk


# ---------------------------------------------------------------- work


def adjust(shop: Shop, quantity: int = 1, shelf: int = 0) -> AdjustStock:
    """Return a fact that adds rows."""
    world = shop.world
    return AdjustStock(
        world.outlet, world.warehouse, world.shelves[shelf], shop.rice, None, "sellable",
        quantity * MICRO, "found", "",
    )  # fmt: skip


def receipt(shop: Shop, number: str, lines: int = 2) -> list[object]:
    """Return a blind delivery from its opening to its closing: facts that make, add to and change a row."""
    world, receipt_id = shop.world, shop.world.chance.new_id()
    found: list[object] = [OpenReceipt(receipt_id, number, world.outlet, world.warehouse, None, None)]
    found += [
        ReceiveGoods(
            receipt_id, world.outlet, world.warehouse, world.shelves[0], shop.rice, None, MICRO, MICRO,
            "", None, "", "sellable", "9520000000028",
        )
        for _ in range(lines)
    ]  # fmt: skip
    return [*found, CloseReceipt(receipt_id, world.outlet)]


def order(shop: Shop, number: str, count: int = 1) -> list[object]:
    """Return an order and its acceptance: decisions, the second standing on the first."""
    world, order_id = shop.world, shop.world.chance.new_id()
    line = OrderLine(world.chance.new_id(), shop.rice, count * MICRO, 68 * MICRO, 6_800 * count)
    new = NewOrder(
        order_id, number, "门店", world.warehouse, None, "尾号 2041", "review", world.chance.now, None, 0, 0,
        (line,),
    )  # fmt: skip
    return [PlaceOrder(world.outlet, new), AcceptOrder(order_id, world.outlet)]


# ---------------------------------------------------------------- the server's database


class Backups:
    """Puts the server's database away and brings it back."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._path = Path(str(shop.world.server.engine.url.database))
        self._copies = 0

    def make(self) -> Path:
        """Copy it as it is now."""
        self._copies += 1
        checkpoint(self._shop.world.server.engine, "TRUNCATE")
        return Path(shutil.copy(self._path, self._path.with_name(f"backup{self._copies}.db")))

    def restore(self, copy: Path, *, epoch: bool = True) -> None:
        """Put a copy in its place; with a new epoch, as the product's restore does, or behind its back."""
        server = self._shop.world.server
        server.engine.dispose()
        # Files of their own: SQLite closes old ones only when the last cursor in an exception's frames goes.
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        shutil.copy(copy, self._path)
        if epoch:
            server.epoch = self._shop.world.chance.new_id()


def log_of(shop: Shop) -> dict[UUID, str]:
    """Return every operation that the server has with its outcome; an id twice would be an error."""
    with shop.world.server.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT op_id, status FROM operations").all()
    assert len(rows) == len({row[0] for row in rows})
    return {UUID(bytes=row[0]): row[1] for row in rows}


def images(store: Store, shop: Shop, tables: Sequence[str]) -> dict[tuple[str, UUID], bytes]:
    """Return the canonical bytes of every row."""
    found = {}
    with store.engine.begin() as connection:
        unit = store.unit_on(connection, shop.world.merchant_id)
        for table in tables:
            statements = store.statements[table]
            unit.cursor.execute(f"SELECT {', '.join(statements.columns)} FROM {table}")
            for row in store.readers[table](unit.cursor.fetchall()):
                found[table, row["id"]] = store.codecs[table].encode(row)
    return found


SHARED = [
    name
    for name, spec in SPECS.items()
    if spec.scope in (Scope.MERCHANT, Scope.OUTLET) and spec.group in ("", "cost")
]
TOTALS = [name for name, spec in SPECS.items() if spec.scope is Scope.DERIVED]


def assert_agrees(desk: LoneDesk) -> None:
    """A desk with nothing open holds just what the server holds, totals included, and its chain is whole."""
    assert desk.unsettled() == 0
    shop = desk.shop
    server = Store(shop.world.server.engine, Side.SERVER)
    here, there = (images(store, shop, SHARED) for store in (desk.engine.store, server))
    assert {key[0] for key in here.keys() ^ there.keys()} == set()
    assert [key for key in here if here[key] != there[key]] == []
    assert totals(desk.engine.store, shop) == totals(server, shop)


def totals(store: Store, shop: Shop) -> dict[tuple[str, UUID], bytes]:
    """Return totals that are not nothing."""
    with store.engine.begin() as connection:
        unit = store.unit_on(connection, shop.world.merchant_id)
        found = {}
        for table in TOTALS:
            statements = store.statements[table]
            unit.cursor.execute(f"SELECT {', '.join(statements.columns)} FROM {table}")
            for row in store.readers[table](unit.cursor.fetchall()):
                if any(row[name] for name in SUM_NAMES[table]):
                    found[table, row["id"]] = store.codecs[table].encode(row)
    return found


def examples(short: int) -> settings:
    """Return settings for a property whose examples are whole shops: more of them in long runs."""
    default = settings.default
    return settings(max_examples=max(short, default.max_examples // 50 if default else 0))


def small_pages(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Let a rebuild fetch so many rows at a time."""
    monkeypatch.setattr(rebuild, "Pace", lambda *amounts: Pace(rows, rows, rows))


def fault_of(action: Callable[[], object]) -> Fault | None:
    """Return the fault that an action raises, or None."""
    try:
        action()
    except Fault as fault:
        return fault
    return None
