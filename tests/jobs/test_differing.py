"""A number or a code that stands with other content is told: nothing of a file is lost as "unchanged"."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping, suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.products import AddProduct, MergeProducts, NewSku
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.plan import Choices
from tests.helpers.shop import Shop
from tests.jobs.imports import ORDERS, bring_in, feed_rows, job, line, on_desk, on_server, order_file

FIRST = (
    line("536365", "85123A", 6, "2.55"),
    line("536365", "85123A", 6, "2.55"),
    line("536365", "POST", 1, "18.00", description="POSTAGE"),
)
OTHERS = {
    "quantity": (FIRST[0], line("536365", "85123A", 60, "2.55"), FIRST[2]),
    "price": (FIRST[0], line("536365", "85123A", 6, "25.50"), FIRST[2]),
    "product": (FIRST[0], line("536365", "71053", 6, "2.55"), FIRST[2]),
    "charge": (*FIRST[:2], line("536365", "POST", 1, "18.01", description="POSTAGE")),
    "a line more": (*FIRST, FIRST[0]),
    "a line less": FIRST[1:],
    "customer": tuple(text.replace("17850", "17851") for text in FIRST),
    "walk-in": tuple(text.replace("17850", "") for text in FIRST),
    "time": tuple(text.replace("08:26:00", "08:27:00") for text in FIRST),
}
BOOK = "SELECT number, channel, total, line_count, hex(buyer_id), placed_at FROM orders"


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_an_order_with_other_content_is_left_out_and_told(
    desk: Desk, tmp_path: Path, other: tuple[str, ...]
) -> None:
    bring_in(desk, order_file(tmp_path, *FIRST), ORDERS)
    before = on_desk(desk, BOOK), on_desk(desk, "SELECT count(*) FROM order_lines")
    account = bring_in(desk, order_file(tmp_path, *other, name="other.csv"), ORDERS)
    assert (account.new, account.standing, account.written_rows) == (0, 0, 0)
    assert (account.unchanged_rows, account.refused_rows) == (0, len(other))
    assert {fault.code for fault in account.refusals.values()} == {"number_taken"}
    assert (on_desk(desk, BOOK), on_desk(desk, "SELECT count(*) FROM order_lines")) == before


def test_two_platforms_that_share_a_number_lose_no_order_in_silence(desk: Desk, tmp_path: Path) -> None:
    """As `merchant-desk import orders FILE` does it without `--channel`: both files come by one name."""
    choices = Choices("import")
    mine = line("1001", "A", 6, "2.55", "111"), line("1002", "A", 1, "2.55", "111")
    theirs = line("1001", "B", 2, "9.00", "222"), mine[1]
    bring_in(desk, order_file(tmp_path, *mine, name="one.csv"), ORDERS, choices)
    found = job(desk, order_file(tmp_path, *theirs, name="two.csv"), ORDERS, choices).dry_run()
    assert (found.new, found.standing, list(found.refusals)) == (0, 1, [2])
    account = bring_in(desk, order_file(tmp_path, *theirs, name="two.csv"), ORDERS, choices)
    assert (account.standing, account.unchanged_rows, account.refused_rows) == (1, 1, 1)


def test_the_same_lines_in_another_file_are_the_same_order(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    since = Choices("retail", open_from=0)
    returned = line("536365", "85123a", -1, "2.55")
    nothing = line("536365", "71053", 0, "1.00")
    bring_in(desk, order_file(tmp_path, *FIRST, returned, nothing), ORDERS, since)
    desk.sync()
    before = feed_rows(shop)
    turned = nothing, returned, *reversed(FIRST), line("536366", "71053", 1, "1.00")
    account = bring_in(desk, order_file(tmp_path, *turned, name="turned.csv"), ORDERS)
    assert (account.new, account.standing, account.refused_rows, account.unchanged_rows) == (1, 1, 0, 4)
    desk.sync()
    assert feed_rows(shop) > before
    assert desk.tasks() == []


def test_a_line_without_effect_is_not_counted_twice(desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, order_file(tmp_path, *FIRST), ORDERS)
    other = FIRST[0], line("536365", "71053", 0, "1.00")
    account = bring_in(desk, order_file(tmp_path, *other, name="other.csv"), ORDERS)
    assert (account.rows, account.refused_rows, account.unchanged_rows) == (2, 1, 0)


def test_an_order_of_a_product_that_was_merged_is_still_the_same(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    path = order_file(tmp_path, line("1", "KEPT", 2, "5.00"), line("1", "GONE", 2, "5.00"))
    bring_in(desk, path, ORDERS)
    desk.sync()
    ids = on_desk(desk, "SELECT id FROM skus WHERE sku IN ('KEPT', 'GONE') ORDER BY sku DESC")
    desk.do(MergeProducts(*(UUID(bytes=id) for id in ids)))
    desk.sync()
    account = bring_in(desk, path, ORDERS)
    assert (account.standing, account.refused_rows, account.operations) == (1, 0, 0)


def test_two_desks_that_import_other_orders_of_one_number_raise_a_task(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    bring_in(desk, order_file(tmp_path, FIRST[0]), ORDERS)
    bring_in(other, order_file(tmp_path, line("536365", "71053", 2, "1.00"), name="b.csv"), ORDERS)
    assert on_desk(other, "SELECT count(*) FROM tasks") == [0]
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert other.refused() == []
    server = shop.world.server.engine
    assert on_server(server, "SELECT total FROM orders") == on_desk(other, "SELECT total FROM orders")
    assert [task.code for task in desk.tasks()] == ["order_left_out"]
    assert [task.code for task in other.tasks()] == ["order_left_out"]


def test_two_desks_that_import_the_same_order_raise_none(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    for one in (desk, other):
        bring_in(one, order_file(tmp_path, *FIRST), ORDERS)
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert desk.tasks() == other.tasks() == []


# ---------------------------------------------------------------- products

GOODS = "sku,name,price,category,unit\nA1,Rice,5.00,Food,bag\nA2,Tea,3.00,Food,box\n"
BARE = "sku,name\nA1,Rice\nA2,\n"


def goods(desk: Desk, folder: Path, text: str) -> Account:
    path = folder / "goods.csv"
    path.write_text(text, encoding="utf-8")
    return bring_in(desk, path, _mapping(path))


def _mapping(path: Path) -> Mapping:
    mapping = suggested_mapping("products", open_table(path).headers, "goods")
    assert set(mapping.columns.values()) == set(open_table(path).headers)
    return mapping


@pytest.mark.parametrize(
    ("old", "new"),
    [("Rice", "Rice 5 kg"), ("5.00", "50.00"), ("Rice,5.00,Food", "Rice,5.00,Grain"), ("bag", "sack")],
)
def test_a_product_with_other_words_stays_and_is_told(desk: Desk, tmp_path: Path, old: str, new: str) -> None:
    goods(desk, tmp_path, GOODS)
    before = on_desk(desk, "SELECT sku, name, price, category, base_unit FROM skus ORDER BY sku")
    account = goods(desk, tmp_path, GOODS.replace(old, new))
    assert (account.new, account.standing, account.unchanged_rows, account.noted_rows("differs_here")) == (
        0,
        2,
        2,
        1,
    )
    assert {note: total.rows for note, total in account.tally.by_note.items()} == {"differs_here": 1}
    assert on_desk(desk, "SELECT sku, name, price, category, base_unit FROM skus ORDER BY sku") == before


@pytest.mark.parametrize("text", [GOODS, BARE])
def test_what_a_file_does_not_say_does_not_differ(desk: Desk, tmp_path: Path, text: str) -> None:
    goods(desk, tmp_path, GOODS)
    assert goods(desk, tmp_path, text).noted_rows("differs_here") == 0


def test_two_desks_that_import_other_products_of_one_code_raise_a_task(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    goods(desk, tmp_path, GOODS)
    goods(other, tmp_path, GOODS.replace("Tea,3.00", "Coffee,9.00"))
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert on_desk(other, "SELECT name FROM skus WHERE sku = 'A2'") == ["Tea"]
    for one in (desk, other):
        assert [task.code for task in one.tasks()] == ["products_left_out"]


def test_a_unit_that_no_column_says_is_no_other_product(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    """Another desk made the product meanwhile; a file without a column of units says nothing against it."""
    other = shop.desk("manager")
    shop.fetch.down = True
    for number, unit in enumerate(("箱", "袋"), 2):
        made = NewSku(shop.world.chance.new_id(), f"U{number}", "茶", "", "", unit, 0, False, False, 0, 0, ())
        other.do(AddProduct(made))
    goods(desk, tmp_path, "sku,name\nU1,茶\nU2,茶\n")
    goods(desk, tmp_path, "sku,name,unit\nU3,茶,件\n")
    assert on_desk(desk, "SELECT DISTINCT base_unit FROM skus WHERE sku LIKE 'U_'") == ["件"]
    shop.fetch.down = False
    for one in (other, desk, other):
        one.sync()
    assert desk.refused() == []
    assert on_desk(desk, "SELECT sku, base_unit FROM skus WHERE sku LIKE 'U_' ORDER BY sku") == [
        ("U1", "件"),
        ("U2", "箱"),
        ("U3", "袋"),
    ]
    (task,) = desk.tasks()
    said = (task.code, json.loads(task.facts)["sku"])
    assert said == ("products_left_out", "U3"), "a unit that is said differs"
