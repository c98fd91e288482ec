"""Two products that turn out to be one: everything goes over, and what comes late lands on the one kept."""

import dataclasses
from collections.abc import Callable
from itertools import count as numbers
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import AcceptOrder
from merchant_desk.domain.products import (
    Barcode,
    ChangeProduct,
    DraftProduct,
    LearnBarcode,
    MergeProducts,
    lot_id,
)
from merchant_desk.domain.purchasing import PurchaseLine, SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt, ReverseReceipt
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import CloseShipment
from merchant_desk.domain.stock import UndoScan
from tests.helpers.floor import (
    BEER,
    DESK_B,
    OUTLET,
    RICE,
    SECOND,
    WORKER,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    item,
    named,
    order,
    picked,
    purchase,
    receipt,
    received,
    shipment,
)

MERGE = MergeProducts(BEER, RICE)
"""The rice turns out to be the beer."""

_names = numbers()


def test_stock_codes_and_lots_go_over_by_rows_that_compensate(floor: Floor) -> None:
    floor.do(adjusted(5, sku=RICE))
    floor.do(adjusted(2))
    floor.do(receipt())
    floor.do(received(3, sku=RICE, lot="L1", expiry=20270101))
    before = floor.rows("ledger")
    floor.do(MERGE)
    assert (floor.on_hand(), floor.on_hand(RICE)) == (7, 0)
    assert floor.on_hand(lot_id=lot_id(BEER, "L1")) == 3
    assert floor.one("lots", id=lot_id(BEER, "L1"))["expiry"] == 20270101
    assert (floor.available(), floor.available(RICE)) == ((10, 0, 0), (0, 0, 0))
    assert {row["code"] for row in floor.rows("barcodes", sku_id=BEER)} == {"B1", "R1"}
    assert floor.rows("barcodes", sku_id=RICE) == []
    gone = floor.one("skus", id=RICE)
    assert (gone["archived"], gone["draft"], gone["sku"]) == (1, 0, "RICE")
    after = floor.rows("ledger")
    assert [row for row in after if row in before] == before, "nothing that was written changes"
    assert {row["kind"] for row in after if row not in before} == {"merge"}
    floor.assert_conserved()


def test_what_comes_late_lands_on_the_one_kept(floor: Floor) -> None:
    floor.do(receipt())
    floor.do(MERGE)
    floor.send(adjusted(4, sku=RICE), by=WORKER, device=DESK_B)
    floor.send(received(2, sku=RICE, lot="L9"), by=WORKER, device=DESK_B)
    floor.send(picked(1, sku=RICE, line=""), by=WORKER, device=DESK_B)
    floor.send(LearnBarcode(RICE, Barcode("R2", None, MICRO, "each"), OUTLET, None), device=DESK_B)
    assert (floor.on_hand(), floor.on_hand(RICE)) == (3, 0)
    assert floor.on_hand(lot_id=lot_id(BEER, "L9")) == 2
    assert {row["code"] for row in floor.rows("barcodes", sku_id=BEER)} == {"B1", "R1", "R2"}
    assert floor.rows("ledger", sku_id=RICE) == []
    floor.assert_conserved()


def test_open_lines_go_over(floor: Floor) -> None:
    floor.do(adjusted(10, sku=RICE))
    floor.do(order(4, sku=RICE))
    floor.do(AcceptOrder(named("order"), OUTLET))
    bought = purchase(6)
    line = PurchaseLine(named("po line"), RICE, 6 * MICRO, MICRO)
    floor.do(dataclasses.replace(bought, lines=(line,)))
    floor.do(SendPurchaseOrder(named("po"), OUTLET))
    floor.do(MERGE)
    assert (floor.available(), floor.available(RICE)) == ((10, 4, 6), (0, 0, 0))
    floor.do(receipt(order=named("po")))
    floor.do(received(6, line=named("po line")))
    floor.do(CloseReceipt(named("receipt"), OUTLET))
    assert floor.one("purchase_orders")["status"] == "closed"
    floor.do(shipment())
    floor.do(picked(4))
    floor.do(CloseShipment(named("shipment"), OUTLET, "", ""))
    assert floor.one("orders")["status"] == "shipped"
    assert (floor.available(), floor.available(RICE)) == ((12, 0, 0), (0, 0, 0))
    floor.assert_conserved()


def test_an_order_that_was_not_accepted_yet_reserves_the_one_kept(floor: Floor) -> None:
    floor.do(adjusted(3))
    floor.do(order(3, sku=RICE))
    floor.do(MERGE)
    floor.do(AcceptOrder(named("order"), OUTLET))
    assert (floor.available(), floor.available(RICE)) == ((3, 3, 0), (0, 0, 0))
    floor.do(order(1, "second", sku=RICE))
    with pytest.raises(Refusal, match="stock_short"):
        floor.do(AcceptOrder(named("second"), OUTLET))


def test_what_was_done_before_can_still_be_taken_back(floor: Floor) -> None:
    floor.do(receipt())
    first = floor.do(received(3, sku=RICE))
    floor.do(received(2, sku=RICE))
    floor.do(MERGE)
    floor.send(UndoScan(OUTLET, named("receipt"), first))
    assert (floor.on_hand(), floor.on_hand(RICE)) == (2, 0)
    floor.do(CloseReceipt(named("receipt"), OUTLET))
    floor.do(ReverseReceipt(named("receipt"), OUTLET, (), "never came"))
    assert (floor.on_hand(), floor.on_hand(RICE)) == (0, 0)
    floor.assert_conserved()


def test_a_count_made_before_and_sent_after_counts_both_as_one(floor: Floor) -> None:
    floor.do(adjusted(5, sku=RICE))
    floor.do(adjusted(3))
    then = floor.now + SECOND
    floor.now += 60 * SECOND
    floor.do(MERGE)
    for body in (count(), counted(5, sku=RICE), counted(3), end_count()):
        floor.send(body, by=WORKER, device=DESK_B, time=then)
    (line,) = floor.rows("count_lines")
    assert (line["sku_id"], line["counted"], line["variance"]) == (BEER, 8 * MICRO, 0)
    assert floor.on_hand() == 8


def test_a_count_that_was_under_way_ends_right(floor: Floor) -> None:
    floor.do(adjusted(5, sku=RICE))
    floor.do(count())
    floor.do(counted(2, sku=RICE))
    floor.do(MERGE)
    floor.do(counted(3))
    floor.do(end_count())
    assert (floor.on_hand(), floor.on_hand(RICE)) == (5, 0)


def test_a_movement_that_a_closed_count_saw_is_settled_with_it(floor: Floor) -> None:
    early = floor.now + SECOND
    floor.now += 60 * SECOND
    floor.do(count())
    floor.do(counted(5, sku=RICE))
    floor.do(end_count())
    floor.do(MERGE)
    assert floor.on_hand() == 5
    floor.send(adjusted(5, sku=RICE), by=WORKER, device=DESK_B, time=early)
    assert (floor.on_hand(), floor.on_hand(RICE)) == (5, 0)
    floor.assert_conserved()


def test_a_chain_of_merges_ends_at_the_last(floor: Floor) -> None:
    floor.do(DraftProduct(item(named("draft"), "D-1", "D1"), OUTLET, None))
    floor.do(adjusted(2, sku=named("draft")))
    floor.do(MergeProducts(RICE, named("draft")))
    floor.do(MERGE)
    floor.send(adjusted(1, sku=named("draft")))
    assert (floor.on_hand(), floor.on_hand(RICE), floor.on_hand(named("draft"))) == (3, 0, 0)
    assert {row["code"] for row in floor.rows("barcodes", sku_id=BEER)} == {"B1", "R1", "D1"}


def test_the_task_of_a_clash_is_settled(floor: Floor) -> None:
    floor.send(DraftProduct(item(named("draft"), "beer", "D1"), OUTLET, None), by=WORKER)
    assert floor.one("tasks")["status"] == "open"
    floor.do(MergeProducts(BEER, named("draft")))
    task = floor.one("tasks")
    assert (task["code"], task["status"], task["resolution"]) == (
        "sku_taken_by_draft",
        "settled",
        "corrected",
    )
    assert floor.one("skus", id=BEER)["sku_key"] == "beer"
    assert floor.one("skus", id=named("draft"))["sku_key"] == "beer~1"


@pytest.mark.parametrize(
    ("prepare", "body", "code"),
    [
        (lambda f: None, MergeProducts(BEER, BEER), "merge_with_itself"),
        (lambda f: f.do(ChangeProduct(RICE, base_unit="袋")), MERGE, "merge_units_differ"),
        (lambda f: f.do(MERGE), MERGE, "product_archived"),
        (lambda f: f.do(MERGE), MergeProducts(RICE, BEER), "product_archived"),
        (lambda f: None, MergeProducts(BEER, named("nothing")), "not_here"),
    ],
)
def test_what_cannot_be_one_is_refused(
    floor: Floor, prepare: Callable[[Floor], object], body: MergeProducts, code: str
) -> None:
    prepare(floor)
    with pytest.raises(Refusal, match=code):
        floor.do(body)


def test_a_worker_merges_nothing(floor: Floor) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(MERGE, by=WORKER)


Moves = list[tuple[UUID, int]]
moves = st.lists(st.tuples(st.sampled_from([BEER, RICE]), st.integers(-4, 9).filter(bool)), max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=moves, after=moves)
def test_whatever_moved_before_and_after_adds_up(floor: Floor, before: Moves, after: Moves) -> None:
    """Two fresh products a time: their stock is that of one product, however the merge fell between."""
    n = next(_names)
    kept, merged = named(f"kept {n}"), named(f"merged {n}")
    for id, code in ((kept, f"K{n}"), (merged, f"M{n}")):
        floor.do(DraftProduct(item(id, code), OUTLET, None))
    for sku, units in before:
        floor.send(adjusted(units, sku=kept if sku == BEER else merged))
    floor.do(MergeProducts(kept, merged))
    for sku, units in after:
        floor.send(adjusted(units, sku=kept if sku == BEER else merged), device=DESK_B)
    assert floor.on_hand(kept) == sum(units for _, units in (*before, *after))
    assert floor.on_hand(merged) == 0
    floor.assert_conserved()
