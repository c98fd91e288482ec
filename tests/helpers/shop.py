"""A shop in one process: a world's server and real Desk facades that reach it without a network."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec

import merchant_desk
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.server import pages
from merchant_desk.server.intake import Device, DeviceRetired
from merchant_desk.sync.administration import CredentialKind, Health, SignedIn, SignInTry, VersionAnswer
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.passwords import hash_password
from merchant_desk.sync.personal_keys import KeysRequest
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import (
    PROTOCOL,
    EnrolRequest,
    FeedPage,
    PushRequest,
    decode,
    encode,
)
from merchant_desk.sync.server_faults import PROBLEMS
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import (
    MEDIA,
    CursorTooOld,
    DeskUnknown,
    Request,
    Response,
    ServerProblem,
    Unreachable,
)
from tests.helpers.kept import lay_profile
from tests.helpers.world import World

PASSWORD = "sesame-sesame"
SHOP = "shop"


class WireFetch:
    """Answers a desk's requests from a world's server; `down` makes it unreachable."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.down = False
        self.version = VersionAnswer(
            merchant_desk.__version__, PROTOCOL, PROTOCOL, 1, world.server.epoch, self._seal_key, 0
        )
        self.trouble: Callable[[str], None] = lambda place: None
        self.on_path: Callable[[str], None] = lambda path: None

    @property
    def _health(self) -> Health:
        return Health("ok", self.version.version, PROTOCOL, "sqlite", "", 1, 0, None, None, None)

    @property
    def _seal_key(self) -> bytes:
        return self.world.server.seal_keys.sealing_key

    def __call__(self, request: Request) -> Response:
        if self.down:
            raise Unreachable("no_answer", "the test says so")
        self.trouble("request")
        self.on_path(request.path)
        answer = self._answer(request)
        self.trouble("answer")
        return Response(200, MEDIA, answer)

    def _answer(self, request: Request) -> bytes:
        server = self.world.server
        path, _, query = request.path.partition("?")
        values = dict(part.split("=") for part in query.split("&")) if query else {}
        if path == "/sign-in":
            return encode(self._signed_in(request))
        if path in ("/version", "/health"):
            return encode(self.version if path == "/version" else self._health)
        if path == "/enrol":
            return encode(server.enrolment.enrol(decode(request.body, EnrolRequest), server.epoch))
        try:
            device = server.enrolment.device_of(request.token)
        except DeviceRetired as fault:
            raise PROBLEMS[fault.code](401, fault.code, "{}") from fault
        if device is None:
            raise DeskUnknown(401, "not_enrolled", "{}")
        if path == "/push":
            return encode(server.intake.push(device, decode(request.body, PushRequest)))
        if path == "/feed":
            return encode(self._page(device, values))
        if path == "/check":
            return encode(server.pages.checks(device, without_end="without_end" in values))
        if path == "/buyer-keys":
            return encode(server.buyer_keys.exchange(device, decode(request.body, KeysRequest)))
        if path == "/snapshot":
            raise ServerProblem(409, "no_snapshots", "{}")
        if path == "/desks":
            return msgspec.msgpack.encode([])
        assert path == "/notice", path
        return msgspec.msgpack.encode({"seq": 0})

    def _signed_in(self, request: Request) -> SignedIn:
        asked = decode(request.body, SignInTry)
        if asked.password != PASSWORD:
            raise ServerProblem(401, "sign_in_failed", "{}")
        is_manager = asked.login == "manager"
        person, login = (self.world.manager, "manager") if is_manager else (self.world.worker, "worker")
        device = self.world.server.enrolment.device_of(request.token)
        if device is not None:
            self.world.server.prove(device.device_id, person)
        pin = asked.kind is CredentialKind.PIN
        verifier = "" if pin else hash_password(PASSWORD, self.world.chance.bytes)
        return SignedIn(person, login, verifier, login, "", 0)

    def _page(self, device: Device, values: dict[str, str]) -> FeedPage:
        after, rows, floor = (int(values.get(name, 0)) for name in ("after", "rows", "floor"))
        try:
            return self.world.server.pages.page(device, after, rows, floor, values.get("table", ""))
        except pages.CursorTooOld as old:
            raise CursorTooOld(410, "cursor_too_old", f'{{"floor": {old.floor}}}') from old


class Shop:
    """A world with a beer by bottle and carton, a rice without lots, stock and an open delivery."""

    def __init__(self, folder: Path, seed: int = 1, stage: str = SHOP) -> None:
        self.world = World(folder, seed=seed, stage=stage)
        self.folder = folder
        self.fetch = WireFetch(self.world)
        self.desks: list[Desk] = []
        new_id = self.world.chance.new_id
        self.beer, self.rice, self.supplier = new_id(), new_id(), new_id()
        self.purchase, self.beer_line, self.rice_line = new_id(), new_id(), new_id()
        if stage == SHOP:
            self.world.reach(self.fill)

    def fill(self) -> None:
        """Let the server know the goods and the delivery; whoever makes a stage of more does so first."""
        world = self.world
        world.server.house.do(
            world.merchant_id,
            AddSupplier(self.supplier, "S1", "鲁北粮油批发"),
            AddProduct(self._beer()),
            AddProduct(self._rice()),
            PlacePurchaseOrder(
                self.purchase,
                "PO-1",
                world.outlet,
                world.warehouse,
                self.supplier,
                20251121,
                (
                    PurchaseLine(self.beer_line, self.beer, 60 * MICRO, 3 * MICRO),
                    PurchaseLine(self.rice_line, self.rice, 10 * MICRO, 20 * MICRO),
                ),
            ),
            SendPurchaseOrder(self.purchase, world.outlet),
        )

    def _beer(self) -> NewSku:
        codes = (
            Barcode("9520000000011", "09520000000011", MICRO, "瓶"),
            Barcode("19520000000018", "19520000000018", 12 * MICRO, "箱"),
        )
        return NewSku(
            self.beer, "BEER-500", "青石啤酒 500ml", "Qingshi beer 500 ml", "酒水", "瓶", 5 * MICRO,
            True, True, 365, 30, codes,
        )  # fmt: skip

    def _rice(self) -> NewSku:
        codes = (Barcode("9520000000028", "09520000000028", MICRO, "袋"),)
        return NewSku(
            self.rice, "RICE-10", "白水大米 10kg", "Baishui rice 10 kg", "粮油", "袋", 68 * MICRO,
            False, False, 0, 0, codes,
        )  # fmt: skip

    def stock(self, sku_id: UUID, quantity: int, shelf: int = 0, lot: UUID | None = None) -> None:
        """Put whole units on a shelf."""
        world = self.world
        found = AdjustStock(
            world.outlet, world.warehouse, world.shelves[shelf], sku_id, lot, "sellable",
            quantity * MICRO, "opening", "",
        )  # fmt: skip
        world.server.house.do(world.merchant_id, found)

    def order(self, number: str, *lines: tuple[UUID, int]) -> UUID:
        """Place an order of whole units and accept it."""
        world = self.world
        order_id = world.chance.new_id()
        made = tuple(
            OrderLine(world.chance.new_id(), sku, count * MICRO, 5 * MICRO, 500 * count)
            for sku, count in lines
        )
        new = NewOrder(
            order_id, number, "门店", world.warehouse, None, "尾号 2041", "review",
            world.chance.now, None, 0, 0, made,
        )  # fmt: skip
        house = world.server.house
        house.do(world.merchant_id, PlaceOrder(world.outlet, new), AcceptOrder(order_id, world.outlet))
        return order_id

    def desk(self, login: str = "worker", groups: tuple[str, ...] = ("cost",)) -> Desk:
        """Enrol a desk through the wire, sync it, and sign somebody in."""
        world = self.world
        keys = DeviceKeys.make(world.chance.bytes)
        secret = world.server.enrolment.invite(world.merchant_id, world.outlet, groups)
        name = f"desk {len(self.desks) + 1}"
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
        answer = world.server.enrolment.enrol(request, world.server.epoch)
        folder = self.folder / f"profile{len(self.desks)}"
        lay_profile(folder)
        profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
        identity = Identity(
            answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, name,
            "http://127.0.0.1:1", "", answer.token, keys.signing_seed, keys.agreement_seed,
        )  # fmt: skip
        with profile.writer.begin() as connection:
            write_value(connection.connection.cursor(), "identity", identity)
        desk = Desk(profile, fetch=self.fetch)
        desk.sync()
        desk.sign_in(login, PASSWORD)
        self.desks.append(desk)
        return desk

    def close(self) -> None:
        """Close every desk and the server's database."""
        for desk in self.desks:
            desk.close()
        self.world.server.engine.dispose()
