"""The demo merchant's two months: the same for the same day, with the rhythm of a village's trade."""

import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from statistics import mean
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import line_amount
from merchant_desk.domain.orders import (
    AcceptOrder,
    CancelOrder,
    HoldOrder,
    ImportOrders,
    NewOrder,
    PlaceOrder,
    RefundOrder,
)
from merchant_desk.domain.organisation import FoundMerchant
from merchant_desk.domain.receiving import ReceiveGoods
from merchant_desk.domain.sales import RecordSales
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, PickGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.domain.visits import RecordVisits
from merchant_desk.server.demo.dates import days_after, local_day, local_second, moment
from merchant_desk.server.demo.load import SEED, demo_merchant, demo_operations
from merchant_desk.server.demo.rhythm import (
    CHANNELS,
    PAY_DAYS,
    SHOP,
    expected_orders,
    is_market_day,
    rains,
)
from merchant_desk.server.demo.structure import RIVER, TOWN, VILLAGE
from merchant_desk.sync.codec import encode_body

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 21)
SOME_DAYS = [(date(2026, 3, 1), 1), (date(2027, 1, 1), 2), (date(2028, 2, 29), 3)]
HASH = """
import sys
from datetime import date
from tests.server.test_demo_story import digest
print(digest(date.fromisoformat(sys.argv[1]), int(sys.argv[2])))
"""


def digest(day: date, seed: int) -> str:
    """Return the hash of every operation's bytes and time, in order."""
    total = sha256()
    for body, time in zip(*demo_operations(day, seed), strict=True):
        total.update(encode_body(body))
        total.update(time.to_bytes(8, "big"))
    return total.hexdigest()


def digest_elsewhere(day: date, seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HASH, day.isoformat(), str(seed)],
        cwd=ROOT,
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def told() -> tuple[list[object], list[int]]:
    return demo_operations(DAY)


@pytest.fixture(scope="module")
def orders(told: tuple[list[object], list[int]]) -> list[NewOrder]:
    found: list[NewOrder] = []
    for body in told[0]:
        if isinstance(body, PlaceOrder):
            found.append(body.order)
        elif isinstance(body, ImportOrders):
            found += body.orders
    return found


# ---------------------------------------------------------------- the same for the same day


def test_the_same_day_and_seed_give_the_same_bytes_in_every_process() -> None:
    here = digest(DAY, SEED)
    assert digest_elsewhere(DAY, SEED, "1") == here
    assert digest_elsewhere(DAY, SEED, "2") == here


def test_another_day_or_seed_gives_another_story() -> None:
    assert len({digest(DAY, SEED), digest(DAY, SEED + 1), digest(days_after(DAY, 1), SEED)}) == 3


def test_dates_count_back_from_the_loading_day(told: tuple[list[object], list[int]]) -> None:
    bodies, times = told
    assert isinstance(bodies[0], FoundMerchant)
    assert times == sorted(times)
    assert local_day(times[0]) == days_after(DAY, -61)
    assert moment(days_after(DAY, -1), 20 * 3600) < times[-1] <= moment(DAY, 0)


# ---------------------------------------------------------------- orders


def test_orders_are_as_many_as_three_outlets_and_a_warehouse_have(orders: list[NewOrder]) -> None:
    assert 4_000 < len(orders) < 5_500
    by_day = Counter(local_day(order.placed_at) for order in orders)
    assert len(by_day) == 61
    assert min(by_day.values()) > 30
    assert max(by_day.values()) < 160
    assert 60 < mean(by_day.values()) < 90
    assert {order.channel for order in orders} == set(CHANNELS)
    assert len({order.number.casefold() for order in orders}) == len(orders)


def test_amounts_are_those_of_their_lines(orders: list[NewOrder]) -> None:
    for order in orders:
        for line in order.lines:
            assert line.amount == line_amount(line.quantity, line.unit_price, 2)
            assert line.unit_price % 10_000 == 0
        assert 0 <= order.discount < sum(line.amount for line in order.lines)
        assert len({line.sku_id for line in order.lines}) == len(order.lines)
    lines = mean(len(order.lines) for order in orders)
    assert 1.7 < lines < 2.6


def test_most_orders_are_completed_and_some_went_wrong(
    orders: list[NewOrder], told: tuple[list[object], list[int]]
) -> None:
    kinds = Counter(type(body) for body in told[0])
    entered = Counter(order.status for order in orders)
    assert entered["completed"] > len(orders) * 0.8
    assert entered["refused"] > 20
    assert entered["cancelled"] + kinds[CancelOrder] > 40
    assert 40 < kinds[RefundOrder] < 200
    assert kinds[AcceptOrder] > 400
    assert kinds[HoldOrder] > 0
    assert kinds[OpenShipment] - kinds[CloseShipment] == 2


def test_some_parcels_left_late(told: tuple[list[object], list[int]], orders: list[NewOrder]) -> None:
    due = {order.order_id: order.due_at for order in orders if order.due_at}
    shipments = {body.shipment_id: body.order_id for body in told[0] if isinstance(body, OpenShipment)}
    late = 0
    for body, time in zip(*told, strict=True):
        if isinstance(body, CloseShipment):
            late += time > due[shipments[body.shipment_id]]
    assert 5 < late < len(shipments) // 5


# ---------------------------------------------------------------- rhythm


def test_people_come_at_noon_and_in_the_evening(orders: list[NewOrder]) -> None:
    shop = Counter(local_second(order.placed_at) // 3600 for order in orders if order.channel == SHOP)
    online = Counter(local_second(order.placed_at) // 3600 for order in orders if order.channel != SHOP)
    assert set(shop) <= set(range(7, 20))
    assert shop[11] > 1.5 * shop[14]
    assert shop[17] > 1.5 * shop[14]
    assert online[20] > 1.4 * online[15]
    assert online[12] > 1.3 * online[15]
    assert online[3] < online[9] / 3


def shop_orders_by_day(seeds: range) -> dict[tuple[int, date], int]:
    counts: dict[tuple[int, date], int] = defaultdict(int)
    for seed in seeds:
        for body in demo_operations(DAY, seed)[0]:
            for order in body.orders if isinstance(body, ImportOrders) else ():
                if order.channel == SHOP:
                    counts[seed, local_day(order.placed_at)] += 1
    return counts


def test_weekends_bring_more_and_rain_brings_fewer() -> None:
    counts = shop_orders_by_day(range(3))
    plain = {key: n for key, n in counts.items() if key[1].day not in PAY_DAYS}
    dry = {key: n for key, n in plain.items() if not rains(*key)}
    weekend = mean(n for (_, day), n in dry.items() if day.weekday() >= 5)
    weekdays = mean(n for (_, day), n in dry.items() if day.weekday() < 4)
    wet = mean(n for key, n in plain.items() if rains(*key))
    assert weekend > 1.2 * weekdays
    assert wet < 0.8 * mean(dry.values())
    pay_day = mean(n for key, n in counts.items() if key[1].day in PAY_DAYS and not rains(*key))
    assert pay_day > 1.1 * mean(dry.values())


def test_market_days_are_those_of_each_place() -> None:
    first, market = date(2026, 11, 2), date(2026, 11, 3)
    assert is_market_day(VILLAGE, market)
    assert not is_market_day(RIVER, market)
    assert not is_market_day(TOWN, market)
    seed = next(seed for seed in range(100) if rains(seed, first) == rains(seed, market))
    assert expected_orders(seed, VILLAGE, SHOP, market) > 1.4 * expected_orders(seed, VILLAGE, SHOP, first)


def test_visitors_are_more_than_buyers(told: tuple[list[object], list[int]], orders: list[NewOrder]) -> None:
    visits: Counter[str] = Counter()
    for body in told[0]:
        if isinstance(body, RecordVisits):
            for one in body.channels:
                visits[one.channel] += one.visitors
    bought = Counter(order.channel for order in orders)
    for channel in CHANNELS:
        share = bought[channel] / visits[channel]
        assert 0.4 < share < 0.8 if channel == SHOP else 0.05 < share < 0.3, channel


# ---------------------------------------------------------------- stock


def first_shortage(day: date, seed: int) -> str:
    """Follow free stock through the operations in their order; return the first order accepted without it.

    Told without the story's own shelves: what came in, what left, and what is reserved.
    """
    on_hand: Counter[tuple[UUID, UUID]] = Counter()
    reserved: Counter[tuple[UUID, UUID]] = Counter()
    wanted: dict[UUID, list[tuple[tuple[UUID, UUID], int]]] = {}
    accepted: dict[UUID, list[tuple[tuple[UUID, UUID], int]]] = {}
    for body in demo_operations(day, seed)[0]:
        if isinstance(body, AdjustStock | ReceiveGoods):
            on_hand[body.warehouse_id, body.sku_id] += body.quantity
        elif isinstance(body, RecordSales):
            for goods in body.goods:
                on_hand[body.warehouse_id, goods.sku_id] -= goods.quantity
        elif isinstance(body, PlaceOrder):
            order = body.order
            wanted[order.order_id] = [
                ((order.warehouse_id, line.sku_id), line.quantity) for line in order.lines
            ]
        elif isinstance(body, AcceptOrder):
            for key, quantity in wanted[body.order_id]:
                if on_hand[key] - reserved[key] < quantity:
                    return f"{key} {quantity} of {on_hand[key]} - {reserved[key]}"
                reserved[key] += quantity
            accepted[body.order_id] = wanted[body.order_id]
        elif isinstance(body, HoldOrder | CancelOrder):
            for key, quantity in accepted.pop(body.order_id, []):
                reserved[key] -= quantity
        elif isinstance(body, PickGoods):
            on_hand[body.warehouse_id, body.sku_id] -= body.quantity
            reserved[body.warehouse_id, body.sku_id] -= body.quantity
    return ""


@pytest.mark.parametrize(("day", "seed"), SOME_DAYS)
def test_no_order_is_promised_what_is_not_there(day: date, seed: int) -> None:
    assert first_shortage(day, seed) == ""


@pytest.mark.long
@pytest.mark.timeout(900)
def test_no_order_is_promised_what_is_not_there_on_any_day() -> None:
    for n in range(60):
        day, seed = days_after(DAY, 13 * n), n
        assert first_shortage(day, seed) == "", (day, seed)


def test_the_shift_finds_its_deliveries_and_orders() -> None:
    demo = demo_merchant(DAY)
    assert len(demo.shift.baskets) >= 25
    assert {basket.order.status for basket in demo.shift.baskets} == {"review"}
    assert demo.numbers[demo.shift.delivery.order_id].startswith("PO-2611-")
    assert sum(demo.operations.values()) == len(demo_operations(DAY)[0])
