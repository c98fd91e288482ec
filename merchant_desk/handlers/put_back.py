"""Putting back what a job corrected: fields that it wrote here and that stand as it left them."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from merchant_desk.domain.imports_corrections import (
    PRODUCT_FIELDS,
    TAX_FIELD,
    PutBack,
    Said,
    correction_id,
    says_alike,
)
from merchant_desk.domain.products import STOCK_KEPT_BY, ChangeProduct
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.suppliers import RenameSupplier
from merchant_desk.handlers.context import Context, Key, Look
from merchant_desk.handlers.corrected import Left, fields_noted, note_put_back
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.product_changes import change_product
from merchant_desk.handlers.suppliers import rename_supplier
from merchant_desk.handlers.taxes import chosen_tax, give_tax
from merchant_desk.models.columns import Row

_FIELDS: Final = {"skus": (*PRODUCT_FIELDS, TAX_FIELD), "suppliers": ("name",)}


def put_back_reads(job_id: UUID, corrected: Collection[PutBack]) -> list[Key]:
    """Name the rows that `put_back` reads."""
    products = [one.about_id for one in corrected if one.about_table == "skus"]
    return [
        *(("job_writes", correction_id(job_id, one.about_id)) for one in corrected),
        *((one.about_table, one.about_id) for one in corrected),
        *((table, id) for table in ("sku_merges", "sku_taxes") for id in products),
    ]


def put_back_look_ups(corrected: Collection[PutBack]) -> list[Look]:
    """Name what `put_back` looks up: where something of a product stands, if that matters."""
    return [
        ("stock_balances", "sku_id", one.about_id)
        for one in corrected
        if any(name in one.fields for name in STOCK_KEPT_BY)
    ]


def put_back(context: Context, job_id: UUID, one: PutBack, left: list[Left]) -> bool:
    """Put named fields of a record back; tells whether any was written.

    Only what the job is noted to have written here goes back. What somebody has changed since, or the job
    did not write here since somebody else had, goes to `left`; what was put back before is neither.
    What a product that was merged was called says nothing of the one kept.
    """
    names = [name for name in one.fields if name in _FIELDS.get(one.about_table, ())]
    row = context.unit.get(one.about_table, one.about_id) if names else None
    if row is None or (one.about_table == "skus" and kept_sku(context, one.about_id) != one.about_id):
        return False
    about, code = (one.about_table, one.about_id), str(row["sku" if one.about_table == "skus" else "code"])
    noted = fields_noted(context, job_id, one.about_id)
    values: dict[str, Said] = {}
    back: set[str] = set()
    stale = False
    for name in names:
        pair, stands = noted.get(name), _standing(context, row, name)
        if pair is not None and says_alike(stands, pair[0]):
            back.add(name)
        elif pair is not None and says_alike(stands, pair[1]):
            values[name] = pair[0]
        else:
            stale = stale or pair is not None or name not in noted
    if stale:
        left.append(Left(about, code, ""))
    written = _write(context, about, code, values, left)
    note_put_back(context, job_id, about, back | written)
    return bool(written)


def _standing(context: Context, row: Row, name: str) -> Said:
    value: Said = chosen_tax(context, row["id"]) if name == TAX_FIELD else row[name]
    return value


def _write(context: Context, about: Key, code: str, values: dict[str, Said], left: list[Left]) -> set[str]:
    """Write what a record was before, its words by the rule of changes by hand; return what was written."""
    table, id = about
    written: set[str] = set()
    words: dict[str, Any] = {name: value for name, value in values.items() if name != TAX_FIELD}
    if words:
        try:
            if table == "skus":
                change_product(context, ChangeProduct(id, **words))
            else:
                rename_supplier(context, RenameSupplier(id, **words))
            written |= words.keys()
        except Refusal as refusal:
            # Judged before it writes anything: without codes there is one write, the last.
            left.append(Left(about, code, refusal.code))
    if TAX_FIELD in values:
        if give_tax(context, id, str(values[TAX_FIELD])):
            written.add(TAX_FIELD)
        else:
            left.append(Left(about, code, ""))
    return written
