"""Handlers: taxes, their rates, and which products bear them."""

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import (
    AddTax,
    ArchiveTax,
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
        if context.unit.get("sku_taxes", sku_id) is None:
            context.unit.insert("sku_taxes", {"id": sku_id, "tax_id": op.tax_id})
        else:
            context.unit.update("sku_taxes", sku_id, tax_id=op.tax_id)
