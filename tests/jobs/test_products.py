"""Products from a file: what they become on a desk, at the server and at the next scan."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import sku_id
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.domain.warehouses import AddWarehouse
from merchant_desk.jobs.account import State
from tests.helpers.shop import Shop
from tests.jobs.imports import (
    ORDERS,
    PRODUCTS,
    bring_in,
    feed_rows,
    job,
    line,
    on_desk,
    on_server,
    order_file,
    product_file,
)

ROWS = (
    ("9520000000035", "大米 10kg"),
    ("9520000000036", "Wrong check digit"),
    ("ABC-1", "House code"),
    ("00011686", "Rice written short"),
    ("0000000011686", "Rice written long"),
    ("9520000000035", "Once more"),
    ("12345", ""),
)


def test_every_row_is_written_under_its_rule(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, product_file(tmp_path, *ROWS), PRODUCTS)
    assert account.state is State.FINISHED
    assert (account.new, account.standing, account.written_rows, account.unchanged_rows) == (6, 0, 6, 1)
    found = on_desk(
        desk,
        "SELECT s.sku, s.name, b.code, b.gtin, b.quantity FROM skus s JOIN barcodes b ON b.sku_id = s.id"
        " WHERE s.name NOT LIKE '%青石%' AND s.name NOT LIKE '%白水%' ORDER BY s.rowid",
    )
    assert found == [
        ("9520000000035", "大米 10kg", "9520000000035", "09520000000035", MICRO),
        ("9520000000036", "Wrong check digit", "9520000000036", None, MICRO),
        ("ABC-1", "House code", "ABC-1", None, MICRO),
        ("00011686", "Rice written short", "00011686", "00000000011686", MICRO),
        ("0000000011686", "Rice written long", "0000000011686", "00000000011686", MICRO),
        ("12345", "12345", "12345", None, MICRO),
    ]
    desk.sync()
    server = on_server(shop.world.server.engine, "SELECT count(*) FROM barcodes")
    assert server == on_desk(desk, "SELECT count(*) FROM barcodes")


def test_the_merchants_own_code_is_the_sku_where_a_barcode_stands_beside_it(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "code,name,unit,barcode,price\nA001,Rice,bag,9520000000042,5.00\nA002,Tea,box,,3.00\n",
        encoding="utf-8",
    )
    account = bring_in(desk, path, suggested_mapping("products", open_table(path).headers))
    assert (account.new, account.refused_rows) == (2, 0)
    found = on_desk(
        desk,
        "SELECT s.sku, b.code FROM skus s LEFT JOIN barcodes b ON b.sku_id = s.id"
        " WHERE s.sku LIKE 'A00%' ORDER BY s.sku",
    )
    assert found == [("A001", "9520000000042"), ("A002", None)]


def test_a_product_without_a_unit_has_the_one_for_new_products_here_and_at_the_server(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name,unit\nA001,Rice,bag\nA002,Tea,\n", encoding="utf-8")
    suggested = suggested_mapping("products", open_table(path).headers)
    mapping = replace(suggested, options=replace(suggested.options, unit="盒"))
    bring_in(desk, path, mapping)
    units = "SELECT sku, base_unit FROM skus WHERE sku LIKE 'A00%' ORDER BY sku"
    assert on_desk(desk, units) == [("A001", "bag"), ("A002", "盒")]
    desk.sync()
    assert on_server(shop.world.server.engine, units) == [("A001", "bag"), ("A002", "盒")]


def test_a_second_import_changes_nothing(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, *ROWS)
    first = bring_in(desk, path, PRODUCTS)
    desk.sync()
    before = feed_rows(shop), on_desk(desk, "SELECT count(*) FROM outbox")
    again = bring_in(desk, path, PRODUCTS)
    desk.sync()
    assert (again.operations, again.new, again.standing) == (0, 0, 6)
    assert again.job_id == first.job_id
    assert (again.written_rows, again.unchanged_rows, again.repeated) == (0, 7, True)
    assert (feed_rows(shop), on_desk(desk, "SELECT count(*) FROM outbox")) == before


def test_the_same_products_from_another_file_change_nothing(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, product_file(tmp_path, *ROWS), PRODUCTS)
    desk.sync()
    other = shop.desk("manager")
    before = feed_rows(shop)
    longer = product_file(tmp_path, *ROWS[:5], ("9520000000042", "New"), name="longer.csv")
    account = bring_in(other, longer, PRODUCTS)
    other.sync()
    assert (account.new, account.standing, account.written_rows, account.unchanged_rows) == (1, 5, 1, 5)
    # The job's begin and end, the chunk, the SKU and its barcode.
    assert feed_rows(shop) - before == 5


def test_a_dry_run_says_what_would_be_new_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, product_file(tmp_path, *ROWS[:2], name="two.csv"), PRODUCTS)
    before = on_desk(desk, "SELECT count(*) FROM outbox")
    work = job(desk, product_file(tmp_path, *ROWS), PRODUCTS)
    found = work.dry_run()
    assert (found.state, found.new, found.standing) == (State.CHECKED, 4, 2)
    assert on_desk(desk, "SELECT count(*) FROM outbox") == before
    assert work.run().tally.digest == found.tally.digest


def test_a_sku_that_stands_gains_the_barcode_that_it_lacks(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    made = shop.world.chance.new_id()
    item = NewSku(
        made, "9520000000035", "老名字", "", "粮油", "袋", 5 * MICRO, False, False, 0, 0, ()
    )  # fmt: skip
    desk.do(AddProduct(item))
    account = bring_in(desk, product_file(tmp_path, ROWS[0]), PRODUCTS)
    assert (account.new, account.standing) == (1, 0)
    sql = "SELECT s.id, s.name, b.code FROM skus s JOIN barcodes b ON b.sku_id = s.id WHERE b.code = ?"
    assert on_desk(desk, sql, "9520000000035") == [(made.bytes, "老名字", "9520000000035")]
    assert bring_in(desk, product_file(tmp_path, ROWS[0]), PRODUCTS).operations == 0


def test_two_desks_that_import_the_same_file_offline_agree(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    path = product_file(tmp_path, *ROWS)
    shop.fetch.down = True
    bring_in(desk, path, PRODUCTS)
    bring_in(other, path, PRODUCTS)
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert other.refused() == []
    sql = "SELECT id, sku, name FROM skus ORDER BY id"
    assert on_desk(desk, sql) == on_desk(other, sql)
    assert len(on_desk(desk, sql)) == 6 + 2
    merchant = shop.world.merchant_id
    assert on_desk(desk, "SELECT id FROM skus WHERE sku = 'ABC-1'") == [sku_id(merchant, "abc-1").bytes]


def test_codes_that_scan_alike_are_asked_about(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    bring_in(desk, product_file(tmp_path, *ROWS), PRODUCTS)
    receipt = desk.receive()
    assert receipt.scan("00011686").code == "ambiguous"
    question = receipt.station.situation().question
    assert question is not None
    names = [choice.item.name for choice in question.choices]
    assert sorted(names) == ["Rice written long", "Rice written short"]
    receipt.choose(names.index("Rice written long"))
    assert receipt.scan("9520000000036").code == "accepted"
    assert receipt.scan("9520000000035").code == "accepted"
    receipt.finish()
    sql = "SELECT s.name, sum(l.quantity) FROM ledger l JOIN skus s ON s.id = l.sku_id GROUP BY s.name"
    assert dict(on_desk(desk, sql)) == {
        "Rice written long": MICRO,
        "Wrong check digit": MICRO,
        "大米 10kg": MICRO,
    }


def test_what_is_tracked_and_the_carton_come_with_the_product(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "milk.csv"
    path.write_text(
        "货号,条码,名称,单位,批号管理,效期管理,最少剩余天数,箱码,箱规\n"
        "MILK,9520000000042,酸奶,瓶,是,是,15,19520000000049,12\n"
        "RICE-10,9520000000028,大米,袋,,,,19520000000025,4\n",
        encoding="utf-8",
    )
    mapping = suggested_mapping("products", open_table(path).headers, "import")
    account = bring_in(desk, path, mapping)
    assert (account.new, account.standing, account.written_rows) == (2, 0, 2)
    sql = "SELECT track_lot, track_expiry, track_serial, min_days_left FROM skus WHERE sku = 'MILK'"
    assert on_desk(desk, sql) == [(1, 1, 0, 15)]
    packs = "SELECT code, gtin, quantity, unit FROM barcodes WHERE unit = '箱' AND code LIKE '195200000000_9'"
    assert on_desk(desk, packs) == [("19520000000049", "19520000000049", 12 * MICRO, "箱")]
    receipt = desk.receive()
    # The rice that was here before gained its carton; milk asks for its lot.
    assert receipt.scan("19520000000025").code == "accepted"
    assert on_desk(desk, "SELECT sum(quantity) FROM ledger") == [4 * MICRO]
    assert receipt.scan("19520000000049").code != "accepted"
    again = bring_in(desk, path, mapping)
    assert (again.operations, again.standing, again.written_rows, again.repeated) == (0, 2, 0, True)
    desk.sync()
    assert desk.refused() == []


def test_only_a_file_that_belongs_in_a_warehouse_asks_for_one(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    shop.world.server.house.do(
        shop.world.merchant_id, AddWarehouse(shop.world.outlet, shop.world.chance.new_id(), "CG2", "后仓")
    )
    desk.sync()
    path = product_file(tmp_path, ("6901234567892", "豆浆"))
    done = bring_in(desk, path, PRODUCTS)
    assert done.written_rows == 1
    with pytest.raises(Refusal, match="warehouse_not_chosen"):
        bring_in(desk, order_file(tmp_path, line("536365", "85123A", 6, "2.55")), ORDERS)
    desk.settings.decide(WAREHOUSE, Level.DESK, "CG2", desk.person.id)
    assert bring_in(desk, path, PRODUCTS).repeated, "the same job, whichever warehouse its desk works in"
