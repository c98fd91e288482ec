"""Taxes on what is sold: their rates, from which day each holds, and how much of a price is tax.

Rates are whole parts per million of the price before tax (13 % is 130 000), days yyyymmdd.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from merchant_desk.domain.amounts import half_up, share
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

_PER_CENT = re.compile(r"([0-9]{1,3})(?:[.。]([0-9]{0,4}))?\s*[%％]?")
_DAY = re.compile(r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?)")

WHOLE = 1_000_000
"""Parts in one: a rate of 100 %."""

MOST_PRODUCTS = 500
"""Products in one operation."""


@operation("add_tax", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class AddTax:
    """Decision: a tax with its first rate, parts per million, from a day; the code is nobody else's."""

    tax_id: UUID
    code: str
    name: str
    rate: int
    from_day: int


@operation("rename_tax", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class RenameTax:
    """Decision: a tax is called something else; the code stays."""

    tax_id: UUID
    name: str


@operation("set_tax_rate", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class SetTaxRate:
    """Decision: from a day on the rate is this, until a later day's takes its place.

    Said again for the same day, the last one counts.
    """

    tax_id: UUID
    rate: int
    from_day: int


@operation("archive_tax", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class ArchiveTax:
    """Decision: offered for products no more; those that have it keep it."""

    tax_id: UUID


@operation("restore_tax", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class RestoreTax:
    """Decision: offered for products again."""

    tax_id: UUID


@operation("set_product_tax", nature=Nature.DECISION, right="product")
@dataclass(frozen=True)
class SetProductTax:
    """Decision: these products (at most `MOST_PRODUCTS`) bear this tax; None: the usual one."""

    sku_ids: tuple[UUID, ...]
    tax_id: UUID | None


@dataclass(frozen=True)
class GivenTax:
    """The tax that a file names for a product: by its id, or by its code where somebody else made it first.

    `former_id` is the tax that the desk knew as chosen before (None: the usual one): an undo gives it back.
    """

    sku_id: UUID
    sku: str
    tax_id: UUID
    former_id: UUID | None


@operation("import_product_taxes", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportProductTaxes:
    """Decision: which taxes the products of one chunk of an import job bear; at most `MOST_PRODUCTS`.

    Apart from the products, which stand also where a tax of the file is refused. `rows` of the file ask for
    another tax than the one chosen before, and for nothing else.
    """

    job_id: UUID
    chunk: int
    given: tuple[GivenTax, ...]
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate (parts per million) and the first day (yyyymmdd) on which it holds."""

    from_day: int
    rate: int


def rate_id(tax_id: UUID, from_day: int) -> UUID:
    """Return the id of a tax's rate from a day: two desks that say it for one day mean one rate."""
    return derived_id(tax_id, "rate", str(from_day))


def check_rate(rate: int) -> None:
    """Refuse a rate below nothing or above all of the price (`tax_rate_absurd`)."""
    if not 0 <= rate <= WHOLE:
        raise Refusal("tax_rate_absurd", rate=rate)


def check_day(day: int) -> None:
    """Refuse a day that is none (`day_unreadable`)."""
    try:
        date(day // 10_000, day // 100 % 100, day % 100)
    except ValueError:
        raise Refusal("day_unreadable", day=day) from None


def tax_in_goods(goods: Sequence[tuple[int, int]], discount: int) -> dict[int, int]:
    """Return how much tax by its rate is in goods sold at prices that include it, in the amounts' unit.

    The discount is spread over the goods in proportion; each rate's tax is rounded half up once.

    Args:
        goods: amount and rate (parts per million) of each line; negative amounts take part as they are.
        discount: what is taken off all of them together.
    """
    weights = [max(amount, 0) for amount, _ in goods]
    parts = share(discount, weights) if sum(weights) else [0] * len(goods)
    sums: dict[int, int] = {}
    for (amount, rate), part in zip(goods, parts, strict=True):
        sums[rate] = sums.get(rate, 0) + amount - part
    return {rate: tax_of(amount, rate, included=True) for rate, amount in sorted(sums.items())}


def typed_rate(text: str) -> int:
    """Return per cent as people write it (13, 6.5, 0.0005%) as parts per million.

    Raises:
        Refusal: `tax_rate_absurd`: no number, finer than a part per million, or out of range.
    """
    found = _PER_CENT.fullmatch(text.strip())
    if found is None:
        raise Refusal("tax_rate_absurd", rate=text)
    rate = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
    check_rate(rate)
    return rate


def typed_day(text: str) -> int:
    """Return a day as people write it (2026-11-22, 2026/11/22, 20261122) as yyyymmdd.

    Raises:
        Refusal: `day_unreadable`.
    """
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise Refusal("day_unreadable", day=text)
    year, month, of_month = (int(part) for part in found.groups() if part is not None)
    day = year * 10_000 + month * 100 + of_month
    check_day(day)
    return day


def check_assigned(products: int) -> None:
    """Refuse to give a tax to too many products at once, or to none (`too_many_products`)."""
    if not 1 <= products <= MOST_PRODUCTS:
        raise Refusal("too_many_products", products=products, most=MOST_PRODUCTS)


def check_rate_free(code: str, rates: Sequence[Rate], wanted: Rate, *, corrects: bool) -> None:
    """Refuse to put a rate in place of another one of the same day unless that is said (`tax_rate_stands`).

    Args:
        code: the tax's, for the sentence.
        rates: those that stand.
        wanted: the new one.
        corrects: whether it is said that it takes the other's place.
    """
    standing = next((one.rate for one in rates if one.from_day == wanted.from_day), wanted.rate)
    if standing != wanted.rate and not corrects:
        raise Refusal("tax_rate_stands", code=code, rate=standing, day=wanted.from_day)


def rate_on(rates: Sequence[Rate], day: int) -> int | None:
    """Return the rate that holds on a day, or None before the first."""
    held = [one for one in rates if one.from_day <= day]
    return max(held, key=lambda one: one.from_day).rate if held else None


def tax_of(price: int, rate: int, *, included: bool, parts: int = 1) -> int:
    """Return how much of a price, or on top of it, is tax, rounded half up once.

    Args:
        price: what is declared, in any unit.
        rate: parts per million of the price before tax.
        included: whether the declared price has the tax in it.
        parts: how many of the price's unit make one of the result's.
    """
    return half_up(price * rate, parts * (WHOLE + rate if included else WHOLE))
