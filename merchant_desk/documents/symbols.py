"""Bar code symbols as modules: dark and light bars, for whoever paints them."""

from dataclasses import dataclass
from typing import Any

from merchant_desk.domain.gs1 import parse_elements
from merchant_desk.domain.gtins import gtin14

QUIET = {"code128": 10, "ean13": 11}
"""Light modules that a symbol needs at either side (ISO/IEC 15417; ISO/IEC 15420: 11 left, 7 right)."""


SWITCH_TO_C = 99
"""Value 99 is the pair "99" in charset C, and elsewhere the switch to it (ISO/IEC 15417, table 1)."""


FNC1 = "\xf1"
"""How the library writes function character 1."""
GS = "\x1d"
GS1_DATAMATRIX = "]d2"
"""Its AIM identifier (GS1 General Specifications 5.1.2)."""

NO_DAY = 20260101
"""Whatever a year of two digits means is not printed."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A linear symbol; `bars` has a character for each module, "1" dark and "0" light, no quiet zones."""

    kind: str
    bars: str
    text: str

    @property
    def quiet(self) -> int:
        """Light modules at either side."""
        return QUIET[self.kind]

    @property
    def modules(self) -> int:
        """The width with both quiet zones."""
        return len(self.bars) + 2 * self.quiet


@dataclass(frozen=True, slots=True)
class Matrix:
    """A square symbol; each row has a character for each module, "1" dark and "0" light, no quiet zone."""

    rows: tuple[str, ...]
    text: str

    @property
    def modules(self) -> int:
        """Its side with the quiet zone (ISO/IEC 16022: one module at each)."""
        return len(self.rows) + 2


def code128(text: str) -> Symbol:
    """Return a text as Code 128.

    Raises:
        ValueError: a character that Code 128 does not have (it has ASCII alone), or no text.
    """
    if not text or not text.isascii():
        raise ValueError(f"Code 128 cannot say {text!r}")
    return Symbol("code128", _code128_bars(text), text)


def gs1_128(text: str) -> Symbol:
    """Return a GS1 element string as GS1-128: FNC1 first, and FNC1 where it has GS (0x1D).

    Raises:
        ValueError: a character that Code 128 does not have, or no text.
    """
    if not text or not text.isascii():
        raise ValueError(f"GS1-128 cannot say {text!r}")
    return Symbol("code128", _code128_bars(FNC1 + text.replace(GS, FNC1)), text)


def gs1_datamatrix(text: str) -> Matrix:
    """Return a GS1 element string as GS1 DataMatrix, FNC1 first.

    Raises:
        ValueError: it is none.
    """
    import zxingcpp  # not before one is drawn: the window must open quickly

    found = parse_elements(text, GS1_DATAMATRIX, NO_DAY)
    if found.problems or not found.elements:
        raise ValueError(f"{text!r} is no element string")
    written = "".join(f"({one.ai}){one.value}" for one in found.elements)
    made = zxingcpp.create_barcode(written, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    image: Any = zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)
    grey: Any = memoryview(image).tolist()
    return Matrix(tuple("".join("0" if light else "1" for light in row) for row in grey), text)


def _code128_bars(text: str) -> str:
    """Return the bars of a text, in which FNC1 stands for itself."""
    from barcode.codex import Code128

    class Exact(Code128):  # type: ignore[misc]  # the library has no annotations
        """The library takes a leading pair "99" for its own switch to charset C, and drops it."""

        def _try_to_optimize(self, encoded: list[int]) -> list[int]:
            return encoded if encoded[1] == SWITCH_TO_C else list(super()._try_to_optimize(encoded))

        def _is_char_fnc1_char(self, char: str) -> bool:
            return char == FNC1

    return str(Exact(text).build()[0])


def ean13(text: str) -> Symbol:
    """Return an EAN-13 (or UPC-A, with a 0 before it) whose check digit is right.

    Raises:
        ValueError: it is not one.
    """
    from barcode.ean import EuropeanArticleNumber13

    key = gtin14(text)
    if key is None or not key.startswith("0") or len(text) not in (12, 13):
        raise ValueError(f"{text!r} is no EAN-13")
    return Symbol("ean13", EuropeanArticleNumber13(key[1:]).build()[0], key[1:])


def product_symbol(code: str) -> Symbol:
    """Return the symbol in which a product's code is printed: EAN-13 where it is one, else Code 128.

    Raises:
        ValueError: no symbol can carry it.
    """
    try:
        return ean13(code)
    except ValueError:
        return code128(code)
