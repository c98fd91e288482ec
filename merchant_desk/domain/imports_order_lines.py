"""Order lines from a file: the rules by which each becomes something.

What an order is, by its number and content:

    cancellation      its number begins with the sign of cancellations ("C536379")
    money_adjustment  its number begins with the sign of adjustments ("A563185")
    stock_adjustment  no customer, and not one line with a price: stock was written on or off
    sale              everything else

What a line of it is:

    in a money adjustment
      bad_debt_adjustment  every line: money only, also below zero, no stock
    in a cancellation
      cancelled_line       goods: they and their money go back
      credit_line          a service: money only
    in a stock adjustment
      stock_written_off    goods, less than nothing
      stock_written_on     goods, more than nothing
    in a sale
      sale_line            goods at a price
      free_line            goods at no price: stock without money
      returned_line        goods, less than nothing: they and their money go back
      service_line         a service (freight, fee, discount, manual entry, sample): money only
      voucher_line         a gift voucher sold: money, and a debt to who holds it
    anywhere
      no_effect            no quantity, or a service at no price in an order without any price: neither stock
                           nor money moves
      negative_price       goods below zero: refused, since nobody can say which of the two signs is wrong

Lines are never joined or dropped: the same line twice in one order is two lines, because shops list a product
once per pick and the file's total counts both. It carries the note `repeated_line`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from merchant_desk.domain.imports import Effect


class OrderKind(StrEnum):
    """What an imported order is; see the module's text."""

    SALE = "sale"
    CANCELLATION = "cancellation"
    STOCK_ADJUSTMENT = "stock_adjustment"
    MONEY_ADJUSTMENT = "money_adjustment"


class LineRule(StrEnum):
    """What becomes of a line; see the module's text."""

    SALE_LINE = "sale_line"
    FREE_LINE = "free_line"
    RETURNED_LINE = "returned_line"
    SERVICE_LINE = "service_line"
    VOUCHER_LINE = "voucher_line"
    CANCELLED_LINE = "cancelled_line"
    CREDIT_LINE = "credit_line"
    STOCK_WRITTEN_ON = "stock_written_on"
    STOCK_WRITTEN_OFF = "stock_written_off"
    BAD_DEBT_ADJUSTMENT = "bad_debt_adjustment"
    NO_EFFECT = "no_effect"
    NEGATIVE_PRICE = "negative_price"


class LineNote(StrEnum):
    """What else is noticed about a line, or about its order.

    `walk_in`: no customer stands there. `repeated_line`: the same line stood before in this order.
    `second_time`: its time is not the order's, which is the earliest of its lines. `other_spelling`: its code
    was spelled otherwise before ("15056BL", "15056bl": one SKU, spelled as first seen). `in_the_future`: its
    order is dated more than a day after the import, by the corrected clock of the desk.
    """

    WALK_IN = "walk_in"
    REPEATED_LINE = "repeated_line"
    SECOND_TIME = "second_time"
    OTHER_SPELLING = "other_spelling"
    IN_THE_FUTURE = "in_the_future"


class Service(StrEnum):
    """What a line without goods is for; GOODS ("") is a line with goods."""

    GOODS = ""
    FREIGHT = "freight"
    FEE = "fee"
    DISCOUNT = "discount"
    MANUAL = "manual"
    SAMPLE = "sample"
    VOUCHER = "voucher"


EFFECTS: Final = MappingProxyType(
    dict.fromkeys(LineRule, Effect.WRITTEN)
    | {LineRule.NO_EFFECT: Effect.NOTHING, LineRule.NEGATIVE_PRICE: Effect.REFUSED}
)


@dataclass(frozen=True)
class OrderSettings:
    """What a merchant's own numbers and codes mean; part of a mapping.

    Prefixes of order numbers count only before a digit; "" where there are none. `services` says by (case-
    folded) stock code which lines are no goods, `service_prefixes` the same by how a code begins.
    `minor_digits` are the decimals of the currency (ISO 4217).
    """

    cancellation_prefix: str = ""
    adjustment_prefix: str = ""
    services: Mapping[str, Service] = field(default_factory=dict)
    service_prefixes: Mapping[str, Service] = field(default_factory=dict)
    minor_digits: int = 2

    def service(self, sku_key: str) -> Service:
        """Return what a case-folded stock code stands for."""
        known = self.services.get(sku_key)
        if known is not None:
            return known
        for prefix, service in self.service_prefixes.items():
            if sku_key.startswith(prefix):
                return service
        return Service.GOODS


class OrderRow(NamedTuple):
    """A line as it was read; texts are cleaned, "" where a cell is empty.

    `quantity` is in 10^-6 base units, `unit_price` in 10^-6 major units, both signed; `placed_at` in
    microseconds UTC.
    """

    number: int
    order_number: str
    stock_code: str
    description: str
    quantity: int
    placed_at: int
    unit_price: int
    customer_code: str
    country: str
    notes: tuple[str, ...] = ()


def _begins(number: str, prefix: str) -> bool:
    size = len(prefix)
    return (
        bool(prefix) and number[:size].casefold() == prefix.casefold() and number[size : size + 1].isdigit()
    )


def order_kind(rows: list[OrderRow], settings: OrderSettings) -> OrderKind:
    """Tell what an order is; `rows` are all its lines, at least one."""
    number = rows[0].order_number
    if _begins(number, settings.cancellation_prefix):
        return OrderKind.CANCELLATION
    if _begins(number, settings.adjustment_prefix):
        return OrderKind.MONEY_ADJUSTMENT
    if not any(row.unit_price or row.customer_code for row in rows):
        return OrderKind.STOCK_ADJUSTMENT
    return OrderKind.SALE


def line_rule(row: OrderRow, kind: OrderKind, service: Service) -> LineRule:
    """Tell what becomes of a line in an order of this kind."""
    if kind is OrderKind.MONEY_ADJUSTMENT:
        return LineRule.BAD_DEBT_ADJUSTMENT
    if row.quantity == 0:
        return LineRule.NO_EFFECT
    if service:
        return _service_rule(kind, service)
    if row.unit_price < 0:
        return LineRule.NEGATIVE_PRICE
    if kind is OrderKind.CANCELLATION:
        return LineRule.CANCELLED_LINE
    if kind is OrderKind.STOCK_ADJUSTMENT:
        return LineRule.STOCK_WRITTEN_ON if row.quantity > 0 else LineRule.STOCK_WRITTEN_OFF
    if row.quantity < 0:
        return LineRule.RETURNED_LINE
    return LineRule.SALE_LINE if row.unit_price else LineRule.FREE_LINE


def _service_rule(kind: OrderKind, service: Service) -> LineRule:
    if kind is OrderKind.CANCELLATION:
        return LineRule.CREDIT_LINE
    if kind is OrderKind.STOCK_ADJUSTMENT:
        return LineRule.NO_EFFECT
    return LineRule.VOUCHER_LINE if service is Service.VOUCHER else LineRule.SERVICE_LINE
