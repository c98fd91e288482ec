"""What became of each row, told before and after by the same rule; and the way back of wrong rows."""

import json
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping, MappingOptions, save_mapping
from merchant_desk.documents.transforms import DecimalComma, Split
from merchant_desk.domain.imports import Effect, RowOutcome
from merchant_desk.jobs.report import write_report, write_results
from merchant_desk.jobs.row_results import RowResults
from tests.helpers.shop import PASSWORD, Shop
from tests.jobs.imports import ORDERS, PRODUCTS, bring_in, job, line, on_desk, order_file, product_file

GOODS = (("9520000000035", "茶叶"), ("9.52E+12", "盐"), ("ABC-1", "+糖"), ("ABC-1", "糖"))


def told(work: Any, account: Any) -> list[tuple[int, str, str]]:
    return [(one.row, one.effect.value, one.rule) for one in account.results]


def test_a_dry_run_tells_of_each_row_what_the_import_then_does(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    found = told(work, work.dry_run())
    assert found == [
        (2, "written", "new_product"),
        (3, "refused", "lost_digits"),
        (4, "written", "house_code"),
        (5, "unchanged", "repeated_code"),
    ]
    assert told(work, work.run()) == found
    again = job(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    stands = [(row, "unchanged" if effect == "written" else effect, rule) for row, effect, rule in found]
    assert told(again, again.dry_run()) == stands


def test_orders_of_which_some_stand_and_one_number_is_taken(desk: Desk, tmp_path: Path) -> None:
    first = line("1", "TEA", 2, "5.00"), line("2", "TEA", 2, "5.00")
    bring_in(desk, order_file(tmp_path, *first, name="first.csv"), ORDERS)
    more = first[0], line("2", "TEA", 9, "5.00"), line("3", "TEA", 1, "5.00"), line("4", "TEA", 1, "x")
    work = job(desk, order_file(tmp_path, *more), ORDERS)
    assert told(work, work.dry_run()) == [
        (2, "unchanged", "sale_line"),
        (3, "refused", "number_taken"),
        (4, "written", "sale_line"),
        (5, "refused", "number_not_read"),
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_with_its_result_as_a_file(desk: Desk, tmp_path: Path, language: Any) -> None:
    work = job(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    path = tmp_path / "results.xlsx"
    assert write_results(path, work.plan, work.dry_run(), language) == 4
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert head[3:] == ["code", "product_name"]
    words = {"zh": ("写入", "未导入"), "en": ("written", "left out")}[language]
    assert [(row[0], row[1]) for row in rows[:2]] == [(2, words[0]), (3, words[1])]
    assert "9.52E+12" in str(rows[1][2])


GERMAN = Mapping(
    name="german",
    kind="products",
    columns={"sku": "artikel", "name": "artikel", "price": "preis"},
    transforms={"sku": (Split(separator="/", part=1),), "name": (Split(separator="/", part=2),),
                "price": (DecimalComma(),)},
    options=MappingOptions(header_row=3, sheet="Liste"),
)  # fmt: skip


def sheet_of(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Liste"
    for row in (["Preisliste"], [], ["artikel", "preis"], *rows):
        sheet.append(row)
    book.save(path)
    return path


def test_wrong_rows_are_corrected_in_the_workbook_and_come_in_by_the_same_mapping(
    desk: Desk, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [["0017/Tee", 1.234], ["0018-Salz", 2.5], ["0019/Reis", "2.50"]]
    work = job(desk, sheet_of(tmp_path / "a.xlsx", rows), GERMAN)
    account = work.run()
    assert {row: fault.code.value for row, fault in account.refusals.items()} == {
        5: "not_split",
        6: "other_decimal_mark",
    }
    path = tmp_path / "errors.xlsx"
    write_report(path, work.plan, account)
    book = openpyxl.load_workbook(path)
    sheet = book["Liste"]
    assert [cell.value for cell in sheet[3]] == ["artikel", "preis", "未导入原因", "原文件行号"]
    assert [cell.value for cell in sheet[4]][:2] == ["0018-Salz", 2.5], "a number of a sheet stays one"
    assert [cell.value for cell in sheet[4]][3] == 5
    sheet["A4"], sheet["B5"] = "0018/Salz", "2,50"
    book.save(path)
    again = job(desk, path, GERMAN)
    account = again.run()
    assert (account.refused_rows, account.new) == (0, 2)
    found = on_desk(desk, "SELECT sku, name, price FROM skus WHERE sku LIKE '001%' ORDER BY sku")
    assert found == [("0017", "Tee", 1_234_000), ("0018", "Salz", 2_500_000), ("0019", "Reis", 2_500_000)]


def test_reasons_of_a_former_round_are_not_carried_on(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    path = tmp_path / "errors.xlsx"
    write_report(path, work.plan, work.run(), "en")
    again = job(desk, path, PRODUCTS)
    write_report(path, again.plan, again.run(), "en")
    head, row = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert head == ["code", "product_name", "Reason", "Row in the file"]
    assert row[0] == "9.52E+12"


def test_the_command_shows_samples_and_writes_results(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    mapping = tmp_path / "m.json"
    plain = msgspec.structs.replace(GERMAN, options=MappingOptions())
    save_mapping(plain, mapping)
    path = tmp_path / "a.csv"
    path.write_text('artikel,preis\n1/Tee,"1,50"\n2-Salz,"2,50"\n', encoding="utf-8")
    words = ["import", "products", str(path), "--mapping", str(mapping), "--dry-run", "--json"]
    place = ["--profile", str(folder), "--login", "manager", "--results", str(tmp_path / "r.csv")]
    assert main([*words, *place, "--language", "en"]) == 3
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    samples = {(one["field"], one["row"]): one for one in lines if one["type"] == "sample"}
    assert (samples["price", 2]["before"], samples["price", 2]["after"]) == ("1,50", "1.50")
    assert samples["name", 3]["code"] == "not_split"
    assert "2-Salz" in samples["name", 3]["zh"]
    results = (tmp_path / "r.csv").read_text("utf-8-sig").splitlines()
    assert results[:2] == [
        "Row in the file,Result,Meaning,artikel,preis",
        '2,written,New product,1/Tee,"1,50"',
    ]
    assert (tmp_path / "a.import.xlsx").exists()


@given(st.dictionaries(st.integers(1, 500), st.tuples(st.sampled_from(Effect), st.sampled_from("abc"))))
def test_results_are_kept_by_row(said: dict[int, tuple[Effect, str]]) -> None:
    results = RowResults()
    for row, (effect, rule) in said.items():
        results.add(RowOutcome(row, rule, effect))
    assert [(one.row, (one.effect, one.rule)) for one in results] == sorted(said.items())
    assert results.of(501) is results.of(0) is results.of(-1) is None
