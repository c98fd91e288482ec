"""Identities: 16-byte ids that every side derives alike."""

from functools import lru_cache
from hashlib import sha256
from uuid import UUID, SafeUUID

_VERSION_AND_VARIANT = (1 << 128) - 1 ^ (0xF000 << 64) ^ (0xC000 << 48)
_VERSION_8 = (0x8000 << 64) | (0x8000 << 48)
_TIME_BITS = 80
"""Below the 48 bits of a version 7 id that tell its millisecond."""

_LOW = (1 << _TIME_BITS) - 1

MERCHANT_WIDE = UUID(int=0)
"""The scope of rows that every desk of a merchant holds."""

_new = UUID.__new__
_set = object.__setattr__
_UNKNOWN = SafeUUID.unknown


def id_of(data: bytes) -> UUID:
    """Return the id with these 16 bytes.

    The same as `UUID(bytes=data)` without its checks: a feed page holds ten thousands of them.
    """
    return _id(int.from_bytes(data, "big"))


def _id(number: int) -> UUID:
    made = _new(UUID)
    _set(made, "int", number)
    _set(made, "is_safe", _UNKNOWN)
    return made


@lru_cache(8_192)
def derived_id(namespace: UUID, *parts: str | bytes) -> UUID:
    """Return the id that belongs to `parts` inside `namespace`; equal input, equal id, on any machine.

    A version 8 UUID (RFC 9562) made of the first 16 bytes of SHA-256 over the namespace and the
    length-prefixed parts. The last few thousand are remembered: stock keys come again and again.
    """
    return _id((_digest(namespace, parts) & _VERSION_AND_VARIANT) | _VERSION_8)


def row_id(op_id: UUID, table: str, n: int | str = 0) -> UUID:
    """Return the id of the n-th row that an operation makes in `table`.

    It lies near the operation's (see `near_id`), whose id begins with the time: rows made together lie
    together in every index.
    """
    return near_id(op_id, table, str(n))


def near_id(neighbour: UUID, *parts: str | bytes) -> UUID:
    """Return the id that belongs to `parts` beside `neighbour`.

    It begins with the neighbour's first 48 bits; the rest is derived as in `derived_id`. Nothing orders by
    an id; but rows that are written and read together then share pages of an index.
    """
    return placed_id(neighbour.int >> _TIME_BITS, neighbour, *parts)


def placed_id(place: int, namespace: UUID, *parts: str | bytes) -> UUID:
    """Return the id that belongs to `parts` inside `namespace` and begins with `place`, 48 bits."""
    number = (place << _TIME_BITS) | (_digest(namespace, parts) & _LOW)
    return _id((number & _VERSION_AND_VARIANT) | _VERSION_8)


def _digest(namespace: UUID, parts: tuple[str | bytes, ...]) -> int:
    pieces = [namespace.int.to_bytes(16, "big")]
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        pieces.append(len(data).to_bytes(4, "big"))
        pieces.append(data)
    return int.from_bytes(sha256(b"".join(pieces)).digest()[:16], "big")
