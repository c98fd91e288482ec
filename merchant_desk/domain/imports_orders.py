"""Orders from a file: lines gathered into orders, each line under the rule of `imports_order_lines`.

time        an order whose lines carry two times has the earliest
customer    an order without one is a walk-in's; one with two customers is refused: two orders share a number
stock code  codes that differ in case only are one SKU, spelled as first seen
whole       an order of which a line is refused is refused as a whole: half an order has a wrong total
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final, NamedTuple

from merchant_desk.domain.amounts import half_up
from merchant_desk.domain.imports import PICO, Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.imports_order_lines import (
    EFFECTS,
    LineNote,
    LineRule,
    OrderKind,
    OrderRow,
    OrderSettings,
    Service,
    line_rule,
    order_kind,
)
from merchant_desk.domain.imports_order_survey import OrderSurvey, StockCode, order_mark

MAX_ORDER_LINES: Final = 2000
"""An operation touches at most 5,000 rows: a line, what it reserves, and the order itself."""

_ROOM: Final = 90
"""Bytes that a line takes in an operation beside its texts."""


class ImportedLine(NamedTuple):
    """A line to be written. `position` counts from 1 as the lines stand in the file.

    `quantity` in 10^-6 base units and `unit_price` in 10^-6 major units, both as the file has them (goods
    that come back have a quantity below zero); `amount` in minor units, rounded half up once. `stock_code`
    is spelled as first seen in the file, `written_code` as it is here.
    """

    position: int
    row: int
    sku_key: str
    stock_code: str
    written_code: str
    description: str
    service: Service
    quantity: int
    unit_price: int
    amount: int
    rule: LineRule


class ImportedSku(NamedTuple):
    """A stock code that a file of orders names for the first time; `service` is "" for goods."""

    key: str
    sku: str
    name: str
    service: Service


class ImportedOrder(NamedTuple):
    """An order to be written; `placed_at` in microseconds UTC, `customer_code` None for a walk-in.

    `new_skus` are the stock codes that no order before it in the file has named.
    """

    number: str
    kind: OrderKind
    placed_at: int
    customer_code: str | None
    country: str
    lines: tuple[ImportedLine, ...]
    new_skus: tuple[ImportedSku, ...]
    two_times: bool


class OrderOutcome(NamedTuple):
    """What became of an order's rows; `order` is None if nothing of it is written."""

    rows: tuple[RowOutcome, ...]
    order: ImportedOrder | None

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body (at most three bytes for a character)."""
        if self.order is None:
            return _ROOM
        new = sum(3 * len(sku.name) + 2 * len(sku.sku) + _ROOM for sku in self.order.new_skus)
        return new + sum(len(line.stock_code) + _ROOM for line in self.order.lines)


def classify_orders(
    rows: Iterable[OrderRow | UnreadRow], survey: OrderSurvey, settings: OrderSettings
) -> Iterator[OrderOutcome]:
    """Yield what becomes of each order of a file, in the order in which the last of its lines stands.

    Args:
        rows: all rows of the file.
        survey: what the first look through the same rows found.
        settings: what the merchant's numbers and codes mean.
    """
    named: set[str] = set()
    for order_rows in _whole_orders(rows, survey):
        read = [row for row in order_rows if isinstance(row, OrderRow)]
        if len(read) < len(order_rows):
            yield _refused(order_rows, settings)
            continue
        outcome = _judged(read, survey, settings)
        if outcome.order is not None:
            new_skus = tuple(_new_skus(outcome.order.lines, survey, named))
            outcome = outcome._replace(order=outcome.order._replace(new_skus=new_skus))
        yield outcome


def _whole_orders(
    rows: Iterable[OrderRow | UnreadRow], survey: OrderSurvey
) -> Iterator[list[OrderRow | UnreadRow]]:
    """Gather the lines of each order; one that stands in several places is held until its last place."""
    held: dict[str, list[OrderRow | UnreadRow]] = {}
    places_left: dict[str, int] = {}
    for number, run in groupby(rows, key=_order_number):
        if not number:
            yield from ([row] for row in run)
            continue
        key = number.casefold()
        places = survey.split_orders.get(order_mark(key), 1) if survey.split_orders else 1
        if places == 1:
            yield list(run)
            continue
        held.setdefault(key, []).extend(run)
        places_left[key] = places_left.get(key, places) - 1
        if not places_left[key]:
            yield held.pop(key)
    yield from held.values()


def _order_number(row: OrderRow | UnreadRow) -> str:
    return row.order_number if isinstance(row, OrderRow) else row.key


def _judged(rows: list[OrderRow], survey: OrderSurvey, settings: OrderSettings) -> OrderOutcome:
    """Judge the lines of one order and put together what is to be written of it."""
    customers = sorted({row.customer_code for row in rows if row.customer_code})
    if len(customers) > 1:
        fault = Fault(FaultCode.ORDER_OF_TWO_CUSTOMERS, "customer_code", ", ".join(customers))
        return _refused(rows, settings, whole=fault)
    if len(rows) > MAX_ORDER_LINES:
        return _refused(rows, settings, whole=Fault(FaultCode.ORDER_TOO_LONG, "", str(len(rows))))
    kind = order_kind(rows, settings)
    rules = [line_rule(row, kind, survey.codes[row.stock_code].service) for row in rows]
    if LineRule.NEGATIVE_PRICE in rules:
        wrong = {
            row.number: Fault(FaultCode.NEGATIVE_PRICE, "unit_price", row.stock_code)
            for row, rule in zip(rows, rules, strict=True)
            if rule is LineRule.NEGATIVE_PRICE
        }
        return _refused(rows, settings, wrong)
    placed_at = min(row.placed_at for row in rows)
    two_times = any(row.placed_at != placed_at for row in rows)
    country = next((row.country for row in rows if row.country), "")
    customer = customers[0] if customers else None
    order = ImportedOrder(rows[0].order_number, kind, placed_at, customer, country, (), (), two_times)
    return _with_lines(order, rows, rules, survey, settings)


def _with_lines(
    order: ImportedOrder,
    rows: list[OrderRow],
    rules: list[LineRule],
    survey: OrderSurvey,
    settings: OrderSettings,
) -> OrderOutcome:
    """Write down what becomes of each line; an order of which no line has an effect is not written."""
    outcomes, lines = [], []
    notes = _Notes(order.placed_at, order.customer_code is None)
    for position, (row, rule) in enumerate(zip(rows, rules, strict=True), 1):
        code = survey.codes[row.stock_code]
        exact, amount = _amounts(row, settings)
        outcomes.append(RowOutcome(row.number, rule, EFFECTS[rule], exact, amount, notes.of(row, code)))
        if rule is not LineRule.NO_EFFECT:
            lines.append(_line(position, row, code, amount, rule))
    return OrderOutcome(tuple(outcomes), order._replace(lines=tuple(lines)) if lines else None)


def _amounts(row: OrderRow, settings: OrderSettings) -> tuple[int, int]:
    """Return a line's exact amount in 10^-12 major units, and the same in minor units, rounded once."""
    exact = row.quantity * row.unit_price
    return exact, half_up(exact * 10**settings.minor_digits, PICO)


def _line(position: int, row: OrderRow, code: StockCode, amount: int, rule: LineRule) -> ImportedLine:
    return ImportedLine(
        position,
        row.number,
        code.key,
        code.code,
        row.stock_code,
        row.description,
        code.service,
        row.quantity,
        row.unit_price,
        amount,
        rule,
    )


class _Notes:
    """Finds what is noticed about the lines of one order, one after the other."""

    def __init__(self, placed_at: int, walk_in: bool) -> None:
        self._placed_at = placed_at
        self._always = (LineNote.WALK_IN,) if walk_in else ()
        self._seen: set[tuple[object, ...]] = set()

    def of(self, row: OrderRow, code: StockCode) -> tuple[str, ...]:
        notes: tuple[str, ...] = self._always
        if row.placed_at != self._placed_at:
            notes = (*notes, LineNote.SECOND_TIME)
        if row.stock_code != code.code:
            notes = (*notes, LineNote.OTHER_SPELLING)
        content = row[2:9]
        if content in self._seen:
            notes = (*notes, LineNote.REPEATED_LINE)
        self._seen.add(content)
        return notes + row.notes


def _new_skus(lines: tuple[ImportedLine, ...], survey: OrderSurvey, named: set[str]) -> Iterator[ImportedSku]:
    for line in lines:
        if line.sku_key not in named:
            named.add(line.sku_key)
            code = survey.codes[line.written_code]
            yield ImportedSku(code.key, code.code, code.name or code.code, code.service)


def _refused(
    rows: Sequence[OrderRow | UnreadRow],
    settings: OrderSettings,
    wrong: Mapping[int, Fault] = MappingProxyType({}),
    whole: Fault | None = None,
) -> OrderOutcome:
    """Refuse an order: rows that are wrong for their own fault, the others for its fault or because of those.

    Args:
        rows: all rows of the order.
        settings: for the decimals of the currency.
        wrong: faults by row number, beside those of rows that could not be read.
        whole: what is wrong with the order itself.
    """
    faults = dict(wrong) | {row.number: row.fault for row in rows if isinstance(row, UnreadRow)}
    first = min(faults, default=0)
    rest = whole or Fault(FaultCode.ORDER_INCOMPLETE, "order_number", str(first))
    outcomes = []
    for row in rows:
        fault = faults.get(row.number, rest)
        exact, amount = _amounts(row, settings) if isinstance(row, OrderRow) else (0, 0)
        outcomes.append(RowOutcome(row.number, fault.code, Effect.REFUSED, exact, amount, fault=fault))
    return OrderOutcome(tuple(outcomes), None)
