"""Tables for other programs: CSV (also .gz) and XLSX, codes as text, and no cell that a program would run.

A spreadsheet program takes a CSV cell that begins with = + - @ for a formula (CWE-1236). Such texts get an
apostrophe in front, which marks text there and which our own imports take off codes again. In a workbook
cells have a type: texts are written as texts, and nothing needs a mark.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TextIO

from merchant_desk.documents.cells import SheetNumber
from merchant_desk.documents.problem_texts import Language
from merchant_desk.models.faults import Fault
from merchant_desk.models.whole_files import drafted

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

SHEET_ROWS: Final = 1_048_576
"""Rows of one sheet; what is more goes on the next one."""

_RUN_BY_PROGRAMS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_EXACT_DIGITS: Final = 15
"""A workbook holds numbers as IEEE doubles; longer ones are written as text."""

Cell = str | int | None


class CellKind(StrEnum):
    """What a column holds, and so how its cells are written.

    `code` is text that only looks like a number; `micro` counts 10^-6 units, `price` 10^-6 major units of the
    currency, `amount` its minor units, `time` microseconds UTC; `day` is yyyymmdd.
    """

    TEXT = "text"
    CODE = "code"
    WHOLE = "whole"
    MICRO = "micro"
    PRICE = "price"
    AMOUNT = "amount"
    TIME = "time"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading in both languages, and what stands under it."""

    zh: str
    en: str
    kind: CellKind = CellKind.TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class Style:
    """For whom a table is written: language of headings, zone of times, decimals of the currency."""

    language: Language
    zone: tzinfo
    minor_digits: int = 2


@dataclass(eq=False)
class UnknownFormat(Fault):
    """A file was asked for whose name ends in nothing that can be written."""

    name: str
    zh: ClassVar[str] = "不知道要把 {name} 写成什么格式，文件名请以 .xlsx、.csv 或 .csv.gz 结尾。"
    en: ClassVar[str] = "What format is {name}? Its name should end in .xlsx, .csv or .csv.gz."


def export_table(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], style: Style) -> int:
    """Write a table to a file, whole or not at all, in the format that its name ends in; returns the rows.

    Raises:
        UnknownFormat: the name ends otherwise.
        OSError: the file cannot be written.
    """
    check_format(path)
    write = _write_workbook if path.suffix.casefold() == ".xlsx" else _write_text
    with drafted(path) as draft:
        return write(draft, columns, rows, style)


def check_format(path: Path) -> None:
    """Look whether a file's name ends in what can be written.

    Raises:
        UnknownFormat: it does not.
    """
    if not path.name.casefold().endswith((".xlsx", ".csv", ".csv.gz")):
        raise UnknownFormat(path.name)


def guarded(text: str) -> str:
    """Return a text as it may stand in a CSV file: what a program would run is marked as text."""
    return f"'{text}" if text[:1] in _RUN_BY_PROGRAMS and text else text


def decimal_text(number: int, digits: int, least: int = 0) -> str:
    """Return a whole number of 10^-digits as a decimal; zeros at its end only up to `least` decimals."""
    text = f"{Decimal(number).scaleb(-digits):f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0").ljust(least, "0")
    return f"{whole}.{part}" if part else whole


def day_of(number: int) -> date | None:
    """Return yyyymmdd as a day, None where there is no such day."""
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def local_time(time: int, zone: tzinfo) -> datetime:
    """Return microseconds UTC as the wall clock of a zone, without the zone; whole seconds."""
    return datetime.fromtimestamp(time // 1_000_000, zone).replace(tzinfo=None)


# ---------------------------------------------------------------- text


def _write_text(path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], style: Style) -> int:
    kinds = [column.kind for column in columns]
    count = 0
    with _opened(path) as stream:
        sink = csv.writer(stream, lineterminator="\r\n")
        sink.writerow(guarded(_heading(column, style)) for column in columns)
        for row in rows:
            sink.writerow(_plain(cell, kind, style) for cell, kind in zip(row, kinds, strict=True))
            count += 1
    return count


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open for UTF-8 with the mark by which spreadsheet programs know it."""
    if path.suffix.casefold() == ".gz":
        with gzip.open(path, "wt", encoding="utf-8-sig", newline="") as packed:
            yield packed
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as plain:
            yield plain


def _plain(cell: Cell, kind: CellKind, style: Style) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        # An apostrophe that belongs to a code would be taken off when it is read again.
        return f"'{cell}" if kind is CellKind.CODE and cell.startswith("'") else guarded(cell)
    match kind:
        case CellKind.MICRO:
            return decimal_text(cell, 6)
        case CellKind.PRICE:
            return decimal_text(cell, 6, style.minor_digits)
        case CellKind.AMOUNT:
            return decimal_text(cell, style.minor_digits, style.minor_digits)
        case CellKind.DAY:
            return str(day_of(cell) or cell)
        case CellKind.TIME:
            return local_time(cell, style.zone).isoformat(" ")
    return str(cell)


def _heading(column: Column, style: Style) -> str:
    return column.zh if style.language == "zh" else column.en


# ---------------------------------------------------------------- workbooks


class _Sink(FileIO):
    """A file that keeps the trouble of writing it until somebody asks, and takes nothing from then on.

    The library leaves its archive open after an error; it would fail again when it is collected.
    """

    error: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        left = memoryview(data)
        size = left.nbytes
        try:
            while left and self.error is None:
                left = left[super().write(left) :]
        except OSError as error:
            self.error = error
        return size


class Workbook:
    """An XLSX file that is written row by row; a `with` block closes it.

    Memory stays small whatever its length: a row is written out when the next one begins.
    """

    def __init__(self, path: Path, style: Style) -> None:
        import xlsxwriter

        self._style = style
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        # Opened here, so that a file which cannot be written is told before a million rows are.
        self._stream = _Sink(path, "wb")
        self._book = xlsxwriter.Workbook(self._stream, options)
        decimals = "0" if style.minor_digits == 0 else "0." + "0" * style.minor_digits
        formats = {
            CellKind.TEXT: "@",
            CellKind.CODE: "@",
            CellKind.WHOLE: "#,##0",
            CellKind.MICRO: "General",
            CellKind.PRICE: f"#,##{decimals}####" if style.minor_digits else "#,##0",
            CellKind.AMOUNT: f"#,##{decimals}",
            CellKind.TIME: "yyyy-mm-dd hh:mm:ss",
            CellKind.DAY: "yyyy-mm-dd",
        }
        self._formats = {kind: self._book.add_format({"num_format": text}) for kind, text in formats.items()}
        micro = 10**6
        self._units = {CellKind.MICRO: micro, CellKind.PRICE: micro, CellKind.AMOUNT: 10**style.minor_digits}
        self._head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})

    def add_sheet(
        self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], header_row: int = 1
    ) -> int:
        """Write a table under its headings; one that is too long goes on in sheets of its own.

        Args:
            name: of the sheet, at most 31 characters.
            columns: the headings, and what stands under them.
            rows: a cell for each heading.
            header_row: where the headings stand; what is above stays empty.
        """
        count, sheet, line = 0, self._new_sheet(name, columns, header_row), header_row
        for row in rows:
            if line == SHEET_ROWS:
                number = count // (SHEET_ROWS - header_row) + 1
                sheet, line = self._new_sheet(f"{name} {number}", columns, header_row), header_row
            for place, (cell, column) in enumerate(zip(row, columns, strict=True)):
                self._write(sheet, line, place, cell, column.kind)
            line += 1
            count += 1
        return count

    def _new_sheet(self, name: str, columns: Sequence[Column], header_row: int) -> Any:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(header_row, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, self._formats[column.kind])
            sheet.write_string(header_row - 1, place, _heading(column, self._style), self._head)
        return sheet

    def _write(self, sheet: Any, line: int, place: int, cell: Cell, kind: CellKind) -> None:
        form = self._formats[kind]
        if cell is None:
            return
        if type(cell) is SheetNumber and kind is not CellKind.CODE:
            sheet.write_number(line, place, float(cell))
        elif isinstance(cell, str):
            sheet.write_string(line, place, cell, form)
        elif kind is CellKind.TIME:
            sheet.write_datetime(line, place, local_time(cell, self._style.zone), form)
        elif kind is CellKind.DAY and (day := day_of(cell)) is not None:
            sheet.write_datetime(line, place, day, form)
        elif len(str(abs(cell))) > _EXACT_DIGITS:
            sheet.write_string(line, place, _plain(cell, kind, self._style), form)
        else:
            sheet.write_number(line, place, cell / self._units.get(kind, 1), form)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        # After an error too: the library keeps temporary files open until then.
        with self._stream:
            self._book.close()
        if self._stream.error is not None:
            raise self._stream.error


def _write_workbook(
    path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], style: Style
) -> int:
    with Workbook(path, style) as book:
        return book.add_sheet("merchant-desk", columns, rows)
