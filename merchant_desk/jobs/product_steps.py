"""Chunks of products as operations."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import Chunk, sku_id
from merchant_desk.domain.imports_products import ImportedProduct, ProductOutcome
from merchant_desk.domain.products import (
    Barcode,
    GainedBarcode,
    ImportProducts,
    NewSku,
    barcode_id,
)
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing


class ProductSteps:
    """Products of one plan; what stands already is not sent again."""

    kind: Final[ImportKind] = "products"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID) -> None:
        self._plan = plan
        self._standing = standing
        self._job_id = job_id

    def outcomes(self) -> Iterator[ProductOutcome]:
        """Read the file: what becomes of each product."""
        return self._plan.products()

    def step(self, chunk: Chunk[ProductOutcome]) -> Step:
        """Return the products of a chunk that are new, or have a barcode that their SKU lacks."""
        products = [outcome.product for outcome in chunk.outcomes if outcome.product is not None]
        known = self._standing.skus(product.key for product in products)
        codes = self._standing.barcodes(
            barcode_id(known[product.key], product.barcode)
            for product in products
            if product.key in known and product.barcode
        )
        merchant = self._plan.place.merchant_id
        derived = {p.key: sku_id(merchant, p.key) for p in products if p.key not in known}
        free = self._standing.free_ids("skus", list(derived.values()))
        items: list[NewSku] = []
        gained: list[GainedBarcode] = []
        for product in products:
            id = known.get(product.key)
            if id is None:
                items.append(_new_sku(free[derived[product.key]], product))
            elif product.barcode and barcode_id(id, product.barcode) not in codes:
                gained.append(GainedBarcode(id, _barcode(product)))
        new = len(items) + len(gained)
        body = ImportProducts(self._job_id, chunk.number, tuple(items), tuple(gained))
        return Step(chunk.number, (body,) if new else (), new, len(products) - new)


def _barcode(product: ImportedProduct) -> Barcode:
    return Barcode(product.barcode, product.gtin, MICRO, product.unit)


def _new_sku(id: UUID, product: ImportedProduct) -> NewSku:
    """Return a product as the operation carries it: one barcode for one base unit, nothing tracked."""
    return NewSku(
        sku_id=id,
        sku=product.sku,
        name=product.name,
        name_en="",
        category=product.category,
        base_unit=product.unit,
        price=product.price or 0,
        track_lot=False,
        track_expiry=False,
        shelf_life_days=0,
        min_days_left=0,
        barcodes=(_barcode(product),) if product.barcode else (),
    )
