"""A product that changes, and a draft that is completed."""

from typing import Any
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MAX_PRICE, MICRO
from merchant_desk.domain.products import Barcode, ChangeProduct, DraftProduct, MergeProducts
from merchant_desk.domain.refusals import Refusal
from tests.helpers.floor import BEER, OUTLET, RICE, WORKER, Floor, adjusted, item, named

CARTON = Barcode("19520000000018", "19520000000018", 12 * MICRO, "箱")


def codes(floor: Floor, sku: UUID = BEER) -> dict[str, int]:
    return {row["code"]: row["quantity"] // MICRO for row in floor.rows("barcodes", sku_id=sku)}


def test_only_what_is_named_changes(floor: Floor) -> None:
    before = floor.one("skus", id=BEER)
    floor.do(
        ChangeProduct(
            BEER, name=" 青石啤酒 ", category="酒水", price=6 * MICRO, track_lot=True, min_days_left=30
        )
    )
    after = floor.one("skus", id=BEER)
    changed = {name for name, value in after.items() if value != before[name]} - {"feed_seq", "feed_hash"}
    assert changed == {"name", "sort_key", "category", "price", "track_lot", "min_days_left"}
    assert (after["name"], after["sort_key"][:14], after["track_lot"]) == ("青石啤酒", "qing shi pi ji", 1)
    floor.do(ChangeProduct(BEER, sku="Beer-2"))
    assert floor.one("skus", id=BEER)["sku_key"] == "beer-2"


def test_a_carton_is_gained_corrected_and_dropped(floor: Floor) -> None:
    floor.do(ChangeProduct(BEER, codes=(CARTON,)))
    assert codes(floor) == {"B1": 1, "19520000000018": 12}
    floor.do(ChangeProduct(BEER, codes=(Barcode(CARTON.code, CARTON.gtin, 24 * MICRO, "箱"),)))
    assert codes(floor) == {"B1": 1, "19520000000018": 24}
    floor.do(ChangeProduct(BEER, dropped=("19520000000018", "never there")))
    assert codes(floor) == {"B1": 1}
    with pytest.raises(Refusal, match="code_known"):
        floor.do(ChangeProduct(BEER, codes=(Barcode("R1", None, MICRO, "each"),)))
    assert codes(floor, RICE) == {"R1": 1}


@pytest.mark.parametrize("change", [{"track_lot": True}, {"track_serial": True}, {"base_unit": "箱"}])
def test_what_stock_is_kept_by_changes_only_while_there_is_none(floor: Floor, change: dict[str, Any]) -> None:
    floor.do(adjusted(5))
    with pytest.raises(Refusal, match="tracking_with_stock"):
        floor.do(ChangeProduct(BEER, **change))
    assert floor.send(ChangeProduct(BEER, **change)).code == "tracking_with_stock"
    floor.do(ChangeProduct(BEER, track_expiry=True, min_days_left=7, track_lot=False))
    floor.do(adjusted(-7))
    with pytest.raises(Refusal, match="tracking_with_stock"):
        floor.do(ChangeProduct(BEER, **change))
    floor.do(adjusted(2))
    floor.do(ChangeProduct(BEER, **change))
    assert all(floor.one("skus", id=BEER)[name] == value for name, value in change.items())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"sku": ""}, "sku_missing"),
        ({"base_unit": " "}, "unit_missing"),
        ({"sku": "rice"}, "sku_taken"),
        ({"price": -1}, "price_negative"),
        ({"price": MAX_PRICE + 1}, "price_absurd"),
        ({"min_days_left": -1}, "days_absurd"),
        ({"shelf_life_days": 99_999}, "days_absurd"),
        ({"codes": (Barcode("X", None, 0, "箱"),)}, "pack_quantity"),
        ({"codes": (Barcode("", None, 1, "箱"),)}, "code_missing"),
    ],
)
def test_what_no_product_can_be_is_refused(floor: Floor, change: dict[str, Any], code: str) -> None:
    before = floor.one("skus", id=BEER)
    with pytest.raises(Refusal, match=code):
        floor.do(ChangeProduct(BEER, **change))
    assert floor.one("skus", id=BEER) == before


def test_it_is_the_offices_to_do(floor: Floor) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(ChangeProduct(BEER, name="x"), by=WORKER)
    with pytest.raises(Refusal, match="not_here"):
        floor.do(ChangeProduct(named("nothing"), name="x"))
    floor.do(MergeProducts(RICE, BEER))
    with pytest.raises(Refusal, match="product_archived"):
        floor.do(ChangeProduct(BEER, name="x"))


def test_a_draft_is_completed(floor: Floor) -> None:
    floor.do(DraftProduct(item(named("draft"), "D-1", "D1"), OUTLET, None), by=WORKER)
    floor.do(ChangeProduct(named("draft"), sku="TEA", name="茶叶", codes=(CARTON,), completes=True))
    row = floor.one("skus", id=named("draft"))
    assert (row["draft"], row["sku"], row["name"]) == (0, "TEA", "茶叶")
    assert codes(floor, named("draft")) == {"D1": 1, "19520000000018": 12}


def test_a_draft_that_shares_a_code_is_completed_under_another(floor: Floor) -> None:
    floor.do(DraftProduct(item(named("draft"), "beer", "D1"), OUTLET, None), by=WORKER)
    with pytest.raises(Refusal, match="sku_taken"):
        floor.do(ChangeProduct(named("draft"), name="茶叶", completes=True))
    floor.do(ChangeProduct(named("draft"), sku="TEA", completes=True))
    assert floor.one("skus", id=named("draft"))["draft"] == 0
