"""How a manager writes the layout of scales' codes: with a point where the decimals of a value begin."""

import re

from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.refusals import Refusal

SCALE_PREFIXES = ("02", *(str(number) for number in range(20, 30)))
"""What GS1 leaves to the shops (Restricted Circulation Numbers of 13 digits)."""

_DECIMALS = re.compile(r"\.(W+|P+)")


def scale_pattern(prefix: str, written: str) -> InStorePattern:
    """Return the pattern that "21IIIIIWW.WWWK" means: five digits of weight, three of them decimals.

    Raises:
        Refusal: `not_a_scale_layout`: no scale writes such codes, or not under this prefix.
    """
    decimals = {letters[0]: len(letters) for letters in _DECIMALS.findall(written)}
    layout = _DECIMALS.sub(r"\1", written)
    try:
        if written.count(".") != len(decimals) or not layout.startswith(prefix):
            raise ValueError(written)
        return InStorePattern(prefix, layout, decimals.get("W", 0), decimals.get("P", 0))
    except ValueError:
        raise Refusal("not_a_scale_layout", layout=written, prefix=prefix) from None
