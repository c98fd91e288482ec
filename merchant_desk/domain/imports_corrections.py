"""Corrections by file: what a row says otherwise of a record that stands already takes its place.

A row is a correction where it says something else of the record that its natural key names. An empty cell,
or a column that is not there, says nothing: it never erases. Each correction carries what its desk saw: what
somebody else wrote since is left alone, and told. What was really written is noted where that happens: an
undo puts back that, and nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple
from uuid import UUID

from merchant_desk.domain.carriers import ChangeCarrier
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.products import ChangeProduct
from merchant_desk.domain.suppliers import RenameSupplier
from merchant_desk.domain.taxes import RenameTax, SetTaxRate

PRODUCT_FIELDS: Final = (
    "name",
    "name_en",
    "category",
    "base_unit",
    "price",
    "track_lot",
    "track_expiry",
    "track_serial",
    "min_days_left",
)
"""What a file can correct of a product, as `ChangeProduct` has it."""

TAX_FIELD: Final = "tax"
"""What the chosen tax of a product is noted as; its value is an id in hex, "" for the usual one."""

Said = str | int | bool | None
"""A value of a file or a record; None or "" says nothing."""


class FieldChange(NamedTuple):
    """One field of a row that differs from what stands: shown before and after it is written.

    Values are texts as people write them, whole numbers, or flags.
    """

    field: str
    was: Said
    now: Said


@dataclass(frozen=True)
class ProductCorrection:
    """What a file says of a product (`now`) and what the desk saw there (`was`), of the same fields."""

    was: ChangeProduct
    now: ChangeProduct


@dataclass(frozen=True)
class SupplierCorrection:
    """Another name of a supplier, and the one that the desk saw."""

    was: RenameSupplier
    now: RenameSupplier


@dataclass(frozen=True)
class CarrierCorrection:
    """Another name or address of a carrier, and what the desk saw."""

    was: ChangeCarrier
    now: ChangeCarrier


@dataclass(frozen=True)
class TaxCorrection:
    """Another name of a tax, and the one that the desk saw."""

    was: RenameTax
    now: RenameTax


@dataclass(frozen=True)
class RateCorrection:
    """Another rate of a tax from a day, and the one that the desk saw."""

    was: SetTaxRate
    now: SetTaxRate


@operation("import_corrections", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportCorrections:
    """Decision: one chunk of an import job corrects what stands, by the rules of the records' own operations.

    It takes the right of that operation as well, for the whole merchant. What was changed since the desk saw
    it, or may not be changed, is left alone and flagged once for the chunk. `rows` of the file are written by
    this operation of the chunk alone.
    """

    job_id: UUID
    chunk: int
    rows: int
    products: tuple[ProductCorrection, ...] = ()
    suppliers: tuple[SupplierCorrection, ...] = ()
    carriers: tuple[CarrierCorrection, ...] = ()
    taxes: tuple[TaxCorrection, ...] = ()
    rates: tuple[RateCorrection, ...] = ()


@dataclass(frozen=True)
class PutBack:
    """Fields of a record that an undo puts back: a desk saw that the job wrote them, and that they stand.

    `about_table` is `skus` (fields of `PRODUCT_FIELDS`, and `TAX_FIELD`) or `suppliers` (`name`).
    """

    about_table: str
    about_id: UUID
    fields: tuple[str, ...]


def correction_id(job_id: UUID, about_id: UUID) -> UUID:
    """Return the id of the row that notes what a job wrote on a record that stood before it."""
    return derived_id(job_id, "correction", about_id.hex)


def noted_fields(text: str) -> dict[str, tuple[Said, Said] | None]:
    """Return fields as such a row notes them: (before, after), or None where an undo put them back."""
    return {name: None if pair is None else (pair[0], pair[1]) for name, pair in json.loads(text).items()}


def says_alike(one: Said, other: Said) -> bool:
    """Tell whether two values are the same: texts without the blanks around them, flags as 0 and 1."""
    return _plain(one) == _plain(other)


def differing(said: Mapping[str, Said], standing: Mapping[str, Said]) -> dict[str, tuple[Said, Said]]:
    """Return what a file says otherwise than what stands, by field: (what stands, what the file says).

    Texts are compared without the blanks around them, flags as 0 and 1.
    """
    return {
        name: (standing[name], value)
        for name, value in said.items()
        if _says(value) and _plain(value) != _plain(standing[name])
    }


def product_correction(
    sku_id: UUID, said: Mapping[str, Said], standing: Mapping[str, Said]
) -> ProductCorrection | None:
    """Return the correction that a row asks for, None where it says nothing else.

    Args:
        sku_id: the product.
        said: by `PRODUCT_FIELDS`, as far as the file says anything.
        standing: the product's columns.
    """
    found = differing(said, standing)
    if not found:
        return None
    was: dict[str, Any] = {name: _typed(name, pair[0]) for name, pair in found.items()}
    now: dict[str, Any] = {name: _typed(name, pair[1]) for name, pair in found.items()}
    return ProductCorrection(ChangeProduct(sku_id, **was), ChangeProduct(sku_id, **now))


def values_of(change: object) -> dict[str, Said]:
    """Return the fields of `PRODUCT_FIELDS` that a change of a product names."""
    named = {one.name: getattr(change, one.name) for one in fields(change)}  # type: ignore[arg-type]
    return {name: named[name] for name in PRODUCT_FIELDS if named[name] is not None}


def still_open(
    was: Mapping[str, Said], now: Mapping[str, Said], standing: Mapping[str, Said]
) -> tuple[dict[str, Said], list[str]]:
    """Return what of a correction is to be written on a record as it stands, and what is left alone.

    Written are fields that are as the desk saw them; what says already what the file says is neither.
    """
    wanted = {name: value for name, value in now.items() if _plain(value) != _plain(standing[name])}
    stale = [name for name in wanted if _plain(standing[name]) != _plain(was[name])]
    return {name: value for name, value in wanted.items() if name not in stale}, stale


def _says(value: Said) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _plain(value: Said) -> str | int | None:
    if isinstance(value, str):
        return value.strip()
    return value if value is None else int(value)


def _typed(name: str, value: Said) -> Said:
    return bool(value) if name.startswith("track_") else value
