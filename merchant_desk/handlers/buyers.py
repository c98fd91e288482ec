"""Handlers: buyers."""

from merchant_desk.domain.buyers import AddBuyer, EraseBuyer, check_buyer, check_erasable
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles


@handles(AddBuyer)
def add_buyer(context: Context, op: AddBuyer) -> None:
    """Write the buyer; what is sealed goes to a table of its own, which only desks granted it hold."""
    check_buyer(op.code, op.tail)
    if context.unit.find("buyers", code=op.code):
        raise Refusal("buyer_code_taken", code=op.code)
    row = {"id": op.buyer_id, "code": op.code, "tail": op.tail, "level": op.level, "erased_at": None}
    context.create("buyers", row)
    if op.sealed:
        context.create("buyer_secrets", {"id": op.buyer_id, "sealed": op.sealed})


@handles(EraseBuyer, reads=lambda op: (("buyers", op.buyer_id),))
def erase_buyer(context: Context, op: EraseBuyer) -> None:
    """Destroy the key here, and say by the feed that it is to be destroyed wherever it is.

    What was sealed stays in log and feed, whose hashes cover it, and says nothing any more.
    """
    unit = context.unit
    buyer = context.get("buyers", op.buyer_id)
    check_erasable(buyer["code"], buyer["erased_at"])
    if unit.get("buyer_keys", op.buyer_id) is not None:
        unit.remove("buyer_keys", op.buyer_id)
    unit.update("buyers", op.buyer_id, tail="", erased_at=context.envelope.time)
    if unit.get("buyer_secrets", op.buyer_id) is not None:
        unit.update("buyer_secrets", op.buyer_id, sealed=b"")
