"""Suppliers, carriers and taxes that a file corrects; people and locations that stay, and say so."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.carriers import AddCarrier, ChangeCarrier
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.suppliers import ArchiveSupplier, RenameSupplier
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_setting_up import bring_in, write

CORRECT = Choices(correct=True)
URL = "https://track.example/{tracking}"
NAMES = "SELECT code, name FROM suppliers ORDER BY code"


def suppliers(tmp_path: Path, *rows: str) -> Path:
    return write(tmp_path, "suppliers", ("供应商编码,供应商名称", *rows))


def test_a_suppliers_name_is_corrected_and_put_back(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = suppliers(tmp_path, "S1,鲁北粮油", "S2,新供应商")
    kept = bring_in(desk, path, "suppliers")
    change = FieldChange("party_name", "鲁北粮油批发", "鲁北粮油")
    assert (kept.new, kept.corrected, kept.changes) == (1, 0, {2: (change,)})
    account = bring_in(desk, path, "suppliers", CORRECT)
    assert (account.corrected, account.corrected_rows, account.changes) == (1, 1, {2: (change,)})
    again = bring_in(desk, path, "suppliers", CORRECT)
    assert (again.operations, again.standing) == (0, 2)
    desk.sync()
    assert desk.refused() == []
    here = [("S1", "鲁北粮油"), ("S2", "新供应商")]
    assert [tuple(row) for row in on_server(shop.world.server.engine, NAMES)] == here
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    assert (undone.taken_back, undone.left, desk.refused()) == (1, (), [])
    assert on_desk(desk, NAMES)[0] == ("S1", "鲁北粮油批发")


def test_a_supplier_renamed_since_keeps_the_name_at_an_undo(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, suppliers(tmp_path, "S1,鲁北粮油"), "suppliers", CORRECT)
    desk.do(RenameSupplier(shop.supplier, "鲁北集团"))
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    assert undone.left == (("S1", FieldChange("party_name", "鲁北集团", "鲁北粮油批发")),)
    assert on_desk(desk, NAMES) == [("S1", "鲁北集团")]


def test_where_nothing_stands_nothing_is_to_be_asked(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "carriers", ("承运商编码,承运商名称,查件网址", f"SF,顺风速运,{URL}"))
    mapping = suggested_mapping("carriers", open_table(path).headers, "import")
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping)
    before = job.may_correct
    job.run()
    assert (before, job.may_correct) == (False, True)
    kinds = suggested_mapping("locations", ["库位编码", "用途"], "import")
    place = write(tmp_path, "locations", ("库位编码,用途", "B-02,存储"))
    assert not ImportJob(desk.runtime, lambda: desk.person.id, place, kinds).may_correct


@pytest.mark.parametrize("row", ["S1,", "S1,鲁北粮油批发"])
def test_a_supplier_without_another_name_stays(desk: Desk, tmp_path: Path, row: str) -> None:
    account = bring_in(desk, suppliers(tmp_path, row), "suppliers", CORRECT)
    assert (account.corrected, account.operations, account.noticed) == (0, 0, {})


def test_an_archived_supplier_stays_and_is_told(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk.do(ArchiveSupplier(shop.supplier))
    account = bring_in(desk, suppliers(tmp_path, "S1,鲁北粮油"), "suppliers", CORRECT)
    assert (account.corrected, account.standing, account.noticed) == (0, 1, {2: ("differs_here",)})


def test_a_carriers_name_and_address_are_corrected_field_by_field(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    id, other = shop.world.chance.new_id(), shop.desk("manager")
    desk.do(AddCarrier(id, "SF", "顺风", "https://old.example/{tracking}"))
    for one in (desk, other):
        one.sync()
    path = write(tmp_path, "carriers", ("承运商编码,承运商名称,查件网址", f"SF,顺风速运,{URL}"))
    shop.fetch.down = True
    other.do(ChangeCarrier(id, "顺风快递", "https://old.example/{tracking}"))
    account = bring_in(desk, path, "carriers", CORRECT)
    assert (account.corrected, len(account.changes[2])) == (1, 2)
    shop.fetch.down = False
    for one in (other, desk, other):
        one.sync()
    for one in (desk, other):
        assert on_desk(one, "SELECT name, tracking_url FROM carriers") == [("顺风快递", URL)]
        assert [task.code for task in one.tasks()] == ["corrections_left_out"]


def test_a_taxs_name_and_rate_are_corrected_and_rows_counted_once(desk: Desk, tmp_path: Path) -> None:
    heading = "税码,税种名称,税率,起始日期"
    first = (heading, "VAT13,增值税,16,2018-05-01", "VAT13,增值税,12,2019-04-01")
    bring_in(desk, write(tmp_path, "taxes", first), "taxes")
    right = (heading, "VAT13,增值税 13%,16,2018-05-01", "VAT13,增值税 13%,13,2019-04-01")
    path = write(tmp_path, "right", right)
    kept = bring_in(desk, path, "taxes")
    assert (kept.corrected, kept.noted_rows("differs_here")) == (0, 2)
    account = bring_in(desk, path, "taxes", CORRECT)
    assert (account.corrected, account.corrected_rows, account.unchanged_rows) == (2, 2, 0)
    assert account.changes[3][1] == ("tax_rate", "12 %", "13 %")
    assert on_desk(desk, "SELECT name FROM taxes WHERE code = 'VAT13'") == ["增值税 13%"]
    assert on_desk(desk, "SELECT rate FROM tax_rates ORDER BY from_day") == [160_000, 130_000]
    desk.sync()
    assert desk.refused() == []


@pytest.mark.parametrize("choices", [None, CORRECT])
def test_locations_and_people_stay_and_say_so(
    shop: Shop, desk: Desk, tmp_path: Path, choices: Choices | None
) -> None:
    desk.do(AddLocations(shop.world.outlet, shop.world.warehouse, "staging", ("B-02",)))
    rows: dict[ImportKind, tuple[str, ...]] = {
        "locations": ("库位编码,用途", "B-02,存储"),
        "people": ("登录名,姓名,角色,门店", "worker,另一个名字,店员,全部"),
    }
    kinds = bring_in(desk, write(tmp_path, "locations", rows["locations"]), "locations", choices)
    assert (kinds.corrected, kinds.noticed) == (0, {2: ("differs_here",)})
    assert kinds.changes == {2: (FieldChange("location_kind", "staging", "storage"),)}
    people = bring_in(desk, write(tmp_path, "people", rows["people"]), "people", choices)
    assert set(people.noticed[2]) == {"differs_here", "role_given"}
    (name,) = on_desk(desk, "SELECT name FROM persons WHERE login = 'worker'")
    assert people.changes == {2: (FieldChange("person_name", name, "另一个名字"),)}
    assert id_of(on_desk(desk, "SELECT id FROM persons WHERE login = 'worker'")[0]) == shop.world.worker
