"""A morning in a small shop: two desks, orders in every state, unsent work, and things that went wrong."""

import time
from functools import partial
from pathlib import Path
from uuid import UUID

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder, CancelOrder, HoldOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.sync.desk_state import ClockState
from tests.helpers.shop import Shop

HOUR = 3_600_000_000
MINUTE = 60_000_000
GOODS = (
    ("OIL-5", "金龙鱼大豆油 5L", "Arawana oil 5 l", "粮油", "桶", 69_900_000, 24),
    ("NOODLE", "康师傅红烧牛肉面", "Beef noodles", "方便食品", "盒", 4_500_000, 72),
    ("MILK-250", "蒙牛纯牛奶 250ml", "Mengniu milk 250 ml", "乳品", "盒", 3_200_000, 64),
    ("SOY-19", "海天生抽 1.9L", "Haitian soy sauce", "调味", "瓶", 13_900_000, 18),
    ("TISSUE", "心相印抽纸 10包", "Tissues, 10 packs", "日用", "提", 25_900_000, 40),
    ("SEED-605", "玉米种子 登海605", "Maize seed DH605", "农资", "袋", 52_000_000, 30),
)


class Scene:
    """Desk `a` is the one that is looked at; desk `b` is its neighbour."""

    def __init__(self, folder: Path) -> None:
        now = time.time_ns() // 1_000
        # Orders are due some hours from now: no scene's now is more than a minute ago.
        self.shop = Shop(folder, stage=f"scene {now // MINUTE}")
        self.world = self.shop.world
        self.goods, self.orders = self.world.reach(partial(self._fill, now))
        self.world.chance.now = time.time_ns() // 1_000
        self.a = self.shop.desk("manager")
        self.b = self.shop.desk("worker")

    def _fill(self, now: int) -> tuple[list[UUID], list[UUID]]:
        """Let the server know goods, stock, orders and deliveries; returns the ids of goods and orders."""
        self.shop.fill()
        self.world.chance.now = now
        self.goods = self._add_goods()
        for shelf, sku in enumerate(self.goods[:4]):
            self.shop.stock(sku, 30, shelf)
        self.shop.stock(self.shop.rice, 8, 0)
        orders = self._place_orders()
        self._expect_deliveries()
        return self.goods, orders

    def _add_goods(self) -> list[UUID]:
        made, added = [], []
        for i, (sku, name, english, category, unit, price, pack) in enumerate(GOODS):
            id = self.world.chance.new_id()
            codes = (
                Barcode(f"95200001{i:04d}0", None, MICRO, unit),
                Barcode(f"195200001{i:04d}", None, pack * MICRO, "箱"),
            )
            item = NewSku(id, sku, name, english, category, unit, price, False, False, 0, 0, codes)
            added.append(AddProduct(item))
            made.append(id)
        self.world.server.house.do(self.world.merchant_id, *added)
        return made

    def _place_orders(self) -> list[UUID]:
        world, house = self.world, self.world.server.house
        made: list[UUID] = []
        placed: list[object] = []
        for i in range(12):
            id = world.chance.new_id()
            lines = tuple(
                OrderLine(
                    world.chance.new_id(),
                    self.goods[(i + n) % 4],
                    (1 + n) * MICRO,
                    5 * MICRO,
                    6_990 - 500 * n,
                )
                for n in range(1 + i % 3)
            )
            new = NewOrder(
                id, f"WX261121-{4127 - 3 * i}", "微信商城" if i % 2 else "门店", world.warehouse, None,
                f"尾号 {2041 + 37 * i}", "review", world.chance.now - i * HOUR,
                world.chance.now + (3 * i - 2) * HOUR, 0, 600 if i % 4 == 0 else 0, lines,
            )  # fmt: skip
            placed.append(PlaceOrder(world.outlet, new))
            made.append(id)
        accepted = [AcceptOrder(id, world.outlet) for id in made[:5]]
        held = HoldOrder(made[9], world.outlet, "地址待确认")
        cancelled = CancelOrder(made[10], world.outlet, "买家要求")
        house.do(world.merchant_id, *placed, *accepted, held, cancelled)
        return made

    def _expect_deliveries(self) -> None:
        world, house = self.world, self.world.server.house
        expected: list[object] = []
        for n, day in enumerate((20261120, 20261123)):
            id = world.chance.new_id()
            lines = tuple(
                PurchaseLine(world.chance.new_id(), sku, 24 * MICRO, 3 * MICRO)
                for sku in self.goods[n : n + 3]
            )
            number = f"PO-2611-045{n}"
            order = PlacePurchaseOrder(
                id, number, world.outlet, world.warehouse, self.shop.supplier, day, lines
            )
            expected += [order, SendPurchaseOrder(id, world.outlet)]
        house.do(world.merchant_id, *expected)

    def work(self) -> None:
        """A morning's work: apart, then both sync, then desk `a` goes on without the server."""
        self._receive_too_much(self.b)
        self._ship(self.b, "WX261121-4127")
        self._count(self.b, "A-02")
        self.a.do(AcceptOrder(self.orders[5], self.world.outlet))
        self._break_more_than_there_is(self.a)
        self.b.sync()
        self.a.sync()
        self.b.sync()
        self.shop.fetch.down = True
        self._receive(self.a, "PO-2611-0450", ["9520000100000", "1952000010001", "4006381333931"])

    def refuse_something(self) -> None:
        """Desk `a` promises, without a line, what desk `b` has shipped meanwhile: the server says no."""
        self.shop.fetch.down = True
        rice = self.world.chance.new_id()
        line = OrderLine(self.world.chance.new_id(), self.shop.rice, 6 * MICRO, 68 * MICRO, 40_800)
        new = NewOrder(
            rice, "WX261121-4093", "微信商城", self.world.warehouse, None, "尾号 2448", "review",
            self.world.chance.now, None, 0, 0, (line,),
        )  # fmt: skip
        self.a.do(PlaceOrder(self.world.outlet, new))
        self.a.do(AcceptOrder(rice, self.world.outlet))
        self.shop.fetch.down = False
        self.shop.order("WX261121-9001", (self.shop.rice, 6))
        self.a.sync()

    def raise_a_question(self) -> UUID:
        """A movement whose side of a count nobody can tell; returns the movement's ledger row.

        The second desk's clock was not measured for weeks: its bound straddles the count.
        """
        sheet = self.a.count("A-04")
        sheet.scan("9520000100030")
        sheet.finish()
        self.a.sync()
        engine = self.b.runtime.engine
        engine.clock_state = ClockState(engine.clock_state.behind, HOUR, engine.clock_state.measured_at)
        world = self.world
        used = AdjustStock(
            world.outlet, world.warehouse, world.shelves[3], self.goods[3], None, "sellable",
            -2 * MICRO, "own_use", "",
        )  # fmt: skip
        done = self.b.do(used)
        (ledger_id,) = done.changes["ledger"]
        self.b.sync()
        self.a.sync()
        return ledger_id

    def _receive(self, desk: Desk, order: str, codes: list[str]) -> None:
        sheet = desk.receive(order)
        for code in codes:
            sheet.scan(code)

    def _receive_too_much(self, desk: Desk) -> None:
        sheet = desk.receive("PO-2611-0450")
        for code in ("1952000010000", "9520000100000", "1952000010001", "4006381333931"):
            if sheet.scan(code).ask:
                sheet.acknowledge(accept=True)
        sheet.finish()

    def _ship(self, desk: Desk, order: str) -> None:
        sheet = desk.ship(order)
        sheet.scan("9520000100000")
        sheet.finish()

    def _count(self, desk: Desk, location: str) -> None:
        sheet = desk.count(location)
        for _ in range(3):
            sheet.scan("9520000100010")
        sheet.finish()

    def _break_more_than_there_is(self, desk: Desk) -> None:
        """More was broken than the book knows of: hands know better."""
        world = self.world
        broken = AdjustStock(
            world.outlet, world.warehouse, world.shelves[2], self.goods[2], None, "sellable",
            -34 * MICRO, "breakage", "货架倒了",
        )  # fmt: skip
        desk.do(broken)

    def close(self) -> None:
        """Close desks and server."""
        self.shop.close()
