"""Which tax a product bears on a day. Days yyyymmdd, rates parts per million."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.settings_known import PRICES_INCLUDE_TAX, USUAL_TAX
from merchant_desk.domain.taxes import Rate, rate_on, tax_in_goods, tax_of
from merchant_desk.models.queries.lookup import currency_of
from merchant_desk.models.queries.rows import fetch, fetch_one
from merchant_desk.models.queries.settings import Whose, decisions_of


@dataclass(frozen=True, slots=True)
class TaxView:
    """A tax that products can bear."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Pricing:
    """How prices are meant: the usual tax's code (empty: none), whether taxes are in them, the currency."""

    usual: str
    included: bool
    currency: str


@dataclass(frozen=True, slots=True)
class BorneTax:
    """The tax of a product on a day, and how prices are meant."""

    code: str
    name: str
    rate: int
    pricing: Pricing

    def amount(self, price: int, minor_digits: int) -> int:
        """Return how much of a price (10^-6 of the major unit), or on top of it, is tax: minor units."""
        included = self.pricing.included
        return tax_of(price * 10**minor_digits, self.rate, included=included, parts=MICRO)


def pricing_of(connection: Connection, whose: Whose) -> Pricing:
    """Return how a merchant's prices are meant."""
    decisions = decisions_of(connection, whose)
    usual, included = decisions.value(USUAL_TAX), decisions.value(PRICES_INCLUDE_TAX)
    return Pricing(usual, included, currency_of(connection))


def taxes(connection: Connection) -> list[TaxView]:
    """Return the taxes that can be chosen, by code."""
    sql = "SELECT id, code, name FROM taxes WHERE archived = 0 ORDER BY code_key"
    return fetch(connection, TaxView, sql)


def chosen_tax(connection: Connection, sku_id: UUID) -> UUID | None:
    """Return the tax that was chosen for a product, or None: the usual one."""
    found = connection.exec_driver_sql("SELECT tax_id FROM sku_taxes WHERE id = ?", (sku_id.bytes,)).scalar()
    return None if found is None else UUID(bytes=found)


def tax_by_code(connection: Connection, code: str) -> TaxView | None:
    """Return the tax with a code, or None."""
    sql = "SELECT id, code, name FROM taxes WHERE code_key = ?"
    return fetch_one(connection, TaxView, sql, [sku_key(code)])


def rates_of(connection: Connection, tax_id: UUID) -> list[Rate]:
    """Return a tax's rates by the day from which each holds."""
    sql = "SELECT from_day, rate FROM tax_rates WHERE tax_id = ? ORDER BY from_day"
    rows = connection.exec_driver_sql(sql, (tax_id.bytes,))
    return [Rate(int(day), int(rate)) for day, rate in rows]


@dataclass(frozen=True, slots=True)
class Choices:
    """The taxes that a product can be given, the one that it has by choice, and the merchant's usual one."""

    taxes: list[TaxView]
    chosen: UUID | None
    usual: TaxView | None


def tax_choices(connection: Connection, sku_id: UUID, whose: Whose) -> Choices:
    """Return what can be chosen for a product; a tax that is archived only where the product has it."""
    chosen, usual = chosen_tax(connection, sku_id), pricing_of(connection, whose).usual
    offered = taxes(connection)
    if chosen is not None and chosen not in {one.id for one in offered}:
        offered += fetch(connection, TaxView, "SELECT id, code, name FROM taxes WHERE id = ?", [chosen])
    return Choices(offered, chosen, tax_by_code(connection, usual) if usual else None)


def tax_borne(connection: Connection, sku_id: UUID, day: int, pricing: Pricing) -> BorneTax | None:
    """Return the tax that a product bears on a day; None where it bears none, or none has begun."""
    chosen = chosen_tax(connection, sku_id)
    if chosen is not None:
        tax = fetch_one(connection, TaxView, "SELECT id, code, name FROM taxes WHERE id = ?", [chosen])
    else:
        tax = tax_by_code(connection, pricing.usual) if pricing.usual else None
    rate = rate_on(rates_of(connection, tax.id), day) if tax is not None else None
    return None if tax is None or rate is None else BorneTax(tax.code, tax.name, rate, pricing)


@dataclass(frozen=True, slots=True)
class GoodsTax:
    """How much tax of a rate is in the goods of an order, minor units."""

    rate: int
    amount: int


def taxes_in(
    connection: Connection, goods: Sequence[tuple[UUID, int]], discount: int, day: int, pricing: Pricing
) -> list[GoodsTax]:
    """Return the taxes that are in goods (product, amount) sold on a day.

    Empty where prices do not include taxes: then they are in no amount.
    """
    if not pricing.included:
        return []
    rates = {sku_id: tax_borne(connection, sku_id, day, pricing) for sku_id, _ in goods}
    bearing = [(amount, borne.rate if (borne := rates[sku_id]) else 0) for sku_id, amount in goods]
    found = tax_in_goods(bearing, discount)
    return [GoodsTax(rate, amount) for rate, amount in found.items() if rate and amount]


@dataclass(frozen=True, slots=True)
class CategoryView:
    """A category of products (empty: none) and how many products that are sold it has."""

    name: str
    products: int


def categories(connection: Connection) -> list[CategoryView]:
    """Return the categories of products that are sold, by name. Looks at every product."""
    sql = "SELECT category, count(*) FROM skus WHERE archived = 0 GROUP BY category ORDER BY category"
    return [CategoryView(str(name), int(n)) for name, n in connection.exec_driver_sql(sql)]


def products_in(connection: Connection, category: str) -> list[UUID]:
    """Return the products of a category that are sold."""
    sql = "SELECT id FROM skus WHERE archived = 0 AND category = ? ORDER BY sku_key"
    return [UUID(bytes=id) for (id,) in connection.exec_driver_sql(sql, (category,))]
