"""Makers of files as merchants have them, whole and broken."""

import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

Cell = str | int | float | bool | None


def text_file(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    return bytes_file(folder, text.encode(encoding), name)


def bytes_file(folder: Path, data: bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def gzip_file(folder: Path, data: bytes, name: str = "table.csv.gz") -> Path:
    return bytes_file(folder, gzip.compress(data), name)


def workbook(
    folder: Path,
    rows: Sequence[Sequence[Cell]] = (),
    more: Callable[[Any, Any], None] | None = None,
    options: dict[str, Any] | None = None,
) -> Path:
    """Write a workbook of one sheet; `more(book, sheet)` adds what rows cannot say."""
    path = folder / "table.xlsx"
    book = xlsxwriter.Workbook(path, options or {})
    sheet = book.add_worksheet("数据")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)
    if more:
        more(book, sheet)
    book.close()
    return path


def with_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Change one part of a workbook's archive; a part that is not there yet begins empty."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def zip_of(folder: Path, name: str, parts: dict[str, bytes]) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return bytes_file(folder, buffer.getvalue(), name)


def compound_file(stream_name: str) -> bytes:
    """Return the frame of an OLE compound file whose directory names one stream (MS-CFB 2.2, 2.6)."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    entries = ("Root Entry", stream_name)
    return header + b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in entries)
