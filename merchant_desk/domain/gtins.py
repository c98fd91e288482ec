"""GTINs: check digits and the GTIN-14 key under which a product is found.

A code keeps its raw text; beside it stands a GTIN-14 key that exists only if the check digit is right.
"""

from enum import StrEnum

_FORM_LENGTHS = frozenset((8, 12, 13, 14))


class GtinForm(StrEnum):
    """As which kind of number a GTIN was printed."""

    EAN_8 = "ean8"
    UPC_A = "upca"
    EAN_13 = "ean13"
    GTIN_14 = "gtin14"
    UPC_E = "upce"


FORMS = {8: GtinForm.EAN_8, 12: GtinForm.UPC_A, 13: GtinForm.EAN_13, 14: GtinForm.GTIN_14}
"""The form that a number of so many digits has (UPC-E shares eight digits with EAN-8)."""


def is_digits(text: str) -> bool:
    """Tell whether the text is one or more of the digits 0-9 and nothing else (no other script's digits)."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> int:
    """Return the check digit that follows `digits`, of any length.

    Weights 3, 1, 3, ... from the right (GS1 General Specifications, section 7.9.1).

    Raises:
        ValueError: `digits` is empty or holds anything but 0-9.
    """
    if not is_digits(digits):
        raise ValueError(f"digits expected, got {digits!r}")
    return -_weighted(digits.encode()) % 10


def has_check_digit(digits: str) -> bool:
    """Tell whether the last of two or more digits is the right check digit of those before it."""
    return len(digits) > 1 and is_digits(digits) and check_digit(digits[:-1]) == int(digits[-1])


def gtin14(text: str) -> str | None:
    """Return the GTIN-14 key of an EAN-8, UPC-A, EAN-13 or GTIN-14 with a right check digit, else None.

    The number is filled with zeros on the left, so that a UPC-A and the same number read as EAN-13 meet.
    Eight digits count as EAN-8; `upc_e_gtin14` gives the other reading.

    The 818,846 codes of Open Food Facts' dump of 2019-06-14, taken as they are: 70 texts stand in two rows
    each; 808,160 rows have a key; 286 keys are held by two or more rows, 223 of them under different texts
    ("00011686" and "0000000011686") and 63 only because the text itself is repeated.
    """
    if len(text) in _FORM_LENGTHS and has_check_digit(text):
        return text.zfill(14)
    return None


def upc_e_gtin14(text: str) -> str | None:
    """Return the GTIN-14 key of an eight-digit UPC-E (number system 0 or 1, right check digit), else None."""
    if len(text) != 8 or text[0] not in "01" or not is_digits(text):
        return None
    from biip import ParseError
    from biip.upc import Upc

    try:
        return Upc.parse(text).as_upc_a().zfill(14)
    except ParseError:
        return None


def _weighted(digits: bytes) -> int:
    heavy, light = digits[-1::-2], digits[-2::-2]
    return 3 * (sum(heavy) - 48 * len(heavy)) + sum(light) - 48 * len(light)
