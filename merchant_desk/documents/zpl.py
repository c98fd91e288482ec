"""Labels as ZPL II: the whole label is one graphic, so that any printer prints any script without a font.

The graphic's data is hexadecimal with run lengths, which every ZPL II printer reads; Z64 is smaller, but
needs newer firmware (Zebra, ZPL II Programming Guide: ^GF; Alternative Data Compression Scheme).
"""

from dataclasses import dataclass
from itertools import groupby

MM_PER_INCH = 25.4
EXACT_DPI = {203: 203.2}
"""Printers of "203 dpi" have 8 dots a millimetre."""

ROW_OF_LIGHT, ROW_OF_DARK, SAME_ROW = ",", "!", ":"
_MOST_REPEATED = 419
"""20 units ("z" is 400) and 19 ones ("Y") in one count."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Dots of a label: rows of whole bytes from the top, the highest bit at the left, 1 is dark.

    Raises:
        ValueError: the bytes are not those of so many rows.
    """

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        """Refuse what is no bitmap."""
        if self.width < 1 or self.height < 1 or len(self.rows) != self.row_bytes * self.height:
            raise ValueError("a bitmap's bytes are not those of its size")

    @property
    def row_bytes(self) -> int:
        """Bytes of one row."""
        return (self.width + 7) // 8


def dots_per_mm(dpi: int) -> float:
    """Return the dots of a millimetre at a resolution as makers call it."""
    return EXACT_DPI.get(dpi, dpi) / MM_PER_INCH


def label_zpl(label: Bitmap) -> bytes:
    """Return the ZPL that prints one label: its width and length are set, then the graphic fills it."""
    total = label.row_bytes * label.height
    return (
        f"^XA^PW{label.width}^LL{label.height}^LH0,0^FO0,0"
        f"^GFA,{total},{total},{label.row_bytes},{packed(label)}^FS^PQ1^XZ\n"
    ).encode("ascii")


def packed(label: Bitmap) -> str:
    """Return a bitmap's rows as the data of ^GFA."""
    size, rows, before = label.row_bytes, [], b""
    for start in range(0, len(label.rows), size):
        row = label.rows[start : start + size]
        rows.append(SAME_ROW if row == before else _packed_row(row))
        before = row
    return "".join(rows)


def _packed_row(row: bytes) -> str:
    digits = row.hex().upper()
    for rest, mark in (("0", ROW_OF_LIGHT), ("F", ROW_OF_DARK)):
        kept = digits.rstrip(rest)
        if len(digits) - len(kept) > 1:
            return _runs(kept) + mark
    return _runs(digits)


def _runs(digits: str) -> str:
    return "".join(_run(digit, len(list(same))) for digit, same in groupby(digits))


def _run(digit: str, count: int) -> str:
    """Return a digit so many times, the counts before it: G to Y are 1 to 19, g to z 20 to 400."""
    parts = ""
    while count > _MOST_REPEATED:
        parts, count = parts + f"zY{digit}", count - _MOST_REPEATED
    if count < 3:
        return parts + digit * count
    twenties, ones = divmod(count, 20)
    high = chr(ord("g") + twenties - 1) if twenties else ""
    low = chr(ord("G") + ones - 1) if ones else ""
    return f"{parts}{high}{low}{digit}"
