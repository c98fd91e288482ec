"""Handlers: suppliers."""

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.suppliers import AddSupplier, ArchiveSupplier, RenameSupplier, RestoreSupplier
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import add_record, archive_record, is_taken, rename_record, restore_record

TABLE = "suppliers"


@handles(
    AddSupplier,
    reads=lambda op: [(TABLE, op.supplier_id)],
    look_ups=lambda op: [(TABLE, "code_key", sku_key(op.code))],
)
def add_supplier(context: Context, op: AddSupplier) -> None:
    """Write the supplier; codes are unique."""
    row = {"id": op.supplier_id, "code": op.code, "name": op.name, "job_id": None}
    if is_taken(context, TABLE, op.code):
        raise Refusal("supplier_code_taken", code=op.code)
    add_record(context, TABLE, row)


@handles(RenameSupplier, reads=lambda op: [(TABLE, op.supplier_id)])
def rename_supplier(context: Context, op: RenameSupplier) -> None:
    """Write the name."""
    rename_record(context, TABLE, op.supplier_id, op.name)


@handles(ArchiveSupplier, reads=lambda op: [(TABLE, op.supplier_id)])
def archive_supplier(context: Context, op: ArchiveSupplier) -> None:
    """Archive the supplier."""
    archive_record(context, TABLE, op.supplier_id)


@handles(RestoreSupplier, reads=lambda op: [(TABLE, op.supplier_id)])
def restore_supplier(context: Context, op: RestoreSupplier) -> None:
    """Bring the supplier back."""
    restore_record(context, TABLE, op.supplier_id)
