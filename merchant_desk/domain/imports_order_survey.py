"""The first look through a file of orders: what must be known before its first line can be judged.

Two things are true of a file only as a whole: whether an order's lines stand together, and how a stock code
is spelled and named. Both are found in one pass that keeps eight bytes for every order and a few words for
every stock code.
"""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports_order_lines import OrderSettings, Service


class SurveyRow(NamedTuple):
    """What the first look needs of a line; `has_price`: a price other than zero stands there."""

    order_number: str
    stock_code: str
    description: str
    has_price: bool


@dataclass(slots=True)
class StockCode:
    """A stock code of the file: its key, its spelling and name in the file, and what it stands for.

    It is spelled as it was first seen, and named by the first description that stands beside a price (beside
    lines without one people write what happened to the goods), else by the first of any kind, else by itself.
    """

    key: str
    code: str
    service: Service
    name: str = ""
    priced: bool = False
    spellings: int = 1


@dataclass(frozen=True)
class OrderSurvey:
    """What the first look found.

    `codes` by each spelling; `split_orders` by `order_mark`: in how many places the lines of an order stand,
    for those that do not stand together.
    """

    codes: Mapping[str, StockCode]
    split_orders: Mapping[int, int]

    @property
    def other_spellings(self) -> int:
        """In how many stock codes the file spells one SKU in more than one way: 'spellings' less SKUs."""
        return len(self.codes) - len({code.key for code in self.codes.values()})


def order_mark(order_key: str) -> int:
    """Return eight bytes that stand for an order's (case-folded) number, the same in every process."""
    return int.from_bytes(blake2b(order_key.encode(), digest_size=8).digest(), "big")


def survey_orders(rows: Iterable[SurveyRow], settings: OrderSettings) -> OrderSurvey:
    """Look through all lines of a file once."""
    codes: dict[str, StockCode] = {}
    by_key: dict[str, StockCode] = {}
    marks = array("Q")
    last = None
    for order_number, stock_code, description, has_price in rows:
        if order_number != last:
            last = order_number
            marks.append(order_mark(order_number.casefold()))
        code = codes.get(stock_code)
        if code is None:
            code = codes[stock_code] = _stock_code(stock_code, by_key, settings)
        if description and not code.priced and (has_price or not code.name):
            code.name, code.priced = description, has_price
    return OrderSurvey(codes, _split(marks))


def _stock_code(written: str, by_key: dict[str, StockCode], settings: OrderSettings) -> StockCode:
    key = sku_key(written)
    code = by_key.get(key)
    if code is None:
        code = by_key[key] = StockCode(key, written, settings.service(key))
    else:
        code.spellings += 1
    return code


def _split(marks: "array[int]") -> dict[int, int]:
    """Count the runs of those marks that begin more than one."""
    runs: dict[int, int] = {}
    last = None
    for mark in sorted(marks):
        if mark == last:
            runs[mark] = runs.get(mark, 1) + 1
        last = mark
    return runs
