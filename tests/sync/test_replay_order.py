"""Does work that is carried out again see what came later at its own desk?"""

import shutil

import pytest

from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods
from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, log_of, receipt
from tests.helpers.shop import Shop

MICRO = 1_000_000


def delivery(shop: Shop, number: str) -> list[object]:
    """Return a receipt against the open purchase order, from its opening to its closing."""
    world, receipt_id = shop.world, shop.world.chance.new_id()
    scans = [
        ReceiveGoods(
            receipt_id, world.outlet, world.warehouse, world.shelves[0], shop.rice, shop.rice_line, MICRO,
            MICRO, "", None, "", "sellable", "9520000000028",
        )
        for _ in range(2)
    ]  # fmt: skip
    opened = OpenReceipt(receipt_id, number, world.outlet, world.warehouse, shop.purchase, None)
    return [opened, *scans, CloseReceipt(receipt_id, world.outlet)]


def count_elsewhere(shop: Shop) -> None:
    """Let somebody count the shelf and the goods of a delivery: every receipt asks for such a count."""
    world, count_id = shop.world, shop.world.chance.new_id()
    place = world.outlet, world.warehouse, world.shelves[0]
    world.server.house.do(
        world.merchant_id,
        OpenCount(count_id, "CT-1", *place, True),
        CountGoods(count_id, *place, shop.rice, "", None, 5 * MICRO, MICRO, "", "9520000000028"),
        CloseCount(count_id, world.outlet, (), last=True),
    )


def test_a_scan_that_is_carried_out_again_does_not_find_its_receipt_closed(
    shop: Shop, desk: LoneDesk
) -> None:
    for body in delivery(shop, "RC-1"):
        desk.do(body)
    count_elsewhere(shop)
    desk.exchange.pull(desk.changes.append, lambda: False)  # every scan had looked for a count
    with desk.profile.reader.connect() as connection, connection.begin():
        assert "document_not_open" not in connection.exec_driver_sql("SELECT code FROM tasks").scalars().all()
        assert connection.exec_driver_sql("SELECT status FROM receipts").scalars().all() == ["closed"]
    desk.sync()
    assert_agrees(desk)


def test_a_look_up_that_found_nothing_does_not_find_what_was_made_later(shop: Shop, desk: LoneDesk) -> None:
    """Two receipts of one number: the second has the exception, also when the first is done anew."""
    first, second = receipt(shop, "RC-1", lines=1), receipt(shop, "RC-1", lines=1)
    for body in (*first, *second):
        desk.do(body)
    told = _about(desk)
    assert len(told) == 1
    count_elsewhere(shop)
    desk.exchange.pull(desk.changes.append, lambda: False)
    assert _about(desk) == told
    desk.sync()
    assert_agrees(desk)


def _about(desk: LoneDesk) -> list[tuple[object, ...]]:
    with desk.profile.reader.connect() as connection, connection.begin():
        sql = "SELECT code, about_id FROM tasks WHERE code = 'number_taken' ORDER BY about_id"
        return [tuple(row) for row in connection.exec_driver_sql(sql).all()]


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.expects_log("desk_stuck")
def test_a_copys_numbers_at_a_restored_server_are_not_taken_for_ones_own(shop: Shop, desk: LoneDesk) -> None:
    """A server goes back; a copy of this desk offers its work first, under the numbers that ours had."""
    backups = Backups(shop)
    before = backups.make()
    desk.close()
    shutil.copytree(desk.folder, shop.folder / "copy")
    desk.open()
    copy = LoneDesk(shop, shop.folder / "copy").open()
    ours = [desk.do(adjust(shop, n)) for n in (1, 2, 3)]
    desk.sync()
    theirs = [copy.do(adjust(shop, n)) for n in (10, 20, 30, 40)]
    backups.restore(before)
    copy.sync()
    assert set(theirs) <= log_of(shop).keys()
    desk.run()
    assert {row[1] for row in desk.outbox("op_id, status")} == {"pending"}, "nobody has them any more"
    desk.enrol_again()
    desk.sync()
    log = log_of(shop)
    assert [log.get(op_id) for op_id in (*ours, *theirs)] == ["applied"] * 7
    copy.sync()
    assert_agrees(desk)
    assert_agrees(copy)
    copy.close()
