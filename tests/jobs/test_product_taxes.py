"""Taxes that a file of products gives, beside what other desks do meanwhile."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_corrections import PutBack
from merchant_desk.domain.jobs import UndoImport
from merchant_desk.domain.organisation import GrantRole
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import AddTax, SetProductTax
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.undo_job import UndoJob
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


def undo(desk: Desk, account: Account) -> tuple[int, int]:
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    assert desk.refused() == []
    return undone.taken_back, undone.kept


def choose(desk: Desk, sku: str, code: str) -> None:
    (sku_id,) = on_desk(desk, "SELECT id FROM skus WHERE sku = ?", sku)
    (tax_id,) = on_desk(desk, "SELECT id FROM taxes WHERE code = ?", code)
    desk.do(SetProductTax((id_of(sku_id),), id_of(tax_id)))


def test_an_undo_gives_products_the_taxes_of_before(shop: Shop, taxed: Desk, tmp_path: Path) -> None:
    choose(taxed, "BEER-500", "VAT13")
    path = goods(tmp_path, "RICE-10,白水大米 10kg,VAT9", "BEER-500,青石啤酒 500ml,VAT9", "NEW-1,新货一,VAT9")
    for _ in range(2):
        account = bring_in(taxed, path, "products", Choices(correct=True))
        assert (account.new, account.corrected, account.noted_rows("tax_given")) == (1, 1, 1)
        assert account.changes[3] == (("tax", "VAT13", "VAT9"),)
        assert {sku: code for sku, code in borne(taxed).items() if "~" not in sku} == {
            "RICE-10": "VAT9",
            "BEER-500": "VAT9",
            "NEW-1": "VAT9",
        }
        assert undo(taxed, account) == (3, 0)
        there = dict(on_server(shop.world.server.engine, BORNE))
        assert {sku: code for sku, code in there.items() if "~" not in sku} == {"BEER-500": "VAT13"}


def test_an_import_that_gave_taxes_alone_can_be_undone(taxed: Desk, tmp_path: Path) -> None:
    account = bring_in(taxed, goods(tmp_path, "RICE-10,白水大米 10kg,VAT9"), "products")
    assert undo(taxed, account) == (1, 0)
    assert borne(taxed) == {}
    assert on_desk(taxed, "SELECT status FROM jobs WHERE kind = 'products'") == ["undone"]


def test_a_tax_that_was_chosen_since_stays_at_an_undo(taxed: Desk, tmp_path: Path) -> None:
    account = bring_in(taxed, goods(tmp_path, "RICE-10,白水大米 10kg,VAT9"), "products")
    choose(taxed, "RICE-10", "VAT13")
    assert undo(taxed, account) == (0, 1)
    assert borne(taxed) == {"RICE-10": "VAT13"}


def test_taxes_of_products_are_not_undone_by_the_manager_of_one_outlet(
    shop: Shop, taxed: Desk, tmp_path: Path
) -> None:
    account = bring_in(taxed, goods(tmp_path, "RICE-10,白水大米 10kg,VAT9"), "products")
    taxed.sync()
    world = shop.world
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", world.outlet))
    outlet_desk = shop.desk("worker")
    (sku_id,) = on_desk(outlet_desk, "SELECT id FROM skus WHERE sku = 'RICE-10'")
    assert account.job_id is not None
    back = PutBack("skus", id_of(sku_id), ("tax",))
    undoing = UndoImport(account.job_id, world.outlet, 1, (), (), (), last=True, corrected=(back,))
    with pytest.raises(Refusal) as refusal:
        outlet_desk.do(undoing)
    assert refusal.value.code == "not_allowed"
