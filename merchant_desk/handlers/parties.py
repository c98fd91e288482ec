"""Handlers: suppliers and buyers that come in by file, and how what nobody used goes again."""

from uuid import UUID

from merchant_desk.domain.buyers import check_buyer
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports_parties import ImportBuyers, ImportSuppliers
from merchant_desk.handlers.buyers import forget_buyer, insert_buyer
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.corrected import Left
from merchant_desk.handlers.job_chunks import is_too_late, note_chunk
from merchant_desk.handlers.natural_keys import freed
from merchant_desk.handlers.records import add_record, archive_record, is_taken


@handles(
    ImportSuppliers,
    reads=lambda op: [("suppliers", one.supplier_id) for one in op.suppliers],
    look_ups=lambda op: [("suppliers", "code_key", sku_key(one.code)) for one in op.suppliers],
)
def import_suppliers(context: Context, op: ImportSuppliers) -> None:
    """Write the suppliers whose code nobody has."""
    if is_too_late(context, op.job_id):
        return
    created = 0
    for one in op.suppliers:
        if not is_taken(context, "suppliers", one.code):
            row = {"id": one.supplier_id, "code": one.code, "name": one.name, "job_id": op.job_id}
            add_record(context, "suppliers", row)
            created += 1
    note_chunk(context, op.job_id, "suppliers", op.chunk, (created, len(op.suppliers) - created, created))


@handles(
    ImportBuyers,
    reads=lambda op: [
        *(("buyers", one.buyer_id) for one in op.buyers),
        *(("buyer_secrets", one.buyer_id) for one in op.buyers),
    ],
    look_ups=lambda op: [("buyers", "code_key", sku_key(one.code)) for one in op.buyers],
)
def import_buyers(context: Context, op: ImportBuyers) -> None:
    """Write the buyers whose code nobody has."""
    if is_too_late(context, op.job_id):
        return
    created = 0
    for one in op.buyers:
        check_buyer(one.code, one.tail)
        if not is_taken(context, "buyers", one.code):
            insert_buyer(context, one, op.job_id)
            created += 1
    note_chunk(context, op.job_id, "buyers", op.chunk, (created, len(op.buyers) - created, created))


def withdraw_supplier(context: Context, job_id: UUID, id: UUID, left: list[Left]) -> bool:
    """Archive a supplier whom the job made and of whom nothing stands ordered; the code is free again."""
    unit = context.unit
    supplier = unit.get("suppliers", id)
    if supplier is None or supplier["job_id"] != job_id or supplier["archived"]:
        return False
    if any(order["status"] != "closed" for order in unit.find("purchase_orders", supplier_id=id)):
        left.append(Left(("suppliers", id), supplier["code"], "in_use"))
        return False
    archive_record(context, "suppliers", id)
    code = freed(context, ("suppliers", "code_key"), supplier["code"])
    unit.update("suppliers", id, code=code, code_key=sku_key(code))
    return True


def withdraw_buyer(context: Context, job_id: UUID, id: UUID, left: list[Left]) -> bool:
    """Forget a buyer whom the job made and no order names that stands: what was personal is gone, the code
    is free again.
    """
    unit = context.unit
    buyer = unit.get("buyers", id)
    if buyer is None or buyer["job_id"] != job_id or buyer["erased_at"] is not None:
        return False
    if any(order["status"] != "cancelled" for order in unit.find("orders", buyer_id=id)):
        left.append(Left(("buyers", id), buyer["code"], "in_use"))
        return False
    forget_buyer(context, id)
    code = freed(context, ("buyers", "code_key"), buyer["code"])
    unit.update("buyers", id, code=code, code_key=sku_key(code))
    return True
