"""The encoding of a text file: found by reading all of it, so that nothing is guessed from its start."""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from merchant_desk.documents.problems import ImportProblem

ByteSource = Callable[[], BinaryIO]
"""Opens the (unpacked) bytes of a file from their beginning."""

_BLOCK: Final = 1 << 20
_SAMPLE: Final = 1 << 16
_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_BYTES: Final = re.compile(rb"[\x80-\xff]")
_PAIR: Final = re.compile(rb"[\x81-\xfe](?:([\x40-\x7e])|[\x80-\xfe])")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1c\x1e-\x1f\x7f]")

_STRAY_SHARE: Final = 10
"""One byte in so many is zero at least where a text is UTF-16; fewer are damage, if the rest is UTF-8."""

_STRONG_UTF8_BYTES: Final = 12
"""High bytes in one line that read as UTF-8: six Chinese characters of GBK do so once in 150,000."""
_MIXED_SHARE: Final = 1000
"""One line in so many must be strong UTF-8 before a file that is not UTF-8 counts as mixed."""

_BIG5_SHARE: Final = 6
"""One second byte in so many is a letter's at least where a text is Big5: a third of its characters."""


def detected_encoding(open_bytes: ByteSource, forced: str | None = None) -> str:
    """Return the codec that reads the whole file: UTF-8, UTF-16, UTF-32 or GB18030 (with GBK and GB2312).

    Args:
        open_bytes: opens the file's bytes.
        forced: the encoding that a person or a mapping names; it is checked, not trusted.

    Raises:
        ImportProblem: `unknown_encoding`, `mixed_encoding`, `wrong_encoding` (the forced one does not fit),
            `text_cut_off`, `nul_bytes`, `not_a_table` (binary); `line` in the facts counts from 1.
    """
    with open_bytes() as stream:
        sample = stream.read(_SAMPLE)
    if forced is not None:
        return _checked(open_bytes, forced, sample)
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return _checked(open_bytes, name, sample)
    if b"\x00" in sample and not _has_stray_zeros(sample):
        return _utf16_without_bom(open_bytes, sample)
    _refuse_zeros(open_bytes)
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        raise ImportProblem("not_a_table")
    if _first_fault(open_bytes, "utf-8") is None:
        return "utf-8"
    return _encoding_by_lines(open_bytes)


def _has_stray_zeros(sample: bytes) -> bool:
    """Tell whether the zeros of a sample are damage in a text of single bytes, and not half of UTF-16."""
    if sample.count(0) * _STRAY_SHARE > len(sample):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_zeros(open_bytes: ByteSource) -> None:
    """Refuse zeros anywhere in a text of single bytes: something has overwritten or padded it."""
    line = 1
    with open_bytes() as stream:
        while block := stream.read(_BLOCK):
            if (place := block.find(0)) >= 0:
                raise ImportProblem("nul_bytes", line=line + block.count(b"\n", 0, place))
            line += block.count(b"\n")


def _checked(open_bytes: ByteSource, encoding: str, sample: bytes) -> str:
    """Return the encoding if every byte of the file can be read by it."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ImportProblem("wrong_encoding", encoding=encoding, line=1) from error
    if encoding in ("utf-8", "utf_8") and sample.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    fault = _first_fault(open_bytes, encoding)
    if fault is None:
        return encoding
    if fault.cut_off:
        raise ImportProblem("text_cut_off", line=fault.line)
    raise ImportProblem("wrong_encoding", encoding=encoding, line=fault.line)


def _utf16_without_bom(open_bytes: ByteSource, sample: bytes) -> str:
    """Tell by the side of the zeros: commas, digits and line ends have theirs high or low."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if bool(even) == bool(odd):
        raise ImportProblem("not_a_table")
    encoding = "utf-16-le" if odd else "utf-16-be"
    fault = _first_fault(open_bytes, encoding)
    if fault and fault.cut_off:
        raise ImportProblem("text_cut_off", line=fault.line)
    if fault:
        raise ImportProblem("not_a_table")
    return encoding


class _Fault(NamedTuple):
    line: int
    cut_off: bool


def _first_fault(open_bytes: ByteSource, encoding: str) -> _Fault | None:
    """Return where a file first stops being readable in an encoding, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with open_bytes() as stream:
        while True:
            block = stream.read(_BLOCK)
            try:
                line += decoder.decode(block, final=not block).count("\n")
            except UnicodeDecodeError as error:
                # What the decoder held back from the block before stands in error.object too.
                line += error.object[: error.start].count(b"\n")
                return _Fault(line, cut_off=not block)
            if not block:
                return None


def _encoding_by_lines(open_bytes: ByteSource) -> str:
    """Judge a file that is not UTF-8 as a whole, by its lines: GB18030, two encodings at once, or neither."""
    tally = _LineTally()
    for number, line in _lines(open_bytes):
        tally.add(number, line)
    if tally.only_end_is_missing:
        raise ImportProblem("text_cut_off", line=tally.last_line)
    if tally.strong_utf8 * _MIXED_SHARE > tally.lines:
        raise ImportProblem("mixed_encoding", line=tally.utf8_fault, other_line=tally.strong_utf8_line)
    if tally.gb_fault:
        raise ImportProblem("unknown_encoding", line=tally.gb_fault)
    if tally.reads_as_big5:
        raise ImportProblem("unknown_encoding", line=tally.utf8_fault)
    if tally.low_pairs > tally.high_pairs:
        raise ImportProblem("unknown_encoding", line=tally.utf8_fault)
    return "gb18030"


def _lines(open_bytes: ByteSource) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold more than ASCII. No character of GB18030 or UTF-8 contains a line feed."""
    with open_bytes() as stream:
        for number, line in enumerate(stream, 1):
            if not line.isascii():
                yield number, line


class _LineTally:
    """How the lines of a file read as UTF-8 and as GB18030.

    In Chinese text nearly every second byte of a GB18030 pair is >= 0x80 too; in Western text (é, ü, ø) a
    letter follows: that tells the two apart where both can be decoded.
    """

    def __init__(self) -> None:
        self.lines = self.last_line = 0
        self.utf8_fault = self.other_faults = self.gb_fault = 0
        self.utf8_cut_off = False
        self.strong_utf8 = self.strong_utf8_line = 0
        self.low_pairs = self.high_pairs = 0
        self._is_big5 = True

    def add(self, number: int, line: bytes) -> None:
        self.lines += 1
        self.last_line = number
        try:
            line.decode()
        except UnicodeDecodeError as error:
            if self.utf8_fault:
                self.other_faults += 1
            self.utf8_fault = self.utf8_fault or number
            self.utf8_cut_off = error.end >= len(line) and error.reason == "unexpected end of data"
            self._add_pairs(line)
        else:
            if len(_HIGH_BYTES.findall(line)) >= _STRONG_UTF8_BYTES:
                self.strong_utf8 += 1
                self.strong_utf8_line = self.strong_utf8_line or number
        if not self.gb_fault:
            try:
                line.decode("gb18030")
            except UnicodeDecodeError:
                self.gb_fault = number
        if self._is_big5:
            try:
                line.decode("big5")
            except UnicodeDecodeError:
                self._is_big5 = False

    @property
    def reads_as_big5(self) -> bool:
        """Whether every line is Big5, with far more low second bytes than Chinese text in GB18030 has."""
        return self._is_big5 and self.low_pairs * _BIG5_SHARE > self.low_pairs + self.high_pairs

    @property
    def only_end_is_missing(self) -> bool:
        """Whether every line is UTF-8 but the last, which stops inside a character."""
        lone = self.utf8_fault == self.last_line and self.utf8_cut_off and not self.other_faults
        return lone and (self.lines > 1 or bool(self.gb_fault))

    def _add_pairs(self, line: bytes) -> None:
        pairs = _PAIR.findall(line)
        low = sum(1 for trail in pairs if trail)
        self.low_pairs += low
        self.high_pairs += len(pairs) - low
