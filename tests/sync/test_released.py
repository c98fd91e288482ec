"""What was held comes after what it stands on, each at its own risk: none stays parked for another's sake."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID
from weakref import WeakSet

import pytest
from sqlalchemy.exc import IntegrityError
from sqlcipher3 import dbapi2

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import PlaceOrder
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.handlers import context
from merchant_desk.server import batch
from merchant_desk.sync.protocol import PushRequest, decode, decode_header
from merchant_desk.sync.transport import Request, ServerProblem, ServerTrouble
from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, enrol, log_of, order
from tests.helpers.shop import Shop

AN_HOUR = 3_601


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 10)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    opened = enrol(shop)
    opened.sync()
    yield opened
    opened.close()


def offered_again(desk: LoneDesk) -> None:
    desk.watch.now += AN_HOUR
    desk.sync()


@pytest.mark.expects_log("handler_failed")
@pytest.mark.expects_log("write_failed")
def test_rows_that_the_database_will_not_take_cost_only_their_own_operation(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rice_2 = NewSku(desk.engine.new_id(), "RICE-2", "大米", "", "", "袋", 5 * MICRO, False, False, 0, 0, ())
    added = desk.do(AddProduct(rice_2))
    placed = []
    for number in ("SO-1", "SO-2"):
        body, _ = order(shop, number)
        assert isinstance(body, PlaceOrder)
        lines = tuple(replace(line, sku_id=rice_2.sku_id) for line in body.order.lines)
        placed.append(desk.do(PlaceOrder(body.outlet_id, replace(body.order, lines=lines))))
    broken, untaken = {added}, {placed[0]}

    def carry_out(unit: Any, envelope: Any, body: object) -> None:
        if envelope.op_id in broken:
            raise ZeroDivisionError("a bug")
        if envelope.op_id in untaken:
            unit.cursor.execute("INSERT INTO counters SELECT * FROM counters")  # stands already
        context.carry_out(unit, envelope, body)

    monkeypatch.setattr(batch, "carry_out", carry_out)
    desk.sync()
    assert states(shop, added, *placed) == ["parked", "held", "held"]
    broken.clear()
    offered_again(desk)
    assert states(shop, added, *placed) == ["applied", "parked", "applied"]
    untaken.clear()
    offered_again(desk)
    offered_again(desk)
    assert states(shop, added, *placed) == ["applied", "applied", "applied"]
    assert_agrees(desk)


def test_a_parked_decision_waits_for_the_parked_one_that_it_stands_on(shop: Shop, desk: LoneDesk) -> None:
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    unreadable = {placed, accepted}

    def picky(request: Request) -> Request:
        if request.path == "/push":
            for op in decode(request.body, PushRequest).ops:
                if op.body is not None and decode_header(op.header).op_id in unreadable:
                    raise ServerProblem(413, "too_large", "{}")
        return request

    desk.wire.before = picky
    desk.sync()
    assert states(shop, placed, accepted) == ["parked", "parked"]
    unreadable.discard(accepted)
    offered_again(desk)
    assert states(shop, placed, accepted) == ["parked", "held"]
    unreadable.clear()
    offered_again(desk)
    assert states(shop, placed, accepted) == ["applied", "applied"]
    desk.sync()
    assert_agrees(desk)


class Untaken:
    """Operations whose handler runs, but whose rows the database will not take: only the last write tells."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception]) -> None:
        self.broken: set[UUID] = set()
        self.untaken: set[UUID] = set()
        self._units: WeakSet[Any] = WeakSet()
        finish = batch.Batch.finish

        def end(made: batch.Batch) -> int:
            if made.unit in self._units:
                raise error()
            return finish(made)

        monkeypatch.setattr(batch, "carry_out", self._carry_out)
        monkeypatch.setattr(batch.Batch, "finish", end)

    def _carry_out(self, unit: Any, envelope: Any, body: object) -> None:
        if envelope.op_id in self.broken:
            raise ZeroDivisionError("a bug")
        if envelope.op_id in self.untaken:
            self._units.add(unit)
        context.carry_out(unit, envelope, body)


def taken_by_none() -> Exception:
    return IntegrityError("INSERT", {}, dbapi2.IntegrityError("UNIQUE constraint failed"))


def too_large() -> Exception:
    return OverflowError("Python int too large to convert to SQLite INTEGER")


@pytest.mark.expects_log("handler_failed")
@pytest.mark.expects_log("write_failed")
@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.parametrize("error", [taken_by_none, too_large])
def test_a_parked_one_whose_rows_the_database_will_not_take_stops_no_other_one(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception]
) -> None:
    poisoned, other = desk.do(adjust(shop, 3)), desk.do(adjust(shop, 2))
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    server = Untaken(monkeypatch, error)
    server.untaken |= {poisoned}
    server.broken |= {other, placed}
    desk.sync()
    assert states(shop, poisoned, other, placed, accepted) == ["parked", "parked", "parked", "held"]
    server.broken.clear()
    offered_again(desk)
    assert states(shop, poisoned, other, placed, accepted) == ["parked", "applied", "applied", "applied"]
    backups = Backups(shop)
    backups.restore(backups.make())
    desk.sync()
    assert desk.engine.position.epoch == shop.world.server.epoch
    server.untaken.clear()
    offered_again(desk)
    assert states(shop, poisoned) == ["applied"]
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
@pytest.mark.expects_log("write_failed")
@pytest.mark.parametrize("error", [taken_by_none, too_large])
def test_a_held_one_whose_rows_the_database_will_not_take_is_parked_alone(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, error: Callable[[], Exception]
) -> None:
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    others, theirs = (desk.do(body) for body in order(shop, "SO-2"))
    server = Untaken(monkeypatch, error)
    server.broken |= {placed, others}
    server.untaken |= {accepted}
    desk.sync()
    server.broken.clear()
    offered_again(desk)
    assert states(shop, placed, accepted, others, theirs) == ["applied", "parked", "applied", "applied"]
    server.untaken.clear()
    desk.sync()
    desk.sync()
    assert states(shop, accepted) == ["applied"]
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
def test_a_server_that_fails_over_one_parked_operation_is_offered_the_others(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, other = desk.do(adjust(shop, 3)), desk.do(adjust(shop, 2))
    server = Untaken(monkeypatch, taken_by_none)
    server.broken |= {poisoned, other}
    desk.sync()
    server.broken.clear()

    def fails_over_one(request: Request) -> Request:
        if request.path == "/push":
            for op in decode(request.body, PushRequest).ops:
                if op.body is not None and decode_header(op.header).op_id == poisoned:
                    raise ServerTrouble(500, "server_failed", "{}")
        return request

    desk.wire.before = fails_over_one
    offered_again(desk)
    assert states(shop, poisoned, other) == ["parked", "applied"]


@pytest.mark.expects_log("handler_failed")
def test_a_server_that_died_between_two_transactions_goes_on_when_it_is_asked_again(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    desk.do(adjust(shop))
    broken = {placed}

    def carry_out(unit: Any, envelope: Any, body: object) -> None:
        if envelope.op_id in broken:
            raise ZeroDivisionError("a bug")
        context.carry_out(unit, envelope, body)

    monkeypatch.setattr(batch, "carry_out", carry_out)
    desk.sync()
    broken.clear()
    with monkeypatch.context() as died:
        died.setattr(batch.Batch, "settle_waiting", lambda self: None)
        offered_again(desk)
    assert states(shop, placed, accepted) == ["applied", "held"]
    offered_again(desk)
    assert states(shop, placed, accepted) == ["applied", "applied"]
    desk.sync()
    assert_agrees(desk)


def states(shop: Shop, *op_ids: UUID) -> list[str]:
    log = log_of(shop)
    return [log[op_id] for op_id in op_ids]
