"""Money and quantities: exact integers, rounded once.

Amounts are minor units of a currency; unit prices and costs 10^-6 of its major unit; quantities 10^-6
of the SKU's base unit.
"""

from collections.abc import Sequence

MICRO = 1_000_000
"""10^-6 units in one whole unit, of price and of quantity."""

MAX_QUANTITY = 10_000_000 * MICRO
"""Ten million base units: what one operation may move. More is a slip, mostly a barcode typed as quantity."""

MAX_PRICE = 1_000_000_000 * MICRO
"""A thousand million major units: the most that one base unit may cost."""

MAX_AMOUNT = 10**15
"""Minor units of one amount: thousands of them still add up inside 64 bits."""


def half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero, as invoices do."""
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (2 * rest >= denominator)
    return rounded if numerator >= 0 else -rounded


def line_amount(quantity: int, unit_price: int, minor_digits: int) -> int:
    """Return a line's amount in minor units, rounded half up once.

    Args:
        quantity: 10^-6 base units.
        unit_price: 10^-6 of the major unit per base unit.
        minor_digits: decimals of the currency (ISO 4217: 2 for CNY and GBP, 0 for JPY).
    """
    return half_up(quantity * unit_price * 10**minor_digits, MICRO * MICRO)


def share(amount: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights >= 0 by largest remainder; the parts add up to it exactly.

    Raises:
        ValueError: no weight, a negative one, or all zero while the amount is not.
    """
    total = sum(weights)
    if not weights or min(weights) < 0 or (total == 0 and amount):
        raise ValueError("weights must be >= 0 and not all zero")
    if total == 0:
        return [0] * len(weights)
    sign = 1 if amount >= 0 else -1
    exact = [divmod(abs(amount) * weight, total) for weight in weights]
    parts = [quotient for quotient, _ in exact]
    missing = abs(amount) - sum(parts)
    by_rest = sorted(range(len(weights)), key=lambda i: (-exact[i][1], i))
    for i in by_rest[:missing]:
        parts[i] += 1
    return [sign * part for part in parts]
