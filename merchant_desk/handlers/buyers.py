"""Handlers: buyers."""

from uuid import UUID

from merchant_desk.domain.buyers import AddBuyer, EraseBuyer, check_buyer, check_erasable
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import is_taken


@handles(AddBuyer, look_ups=lambda op: [("buyers", "code_key", sku_key(op.code))])
def add_buyer(context: Context, op: AddBuyer) -> None:
    """Write the buyer; what is sealed goes to a table of its own, which only desks granted it hold."""
    check_buyer(op.code, op.tail)
    if is_taken(context, "buyers", op.code):
        raise Refusal("buyer_code_taken", code=op.code)
    insert_buyer(context, op)


def insert_buyer(context: Context, op: AddBuyer, job_id: UUID | None = None) -> None:
    """Write a buyer's rows; `job_id` is the import that brings him in, if one does."""
    row = {"id": op.buyer_id, "code": op.code, "code_key": sku_key(op.code), "tail": op.tail}
    context.create("buyers", {**row, "level": op.level, "erased_at": None, "job_id": job_id})
    if op.sealed:
        context.create("buyer_secrets", {"id": op.buyer_id, "sealed": op.sealed})


@handles(EraseBuyer, reads=lambda op: (("buyers", op.buyer_id),))
def erase_buyer(context: Context, op: EraseBuyer) -> None:
    """Destroy the key here, and say by the feed that it is to be destroyed wherever it is.

    What was sealed stays in log and feed, whose hashes cover it, and says nothing any more.
    """
    buyer = context.get("buyers", op.buyer_id)
    check_erasable(buyer["code"], buyer["erased_at"])
    forget_buyer(context, op.buyer_id)


def forget_buyer(context: Context, id: UUID) -> None:
    """Write that a buyer is erased; the server's key goes with it, a desk's when it has heard of it.

    A desk keeps its key out of this: effects that can be undone would hold it for as long as the operation.
    """
    unit = context.unit
    if unit.store.on_server and unit.get("buyer_keys", id) is not None:
        unit.remove("buyer_keys", id)
    unit.update("buyers", id, tail="", erased_at=context.envelope.time)
    if unit.get("buyer_secrets", id) is not None:
        unit.update("buyer_secrets", id, sealed=b"")
