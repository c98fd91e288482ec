"""Tables from text files: every encoding and delimiter that merchants have, read alike."""

import gzip
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents import delimited, tabular
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import Row, open_table
from tests.documents.files import bytes_file, gzip_file, text_file

CHINESE = "货号,品名,单价\n0012,洗发水（柔顺型）四百毫升,18.50\n0013,老陈醋五百毫升瓶装,6.90\n"
ROWS = [
    Row(2, ("0012", "洗发水（柔顺型）四百毫升", "18.50")),
    Row(3, ("0013", "老陈醋五百毫升瓶装", "6.90")),
]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_the_same_table_in_every_encoding(tmp_path: Path, written: str, found: str) -> None:
    table = open_table(text_file(tmp_path, CHINESE, encoding=written))
    assert table.encoding == found
    assert table.headers == ["货号", "品名", "单价"]
    assert list(table.rows()) == ROWS


def test_an_encoding_is_found_however_late_it_shows(tmp_path: Path) -> None:
    ascii_rows = "".join(f"{n},plain,1\n" for n in range(200_000))
    table = open_table(text_file(tmp_path, "sku,name,price\n" + ascii_rows + "9,酱油,2\n", encoding="gbk"))
    assert table.encoding == "gb18030"
    assert list(table.rows(200_002)) == [Row(200_002, ("9", "酱油", "2"))]


def test_characters_that_only_gb18030_has(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "sku,name\n1,𠮷野家牛肉饭\n2,酱油酱油酱油\n", encoding="gb18030"))
    assert [row.cells[1] for row in table.rows()] == ["𠮷野家牛肉饭", "酱油酱油酱油"]


@pytest.mark.parametrize("content", ["B5,6900000005019,x,y,5\n", "B5,臺灣螺絲釘,個,5\n" * 3])
def test_big5_is_not_read_as_gb18030(tmp_path: Path, content: str) -> None:
    heading = "貨號,條碼,商品名稱,單位,售價\n"
    path = text_file(tmp_path, heading + content, encoding="big5")
    with pytest.raises(ImportProblem) as problem:
        open_table(path)
    assert (problem.value.code, problem.value.facts) == ("unknown_encoding", {"line": 1})
    assert open_table(path, encoding="big5").headers == heading.strip().split(",")
    assert open_table(text_file(tmp_path, heading + content, encoding="gb18030")).encoding == "gb18030"


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    path = text_file(tmp_path, "sku,name\n1,crème brûlée\n", encoding="cp1252")
    assert [row.cells[1] for row in open_table(path, encoding="cp1252").rows()] == ["crème brûlée"]


def test_western_text_is_never_read_as_chinese(tmp_path: Path) -> None:
    # Each é stands before a letter, so that GB18030 could decode all of it, into nonsense.
    path = text_file(tmp_path, "sku,name\n1,crémerie\n2,thépot\n", encoding="cp1252")
    path.read_bytes().decode("gb18030")
    with pytest.raises(ImportProblem) as problem:
        open_table(path)
    assert (problem.value.code, problem.value.facts) == ("unknown_encoding", {"line": 2})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "sku,name,price\n1,a b,2\n2,c d,3\n".replace(",", delimiter)
    table = open_table(text_file(tmp_path, text))
    assert (table.delimiter, table.headers) == (delimiter, ["sku", "name", "price"])


def test_decimal_commas_do_not_hide_semicolons(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "sku;name;price\n1;a, b;2,50\n2;c, d, e;3,50\n"))
    assert [row.cells for row in table.rows()] == [("1", "a, b", "2,50"), ("2", "c, d, e", "3,50")]


def test_one_column_is_a_table(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "barcode\n6901234567892\n6901234567908\n"))
    assert [row.cells for row in table.rows()] == [("6901234567892",), ("6901234567908",)]


def test_a_declared_delimiter_is_obeyed(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "sep=;\nsku;name\n1;a\n"))
    assert (table.delimiter, table.headers, table.header_row) == (";", ["sku", "name"], 2)
    assert list(table.rows()) == [Row(3, ("1", "a"))]


def test_a_heading_below_a_title(tmp_path: Path) -> None:
    path = text_file(tmp_path, "\n商品清单,,\n货号,品名,单价\n1,醋,2\n")
    assert open_table(path).headers == ["商品清单"]
    table = open_table(path, header_row=3)
    assert (table.headers, list(table.rows())) == (["货号", "品名", "单价"], [Row(4, ("1", "醋", "2"))])


def test_quoted_line_breaks_stay_in_their_cell(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, 'sku,note\r\n1,"two\r\nlines, ""quoted"""\r\n2,x\r\n'))
    assert list(table.rows()) == [Row(2, ("1", 'two\r\nlines, "quoted"')), Row(3, ("2", "x"))]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending(tmp_path: Path, ending: str) -> None:
    table = open_table(bytes_file(tmp_path, ending.join(["a,b", "1,2", "3,4"]).encode()))
    assert [row.cells for row in table.rows()] == [("1", "2"), ("3", "4")]


def test_empty_short_and_long_rows(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "a,b,c\n1,2,3\n\n,,\n4\n5,6,7,,\n8,9,10,x\n\x1a"))
    assert list(table.rows()) == [
        Row(2, ("1", "2", "3")),
        Row(5, ("4", "", "")),
        Row(6, ("5", "6", "7")),
        Row(7, ("8", "9", "10", "x")),
    ]


def test_cells_are_not_touched(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, "code,name\n 007 ,-1\x1d2\n"))
    assert list(table.rows()) == [Row(2, (" 007 ", "-1\x1d2"))]


def test_gzip_is_known_by_its_bytes_not_its_name(tmp_path: Path) -> None:
    table = open_table(gzip_file(tmp_path, CHINESE.encode("gbk"), "table.csv"))
    assert (table.encoding, list(table.rows())) == ("gb18030", ROWS)


def test_the_digest_is_that_of_the_file_on_disk(tmp_path: Path) -> None:
    packed = gzip.compress(CHINESE.encode())
    table = open_table(bytes_file(tmp_path, packed))
    assert (table.size_bytes, table.sha256) == (len(packed), hashlib.sha256(packed).hexdigest())


@given(first=st.integers(0, 60))
def test_reading_resumes_at_a_row(tmp_path_factory: pytest.TempPathFactory, first: int) -> None:
    text = "a,b\n" + "".join(f'{n},"x\ny"\n' if n % 3 else "\n" for n in range(2, 50))
    table = open_table(text_file(tmp_path_factory.mktemp("resume"), text))
    assert list(table.rows(first)) == [row for row in table.rows() if row.number >= first]


def test_rows_can_be_read_again_and_left_early(tmp_path: Path) -> None:
    table = open_table(text_file(tmp_path, CHINESE))
    started = table.rows()
    assert next(started) == ROWS[0]
    assert list(table.rows()) == ROWS
    started.close()
    assert list(table.rows()) == ROWS


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = text_file(tmp_path, CHINESE)
    table = open_table(path)
    path.write_text(CHINESE + "0014,茶,1\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match="file_changed"):
        next(table.rows())


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "MAX_ROWS", 10)
    table = open_table(text_file(tmp_path, "a\n" + "1\n" * 10))
    rows = table.rows()
    assert [next(rows).number for _ in range(9)] == list(range(2, 11))
    with pytest.raises(ImportProblem, match="too_many_rows"):
        next(rows)


def test_an_unpacked_size_is_counted_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_UNPACKED_BYTES", 1 << 20)
    # The length field of a gzip member is what the packer wrote: here, a lie (RFC 1952, ISIZE).
    packed = bytearray(gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 19)))
    packed[-4:] = (5).to_bytes(4, "little")
    with pytest.raises(ImportProblem) as problem:
        open_table(bytes_file(tmp_path, bytes(packed)))
    assert problem.value.code == "unpacks_too_large"


def test_several_gzip_members_are_one_file(tmp_path: Path) -> None:
    half = CHINESE.encode()
    buffer = io.BytesIO(gzip.compress(half[:30]) + gzip.compress(half[30:]))
    assert list(open_table(bytes_file(tmp_path, buffer.getvalue())).rows()) == ROWS
