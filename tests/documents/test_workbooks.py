"""Tables from workbooks: what a spreadsheet shows comes back as text, and what it lost is not made up."""

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from merchant_desk.documents.import_rows import product_outcomes
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import Row, open_table
from merchant_desk.documents.transforms import LeadingZeros, Transform
from merchant_desk.documents.workbooks import cell_text
from tests.documents.files import with_part, workbook


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (6901234567892.0, "6901234567892"),
        (-3.0, "-3"),
        (0.0, "0"),
        (18.5, "18.5"),
        (0.1 + 0.2, "0.3"),
        (1.1 * 3, "3.3"),
        (1e-7, "0.0000001"),
        (123456789012345.0, "123456789012345"),
        (6901234567892123.0, "6.90123456789212E+15"),
        (1e22, "1.00000000000000E+22"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.datetime.fromisoformat("2025-01-02T08:30"), "2025-01-02 08:30:00"),
        (dt.date(2025, 1, 2), "2025-01-02"),
        (dt.time(8, 30), "08:30:00"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_codes_dates_and_texts(tmp_path: Path) -> None:
    def more(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(1, 3, dt.datetime.fromisoformat("2025-03-01T17:45"), day)

    path = workbook(
        tmp_path, [["条码", "名称", "单价", "时间"], [6901234567892, " 醋 ", 6.9], ["0012", "", 7]], more
    )
    table = open_table(path)
    assert (table.headers, table.sheet, table.encoding) == (["条码", "名称", "单价", "时间"], "数据", None)
    assert list(table.rows()) == [
        Row(2, ("6901234567892", " 醋 ", "6.9", "2025-03-01 17:45:00")),
        Row(3, ("0012", "", "7", "")),
    ]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_every_minute_of_two_days_is_exact(tmp_path: Path, options: dict[str, Any]) -> None:
    minutes = [
        dt.datetime.fromisoformat("2011-10-29T00:01") + dt.timedelta(minutes=n) for n in range(2 * 24 * 60)
    ]

    def more(book: Any, sheet: Any) -> None:
        shown = book.add_format({"num_format": "d/m/yyyy h:mm"})
        for n, minute in enumerate(minutes, 1):
            sheet.write_datetime(n, 0, minute, shown)

    table = open_table(workbook(tmp_path, [["time"]], more, options))
    texts = [row.cells[0] for row in table.rows()]
    assert [dt.datetime.fromisoformat(text) for text in texts] == minutes


def test_a_table_that_begins_elsewhere_keeps_its_row_numbers(tmp_path: Path) -> None:
    rows: list[list[str | int | None]] = [
        [],
        [],
        [None, None, "sku", "qty"],
        [None, None, "A", 1],
        [],
        [None, None, "B", 2],
    ]
    table = open_table(workbook(tmp_path, rows))
    assert (table.header_row, table.headers) == (3, ["sku", "qty"])
    assert list(table.rows()) == [Row(4, ("A", "1")), Row(6, ("B", "2"))]
    assert list(table.rows(5)) == [Row(6, ("B", "2"))]


def test_errors_and_uncalculated_formulas_stand_in_their_cells(tmp_path: Path) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 2, "=1/0", value="#DIV/0!")
        sheet.write_formula(2, 2, "=1+1", value=2)
        sheet.write_formula(3, 2, '=IF(1,"","x")', value="?")

    # The table begins in column B: places in the rows are not places in the sheet.
    path = workbook(tmp_path, [[None, "sku", "price"], [None, "A"], [None, "B"], [None, "C"]], more)
    # A text that was calculated and is empty, as spreadsheet programs write it.
    with_part(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>?</v>", b"<v></v>"))
    assert [row.cells for row in open_table(path).rows()] == [("A", "#DIV/0!"), ("B", "2"), ("C", "")]


def test_a_formula_without_a_value(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku", "price"])
    book.active.append(["A", "=1+1"])
    path = tmp_path / "made.xlsx"
    book.save(path)
    assert [row.cells for row in open_table(path).rows()] == [("A", "=1+1")]


def test_a_formula_is_told_without_markup(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["sku", "price", "name"])
    book.active.append(['=A3&"x"', "=1<2", "C"])
    path = tmp_path / "made.xlsx"
    book.save(path)
    assert [row.cells for row in open_table(path).rows()] == [('=A3&"x"', "=1<2", "C")]


def test_odd_cells_are_found_across_blocks(tmp_path: Path) -> None:
    def more(_: Any, sheet: Any) -> None:
        for n in range(1, 40_000):
            sheet.write_string(n, 0, f"{n}")
            if n % 4000 == 0:
                sheet.write_formula(n, 1, "=NA()", value="#N/A")

    path = workbook(tmp_path, [["sku", "price"]], more)
    found = [row.number - 1 for row in open_table(path).rows() if row.cells[1] == "#N/A"]
    assert found == list(range(4000, 40_000, 4000))


def test_a_million_formatted_but_empty_rows_are_nothing(tmp_path: Path) -> None:
    def more(book: Any, sheet: Any) -> None:
        yellow = book.add_format({"bg_color": "yellow"})
        for n in range(2, 20_000):
            sheet.write_blank(n, 0, None, yellow)
        sheet.write_blank(1_048_575, 1, None, yellow)

    table = open_table(workbook(tmp_path, [["sku", "name"], ["A", "醋"]], more))
    assert list(table.rows()) == [Row(2, ("A", "醋"))]


def test_hidden_sheets_are_passed_over(tmp_path: Path) -> None:
    def more(book: Any, sheet: Any) -> None:
        second = book.add_worksheet("可见")
        second.write_row(0, 0, ["sku", "name"])
        second.write_row(1, 0, ["B", "盐"])
        second.activate()
        second.set_first_sheet()
        sheet.hide()

    path = workbook(tmp_path, [["sku", "name"], ["A", "醋"]], more)
    table = open_table(path)
    assert (table.sheet, table.sheets) == ("可见", ("可见",))
    assert [row.cells for row in table.rows()] == [("B", "盐")]
    # A person who names it gets it all the same.
    assert [row.cells for row in open_table(path, sheet="数据").rows()] == [("A", "醋")]


def test_a_title_merged_above_the_heading_does_no_harm(tmp_path: Path) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 1, 1, "二月订货单")

    path = workbook(tmp_path, [[], [], ["sku", "name"], ["A", "醋"]], more)
    table = open_table(path, header_row=3)
    assert [row.cells for row in table.rows()] == [("A", "醋")]


def test_an_archive_that_declares_less_than_it_holds(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["sku"], ["A" * 5000]])
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    assert data.count(size.to_bytes(4, "little")) >= 1
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (40).to_bytes(4, "little")))
    with pytest.raises(ImportProblem, match="damaged_workbook"):
        open_table(path)


def test_entities_are_refused_wherever_they_are_declared(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    for part in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
        path = workbook(tmp_path, [["sku"], ["A"]])
        with_part(path, part, lambda data: bomb + data.partition(b"?>")[2])
        with pytest.raises(ImportProblem, match="external_entities"):
            open_table(path)


def test_a_number_that_was_rounded_is_no_code(tmp_path: Path) -> None:
    rows: list[list[str | int]] = [
        ["barcode", "name"],
        [6900000000000, "A"],
        ["6900000000000", "B"],
        [6901230000000, "C"],
    ]
    table = open_table(workbook(tmp_path, rows))
    transformed: tuple[dict[str, tuple[Transform, ...]], ...] = ({}, {"barcode": (LeadingZeros(width=14),)})
    for transforms in transformed:
        mapping = Mapping(
            name="t", kind="products", columns={"barcode": "barcode", "name": "name"}, transforms=transforms
        )
        rules = [row.rule for one in product_outcomes(table, mapping) for row in one.rows]
        assert (rules[0], rules[2]) == ("lost_digits", "lost_digits")
        assert rules[1] != "lost_digits", "what was typed as text is a code"
