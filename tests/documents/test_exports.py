"""Tables for other programs: exact numbers, codes as text, and no cell that a spreadsheet would run."""

import csv
import errno
import gc
import gzip
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from merchant_desk.documents import exports
from merchant_desk.documents.cells import UnreadableCell, clean_code
from merchant_desk.documents.exports import (
    CellKind,
    Column,
    Style,
    UnknownFormat,
    decimal_text,
    export_table,
    guarded,
)

SHANGHAI = Style("zh", ZoneInfo("Asia/Shanghai"))
COLUMNS = (
    Column("货号", "SKU", CellKind.CODE),
    Column("名称", "Name"),
    Column("数量", "Quantity", CellKind.MICRO),
    Column("金额", "Amount", CellKind.AMOUNT),
    Column("时间", "Time", CellKind.TIME),
    Column("行", "Line", CellKind.WHOLE),
)
ROWS = (
    ("0012345678905", "大米", 2_500_000, 12_345, 1_763_700_000_000_000, 1),
    ("9" * 20, "=1+1", -1, -5, None, 0),
    ("'0", "@SUM(A1)", 1_000_000_000_000_000, 0, 0, -1),
)


def read_csv(path: Path) -> list[list[str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


@pytest.mark.parametrize("name", ["t.csv", "t.CSV", "t.csv.gz"])
def test_text_is_exact_and_marked(tmp_path: Path, name: str) -> None:
    assert export_table(tmp_path / name, COLUMNS, ROWS, SHANGHAI) == 3
    assert read_csv(tmp_path / name) == [
        ["货号", "名称", "数量", "金额", "时间", "行"],
        ["0012345678905", "大米", "2.5", "123.45", "2025-11-21 12:40:00", "1"],
        ["9" * 20, "'=1+1", "-0.000001", "-0.05", "", "0"],
        ["''0", "'@SUM(A1)", "1000000000", "0.00", "1970-01-01 08:00:00", "-1"],
    ]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_spreadsheet_program_knows_the_text_as_utf_8(tmp_path: Path) -> None:
    export_table(tmp_path / "t.csv", COLUMNS, ROWS, SHANGHAI)
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_workbook_has_types_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    export_table(path, COLUMNS, ROWS, Style("en", ZoneInfo("Asia/Shanghai")))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]
    assert [value for value, _ in cells[0]] == ["SKU", "Name", "Quantity", "Amount", "Time", "Line"]
    assert cells[1] == [
        ("0012345678905", "s"),
        ("大米", "s"),
        (2.5, "n"),
        (123.45, "n"),
        (datetime(2025, 11, 21, 12, 40), "d"),  # noqa: DTZ001 - a sheet's times have no zone
        (1, "n"),
    ]
    assert cells[2][:2] == [("9" * 20, "s"), ("=1+1", "s")]
    assert cells[3][:3] == [("'0", "s"), ("@SUM(A1)", "s"), ("1000000000", "s")]
    assert sheet["A2"].number_format == "@"


def test_what_is_longer_than_a_sheet_goes_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 4)
    path = tmp_path / "t.xlsx"
    column = (Column("行", "Line", CellKind.WHOLE),)
    assert export_table(path, column, [[n] for n in range(7)], SHANGHAI) == 7
    book = CalamineWorkbook.from_path(path)
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    assert book.sheet_names == ["merchant-desk", "merchant-desk 2", "merchant-desk 3"]
    assert sheets == [[["行"], [0], [1], [2]], [["行"], [3], [4], [5]], [["行"], [6]]]


def test_another_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat) as caught:
        export_table(tmp_path / "t.ods", COLUMNS, ROWS, SHANGHAI)
    assert "t.ods" in caught.value.sentence("zh_CN")
    assert "t.ods" in caught.value.sentence("en")


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"the former one")

    def broken() -> object:
        yield ROWS[0]
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        export_table(path, COLUMNS, broken(), SHANGHAI)  # type: ignore[arg-type]
    assert path.read_bytes() == b"the former one"
    assert [one.name for one in tmp_path.iterdir()] == [name]


@given(st.text(max_size=8))
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    found = guarded(text)
    assert found.removeprefix("'") in (text, text.removeprefix("'"))
    assert found[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(st.text(alphabet="09AZaz-+'@=.E", min_size=1, max_size=8))
def test_a_code_comes_back_as_it_was(text: str) -> None:
    try:
        code = clean_code(text, "sku")[0]
    except UnreadableCell:
        return  # no product has such a code
    written = exports._plain(code, CellKind.CODE, SHANGHAI)
    assert clean_code(written, "sku")[0] == code


@given(st.integers(-(10**18), 10**18), st.sampled_from([0, 2, 3, 6]))
def test_decimals_are_exact(number: int, digits: int) -> None:
    text = decimal_text(number, digits)
    whole, _, part = text.lstrip("-").partition(".")
    assert int(whole + part.ljust(digits, "0")) == abs(number)
    assert not part.endswith("0")
    assert text.startswith("-") is (number < 0)


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_a_full_disk_is_told_once_and_by_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What the library had left open failed once more when it was collected, and printed a traceback."""
    later: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", later.append)
    path = tmp_path / name
    path.with_name(f".{name}.new{path.suffix}").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space") as problem:
        export_table(path, COLUMNS, ROWS * 2_000, SHANGHAI)
    assert (problem.value.errno, problem.value.filename) == (errno.ENOSPC, str(path))
    del problem
    gc.collect()
    assert not later
    assert not list(tmp_path.iterdir())
