"""One scan at two desks, as one goes on from the other's safety copy: booked once, whatever each says."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.stations.counter import Sheet
from merchant_desk.sync.safety_copy_return import find_copy
from tests.helpers.copied_desk import (
    RICE,
    contents,
    heir,
    left,
    opened,
    protected_desk,
    scan_states,
    server_rice,
    started,
)
from tests.helpers.shop import Shop

BEER = "9520000000011"
UNKNOWN = "9529999999995"
EXPIRY = 20_301_231

pytestmark = [pytest.mark.expects_log("rebuild_needed"), pytest.mark.usefixtures("ring")]


def stopped(shop: Shop, folder: Path, stick: Path) -> tuple[Desk, Sheet]:
    """Return a desk that asks for a lot, with scans behind the question, and the copy of that moment."""
    desk = protected_desk(shop, folder)
    desk.name_copy_folder(stick)
    sheet = desk.receive("PO-1")
    assert sheet.scan(RICE).code == "accepted"
    assert sheet.scan(BEER).ask
    for code in (RICE, RICE, UNKNOWN):
        assert sheet.scan(code).code == "held_back"
    desk.copy_now()
    desk.end_safety_copy()
    assert set(scan_states(contents(find_copy(stick), shop)).values()) == {"done", "new", "held_back"}
    return desk, sheet


def answered(sheet: Sheet, lot: str) -> list[str]:
    """Answer what is asked, and let what was held go on."""
    given = sheet.give_lot(lot, EXPIRY).code
    return [given, *(result.code for result in sheet.apply_held())]


def answered_again(sheet: Sheet, lot: str) -> list[str]:
    """The same where the scans were only journaled: the one in question asks once more."""
    return [*(result.code for result in sheet.apply_held()), *answered(sheet, lot)]


def booked(shop: Shop) -> tuple[int, list[str], int]:
    """Return what the server has: pieces, lots of beer, entries in the tray."""
    with shop.world.server.engine.connect() as connection, connection.begin():
        sql = "SELECT l.code FROM ledger g JOIN lots l ON l.id = g.lot_id ORDER BY 1"
        lots = [str(code) for code in connection.exec_driver_sql(sql).scalars()]
        total = connection.exec_driver_sql("SELECT sum(quantity) FROM ledger").scalar()
        tray = connection.exec_driver_sql("SELECT count(*) FROM unknown_codes").scalar()
    return int(total or 0) // MICRO, lots, int(tray or 0)


def told(desk: Desk) -> list[str]:
    with desk.read() as connection, connection.begin():
        return list(connection.exec_driver_sql("SELECT code FROM tasks ORDER BY code").scalars())


def agree(shop: Shop, *desks: Desk) -> None:
    """Every desk has sent all, goes on, and shows what the server has."""
    for desk in (*desks, *desks):
        desk.sync()
    for desk in desks:
        assert desk.status.fault is None
        assert desk.status.waiting == 0
        assert sum(row.on_hand for row in desk.stock(shop.rice)) == server_rice(shop) * MICRO
        assert desk.runtime.check_again().alarm is None


def test_what_was_sent_after_the_copy_is_not_booked_again(shop: Shop, tmp_path: Path, stick: Path) -> None:
    desk, sheet = stopped(shop, tmp_path / "desk", stick)
    assert answered(sheet, "L1") == ["accepted", "accepted", "accepted", "unknown_code"]
    desk.sync()
    before = booked(shop)
    assert before == (4, ["L1"], 1)
    left(shop, desk)  # its disk is dead; in the copy the scans wait
    new = heir(shop, find_copy(stick), tmp_path / "new")
    again = new.reopen("receipts", sheet.document_id)
    assert again.station.held == []
    assert again.station.waiting is None
    assert again.scan(RICE).code == "accepted"
    agree(shop, new)
    assert booked(shop) == (5, ["L1"], 1)
    assert told(new) == []


def test_the_old_disk_and_the_new_desk_book_a_scan_once(shop: Shop, tmp_path: Path, stick: Path) -> None:
    """Offline, neither knows of the other: rice they tell alike, the beer's lot otherwise."""
    old, sheet = stopped(shop, tmp_path / "desk", stick)
    left(shop, old)
    new = heir(shop, find_copy(stick), tmp_path / "new")
    shop.fetch.down = True
    again = new.reopen("receipts", sheet.document_id)
    assert len(again.station.held) == 4
    assert answered_again(again, "L1")[-4:] == ["accepted", "accepted", "accepted", "unknown_code"]
    old = started(shop, tmp_path / "desk")
    there = old.reopen("receipts", sheet.document_id)
    assert answered_again(there, "L2")[-4:] == ["accepted", "accepted", "accepted", "unknown_code"]
    for one in (again, there):
        assert one.scan(RICE).code == "accepted"  # each goes on with goods of its own
    shop.fetch.down = False
    old.sync()
    new.sync()  # comes second, and what it has behind the beer is not held up
    agree(shop, new, old)
    assert booked(shop) == (6, ["L2"], 1)
    assert told(new) == told(old) == ["told_otherwise"]
    assert again.scan(RICE).code == "accepted"
    agree(shop, new, old)
    assert booked(shop)[0] == 7


def test_what_the_old_disk_books_meanwhile_waits_no_more(shop: Shop, tmp_path: Path, stick: Path) -> None:
    old, sheet = stopped(shop, tmp_path / "desk", stick)
    left(shop, old)
    new = heir(shop, find_copy(stick), tmp_path / "new")
    again = new.reopen("receipts", sheet.document_id)
    again.apply_held()  # the lot is asked for, and nobody answers yet
    assert again.station.waiting is not None
    old = opened(shop, tmp_path / "desk")
    there = old.reopen("receipts", sheet.document_id)
    answered_again(there, "L2")
    old.sync()
    new.sync()
    assert answered(again, "L1")[0] == "booked_elsewhere"
    again.acknowledge()
    agree(shop, new, old)
    assert booked(shop) == (4, ["L2"], 1)
    assert new.reopen("receipts", sheet.document_id).station.held == []
    assert told(new) == []
