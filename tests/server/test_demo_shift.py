"""The first shift's plan, carried out at two real desks' stations that work offline and then sync."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import classify
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.stock import StockKey
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.server.demo.dates import days_after, local_day, number
from merchant_desk.server.demo.load import demo_merchant, load_demo
from merchant_desk.server.demo.shift import DeskShift, Scan, ShiftPlan, Stint, shift_plan
from merchant_desk.server.demo.structure import MERCHANT_ID, TOWN, DemoPerson
from merchant_desk.stations.counter import Sheet
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import EnrolRequest
from merchant_desk.sync.signing import DeviceKeys
from tests.helpers.kept import lay_tables
from tests.helpers.shop import PASSWORD, WireFetch
from tests.helpers.world import KEY, Chance, Server

DAYS = [local_day(1_795_250_000_000_000 + n * 86_400_000_000 * 19) for n in range(4)]


class Present(Chance):
    """Chance whose clock is this computer's, as the desks' are."""

    def clock(self) -> int:
        return time.time_ns() // 1_000


class Shop:
    """The demo merchant's server, and desks at its town outlet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.chance = Present(7)
        lay_tables(folder / "server.db", Side.SERVER, KEY)
        self.engine: Engine = open_engine(folder / "server.db", KEY, role="writer")
        self.server = Server(self.engine, self.chance)
        day = local_day(self.chance.clock())
        self.demo = load_demo(self.server.store, self.server.house, day=day)
        self.manager = self.worker = UUID(int=0)
        self.desks: list[Desk] = []
        self.fetches: list[WireFetch] = []

    def desk(self, name: str, person: DemoPerson) -> Desk:
        """Enrol a desk, sync it, sign its person in."""
        keys = DeviceKeys.make(self.chance.bytes)
        secret = self.server.enrolment.invite(MERCHANT_ID, TOWN.outlet_id)
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
        answer = self.server.enrolment.enrol(request, self.server.epoch)
        profile = open_profile(self.folder / f"profile {name}", demo=True, ask_passphrase=lambda asked: None)
        identity = Identity(
            answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, name,
            "http://127.0.0.1:1", "", answer.token, keys.signing_seed, keys.agreement_seed,
        )  # fmt: skip
        with profile.writer.begin() as connection:
            write_value(connection.connection.cursor(), "identity", identity)
        self.worker = person.person_id
        self.fetches.append(WireFetch(self))  # type: ignore[arg-type]
        desk = Desk(profile, fetch=self.fetches[-1])
        self.desks.append(desk)
        desk.sync()
        desk.sign_in(person.login, PASSWORD)
        return desk

    def close(self) -> None:
        for desk in self.desks:
            desk.close()
        self.engine.dispose()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


def open_sheet(desk: Desk, stint: Stint) -> Sheet:
    if stint.station == "inbound":
        return desk.receive(stint.number)
    if stint.station == "outbound":
        return desk.ship(stint.number)
    return desk.count(stint.opened_by)


def work(desk: Desk, stint: Stint) -> None:
    """Scan everything of a stint and see that each scan does what the plan says."""
    sheet = open_sheet(desk, stint)
    for n, scan in enumerate(stint.scans):
        result = sheet.scan(scan.code)
        where = (stint.number, n, scan, result)
        assert result.tone.value == (
            "attention" if scan.finding or scan.meaning == "unknown" else "accepted"
        ), where
        assert result.quantity == scan.quantity or scan.meaning != "product", where
        if scan.meaning == "product":
            assert result.item is not None, where
            assert (result.item.sku_id, result.lot, result.expiry) == (scan.sku_id, scan.lot, scan.expiry), (
                where
            )
            assert result.code == (scan.finding or "accepted"), where
        elif scan.meaning == "unknown":
            assert result.code == "unknown_code", where
    sheet.finish()


def work_round(shop: Shop, plan: ShiftPlan, round_: int) -> None:
    for desk, shift in zip(shop.desks, (plan.desk_a, plan.desk_b), strict=True):
        for stint in shift.stints:
            if stint.round == round_:
                work(desk, stint)


def on_hand(connection: Any) -> dict[UUID, int]:
    rows = connection.execute(text("SELECT stock_key, sum(quantity) FROM ledger GROUP BY stock_key"))
    return {UUID(bytes=key): quantity for key, quantity in rows}


def test_the_shift_comes_out_as_planned_at_desks_and_server(shop: Shop) -> None:
    plan = shift_plan(shop.demo)
    shop.desk("A", plan.desk_a.person)
    shop.desk("B", plan.desk_b.person)
    for fetch in shop.fetches:
        fetch.down = True
    for round_ in (1, 2, 3):
        work_round(shop, plan, round_)
    for fetch in shop.fetches:
        fetch.down = False
    for desk in (*shop.desks, *shop.desks):
        desk.sync()
    readers = [shop.engine, *(desk.runtime.profile.reader for desk in shop.desks)]
    for engine in readers:
        with engine.connect() as connection, connection.begin():
            held = on_hand(connection)
            open_codes = Counter(
                row.code for row in connection.execute(text("SELECT code FROM tasks WHERE status = 'open'"))
            )
        for stock in plan.stock:
            key = StockKey(stock.location_id, stock.sku_id, stock.lot_id)
            assert held[key.id] == stock.on_hand, (engine.url, stock)
        assert open_codes["stock_negative"] >= 1
        assert open_codes["over_delivered"] >= 1
        assert "moved_before_or_after_count" not in open_codes
    with shop.engine.connect() as connection:
        sql = """SELECT sku_id, sum(quantity) FROM ledger WHERE kind = 'count' AND time > :start
            GROUP BY sku_id HAVING sum(quantity) <> 0"""
        start = {"start": shop.demo.story.end}
        found = {UUID(bytes=sku): variance for sku, variance in connection.execute(text(sql), start)}
        shipped = connection.scalar(
            text("SELECT count(*) FROM orders WHERE status = 'shipped' AND ended_at > :start"), start
        )
        done = connection.scalar(
            text("SELECT count(*) FROM purchase_orders WHERE status = 'closed' AND id IN (:a, :b)"),
            {"a": shop.demo.shift.delivery.order_id.bytes, "b": shop.demo.shift.second.order_id.bytes},
        )
    assert shipped == len(shop.demo.shift.baskets)
    assert done == 2
    assert found == dict(plan.variances)


def products(shift: DeskShift) -> list[Scan]:
    return [scan for stint in shift.stints for scan in stint.scans if scan.meaning == "product"]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_plan_has_all_that_a_first_shift_needs(day: Any) -> None:
    plan = shift_plan(demo_merchant(day))
    inbound = next(stint for stint in plan.desk_a.stints if stint.station == "inbound")
    orders = [stint for stint in plan.desk_b.stints if stint.station == "outbound"]
    assert len(products(plan.desk_a)) >= 200
    assert sum(scan.meaning == "product" for stint in orders for scan in stint.scans) >= 200
    assert len(orders) >= 25
    lengths = Counter(len(scan.code) for scan in inbound.scans if scan.meaning == "product")
    assert lengths[13] > 50
    assert lengths[14] + sum(scan.quantity > MICRO for scan in inbound.scans) > 10
    assert [scan.code for scan in inbound.scans if scan.meaning == "unknown"] == [plan.unknown_code]
    assert {scan.sku_id for scan in inbound.scans if scan.finding} == {plan.over_delivered}
    assert [stint.station for stint in plan.desk_a.stints] == ["inbound", "stocktake", "inbound"]
    assert plan.variances
    assert all(variance == -MICRO for variance in plan.variances.values())
    below = [stock for stock in plan.stock if stock.on_hand < 0]
    assert [(stock.sku_id, stock.on_hand) for stock in below] == [(plan.negative, -MICRO)]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_gs1_code_of_a_plan_says_article_lot_and_expiry(day: Any) -> None:
    plan = shift_plan(demo_merchant(day))
    marked = [scan for scan in products(plan.desk_a) if scan.lot]
    forms = {(scan.code[0] == "(", "\x1d" in scan.code) for scan in marked}
    assert forms == {(False, False), (True, False), (False, True)}
    assert any(scan.quantity > MICRO for scan in marked)
    for scan in marked:
        read = classify(scan.code, None, (), number(day))
        assert read.elements is not None
        assert read.elements_sure
        assert not read.elements.problems
        assert (read.elements.lot, read.elements.expiry) == (scan.lot, scan.expiry)
        assert read.elements.gtin is not None
        assert read.elements.gtin[1:4] == "952"
        assert scan.expiry is not None
        assert scan.expiry > number(days_after(day, 30))


def test_the_expected_stock_names_lots_as_the_ledger_does() -> None:
    plan = shift_plan(demo_merchant(DAYS[0]))
    lots = [stock for stock in plan.stock if stock.lot]
    assert lots
    assert all(stock.lot_id == lot_id(stock.sku_id, stock.lot) for stock in lots)
    assert len({(stock.location_id, stock.sku_id, stock.lot_id) for stock in plan.stock}) == len(plan.stock)
