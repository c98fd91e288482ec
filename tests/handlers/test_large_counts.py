"""Can a count be ended however many goods it saw, part by part, with every key settled once?"""

from dataclasses import replace

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import KEYS_AT_ONCE, CountGoods
from merchant_desk.domain.products import MergeProducts
from merchant_desk.domain.stock import StockKey, UndoScan
from merchant_desk.handlers import counting
from merchant_desk.server.batch import Batch
from merchant_desk.server.reading import Arrival
from merchant_desk.sync.codec import encode_body, encode_header, header_of
from merchant_desk.sync.protocol import WireOp
from tests.helpers.floor import (
    BEER,
    DESK_A,
    MANAGER,
    OUTLET,
    RICE,
    SHELF,
    SHELF_2,
    WAREHOUSE,
    WORKER,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    named,
)

COUNT = named("count")
MANY = 2_600
"""With a line and a variance for each, more than the rows that one operation may touch."""


def serial(n: int) -> CountGoods:
    """See one bottle with a number of its own."""
    return CountGoods(COUNT, OUTLET, WAREHOUSE, SHELF, BEER, "", None, MICRO, MICRO, f"S{n}", "B1")


def scan_many(floor: Floor, many: int) -> None:
    """Send scans in one transaction, as a desk's push does."""
    floor.rights = floor.one("merchants")["rights_version"]
    with floor.engine.begin() as connection:
        batch = Batch(floor.store, connection, floor.merchant, floor.now)
        for n in range(many):
            body = serial(n)
            data = encode_body(body)
            header = header_of(floor.envelope(body, MANAGER, DESK_A, None, 0), data)
            batch.apply(Arrival(header, WireOp(encode_header(header), data, b"")), OUTLET)
        batch.finish()


def test_a_count_of_thousands_is_ended_in_parts(floor: Floor) -> None:
    floor.send(count())
    scan_many(floor, MANY)
    parts = 0
    while floor.one("counts")["status"] == "open":
        floor.send(end_count())
        parts += 1
        assert len(floor.rows("count_lines")) == min(MANY, parts * KEYS_AT_ONCE)
    assert parts == 3
    assert floor.available()[0] == MANY
    assert floor.flags() == []
    floor.assert_conserved()


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch, floor: Floor) -> Floor:
    """Counts are settled two keys at a time; one of five keys is open, and part of it settled."""
    monkeypatch.setattr(counting, "KEYS_AT_ONCE", 2)
    floor.send(count())
    for n in range(5):
        floor.send(serial(n), by=WORKER)
    floor.send(end_count())
    assert (len(floor.rows("count_lines")), floor.one("counts")["status"]) == (2, "open")
    assert floor.one("counts")["closed_at"] is None
    return floor


def test_what_is_stated_gone_takes_its_turn(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "KEYS_AT_ONCE", 2)
    gone = []
    for sku in (BEER, RICE):
        for shelf in (SHELF, SHELF_2):
            floor.send(adjusted(3, sku=sku, location=shelf))
            gone.append(StockKey(shelf, sku).id)
    floor.send(count())
    floor.send(counted(3))
    nowhere = [named("no balance"), named("none either")]
    floor.send(end_count("count", *nowhere, *gone))
    assert floor.one("counts")["status"] == "open"
    floor.send(end_count("count", *gone))
    assert floor.one("counts")["status"] == "closed"
    assert len(floor.rows("count_lines")) == 4
    assert (floor.on_hand(), floor.on_hand(BEER, SHELF_2), floor.on_hand(RICE)) == (3, 0, 0)
    assert floor.flags() == []


def test_a_scan_of_what_is_settled_is_told(two_at_once: Floor) -> None:
    settled = {row["serial"] for row in two_at_once.rows("count_lines")}
    two_at_once.send(serial(int(min(settled)[1:])))
    assert two_at_once.flags() == ["document_not_open"]
    left = ({f"S{n}" for n in range(5)} - settled).pop()
    two_at_once.send(serial(int(left[1:])))
    assert two_at_once.flags() == ["document_not_open"]


def test_an_undo_of_what_is_settled_is_one_after_the_end(two_at_once: Floor) -> None:
    settled = {row["serial"] for row in two_at_once.rows("count_lines")}
    scans = {row["serial"]: row["op_id"] for row in two_at_once.rows("count_entries")}
    left = min(scans.keys() - settled)
    two_at_once.send(UndoScan(OUTLET, COUNT, scans[left]), by=WORKER)
    assert two_at_once.flags() == []
    two_at_once.send(UndoScan(OUTLET, COUNT, scans[min(settled)]), by=WORKER)
    assert two_at_once.flags() == ["lost_right", "undone_after_close"]


@pytest.mark.parametrize("parts", [0, 1], ids=["settled before", "since"])
def test_so_is_one_of_goods_whose_product_was_merged(two_at_once: Floor, parts: int) -> None:
    before = {row["serial"] for row in two_at_once.rows("count_lines")}
    two_at_once.send(MergeProducts(RICE, BEER))
    for _ in range(parts):
        two_at_once.send(end_count())
    since = {row["serial"] for row in two_at_once.rows("count_lines")} - before
    assert two_at_once.one("counts")["status"] == "open"
    scan = two_at_once.one("count_entries", serial=min(since or before))["op_id"]
    two_at_once.send(UndoScan(OUTLET, COUNT, scan))
    assert two_at_once.flags() == ["undone_after_close"]


def test_what_was_settled_before_its_product_was_merged_is_not_settled_again(two_at_once: Floor) -> None:
    two_at_once.send(MergeProducts(RICE, BEER))
    two_at_once.send(end_count())
    assert two_at_once.one("counts")["status"] == "open"
    two_at_once.send(end_count())
    assert two_at_once.one("counts")["status"] == "closed"
    assert len(two_at_once.rows("count_lines")) == 5
    assert two_at_once.available(RICE)[0] == 5
    two_at_once.assert_conserved()


def test_what_was_seen_of_both_products_is_settled_as_one(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "KEYS_AT_ONCE", 1)
    for sku in (BEER, RICE):
        floor.send(adjusted(9, sku=sku))
    floor.send(count())
    for sku, units in ((BEER, 5), (RICE, 3)):
        floor.send(counted(units, sku=sku))
    floor.send(end_count())
    first = floor.one("count_lines")["sku_id"]
    kept = RICE if first == BEER else BEER
    floor.send(MergeProducts(kept, first))
    floor.send(end_count())
    assert (floor.on_hand(kept), floor.one("counts")["status"]) == (8, "closed")
    floor.assert_conserved()


def test_ending_once_too_often_is_told(two_at_once: Floor) -> None:
    for _ in range(2):
        two_at_once.send(end_count())
    assert (len(two_at_once.rows("count_lines")), two_at_once.one("counts")["status"]) == (5, "closed")
    two_at_once.send(end_count())
    assert two_at_once.flags() == ["closed_twice"]


def test_a_last_part_that_leaves_something_is_told(two_at_once: Floor) -> None:
    two_at_once.send(replace(end_count(), last=True))
    (task,) = two_at_once.rows("tasks")
    assert (task["code"], task["about_id"], '"keys": 1' in task["facts"]) == ("count_left_open", COUNT, True)
    two_at_once.send(replace(end_count(), last=True))
    assert two_at_once.one("counts")["status"] == "closed"
    assert two_at_once.flags() == ["count_left_open"]
