"""Units that are counted whole: half a bag is a typing error, half a kilogram is none.

A unit is whatever a merchant calls it, so one that is not known here takes fractions.
"""

from typing import Final

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.refusals import Refusal

COUNTED: Final = frozenset("瓶箱袋盒把个卷罐支包桶条块提口双本副根卡顶杯捆张床套台只件托") | {
    *("bag", "book", "bottle", "box", "bundle", "can", "card", "carton", "cup", "drum", "each", "ea", "item"),
    *("pack", "pair", "pallet", "pc", "pcs", "piece", "pieces", "roll", "set", "sheet", "tin", "unit"),
}
"""Units of pieces and packs, case-folded."""


def is_part(quantity: int, unit: str) -> bool:
    """Tell whether a quantity, 10^-6 of the unit, is a part of what is counted whole."""
    return bool(quantity % MICRO) and unit.strip().casefold() in COUNTED


def check_whole(quantity: int, unit: str) -> None:
    """Refuse (`quantity_not_whole`) a part of what is counted whole; `quantity` is 10^-6 of the unit."""
    if is_part(quantity, unit):
        raise Refusal("quantity_not_whole", quantity=quantity)
