"""Opening stock stated again after products were merged, after a count, and with another expiry."""

from pathlib import Path
from uuid import UUID

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.products import MergeProducts
from merchant_desk.domain.stock import AdjustStock
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk
from tests.jobs.test_opening_stock import bring_in, codes, file_of, undo
from tests.jobs.test_opening_undo import bring_in as bring_kind

BALANCES = (
    "SELECT s.sku, b.on_hand / 1000000 FROM stock_balances b JOIN skus s ON s.id = b.sku_id"
    " WHERE b.on_hand <> 0 ORDER BY 1"
)


def ids_of(desk: Desk, table: str, column: str) -> dict[str, UUID]:
    return {code: UUID(bytes=id) for code, id in on_desk(desk, f"SELECT {column}, id FROM {table}")}


def test_what_was_stated_of_a_product_follows_it_into_the_one_kept(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    bring_kind(desk, tmp_path, "products")
    both = bring_in(desk, file_of(tmp_path, "SALT,,A-02,,,,10,3", "TEA,,A-02,,,,5,3"))
    desk.sync()
    ids = ids_of(desk, "skus", "sku")
    desk.do(MergeProducts(ids["TEA"], ids["SALT"]))
    again = [("SALT", 15, True), ("TEA", 15, True), ("SALT", 8, False), ("TEA", 8, True)]
    for number, (code, quantity, stands) in enumerate(again):
        account = bring_in(desk, file_of(tmp_path, f"{code},,A-02,,,,{quantity},3", name=f"{number}.csv"))
        assert account.standing == int(stands)
        desk.sync()
        assert on_desk(desk, BALANCES) == [("TEA", quantity)]
    place = (shop.world.outlet, shop.world.warehouse, ids_of(desk, "locations", "code")["A-02"])
    desk.do(AdjustStock(*place, ids["TEA"], None, "sellable", -4 * MICRO, "breakage", ""))
    assert undo(desk, both) == (0, 2)
    desk.sync()
    assert (desk.refused(), desk.tasks(), on_desk(desk, BALANCES)) == ([], [], [("TEA", 4)])


def test_an_undo_after_a_merge_leaves_what_was_moved_since(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    bring_kind(desk, tmp_path, "products")
    account = bring_in(desk, file_of(tmp_path, "SALT,,A-02,,,,10,3"))
    ids = ids_of(desk, "skus", "sku")
    desk.do(MergeProducts(ids["TEA"], ids["SALT"]))
    place = (shop.world.outlet, shop.world.warehouse, ids_of(desk, "locations", "code")["A-02"])
    desk.do(AdjustStock(*place, ids["TEA"], None, "sellable", -4 * MICRO, "breakage", ""))
    assert undo(desk, account) == (0, 1)
    desk.sync()
    assert (desk.refused(), on_desk(desk, BALANCES)) == ([], [("TEA", 6)])


def test_a_count_of_the_product_that_was_merged_stands(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    bring_kind(desk, tmp_path, "products")
    bring_in(desk, file_of(tmp_path, "SALT,,A-02,,,,2,3"))
    count = desk.count("A-02")
    assert count.scan("9520000000042").code == "accepted"
    count.finish()
    ids = ids_of(desk, "skus", "sku")
    desk.do(MergeProducts(ids["TEA"], ids["SALT"]))
    account = bring_in(desk, file_of(tmp_path, "TEA,,A-02,,,,9,3", name="late.csv"))
    assert codes(account) == {2: FaultCode.COUNTED_HERE}
    desk.sync()
    assert (desk.refused(), on_desk(desk, BALANCES)) == ([], [("TEA", 1)])
