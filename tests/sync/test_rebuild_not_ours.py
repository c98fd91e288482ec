"""A desk's rebuild at a restored server that has another's work under its name, and its own under others'."""

import shutil

import pytest

from merchant_desk.sync.rebuild import Rebuild
from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, log_of
from tests.helpers.shop import Shop

pytestmark = [pytest.mark.expects_log(line) for line in ("rebuild_needed", "desk_stuck", "bad_signature")]


MICRO = 1_000_000


def on_hand(desk: LoneDesk) -> int:
    """Return how much of all goods a desk shows."""
    with desk.profile.reader.connect() as connection, connection.begin():
        return int(connection.exec_driver_sql("SELECT sum(on_hand) FROM stock_balances").scalar() or 0)


def copied(shop: Shop, desk: LoneDesk, name: str) -> LoneDesk:
    """Return a clone of a desk as it is now."""
    desk.close()
    shutil.copytree(desk.folder, shop.folder / name)
    desk.open()
    return LoneDesk(shop, shop.folder / name).open()


@pytest.mark.parametrize("by_file", [False, True], ids=["by the feed", "by a file"])
@pytest.mark.parametrize("unknown", [0, 1, 4], ids=["all", "but the first", "but four"])
def test_what_came_there_by_a_clone_is_neither_pending_nor_shown_twice(
    shop: Shop, desk: LoneDesk, by_file: bool, unknown: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clone went on under this desk's name, another one offered what it knew as a device of its own."""
    if by_file:  # rows that nobody says the operations of
        monkeypatch.setattr(Rebuild, "_uncertain", lambda rebuild, page: set())
    backups = Backups(shop)
    before = backups.make()
    early = copied(shop, desk, "early")
    ours = [desk.do(adjust(shop, n)) for n in range(1, 9)]
    desk.sync()
    late = copied(shop, desk, "late")
    with late.profile.writer.begin() as connection:
        for op_id in ours[:unknown]:
            connection.exec_driver_sql("DELETE FROM outbox WHERE op_id = ?", (op_id.bytes,))
    ours.append(desk.do(adjust(shop, 50)))
    for n in (100, 200):
        early.do(adjust(shop, n))
    backups.restore(before)
    early.sync()
    late.run()
    late.enrol_again()
    late.sync()
    assert log_of(shop).keys().isdisjoint(ours[:unknown])
    assert set(ours[unknown:-1]) <= log_of(shop).keys()
    desk.run()
    is_open = [row[0] is None for row in desk.outbox("settled_at")]
    assert is_open == [True] * unknown + [False] * (8 - unknown) + [True]
    assert on_hand(desk) == on_hand(late) + (50 + sum(range(1, unknown + 1))) * MICRO
    desk.enrol_again()
    desk.sync()
    late.sync()
    assert_agrees(desk)
    assert_agrees(late)
    early.close()
    late.close()


@pytest.mark.parametrize("by_file", [False, True], ids=["by the feed", "by a file"])
def test_unsent_work_that_a_clone_has_sent_is_not_shown_twice(
    shop: Shop, desk: LoneDesk, by_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone was enrolled as a device of its own; then the desk is built anew with the same work unsent."""
    if by_file:  # rows that nobody says the operations of
        monkeypatch.setattr(Rebuild, "_uncertain", lambda rebuild, page: set())
    ours = [desk.do(adjust(shop, n)) for n in (1, 2)]
    clone = copied(shop, desk, "clone")
    clone.enrol_again()
    clone.sync()
    ours.append(desk.do(adjust(shop, 50)))
    desk.exchange.build(desk.changes.append, lambda: False, by_feed=True)
    assert on_hand(desk) == on_hand(clone) + 50 * MICRO
    desk.sync()
    clone.sync()
    assert [log_of(shop)[op_id] for op_id in ours] == ["applied"] * 3
    assert_agrees(desk)
    assert_agrees(clone)
    clone.close()
