"""What an undo puts back of what an import corrected, and the fields that it leaves alone."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.imports_corrections import TAX_FIELD, FieldChange, PutBack, Said, says_alike
from merchant_desk.domain.products import STOCK_KEPT_BY
from merchant_desk.jobs.product_corrections import shown
from merchant_desk.models.queries.imports import StandingProduct, product_words, stock_keys
from merchant_desk.models.queries.job_work import Corrected
from merchant_desk.models.queries.parties import supplier_words
from merchant_desk.models.queries.setup_files import tax_codes, taxes_chosen


class LeftAlone(NamedTuple):
    """A record by its code, and a field: what stands there now, and what stood before the import."""

    code: str
    change: FieldChange


class Returning(NamedTuple):
    """What goes back to what it was, and what stays: somebody has changed it since, or it may not change."""

    going: tuple[PutBack, ...]
    left: tuple[LeftAlone, ...]


def returning(connection: Connection, corrected: Iterable[Corrected]) -> Returning:
    """Look what stands of the corrections of a job, by the rules of putting back.

    Fields go back that stand as the job wrote them; those that stand as before are told as done with. Lot,
    serial and unit of a product that is in stock stay, and so does all of one that was archived. Of a
    product that was merged nothing is said.
    """
    products = [one for one in corrected if one.about_table == "skus"]
    suppliers = [one for one in corrected if one.about_table == "suppliers"]
    going, left = _products(connection, products)
    names = supplier_words(connection, (one.about_id for one in suppliers))
    for one in suppliers:
        code, name = names.get(one.about_id, ("", None))
        before, after = one.fields["name"]
        if name is not None and (says_alike(name, after) or says_alike(name, before)):
            going.append(PutBack("suppliers", one.about_id, ("name",)))
        elif name is not None:
            left.append(LeftAlone(code, FieldChange("party_name", name, before)))
    return Returning(tuple(going), tuple(left))


def _products(connection: Connection, corrected: list[Corrected]) -> tuple[list[PutBack], list[LeftAlone]]:
    ids = [one.about_id for one in corrected]
    words, taxes = product_words(connection, ids), taxes_chosen(connection, ids)
    kept_by = [one.about_id for one in corrected if not one.fields.keys().isdisjoint(STOCK_KEPT_BY)]
    stocked = stock_keys(connection, kept_by)
    going: list[PutBack] = []
    stays: list[tuple[str, str, Said, Said]] = []
    for one in corrected:
        product = words.get(one.about_id)
        if product is None or product.merged:
            continue
        standing = _standing(product, taxes.get(one.about_id))
        fields: list[str] = []
        for name, (before, after) in one.fields.items():
            now = standing[name]
            fixed = product.archived or (name in STOCK_KEPT_BY and stocked.get(one.about_id, 0))
            if says_alike(now, before) or (says_alike(now, after) and (not fixed or name == TAX_FIELD)):
                fields.append(name)
            else:
                stays.append((product.sku, name, now, before))
        if fields:
            going.append(PutBack("skus", one.about_id, tuple(fields)))
    return going, _told(connection, stays)


def _standing(product: StandingProduct, tax: UUID | None) -> dict[str, Any]:
    return {**product._asdict(), TAX_FIELD: tax.hex if tax is not None else ""}


def _told(connection: Connection, stays: list[tuple[str, str, Said, Said]]) -> list[LeftAlone]:
    """Return fields that stay as people read them: taxes by their codes."""
    named = {str(tax) for _, name, now, before in stays if name == TAX_FIELD for tax in (now, before) if tax}
    codes = {id.hex: code for id, code in tax_codes(connection, map(UUID, named)).items()}
    return [
        LeftAlone(sku, change)
        for sku, name, now, before in stays
        for change in _changes(name, now, before, codes)
    ]


def _changes(name: str, now: Said, before: Said, codes: Mapping[str, str]) -> Iterable[FieldChange]:
    if name == TAX_FIELD:
        return (FieldChange("tax", codes.get(str(now), ""), codes.get(str(before), "")),)
    return shown({name: now}, {name: before})
