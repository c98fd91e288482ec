"""Is everything without an end asked about when it is time to, on a line that breaks as on a good one?"""

from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import ChangePrice
from merchant_desk.sync.asking_again import RETRY_SECONDS
from merchant_desk.sync.pending import Footprint, Pending
from merchant_desk.sync.protocol import Outcome, PushRequest, Status, decode, decode_header
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, enrol, log_of
from tests.helpers.shop import Shop
from tests.sync.test_exchange_push import broken_at_the_server, pushes, waiting
from tests.sync.test_held import HOUR, priced_product, status_here

pytestmark = pytest.mark.expects_log("handler_failed|not_asked_again")

MINUTE = RETRY_SECONDS + 1


def breaks_at(desk: LoneDesk, op_id: UUID) -> None:
    """Let the line break whenever an operation is on its way, with its body or without."""

    def broken(request: Request) -> Request:
        if request.path == "/push":
            for op in decode(request.body, PushRequest).ops:
                if decode_header(op.header).op_id == op_id:
                    raise Unreachable("interrupted", "the test says so")
        return request

    desk.wire.before = broken


def test_one_that_nobody_answers_in_time_keeps_neither_the_feed_nor_the_others_back(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent, second = desk.do(adjust(shop, 3)), desk.do(adjust(shop, 2))
    left = broken_at_the_server(monkeypatch, silent, second)
    desk.sync()
    left.clear()
    desk.restart()
    other = enrol(shop, "other")
    breaks_at(desk, silent)
    other.do(adjust(shop, 4))
    other.sync()
    cursor = desk.engine.position.cursor
    desk.sync()
    assert desk.engine.position.cursor > cursor, "what others did comes in"
    desk.wire.requests.clear()
    desk.sync()
    assert "/push" not in desk.wire.paths(), "it is not asked about all the time"
    desk.watch.now += MINUTE
    desk.sync()
    assert (status_here(desk, silent), status_here(desk, second)) == ("parked", "applied")
    desk.wire.before = lambda request: request
    desk.watch.now += 2 * MINUTE
    desk.sync()
    desk.sync()
    assert status_here(desk, silent) == "applied"
    assert_agrees(desk)
    other.close()


def test_what_is_not_answered_in_time_is_asked_about_less_and_less(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = desk.do(adjust(shop, 3))
    broken_at_the_server(monkeypatch, silent)
    desk.sync()
    desk.sync()
    desk.watch.now += HOUR
    breaks_at(desk, silent)
    desk.wire.requests.clear()
    for _ in range(6 * 60):
        desk.watch.now += 10
        desk.sync()
    assert 3 <= desk.wire.paths().count("/push") <= 6
    broken = desk.wire.paths().count("/push")
    for _ in range(2):
        desk.watch.now += HOUR
        desk.sync()
    assert desk.wire.paths().count("/push") > broken, "but never given up"


def test_a_server_of_another_version_is_asked_at_once_what_the_last_one_did_not_answer(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = desk.do(adjust(shop, 3))
    left = broken_at_the_server(monkeypatch, silent)
    desk.sync()
    desk.sync()
    breaks_at(desk, silent)
    for _ in range(3):
        desk.watch.now += HOUR
        desk.sync()
    left.clear()
    desk.wire.before = lambda request: request
    shop.fetch.version = msgspec.structs.replace(shop.fetch.version, version="99.0.0")
    desk.watch.now += MINUTE
    desk.sync()
    assert status_here(desk, silent) == "applied"


@pytest.mark.parametrize("start", [False, True], ids=["an hour later", "at the start"])
def test_a_line_that_breaks_in_between_leaves_the_rest_for_a_minute_later(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, start: bool
) -> None:
    first, second = desk.do(adjust(shop, 3)), desk.do(adjust(shop, 2))
    added, priced = priced_product(shop, desk, 7)
    left = broken_at_the_server(monkeypatch, first, second, added)
    desk.sync()
    left.clear()
    if start:
        desk.restart()
    else:
        desk.watch.now += HOUR
    for broken, settled in ((second, first), (priced, added)):
        breaks_at(desk, broken)
        desk.sync()
        assert status_here(desk, settled) == "applied"
        desk.watch.now += 2 * MINUTE
    desk.wire.before = lambda request: request
    desk.sync()
    desk.sync()
    assert {status_here(desk, op_id) for op_id in (first, second, added, priced)} == {"applied"}
    assert waiting(desk) == 0
    assert_agrees(desk)


def test_what_is_parked_is_offered_alone_at_once_and_the_rest_every_hour(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = [desk.do(adjust(shop, 1)) for _ in range(20)]
    left = broken_at_the_server(monkeypatch, *stuck)
    desk.sync()
    desk.sync()
    for _ in range(3):
        desk.wire.requests.clear()
        stuck.append(desk.do(adjust(shop, 1)))
        left.add(stuck[-1])
        desk.sync()
        assert desk.wire.paths().count("/push") <= 3, "with its body, without it, and once more with it"
        desk.wire.requests.clear()
        desk.sync()
        assert "/push" not in desk.wire.paths()
    left.clear()
    desk.watch.now += HOUR
    desk.sync()
    assert {status_here(desk, op_id) for op_id in stuck} == {"applied"}
    assert_agrees(desk)


def test_a_round_that_is_cancelled_ends_at_once_and_goes_on_later(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = [desk.do(adjust(shop, 1)) for _ in range(12)]
    left = broken_at_the_server(monkeypatch, *stuck)
    desk.sync()
    desk.sync()
    left.clear()
    desk.watch.now += HOUR
    desk.wire.requests.clear()
    desk.run(lambda: desk.wire.paths().count("/push") >= 5)
    assert desk.wire.paths().count("/push") == 5
    assert [status_here(desk, op_id) for op_id in stuck] == ["applied"] * 5 + ["parked"] * 7
    desk.sync()
    assert desk.wire.paths().count("/push") == len(stuck)
    assert {status_here(desk, op_id) for op_id in stuck} == {"applied"}
    assert_agrees(desk)


def test_what_is_minted_while_a_hole_is_filled_goes_up_with_its_body(shop: Shop, desk: LoneDesk) -> None:
    """Even if it is time to ask about what is held, of which headers go alone."""
    backups = Backups(shop)
    desk.do(adjust(shop))
    desk.sync()
    copy = backups.make()
    for _ in range(3):
        desk.do(adjust(shop))
    desk.sync()
    backups.restore(copy, epoch=False)
    desk.do(adjust(shop))
    pushes(desk)

    def work_on(request: Request, response: Response) -> Response:
        if desk.wire.paths().count("/push") == 2:
            desk.wire.after = lambda request, response: response
            desk.do(adjust(shop))
        return response

    desk.wire.after = work_on
    desk.watch.now += HOUR
    assert desk.exchange._push_all(desk.changes.append, lambda: False) is None
    assert pushes(desk) == [[(5, True)], [(n, True) for n in (2, 3, 4, 5)]]
    desk.sync()
    assert pushes(desk) == [[(6, True)]]
    assert set(log_of(shop).values()) == {"applied"}


def desk_row(desk: LoneDesk, sku: str) -> tuple[bytes, int]:
    with desk.profile.reader.connect() as connection, connection.begin():
        id, price = connection.exec_driver_sql("SELECT id, price FROM skus WHERE sku = ?", (sku,)).one()
    return id, price


def price_here(desk: LoneDesk, sku: str) -> int:
    return desk_row(desk, sku)[1] // MICRO


@pytest.mark.expects_log("rebuild_needed")
def test_what_is_parked_after_it_was_held_is_shown_as_anything_parked(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, priced = priced_product(shop, desk, 7)
    left = broken_at_the_server(monkeypatch, added, priced)
    assert price_here(desk, "NEW-1") == 7
    desk.sync()
    assert price_here(desk, "NEW-1") == 5, "what is held is withdrawn"
    left.discard(added)
    desk.watch.now += HOUR
    desk.sync()
    assert (status_here(desk, added), status_here(desk, priced)) == ("applied", "parked")
    desk.sync()
    assert price_here(desk, "NEW-1") == 7
    desk.restart()
    desk.do(adjust(shop, 3))
    desk.sync()
    assert price_here(desk, "NEW-1") == 7
    backups = Backups(shop)
    backups.restore(backups.make())
    desk.sync()
    assert price_here(desk, "NEW-1") == 7
    left.clear()
    desk.watch.now += HOUR
    desk.sync()
    desk.sync()
    assert log_of(shop)[priced] == "applied"
    assert price_here(desk, "NEW-1") == 7
    assert_agrees(desk)


def test_it_is_shown_below_what_came_after_it(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    added, priced = priced_product(shop, desk, 7)
    broken_at_the_server(monkeypatch, added)
    desk.sync()
    sku_id = UUID(bytes=desk_row(desk, "NEW-1")[0])
    later = desk.engine.do(ChangePrice(sku_id, 9 * MICRO), shop.world.manager)
    assert price_here(desk, "NEW-1") == 9
    changes = desk.engine.take_outcomes([Outcome(priced, 2, Status.PARKED)])
    assert sku_id in changes["skus"]
    assert price_here(desk, "NEW-1") == 9
    desk.restart()
    assert desk.engine.pending.standing() == [1, 2, later.device_seq]
    desk.engine.take_outcomes([Outcome(later.op_id, later.device_seq, Status.HELD)])
    assert price_here(desk, "NEW-1") == 7


def test_what_stands_again_takes_its_old_place() -> None:
    pending, ids = Pending(), [UUID(int=n) for n in range(4)]
    for seq in (1, 2, 3):
        pending.add(seq, ids[seq], Footprint((), ()))
    pending.withdraw(1)
    assert pending.first_standing_but(()) == 2
    pending.stand(1, Footprint((), ()))
    assert pending.first_standing_but(()) == 1
    assert pending.first_standing_but({1}) == 2
