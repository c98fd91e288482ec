"""Operations that share a transaction: the same as one by one, but for the commit."""

from collections import deque

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, ChangePrice, NewSku
from merchant_desk.sync.desk import Work
from merchant_desk.sync.outbox import Outbox
from merchant_desk.sync.protocol import decode_header
from tests.helpers.lone_desk import LoneDesk, assert_agrees


def product(desk: LoneDesk, code: str) -> NewSku:
    id = desk.shop.world.chance.new_id()
    return NewSku(id, code, code, "", "", "件", MICRO, False, False, 0, 0, ())


def works(desk: LoneDesk, *bodies: object) -> deque[Work]:
    return deque(Work(body, desk.shop.world.manager) for body in bodies)


def skus(desk: LoneDesk) -> set[str]:
    with desk.profile.reader.connect() as connection, connection.begin():
        return {row[0] for row in connection.exec_driver_sql("SELECT sku FROM skus WHERE sku LIKE 'T-%'")}


def test_one_that_is_refused_ends_the_run_and_writes_nothing(desk: LoneDesk) -> None:
    codes = ("T-1", "T-2", "T-1", "T-3")
    waiting = works(desk, *(AddProduct(product(desk, code)) for code in codes))
    done = desk.engine.do_together(waiting, lambda: False)
    assert (done.count, len(waiting)) == (2, 1)
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.facts) == ("sku_taken", {"sku": "T-1"})
    assert len(done.changes["skus"]) == 2
    rest = desk.engine.do_together(waiting, lambda: False)
    assert (rest.count, rest.refusal, skus(desk)) == (1, None, {"T-1", "T-2", "T-3"})
    desk.restart()
    assert len(desk.engine.pending) == 3
    desk.sync()
    assert_agrees(desk)


def test_it_ends_when_somebody_waits(desk: LoneDesk) -> None:
    waiting = works(desk, *(AddProduct(product(desk, f"T-{n}")) for n in range(5)))
    answers = iter((False, True))
    assert desk.engine.do_together(waiting, lambda: next(answers)).count == 2
    assert (len(waiting), skus(desk)) == (3, {"T-0", "T-1"})


def test_what_leans_on_the_one_before_says_so(desk: LoneDesk) -> None:
    item = product(desk, "T-1")
    bodies = (AddProduct(item), ChangePrice(item.sku_id, 2 * MICRO))
    assert desk.engine.do_together(works(desk, *bodies), lambda: False).count == 2
    with desk.profile.store.engine.begin() as connection:
        first, second = Outbox(connection.connection.cursor()).by_seq([1, 2])
    assert decode_header(second.header).depends_on == (first.op_id,)
    desk.sync()
    assert_agrees(desk)


def test_a_disk_that_fails_leaves_nothing_behind(desk: LoneDesk) -> None:
    waiting = works(desk, *(AddProduct(product(desk, f"T-{n}")) for n in range(3)))

    def fail() -> bool:
        if len(waiting) == 1:
            raise OSError("the disk is gone")
        return False

    with pytest.raises(OSError, match="gone"):
        desk.engine.do_together(waiting, fail)
    assert (skus(desk), len(desk.engine.pending), desk.engine.position.device_seq) == (set(), 0, 0)
    assert desk.engine.do_together(works(desk, AddProduct(product(desk, "T-0"))), lambda: False).count == 1
    assert desk.engine.position.device_seq == 1
