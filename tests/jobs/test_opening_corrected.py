"""Opening stock stated again after products were merged, after a count, and with another expiry."""

from pathlib import Path
from uuid import UUID

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.products import MergeProducts
from merchant_desk.domain.stock import AdjustStock
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
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
    assert undo(desk, both) == (0, 0), "nothing of it stands: later files state both"
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


COSTS = (
    "SELECT o.quantity / 1000000, o.costed, c.unit_cost / 1000000 FROM openings o"
    " LEFT JOIN ledger_costs c ON c.id = o.ledger_id"
)


def test_a_cost_is_added_after_a_count_and_no_undo_takes_it(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk = shop.desk("manager", ("cost",))
    lines = ["RICE-10,,A-02,,,,1,", "RICE-10,,A-02,,,,1,50", "RICE-10,,A-02,,,,1,", "RICE-10,,A-02,,,,1,40"]
    paths = [file_of(tmp_path, line, name=f"{n}.csv") for n, line in enumerate(lines)]
    bring_in(desk, paths[0])
    count = desk.count("A-02")
    assert count.scan("9520000000028").code == "accepted"
    count.finish()
    for path, cost in zip(paths[1:], (50, 50, 40), strict=True):
        account = bring_in(desk, path)
        desk.sync()
        assert (account.refusals, on_desk(desk, COSTS)) == ({}, [(1, 1, cost)])
        assert on_server(shop.world.server.engine, COSTS) == [(1, 1, cost)]
    assert undo(desk, account) == (0, 1)
    desk.sync()
    assert (desk.refused(), desk.tasks()) == ([], [])
    assert (on_desk(desk, BALANCES), on_desk(desk, COSTS)) == ([("RICE-10", 1)], [(1, 1, 40)])


def test_a_corrected_expiry_corrects_the_lot(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    line, lots = "beer-500,,{},L1,{},,{},3.20", "SELECT code, expiry FROM lots"
    bring_in(desk, file_of(tmp_path, line.format("A-01", "2027-01-31", 2)))
    for expiry, quantity in (("2026-01-31", 2), ("2026-02-28", 3)):
        again = file_of(tmp_path, line.format("A-01", expiry, quantity), name=f"{quantity}.csv")
        account = bring_in(desk, again)
        assert (account.new, account.standing) == (1, 0)
        desk.sync()
        assert on_desk(desk, lots) == [("L1", int(expiry.replace("-", "")))]
        assert on_server(shop.world.server.engine, lots) == on_desk(desk, lots)
        assert on_desk(desk, BALANCES) == [("BEER-500", quantity)]
    count = desk.count("A-01")
    assert count.scan("(01)09520000000011(17)260228(10)L1").code == "accepted"
    count.finish()
    late = bring_in(desk, file_of(tmp_path, line.format("A-01", "2027-01-31", 3), name="late.csv"))
    assert codes(late) == {2: FaultCode.COUNTED_HERE}
    assert (desk.refused(), desk.tasks(), on_desk(desk, lots)) == ([], [], [("L1", 20260228)])


def test_one_lot_has_one_expiry_in_a_file(desk: Desk, tmp_path: Path) -> None:
    line = "beer-500,,{},L1,{},,2,3.20"
    rows = [line.format(*one) for one in (("A-01", "2027-01-31"), ("A-02", "2026-01-31"))]
    account = bring_in(desk, file_of(tmp_path, *rows))
    assert codes(account) == dict.fromkeys((2, 3), FaultCode.LOT_EXPIRIES)
    assert [account.refusals[row].text for row in (2, 3)] == ["3", "2"]
