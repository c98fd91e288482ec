"""What the codes in a merchant's file stand for: a SKU decides, a barcode beside it must be one of its own.

A carton's code counts cartons: quantity and cost are brought to base units, the cost rounded half up to 10^-6
once.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO, half_up
from merchant_desk.domain.imports import Fault, FaultCode
from merchant_desk.domain.units import is_part


class Article(NamedTuple):
    """What a code stands for: a SKU, and how many of its base units (10^-6) one piece with the code is."""

    sku_id: UUID
    quantity: int


class ArticleBook(Protocol):
    """The merchant's products, asked by the codes that stand in a file."""

    def skus(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        """Return SKUs by their code as written."""

    def barcodes(self, codes: Iterable[str]) -> Mapping[str, tuple[Article, ...]]:
        """Return what barcodes stand for."""

    def units(self, skus: Iterable[UUID]) -> Mapping[UUID, str]:
        """Return the base units of SKUs."""


class Articles:
    """The products that a file names, looked up once.

    Args:
        book: the merchant's.
        skus: the SKUs of its rows as written, "" where there is none.
        barcodes: the same of barcodes.
    """

    def __init__(self, book: ArticleBook, skus: Iterable[str], barcodes: Iterable[str]) -> None:
        self._skus = book.skus(dict.fromkeys(filter(None, skus)))
        self._barcodes = book.barcodes(dict.fromkeys(filter(None, barcodes)))
        found = (article.sku_id for articles in self._barcodes.values() for article in articles)
        self._units = book.units({*self._skus.values(), *found})

    def named(self, sku: str, barcode: str) -> Article | Fault:
        """Return what a row's codes stand for, or why that is not known; one of them may be ""."""
        found = self._barcodes.get(barcode, ()) if barcode else ()
        if not sku:
            if len(found) == 1:
                return found[0]
            code = FaultCode.AMBIGUOUS_PRODUCT if found else FaultCode.UNKNOWN_PRODUCT
            return Fault(code, "barcode", barcode)
        sku_id = self._skus.get(sku)
        if sku_id is None:
            return Fault(FaultCode.UNKNOWN_PRODUCT, "sku", sku)
        if not barcode:
            return Article(sku_id, MICRO)
        own = [article for article in found if article.sku_id == sku_id]
        return own[0] if own else Fault(FaultCode.CODES_DISAGREE, "barcode", barcode)

    def in_base_units(self, article: Article, quantity: int, unit_cost: int) -> "InBaseUnits | Fault":
        """Bring what a row says of one piece with its code to base units, or refuse what is absurd, or a part
        of what is counted whole.
        """
        whole, rest = divmod(quantity * article.quantity, MICRO)
        if whole > MAX_QUANTITY:
            return Fault(FaultCode.NUMBER_TOO_LARGE, "quantity", plain(quantity))
        if is_part(whole, self._units[article.sku_id]):
            return Fault(FaultCode.QUANTITY_NOT_WHOLE, "quantity", plain(quantity))
        cost = half_up(unit_cost * MICRO, article.quantity)
        rounded = bool(rest) or cost * article.quantity != unit_cost * MICRO
        return InBaseUnits(whole, cost, article.quantity != MICRO, rounded)


class InBaseUnits(NamedTuple):
    """A row's quantity (10^-6 base units) and cost (10^-6 major units for one of them).

    `packed`: it was counted in packs; `rounded`: a digit beyond the sixth was lost.
    """

    quantity: int
    unit_cost: int
    packed: bool
    rounded: bool


def plain(micro: int) -> str:
    """Return 10^-6 units as people write them."""
    return f"{Decimal(micro).scaleb(-6).normalize():f}"
