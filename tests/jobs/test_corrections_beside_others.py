"""Imports that correct, and their undo, beside what other desks do: what was really written decides."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_corrections import ImportCorrections, ProductCorrection
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.products import ChangePrice, ChangeProduct
from merchant_desk.domain.suppliers import RenameSupplier
from merchant_desk.domain.taxes import AddTax, SetProductTax
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.faults import NoSuchJob
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.undo_job import UndoJob, Undone
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_corrections import FIRST, bring_in, sku_id, stocked, undo, words
from tests.jobs.test_setting_up import bring_in as bring_file
from tests.jobs.test_setting_up import write

__all__ = ["stocked"]

ROW = "C1,,,6.50,,,,,"
OLD, NEW, OTHER = 5 * MICRO, 6_500_000, 7 * MICRO
PRICE = "SELECT price FROM skus WHERE sku = 'C1'"
TAX = (
    "SELECT t.code FROM sku_taxes c JOIN skus s ON s.id = c.id JOIN taxes t ON t.id = c.tax_id"
    " WHERE s.sku = 'C1'"
)
NAME = "SELECT name FROM suppliers WHERE code = 'S1'"


def alone(shop: Shop, work: Callable[[], object]) -> None:
    """Let desks do something while the server cannot be reached."""
    shop.fetch.down = True
    work()
    shop.fetch.down = False


def exchange(*desks: Desk) -> None:
    for one in (*desks, *desks):
        one.sync()
        assert one.refused() == []


def take_back(desk: Desk, account: Account) -> Undone:
    """Undo, without a word to the server."""
    assert account.job_id is not None
    return UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()


def codes(desk: Desk) -> list[str]:
    return [task.code for task in desk.tasks()]


def everywhere(shop: Shop, sql: str, *desks: Desk) -> object:
    """Return what all sides say, which is the same."""
    there = on_server(shop.world.server.engine, sql)
    assert all(on_desk(one, sql) == there for one in desks)
    return there[0] if there else None


# ---------------------------------------------------------------- undo puts back what was written


def test_what_a_colleague_wrote_alike_is_not_put_back(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    other.do(ChangePrice(sku_id(other, "C1"), NEW))
    account: list[Account] = []
    alone(shop, lambda: account.append(bring_in(stocked, tmp_path, "C1,陈醋,,6.50,,,,,")))
    exchange(other, stocked)
    undone = undo(stocked, account[0])
    exchange(stocked, other)
    assert (undone.taken_back, undone.left) == (1, ())
    assert everywhere(shop, PRICE, stocked, other) == NEW
    assert words(stocked, "C1")[0] == "醋", "what it wrote is put back"
    assert codes(stocked) == codes(other) == []


def test_what_the_import_left_alone_is_not_put_back_whatever_stands_there_later(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    other.do(ChangePrice(sku_id(other, "C1"), OTHER))
    account: list[Account] = []
    alone(shop, lambda: account.append(bring_in(stocked, tmp_path, ROW)))
    exchange(other, stocked)
    assert everywhere(shop, PRICE, stocked, other) == OTHER
    other.do(ChangePrice(sku_id(other, "C1"), NEW))
    exchange(other, stocked)
    assert undo(stocked, account[0]).taken_back == 0
    assert everywhere(shop, PRICE, stocked, other) == NEW


def test_an_undo_before_the_server_knew_of_either_ends_as_the_server_says(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    other.do(ChangePrice(sku_id(other, "C1"), NEW))
    other.sync()

    def work() -> None:
        assert take_back(stocked, bring_in(stocked, tmp_path, ROW)).taken_back == 1

    alone(shop, work)
    assert on_desk(stocked, PRICE) == [OLD]
    exchange(stocked, other)
    assert everywhere(shop, PRICE, stocked, other) == NEW
    assert codes(stocked) == codes(other) == ["undo_left_out"]


def test_an_undo_done_again_leaves_what_was_typed_since(stocked: Desk, tmp_path: Path) -> None:
    account = bring_in(stocked, tmp_path, ROW)
    assert undo(stocked, account).taken_back == 1
    stocked.do(ChangePrice(sku_id(stocked, "C1"), NEW))
    again = undo(stocked, account)
    assert (on_desk(stocked, PRICE), again.kept, again.left) == ([NEW], 0, ())


def test_a_supplier_whom_a_colleague_called_so_first_keeps_the_name(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    other.do(RenameSupplier(shop.supplier, "鲁北粮油"))
    path = write(tmp_path, "suppliers", ("供应商编码,供应商名称", "S1,鲁北粮油"))
    account: list[Account] = []
    alone(shop, lambda: account.append(bring_file(desk, path, "suppliers", Choices(correct=True))))
    exchange(other, desk)
    assert undo(desk, account[0]).taken_back == 0
    assert everywhere(shop, NAME, desk, other) == "鲁北粮油"


def test_what_may_not_go_back_while_there_is_stock_stays_and_the_rest_goes(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    account = bring_in(stocked, tmp_path, "C1,陈醋,,6.50,,,1,,")
    stocked.sync()
    shop.stock(sku_id(stocked, "C1"), 5)
    stocked.sync()
    undone = undo(stocked, account)
    assert [(code, change.field) for code, change in undone.left] == [("C1", "track_lot")]
    assert words(stocked, "C1") == ("醋", "Vinegar", OLD, "Food", "瓶", 1, 0, 0)
    assert codes(stocked) == []


# ---------------------------------------------------------------- left alone at the server


def test_what_an_undo_leaves_alone_at_the_server_is_a_task(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    account = bring_in(stocked, tmp_path, "C1,陈醋,,6.50,,,,,")
    exchange(stocked, other)
    other.do(ChangePrice(sku_id(other, "C1"), OTHER))
    alone(shop, lambda: take_back(stocked, account))
    exchange(other, stocked)
    assert everywhere(shop, PRICE, stocked, other) == OTHER
    assert words(other, "C1")[0] == "醋"
    for one in (stocked, other):
        (task,) = one.tasks()
        assert task.code == "undo_left_out"
        assert json.loads(task.facts) == {"name": "C1", "reason": "changed_since", "records": 1}


def test_a_product_in_use_elsewhere_is_left_at_an_undo_and_is_a_task(shop: Shop, stocked: Desk) -> None:
    jobs = on_desk(stocked, "SELECT id FROM jobs")
    assert len(jobs) == 1
    shop.stock(sku_id(stocked, "C1"), 5)
    UndoJob(stocked.runtime, lambda: stocked.person.id, id_of(jobs[0])).run()
    stocked.sync()
    assert on_desk(stocked, "SELECT sku FROM skus WHERE archived = 0 AND sku LIKE 'C_'") == ["C1"]
    assert codes(stocked) == ["undo_left_out"]


def test_two_desks_that_take_one_import_back_raise_no_task(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    account = bring_in(stocked, tmp_path, "C1,陈醋,,6.50,,,,,", "C9,糖,,2.00,,,,,")
    exchange(stocked, other)

    def both() -> None:
        for one in (stocked, other):
            assert take_back(one, account).taken_back == 2

    alone(shop, both)
    exchange(stocked, other)
    assert everywhere(shop, PRICE, stocked, other) == OLD
    assert codes(stocked) == codes(other) == []


# ---------------------------------------------------------------- taxes


@pytest.fixture
def taxes(shop: Shop, stocked: Desk) -> dict[str, bytes]:
    for code, rate in (("VAT9", 90_000), ("VAT13", 130_000), ("VAT6", 60_000)):
        stocked.do(AddTax(shop.world.chance.new_id(), code, code, rate, 20190401))
    stocked.sync()
    return {row[0]: row[1] for row in on_desk(stocked, "SELECT code, id FROM taxes")}


def choose(desk: Desk, tax: bytes) -> None:
    desk.do(SetProductTax((sku_id(desk, "C1"),), id_of(tax)))


@pytest.mark.parametrize("former", ["", "VAT6"])
@pytest.mark.parametrize("chosen", ["VAT13", "VAT9"])
def test_a_tax_that_was_chosen_since_the_import_saw_it_stays(
    shop: Shop, stocked: Desk, tmp_path: Path, taxes: dict[str, bytes], former: str, chosen: str
) -> None:
    if former:
        choose(stocked, taxes[former])
    stocked.sync()
    other = shop.desk("manager")
    choose(other, taxes[chosen])
    account: list[Account] = []
    heading = "sku,name,税码"
    alone(shop, lambda: account.append(bring_in(stocked, tmp_path, "C1,醋,VAT9", heading=heading)))
    assert on_desk(stocked, TAX) == ["VAT9"]
    exchange(other, stocked)
    assert everywhere(shop, TAX, stocked, other) == chosen
    told = ["corrections_left_out"] if chosen == "VAT13" else []
    assert codes(stocked) == codes(other) == told
    assert undo(stocked, account[0]).taken_back == 0
    exchange(stocked, other)
    assert everywhere(shop, TAX, stocked, other) == chosen, "the import had not written it"


def test_a_tax_that_was_chosen_since_stays_at_an_undo_at_the_server(
    shop: Shop, stocked: Desk, tmp_path: Path, taxes: dict[str, bytes]
) -> None:
    other = shop.desk("manager")
    account = bring_in(stocked, tmp_path, "C1,醋,VAT9", heading="sku,name,税码")
    exchange(stocked, other)
    choose(other, taxes["VAT13"])
    alone(shop, lambda: take_back(stocked, account))
    exchange(other, stocked)
    assert everywhere(shop, TAX, stocked, other) == "VAT13"
    assert codes(stocked) == codes(other) == ["undo_left_out"]


# ---------------------------------------------------------------- another desk's import


def test_what_a_lost_desk_imported_is_taken_back_by_another(
    shop: Shop, stocked: Desk, tmp_path: Path, taxes: dict[str, bytes]
) -> None:
    heading = "sku,barcode,name,price,税码"
    rows = ("C1,6901234567892,陈醋,6.50,VAT9", "C9,6901234567908,糖,2.00,VAT9")
    before = [tuple(words(stocked, sku)) for sku in ("C1", "C2", "C3")]
    assert taxes
    account = bring_in(stocked, tmp_path, *rows, heading=heading)
    other = shop.desk("manager")
    with pytest.raises(NoSuchJob):
        take_back(other, account)
    stocked.sync()  # its last sign of life
    other.sync()
    undone = undo(other, account)
    assert (undone.taken_back, undone.kept, undone.left) == (3, 0, ())
    assert [tuple(words(other, sku)) for sku in ("C1", "C2", "C3")] == before
    assert on_desk(other, "SELECT code FROM barcodes WHERE code LIKE '69012345%'") == []
    assert on_desk(other, "SELECT count(*) FROM skus WHERE archived = 1") == [1]
    assert account.job_id is not None
    assert on_desk(other, "SELECT status FROM jobs WHERE id = ?", account.job_id.bytes) == ["undone"]
    assert everywhere(shop, TAX, other) is None
    assert codes(other) == []
    stocked.sync()
    assert words(stocked, "C1") == before[0]


def test_an_import_of_another_outlet_is_not_taken_back_here(shop: Shop, stocked: Desk) -> None:
    world, chance = shop.world, shop.world.chance
    home, world.outlet = world.outlet, chance.new_id()
    world.server.house.do(
        world.merchant_id, AddOutlet(world.outlet, "B", "二店", "Asia/Shanghai", 0, chance.new_id())
    )
    there = shop.desk("manager")
    world.outlet = home
    (job,) = on_desk(there, "SELECT id FROM jobs")
    with pytest.raises(NoSuchJob):
        UndoJob(there.runtime, lambda: there.person.id, id_of(job))


# ---------------------------------------------------------------- large chunks


def test_a_chunk_with_very_long_words_is_carried_by_several_operations(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    def rows(letter: str) -> list[str]:
        return [f"D{n},{letter * 500},{letter * 499}{n % 9},1.00,,件,,," for n in range(150)]

    first = bring_in(desk, tmp_path, *rows("甲"), choices=Choices())
    assert first.new == 150, first.refusals
    desk.sync()
    account = bring_in(desk, tmp_path, *rows("乙"), *FIRST)
    assert (account.corrected, account.corrected_rows, account.written_rows) == (150, 150, 3)
    desk.sync()
    assert desk.refused() == []
    count = "SELECT count(*) FROM skus WHERE name LIKE '{0}%' AND name_en LIKE '{0}%'"
    assert on_server(shop.world.server.engine, count.format("乙")) == [150]
    assert undo(desk, account).taken_back == 153
    assert on_server(shop.world.server.engine, count.format("甲")) == [150]


def test_what_an_import_wrote_over_itself_goes_back_to_what_stood_before_it(
    stocked: Desk, tmp_path: Path
) -> None:
    account = bring_in(stocked, tmp_path, ROW)
    c1 = sku_id(stocked, "C1")
    again = ProductCorrection(ChangeProduct(c1, price=NEW), ChangeProduct(c1, price=OTHER))
    assert account.job_id is not None
    stocked.do(ImportCorrections(account.job_id, 9, 1, (again,)))
    assert on_desk(stocked, PRICE) == [OTHER]
    undo(stocked, account)
    assert on_desk(stocked, PRICE) == [OLD]


# ---------------------------------------------------------------- verdicts


def test_what_stock_keeps_as_it_is_stays_so_when_a_pull_does_the_correction_anew(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    """The product has stock: its part of the chunk is left alone at the desk, after a pull, at the server."""
    c1, c3 = sku_id(stocked, "C1"), sku_id(stocked, "C3")
    shop.stock(c1, 5)
    stocked.sync()
    other = shop.desk("manager")
    job = id_of(on_desk(stocked, "SELECT id FROM jobs")[0])
    lots = ProductCorrection(ChangeProduct(c1, track_lot=False), ChangeProduct(c1, track_lot=True))
    name = ProductCorrection(ChangeProduct(c3, name="盐"), ChangeProduct(c3, name="粗盐"))
    lot = "SELECT track_lot FROM skus WHERE sku = 'C1'"
    stocked.do(ImportCorrections(job, 9, 2, (lots, name)))
    assert (on_desk(stocked, lot), codes(stocked)) == ([0], ["corrections_left_out"])
    other.do(ChangeProduct(c1, name_en="Vinegar of C1"))
    other.do(ChangeProduct(c3, name_en="Salt of C3"))
    other.sync()
    stocked.runtime._exchange.pull(lambda _: None, lambda: False)
    assert words(stocked, "C1")[1] == "Vinegar of C1", "the pull met the correction"
    assert (on_desk(stocked, lot), words(stocked, "C3")[0]) == ([0], "粗盐")
    assert codes(stocked) == ["corrections_left_out"]
    exchange(stocked, other)
    assert everywhere(shop, lot, stocked, other) == 0
    assert codes(stocked) == codes(other) == ["corrections_left_out"]
