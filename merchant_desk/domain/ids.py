"""Identities: 16-byte ids that every side derives alike."""

from hashlib import sha256
from uuid import UUID

_VERSION_AND_VARIANT = (1 << 128) - 1 ^ (0xF000 << 64) ^ (0xC000 << 48)
_VERSION_8 = (0x8000 << 64) | (0x8000 << 48)

MERCHANT_WIDE = UUID(int=0)
"""The scope of rows that every desk of a merchant holds."""


def derived_id(namespace: UUID, *parts: str | bytes) -> UUID:
    """Return the id that belongs to `parts` inside `namespace`; equal input, equal id, on any machine.

    A version 8 UUID (RFC 9562) made of the first 16 bytes of SHA-256 over the namespace and the
    length-prefixed parts.
    """
    digest = sha256(namespace.bytes)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(4, "big"))
        digest.update(data)
    number = int.from_bytes(digest.digest()[:16], "big")
    return UUID(int=(number & _VERSION_AND_VARIANT) | _VERSION_8)


def row_id(op_id: UUID, table: str, n: int | str = 0) -> UUID:
    """Return the id of the n-th row that an operation makes in `table`."""
    return derived_id(op_id, table, str(n))
