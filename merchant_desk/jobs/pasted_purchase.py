"""Cells pasted into a purchase order: which products they name, in base units, by the rules of imports."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.documents.pasted_lines import PastedRow, WrongRow, pasted_rows
from merchant_desk.domain.imports import Fault, FaultCode
from merchant_desk.domain.imports_articles import Article, Articles
from merchant_desk.jobs.desk_articles import DeskArticles
from merchant_desk.models.queries.goods_lists import ProductRow, product
from merchant_desk.sync.runtime import DeskRuntime


@dataclass(frozen=True, slots=True)
class PastedLine:
    """A line that is right: 10^-6 base units, and for one of them 10^-6 of the major unit, None: not said."""

    number: int
    product: ProductRow
    quantity: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class PastedBlock:
    """What became of a block's rows, each in its order."""

    lines: tuple[PastedLine, ...]
    wrong: tuple[WrongRow, ...]


def read_block(runtime: DeskRuntime, text: str, currency: str) -> PastedBlock:
    """Return the lines that a block of cells makes, and which of its rows make none.

    Raises:
        BlockNotRead: as `pasted_rows`.
    """
    rows = pasted_rows(text, currency)
    read = [row for row in rows if isinstance(row, PastedRow)]
    wrong = [row for row in rows if isinstance(row, WrongRow)]
    articles = Articles(DeskArticles(runtime), (row.sku for row in read), (row.barcode for row in read))
    lines: dict[UUID, PastedLine] = {}
    for row in read:
        found = _line(runtime, row, articles)
        earlier = lines.get(found.product.id) if isinstance(found, PastedLine) else None
        if isinstance(found, Fault):
            wrong.append(WrongRow(row.number, found))
        elif earlier is None:
            lines[found.product.id] = found
        elif earlier.cost != found.cost:
            wrong.append(WrongRow(row.number, Fault(FaultCode.LINE_TWICE, "unit_cost", str(earlier.number))))
        else:
            both = PastedLine(earlier.number, earlier.product, earlier.quantity + found.quantity, found.cost)
            lines[found.product.id] = both
    return PastedBlock(tuple(lines.values()), tuple(sorted(wrong)))


def _line(runtime: DeskRuntime, row: PastedRow, articles: Articles) -> PastedLine | Fault:
    article = _article(row, articles)
    if isinstance(article, Fault):
        return article
    found = articles.in_base_units(article, row.quantity, row.cost or 0)
    if isinstance(found, Fault):
        return found
    with runtime.read() as connection, connection.begin():
        here = product(connection, article.sku_id)
    if here is None:
        return Fault(FaultCode.UNKNOWN_PRODUCT, "sku", row.sku or row.barcode)
    return PastedLine(row.number, here, found.quantity, None if row.cost is None else found.unit_cost)


def _article(row: PastedRow, articles: Articles) -> Article | Fault:
    """Return what a row's codes stand for; a code without a heading is a SKU or a barcode, not both."""
    if row.sku != row.barcode:
        return articles.named(row.sku, row.barcode)
    as_sku, as_barcode = articles.named(row.sku, ""), articles.named("", row.barcode)
    if isinstance(as_sku, Fault):
        return as_barcode
    if isinstance(as_barcode, Article) and as_barcode != as_sku:
        return Fault(FaultCode.AMBIGUOUS_PRODUCT, "barcode", row.barcode)
    return as_sku
