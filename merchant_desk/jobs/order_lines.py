"""Which lines of an imported order are goods, and what room they take in an operation."""

from typing import Final

from merchant_desk.domain.imports_order_lines import LineRule, Service
from merchant_desk.domain.imports_orders import ImportedLine, ImportedOrder

_ORDER_BYTES: Final = 600
_LINE_BYTES: Final = 140


def is_goods(line: ImportedLine) -> bool:
    """Tell whether a line is about goods; everything else is money: a service, a voucher, a bad debt."""
    return line.service is Service.GOODS and line.rule is not LineRule.BAD_DEBT_ADJUSTMENT


def order_bytes(order: ImportedOrder) -> int:
    """Return about how many bytes an order takes in an operation; never less than it does."""
    return _ORDER_BYTES + sum(map(_line_bytes, order.lines))


def _line_bytes(line: ImportedLine) -> int:
    """Return about how many bytes a line takes: a charge carries its words, goods only ids and numbers."""
    if is_goods(line):
        return _LINE_BYTES
    return _LINE_BYTES + len(line.stock_code.encode()) + len(line.description.encode())
