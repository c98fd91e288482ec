"""Text tables: CSV and its relatives, plain or packed by gzip."""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO, cast

from merchant_desk.documents.encodings import detected_encoding
from merchant_desk.documents.file_kinds import HEAD_BYTES, check_content, check_text
from merchant_desk.documents.problems import ImportProblem

MAX_UNPACKED_BYTES: Final = 1 << 30
"""What a .gz of at most 200 MB may unpack to."""

DELIMITERS: Final = (",", ";", "\t", "|")
_RARE_DELIMITERS: Final = ("，", "；", "、", "^", "~", "¦", "\x1f", "\x01")
"""What some programs write and nobody should have to guess: only named in what is said of a file."""
_SAMPLE_CHARACTERS: Final = 1 << 16
_SAMPLE_ROWS: Final = 100
_BLOCK: Final = 1 << 20
_SHOWN: Final = 60
_END_OF_FILE_MARK: Final = ["\x1a"]
"""Some old programs end a file by Ctrl+Z."""


@dataclass(frozen=True)
class TextTable:
    """A text file whose encoding and delimiter are known."""

    open_bytes: Callable[[], BinaryIO]
    encoding: str
    delimiter: str
    declares_delimiter: bool

    def records(self, first: int) -> Generator[tuple[int, list[str]], None, None]:
        """Yield (row number, cells) from row `first` on; a quoted line break does not begin a new row."""
        first = max(first, 2) if self.declares_delimiter else first
        with self._open_text() as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, 1):
                    if number >= first and cells != _END_OF_FILE_MARK:
                        yield number, cells
            except csv.Error as error:
                raise _row_problem(error, number + 1) from error

    def check_columns(self, headers: Sequence[str]) -> None:
        """Refuse a table of one column that another delimiter makes several of.

        Raises:
            ImportProblem: `wrong_delimiter`.
        """
        if len(headers) != 1:
            return
        with self._open_text() as text:
            sample = text.read(_SAMPLE_CHARACTERS)
        found, width = _best_delimiter(sample, (*DELIMITERS, *_RARE_DELIMITERS))
        if width > 1 and found in headers[0] and found != self.delimiter:
            header, used = headers[0][:_SHOWN], _shown(self.delimiter)
            raise ImportProblem("wrong_delimiter", header=header, used=used, found=_shown(found))

    def _open_text(self) -> TextIO:
        return io.TextIOWrapper(self.open_bytes(), encoding=self.encoding, newline="")


def open_text(path: Path, *, packed: bool, encoding: str | None, delimiter: str | None) -> TextTable:
    """Look through a text file and find out how to read it.

    Raises:
        ImportProblem: `truncated_gzip`, `damaged_gzip`, `unpacks_too_large`, `foreign_format`, and those of
            `detected_encoding`.
    """

    def open_bytes() -> BinaryIO:
        return cast("BinaryIO", gzip.open(path, "rb")) if packed else path.open("rb")

    if packed:
        _check_gzip(open_bytes)
    encoding = detected_encoding(open_bytes, encoding)
    with io.TextIOWrapper(open_bytes(), encoding=encoding, newline="") as text:
        sample = text.read(_SAMPLE_CHARACTERS)
    check_text(sample)
    declared = _declared_delimiter(sample)
    found = delimiter or declared or _sniffed_delimiter(sample)
    return TextTable(open_bytes, encoding, found, declared is not None)


def _check_gzip(open_bytes: Callable[[], BinaryIO]) -> None:
    """Unpack everything once: its end, its checksum and its size are known only then (RFC 1952)."""
    size = 0
    try:
        with open_bytes() as stream:
            while block := stream.read(_BLOCK):
                if size == 0:
                    check_content(block[:HEAD_BYTES])
                size += len(block)
                if size > MAX_UNPACKED_BYTES:
                    raise ImportProblem("unpacks_too_large", limit=MAX_UNPACKED_BYTES)
    except EOFError as error:
        raise ImportProblem("truncated_gzip") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ImportProblem("damaged_gzip") from error
    if size == 0:
        raise ImportProblem("empty_file")


def _row_problem(error: csv.Error, row: int) -> ImportProblem:
    reason = str(error)
    if "field limit" in reason:
        return ImportProblem("cell_too_long", row=row, limit=csv.field_size_limit())
    if "unexpected end" in reason:
        return ImportProblem("unclosed_quote", row=row)
    return ImportProblem("broken_quotes", row=row)


def _declared_delimiter(sample: str) -> str | None:
    """Read the line `sep=;` that spreadsheet programs write before the heading."""
    line = sample.splitlines()[0] if sample else ""
    return line[4] if len(line) == 5 and line[:4].lower() == "sep=" else None


def _sniffed_delimiter(sample: str) -> str:
    """Choose the delimiter that gives the most even rows, then the widest; one column counts as commas."""
    return _best_delimiter(sample, DELIMITERS)[0]


def _best_delimiter(sample: str, delimiters: Sequence[str]) -> tuple[str, int]:
    """Return the best delimiter and the columns of its first row."""
    whole = len(sample) < _SAMPLE_CHARACTERS
    best, best_score = ",", (0.0, 1)
    for delimiter in delimiters:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            rows = list(islice(reader, _SAMPLE_ROWS))
        except csv.Error:
            continue
        filled = [len(row) for row in (rows if whole or len(rows) == _SAMPLE_ROWS else rows[:-1]) if row]
        if not filled or filled[0] < 2:
            continue
        share = sum(width == filled[0] for width in filled) / len(filled)
        if (score := (round(share, 1), filled[0])) > best_score:
            best, best_score = delimiter, score
    return best, best_score[1]


def _shown(delimiter: str) -> str:
    return {"\t": "Tab"}.get(delimiter, delimiter if delimiter.isprintable() else f"0x{ord(delimiter):02X}")
