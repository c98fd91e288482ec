"""Handlers: taxes, their rates, and which products bear them."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
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
from merchant_desk.handlers.job_chunks import note_chunk
from merchant_desk.handlers.kept import kept_sku
from merchant_desk.handlers.records import (
    add_record,
    archive_record,
    is_taken,
    note_change,
    rename_record,
    restore_record,
)

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
    ],
    look_ups=lambda op: [("skus", "sku_key", sku_key(one.sku)) for one in op.given],
)
def import_product_taxes(context: Context, op: ImportProductTaxes) -> None:
    """Write which tax each product bears, under whichever id it stands."""
    check_assigned(len(op.given))
    for table in ("skus", "sku_merges", "sku_taxes"):
        context.unit.prefetch(table, (one.sku_id for one in op.given))
    for tax_id in dict.fromkeys(one.tax_id for one in op.given):
        context.get(TABLE, tax_id)
    for one in op.given:
        _assign(context, _bearer(context, one), one.tax_id)
    note_chunk(context, op.job_id, "product_taxes", op.chunk, (len(op.given), 0, op.rows))


def withdraw_tax(context: Context, given: GivenTax) -> bool:
    """Give a product the tax back that was chosen before a job, unless another one was chosen since."""
    sku_id = kept_sku(context, given.sku_id)
    chosen = context.unit.get("sku_taxes", sku_id)
    if chosen is None or chosen["tax_id"] != given.tax_id:
        return False
    if given.former_id is not None and context.unit.get(TABLE, given.former_id) is None:
        return False
    _assign(context, sku_id, given.former_id)
    return True


def _bearer(context: Context, given: GivenTax) -> UUID:
    """Return the product that a file means: another desk may have made it meanwhile, under its own id."""
    if context.unit.get("skus", given.sku_id) is not None:
        return kept_sku(context, given.sku_id)
    standing = context.find_one("skus", sku_key=sku_key(given.sku))
    if standing is None:
        raise Refusal("not_here", table="skus", id=given.sku_id)
    return kept_sku(context, standing["id"])


def _assign(context: Context, sku_id: UUID, tax_id: UUID | None) -> None:
    if context.unit.get("sku_taxes", sku_id) is None:
        context.unit.insert("sku_taxes", {"id": sku_id, "tax_id": tax_id})
    else:
        context.unit.update("sku_taxes", sku_id, tax_id=tax_id)
