"""XLSX workbooks: one sheet as rows of text.

calamine reads the cells. What it does not show is looked up in the sheet's XML while the archive is checked:
cells that hold an error, and formulas that were never calculated; both stand in the rows as such.
"""

import datetime as dt
import re
import zlib
from collections.abc import Generator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET
from zipfile import BadZipFile, ZipFile

import python_calamine as calamine

from merchant_desk.documents.cells import SheetNumber
from merchant_desk.documents.problems import ImportProblem

MAX_UNPACKED_BYTES: Final = 1 << 30
MAX_ENTRIES: Final = 10_000
MAX_RATIO: Final = 100
SMALL_PART: Final = 32 << 20
"""Bytes: only a larger part may be a bomb. Sheets shrink to a tenth or a twentieth, never to a hundredth."""

MAX_ODD_CELLS: Final = 10_000
EXACT_DIGITS: Final = 15
"""Decimal digits that a spreadsheet number keeps (IEEE 754 double)."""

_BLOCK: Final = 1 << 20
_DTD: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_CELL: Final = re.compile(rb'<c [^>]*?\br="([A-Z]+)([0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_PREFIX: Final = re.compile(rb"<(\w+:)worksheet\b")
_HIDDEN_ROW: Final = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="([0-9]+)"')
_FORMULA: Final = re.compile(rb"<f\b[^>]*?(?:/>|>([^<]*)</f>)")
_VALUE: Final = re.compile(rb"<v(?:\s*/>|>([^<]*)</v>)")
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"

Coordinates = tuple[int, int]
"""Row and column, both from 1."""


@dataclass(frozen=True)
class Sheet:
    """An opened sheet: its cells are held packed by calamine, rows are made as they are asked for."""

    name: str
    visible: tuple[str, ...]
    _cells: calamine.CalamineSheet
    _odd_cells: dict[int, dict[int, str]]
    _hidden_rows: frozenset[int]

    def records(self, first: int) -> Generator[tuple[int, list[str]], None, None]:
        """Yield (row number, cells as text) from row `first` on."""
        start = self._cells.start
        offset = start[1] if start else 0
        for number, values in enumerate(self._cells.iter_rows(), 1):
            if number < first:
                continue
            cells = [value if type(value) is str else cell_text(value) for value in values]
            if number in self._odd_cells:
                for column, text in self._odd_cells[number].items():
                    if 0 <= (place := column - 1 - offset) < len(cells):
                        cells[place] = text
            yield number, cells

    def check_rows(self, header_row: int, take_hidden: bool) -> None:
        """Refuse rows whose values are not certain, from the heading on: merged ones, and hidden ones.

        Raises:
            ImportProblem: `merged_cells`, all but the first of which would be empty; `hidden_rows` with
                something in them, which a filter may have left out.
        """
        self._check_merged(header_row)
        if self._hidden_rows and not take_hidden:
            hidden = [
                number
                for number, cells in self.records(header_row)
                if number in self._hidden_rows and any(cell.strip() for cell in cells)
            ]
            if hidden:
                raise ImportProblem("hidden_rows", count=len(hidden), row=hidden[0])

    def _check_merged(self, header_row: int) -> None:
        for (top, left), (bottom, right) in self._cells.merged_cell_ranges or ():
            if bottom + 1 >= header_row:
                corner, end = f"{_letters(left + 1)}{top + 1}", f"{_letters(right + 1)}{bottom + 1}"
                raise ImportProblem("merged_cells", cells=f"{corner}:{end}")


def cell_text(value: object) -> str:
    """Return a cell's value as the text that it stands for.

    Whole numbers lose their ".0"; numbers are given to 15 significant digits; a whole number of more digits,
    of which the spreadsheet has kept only 15, is written with an exponent so that no code is read from it.
    Dates are ISO 8601, truth values TRUE and FALSE.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return SheetNumber(_number_text(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _number_text(value: float) -> str:
    if abs(value) >= 10**EXACT_DIGITS:
        return f"{value:.{EXACT_DIGITS - 1}E}"
    if value == int(value):
        return str(int(value))
    return f"{Decimal(f'{value:.{EXACT_DIGITS}g}'):f}"


def open_sheet(path: Path, wanted: str | None) -> Sheet:
    """Check a workbook and open one of its sheets.

    Args:
        path: an XLSX file.
        wanted: the sheet's name; None takes the first visible worksheet.

    Raises:
        ImportProblem: `damaged_workbook`, `unpacks_too_large`, `zip_bomb`, `external_entities`,
            `password_protected`, `no_visible_sheet`, `unknown_sheet`, `too_many_odd_cells`.
    """
    entries = _check_archive(path)
    try:
        book = calamine.CalamineWorkbook.from_path(path)
        visible = tuple(
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        )
        name = _chosen(wanted, visible, book.sheet_names)
        cells = book.get_sheet_by_name(name)
    except calamine.PasswordError as error:
        raise ImportProblem("password_protected") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise ImportProblem("damaged_workbook") from error
    return Sheet(name, visible, cells, *_peculiarities(path, entries.get(name, "")))


def _chosen(wanted: str | None, visible: tuple[str, ...], names: list[str]) -> str:
    if wanted is None:
        if not visible:
            raise ImportProblem("no_visible_sheet")
        return visible[0]
    if wanted not in names:
        raise ImportProblem("unknown_sheet", sheet=wanted, sheets=", ".join(visible))
    return wanted


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _check_archive(path: Path) -> dict[str, str]:
    """Unpack every part once, counting, and return the archive entry of each sheet by the sheet's name.

    The sizes that an archive declares are not believed; a part whose checksum is wrong is damaged.
    """
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            declared = sum(part.file_size for part in parts)
            if declared > MAX_UNPACKED_BYTES or len(parts) > MAX_ENTRIES:
                raise ImportProblem("unpacks_too_large", limit=MAX_UNPACKED_BYTES)
            for part in parts:
                if part.file_size > max(SMALL_PART, MAX_RATIO * part.compress_size):
                    size, packed = part.file_size, part.compress_size
                    raise ImportProblem("zip_bomb", part=part.filename, size=size, packed=packed)
                with archive.open(part) as stream:
                    if part.filename.endswith((".xml", ".rels")) and _DTD.search(stream.read(_BLOCK)):
                        raise ImportProblem("external_entities")
                    while stream.read(_BLOCK):
                        pass
            return _entries_by_sheet(archive)
    except (BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, ET.ParseError, OSError) as error:
        raise ImportProblem("damaged_workbook") from error


def _entries_by_sheet(archive: ZipFile) -> dict[str, str]:
    relations = _parsed(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    book = _parsed(archive.read("xl/workbook.xml"))
    entries = {}
    for sheet in [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]:
        relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        target = targets.get(relation, "")
        entries[sheet.get("name", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return entries


def _parsed(data: bytes) -> ET.Element:
    """Parse XML in which no entity can be declared, so that none can grow or reach out."""
    if _DTD.search(data):
        raise ImportProblem("external_entities")
    return ET.fromstring(data)  # noqa: S314


def _peculiarities(path: Path, entry: str) -> tuple[dict[int, dict[int, str]], frozenset[int]]:
    """Find what calamine does not show of a sheet.

    Returns the cells that hold an error ("#N/A") or a formula without a value ("=A1*2") by row and column,
    and the numbers of hidden rows.
    """
    found: dict[int, dict[int, str]] = {}
    hidden: set[int] = set()
    count = 0
    with ZipFile(path) as archive:
        if entry not in archive.namelist():
            return found, frozenset()
        with archive.open(entry) as stream:
            for block in _whole_cells(stream):
                count += _add_odd_cells(block, found)
                if count > MAX_ODD_CELLS:
                    raise ImportProblem("too_many_odd_cells", count=count, limit=MAX_ODD_CELLS)
                if b' hidden="' in block:
                    hidden.update(map(int, _HIDDEN_ROW.findall(block)))
    return found, frozenset(hidden)


def _whole_cells(stream: IO[bytes]) -> Generator[bytes, None, None]:
    """Yield a sheet's XML in blocks that cut no cell in two (but one that is longer than a block).

    Some programs write every tag with a prefix ("<x:c "), which is taken away.
    """
    rest, prefix = b"", None
    while block := rest + stream.read(_BLOCK):
        at_end = len(block) == len(rest)
        if prefix is None:
            found = _PREFIX.search(block)
            prefix = found[1] if found else b""
        if prefix:
            block = block.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
        end = block.rfind(b"<c ")
        if end <= 0 or at_end or len(block) - end > _BLOCK:
            end = len(block)
        yield block[:end]
        rest = block[end:]


def _add_odd_cells(block: bytes, found: dict[int, dict[int, str]]) -> int:
    count = 0
    if b"<f" not in block and b't="e"' not in block:
        return count
    for match in _CELL.finditer(block):
        letters, row, attributes, content = match.groups()
        if not content:
            continue
        value = _VALUE.search(content)
        if b't="e"' in attributes and value and value[1]:
            text = value[1].decode("utf-8", "replace")
        elif (formula := _FORMULA.search(content)) and _is_uncalculated(attributes, value):
            text = "=" + unescape((formula[1] or b"").decode("utf-8", "replace"))
        else:
            continue
        found.setdefault(int(row), {})[_column(letters)] = text
        count += 1
    return count


def _is_uncalculated(attributes: bytes, value: re.Match[bytes] | None) -> bool:
    """Tell whether a formula was never calculated; a calculated text may be empty."""
    return value is None or (not value[1] and b't="str"' not in attributes)
