"""The desk's search index: built in steps, it follows the rows through whatever happens to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.orders import CancelOrder
from merchant_desk.domain.products import AddProduct, Barcode, LearnBarcode, NewSku
from merchant_desk.models import search
from merchant_desk.models.queries.goods_lists import PRODUCTS
from merchant_desk.models.queries.lists import Filter, Window, count, window
from merchant_desk.models.search import SEARCHABLES, SearchIndex, found_rows, unindexed
from merchant_desk.sync.profile import OpenProfile
from tests.helpers.lone_desk import LoneDesk, enrol
from tests.helpers.shop import Shop


class Finder:
    """A desk without threads and its index."""

    def __init__(self, desk: LoneDesk) -> None:
        self.desk = desk
        self.index = SearchIndex(desk.profile.writer)

    @property
    def profile(self) -> OpenProfile:
        return self.desk.profile

    def catch_up(self) -> int:
        """Index what is left; returns the number of steps."""
        steps = 0
        while self.index.step():
            steps += 1
        return steps

    def finds(self, table: str, typed: str, *states: str) -> list[str]:
        """Return the numbers (or SKU codes) of what is found."""
        column = "sku" if table == "skus" else "number"
        with self.profile.reader.connect() as connection, connection.begin():
            rows = found_rows(connection, table, typed, states)
            sql = f"SELECT {column} FROM {table} WHERE rowid = ?"
            return [str(connection.exec_driver_sql(sql, (row,)).scalar()) for row in rows]

    def behind(self) -> int:
        with self.profile.reader.connect() as connection, connection.begin():
            return unindexed(connection)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    made.stock(made.rice, 50)
    yield made
    made.close()


@pytest.fixture
def finder(shop: Shop) -> Iterator[Finder]:
    """Return a desk whose index is up to date."""
    desk = enrol(shop)
    made = Finder(desk)
    made.index.prepare()
    made.catch_up()
    yield made
    desk.close()


def test_products_are_found_by_name_code_barcode_and_first_letters(finder: Finder) -> None:
    typed_ways = "青石", "石啤酒", "啤", "beer-5", "qingshi", "9520000000011", "00011", "qspj", "QINGSHI PI"
    for typed in typed_ways:
        assert finder.finds("skus", typed) == ["BEER-500"], typed
    assert finder.finds("skus", "青石 大米") == []
    assert finder.finds("skus", "") == []


@pytest.mark.parametrize("typed", ["RICE-1", "rice-1 ", "9529999900017", "糙米", "Brown rice"])
def test_what_is_called_exactly_what_was_typed_is_first_of_all_that_match(
    shop: Shop, finder: Finder, typed: str
) -> None:
    """RICE-1 is in RICE-10 too, which comes before it by name; a code stands in another's name."""
    new_id = shop.world.chance.new_id
    other = "加厚 9529999900017 糙米 Brown rice" if typed != "9529999900017" else "aa 9529999900017"
    for sku, name, name_en, codes in (
        ("RICE-1", "糙米", "Brown rice", (Barcode("9529999900017", None, MICRO, "袋"),)),
        ("RICE-12", other, f"A {other}", ()),
    ):
        item = NewSku(new_id(), sku, name, name_en, "", "袋", 0, False, False, 0, 0, codes)
        finder.desk.do(AddProduct(item))
    with finder.profile.reader.connect() as connection, connection.begin():
        first = window(connection, PRODUCTS, Filter(typed), Window("name"))
    finder.catch_up()
    with finder.profile.reader.connect() as connection, connection.begin():
        rows = window(connection, PRODUCTS, Filter(typed), Window("name"))
        assert len(rows) > 1
        assert rows[0].sku == "RICE-1"
        assert [row.sku for row in window(connection, PRODUCTS, Filter(typed), Window("name", True))][:1] == [
            "RICE-1"
        ]
        assert count(connection, PRODUCTS, Filter(typed))[0] == len(rows)
    looked_up = typed.strip().isascii() and "row" not in typed
    assert ("RICE-1" in [row.sku for row in first]) is looked_up, "before the index knows it"


def test_orders_are_found_by_number_buyer_goods_and_state(shop: Shop, finder: Finder) -> None:
    shop.order("WX261121-4127", (shop.rice, 1))
    finder.desk.sync()
    assert finder.finds("orders", "2041") == []
    finder.catch_up()
    for typed in ("wx261121-4127", "4127", "尾号 2041", "大米 204", "bsdm", "baishui rice"):
        assert finder.finds("orders", typed) == ["WX261121-4127"], typed
    assert finder.finds("orders", "2041", "accepted", "review") == ["WX261121-4127"]
    assert finder.finds("orders", "2041", "on_hold") == []


def test_a_changed_state_is_searched_by_its_new_one(shop: Shop, finder: Finder) -> None:
    order = shop.order("WX-1", (shop.rice, 1))
    finder.desk.sync()
    finder.catch_up()
    finder.desk.do(CancelOrder(order, shop.world.outlet, "买家要求"))
    assert finder.behind() == 1
    finder.catch_up()
    assert finder.finds("orders", "wx-1", "accepted") == []
    assert finder.finds("orders", "wx-1", "cancelled") == ["WX-1"]


def test_a_learned_barcode_finds_its_product(shop: Shop, finder: Finder) -> None:
    assert finder.finds("skus", "4006381333931") == []
    code = Barcode("4006381333931", None, MICRO, "袋")
    finder.desk.do(LearnBarcode(shop.rice, code, shop.world.outlet, None))
    finder.catch_up()
    assert finder.finds("skus", "4006381333931") == ["RICE-10"]


def test_an_archived_product_is_found_among_the_archived(finder: Finder) -> None:
    finder.desk.sql("UPDATE skus SET archived = 1 WHERE sku = 'RICE-10'")
    finder.catch_up()
    assert finder.finds("skus", "大米", "active") == []
    assert finder.finds("skus", "大米", "archived") == ["RICE-10"]


def test_a_row_that_goes_is_no_longer_found(finder: Finder) -> None:
    finder.desk.sql("PRAGMA defer_foreign_keys = 1")
    finder.desk.sql("DELETE FROM skus WHERE sku = 'BEER-500'")
    assert finder.behind() == 1
    finder.catch_up()
    assert finder.finds("skus", "青石") == []
    assert finder.finds("skus", "大米") == ["RICE-10"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_row_that_gets_the_number_of_one_that_went_is_found(
    shop: Shop, finder: Finder, *, at_once: bool
) -> None:
    """SQLite gives the numbers of the last rows again; new rows leave no note, their numbers tell."""
    new_id = shop.world.chance.new_id

    def add(sku: str, name: str) -> int:
        finder.desk.do(AddProduct(NewSku(new_id(), sku, name, "", "", "袋", 0, False, False, 0, 0, ())))
        with finder.profile.reader.connect() as connection, connection.begin():
            return int(connection.exec_driver_sql("SELECT max(rowid) FROM skus").scalar() or 0)

    number = add("GONE-1", "走了的茶")
    finder.catch_up()
    finder.desk.sql("DELETE FROM skus WHERE sku = 'GONE-1'")
    if not at_once:
        finder.catch_up()
    assert add("HERE-1", "来了的茶") == number
    finder.catch_up()
    assert finder.finds("skus", "走了") == []
    assert finder.finds("skus", "来了") == ["HERE-1"]
    assert finder.behind() == 0


def test_a_long_catching_up_leaves_merging_for_afterwards(
    finder: Finder, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 1)
    new_id = shop.world.chance.new_id
    rows = 2 * search.MERGE_EVERY
    for n in range(rows):
        item = NewSku(new_id(), f"TEA-{n:02d}", f"茶 {n:02d}", "", "", "袋", 0, False, False, 0, 0, ())
        finder.desk.do(AddProduct(item))
    assert finder.behind() == rows
    for _ in range(rows):
        finder.index.step()
    assert finder.behind() == 0, "nothing was merged while rows were waiting"
    assert finder.catch_up() > 0


@pytest.mark.parametrize(("waits", "most"), [(False, search.MERGES_TOGETHER), (True, 1)])
def test_merges_share_a_commit_as_long_as_nobody_waits(
    finder: Finder, shop: Shop, monkeypatch: pytest.MonkeyPatch, *, waits: bool, most: int
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 1)
    monkeypatch.setattr(search, "MERGE_PAGES", 1)
    new_id = shop.world.chance.new_id
    for n in range(2 * search.MERGE_EVERY):
        name = " ".join(f"{n}x{word}" for word in range(200))
        finder.desk.do(AddProduct(NewSku(new_id(), f"T-{n}", name, "", "", "袋", 0, False, False, 0, 0, ())))
    while finder.behind():
        finder.index.step()
    merges = [0]

    def enough() -> bool:
        merges[-1] += 1
        return waits

    while finder.index.step(enough):
        merges.append(0)
    assert max(merges) == most
    assert finder.finds("skus", "31x199") == ["T-31"]


def test_a_change_that_no_text_shows_leaves_the_index_alone(finder: Finder) -> None:
    finder.desk.sql("UPDATE skus SET price = price + 1")
    assert finder.behind() == 0


def test_rewriting_a_row_unchanged_queues_it_once_at_most(shop: Shop, finder: Finder) -> None:
    for _ in range(3):
        finder.desk.sql("UPDATE skus SET name = name || '新' WHERE sku = 'RICE-10'")
    assert finder.behind() == 1
    finder.catch_up()
    assert finder.finds("skus", "新新新") == ["RICE-10"]


def test_a_first_build_goes_in_steps_and_begins_with_the_latest(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEP_ROWS", 32)
    for n in range(40):
        shop.order(f"WX-{n:03d}", (shop.rice, 1))
    desk = enrol(shop)
    finder = Finder(desk)
    assert finder.finds("orders", "wx-039") == []
    finder.index.prepare()
    assert finder.behind() >= 40
    assert finder.index.step() == {"skus"}
    assert finder.index.step() == {"orders"}
    assert finder.finds("orders", "wx-039") == ["WX-039"]
    assert finder.finds("orders", "wx-001") == []
    finder.catch_up()
    assert finder.finds("orders", "wx-001") == ["WX-001"]
    assert finder.behind() == 0
    desk.close()


def test_a_build_goes_on_where_it_stopped(shop: Shop) -> None:
    desk = enrol(shop)
    finder = Finder(desk)
    finder.index.prepare()
    finder.index.step()
    desk.restart()
    again = Finder(desk)
    again.index.prepare()
    again.catch_up()
    assert again.finds("skus", "啤酒") == ["BEER-500"]
    assert again.catch_up() == 0
    desk.close()


def test_another_way_of_cutting_builds_anew(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "VERSION", search.VERSION + 1)
    finder.index.prepare()
    assert finder.finds("skus", "啤酒") == []
    finder.catch_up()
    assert finder.finds("skus", "啤酒") == ["BEER-500"]


def test_rows_that_got_other_numbers_are_indexed_anew(shop: Shop, finder: Finder) -> None:
    """A restored or compacted file may number its rows anew: the anchor tells."""
    finder.index.prepare()
    finder.desk.sql("UPDATE skus SET rowid = rowid + 1000")
    finder.index.prepare()
    assert finder.behind() >= 2
    finder.catch_up()
    assert finder.finds("skus", "啤酒") == ["BEER-500"]
    assert finder.finds("skus", "大米") == ["RICE-10"]


def test_many_changes_are_merged_away(finder: Finder) -> None:
    for n in range(2 * search.MERGE_EVERY):
        finder.desk.sql(f"UPDATE skus SET name_en = 'name {n}'")
        finder.catch_up()
    with finder.profile.reader.connect() as connection, connection.begin():
        segments = connection.exec_driver_sql("SELECT count(DISTINCT segid) FROM search_skus_idx").scalar()
    assert segments is not None
    assert segments < search.MERGE_EVERY
    last = 2 * search.MERGE_EVERY - 1
    assert sorted(finder.finds("skus", f"name {last}")) == ["BEER-500", "RICE-10"]
    assert finder.finds("skus", "name 3x") == []


def test_without_an_index_nothing_is_found_and_nothing_fails(shop: Shop) -> None:
    desk = enrol(shop)
    finder = Finder(desk)
    assert finder.finds("skus", "啤酒") == []
    assert finder.behind() == 0
    desk.close()


def test_every_table_that_lists_search_has_its_index(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        assert unindexed(connection) == 0
        for table in SEARCHABLES:
            rows = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            known = connection.exec_driver_sql(f"SELECT count(*) FROM search_{table}_docsize").scalar()
            assert known == rows


def test_found_is_what_looking_at_every_row_finds(large_desk: Desk) -> None:
    with large_desk.read() as connection, connection.begin():
        for typed in ("青岛", "20", "wx2511", "000012", "大米 5", "鲁北"):
            parts = typed.casefold().split()
            sql = (
                "SELECT t.rowid, t.number || ' ' || t.buyer || ' ' || t.channel"
                " || group_concat(s.name || ' ' || s.name_en)"
                " FROM orders t JOIN order_lines l ON l.order_id = t.id JOIN skus s ON s.id = l.sku_id"
                " GROUP BY t.rowid"
            )
            looked = {
                row[0]
                for row in connection.exec_driver_sql(sql)
                if all(part in row[1].casefold() for part in parts)
            }
            assert set(found_rows(connection, "orders", typed, most=10_000)) == looked
