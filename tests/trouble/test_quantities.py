"""0 and absurd quantities: typed, by card, in a code, and pushed raw to the server by a desk gone wrong."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO
from merchant_desk.domain.counting import CountGoods
from merchant_desk.domain.operations import KINDS, Envelope, kind_of
from merchant_desk.domain.orders import NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine
from merchant_desk.domain.receiving import ReceiveGoods
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import ABSURD_QUANTITY
from merchant_desk.domain.shipping import PickGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.handlers.context import facts_text
from merchant_desk.stations.scans import Ask, ScanResult, Step, Tone
from merchant_desk.stations.session import StationSession
from merchant_desk.stations.sheet_lines import sheet_lines
from merchant_desk.sync.codec import encode_header, header_of
from merchant_desk.sync.protocol import PushAnswer, PushRequest, Status, WireOp, decode, encode
from merchant_desk.sync.signing import GENESIS, DeviceKeys, Purpose, chain_hash, sign
from merchant_desk.sync.transport import Request
from merchant_desk.ui.screens.tasks.task_reading import read_tasks
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, LOTTED, RICE, Floor
from tests.trouble.words import asked, said, told

SAYING: dict[str, Callable[..., Step]] = {
    "before the scan": StationSession.set_quantity,
    "after it": StationSession.correct_last,
}
RIDICULOUS = (MAX_QUANTITY + 1, 9_520_000_000_011 * MICRO, 2**63 - 1, 2**63, 10**30)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(shop: Shop) -> Desk:
    return shop.desk("manager")


@pytest.fixture(params=["inbound", "outbound", "stocktake"])
def floor(request: pytest.FixtureRequest, shop: Shop, desk: Desk) -> Floor:
    """Each station with a document open that rice belongs to, and one bag of it scanned."""
    shop.stock(shop.rice, 500)
    shop.order("SO-1", (shop.rice, 400))
    desk.sync()
    made = Floor(desk, request.param)
    made.scan({"inbound": "PO-1", "outbound": "SO-1", "stocktake": "L:A-01"}[request.param])
    assert made.scan(RICE).quantity == MICRO
    return made


def counted(floor: Floor) -> int:
    """Return how much rice the open document has, 10^-6."""
    head = floor.session.head
    assert head is not None

    def ask(connection: Any) -> int:
        lines = sheet_lines(connection, head, floor.desk.calendar.limits())
        return sum(line.here for line in lines if line.sku == "RICE-10")

    return floor.desk.ask(ask)


def refused(result: ScanResult, zh: str, en: str) -> None:
    assert (result.tone, result.quantity) == (Tone.REFUSED, 0), result
    said(result).says(zh, en)


def stopped(floor: Floor, result: ScanResult, zh: str, en: str) -> None:
    """Assert that it was refused and that the line stops; go on."""
    refused(result, zh, en)
    floor.do(partial(StationSession.acknowledge, accept=False, of=result.n))


# ---------------------------------------------------------------- at the stations


def test_nothing_and_less_than_nothing_are_no_quantities(floor: Floor) -> None:
    none, less = (
        ("数量不能是 0", "quantity cannot be 0"),
        ("数量不能为负：.1", "quantity cannot be negative: .1"),
    )
    for card in ("MD:QTY:0", "MD:QTY:0.000000"):
        stopped(floor, floor.scan(card), *none)
    for say in SAYING.values():
        for wanted, words in ((0, none), (-MICRO, less)):
            stopped(floor, floor.do(partial(say, quantity=wanted)).results[0], *words)
    assert counted(floor) == MICRO
    assert floor.scan(RICE).quantity == MICRO, "the next scan is one again"


def test_a_barcode_in_the_place_of_a_quantity_is_refused(floor: Floor) -> None:
    for wanted in RIDICULOUS:
        for say in SAYING.values():
            step = floor.do(partial(say, quantity=wanted))
            words = ("太大（上限 10,000,000）.*条码", "too large .at most 10,000,000.*barcode")
            stopped(floor, step.results[0], *words)
    stopped(floor, floor.scan("MD:QTY:999999999"), "太大", "too large")
    for card in ("MD:QTY:9999999999", "MD:QTY:-5", "MD:QTY:1e6", "MD:QTY:٣", "MD:QTY:", "MD:QTY:NaN"):
        result = floor.scan(card)
        if result.ask is Ask.ACKNOWLEDGE:
            refused(result, "不认识的命令卡", "Unknown command card")
            floor.do(partial(StationSession.acknowledge, accept=False, of=result.n))
    assert counted(floor) == MICRO


def test_much_is_asked_about_and_then_believed(floor: Floor) -> None:
    floor.do(lambda session: session.set_quantity(ABSURD_QUANTITY + MICRO))
    result = floor.scan(RICE)
    if result.code == "more_than_expected":  # an order cannot be given more than it asks for
        assert result.ask is Ask.ACKNOWLEDGE
        floor.do(lambda session: session.acknowledge(accept=False, of=result.n))
        assert counted(floor) == MICRO
        return
    assert (result.code, result.ask) == ("absurd_quantity", Ask.CONFIRM)
    said(result).says("数量 10,000 对吗.*条码", "Is 10,000 right.*barcode")
    floor.do(lambda session: session.acknowledge(accept=False, of=result.n))
    assert counted(floor) == MICRO
    floor.do(lambda session: session.set_quantity(ABSURD_QUANTITY + MICRO))
    asked = floor.scan(RICE)
    done = floor.do(lambda session: session.acknowledge(accept=True, of=asked.n)).results[0]
    assert done.quantity == ABSURD_QUANTITY + MICRO
    assert counted(floor) == MICRO + ABSURD_QUANTITY + MICRO
    floor.desk.sync()
    assert floor.desk.refused() == []


def test_a_code_that_says_nothing_or_too_much_of_itself(desk: Desk) -> None:
    inbound = Floor(desk, "inbound")
    inbound.scan("PO-1")
    none = inbound.step("0209520000000011" + "370" + "\x1d" + "1727123110X", "]C1").results[-1]
    assert none.ask is Ask.ACKNOWLEDGE
    refused(none, "数量不能是 0", "quantity cannot be 0")
    inbound.do(lambda session: session.acknowledge(accept=False, of=none.n))
    much = inbound.step("0209520000000011" + "3799999999" + "\x1d" + "1727123110X", "]C1").results[-1]
    assert (much.code, much.ask) == ("absurd_quantity", Ask.CONFIRM)
    yes = inbound.do(lambda session: session.acknowledge(accept=True, of=much.n)).results[0]
    refused(yes, "太大（上限 10,000,000）", "too large .at most 10,000,000")
    inbound.do(lambda session: session.acknowledge(accept=False, of=much.n))
    assert inbound.scan(LOTTED).quantity == MICRO


def test_a_day_that_does_not_exist_is_asked_for_again(desk: Desk) -> None:
    inbound = Floor(desk, "inbound")
    inbound.scan("PO-1")
    assert inbound.scan(BOTTLE).ask is Ask.LOT
    for day in (20271399, 99999999, 0, -1, 20270230, 2027, 10**18):
        step = inbound.do(partial(StationSession.give_lot, lot="L1", expiry=day, serial=""))
        refused(step.results[0], "没有 .* 这一天", "no such day")
        assert step.situation.question is not None, "the question still stands"
    assert inbound.do(lambda session: session.give_lot("L1", 20271231, "")).results[0].quantity == MICRO


# ---------------------------------------------------------------- by scripts


def test_a_script_is_refused_by_name_and_writes_nothing(shop: Shop, desk: Desk) -> None:
    before = desk.stock()
    for quantity, code in ((0, "quantity_zero"), (MAX_QUANTITY + 1, "quantity_absurd"), (10**30, None)):
        for body in operations(shop, quantity):
            with pytest.raises(Refusal) as met:
                desk.do(body)
            assert met.value.code == (code or met.value.code)
            told(met.value)
    with pytest.raises(Refusal, match="no_such_day"):
        desk.do(receive(shop, MICRO, expiry=20271399))
    assert desk.pending() == []
    assert desk.stock() == before


def receive(shop: Shop, quantity: int, expiry: int | None = None) -> ReceiveGoods:
    world = shop.world
    return ReceiveGoods(
        world.chance.new_id(), world.outlet, world.warehouse, world.shelves[0], shop.beer, None,
        quantity, MICRO, "L1", expiry, "", "sellable", BOTTLE,
    )  # fmt: skip


def operations(shop: Shop, quantity: int) -> list[object]:
    """Return one operation of every kind that carries a quantity."""
    world, new_id = shop.world, shop.world.chance.new_id
    line = OrderLine(new_id(), shop.rice, quantity, 5 * MICRO, 500)
    order = NewOrder(
        new_id(), f"SO-{new_id()}", "门店", world.warehouse, None, "尾号 2041", "review",
        world.chance.now, None, 0, 0, (line,),
    )  # fmt: skip
    return [
        receive(shop, quantity),
        AdjustStock(
            world.outlet, world.warehouse, world.shelves[0], shop.rice, None, "sellable",
            quantity, "opening", "",
        ),
        PickGoods(
            new_id(), world.outlet, world.warehouse, world.shelves[0], world.shelves[1], shop.rice, None,
            None, quantity, MICRO, "", RICE,
        ),
        PlaceOrder(world.outlet, order),
        PlacePurchaseOrder(
            new_id(), f"PO-{new_id()}", world.outlet, world.warehouse, shop.supplier, 20251121,
            (PurchaseLine(new_id(), shop.rice, quantity, MICRO),),
        ),
    ]  # fmt: skip


# ---------------------------------------------------------------- raw, by a desk gone wrong


def push_raw(desk: Desk, bodies: list[tuple[str, bytes]]) -> PushAnswer:
    """Push operations that no rule of a desk has seen, signed as a desk signs them."""
    identity = desk.identity
    key = DeviceKeys(identity.signing_seed, identity.agreement_seed).signing_key
    assert desk.runtime.engine.position.device_seq == 0
    chain, wires = GENESIS, []
    now, new_id = desk.runtime.clock(), desk.runtime.new_id
    for number, (kind, data) in enumerate(bodies, 1):
        envelope = Envelope(
            new_id(), identity.merchant_id, identity.device_id, number, kind, KINDS[kind].version,
            desk.person.id, 1, now, now, 0, 0,
        )  # fmt: skip
        header = encode_header(header_of(envelope, data))
        chain = chain_hash(chain, header)
        wires.append(WireOp(header, data, sign(key, Purpose.OPERATION, chain)))
    answer = desk._fetch(Request("POST", "/push", encode(PushRequest(wires)), identity.token, 10.0))
    return decode(answer.body, PushAnswer)


def test_pushed_raw_nothing_absurd_gets_into_the_book(shop: Shop, desk: Desk) -> None:
    encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
    bodies = [
        (kind_of(body).name, encoder.encode(body))
        for quantity in (0, -MICRO, MAX_QUANTITY + 1, 2**63 - 1, -(2**63))
        for body in operations(shop, quantity)
    ]
    world = shop.world
    count = CountGoods(
        world.chance.new_id(), world.outlet, world.warehouse, world.shelves[0], shop.rice, "", None,
        MAX_QUANTITY + 1, MICRO, "", RICE,
    )  # fmt: skip
    bodies.append(("count_goods", encoder.encode(count)))
    bodies.append(("receive_goods", encoder.encode(receive(shop, MICRO, expiry=99999999))))
    answer = push_raw(desk, bodies)
    assert answer.stopped == ""
    assert len(answer.outcomes) == len(bodies)
    for outcome in answer.outcomes:
        assert outcome.status in (Status.APPLIED, Status.REFUSED), outcome
        if outcome.status is Status.REFUSED:
            facts = msgspec.json.decode(outcome.facts)
            told(Refusal(outcome.code, **facts))
            assert outcome.facts == facts_text(facts)
    other = shop.desk()
    ledger = "SELECT count(*), coalesce(max(abs(quantity)), 0) FROM ledger"
    with other.read() as connection, connection.begin():
        rows, largest = connection.exec_driver_sql(ledger).one()
        days = connection.exec_driver_sql("SELECT expiry FROM lots").scalars().all()
    assert largest <= MAX_QUANTITY
    assert rows == sum(1 for kind, body in bodies if kind == "adjust_stock" and _fits(body))
    assert 99999999 not in days
    tasks = other.ask(lambda connection: read_tasks(connection, "open", 500))
    assert tasks, "what hands did stands as an exception, for a person to look at"
    for task in tasks:
        asked(task, desk.runtime.clock())


def _fits(body: bytes) -> bool:
    """Tell whether an adjustment is one that the rules let pass: signed, not nothing, not absurd."""
    quantity: int = msgspec.msgpack.decode(body)["quantity"]
    return 0 < abs(quantity) <= MAX_QUANTITY
