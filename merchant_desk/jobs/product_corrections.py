"""What the rows of a file say otherwise of products that stand here: what changes, and what may not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from merchant_desk.domain.imports import Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_articles import plain
from merchant_desk.domain.imports_corrections import (
    FieldChange,
    ProductCorrection,
    Said,
    product_correction,
    values_of,
)
from merchant_desk.domain.imports_products import ImportedProduct, ProductOutcome
from merchant_desk.domain.products import STOCK_KEPT_BY, check_change
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.imports import StandingProduct

_SHOWN: Final = {"base_unit": "unit"}
"""What a column of products is called as a field of a file."""

_FAULTS: Final = {
    "product_archived": FaultCode.PRODUCT_ARCHIVED,
    "tracking_with_stock": FaultCode.STOCK_ON_HAND,
}
"""Why the rule of `ChangeProduct` refuses what a file can say."""


@dataclass
class Corrections:
    """What a chunk's rows say otherwise, by the key of their product.

    `changes` are the fields by row; `refused` rows ask for what the rule of changes refuses.
    """

    of_key: dict[str, ProductCorrection] = field(default_factory=dict)
    changes: dict[int, tuple[FieldChange, ...]] = field(default_factory=dict)
    rows: list[RowOutcome] = field(default_factory=list)
    refused: dict[int, Fault] = field(default_factory=dict)


def find_corrections(
    outcomes: Iterable[ProductOutcome],
    standing: Mapping[str, StandingProduct],
    asks: Standing,
    *,
    write: bool,
) -> Corrections:
    """Compare rows with the products that they name.

    Args:
        outcomes: of the rows.
        standing: products that stand here, by key; those that were merged say nothing of the one kept.
        asks: answers where something of a product stands.
        write: whether to correct, so that what may not be changed is refused; else rows only differ.
    """
    found = Corrections()
    asked: list[tuple[RowOutcome, ImportedProduct, StandingProduct, ProductCorrection]] = []
    for outcome, product, stands in _met(outcomes, standing):
        correction = product_correction(stands.sku_id, said_of(product), stands._asdict())
        if correction is not None:
            asked.append((outcome.row, product, stands, correction))
    keeping = [one.now.sku_id for _, _, _, one in asked if write and _moves_stock_keys(one)]
    keys = asks.stock_keys(keeping) if keeping else {}
    for row, product, stands, correction in asked:
        fault = _fault(stands, correction, keys.get(stands.sku_id, 0)) if write else None
        if fault is not None:
            found.refused[row.row] = fault
            continue
        found.changes[row.row] = tuple(shown(values_of(correction.was), values_of(correction.now)))
        found.rows.append(row)
        found.of_key[product.key] = correction
    return found


def said_of(product: ImportedProduct) -> dict[str, Said]:
    """Return what a row says of its product, by column; a name made of its code says nothing."""
    care = product.care
    return {
        "name": "" if product.name == product.sku else product.name,
        "name_en": care.name_en,
        "category": product.category,
        "base_unit": product.unit,
        "price": product.price,
        "track_lot": care.track_lot,
        "track_expiry": care.track_expiry,
        "track_serial": care.track_serial,
        "min_days_left": care.min_days_left,
    }


def _met(
    outcomes: Iterable[ProductOutcome], standing: Mapping[str, StandingProduct]
) -> Iterator[tuple[ProductOutcome, ImportedProduct, StandingProduct]]:
    for outcome in outcomes if standing else ():
        product = outcome.product
        stands = standing.get(product.key) if product is not None else None
        if product is not None and stands is not None and not stands.merged:
            yield outcome, product, stands


def _moves_stock_keys(correction: ProductCorrection) -> bool:
    return any(getattr(correction.now, name) is not None for name in STOCK_KEPT_BY)


def _fault(stands: StandingProduct, correction: ProductCorrection, stock_keys: int) -> Fault | None:
    """Ask the rule that judges the change when it is written."""
    now = values_of(correction.now)
    try:
        check_change(stands._asdict(), now, stock_keys)
    except Refusal as refusal:
        named = str(refusal.facts.get("field", ""))
        return Fault(_FAULTS[refusal.code], _SHOWN.get(named, named), stands.sku)
    return None


def shown(was: Mapping[str, Said], now: Mapping[str, Said]) -> Iterator[FieldChange]:
    """Return columns of a product before and after as fields of a file, prices in major units."""
    for name, after in now.items():
        before = was[name]
        if name == "price":
            before, after = plain(int(before or 0)), plain(int(after or 0))  # noqa: PLW2901
        elif name.startswith("track_"):
            before, after = bool(before), bool(after)  # noqa: PLW2901
        yield FieldChange(_SHOWN.get(name, name), before, after)
