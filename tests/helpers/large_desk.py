"""A desk with as many rows as a test wants: made by bulk inserts, in a second for thousands of rows."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.stock import StockKey, availability_id
from merchant_desk.models.columns import Side
from merchant_desk.models.sort_keys import sort_key
from merchant_desk.models.store import Store
from tests.helpers.world import START, World

MINUTE = 60_000_000
GOODS = (
    "青岛啤酒", "东北大米", "金龙鱼大豆油", "复合肥", "玉米种子", "心相印抽纸", "蒙牛纯牛奶", "土鸡蛋",
    "海天生抽", "农用地膜", "康师傅牛肉面", "洛川苹果", "绵白糖", "加碘食盐", "花生油", "富强面粉", "洗衣粉",
    "香皂", "牙膏", "卫生纸", "五号电池", "节能灯泡", "尿素", "矿泉水", "方便面", "火腿肠",
)  # fmt: skip
PLACES = ("城关", "白水", "柳河", "青石", "大王庄", "李家集", "马营", "石桥", "黄楼", "新店")
SIZES = ("500ml×12", "10kg", "5L", "40kg", "10包", "250ml", "30枚", "1.9L", "2m", "24瓶")
STATUSES = ("completed",) * 88 + ("shipped",) * 6 + ("cancelled",) * 4 + ("refused",) * 2
OPEN = ("review", "accepted", "picking", "on_hold")


@dataclass(frozen=True)
class Amount:
    """How many rows of each kind."""

    skus: int = 2_000
    orders: int = 5_000
    open_orders: int = 200
    lines: int = 2
    ledger: int = 10_000
    purchases: int = 200
    receipts: int = 500


Rows = Iterator[dict[str, Any]]


class LargeDesk:
    """Fills a desk's database with rows as the feed would have brought them."""

    def __init__(self, writer: Engine, world: World, amount: Amount, device_id: UUID, seed: int = 5) -> None:
        self._store = Store(writer, Side.DESK)
        self._writer = writer
        self._world = world
        self._amount = amount
        self._device = device_id
        self._dice = random.Random(seed)
        self._count = 0
        self.skus = [self._id() for _ in range(amount.skus)]
        self.supplier = self._id()

    def fill(self, told: Callable[[str], None] = lambda table: None) -> None:
        """Write everything."""
        for table, rows in self._tables():
            told(table)
            self._insert(table, rows())

    def _tables(self) -> list[tuple[str, Callable[[], Rows]]]:
        return [
            ("suppliers", self._suppliers),
            ("skus", self._skus),
            ("barcodes", self._barcodes),
            ("ledger", self._ledger),
            ("stock_balances", self._balances),
            ("availability", self._availability),
            ("orders", self._orders),
            ("order_lines", self._order_lines),
            ("purchase_orders", self._purchases),
            ("purchase_lines", self._purchase_lines),
            ("receipts", self._receipts),
        ]

    def _id(self) -> UUID:
        self._count += 1
        return UUID(int=(START // 1000 << 80) | (7 << 76) | (2 << 62) | (1 << 50) | self._count)

    def _insert(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        statements = self._store.statements[table]
        synced = "feed_seq" in statements.columns
        batch: list[list[Any]] = []
        with self._writer.begin() as connection:
            cursor = connection.connection.cursor()
            for row in rows:
                if synced:
                    row |= {"feed_seq": 1, "feed_hash": 1, "job_id": None}
                batch.append(statements.row_values(None, row))
                if len(batch) == 5_000:
                    cursor.executemany(statements.insert, batch)
                    batch.clear()
            cursor.executemany(statements.insert, batch)

    def _name(self, i: int) -> str:
        return f"{PLACES[i // len(GOODS) % len(PLACES)]}{GOODS[i % len(GOODS)]} {SIZES[i // 7 % len(SIZES)]}"

    def _suppliers(self) -> Rows:
        yield {"id": self.supplier, "code": "LB", "code_key": "lb", "name": "鲁北粮油批发", "archived": 0}

    def _skus(self) -> Rows:
        for i, id in enumerate(self.skus):
            name = self._name(i)
            yield {
                "id": id, "sku": f"SK-{i:06d}", "sku_key": f"sk-{i:06d}", "name": name,
                "name_en": f"Goods {i}", "sort_key": sort_key(name), "category": "食品", "base_unit": "瓶",
                "price": 5 * MICRO, "track_lot": 0, "track_expiry": 0, "track_serial": 0,
                "shelf_life_days": 0, "min_days_left": 0, "supplier_id": None, "draft": 0, "archived": 0,
            }  # fmt: skip

    def _barcodes(self) -> Rows:
        for i, id in enumerate(self.skus):
            code = f"952{i:09d}0"
            yield {
                "id": self._id(),
                "code": code,
                "gtin": None,
                "sku_id": id,
                "quantity": MICRO,
                "unit": "瓶",
            }

    def _ledger(self) -> Rows:
        world = self._world
        for i in range(self._amount.ledger):
            sku, shelf = self._place(i)
            time = START - (self._amount.ledger - i) * MINUTE
            yield {
                "id": self._id(), "outlet_id": world.outlet, "op_id": self._id(), "device_id": self._device,
                "device_seq": i, "person_id": world.worker, "time": time,
                "time_bound": 0, "kind": "receipt", "document_id": world.outlet, "line_id": None,
                "tally_id": None, "stock_key": StockKey(shelf, sku).id,
                "availability_id": availability_id(world.warehouse, sku), "warehouse_id": world.warehouse,
                "location_id": shelf, "sku_id": sku, "lot_id": None, "serial": "", "status": "sellable",
                "owner_id": None, "quantity": MICRO, "reverses_id": None, "reason": "",
            }  # fmt: skip

    def _place(self, i: int) -> tuple[UUID, UUID]:
        sku = i % len(self.skus)
        return self.skus[sku], self._world.shelves[sku % len(self._world.shelves)]

    def _moved(self) -> Iterator[tuple[UUID, UUID, int]]:
        whole, rest = divmod(self._amount.ledger, len(self.skus))
        for i in range(len(self.skus)):
            yield (*self._place(i), (whole + (i < rest)) * MICRO)

    def _balances(self) -> Rows:
        world = self._world
        for sku, shelf, quantity in self._moved():
            yield {
                "id": StockKey(shelf, sku).id, "outlet_id": world.outlet, "warehouse_id": world.warehouse,
                "location_id": shelf, "sku_id": sku, "lot_id": None, "serial": "", "status": "sellable",
                "owner_id": None, "on_hand": quantity,
            }  # fmt: skip

    def _availability(self) -> Rows:
        world = self._world
        for sku, _, quantity in self._moved():
            yield {
                "id": availability_id(world.warehouse, sku), "outlet_id": world.outlet,
                "warehouse_id": world.warehouse, "sku_id": sku, "on_hand": quantity, "reserved": 0,
                "expected": 0,
            }  # fmt: skip

    def _orders(self) -> Rows:
        world, dice, amount = self._world, self._dice, self._amount
        self.orders: list[UUID] = []
        for i in range(amount.orders):
            id = self._id()
            self.orders.append(id)
            left = amount.orders - i
            status = OPEN[left % 4] if left <= amount.open_orders else dice.choice(STATUSES)
            placed = START - left * MINUTE // 4
            number = (
                f"WX{26 - left // 400_000}{left // 30_000 % 12 + 1:02d}{left // 1000 % 28 + 1:02d}-{i:06d}"
            )
            total = dice.randrange(500, 99_999)
            yield {
                "id": id, "outlet_id": world.outlet, "warehouse_id": world.warehouse, "kind": "sale",
                "number": number, "number_key": number.casefold(), "channel": "微信商城", "buyer_id": None,
                "buyer": f"尾号 {dice.randrange(10_000):04d}", "status": status, "hold_reason": "",
                "placed_at": placed, "due_at": placed + 48 * 60 * MINUTE, "ended_at": None, "goods": total,
                "freight": 0, "discount": 0, "charges": 0, "total": total, "refunded": 0,
                "line_count": amount.lines, "summary": self._name(i % len(self.skus)), "note": "",
            }  # fmt: skip

    def _order_lines(self) -> Rows:
        for i, order in enumerate(self.orders):
            for position in range(self._amount.lines):
                sku = self.skus[(i + position * 7919) % len(self.skus)]
                yield {
                    "id": self._id(), "outlet_id": self._world.outlet, "order_id": order,
                    "position": position, "sku_id": sku, "rule": "",
                    "quantity": MICRO, "unit_price": 5 * MICRO, "amount": 500,
                }  # fmt: skip

    def _purchases(self) -> Rows:
        world = self._world
        self.purchases: list[UUID] = []
        for i in range(self._amount.purchases):
            id = self._id()
            self.purchases.append(id)
            yield {
                "id": id, "outlet_id": world.outlet, "warehouse_id": world.warehouse,
                "supplier_id": self.supplier, "number": f"PO-{i:06d}", "number_key": f"po-{i:06d}",
                "status": "sent" if i % 10 == 0 else "closed", "due_day": 20251101 + i % 28,
                "placed_at": START - i * 60 * MINUTE, "changed_at": START, "person_id": world.manager,
            }  # fmt: skip

    def _purchase_lines(self) -> Rows:
        for i, order in enumerate(self.purchases):
            yield {
                "id": self._id(), "outlet_id": self._world.outlet, "order_id": order, "position": 0,
                "sku_id": self.skus[i % len(self.skus)], "quantity": 60 * MICRO,
            }  # fmt: skip

    def _receipts(self) -> Rows:
        world = self._world
        for i in range(self._amount.receipts):
            number = f"RC-09-{i:06d}"
            yield {
                "id": self._id(), "outlet_id": world.outlet, "warehouse_id": world.warehouse,
                "number": number, "number_key": number.casefold(), "purchase_order_id": None,
                "supplier_id": self.supplier,
                "status": "closed", "opened_at": START - i * 60 * MINUTE, "closed_at": START,
                "person_id": world.worker, "device_id": self._device, "reversed_at": None,
                "reversed_by": None,
            }  # fmt: skip
