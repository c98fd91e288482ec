"""Handlers: what a file corrects of records that stand, each by the handler of its own operation."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, NamedTuple
from uuid import UUID

from merchant_desk.domain.imports_corrections import (
    CarrierCorrection,
    ImportCorrections,
    ProductCorrection,
    RateCorrection,
    SupplierCorrection,
    TaxCorrection,
    still_open,
    values_of,
)
from merchant_desk.domain.products import STOCK_KEPT_BY, ChangeProduct
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import rate_id
from merchant_desk.handlers.carriers import change_carrier
from merchant_desk.handlers.context import Context, Key, Look, handles
from merchant_desk.handlers.job_chunks import note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.product_changes import change_product
from merchant_desk.handlers.suppliers import rename_supplier
from merchant_desk.handlers.taxes import rename_tax, set_tax_rate

_RIGHTS: Final = (
    ("products", "product"),
    ("suppliers", "purchase"),
    ("carriers", "organise"),
    ("taxes", "organise"),
    ("rates", "organise"),
)
"""What each part of a chunk takes beside `import`: the right of the operation that changes it by hand."""


class _Left(NamedTuple):
    """A record that was left alone, wholly or in part, and why: a refusal's code, or "" (changed since)."""

    about: Key
    name: str
    reason: str


def product_reads(corrections: tuple[ProductCorrection, ...]) -> list[Key]:
    """Name the rows that corrections of products read."""
    return [(table, one.now.sku_id) for one in corrections for table in ("skus", "sku_merges")]


def product_look_ups(corrections: tuple[ProductCorrection, ...]) -> list[Look]:
    """Name what they look up: where something of a product stands, if that matters."""
    return [
        ("stock_balances", "sku_id", one.now.sku_id)
        for one in corrections
        if any(getattr(one.now, name) is not None for name in STOCK_KEPT_BY)
    ]


@handles(
    ImportCorrections,
    reads=lambda op: [
        *product_reads(op.products),
        *(("suppliers", one.now.supplier_id) for one in op.suppliers),
        *(("carriers", one.now.carrier_id) for one in op.carriers),
        *(("taxes", one.now.tax_id) for one in (*op.taxes, *op.rates)),
        *(("tax_rates", rate_id(one.now.tax_id, one.now.from_day)) for one in op.rates),
    ],
    look_ups=lambda op: product_look_ups(op.products),
)
def import_corrections(context: Context, op: ImportCorrections) -> None:
    """Write what is corrected, and flag what is left alone: once, where the job was begun."""
    for part, right in _RIGHTS:
        if getattr(op, part) and not context.may(right, None):
            raise Refusal("not_allowed", right=right)
    unit = context.unit
    unit.prefetch("skus", (one.now.sku_id for one in op.products))
    unit.prefetch("sku_merges", (one.now.sku_id for one in op.products))
    left: list[_Left] = []
    written = 0
    for part, correct in _WAYS.items():
        written += sum(correct(context, one, left) for one in getattr(op, part))
    _flag_left(context, op.job_id, left)
    count = sum(len(getattr(op, part)) for part in _WAYS)
    note_chunk(context, op.job_id, "corrections", op.chunk, (written, count - written, min(written, op.rows)))


def correct_product(context: Context, one: ProductCorrection, left: list[_Left]) -> bool:
    """Change a product where it is as the desk saw it; tells whether anything was written.

    What a merged product was called says nothing of the one that was kept.
    """
    sku_id = one.now.sku_id
    row = context.get("skus", sku_id)
    if kept_sku(context, sku_id) != sku_id:
        return False
    wanted, stale = still_open(values_of(one.was), values_of(one.now), row)
    about = ("skus", sku_id)
    if stale:
        left.append(_Left(about, row["sku"], ""))
    if not wanted:
        return False
    change: dict[str, Any] = wanted
    try:
        change_product(context, ChangeProduct(sku_id, **change))
    except Refusal as refusal:
        # Judged before it writes anything: without codes there is one write, the last.
        left.append(_Left(about, row["sku"], refusal.code))
        return False
    return True


def correct_supplier(context: Context, one: SupplierCorrection, left: list[_Left]) -> bool:
    """Rename a supplier who is called as the desk saw it."""
    row = context.get("suppliers", one.now.supplier_id)
    if not _is_open(row["name"], one.was.name, one.now.name):
        return _leave(left, ("suppliers", row["id"]), row["code"], row["name"] == one.now.name.strip())
    rename_supplier(context, one.now)
    return True


def _correct_carrier(context: Context, one: CarrierCorrection, left: list[_Left]) -> bool:
    row = context.get("carriers", one.now.carrier_id)
    now = {"name": one.now.name, "tracking_url": one.now.tracking_url}
    was = {"name": one.was.name, "tracking_url": one.was.tracking_url}
    wanted, stale = still_open(was, now, row)
    if stale:
        left.append(_Left(("carriers", row["id"]), row["code"], ""))
    if not wanted:
        return False
    said: dict[str, Any] = {**{name: row[name] for name in now}, **wanted}
    change_carrier(context, replace(one.now, **said))
    return True


def _correct_tax(context: Context, one: TaxCorrection, left: list[_Left]) -> bool:
    row = context.get("taxes", one.now.tax_id)
    if not _is_open(row["name"], one.was.name, one.now.name):
        return _leave(left, ("taxes", row["id"]), row["code"], row["name"] == one.now.name.strip())
    rename_tax(context, one.now)
    return True


def _correct_rate(context: Context, one: RateCorrection, left: list[_Left]) -> bool:
    row = context.get("taxes", one.now.tax_id)
    stored = context.unit.get("tax_rates", rate_id(one.now.tax_id, one.now.from_day))
    rate = stored["rate"] if stored is not None else None
    if rate != one.was.rate:
        return _leave(left, ("taxes", row["id"]), row["code"], rate == one.now.rate)
    set_tax_rate(context, one.now)
    return True


def _is_open(stands: str, was: str, now: str) -> bool:
    """Tell whether a name is to be written: it is as the desk saw it, and another one."""
    return stands == was.strip() and stands != now.strip()


def _leave(left: list[_Left], about: Key, name: str, says_it: object) -> bool:
    """Note a record that was changed since, unless it says already what the file says."""
    if not says_it:
        left.append(_Left(about, name, ""))
    return False


def _flag_left(context: Context, job_id: UUID, left: list[_Left]) -> None:
    job = context.unit.peek("jobs", job_id) if left else None
    if job is not None:
        first = left[0]
        facts = {"records": len(left), "name": first.name, "reason": first.reason or "changed_since"}
        context.flag("corrections_left_out", job["outlet_id"], first.about, **facts)


_WAYS: Final[dict[str, Callable[[Context, Any, list[_Left]], bool]]] = {
    "products": correct_product,
    "suppliers": correct_supplier,
    "carriers": _correct_carrier,
    "taxes": _correct_tax,
    "rates": _correct_rate,
}
