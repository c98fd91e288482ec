"""What desk and server say to each other about buyers' keys. See docs/decisions/0030-personal-values.md."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from merchant_desk.sync.sealing import SealBroken, seal

GROUP = "personal"
"""What a desk must be granted to hold sealed values and to be given keys."""

KEYS_AT_ONCE = 2_000

TO_SERVER = b"merchant-desk/buyer-keys/1/to-server\x00"
TO_DESK = b"merchant-desk/buyer-keys/1/to-desk\x00"
"""With the desk's id appended: what a box of keys is for, and between whom it goes."""


class BuyerKey(msgspec.Struct, array_like=True, frozen=True):
    """A buyer's key. Only inside boxes, which the one end or the other opens."""

    buyer_id: UUID
    key: bytes


class KeysRequest(msgspec.Struct, frozen=True):
    """Keys that a desk made (`pack_keys`, sealed to the server; nothing for none), and whose it wants."""

    given: bytes = b""
    wanted: tuple[UUID, ...] = ()


class KeysAnswer(msgspec.Struct, frozen=True):
    """`settled`: given keys that the server has, or needs no more; `box`: wanted ones, sealed to the desk."""

    settled: tuple[UUID, ...] = ()
    box: bytes = b""


def pack_keys(keys: Sequence[BuyerKey], public_key: bytes, *, use: bytes) -> bytes:
    """Seal keys to one holder; none make no box."""
    return seal(msgspec.msgpack.encode(keys), public_key, use=use) if keys else b""


def read_keys(content: bytes) -> list[BuyerKey]:
    """Read what was in a box.

    Raises:
        SealBroken: it held no keys.
    """
    try:
        return msgspec.msgpack.decode(content, type=list[BuyerKey])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SealBroken from error
