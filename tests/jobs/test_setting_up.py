"""Files by which a shop is set up: once; what stands stays; people by the server alone."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import likely_kind, suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import ArchiveTax
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.faults import SetupStays
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.report import report_path, write_report
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

URL = "https://track.example/{tracking}"
CARRIERS = (
    "承运商编码,承运商名称,查件网址",
    f"SF,顺风速运,{URL}",
    "sf,顺风速运," + URL,
    "YT,圆途,",
    "zt,中途,",
    "ZT,别的名字,",
    ",同城跑腿,",
    "JD,京动,ftp://track.example/{tracking}",
    "DB,,",
)
TAXES = (
    "税码,税种名称,税率,起始日期",
    "VAT13,增值税 13%,13,2019-04-01",
    "VAT13,增值税 13%,16%,2018-05-01",
    "VAT9,增值税 9%,9%,2019-04-01",
    "VAT9,增值税 9%,10%,2019-04-01",
    "VAT0,零税率,0,2019-04-01",
    "X,太多,130,2019-04-01",
    "Y,没有日期,6,",
)
LOCATIONS = ("库位编码,用途", "B-01,存放位", "b-01,", "B-02,", "B-IN,收货位", "B 03,", "B-04,阁楼")
PEOPLE = (
    "登录名,姓名,角色,门店",
    "li,李红,仓管,CG",
    "li,李红,店员,全部",
    "zhao,赵明,,",
    "worker,仓管,仓管,CG",
    "worker,仓管,viewer,cg",
    "qian,钱多,总经理,CG",
    "sun,孙力,店员,北京",
    "zhou,周全,店员,",
    "wu zheng,吴正,,",
)


def write(folder: Path, name: str, lines: tuple[str, ...]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bring_in(desk: Desk, path: Path, kind: ImportKind, choices: Choices | None = None) -> Account:
    headers = open_table(path).headers
    assert likely_kind(headers) == kind
    mapping = suggested_mapping(kind, headers, "import")
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, choices)
    found = job.dry_run()
    account = job.run()
    assert (account.corrected, account.changes) == (found.corrected, found.changes)
    assert (account.new, account.standing, account.refusals) == (found.new, found.standing, found.refusals)
    return account


def refused(account: Account) -> dict[int, FaultCode]:
    return {row: fault.code for row, fault in account.refusals.items()}


def carriers(desk: Desk) -> list[tuple[str, str, str]]:
    return on_desk(desk, "SELECT code, name, tracking_url FROM carriers ORDER BY code")


def test_carriers_come_in_once(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk.do(AddCarrier(shop.world.chance.new_id(), "yt", "圆途快运", ""))
    path = write(tmp_path, "carriers", CARRIERS)
    account = bring_in(desk, path, "carriers")
    assert (account.new, account.standing, account.written_rows) == (2, 1, 2)
    assert refused(account) == {
        5: FaultCode.PARTY_TWICE,
        6: FaultCode.PARTY_TWICE,
        8: FaultCode.TRACKING_URL_NOT_READ,
        9: FaultCode.MISSING_VALUE,
    }
    assert account.noticed == {4: ("differs_here",)}
    here = [("SF", "顺风速运", URL), ("yt", "圆途快运", ""), ("同城跑腿", "同城跑腿", "")]
    assert carriers(desk) == here
    again = bring_in(desk, path, "carriers")
    assert (again.operations, again.new, again.standing, again.repeated) == (0, 0, 3, True)
    desk.sync()
    other = shop.desk("manager")
    assert (desk.refused(), carriers(other)) == ([], here)
    changed = on_desk(other, "SELECT count(*) FROM record_changes WHERE about_table = 'carriers'")
    assert changed == [3]


def test_what_was_left_out_stands_in_a_workbook_and_comes_in_from_there(desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "carriers", CARRIERS)
    headers = open_table(path).headers
    mapping = suggested_mapping("carriers", headers, "import")
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping)
    account = job.run()
    write_report(report_path(path), job.plan, account, "en")
    table = open_table(report_path(path))
    reasons = {row.cells[0] or row.cells[1]: row.cells[3] for row in table.rows()}
    assert reasons["JD"].startswith('"ftp://track.example/{tracking}" is no tracking address')
    assert set(reasons) == {"zt", "ZT", "JD", "DB"}


def test_two_desks_offline_mean_one_carrier_and_one_tax(shop: Shop, tmp_path: Path) -> None:
    desk, other = shop.desk("manager"), shop.desk("manager")
    shop.fetch.down = True
    for one in (desk, other):
        bring_in(one, write(tmp_path, "carriers", CARRIERS[:3]), "carriers")
        bring_in(one, write(tmp_path, "taxes", TAXES[:3]), "taxes")
    shop.fetch.down = False
    for one in (desk, other, desk, other):
        one.sync()
    for one in (desk, other):
        assert (one.refused(), one.tasks()) == ([], [])
        assert [code for code, *_ in carriers(one)] == ["SF"]
        assert rates(one) == [("VAT13", 20180501, 160_000), ("VAT13", 20190401, 130_000)]


def rates(desk: Desk) -> list[tuple[str, int, int]]:
    sql = "SELECT t.code, r.from_day, r.rate FROM taxes t JOIN tax_rates r ON r.tax_id = t.id ORDER BY 1, 2"
    return on_desk(desk, sql)


def test_taxes_come_in_with_their_days(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "taxes", TAXES)
    account = bring_in(desk, path, "taxes")
    assert (account.new, account.standing, account.written_rows) == (3, 0, 3)
    assert refused(account) == {
        4: FaultCode.PARTY_TWICE,
        5: FaultCode.PARTY_TWICE,
        7: FaultCode.RATE_NOT_READ,
        8: FaultCode.MISSING_VALUE,
    }
    here = [("VAT0", 20190401, 0), ("VAT13", 20180501, 160_000), ("VAT13", 20190401, 130_000)]
    assert rates(desk) == here
    assert bring_in(desk, path, "taxes").operations == 0
    later = write(tmp_path, "later", (TAXES[0], "vat13,增值税,12,2030-01-01", "VAT13,增值税,14,2019-04-01"))
    account = bring_in(desk, later, "taxes")
    assert (account.new, account.standing) == (1, 1)
    assert account.noticed == {2: ("differs_here",), 3: ("differs_here",)}
    assert rates(desk) == [*here, ("VAT13", 20300101, 120_000)]
    desk.sync()
    assert (desk.refused(), rates(shop.desk("worker"))) == ([], rates(desk))


def test_a_percentage_cell_of_a_workbook_is_not_guessed_at(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["税码", "税种名称", "税率", "起始日期"])
    for code, rate in (("A", 0.13), ("B", 13), ("C", "13%"), ("D", 0), ("E", 6.5)):
        sheet.append([code, code, rate, "2019-04-01"])
    path = tmp_path / "taxes.xlsx"
    book.save(path)
    account = bring_in(desk, path, "taxes")
    assert refused(account) == {2: FaultCode.RATE_NOT_READ}
    assert [rate for _, _, rate in rates(desk)] == [130_000, 130_000, 0, 65_000]


def test_a_rate_below_one_says_that_it_is_per_cent(desk: Desk, tmp_path: Path) -> None:
    written = ("0.13", "０.13", "0.06", "0.13%", "0.5 ％", "0", "0.0", "1.5", "1")
    rows = (f"T{n},税,{rate},2019-04-01" for n, rate in enumerate(written))
    account = bring_in(desk, write(tmp_path, "taxes", (TAXES[0], *rows)), "taxes")
    assert refused(account) == dict.fromkeys((2, 3, 4), FaultCode.RATE_NOT_READ)
    assert [rate for _, _, rate in rates(desk)] == [1_300, 5_000, 0, 0, 15_000, 10_000]


def test_locations_come_in_beside_those_of_a_pattern(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk.do(AddLocations(shop.world.outlet, shop.world.warehouse, "staging", ("B-02",)))
    path = write(tmp_path, "locations", LOCATIONS)
    account = bring_in(desk, path, "locations")
    assert (account.new, account.standing, account.written_rows) == (2, 1, 2)
    assert refused(account) == {6: FaultCode.LOCATION_CODE_NOT_READ, 7: FaultCode.LOCATION_KIND_NOT_READ}
    assert account.noticed == {4: ("differs_here",)}
    sql = "SELECT code, kind FROM locations WHERE code LIKE 'B-%' ORDER BY code"
    here = [("B-01", "storage"), ("B-02", "staging"), ("B-IN", "receiving")]
    assert on_desk(desk, sql) == here
    assert bring_in(desk, path, "locations").operations == 0
    desk.sync()
    assert (desk.refused(), on_desk(shop.desk("worker"), sql)) == ([], here)


ROLES = (
    "SELECT p.login, r.role, coalesce(o.code, '*') FROM roles r JOIN persons p ON p.id = r.person_id"
    " LEFT JOIN outlets o ON o.id = r.outlet_id WHERE r.to_version IS NULL ORDER BY 1, 2"
)


def test_people_are_asked_of_the_server(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "people", PEOPLE)
    desk.sign_in("manager", "sesame-sesame")
    account = bring_in(desk, path, "people")
    assert (account.asked, account.new, account.standing, account.written_rows) == (True, 4, 1, 4)
    assert refused(account) == {
        7: FaultCode.ROLE_NOT_READ,
        8: FaultCode.UNKNOWN_OUTLET,
        9: FaultCode.MISSING_VALUE,
        10: FaultCode.LOGIN_NOT_READ,
    }
    people = "SELECT login FROM persons ORDER BY login"
    assert on_desk(desk, people) == ["manager", "worker"]  # nobody is here before the server has said so
    desk.sync()
    assert desk.refused() == []
    assert on_desk(desk, people) == ["li", "manager", "worker", "zhao"]
    here = [
        ("li", "clerk", "*"),
        ("li", "warehouse", "CG"),
        ("manager", "manager", "*"),
        ("worker", "viewer", "CG"),
        ("worker", "warehouse", "CG"),
    ]
    assert on_desk(desk, ROLES) == here
    again = bring_in(desk, path, "people")
    assert (again.operations, again.new, again.standing, again.repeated) == (0, 0, 5, True)
    assert on_server(shop.world.server.engine, "SELECT count(*) FROM persons") == [4]


def test_people_asked_for_twice_come_once(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "people", PEOPLE)
    desk.sign_in("manager", "sesame-sesame")
    assert bring_in(desk, path, "people").new == 4
    assert bring_in(desk, path, "people").new == 4
    desk.sync()
    assert desk.refused() == []
    assert len(on_desk(desk, ROLES)) == 5


def test_who_may_not_look_after_people_brings_in_none(shop: Shop, tmp_path: Path) -> None:
    worker = shop.desk("worker")
    with pytest.raises(Refusal) as refusal:
        bring_in(worker, write(tmp_path, "people", PEOPLE), "people")
    assert refusal.value.code == "not_allowed"


def test_what_set_a_shop_up_is_not_taken_back_as_one(desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, write(tmp_path, "carriers", CARRIERS), "carriers")
    assert account.job_id is not None
    with pytest.raises(SetupStays):
        UndoJob(desk.runtime, lambda: desk.person.id, account.job_id)


@pytest.mark.parametrize("kind", ["carriers", "taxes", "locations", "people"])
def test_every_kind_has_a_template_by_command(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", kind, str(tmp_path / "empty.xlsx"), "--template"]) == 0
    assert "empty.xlsx" in capsys.readouterr().out


GOODS = (
    "货号,商品名称,税码",
    "RICE-10,大米 10kg,VAT9",
    "NEW-1,新货一,vat13",
    "NEW-2,新货二,",
    "NEW-3,新货三,VAT7",
    "NEW-4,新货四,OLD",
)


def borne(desk: Desk) -> dict[str, str]:
    sql = "SELECT s.sku, t.code FROM sku_taxes c JOIN skus s ON s.id = c.id JOIN taxes t ON t.id = c.tax_id"
    return dict(on_desk(desk, sql))


def test_products_come_in_with_their_taxes(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    taxes = (TAXES[0], "VAT13,增值税 13%,13,2019-04-01", "VAT9,增值税 9%,9,2019-04-01")
    bring_in(desk, write(tmp_path, "taxes", (*taxes, "OLD,旧税,3,2019-04-01")), "taxes")
    (old,) = on_desk(desk, "SELECT id FROM taxes WHERE code = 'OLD'")
    desk.do(ArchiveTax(id_of(old)))
    path = write(tmp_path, "goods", GOODS)
    account = bring_in(desk, path, "products")
    assert (account.new, account.standing) == (2, 1)
    assert refused(account) == {5: FaultCode.UNKNOWN_TAX, 6: FaultCode.UNKNOWN_TAX}
    assert "tax_given" in account.noticed[2]
    assert borne(desk) == {"RICE-10": "VAT9", "NEW-1": "VAT13"}
    assert on_desk(desk, "SELECT sku FROM skus WHERE sku LIKE 'NEW%' ORDER BY sku") == ["NEW-1", "NEW-2"]
    again = bring_in(desk, path, "products")
    assert (again.operations, again.new, again.standing) == (0, 0, 3)
    other = write(tmp_path, "other", (GOODS[0], "NEW-1,新货一,VAT9", "NEW-2,新货二,"))
    kept = bring_in(desk, other, "products")
    assert (kept.noted_rows("differs_here"), kept.operations) == (1, 0)
    assert borne(desk)["NEW-1"] == "VAT13"
    account = bring_in(desk, other, "products", Choices(correct=True))
    assert (account.corrected, account.corrected_rows, account.unchanged_rows) == (1, 1, 1)
    assert borne(desk) == {"RICE-10": "VAT9", "NEW-1": "VAT9"}
    desk.sync()
    assert (desk.refused(), borne(shop.desk("worker"))) == ([], borne(desk))
