"""A floor for handlers: one operation in, rows or a refusal out, on either database.

The ids of a floor follow from their names, so a test can name what another database already holds.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.operations import Envelope, kind_of
from merchant_desk.domain.orders import NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods
from merchant_desk.domain.shipping import OpenShipment, PickGoods
from merchant_desk.domain.stock import AdjustStock, StockKey, availability_id
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.handlers.context import carry_out, house_device
from merchant_desk.models.columns import Side
from merchant_desk.models.store import Store
from merchant_desk.models.tables import SPECS
from merchant_desk.server.batch import Batch
from merchant_desk.server.house import House
from merchant_desk.server.reading import Arrival
from merchant_desk.sync.codec import encode_body, encode_header, header_of
from merchant_desk.sync.protocol import Outcome, WireOp

SPACE = UUID(int=0xF1008)
START = 1_763_700_000_000_000
SECOND = 1_000_000


def named(name: str) -> UUID:
    """Return the id of a thing of the floor."""
    return derived_id(SPACE, name)


OUTLET, OTHER_OUTLET = named("outlet"), named("other outlet")
WAREHOUSE, OTHER_WAREHOUSE = named("warehouse"), named("other warehouse")
SHELF, SHELF_2 = location_id(WAREHOUSE, "A-01"), location_id(WAREHOUSE, "A-02")
RECEIVING, STAGING = derived_id(WAREHOUSE, "receiving"), derived_id(WAREHOUSE, "staging")
MANAGER, WORKER, VIEWER = named("manager"), named("worker"), named("viewer")
DESK_A, DESK_B = named("desk a"), named("desk b")
BEER, RICE, SUPPLIER = named("beer"), named("rice"), named("supplier")


def item(sku_id: UUID, sku: str, *codes: str) -> NewSku:
    """Return a product with barcodes of one base unit each."""
    barcodes = tuple(Barcode(code, None, MICRO, "each") for code in codes)
    return NewSku(sku_id, sku, f"商品 {sku}", "", "", "each", 5 * MICRO, False, False, 0, 0, barcodes)


def found(store: Store, merchant_id: UUID) -> None:
    """Write a merchant with two outlets, people and products into a server database."""
    ids = iter(range(1 << 20))
    house = House(store, lambda: START, lambda: UUID(int=(START // 1000 << 80) | (7 << 76) | next(ids)))
    house.do(
        merchant_id,
        FoundMerchant("青石供销社", "CNY", MANAGER, "店长"),
        AddOutlet(OUTLET, "CG", "城关", "Asia/Shanghai", 0, WAREHOUSE),
        AddOutlet(OTHER_OUTLET, "ZH", "镇上", "Asia/Shanghai", 0, OTHER_WAREHOUSE),
        AddPerson(WORKER, "worker", "仓管", "P:1"),
        AddPerson(VIEWER, "viewer", "来访", ""),
        GrantRole(WORKER, "warehouse", OUTLET),
        GrantRole(VIEWER, "viewer", OUTLET),
        AddLocations(OUTLET, WAREHOUSE, "storage", ("A-01", "A-02")),
        AddSupplier(SUPPLIER, "S1", "粮油"),
        AddProduct(item(BEER, "BEER", "B1")),
        AddProduct(item(RICE, "RICE", "R1")),
    )


@dataclass
class Floor:
    """A merchant of a server database, and the desks that send it operations.

    Every test has a merchant of its own in the same database, with the same ids as all the others: what
    the key of a merchant does not keep apart fails some test. `rights` is the version of the rights that
    the desks know; 0 is today's.
    """

    engine: Engine
    merchant: UUID
    now: int = START
    seqs: dict[UUID, int] = field(default_factory=dict)
    ops: int = 0
    rights: int = 0
    last_op: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.engine, Side.SERVER)
        found(self.store, self.merchant)

    # -- doing -------------------------------------------------------------------------------------

    def envelope(self, body: object, by: UUID, device: UUID, time: int | None, bound: int) -> Envelope:
        """Mint an envelope; the clock moves a second at each."""
        self.now += SECOND
        self.ops += 1
        self.seqs[device] = self.seqs.get(device, 0) + 1
        kind = kind_of(body)
        at = self.now if time is None else time
        self.last_op = UUID(int=(self.now // 1000 << 80) | (7 << 76) | (2 << 62) | self.ops)
        rights = self.rights or self.one("merchants")["rights_version"]
        return Envelope(
            self.last_op, self.merchant, device, self.seqs[device], kind.name, kind.version, by, rights,
            at, at, bound, 0,
        )  # fmt: skip

    def do(
        self,
        body: object,
        *,
        by: UUID = MANAGER,
        device: UUID = DESK_A,
        time: int | None = None,
        bound: int = 0,
    ) -> UUID:
        """Carry out as a desk does: a refusal is raised, nothing is written. Returns the operation's id."""
        envelope = self.envelope(body, by, device, time, bound)
        with self.store.unit(self.merchant) as unit:
            unit.begin_op()
            carry_out(unit, envelope, body)
            unit.end_op()
        return envelope.op_id

    def send(
        self,
        body: object,
        *,
        by: UUID = MANAGER,
        device: UUID = DESK_A,
        time: int | None = None,
        bound: int = 0,
    ) -> Outcome:
        """Let the server judge it, from a desk of the outlet that it names, and return its outcome."""
        envelope = self.envelope(body, by, device, time, bound)
        data = encode_body(body)
        header = header_of(envelope, data)
        home = getattr(body, "outlet_id", None) or OUTLET
        with self.engine.begin() as connection:
            batch = Batch(self.store, connection, self.merchant, self.now)
            outcome = batch.apply(Arrival(header, WireOp(encode_header(header), data, b"")), home)
            batch.finish()
        return outcome

    # -- asking ------------------------------------------------------------------------------------

    @property
    def key(self) -> Any:
        """The merchant's id as the driver takes it."""
        return self.merchant if self.store.dialect == "postgresql" else self.merchant.bytes

    @property
    def house(self) -> UUID:
        """The server itself as a device of the merchant."""
        return house_device(self.merchant)

    def rows(self, table: str, **equal: Any) -> list[dict[str, Any]]:
        """Return the stored rows of a table by plain SQL, ids as UUIDs."""
        sql = text(f"SELECT * FROM {table} WHERE merchant_id = :m")
        with self.engine.connect() as connection:
            stored = connection.execute(sql, {"m": self.key}).mappings().all()
        ids = {"id", *(c.name for c in SPECS[table].columns if c.kind == "id")}
        rows = [
            {k: UUID(bytes=v) if k in ids and isinstance(v, bytes) else v for k, v in row.items()}
            for row in stored
        ]
        return [row for row in rows if all(row[name] == value for name, value in equal.items())]

    def one(self, table: str, **equal: Any) -> dict[str, Any]:
        """Return the only row."""
        (row,) = self.rows(table, **equal)
        return row

    def flags(self) -> list[str]:
        """Return the codes of all tasks, in alphabetical order."""
        return sorted(row["code"] for row in self.rows("tasks"))

    def on_hand(self, sku: UUID = BEER, location: UUID = SHELF, **key: Any) -> int:
        """Return whole base units of a stock key."""
        found_rows = self.rows("stock_balances", id=StockKey(location, sku, **key).id)
        quantity = found_rows[0]["on_hand"] if found_rows else 0
        assert quantity % MICRO == 0
        return int(quantity // MICRO)

    def available(self, sku: UUID = BEER) -> tuple[int, int, int]:
        """Return whole units on hand, reserved and expected in the warehouse."""
        found_rows = self.rows("availability", id=availability_id(WAREHOUSE, sku))
        if not found_rows:
            return 0, 0, 0
        row = found_rows[0]
        return row["on_hand"] // MICRO, row["reserved"] // MICRO, row["expected"] // MICRO

    def assert_conserved(self) -> None:
        """Every total equals the sum of its sources, by plain SQL outside the product's code."""
        for source, into, key, column, total in TOTALS:
            sql = (
                f"SELECT count(*) FROM (SELECT {key} AS k, sum({column}) AS q FROM {source}"
                f" WHERE merchant_id = :m AND {key} IS NOT NULL GROUP BY {key}) s"
                f" FULL JOIN (SELECT id, {total} AS q FROM {into} WHERE merchant_id = :m) t ON t.id = s.k"
                " WHERE coalesce(s.q, 0) <> coalesce(t.q, 0)"
            )
            with self.engine.connect() as connection:
                assert connection.scalar(text(sql), {"m": self.key}) == 0, (source, into, total)


TOTALS = [
    ("ledger", "stock_balances", "stock_key", "quantity", "on_hand"),
    ("ledger", "availability", "availability_id", "quantity", "on_hand"),
    ("reservations", "availability", "availability_id", "quantity", "reserved"),
    ("expectations", "availability", "availability_id", "quantity", "expected"),
    ("ledger", "line_totals", "line_id", "quantity", "done"),
    ("reservations", "line_totals", "line_id", "quantity", "reserved"),
]


# -- bodies --------------------------------------------------------------------------------------------


def receipt(name: str = "receipt", order: UUID | None = None) -> OpenReceipt:
    """Open a receipt."""
    return OpenReceipt(named(name), f"RC-{name}", OUTLET, WAREHOUSE, order, None)


def received(
    units: int, name: str = "receipt", *, sku: UUID = BEER, line: UUID | None = None, location: UUID = SHELF,
    lot: str = "", expiry: int | None = None,
) -> ReceiveGoods:  # fmt: skip
    """Receive whole units."""
    return ReceiveGoods(
        named(name),
        OUTLET,
        WAREHOUSE,
        location,
        sku,
        line,
        units * MICRO,
        MICRO,
        lot,
        expiry,
        "",
        "sellable",
        "B1",
    )


def adjusted(units: int, *, sku: UUID = BEER, location: UUID = SHELF) -> AdjustStock:
    """Adjust by whole units."""
    return AdjustStock(OUTLET, WAREHOUSE, location, sku, None, "sellable", units * MICRO, "opening", "")


def purchase(units: int, name: str = "po") -> PlacePurchaseOrder:
    """Order whole units of beer."""
    line = PurchaseLine(named(f"{name} line"), BEER, units * MICRO, MICRO)
    return PlacePurchaseOrder(named(name), name.upper(), OUTLET, WAREHOUSE, SUPPLIER, 20251130, (line,))


def order(units: int, name: str = "order", *, sku: UUID = BEER) -> PlaceOrder:
    """Sell whole units at 5.00 each."""
    line = OrderLine(named(f"{name} line"), sku, units * MICRO, 5 * MICRO, units * 500)
    new = NewOrder(
        named(name), name.upper(), "shop", WAREHOUSE, None, "", "review", START, None, 0, 0, (line,)
    )
    return PlaceOrder(OUTLET, new)


def shipment(name: str = "shipment", order_name: str = "order") -> OpenShipment:
    """Begin to pick an order."""
    return OpenShipment(named(name), f"SH-{name}", named(order_name), OUTLET, WAREHOUSE)


def picked(units: int, name: str = "shipment", *, line: str = "order line", sku: UUID = BEER) -> PickGoods:
    """Pick whole units."""
    return PickGoods(
        named(name), OUTLET, WAREHOUSE, SHELF, STAGING, sku, None, named(line) if line else None,
        units * MICRO, MICRO, "", "B1",
    )  # fmt: skip


def count(name: str = "count", location: UUID = SHELF) -> OpenCount:
    """Begin to count."""
    return OpenCount(named(name), f"CT-{name}", OUTLET, WAREHOUSE, location, blind=True)


def counted(units: int, name: str = "count", *, sku: UUID = BEER, location: UUID = SHELF) -> CountGoods:
    """See whole units."""
    return CountGoods(named(name), OUTLET, WAREHOUSE, location, sku, "", None, units * MICRO, MICRO, "", "B1")


def end_count(name: str = "count", *empty: UUID) -> CloseCount:
    """End a count; `empty` are stock keys stated to be gone."""
    return CloseCount(named(name), OUTLET, empty)
