"""Personal values: name, telephone and address, sealed under a key for each buyer, which can die.

The desk that makes a buyer makes the key. See docs/decisions/0030-personal-values.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

import msgspec

from merchant_desk.domain.buyers import AddBuyer, BuyerDetails, check_details, tail_of
from merchant_desk.models.queries.buyers import BuyerState
from merchant_desk.models.unit import Unit
from merchant_desk.sync.sealing import (
    NONCE_BYTES,
    SealBroken,
    make_personal_key,
    open_personal,
    seal_personal,
)

Random = Callable[[int], bytes]


def personal_use(buyer_id: UUID) -> bytes:
    """Return what a buyer's sealed values are bound to: in another's row they do not open."""
    return b"buyer_secrets.sealed" + buyer_id.bytes


def seal_details(buyer_id: UUID, details: BuyerDetails, key: bytes, random: Random) -> bytes:
    """Seal a buyer's name, telephone and address under his key."""
    content = msgspec.json.encode(details, order="deterministic")
    return seal_personal(content, key, nonce=random(NONCE_BYTES), about=personal_use(buyer_id))


def open_details(buyer_id: UUID, sealed: bytes, key: bytes) -> BuyerDetails:
    """Open what `seal_details` made.

    Raises:
        SealBroken: another key, another buyer's, changed bytes.
    """
    content = open_personal(sealed, key, about=personal_use(buyer_id))
    try:
        return msgspec.json.decode(content, type=BuyerDetails)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SealBroken from error


@dataclass(frozen=True, slots=True)
class NewBuyer:
    """An operation that takes note of a buyer, and the key of what it seals (empty: nothing is known)."""

    operation: AddBuyer
    key: bytes = field(repr=False)

    def keep_key(self, unit: Unit, op_id: UUID) -> None:
        """Write the key in the transaction that saves the operation: the one is never without the other."""
        if self.key:
            row = {"id": self.operation.buyer_id, "key": self.key, "shared": 0}
            unit.insert("buyer_keys", row)


def new_buyer(buyer_id: UUID, code: str, level: str, details: BuyerDetails, random: Random) -> NewBuyer:
    """Make a buyer with a key of his own.

    Raises:
        Refusal: `buyer_details`.
    """
    check_details(details)
    tail = tail_of(details.phone)
    if details == BuyerDetails():
        return NewBuyer(AddBuyer(buyer_id, code, tail, level, b""), b"")
    key = make_personal_key(random)
    return NewBuyer(AddBuyer(buyer_id, code, tail, level, seal_details(buyer_id, details, key, random)), key)


class Withheld(Enum):
    """Why a buyer's personal values are not shown."""

    RIGHT = "right"
    DESK = "desk"
    KEY = "key"
    ERASED = "erased"
    UNKNOWN = "unknown"
    BROKEN = "broken"


def details_of(state: BuyerState, *, permitted: bool) -> BuyerDetails | Withheld:
    """Open a buyer's values for a person who may see them, or say why not.

    Args:
        state: what this desk holds of the buyer.
        permitted: whether the person holds the right `personal`; without it nothing is opened.
    """
    if state.erased_at is not None:
        return Withheld.ERASED
    if not permitted:
        return Withheld.RIGHT
    if not state.sealed:
        return Withheld.UNKNOWN if state.granted else Withheld.DESK
    if state.key is None:
        return Withheld.KEY
    try:
        return open_details(state.id, state.sealed, state.key)
    except (SealBroken, ValueError):
        return Withheld.BROKEN
