"""Files as merchants really send them: every kind of trouble that was asked for, with a case's own codes."""

import datetime as dt
import gzip
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.imports import FaultCode
from tests.documents.files import Cell, bytes_file, compound_file, text_file, with_part, workbook

HEAD = ["条码", "商品名称", "售价"]
CSV_HEAD = "条码,商品名称,售价"


@dataclass(frozen=True)
class Maker:
    """Makes the file of one case, in a folder of its own and with codes that no other case has."""

    folder: Path
    number: int

    def code(self, place: int = 0) -> str:
        """Return a GTIN-13 of the range for demonstrations."""
        digits = f"952{self.number:03}{place:06}"
        return digits + str(check_digit(digits))

    def rows(self, count: int = 2) -> list[list[Cell]]:
        return [[self.code(n), f"陈醋{n}号瓶装", 6.5] for n in range(count)]

    def csv(self, *extra: str, head: str = CSV_HEAD, count: int = 2) -> str:
        lines = [f"{code},{name},{price}" for code, name, price in self.rows(count)]
        return "\n".join([head, *lines, *extra]) + "\n"

    def text(self, text: str, encoding: str = "utf-8") -> Path:
        return text_file(self.folder, text, encoding=encoding)

    def book(self, *rows: Sequence[Cell], more: Callable[[Any, Any], None] | None = None) -> Path:
        return workbook(self.folder, [HEAD, *(rows or self.rows())], more)


@dataclass(frozen=True)
class Case:
    """A file, and all that may come of it.

    `problem` is why nothing of it is read; otherwise `refused` are the rows that are left out and why, and
    `written` is what comes in: price (10^-6 major unit) by name.
    """

    make: Callable[[Maker], Path]
    problem: str = ""
    refused: Mapping[int, FaultCode] = field(default_factory=dict)
    written: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    noted: frozenset[str] = frozenset()


GOODS = {"陈醋0号瓶装": 6_500_000, "陈醋1号瓶装": 6_500_000}
ONE = {"陈醋0号瓶装": 6_500_000}


def hidden_rows(made: Maker) -> Path:
    return made.book(more=lambda _, sheet: sheet.set_row(2, None, None, {"hidden": True}))


def prefixed(path: Path) -> Path:
    """Write every tag of a workbook's sheets with a prefix, as some programs do."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            marked = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data).replace(b' xmlns="', b' xmlns:x="')
            archive.writestr(name, marked if name.startswith("xl/worksheets/") else data)
    return path


def hidden_sheet(made: Maker) -> Path:
    def more(book: Any, sheet: Any) -> None:
        second = book.add_worksheet("真正的数据")
        for number, row in enumerate([HEAD, *made.rows()]):
            second.write_row(number, 0, row, book.add_format({"num_format": "@"}))
        second.activate()
        second.set_first_sheet()
        sheet.hide()

    return made.book([made.code(9), "隐藏的", 1], more=more)


def merged(made: Maker) -> Path:
    return made.book(more=lambda _, sheet: sheet.merge_range(1, 1, 2, 1, "醋"))


def merged_title(made: Maker) -> Path:
    def more(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 2, "二〇二六年商品清单")

    return workbook(made.folder, [[], [], HEAD, *made.rows()], more)


def cached_formula(made: Maker) -> Path:
    return made.book(*made.rows(1), more=lambda _, sheet: sheet.write_formula(1, 2, "=13/2", value=6.5))


def bare_formula(made: Maker) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEAD, *made.rows(1), [made.code(1), "盐", "=1+1"]):
        book.active.append(row)
    book.save(made.folder / "table.xlsx")
    return made.folder / "table.xlsx"


def error_cells(made: Maker) -> Path:
    return made.book(
        *made.rows(1),
        [None, "盐", 2],
        more=lambda _, sheet: sheet.write_formula(2, 0, '=VLOOKUP("x",A1:B1,2,0)', value="#N/A"),
    )


def half(made: Maker) -> Path:
    path = made.book()
    path.write_bytes(path.read_bytes()[:-200])
    return path


def bomb(made: Maker) -> Path:
    """Make a workbook whose sheet unpacks to 64 MB from 64 KB."""
    path = made.book()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] += b" " * (64 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def outside(made: Maker) -> Path:
    def change(xml: bytes) -> bytes:
        head, mark, rest = xml.partition(b"?>")
        return head + mark + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + rest

    return with_part(made.book(), "xl/sharedStrings.xml", change)


def huge(made: Maker) -> Path:
    path = made.folder / "huge.csv"
    with path.open("wb") as stream:
        stream.write(made.csv().encode())
        stream.truncate((200 << 20) + 1)
    return path


def empty_rows(made: Maker) -> Path:
    def more(book: Any, sheet: Any) -> None:
        yellow = book.add_format({"bg_color": "yellow"})
        for row in (*range(3, 5000), 1_048_575):
            sheet.write_blank(row, 0, None, yellow)

    return made.book(more=more)


def empty_lines(made: Maker) -> Path:
    return made.text(made.csv() + ",,\n" * 1_048_576)


def numbers_and_texts(made: Maker) -> Path:
    first, second = made.rows()
    return made.book([int(str(first[0])), first[1], "6.50"], second)


def long_number(made: Maker) -> Path:
    return made.book(*made.rows(1), [6.901234567892123e17, "盐", 2])


def day_as_price(made: Maker) -> Path:
    def more(book: Any, sheet: Any) -> None:
        sheet.write_datetime(2, 2, dt.datetime(2026, 6, 5), book.add_format({"num_format": "m/d"}))  # noqa: DTZ001

    return made.book(*made.rows(1), [made.code(1), "盐"], more=more)


def odd_ends(made: Maker) -> Path:
    return made.text(f"{CSV_HEAD}\n  {made.code()}\u00a0,\u3000 陈醋0号瓶装\u00a0, 6.5\u202f\n")


def full_width(made: Maker) -> Path:
    wide = made.code().translate({48 + n: 0xFF10 + n for n in range(10)})
    return made.text(f"{CSV_HEAD}\n{wide},陈醋0号瓶装,６．５０\n")


def gzip_bomb(made: Maker) -> Path:
    block = gzip.compress(b"\n" * (64 << 20), compresslevel=1)
    return bytes_file(made.folder, gzip.compress(made.csv().encode()) + block * 17, "table.csv.gz")


CASES: dict[str, Case] = {
    "GBK": Case(lambda m: m.text(m.csv(), "gbk"), written=GOODS),
    "GB18030 with rare characters": Case(
        lambda m: m.text(m.csv().replace("陈醋", "𠮷醋"), "gb18030"),
        written={n.replace("陈醋", "𠮷醋"): p for n, p in GOODS.items()},
    ),
    "UTF-8 with BOM": Case(lambda m: m.text(m.csv(), "utf-8-sig"), written=GOODS),
    "UTF-16 with BOM": Case(lambda m: m.text(m.csv(), "utf-16"), written=GOODS),
    "UTF-16 LE without BOM": Case(lambda m: m.text(m.csv(), "utf-16-le"), written=GOODS),
    "UTF-16 BE without BOM": Case(lambda m: m.text(m.csv(), "utf-16-be"), written=GOODS),
    "a Western code page": Case(
        lambda m: bytes_file(m.folder, f"code,name\n{m.code()},caf\xe9 th\xe9\n".encode("cp1252")),
        problem="unknown_encoding",
    ),
    "two encodings in one file": Case(
        lambda m: bytes_file(m.folder, m.csv().encode() + f"{m.code(5)},普通酱油老抽王,2\n".encode("gbk")),
        problem="mixed_encoding",
    ),
    "cut inside a character": Case(
        lambda m: bytes_file(m.folder, (m.csv() + "1,老抽").encode()[:-1]), problem="text_cut_off"
    ),
    "another encoding than the mapping names": Case(
        lambda m: m.text(m.csv(), "gbk"), problem="wrong_encoding", options={"encoding": "utf-8"}
    ),
    "NUL bytes": Case(
        lambda m: bytes_file(m.folder, m.csv().encode().replace("1号".encode(), b"1\x00\x00")),
        problem="nul_bytes",
    ),
    "NUL bytes far down": Case(
        lambda m: bytes_file(m.folder, m.csv(count=4000).encode() + b"\x00" * 512), problem="nul_bytes"
    ),
    "control characters": Case(
        lambda m: m.text(m.csv(f"{m.code(7)[:5]}\x02{m.code(7)[5:]},盐,2")),
        refused={4: FaultCode.CONTROL_CHARACTER},
        written=GOODS,
    ),
    "bytes without meaning": Case(
        lambda m: bytes_file(m.folder, bytes(range(256)) * 40), problem="not_a_table"
    ),
    "empty file": Case(lambda m: bytes_file(m.folder, b""), problem="empty_file"),
    "blank lines only": Case(lambda m: m.text("\n ,,\n\n"), problem="empty_table"),
    "header only": Case(lambda m: m.text(CSV_HEAD + "\n,,\n"), problem="no_rows"),
    "header only, workbook": Case(lambda m: workbook(m.folder, [HEAD]), problem="no_rows"),
    "delimiter that nobody knows": Case(
        lambda m: m.text(m.csv().replace(",", "^")), problem="wrong_delimiter"
    ),
    "Chinese commas": Case(lambda m: m.text(m.csv().replace(",", "，")), problem="wrong_delimiter"),
    "another delimiter than the mapping names": Case(
        lambda m: m.text(m.csv()), problem="wrong_delimiter", options={"delimiter": ";"}
    ),
    "unbalanced quotes": Case(lambda m: m.text(m.csv(f'{m.code(5)},"盐,2')), problem="unclosed_quote"),
    "text behind a quote": Case(lambda m: m.text(m.csv(f'{m.code(5)},"5" 钉子,2')), problem="broken_quotes"),
    "a cell without end": Case(
        lambda m: m.text(m.csv(f'{m.code(5)},"' + "盐\n" * 90_000)), problem="cell_too_long"
    ),
    "a very long cell": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},{'盐' * 9000},2")),
        refused={4: FaultCode.TEXT_TOO_LONG},
        written=GOODS,
    ),
    "line break in a name": Case(
        lambda m: m.text(f'{CSV_HEAD}\n{m.code()},"陈醋\n5 升",2\n'),
        written={"陈醋 5 升": 2_000_000},
        noted=frozenset({"cleaned"}),
    ),
    "line break in a code": Case(
        lambda m: m.text(m.csv(f'"{m.code(5)[:6]}\n{m.code(5)[6:]}",盐,2')),
        refused={4: FaultCode.CONTROL_CHARACTER},
        written=GOODS,
    ),
    "duplicate headers": Case(
        lambda m: m.text(m.csv(head="条码,商品名称,条码")), problem="duplicate_headers"
    ),
    "no heading that we know": Case(lambda m: m.text(m.csv(head="a,b,c")), problem="field_not_mapped"),
    "no heading at all": Case(lambda m: m.text(m.csv().partition("\n")[2]), problem="field_not_mapped"),
    "a title above the heading": Case(
        lambda m: m.text("商品清单,,\n制表：甲,,\n\n" + m.csv()), written=GOODS
    ),
    "a merged title above the heading": Case(merged_title, written=GOODS),
    "several header lines": Case(
        lambda m: m.text(m.csv().replace("\n", "\nbarcode,name,price\n", 1)),
        refused={2: FaultCode.HEADING_AGAIN},
        written=GOODS,
    ),
    "the heading on each page": Case(
        lambda m: m.text(m.csv(CSV_HEAD, f"{m.code(5)},盐,2")),
        refused={4: FaultCode.HEADING_AGAIN},
        written={**GOODS, "盐": 2_000_000},
    ),
    "totals row at the end": Case(
        lambda m: m.text(m.csv("合计：,,13.00", ",Total,13")),
        refused={4: FaultCode.TOTALS_ROW, 5: FaultCode.TOTALS_ROW},
        written=GOODS,
    ),
    "a product that is called Total": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},Total,2")), written={**GOODS, "Total": 2_000_000}
    ),
    "more cells than headings": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},盐,2,x")), refused={4: FaultCode.TOO_MANY_CELLS}, written=GOODS
    ),
    "13-digit codes turned to 6.9E+12": Case(
        lambda m: m.text(m.csv("6.90123E+12,盐,2")), refused={4: FaultCode.LOST_DIGITS}, written=GOODS
    ),
    "more digits than a sheet keeps": Case(long_number, refused={3: FaultCode.LOST_DIGITS}, written=ONE),
    "codes as numbers of a sheet": Case(numbers_and_texts, written=GOODS),
    "lost leading zeros": Case(
        lambda m: m.text(f"{CSV_HEAD}\n12345670,陈醋,2\n{12345678905},盐,2\n"),
        written={"陈醋": 2_000_000, "盐": 2_000_000},
        noted=frozenset({"zeros_lost"}),
    ),
    "codes kept as text by marks": Case(
        lambda m: m.text(f'{CSV_HEAD}\n\'{m.code()},陈醋0号瓶装,6.5\n"=""{m.code(1)}""",陈醋1号瓶装,6.5\n'),
        written=GOODS,
    ),
    "trailing and non-breaking spaces": Case(odd_ends, written=ONE),
    "full-width digits": Case(full_width, written=ONE, noted=frozenset({"cleaned"})),
    "another decimal mark": Case(
        lambda m: m.text(m.csv(f'{m.code(5)},盐,"2,50"')),
        refused={4: FaultCode.OTHER_DECIMAL_MARK},
        written=GOODS,
    ),
    "decimal commas, as the mapping says": Case(
        lambda m: m.text(f'条码;商品名称;售价\n{m.code()};陈醋0号瓶装;"6,50"\n{m.code(1)};盐;1.234,50\n'),
        written={**ONE, "盐": 1_234_500_000},
        options={"decimal_mark": ","},
    ),
    "numbers of a sheet beside decimal commas": Case(
        lambda m: m.book([m.code(), "盐", 1.234], [m.code(1), "糖", "1,234"]),
        written={"盐": 1_234_000, "糖": 1_234_000},
        options={"decimal_mark": ","},
    ),
    "thousands separators": Case(
        lambda m: m.text(f'{CSV_HEAD}\n{m.code()},盐,"1,234.50"\n'), written={"盐": 1_234_500_000}
    ),
    "negative numbers in brackets": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},盐,(2.00)")),
        refused={4: FaultCode.NEGATIVE_PRICE},
        written=GOODS,
    ),
    "another currency": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},盐,$2")), refused={4: FaultCode.OTHER_CURRENCY}, written=GOODS
    ),
    "mixed types in a column": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},盐,面议")), refused={4: FaultCode.NUMBER_NOT_READ}, written=GOODS
    ),
    "a date in a column of prices": Case(day_as_price, refused={3: FaultCode.NUMBER_NOT_READ}, written=ONE),
    "an absurd price": Case(
        lambda m: m.text(m.csv(f"{m.code(5)},盐,{m.code(6)}")),
        refused={4: FaultCode.NUMBER_TOO_LARGE},
        written=GOODS,
    ),
    "no code": Case(lambda m: m.text(m.csv(",盐,2")), refused={4: FaultCode.MISSING_VALUE}, written=GOODS),
    "the same code twice": Case(lambda m: m.text(m.csv(f"{m.code()},陈醋又来,9")), written=GOODS),
    "formulas with cached values": Case(cached_formula, written=ONE),
    "formulas without values": Case(bare_formula, refused={3: FaultCode.FORMULA_WITHOUT_VALUE}, written=ONE),
    "error cells": Case(error_cells, refused={3: FaultCode.ERROR_CELL}, written=ONE),
    "formula injection in a name": Case(
        lambda m: m.text(f"{CSV_HEAD}\n{m.code()},=HYPERLINK(1),2\n"), written={"=HYPERLINK(1)": 2_000_000}
    ),
    "merged cells": Case(merged, problem="merged_cells"),
    "hidden rows": Case(hidden_rows, problem="hidden_rows"),
    "hidden rows that are meant": Case(hidden_rows, written=GOODS, options={"hidden_rows": "take"}),
    "hidden rows under a prefix": Case(lambda m: prefixed(hidden_rows(m)), problem="hidden_rows"),
    "formulas without values under a prefix": Case(
        lambda m: prefixed(bare_formula(m)), refused={3: FaultCode.FORMULA_WITHOUT_VALUE}, written=ONE
    ),
    "error cells under a prefix": Case(
        lambda m: prefixed(error_cells(m)), refused={3: FaultCode.ERROR_CELL}, written=ONE
    ),
    "hidden sheet": Case(hidden_sheet, written=GOODS),
    "password-protected workbook": Case(
        lambda m: bytes_file(m.folder, compound_file("EncryptedPackage"), "t.xlsx"),
        problem="password_protected",
    ),
    "200 MB": Case(huge, problem="file_too_large"),
    "zip bomb": Case(bomb, problem="zip_bomb"),
    "gzip bomb": Case(gzip_bomb, problem="unpacks_too_large"),
    "external entities": Case(outside, problem="external_entities"),
    "1,048,576 empty rows": Case(empty_rows, written=GOODS),
    "1,048,576 empty lines": Case(empty_lines, written=GOODS),
    "truncated zip": Case(half, problem="damaged_workbook"),
    ".xls named .xlsx": Case(
        lambda m: bytes_file(m.folder, compound_file("Workbook"), "t.xlsx"), problem="foreign_format"
    ),
    "HTML named .xls": Case(
        lambda m: text_file(m.folder, "<html><table><tr><td>1", "t.xls"), problem="foreign_format"
    ),
    "PDF named .csv": Case(lambda m: bytes_file(m.folder, b"%PDF-1.7\n"), problem="foreign_format"),
    "JSON": Case(lambda m: m.text('[{"code": "1"}]'), problem="foreign_format"),
}
