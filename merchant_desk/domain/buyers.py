"""Buyers: who orders from us. What is personal about them is sealed before it gets here."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal

TAIL_DIGITS = 4
"""How much of a telephone number may stand in the open: enough to recognise a buyer at the counter."""


@operation("add_buyer", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class AddBuyer:
    """Decision: take note of a buyer; refused by name when the code is taken.

    `tail` is the end of the telephone number, `level` what the merchant calls the kind of membership.
    `sealed` holds name, telephone and address under the buyer's own key (empty: not known).
    """

    buyer_id: UUID
    code: str
    tail: str
    level: str
    sealed: bytes


def check_buyer(code: str, tail: str) -> None:
    """Refuse a buyer without a code (`code_missing`) or with a tail that tells too much (`buyer_tail`)."""
    if not code.strip():
        raise Refusal("code_missing")
    if len(tail) > TAIL_DIGITS or (tail and not (tail.isascii() and tail.isdigit())):
        raise Refusal("buyer_tail", code=code, most=TAIL_DIGITS)
