"""Handlers: taxes, their rates, and which products bear them."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports_corrections import TAX_FIELD, correction_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import (
    AddTax,
    ArchiveTax,
    GivenTax,
    ImportProductTaxes,
    RenameTax,
    RestoreTax,
    SetProductTax,
    SetTaxRate,
    check_assigned,
    check_day,
    check_rate,
    rate_id,
)
from merchant_desk.handlers.context import Context, Key, handles
from merchant_desk.handlers.corrected import Left, left_task, note_correction
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.records import (
    add_record,
    archive_record,
    is_taken,
    note_change,
    rename_record,
    restore_record,
)
from merchant_desk.models.columns import Row

TABLE = "taxes"


@handles(
    AddTax,
    reads=lambda op: [(TABLE, op.tax_id), ("tax_rates", rate_id(op.tax_id, op.from_day))],
    look_ups=lambda op: [(TABLE, "code_key", sku_key(op.code))],
)
def add_tax(context: Context, op: AddTax) -> None:
    """Write the tax with its first rate; codes are unique."""
    check_rate(op.rate)
    check_day(op.from_day)
    row = {"id": op.tax_id, "code": op.code, "name": op.name}
    if is_taken(context, TABLE, op.code):
        raise Refusal("tax_code_taken", code=op.code)
    add_record(context, TABLE, row)
    rate = {"id": rate_id(op.tax_id, op.from_day), "tax_id": op.tax_id, "from_day": op.from_day}
    context.create("tax_rates", {**rate, "rate": op.rate})


@handles(RenameTax, reads=lambda op: [(TABLE, op.tax_id)])
def rename_tax(context: Context, op: RenameTax) -> None:
    """Write the name."""
    rename_record(context, TABLE, op.tax_id, op.name)


@handles(SetTaxRate, reads=lambda op: [(TABLE, op.tax_id), ("tax_rates", rate_id(op.tax_id, op.from_day))])
def set_tax_rate(context: Context, op: SetTaxRate) -> None:
    """Write the rate of a day; another one of the same day takes its place."""
    check_rate(op.rate)
    check_day(op.from_day)
    context.get(TABLE, op.tax_id)
    id = rate_id(op.tax_id, op.from_day)
    stored = context.unit.get("tax_rates", id)
    if stored is None:
        row = {"id": id, "tax_id": op.tax_id, "from_day": op.from_day, "rate": op.rate}
        context.unit.insert("tax_rates", row)
    elif stored["rate"] != op.rate:
        context.unit.update("tax_rates", id, rate=op.rate)
    else:
        return
    note_change(context, (TABLE, op.tax_id), "rate", str(op.from_day), str(op.rate))


@handles(ArchiveTax, reads=lambda op: [(TABLE, op.tax_id)])
def archive_tax(context: Context, op: ArchiveTax) -> None:
    """Archive the tax."""
    archive_record(context, TABLE, op.tax_id)


@handles(RestoreTax, reads=lambda op: [(TABLE, op.tax_id)])
def restore_tax(context: Context, op: RestoreTax) -> None:
    """Bring the tax back."""
    restore_record(context, TABLE, op.tax_id)


def _assigned(op: SetProductTax) -> list[Key]:
    """Name the rows that `set_product_tax` reads."""
    tax = [(TABLE, op.tax_id)] if op.tax_id is not None else []
    return [*tax, *((table, id) for table in ("skus", "sku_merges", "sku_taxes") for id in op.sku_ids)]


@handles(SetProductTax, reads=_assigned)
def set_product_tax(context: Context, op: SetProductTax) -> None:
    """Write which tax the products bear; one that was merged passes it on to the one kept."""
    check_assigned(len(op.sku_ids))
    if op.tax_id is not None:
        context.get(TABLE, op.tax_id)
    for named in op.sku_ids:
        sku_id = kept_sku(context, named)
        context.get("skus", sku_id)
        _assign(context, sku_id, op.tax_id)


@handles(
    ImportProductTaxes,
    reads=lambda op: [
        *((TABLE, one.tax_id) for one in op.given),
        *((table, one.sku_id) for table in ("skus", "sku_merges", "sku_taxes") for one in op.given),
        *(("job_writes", correction_id(op.job_id, one.sku_id)) for one in op.given),
    ],
    look_ups=lambda op: [("skus", "sku_key", sku_key(one.sku)) for one in op.given],
)
def import_product_taxes(context: Context, op: ImportProductTaxes) -> None:
    """Write which tax each product bears, under whichever id it stands.

    What was chosen since the import saw it stays, and is flagged: once, where the job was begun.
    """
    if is_too_late(context, op.job_id):
        return
    check_assigned(len(op.given))
    for table in ("skus", "sku_merges", "sku_taxes"):
        context.unit.prefetch(table, (one.sku_id for one in op.given))
    for tax_id in dict.fromkeys(one.tax_id for one in op.given):
        context.get(TABLE, tax_id)
    # Refused before anything is written.
    bearers = [(_bearer(context, one), one) for one in op.given]
    left: list[Left] = []
    written = sum(_give(context, op.job_id, sku, one, left) for sku, one in bearers)
    task = left_task(context, op.job_id, left)
    if task is not None:
        context.flag("corrections_left_out", task.outlet_id, task.about, **task.facts)
    counts = (written, len(op.given) - written, min(written, op.rows))
    note_chunk(context, op.job_id, "product_taxes", op.chunk, counts)


def chosen_tax(context: Context, sku_id: UUID) -> str:
    """Return the tax that was chosen for a product, its id in hex; "" is the usual one."""
    chosen = context.unit.get("sku_taxes", sku_id)
    return chosen["tax_id"].hex if chosen is not None and chosen["tax_id"] is not None else ""


def give_tax(context: Context, sku_id: UUID, tax: str) -> bool:
    """Choose a tax (`chosen_tax`) for a product; tells whether it could be: it stands here."""
    tax_id = UUID(hex=tax) if tax else None
    if tax_id is not None and context.unit.get(TABLE, tax_id) is None:
        return False
    _assign(context, sku_id, tax_id)
    return True


def _give(context: Context, job_id: UUID, sku: Row, given: GivenTax, left: list[Left]) -> bool:
    """Write a product's tax where the chosen one is as the desk saw it; tells whether anything was written.

    The code of a product that was merged says nothing of the one that was kept.
    """
    sku_id = sku["id"]
    if kept_sku(context, sku_id) != sku_id:
        return False
    chosen, seen = chosen_tax(context, sku_id), given.former_id.hex if given.former_id is not None else ""
    if chosen == given.tax_id.hex:
        return False
    if chosen != seen:
        left.append(Left(("skus", sku_id), sku["sku"], ""))
        return False
    _assign(context, sku_id, given.tax_id)
    if sku["job_id"] != job_id:
        note_correction(context, job_id, ("skus", sku_id), {TAX_FIELD: (chosen, given.tax_id.hex)})
    return True


def _bearer(context: Context, given: GivenTax) -> Row:
    """Return the product that a file means: another desk may have made it meanwhile, under its own id."""
    standing = context.unit.get("skus", given.sku_id)
    if standing is None:
        standing = context.find_one("skus", sku_key=sku_key(given.sku))
    if standing is None:
        raise Refusal("not_here", table="skus", id=given.sku_id)
    return standing


def _assign(context: Context, sku_id: UUID, tax_id: UUID | None) -> None:
    if context.unit.get("sku_taxes", sku_id) is None:
        context.unit.insert("sku_taxes", {"id": sku_id, "tax_id": tax_id})
    else:
        context.unit.update("sku_taxes", sku_id, tax_id=tax_id)
