"""Buyers: who orders from us. What is personal about them is sealed before it gets here."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.refusals import Refusal

TAIL_DIGITS = 4
"""How much of a telephone number may stand in the open: enough to recognise a buyer at the counter."""

MOST_DETAIL = 300
"""Characters of a name, a telephone number or an address."""


@dataclass(frozen=True)
class BuyerDetails:
    """What is personal about a buyer; an empty text is not known."""

    name: str = ""
    phone: str = ""
    address: str = ""


@operation("add_buyer", nature=Nature.DECISION, right="order")
@dataclass(frozen=True)
class AddBuyer:
    """Decision: take note of a buyer; refused by name when the code is taken.

    `tail` is the end of the telephone number, `level` what the merchant calls the kind of membership.
    `sealed` holds name, telephone and address under the buyer's own key (empty: not known). The key is
    no part of the operation: the log is kept for ever, and whatever could open it would be too.
    """

    buyer_id: UUID
    code: str
    tail: str
    level: str
    sealed: bytes


@operation("erase_buyer", nature=Nature.DECISION, right="personal", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class EraseBuyer:
    """Decision: destroy a buyer's key, so that nobody opens the name, telephone and address any more.

    Code, level and orders stay. Only the server does it: it has the key that others ask for, and a desk
    that had destroyed its own would be left without if the answer were no.
    """

    buyer_id: UUID


def check_buyer(code: str, tail: str) -> None:
    """Refuse a buyer without a code (`code_missing`) or with a tail that tells too much (`buyer_tail`)."""
    if not code.strip():
        raise Refusal("code_missing")
    if len(tail) > TAIL_DIGITS or (tail and not (tail.isascii() and tail.isdigit())):
        raise Refusal("buyer_tail", code=code, most=TAIL_DIGITS)


def check_details(details: BuyerDetails) -> None:
    """Refuse endless texts and control characters (`buyer_details`)."""
    for text in (details.name, details.phone, details.address):
        if len(text) > MOST_DETAIL or not text.isprintable():
            raise Refusal("buyer_details", most=MOST_DETAIL)


def check_erasable(code: str, erased_at: int | None) -> None:
    """Refuse to erase twice (`buyer_erased`)."""
    if erased_at is not None:
        raise Refusal("buyer_erased", code=code)


def tail_of(phone: str) -> str:
    """Return the last digits of a telephone number, as they may stand in the open."""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit())
    return digits[-TAIL_DIGITS:] if len(digits) > TAIL_DIGITS else ""
