"""Is what a backup had parked or held taken up again, though this desk had heard of its end since?"""

from uuid import UUID

import pytest

from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, enrol, log_of, order
from tests.helpers.shop import Shop
from tests.sync.test_exchange_push import broken_at_the_server, waiting
from tests.sync.test_held import HOUR, status_here

pytestmark = [pytest.mark.expects_log("handler_failed"), pytest.mark.expects_log("rebuild_needed")]


def on_hand(desk: LoneDesk) -> list[int]:
    with desk.profile.reader.connect() as connection, connection.begin():
        sql = "SELECT on_hand FROM stock_balances WHERE on_hand <> 0"
        return [row[0] for row in connection.exec_driver_sql(sql)]


def here_and_there(shop: Shop, desk: LoneDesk, *op_ids: UUID) -> list[tuple[str, str]]:
    log = log_of(shop)
    return [(status_here(desk, op_id), log[op_id]) for op_id in op_ids]


def settled_later(desk: LoneDesk) -> None:
    desk.watch.now += HOUR
    desk.sync()
    desk.sync()


def test_what_was_parked_in_the_backup_is_offered_again_with_what_it_holds(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stock(shop.rice, 20)
    desk.sync()
    found = desk.do(adjust(shop, 3))
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    left = broken_at_the_server(monkeypatch, found, placed)
    desk.sync()
    backups = Backups(shop)
    copy = backups.make()
    bugs = set(left)
    left.clear()
    settled_later(desk)
    ended = [("applied", "applied")] * 3
    assert here_and_there(shop, desk, found, placed, accepted) == ended
    shown = on_hand(desk)
    left |= bugs  # the version of that day is back as well
    backups.restore(copy)
    assert desk.run().fault is None
    open_again = [("parked", "parked"), ("parked", "parked"), ("held", "held")]
    assert here_and_there(shop, desk, found, placed, accepted) == open_again
    assert waiting(desk) == 3
    assert on_hand(desk) == shown
    desk.restart()
    assert on_hand(desk) == shown
    left.clear()
    settled_later(desk)
    assert here_and_there(shop, desk, found, placed, accepted) == ended
    assert on_hand(desk) == shown
    assert_agrees(desk)


@pytest.mark.parametrize("renamed", [False, True], ids=["as the same device", "enrolled again"])
def test_it_is_offered_at_once_where_the_restored_server_can_take_it_in(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch, *, renamed: bool
) -> None:
    found = desk.do(adjust(shop, 3))
    left = broken_at_the_server(monkeypatch, found)
    desk.sync()
    if renamed:
        desk.enrol_again()
        desk.sync()
    backups = Backups(shop)
    copy = backups.make()
    left.clear()
    settled_later(desk)
    assert here_and_there(shop, desk, found) == [("applied", "applied")]
    backups.restore(copy)
    desk.run()
    desk.sync()
    assert here_and_there(shop, desk, found) == [("applied", "applied")]
    assert_agrees(desk)


def test_what_others_have_parked_is_not_ours(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = enrol(shop, "other")
    mine, theirs = desk.do(adjust(shop, 3)), other.do(adjust(shop, 4))
    broken_at_the_server(monkeypatch, theirs)
    desk.sync()
    other.sync()
    backups = Backups(shop)
    backups.restore(backups.make())
    desk.sync()
    assert here_and_there(shop, desk, mine) == [("applied", "applied")]
    assert waiting(desk) == 0
    assert_agrees(desk)
    other.close()
