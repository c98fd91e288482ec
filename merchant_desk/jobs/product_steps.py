"""Chunks of products as operations."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import Chunk, RowOutcome, sku_id
from merchant_desk.domain.imports_products import ImportedProduct, ProductOutcome, ProductRule
from merchant_desk.domain.products import (
    Barcode,
    GainedBarcode,
    ImportProducts,
    NewSku,
    barcode_id,
)
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.imports import StandingProduct

_CLASHES: Final = (ProductRule.CODE_CLASH, ProductRule.GTIN_CLASH)


class ProductSteps:
    """Products of one plan; what stands already is not sent again."""

    kind: Final[ImportKind] = "products"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id

    def outcomes(self) -> Iterator[ProductOutcome]:
        """Read the file: what becomes of each product."""
        return self._plan.outcomes()

    def step(self, chunk: Chunk[ProductOutcome]) -> Step:
        """Return the products of a chunk that are new, or have a barcode that their SKU lacks."""
        products = [outcome.product for outcome in chunk.outcomes if outcome.product is not None]
        standing = self._standing.products(product.key for product in products)
        known = {key: found.sku_id for key, found in standing.items()}
        codes = self._standing.barcodes(
            barcode_id(known[product.key], barcode.code)
            for product in products
            if product.key in known
            for barcode in _barcodes(product)
        )
        merchant = self._plan.place.merchant_id
        derived = {p.key: sku_id(merchant, p.key) for p in products if p.key not in known}
        free = self._standing.free_ids("skus", list(derived.values()))
        items: list[NewSku] = []
        gained: list[GainedBarcode] = []
        richer: set[str] = set()
        for product in products:
            id = known.get(product.key)
            if id is None:
                items.append(_new_sku(free[derived[product.key]], product))
                continue
            lacking = [one for one in _barcodes(product) if barcode_id(id, one.code) not in codes]
            gained += (GainedBarcode(id, barcode) for barcode in lacking)
            if lacking:
                richer.add(product.key)
        new = len(items) + len(richer)
        body = ImportProducts(self._job_id, chunk.number, tuple(items), tuple(gained))
        differing = tuple(self._differing(chunk, standing))
        return Step(
            chunk.number,
            (body,) if new else (),
            new,
            len(products) - new,
            differing=differing,
            clashing=tuple(self._clashing(chunk, known)),
            standing_rows=_standing_rows(chunk, known.keys() - richer),
        )

    def _clashing(self, chunk: Chunk[ProductOutcome], known: Mapping[str, UUID]) -> Iterator[RowOutcome]:
        """Yield rows of products with a code that another product has here; those of `_CLASHES` say it."""
        asked = {
            one.row.row: _barcodes(one.product)
            for one in chunk.outcomes
            if one.product is not None and one.row.rule not in _CLASHES
        }
        bearers = self._standing.bearers(barcode for barcodes in asked.values() for barcode in barcodes)
        for one in chunk.outcomes if bearers else ():
            own = {known.get(one.product.key)} if one.product is not None else set()
            codes = asked.get(one.row.row, ())
            keys = {code.code for code in codes} | {code.gtin for code in codes if code.gtin}
            if any(bearers[key] - own for key in keys & bearers.keys()):
                yield one.row

    def _differing(
        self, chunk: Chunk[ProductOutcome], standing: Mapping[str, StandingProduct]
    ) -> Iterator[RowOutcome]:
        """Yield rows of products that stand here with other words; a column that is missing says nothing."""
        has_units = "unit" in self._plan.mapping.fields
        for outcome in chunk.outcomes:
            product = outcome.product
            found = standing.get(product.key) if product is not None else None
            if product is not None and found is not None and not _says_the_same(product, found, has_units):
                yield outcome.row


def _standing_rows(chunk: Chunk[ProductOutcome], keys: Collection[str]) -> tuple[int, ...]:
    """Return the rows of products that stand here with every code that the file gives them."""
    return tuple(one.row.row for one in chunk.outcomes if one.product is not None and one.product.key in keys)


def _says_the_same(product: ImportedProduct, found: StandingProduct, has_units: bool) -> bool:
    said = (
        found.name if product.name == product.sku else product.name,
        product.category or found.category,
        product.unit if has_units else found.base_unit,
        found.price if product.price is None else product.price,
    )
    return found.merged or said == (found.name, found.category, found.base_unit, found.price)


PACK_UNIT: Final = "箱"
"""What people call the pack whose code a file names: a carton."""


def _barcodes(product: ImportedProduct) -> tuple[Barcode, ...]:
    """Return a product's own code and its pack's, those that it has."""
    care = product.care
    own = (Barcode(product.barcode, product.gtin, MICRO, product.unit),) if product.barcode else ()
    if not care.pack_code:
        return own
    return (*own, Barcode(care.pack_code, care.pack_gtin, care.pack_quantity, PACK_UNIT))


def _new_sku(id: UUID, product: ImportedProduct) -> NewSku:
    """Return a product as the operation carries it: its codes, and what is tracked of it."""
    return NewSku(
        sku_id=id,
        sku=product.sku,
        name=product.name,
        name_en="",
        category=product.category,
        base_unit=product.unit,
        price=product.price or 0,
        track_lot=product.care.track_lot,
        track_expiry=product.care.track_expiry,
        track_serial=product.care.track_serial,
        shelf_life_days=0,
        min_days_left=product.care.min_days_left,
        barcodes=_barcodes(product),
    )
