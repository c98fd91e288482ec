"""The workbook beside a file: what was left out and why, to be put right and imported again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from merchant_desk.cli.import_words import Words, result
from merchant_desk.desk import Desk
from merchant_desk.domain.imports import Fault, FaultCode
from merchant_desk.jobs import account as account_module
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.report import UNLISTED, report_path, write_report
from tests.jobs.imports import (
    ORDER_HEADING,
    ORDERS,
    PRODUCTS,
    bring_in,
    job,
    line,
    on_desk,
    order_file,
    product_file,
)

WRONG = (
    line("1", "TEA", 2, "5.00"),
    line("2", "TEA", 77, "5.00", description="=cmd|' /C calc'!A0").replace(",77,", ",1x2,"),
    line("2", "SALT", 2, "5.00"),
    line("3", "TEA", 5, "-1.00", at="2010-12-01 08:30:00"),
)


def test_every_row_that_was_left_out_stands_with_its_reason(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, order_file(tmp_path, *WRONG), ORDERS)
    account = work.run()
    path = tmp_path / "report.xlsx"
    write_report(path, work.plan, account, "en")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["未导入 left out", "规则 rules"]
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head == [*ORDER_HEADING.split(","), "Reason", "Row in the file"]
    assert [(row[9], row[8]) for row in rows] == [
        (3, '"1x2" is not a number (quantity).'),
        (4, "Row 3 of the same order is wrong; the whole order is left out."),
        (5, "The price of TEA is below zero."),
    ]
    assert rows[0][2] == "=cmd|' /C calc'!A0"
    assert ",".join(str(cell) for cell in rows[1][:8]) == WRONG[2], "the row as it was"
    write_report(path, work.plan, account)
    head, row, *_ = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert (head[8], row[8]) == ("未导入原因", "“1x2”不是数字（数量）。")


def test_the_rules_add_up_to_the_file(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, order_file(tmp_path, *WRONG), ORDERS)
    path = tmp_path / "report.xlsx"
    write_report(path, work.plan, work.run())
    rules: list[Any] = CalamineWorkbook.from_path(path).get_sheet_by_index(1).to_python()[1:]
    total = next(row for row in rules if row[1] == "合计")
    before = rules[: rules.index(total)]
    assert total[4] == sum(row[4] for row in before) == 4
    assert round(total[5], 2) == round(sum(row[5] for row in before), 2) == 15.0
    assert {row[0] for row in before} == {
        "sale_line",
        "number_not_read",
        "order_incomplete",
        "negative_price",
    }


def test_the_workbook_itself_can_be_put_right_and_imported(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, order_file(tmp_path, *WRONG), ORDERS)
    path = tmp_path / "report.xlsx"
    write_report(path, work.plan, work.run())
    account = bring_in(desk, path, ORDERS)
    assert account.refused_rows == 3
    assert account.tally.rows == 3
    assert on_desk(desk, "SELECT number FROM orders") == ["1"]


def test_rows_of_a_number_that_is_taken_are_listed(desk: Desk, tmp_path: Path) -> None:
    path = order_file(tmp_path, WRONG[0])
    bring_in(desk, path, ORDERS, Choices("till"))
    work = job(desk, path, ORDERS, Choices("retail"))
    account = work.run()
    write_report(tmp_path / "report.xlsx", work.plan, account, "en")
    _, row = CalamineWorkbook.from_path(tmp_path / "report.xlsx").get_sheet_by_index(0).to_python()
    assert row[8] == '"1" is the number of another document here (other content or channel); left out.'


def test_a_report_that_cannot_hold_every_row_says_how_many_are_missing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows that were never right, and then rows of numbers that are taken."""
    monkeypatch.setattr(account_module, "KEPT_REFUSALS", 2)
    bring_in(desk, order_file(tmp_path, WRONG[0], line("9", "TEA", 1, "5.00"), name="first.csv"), ORDERS)
    taken = line("1", "TEA", 3, "5.00"), line("9", "TEA", 2, "5.00")
    work = job(desk, order_file(tmp_path, *taken, *WRONG[1:]), ORDERS)
    account = work.run()
    assert (account.refused_rows, len(account.refusals), account.unlisted_rows) == (5, 2, 3)
    path = tmp_path / "report.xlsx"
    write_report(path, work.plan, account)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names[0] == "未导入 left out 2 of 5"
    assert len(book.get_sheet_by_index(0).to_python()) == 1 + 2
    assert book.get_sheet_by_index(1).to_python()[-1][1:5] == [*UNLISTED, "", 3]
    assert result(account)["unlisted"] == 3
    Words().account(account, 2)
    said = capsys.readouterr().out
    assert all(f"{text}" in said for text in ("! 3  ", *UNLISTED))
    # The file again, once what is listed was put right or taken out, lists the rest.
    assert bring_in(desk, path, ORDERS).refused_rows == 2


def test_a_report_that_holds_every_row_says_nothing_more(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = job(desk, order_file(tmp_path, *WRONG), ORDERS).run()
    assert (account.refused_rows, account.unlisted_rows, result(account)["unlisted"]) == (3, 0, 0)
    Words().account(account, 2)
    assert UNLISTED[0] not in capsys.readouterr().out


def test_the_largest_file_has_room_in_the_sheets_name(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, order_file(tmp_path, *WRONG), ORDERS)
    account = work.run()
    account.refusals = dict.fromkeys(range(1, account_module.KEPT_REFUSALS + 1), LOST)
    account.taken = list(range(9_999_999))
    write_report(tmp_path / "report.xlsx", work.plan, account)
    names = CalamineWorkbook.from_path(tmp_path / "report.xlsx").sheet_names
    assert names[0] == "未导入 left out 50000 of 10000002"


LOST = Fault(FaultCode.LOST_DIGITS, "barcode", "9.52E+12")


def test_a_report_that_cannot_be_written_leaves_nothing_behind(desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, ("9520000000035", "Tea"))
    work = job(desk, path, PRODUCTS)
    account = work.run()
    folder = tmp_path / "no such folder"
    with pytest.raises(FileNotFoundError):
        write_report(folder / "report.xlsx", work.plan, account)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        write_report(tmp_path / "report.xlsx", work.plan, replace(account, refusals={2: LOST}))
    assert sorted(tmp_path.glob("*.xlsx")) == []


def test_the_report_lies_beside_the_file() -> None:
    names = {"a.csv.gz": "a.import.xlsx", "b.xlsx": "b.import.xlsx", "c.2024.csv": "c.2024.import.xlsx"}
    assert {name: report_path(Path("/x") / name).name for name in names} == names
