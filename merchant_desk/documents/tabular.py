"""Tables in files: CSV (also .gz) and XLSX as one stream of rows of text.

A file is looked through as a whole when it is opened (size, format, encoding, damage), so that what is wrong
with it is said before a single row is used; its rows are then read as often as wanted, each time from disk.
"""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from merchant_desk.documents.file_kinds import file_kind
from merchant_desk.documents.problems import ImportProblem

if TYPE_CHECKING:
    from merchant_desk.documents.delimited import TextTable
    from merchant_desk.documents.workbooks import Sheet

MAX_FILE_BYTES: Final = 200 << 20
MAX_ROWS: Final = 1_048_576
"""Rows of one sheet of a spreadsheet program, the heading included."""
MAX_COLUMNS: Final = 1024
_HEADING_WITHIN: Final = 50
"""Rows from the first one among which a heading is looked for."""


class Row(NamedTuple):
    """One row as text; `number` is what a spreadsheet program shows beside it (the first row is 1)."""

    number: int
    cells: tuple[str, ...]


Records = Generator[tuple[int, list[str]], None, None]
"""Row number and cells; closing it closes the file."""


Judge = Callable[[Sequence[str]], int]
"""How much a row looks like the heading, from 0; of the first rows the one that does most is taken."""


class RecordSource(Protocol):
    """Reads a file's records from its beginning, as often as it is asked to."""

    def records(self, first: int) -> Records:
        """Yield (row number, cells) from row `first` on; rows before it are skipped, not converted.

        Raises:
            ImportProblem: what makes the rest of the file unreadable.
        """


@dataclass(frozen=True)
class Table:
    """A file that was found readable.

    `headers` are the texts of the heading row (`header_row`), trimmed; `encoding` and `delimiter` are None
    for a workbook, `sheet` and `sheets` (the visible ones) are empty for text. `size_bytes` and `sha256`
    (hex) are those of the file as it lies on the disk.
    """

    path: Path
    headers: list[str]
    header_row: int
    encoding: str | None
    delimiter: str | None
    sheet: str
    sheets: tuple[str, ...]
    size_bytes: int
    sha256: str
    _source: RecordSource = field(repr=False, compare=False)
    _stamp: tuple[int, int] = field(repr=False)

    def rows(self, first: int = 0) -> Generator[Row, None, None]:
        """Yield the rows under the heading, from row number `first` on; empty ones are left out.

        Closing the generator closes the file.

        Short rows are filled up with empty cells. A row with more cells than headings keeps them all: what
        stands beyond the last heading is for the reader of the cells to refuse.

        Raises:
            ImportProblem: `file_changed` since it was opened, `too_many_rows`, `broken_quotes`,
                `unclosed_quote`, `cell_too_long`.
        """
        if _file_stamp(self.path) != self._stamp:
            raise ImportProblem("file_changed")
        width = len(self.headers)
        blank = [""] * width
        with closing(self._source.records(max(first, self.header_row + 1))) as records:
            for number, record in records:
                cells = record if len(record) == width else _fitted(record, width)
                if cells != blank:
                    if number > MAX_ROWS:
                        raise ImportProblem("too_many_rows", limit=MAX_ROWS)
                    yield Row(number, tuple(cells))


def open_table(
    path: Path | str,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    judge: Judge | None = None,
    take_hidden: bool = False,
) -> Table:
    """Open a CSV, CSV.gz or XLSX file, whatever its name ends in; None: found by looking.

    Args:
        path: the file; at most 200 MB.
        encoding: a codec name (found: UTF-8, UTF-16, UTF-32, GB18030).
        sheet: a sheet's name (found: the first visible one).
        delimiter: one character (found: comma, semicolon, tab, bar, or a line `sep=;`).
        header_row: the heading's row number (found: what `judge` likes best, or else the first filled row).
        judge, take_hidden: finds a heading under titles; whether hidden rows of a sheet are meant.

    Raises:
        ImportProblem: every code of `problem_texts.PROBLEMS` that concerns a file.
        OSError: the file cannot be opened.
    """
    path = Path(path)
    stamp = _file_stamp(path)
    if stamp[0] > MAX_FILE_BYTES:
        raise ImportProblem("file_too_large", size=stamp[0], limit=MAX_FILE_BYTES)
    kind = file_kind(path)
    sha256 = _sha256(path)
    if kind == "xlsx":
        opened = _opened_sheet(path, sheet)
        number, headers = _heading(opened, header_row or _judged_row(opened, judge))
        opened.check_rows(number, take_hidden)
        made = (None, None, opened.name, opened.visible)
        return Table(path, headers, number, *made, stamp[0], sha256, opened, stamp)
    text = _opened_text(path, kind == "gzip", encoding, delimiter)
    number, headers = _heading(text, header_row or _judged_row(text, judge))
    text.check_columns(headers)
    return Table(path, headers, number, text.encoding, text.delimiter, "", (), stamp[0], sha256, text, stamp)


def _opened_sheet(path: Path, name: str | None) -> "Sheet":
    from merchant_desk.documents.workbooks import open_sheet

    return open_sheet(path, name)


def _opened_text(path: Path, packed: bool, encoding: str | None, delimiter: str | None) -> "TextTable":
    from merchant_desk.documents.delimited import open_text

    return open_text(path, packed=packed, encoding=encoding, delimiter=delimiter)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _file_stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _fitted(cells: list[str], width: int) -> list[str]:
    """Fill a short row up, and cut empty cells off a long one."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells))
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _judged_row(source: RecordSource, judge: Judge | None) -> int | None:
    """Return the number of the row that looks most like the heading, None where none does."""
    if judge is None:
        return None
    best, found = 0, None
    with closing(source.records(1)) as records:
        for number, cells in islice(records, _HEADING_WITHIN):
            if (score := judge([_trimmed(cell) for cell in cells])) > best:
                best, found = score, number
    return found


def _trimmed(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


def _heading(source: RecordSource, wanted: int | None) -> tuple[int, list[str]]:
    """Find the heading and look whether at least one row follows."""
    headers: list[str] = []
    heading = 0
    with closing(source.records(wanted or 1)) as records:
        for number, cells in records:
            filled = any(cell.strip() for cell in cells)
            if heading and filled:
                return heading, headers
            if number > MAX_ROWS:
                break
            if not heading and (filled or wanted == number):
                heading, headers = number, _checked_headers(cells)
    if not heading:
        raise ImportProblem("empty_table")
    raise ImportProblem("no_rows", headers=", ".join(headers))


def _checked_headers(cells: Sequence[str]) -> list[str]:
    headers = [_trimmed(cell) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise ImportProblem("too_many_columns", count=len(headers), limit=MAX_COLUMNS)
    seen = Counter(header.casefold() for header in headers if header)
    doubled = [header for header in headers if seen[header.casefold()] > 1]
    if doubled:
        raise ImportProblem("duplicate_headers", headers=", ".join(doubled))
    if not headers:
        raise ImportProblem("empty_table")
    return headers
