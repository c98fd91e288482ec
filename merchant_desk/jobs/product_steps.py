"""Chunks of products as operations."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import Chunk, RowOutcome, sku_id
from merchant_desk.domain.imports_corrections import ImportCorrections
from merchant_desk.domain.imports_products import ImportedProduct, ProductOutcome, ProductRule
from merchant_desk.domain.products import (
    Barcode,
    GainedBarcode,
    ImportProducts,
    NewSku,
    barcode_id,
)
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.product_corrections import Corrections, find_corrections
from merchant_desk.jobs.standing import Standing

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
        """Return the products of a chunk that are new, have a code that their SKU lacks, or are corrected."""
        asked = [outcome for outcome in chunk.outcomes if outcome.product is not None]
        standing = self._standing.products(one.product.key for one in asked if one.product is not None)
        write = self._plan.choices.correct
        found = find_corrections(asked, standing, self._standing, write=write)
        products = [
            one.product for one in asked if one.product is not None and one.row.row not in found.refused
        ]
        known = {key: one.sku_id for key, one in standing.items()}
        items, gained, richer = self._added(products, known)
        new = len(items) + len(richer)
        operations: list[object] = []
        if new:
            unit = self._plan.mapping.options.unit
            made = ImportProducts(self._job_id, chunk.number, tuple(items), tuple(gained), unit)
            operations.append(made)
        if write and found.of_key:
            operations.append(self._corrections(chunk.number, found, richer))
        corrected = {key for key in found.of_key if write and key not in richer}
        rows = {one.product.key: one.row for one in asked if one.product is not None}
        refused = {key for key, row in rows.items() if row.row in found.refused}
        same = known.keys() - richer - corrected - refused
        return Step(
            chunk.number,
            tuple(operations),
            new,
            len(products) - new - len(corrected),
            taken=found.refused,
            differing=() if write else tuple(found.rows),
            clashing=tuple(self._clashing(chunk, known)),
            standing_rows=_standing_rows(chunk, same),
            corrected=tuple(row for key, row in rows.items() if key in corrected),
            rewritten=tuple(rows[key] for key in found.of_key if write and key in richer),
            changes=found.changes,
        )

    def _added(
        self, products: list[ImportedProduct], known: Mapping[str, UUID]
    ) -> tuple[list[NewSku], list[GainedBarcode], set[str]]:
        """Return products that are new, codes that others gain, and the keys of those."""
        unit = self._plan.mapping.options.unit
        codes = self._standing.barcodes(
            barcode_id(known[product.key], barcode.code)
            for product in products
            if product.key in known
            for barcode in _barcodes(product, unit)
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
                items.append(_new_sku(free[derived[product.key]], product, unit))
                continue
            lacking = [one for one in _barcodes(product, unit) if barcode_id(id, one.code) not in codes]
            gained += (GainedBarcode(id, barcode) for barcode in lacking)
            if lacking:
                richer.add(product.key)
        return items, gained, richer

    def _corrections(self, number: int, found: Corrections, richer: Collection[str]) -> ImportCorrections:
        """Return what corrects products; a row is counted once, also where its product gains a code."""
        rows = sum(key not in richer for key in found.of_key)
        return ImportCorrections(self._job_id, number, rows, tuple(found.of_key.values()))

    def _clashing(self, chunk: Chunk[ProductOutcome], known: Mapping[str, UUID]) -> Iterator[RowOutcome]:
        """Yield rows of products with a code that another product has here; those of `_CLASHES` say it."""
        asked = {
            one.row.row: _barcodes(one.product, "")
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


def _standing_rows(chunk: Chunk[ProductOutcome], keys: Collection[str]) -> tuple[int, ...]:
    """Return the rows of products that stand here with every code that the file gives them."""
    return tuple(one.row.row for one in chunk.outcomes if one.product is not None and one.product.key in keys)


PACK_UNIT: Final = "箱"
"""What people call the pack whose code a file names: a carton."""


def _barcodes(product: ImportedProduct, unit: str) -> tuple[Barcode, ...]:
    """Return a product's own code and its pack's, those that it has; `unit` where its row says none."""
    care = product.care
    own = (Barcode(product.barcode, product.gtin, MICRO, product.unit or unit),) if product.barcode else ()
    if not care.pack_code:
        return own
    return (*own, Barcode(care.pack_code, care.pack_gtin, care.pack_quantity, PACK_UNIT))


def _new_sku(id: UUID, product: ImportedProduct, unit: str) -> NewSku:
    """Return a product as the operation carries it: its codes, and what is tracked of it.

    `unit` is that of its code where its row names none; its own stays open.
    """
    return NewSku(
        sku_id=id,
        sku=product.sku,
        name=product.name,
        name_en=product.care.name_en,
        category=product.category,
        base_unit=product.unit,
        price=product.price or 0,
        track_lot=bool(product.care.track_lot),
        track_expiry=bool(product.care.track_expiry),
        track_serial=bool(product.care.track_serial),
        shelf_life_days=0,
        min_days_left=product.care.min_days_left or 0,
        barcodes=_barcodes(product, unit),
    )
