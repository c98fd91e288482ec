"""Handlers: buyers."""

from merchant_desk.domain.buyers import AddBuyer, check_buyer
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles


@handles(AddBuyer)
def add_buyer(context: Context, op: AddBuyer) -> None:
    """Write the buyer; what is sealed goes to a table of its own, which only desks granted it hold."""
    check_buyer(op.code, op.tail)
    if context.unit.find("buyers", code=op.code):
        raise Refusal("buyer_code_taken", code=op.code)
    context.unit.insert("buyers", {"id": op.buyer_id, "code": op.code, "tail": op.tail, "level": op.level})
    if op.sealed:
        context.unit.insert("buyer_secrets", {"id": op.buyer_id, "sealed": op.sealed})
