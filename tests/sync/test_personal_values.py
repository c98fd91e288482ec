"""Do personal values open where they may, nowhere else, and nowhere at all once they are erased?"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.tasks import SettleTask
from merchant_desk.sync.personal import Withheld, open_details
from merchant_desk.sync.sealing import SealBroken
from merchant_desk.sync.server_faults import Unreachable
from tests.helpers.lone_desk import Backups
from tests.helpers.personal import PersonalShop, every_value

LI = BuyerDetails("李小明", "10000002041", "青石县白水乡东沟村 7 号")


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PersonalShop]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    opened = PersonalShop(tmp_path, url)
    yield opened
    opened.close()


def key_of(desk: Desk, buyer_id: UUID) -> bytes | None:
    with desk.read() as connection, connection.begin():
        sql = "SELECT key FROM buyer_keys WHERE id = ?"
        return connection.exec_driver_sql(sql, (buyer_id.bytes,)).scalar()


def test_desks_of_the_group_open_what_another_made_offline(shop: PersonalShop) -> None:
    maker, other, outside = shop.desk(), shop.desk(), shop.desk(groups=())
    shop.fetch.down = True
    buyer_id = maker.add_buyer("B1", LI, level="金卡")
    assert maker.buyer_details(buyer_id) == LI
    shop.fetch.down = False
    for desk in (maker, other, outside):
        desk.sync()
    assert [desk.buyer_details(buyer_id) for desk in (maker, other)] == [LI, LI]
    assert outside.buyer_details(buyer_id) is Withheld.DESK
    assert key_of(outside, buyer_id) is None
    assert shop.server_key(buyer_id) == key_of(maker, buyer_id)


def test_nobody_without_the_right_sees_them_at_a_desk_that_could(shop: PersonalShop) -> None:
    maker, other = shop.desk(), shop.desk("worker")
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    other.sync()
    assert other.buyer_details(buyer_id) is Withheld.RIGHT
    with pytest.raises(Refusal, match="not_allowed"):
        other.erase_buyer(buyer_id)


def test_a_desk_outside_the_group_keeps_its_own_key_until_the_server_has_it(shop: PersonalShop) -> None:
    outside, inside = shop.desk(groups=()), shop.desk()
    shop.fetch.down = True
    buyer_id = outside.add_buyer("B1", LI)
    shop.fetch.down = False
    outside.sync()
    assert shop.server_key(buyer_id) is not None
    assert key_of(outside, buyer_id) is None
    assert outside.buyer_details(buyer_id) is not LI
    inside.sync()
    assert inside.buyer_details(buyer_id) == LI


def test_a_key_that_was_lost_on_the_way_is_sent_again(shop: PersonalShop) -> None:
    maker, other = shop.desk(), shop.desk()
    buyer_id = maker.add_buyer("B1", LI)
    shop.lose_keys(maker)
    assert shop.server_key(buyer_id) is None
    other.sync()
    assert other.buyer_details(buyer_id) is Withheld.KEY
    maker = shop.reopen(maker)
    maker.sync()
    shop.pass_time(other)
    other.sync()
    assert other.buyer_details(buyer_id) == LI


def test_of_a_refused_buyer_no_key_is_left(shop: PersonalShop) -> None:
    maker, other = shop.desk(), shop.desk()
    other.add_buyer("B1", BuyerDetails("别人"))
    other.sync()
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    assert [one.code for one in maker.refused()] == ["buyer_code_taken"]
    assert shop.server_key(buyer_id) is None
    assert key_of(maker, buyer_id) is not None  # it may be done again under another code
    (task,) = maker.tasks()
    maker.do(SettleTask(task.id, shop.world.outlet, "dropped", ""))
    maker.sync()
    maker = shop.reopen(maker)
    maker.sync()
    assert key_of(maker, buyer_id) is None
    assert shop.server_key(buyer_id) is None


@pytest.mark.expects_log("rebuild_needed")
def test_a_restored_server_gets_the_keys_that_it_lacks(tmp_path: Path) -> None:
    shop = PersonalShop(tmp_path)
    maker, other = shop.desk(), shop.desk()
    backups = Backups(shop)  # type: ignore[arg-type]
    copy = backups.make()
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    other.sync()
    backups.restore(copy)
    assert shop.server_key(buyer_id) is None
    maker.sync()
    maker.sync()
    assert shop.server_key(buyer_id) == key_of(maker, buyer_id) is not None
    other.sync()
    assert other.buyer_details(buyer_id) == LI
    shop.close()


def test_a_wrong_key_locks_nobody_out(shop: PersonalShop) -> None:
    maker, rogue = shop.desk(), shop.desk()
    buyer_id = maker.add_buyer("B1", LI)
    shop.lose_keys(maker)
    shop.give(rogue, buyer_id, bytes(32))
    assert shop.server_key(buyer_id) is None
    maker = shop.reopen(maker)
    maker.sync()
    assert shop.server_key(buyer_id) == key_of(maker, buyer_id)


def test_only_desks_of_the_group_are_given_keys(shop: PersonalShop) -> None:
    maker, outside = shop.desk(), shop.desk(groups=("cost",))
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    with pytest.raises(Refusal, match="not_allowed"):
        shop.ask(outside, buyer_id)


def test_erased_is_erased_everywhere(shop: PersonalShop) -> None:
    maker, other, late = shop.desk(), shop.desk(), shop.desk()
    buyer_id, stays = maker.add_buyer("B1", LI, level="金卡"), maker.add_buyer("B2", LI)
    for desk in (maker, other, late):
        desk.sync()
    key = key_of(maker, buyer_id)
    assert key is not None
    assert key == key_of(late, buyer_id)
    other.erase_buyer(buyer_id)
    assert other.buyer_details(buyer_id) == LI  # asked for, not done
    for desk in (other, maker, late):
        desk.sync()
        assert desk.buyer_details(buyer_id) is Withheld.ERASED
        assert desk.buyer_details(stays) == LI
    for find in shop.searches():
        assert find(LI.name.encode()) == find(LI.phone.encode()) == find(key) == []
    for desk in (maker, other, late):
        assert desk.check_again().alarm is None
    shop.assert_chains_hold()
    newcomer = shop.desk()
    assert newcomer.buyer_details(buyer_id) is Withheld.ERASED
    assert newcomer.buyer_details(stays) == LI
    assert_opens_nothing(shop, buyer_id)
    other.erase_buyer(buyer_id)
    other.sync()
    assert other.refused()[0].code == "buyer_erased"


def test_a_desk_that_comes_late_gives_an_erased_key_in_vain(shop: PersonalShop) -> None:
    maker, other = shop.desk(), shop.desk()
    buyer_id = maker.add_buyer("B1", LI)
    shop.lose_keys(maker)
    other.sync()
    other.erase_buyer(buyer_id)
    other.sync()
    maker = shop.reopen(maker)
    shop.give(maker, buyer_id, key_of(maker, buyer_id) or b"")
    assert shop.server_key(buyer_id) is None
    maker.sync()
    assert key_of(maker, buyer_id) is None


def test_a_crash_between_feed_and_key_only_delays_its_end(shop: PersonalShop) -> None:
    maker, other = shop.desk(), shop.desk()
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    other.sync()
    other.erase_buyer(buyer_id)
    other.sync()
    maker.runtime._exchange.run(lambda changes: None, lambda: False)  # the feed, and then nothing more
    assert key_of(maker, buyer_id) is not None
    assert maker.buyer_details(buyer_id) is Withheld.ERASED
    maker = shop.reopen(maker)
    shop.fetch.down = True
    with pytest.raises(Unreachable):
        maker.sync()
    assert key_of(maker, buyer_id) is None
    shop.fetch.down = False


def assert_opens_nothing(shop: PersonalShop, buyer_id: UUID) -> None:
    """Try every value of 32 bytes in every database as the key of every sealed value in any of them."""
    values = every_value(shop)
    keys = {value for value in values if len(value) == 32}
    sealed = {value for value in values if value[:1] == b"\x01" and len(value) > 29}
    opened = set()
    for key in keys:
        for one in sealed:
            try:
                opened.add(open_details(buyer_id, one, key))
            except (SealBroken, ValueError):
                continue
    assert len(keys) > 1
    assert opened == set()


def test_what_is_endless_or_hidden_is_no_name(shop: PersonalShop) -> None:
    desk = shop.desk()
    refused: list[Callable[[], object]] = [
        lambda: desk.add_buyer("B1", BuyerDetails("李" * 301)),
        lambda: desk.add_buyer("B1", BuyerDetails(address="东沟\x00村")),
    ]
    for attempt in refused:
        with pytest.raises(Refusal, match="buyer_details"):
            attempt()
    nothing = desk.add_buyer("B1", BuyerDetails())
    known = desk.add_buyer("B2", LI)
    assert desk.buyer_details(known) == LI
    desk.sync()
    assert desk.buyer_details(nothing) is Withheld.UNKNOWN


@pytest.mark.expects_log("rebuild_needed")
def test_a_restored_server_is_told_again_by_the_desk_that_erased(tmp_path: Path) -> None:
    shop = PersonalShop(tmp_path)
    maker, other = shop.desk(), shop.desk()
    buyer_id = maker.add_buyer("B1", LI)
    maker.sync()
    other.sync()
    backups = Backups(shop)  # type: ignore[arg-type]
    copy = backups.make()
    other.erase_buyer(buyer_id)
    other.sync()
    maker.sync()
    assert shop.server_key(buyer_id) is None
    backups.restore(copy)
    assert shop.server_key(buyer_id) is not None
    maker.sync()
    assert maker.buyer_details(buyer_id) == LI  # until the desk that erased comes
    other.sync()
    other.sync()
    assert shop.server_key(buyer_id) is None
    maker.sync()
    for desk in (maker, other):
        assert desk.buyer_details(buyer_id) is Withheld.ERASED
        assert key_of(desk, buyer_id) is None
    shop.close()
