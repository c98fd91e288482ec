"""Files that cannot be imported: each is refused as a whole, by name, in two languages."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.documents import tabular, workbooks
from merchant_desk.documents.mapping import open_mapped
from merchant_desk.documents.presets import OPEN_FOOD_FACTS
from merchant_desk.documents.problem_texts import problem_text
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import open_table
from tests.documents.files import (
    bytes_file,
    compound_file,
    gzip_file,
    text_file,
    with_part,
    workbook,
    zip_of,
)

GOOD = "code,product_name\n6901234567892,醋\n"
MIXED = "code,name\n1,普通酱油老抽王\n".encode() + "2,普通酱油老抽王\n".encode("gbk")


def locked_zip(folder: Path) -> Path:
    """Make an archive whose entries carry the flag of zip encryption (APPNOTE 4.4.4, bit 0)."""
    path = workbook(folder, [["code"], ["1"]])
    data = bytearray(path.read_bytes())
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(marker)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(marker, at + 1)
    path.write_bytes(bytes(data))
    return path


def hidden_only(folder: Path) -> Path:
    path = workbook(folder, [["code"], ["1"]])
    return with_part(path, "xl/workbook.xml", lambda xml: xml.replace(b"<sheet ", b'<sheet state="hidden" '))


def merged(top: int, bottom: int) -> Callable[[Path], Path]:
    def more(_: Any, sheet: Any) -> None:
        sheet.merge_range(top, 0, bottom, 1, "x")

    return lambda folder: workbook(folder, [["code", "name"], ["1", "醋"], ["2", "盐"]], more)


def half(path: Path) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def flipped(path: Path, place: int) -> Path:
    data = bytearray(path.read_bytes())
    data[place] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no byte": (lambda folder: bytes_file(folder, b""), "empty_file"),
    "packed nothing": (lambda folder: gzip_file(folder, b""), "empty_file"),
    "blank lines only": (lambda folder: text_file(folder, "\n\n ,,\n"), "empty_table"),
    "empty sheet": (workbook, "empty_table"),
    "heading only": (lambda folder: text_file(folder, "code,product_name\n\n,\n"), "no_rows"),
    "heading only, workbook": (lambda folder: workbook(folder, [["code", "name"]]), "no_rows"),
    "bytes without meaning": (lambda folder: bytes_file(folder, bytes(range(256)) * 40), "not_a_table"),
    "control characters": (lambda folder: bytes_file(folder, b"\x01\x02\x03\x04" * 99), "not_a_table"),
    "PDF": (lambda folder: bytes_file(folder, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "foreign_format"),
    "XLS": (lambda folder: bytes_file(folder, compound_file("Workbook")), "foreign_format"),
    "HTML called CSV": (lambda folder: text_file(folder, "<html><table><tr><td>1"), "foreign_format"),
    "HTML after blanks": (lambda folder: text_file(folder, "\n\n  <TABLE border=1>"), "foreign_format"),
    "HTML in UTF-16": (
        lambda folder: text_file(folder, "<!DOCTYPE html><p>", encoding="utf-16"),
        "foreign_format",
    ),
    "XML spreadsheet": (
        lambda folder: text_file(folder, '<?xml version="1.0"?><Workbook>'),
        "foreign_format",
    ),
    "JSON": (lambda folder: text_file(folder, '[{"code": "1"}]'), "foreign_format"),
    "PNG": (lambda folder: bytes_file(folder, b"\x89PNG\r\n\x1a\n"), "foreign_format"),
    "RAR": (lambda folder: bytes_file(folder, b"Rar!\x1a\x07\x01\x00"), "foreign_format"),
    "PDF, packed": (lambda folder: gzip_file(folder, b"%PDF-1.7\n"), "foreign_format"),
    "packed twice": (lambda folder: gzip_file(folder, gzip.compress(b"a,b\n")), "foreign_format"),
    "ODS": (
        lambda folder: zip_of(
            folder, "t.xlsx", {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
        ),
        "foreign_format",
    ),
    "DOCX": (lambda folder: zip_of(folder, "t.xlsx", {"word/document.xml": b"<w/>"}), "foreign_format"),
    "XLSB": (lambda folder: zip_of(folder, "t.xlsx", {"xl/workbook.bin": b""}), "foreign_format"),
    "CSV in a ZIP": (lambda folder: zip_of(folder, "t.csv", {"t.csv": GOOD.encode()}), "foreign_format"),
    "encrypted workbook": (
        lambda folder: bytes_file(folder, compound_file("EncryptedPackage")),
        "password_protected",
    ),
    "encrypted archive": (locked_zip, "password_protected"),
    "half a workbook": (lambda folder: half(workbook(folder, [["code"], ["1"]])), "damaged_workbook"),
    "flipped byte in a workbook": (
        lambda folder: flipped(workbook(folder, [["code"], ["1"]]), 60),
        "damaged_workbook",
    ),
    "workbook without relations": (
        lambda folder: with_part(
            workbook(folder, [["code"], ["1"]]), "xl/_rels/workbook.xml.rels", lambda _: b"<"
        ),
        "damaged_workbook",
    ),
    "half a .gz": (lambda folder: half(gzip_file(folder, GOOD.encode() * 99)), "truncated_gzip"),
    ".gz with a wrong checksum": (
        lambda folder: flipped(gzip_file(folder, GOOD.encode() * 99), -5),
        "damaged_gzip",
    ),
    ".gz with something behind": (
        lambda folder: bytes_file(folder, gzip.compress(GOOD.encode()) + b"tail"),
        "damaged_gzip",
    ),
    "external entity": (
        lambda folder: with_part(
            workbook(folder, [["code"], ["1"]]),
            "xl/worksheets/sheet1.xml",
            lambda xml: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hosts">]>' + xml,
        ),
        "external_entities",
    ),
    "Western code page": (
        lambda folder: text_file(folder, "code,name\n1,café, thé\n", encoding="cp1252"),
        "unknown_encoding",
    ),
    "two encodings": (lambda folder: bytes_file(folder, MIXED), "mixed_encoding"),
    "UTF-8 cut inside a character": (
        lambda folder: bytes_file(folder, "code,name\n1,普通酱油\n2,老抽".encode()[:-1]),
        "text_cut_off",
    ),
    "UTF-16 cut inside a character": (
        lambda folder: bytes_file(folder, GOOD.encode("utf-16")[:-1]),
        "text_cut_off",
    ),
    "quotation mark never closed": (
        lambda folder: text_file(folder, 'code,name\n1,"醋\n2,盐\n'),
        "unclosed_quote",
    ),
    "text behind a quotation mark": (
        lambda folder: text_file(folder, 'code,name\n1,"5" 钉子\n2,盐\n'),
        "broken_quotes",
    ),
    "a cell without end": (
        lambda folder: text_file(folder, 'code,name\n1,"' + "2,盐\n" * 50_000),
        "cell_too_long",
    ),
    "the same heading twice": (
        lambda folder: text_file(folder, "Code,name,code \n1,a,2\n"),
        "duplicate_headers",
    ),
    "two thousand columns": (
        lambda folder: text_file(folder, ",".join(f"c{n}" for n in range(2000)) + "\n1\n"),
        "too_many_columns",
    ),
    "merged rows": (merged(1, 2), "merged_cells"),
    "merged heading": (merged(0, 0), "merged_cells"),
    "every sheet hidden": (hidden_only, "no_visible_sheet"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named(tmp_path: Path, name: str) -> None:
    make, code = BROKEN[name]
    path = make(tmp_path)
    with pytest.raises(ImportProblem) as problem:
        list(open_table(path).rows())
    assert problem.value.code == code
    for language in ("zh", "en"):
        assert "{" not in problem_text(code, problem.value.facts, language)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("PDF", {"format": "PDF"}),
        ("XLS", {"format": "XLS"}),
        ("HTML after blanks", {"format": "HTML"}),
        ("ODS", {"format": "ODS"}),
        ("two encodings", {"line": 3, "other_line": 2}),
        ("UTF-8 cut inside a character", {"line": 3}),
        ("quotation mark never closed", {"row": 2}),
        ("text behind a quotation mark", {"row": 2}),
        ("the same heading twice", {"headers": "Code, code"}),
        ("merged rows", {"cells": "A2:B3"}),
    ],
)
def test_a_problem_says_where_it_is(tmp_path: Path, name: str, facts: dict[str, Any]) -> None:
    make, _ = BROKEN[name]
    path = make(tmp_path)
    with pytest.raises(ImportProblem) as problem:
        list(open_table(path).rows())
    assert problem.value.facts == facts


def test_a_file_over_the_limit_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(tabular.MAX_FILE_BYTES + 1)
    with pytest.raises(ImportProblem) as problem:
        open_table(path)
    assert problem.value.code == "file_too_large"
    assert "200 MB" in problem_text("file_too_large", problem.value.facts, "en")


def test_a_workbook_that_unpacks_too_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 1 << 20)
    path = with_part(workbook(tmp_path, [["code"], ["1"]]), "xl/media/x.bin", lambda _: bytes(2 << 20))
    assert path.stat().st_size < 1 << 16
    with pytest.raises(ImportProblem, match="unpacks_too_large"):
        open_table(path)


def test_a_sheet_full_of_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_ODD_CELLS", 20)

    def more(_: Any, sheet: Any) -> None:
        for n in range(1, 30):
            sheet.write_formula(n, 0, "=NA()", value="#N/A")

    with pytest.raises(ImportProblem, match="too_many_odd_cells"):
        open_table(workbook(tmp_path, [["code"]], more))


def test_an_unknown_sheet_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem) as problem:
        open_table(workbook(tmp_path, [["code"], ["1"]]), sheet="价格")
    assert (problem.value.code, problem.value.facts["sheets"]) == ("unknown_sheet", "数据")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "no-such-code"])
def test_a_named_encoding_is_checked(tmp_path: Path, encoding: str) -> None:
    path = text_file(tmp_path, "code,name\n1,普通酱油\n", encoding="gbk")
    with pytest.raises(ImportProblem, match="wrong_encoding"):
        open_table(path, encoding=encoding)


def test_a_missing_column_is_named_before_any_row(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem) as problem:
        open_mapped(text_file(tmp_path, "code,name\n1,醋\n"), OPEN_FOOD_FACTS)
    assert (problem.value.code, problem.value.facts) == (
        "missing_column",
        {"columns": "product_name", "headers": "code, name"},
    )
