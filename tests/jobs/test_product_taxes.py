"""Taxes that a file of products gives, beside what other desks do meanwhile."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.taxes import AddTax
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_setting_up import GOODS, TAXES, borne, bring_in, write

BORNE = "SELECT s.sku, t.code FROM sku_taxes c JOIN skus s ON s.id = c.id JOIN taxes t ON t.id = c.tax_id"


@pytest.fixture
def taxed(shop: Shop, desk: Desk, tmp_path: Path) -> Desk:
    """A desk of a shop that knows two taxes."""
    rows = ("VAT9,增值税 9%,9,2019-04-01", "VAT13,增值税 13%,13,2019-04-01")
    bring_in(desk, write(tmp_path, "taxes", (TAXES[0], *rows)), "taxes")
    desk.sync()
    return desk


def goods(tmp_path: Path, *rows: str, name: str = "goods") -> Path:
    return write(tmp_path, name, (GOODS[0], *rows))


def test_a_product_that_another_desk_added_meanwhile_bears_the_files_tax_as_its_neighbours_do(
    shop: Shop, taxed: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    made = shop.world.chance.new_id()
    other.do(AddProduct(NewSku(made, "new-1", "新货一", "", "", "件", 0, False, False, 0, 0, ())))
    path = goods(tmp_path, "NEW-1,新货一,VAT9", "NEW-2,新货二,VAT9", "NEW-3,新货三,VAT13")
    assert bring_in(taxed, path, "products").new == 3
    shop.fetch.down = False
    for one in (other, taxed, other, taxed):
        one.sync()
    here = {"new-1": "VAT9", "NEW-2": "VAT9", "NEW-3": "VAT13"}
    assert taxed.refused() == []
    assert borne(taxed) == borne(other) == dict(on_server(shop.world.server.engine, BORNE)) == here
    assert on_desk(taxed, "SELECT count(*) FROM sku_taxes") == [3]


def test_products_stand_also_where_a_tax_of_their_file_is_refused(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other, chance = shop.desk("manager"), shop.world.chance
    shop.fetch.down = True
    for one in (other, desk):
        one.do(AddTax(chance.new_id(), "VAT9", "增值税 9%", 90_000, 20190401))
    bring_in(desk, goods(tmp_path, "NEW-1,新货一,VAT9"), "products")
    shop.fetch.down = False
    for one in (other, desk, desk):
        one.sync()
    assert len(desk.refused()) == 2, "the tax, and what gives it to products"
    assert on_desk(desk, "SELECT sku FROM skus WHERE sku = 'NEW-1'") == ["NEW-1"]
    path = goods(tmp_path, "NEW-1,新货一,vat9", name="again")
    assert bring_in(desk, path, "products").noted_rows("tax_given") == 1
    assert borne(desk) == {"NEW-1": "VAT9"}
