"""Handlers: what a file corrects of records that stand, each by the handler of its own operation."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from merchant_desk.domain.imports_corrections import (
    CarrierCorrection,
    ImportCorrections,
    ProductCorrection,
    RateCorrection,
    SupplierCorrection,
    TaxCorrection,
    correction_id,
    still_open,
    values_of,
)
from merchant_desk.domain.products import STOCK_KEPT_BY, ChangeProduct
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import rate_id
from merchant_desk.handlers.carriers import change_carrier
from merchant_desk.handlers.context import Context, Key, Look, handles
from merchant_desk.handlers.corrected import Left, left_task, note_correction
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
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


def _reads(op: ImportCorrections) -> list[Key]:
    products = [one.now.sku_id for one in op.products]
    suppliers = [one.now.supplier_id for one in op.suppliers]
    return [
        *((table, id) for id in products for table in ("skus", "sku_merges")),
        *(("suppliers", id) for id in suppliers),
        *(("job_writes", correction_id(op.job_id, id)) for id in (*products, *suppliers)),
        *(("carriers", one.now.carrier_id) for one in op.carriers),
        *(("taxes", one.now.tax_id) for one in op.taxes),
        *(("taxes", one.now.tax_id) for one in op.rates),
        *(("tax_rates", rate_id(one.now.tax_id, one.now.from_day)) for one in op.rates),
    ]


def _look_ups(op: ImportCorrections) -> list[Look]:
    return [
        ("stock_balances", "sku_id", one.now.sku_id)
        for one in op.products
        if any(getattr(one.now, name) is not None for name in STOCK_KEPT_BY)
    ]


@handles(ImportCorrections, reads=_reads, look_ups=_look_ups)
def import_corrections(context: Context, op: ImportCorrections) -> None:
    """Write what is corrected, note what of it an undo can put back, and flag what is left alone: once."""
    if is_too_late(context, op.job_id):
        return
    for part, right in _RIGHTS:
        if getattr(op, part) and not context.may(right, None):
            raise Refusal("not_allowed", right=right)
    unit = context.unit
    for table in ("skus", "sku_merges"):
        unit.prefetch(table, (one.now.sku_id for one in op.products))
    unit.prefetch("job_writes", (correction_id(op.job_id, one.now.sku_id) for one in op.products))
    left: list[Left] = []
    written = sum(_correct_product(context, op, one, left) for one in op.products)
    written += sum(_correct_supplier(context, op, one, left) for one in op.suppliers)
    for part, correct in _WAYS.items():
        written += sum(correct(context, one, left) for one in getattr(op, part))
    task = left_task(context, op.job_id, left)
    if task is not None:
        context.flag("corrections_left_out", task.outlet_id, task.about, **task.facts)
    count = sum(len(getattr(op, part)) for part, _ in _RIGHTS)
    note_chunk(context, op.job_id, "corrections", op.chunk, (written, count - written, min(written, op.rows)))


def _correct_product(
    context: Context, op: ImportCorrections, one: ProductCorrection, left: list[Left]
) -> bool:
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
        left.append(Left(about, row["sku"], ""))
    if not wanted:
        return False
    change: dict[str, Any] = wanted
    before = {name: row[name] for name in wanted}
    try:
        change_product(context, ChangeProduct(sku_id, **change))
    except Refusal as refusal:
        # Judged before it writes anything: without codes there is one write, the last.
        left.append(Left(about, row["sku"], refusal.code))
        return False
    note_correction(context, op.job_id, about, {name: (before[name], now) for name, now in wanted.items()})
    return True


def _correct_supplier(
    context: Context, op: ImportCorrections, one: SupplierCorrection, left: list[Left]
) -> bool:
    """Rename a supplier who is called as the desk saw it."""
    row = context.get("suppliers", one.now.supplier_id)
    if not _is_open(row["name"], one.was.name, one.now.name):
        return _leave(left, ("suppliers", row["id"]), row["code"], row["name"] == one.now.name.strip())
    before = row["name"]
    rename_supplier(context, one.now)
    note_correction(context, op.job_id, ("suppliers", row["id"]), {"name": (before, one.now.name.strip())})
    return True


def _correct_carrier(context: Context, one: CarrierCorrection, left: list[Left]) -> bool:
    row = context.get("carriers", one.now.carrier_id)
    now = {"name": one.now.name, "tracking_url": one.now.tracking_url}
    was = {"name": one.was.name, "tracking_url": one.was.tracking_url}
    wanted, stale = still_open(was, now, row)
    if stale:
        left.append(Left(("carriers", row["id"]), row["code"], ""))
    if not wanted:
        return False
    said: dict[str, Any] = {**{name: row[name] for name in now}, **wanted}
    change_carrier(context, replace(one.now, **said))
    return True


def _correct_tax(context: Context, one: TaxCorrection, left: list[Left]) -> bool:
    row = context.get("taxes", one.now.tax_id)
    if not _is_open(row["name"], one.was.name, one.now.name):
        return _leave(left, ("taxes", row["id"]), row["code"], row["name"] == one.now.name.strip())
    rename_tax(context, one.now)
    return True


def _correct_rate(context: Context, one: RateCorrection, left: list[Left]) -> bool:
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


def _leave(left: list[Left], about: Key, name: str, says_it: object) -> bool:
    """Note a record that was changed since, unless it says already what the file says."""
    if not says_it:
        left.append(Left(about, name, ""))
    return False


_WAYS: Final[dict[str, Callable[[Context, Any, list[Left]], bool]]] = {
    "carriers": _correct_carrier,
    "taxes": _correct_tax,
    "rates": _correct_rate,
}
