"""Does a desk hear what became of a decision that another one held up, whatever became of it?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.operations import Envelope
from merchant_desk.domain.products import AddProduct, ChangePrice, NewSku
from merchant_desk.handlers import context
from merchant_desk.models.faults import Fault, StorageFailed
from merchant_desk.server import batch
from merchant_desk.sync.asking_again import AGAIN_SECONDS
from merchant_desk.sync.protocol import PushRequest, decode, decode_header
from tests.helpers.lone_desk import LoneDesk, assert_agrees, enrol, log_of
from tests.helpers.shop import Shop
from tests.sync.test_exchange_push import broken_at_the_server, waiting

HOUR = AGAIN_SECONDS + 1


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    opened = enrol(shop)
    opened.sync()
    yield opened
    opened.close()


def priced_product(shop: Shop, desk: LoneDesk, price: int) -> tuple[UUID, UUID]:
    """Add a product at 5 and price it: the second decision stands on the first."""
    sku_id = shop.world.chance.new_id()
    item = NewSku(sku_id, "NEW-1", "苹果", "Apple", "", "个", 5 * MICRO, False, False, 0, 0, ())
    return desk.do(AddProduct(item)), desk.do(ChangePrice(sku_id, price * MICRO))


def status_here(desk: LoneDesk, op_id: UUID) -> str:
    return next(str(row[1]) for row in desk.outbox("op_id, status") if UUID(bytes=row[0]) == op_id)


@pytest.mark.expects_log("handler_failed")
@pytest.mark.parametrize("price", [5, 7])
def test_a_held_decision_ends_here_when_it_ends_there_with_rows_or_without(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, price: int
) -> None:
    added, priced = priced_product(shop, desk, price)
    left = broken_at_the_server(monkeypatch, added)
    desk.sync()
    assert (log_of(shop)[added], log_of(shop)[priced]) == ("parked", "held")
    assert waiting(desk) == 2
    left.clear()
    desk.watch.now += HOUR
    desk.sync()
    desk.sync()
    assert (log_of(shop)[added], log_of(shop)[priced]) == ("applied", "applied")
    assert status_here(desk, priced) == "applied"
    assert waiting(desk) == 0
    assert desk.unsettled() == 0
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
def test_a_held_decision_that_breaks_in_its_turn_is_offered_until_the_server_is_mended(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, priced = priced_product(shop, desk, 7)
    left = broken_at_the_server(monkeypatch, added, priced)
    desk.sync()
    left.discard(added)
    desk.watch.now += HOUR
    desk.sync()
    assert (log_of(shop)[added], log_of(shop)[priced]) == ("applied", "parked")
    assert status_here(desk, priced) == "parked"
    left.clear()
    desk.watch.now += HOUR
    desk.sync()
    assert log_of(shop)[priced] == "applied"
    assert waiting(desk) == 0
    assert desk.unsettled() == 0
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
def test_what_is_held_is_asked_for_without_its_body_and_not_all_the_time(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, _ = priced_product(shop, desk, 7)
    broken_at_the_server(monkeypatch, added)
    desk.sync()
    desk.sync()
    desk.wire.requests.clear()
    desk.watch.now += 60
    desk.sync()
    assert "/push" not in desk.wire.paths()
    desk.watch.now += HOUR
    desk.sync()
    pushed = [decode(one.body, PushRequest).ops for one in desk.wire.requests if one.path == "/push"]
    sent = [[(decode_header(op.header).device_seq, op.body is not None) for op in ops] for ops in pushed]
    assert sent == [[(1, True)], [(2, False)]]


@pytest.mark.expects_log("handler_failed|server_trouble|request_failed")
def test_a_disk_that_fails_the_server_while_it_settles_a_held_decision_parks_nothing(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, priced = priced_product(shop, desk, 7)
    broken_at_the_server(monkeypatch, added)
    desk.sync()

    def carry_out(unit: object, envelope: Envelope, body: object) -> None:
        if envelope.op_id == priced:
            raise StorageFailed(Path("server.db"), "disk I/O error")
        context.carry_out(unit, envelope, body)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "carry_out", carry_out)
    desk.watch.now += HOUR
    with pytest.raises(Fault):
        desk.run()
    assert (log_of(shop)[added], log_of(shop)[priced]) == ("parked", "held")
    monkeypatch.setattr(batch, "carry_out", context.carry_out)
    desk.watch.now += HOUR
    desk.sync()
    assert (log_of(shop)[added], log_of(shop)[priced]) == ("applied", "applied")
    assert_agrees(desk)
