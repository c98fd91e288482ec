"""What a file really is: told from its first bytes, never from its name."""

import zlib
from pathlib import Path
from typing import BinaryIO, Final, Literal
from zipfile import BadZipFile, ZipFile

from merchant_desk.documents.problems import ImportProblem

FileKind = Literal["text", "gzip", "xlsx"]

HEAD_BYTES: Final = 4096
GZIP_MAGIC: Final = b"\x1f\x8b"
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE_DIRECTORY_BYTES: Final = 4 << 20

_FOREIGN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"SQLite format 3", "SQLite"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"PAR1", "Parquet"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
)
_TEXT_FORMATS: Final[tuple[tuple[str, str], ...]] = (
    ("<?xml", "XML"),
    ("<html", "HTML"),
    ("<!doctype html", "HTML"),
    ("<table", "HTML"),
    ("<", "HTML/XML"),
    ('{"', "JSON"),
    ("[{", "JSON"),
    ("mime-version:", "MHTML"),
)


def file_kind(path: Path) -> FileKind:
    """Tell how a file is to be read.

    Raises:
        ImportProblem: `foreign_format` (with the format's name), `password_protected`, `empty_file`,
            `damaged_workbook`.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise ImportProblem("empty_file")
    if head.startswith(GZIP_MAGIC):
        return "gzip"
    if head.startswith(b"PK"):
        return _zip_kind(path)
    if head.startswith(_OLE_MAGIC):
        with path.open("rb") as stream:
            _refuse_ole(stream)
    check_content(head)
    return "text"


def check_content(head: bytes) -> None:
    """Refuse bytes that begin like a file of another format (also one that was found inside a .gz).

    Raises:
        ImportProblem: `foreign_format`.
    """
    for magic, name in (*_FOREIGN, (GZIP_MAGIC, "gzip"), (b"PK\x03\x04", "ZIP"), (_OLE_MAGIC, "XLS")):
        if head.startswith(magic):
            raise ImportProblem("foreign_format", format=name)


def check_text(head: str) -> None:
    """Refuse text that is a page or a data format instead of a table.

    Raises:
        ImportProblem: `foreign_format`.
    """
    start = head.lstrip("\ufeff \t\r\n").lower()
    for beginning, name in _TEXT_FORMATS:
        if start.startswith(beginning):
            raise ImportProblem("foreign_format", format=name)


def _zip_kind(path: Path) -> FileKind:
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
            declared = archive.read("mimetype") if "mimetype" in names and not locked else b""
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise ImportProblem("damaged_workbook") from error
    if locked:
        raise ImportProblem("password_protected")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if b"opendocument.spreadsheet" in declared:
        raise ImportProblem("foreign_format", format="ODS")
    for entry, name in (
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "DOCX"),
        ("ppt/presentation.xml", "PPTX"),
        ("Index/Document.iwa", "Numbers"),
    ):
        if entry in names:
            raise ImportProblem("foreign_format", format=name)
    raise ImportProblem("foreign_format", format="ZIP")


def _refuse_ole(stream: BinaryIO) -> None:
    """Refuse a compound file; an encrypted workbook is one too, with that stream (MS-OFFCRYPTO 2.3.4)."""
    if _OLE_ENCRYPTED in stream.read(_OLE_DIRECTORY_BYTES):
        raise ImportProblem("password_protected")
    stream.seek(-min(_OLE_DIRECTORY_BYTES, stream.seek(0, 2)), 2)
    if _OLE_ENCRYPTED in stream.read():
        raise ImportProblem("password_protected")
    raise ImportProblem("foreign_format", format="XLS")
