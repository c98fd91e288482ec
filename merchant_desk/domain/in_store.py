"""In-store codes: numbers that a shop's scale makes, with a weight, a price or a count inside.

GS1 leaves prefixes 02 and 20 to 29 to the shops (Restricted Circulation Numbers), so each merchant says how
its scales write them. Common are 13 digits (GB/T 18283 in China) and 18 (item, price and weight).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit, has_check_digit

_LAYOUT = re.compile(r"(?=.{12,24}$)(?:02|2[0-9])I+[IWPQC]*K")
_VALUES = ("W", "P", "Q")
_CHECKED_LENGTHS = (4, 5)


@dataclass(frozen=True, slots=True)
class InStorePattern:
    """How a scale writes its codes, one letter a digit: "21IIIIIWWWWWK", "22IIIICPPPPPK".

    Two digits of prefix, I the item, W the weight in kg, P the price to pay, Q the count, C the check digit
    of the four or five digits of value behind it, K the check digit of the whole. Several values may follow
    each other: "23IIIIIPPPPPWWWWWK".

    Raises:
        ValueError: not such a layout.
    """

    name: str
    layout: str
    weight_decimals: int = 3
    price_decimals: int = 2

    def __post_init__(self) -> None:
        parts = _parts(self.layout) if _LAYOUT.fullmatch(self.layout) else {}
        scattered = any(set(self.layout[part]) != {letter} for letter, part in parts.items())
        if not parts or scattered or not any(letter in parts for letter in _VALUES):
            raise ValueError(f"not a layout of in-store codes: {self.layout!r}")
        if "C" in parts and (
            _width(parts["C"]) != 1 or _width(_checked(self.layout)) not in _CHECKED_LENGTHS
        ):
            raise ValueError(f"C stands before a value of four or five digits: {self.layout!r}")
        if not (0 <= self.weight_decimals <= 6 and 0 <= self.price_decimals <= 6):
            raise ValueError("decimals go from 0 to 6")


@dataclass(frozen=True, slots=True)
class InStoreReading:
    """What an in-store code says: weight in 10^-6 kg, price in 10^-6 of the major unit, count in pieces.

    `item` is the prefix with the item's digits. `base_code` is the code with the values at zero and check
    digits set anew, the same for every weight and price; `base_gtin` is its GTIN-14, if it has one.
    """

    pattern: str
    item: str
    base_code: str
    base_gtin: str | None
    weight: int | None
    price: int | None
    count: int | None


def parse_in_store(digits: str, patterns: Iterable[InStorePattern]) -> tuple[InStoreReading, ...]:
    """Return a reading for each pattern that the code fits with every check digit right.

    A UPC-A that begins with 2 is read as the EAN-13 with prefix 02 that it is.
    """
    if not has_check_digit(digits):
        return ()
    code = "0" + digits if len(digits) == 12 else digits
    return tuple(
        _reading(code, pattern)
        for pattern in patterns
        if len(pattern.layout) == len(code)
        and code.startswith(pattern.layout[:2])
        and _value_checks(code, pattern)
    )


def _reading(code: str, pattern: InStorePattern) -> InStoreReading:
    parts = _parts(pattern.layout)
    weight, price, count = (int(code[parts[letter]]) if letter in parts else None for letter in _VALUES)
    base = _base_code(code, pattern.layout)
    return InStoreReading(
        pattern.name,
        code[:2] + code[parts["I"]],
        base,
        base.zfill(14) if len(base) <= 14 else None,
        None if weight is None else weight * MICRO // 10**pattern.weight_decimals,
        None if price is None else price * MICRO // 10**pattern.price_decimals,
        count,
    )


def _base_code(code: str, layout: str) -> str:
    # The check digit of a value of zeros is zero too, with four digits and with five.
    zeroed = "".join(
        digit if kind not in (*_VALUES, "C") else "0"
        for digit, kind in zip(code[:-1], layout[:-1], strict=True)
    )
    return zeroed + str(check_digit(zeroed))


def _value_checks(code: str, pattern: InStorePattern) -> bool:
    parts = _parts(pattern.layout)
    if "C" not in parts:
        return True
    from biip.checksums import gs1_price_weight_check_digit

    return int(code[parts["C"]]) == gs1_price_weight_check_digit(code[_checked(pattern.layout)])


@lru_cache(maxsize=256)
def _parts(layout: str) -> dict[str, slice]:
    """Return where each letter of a layout stands."""
    letters = (letter for letter in ("I", *_VALUES, "C") if letter in layout)
    return {letter: slice(layout.index(letter), layout.rindex(letter) + 1) for letter in letters}


def _checked(layout: str) -> slice:
    """Return the value that the check digit C in front of it guards (empty if none stands there)."""
    parts = _parts(layout)
    follows = layout[parts["C"].stop]
    return parts[follows] if follows in _VALUES else slice(0, 0)


def _width(part: slice) -> int:
    return int(part.stop) - int(part.start)
