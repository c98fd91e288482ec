"""A database key wrapped under a passphrase: Argon2id (RFC 9106), then ChaCha20-Poly1305 (RFC 8439)."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from merchant_desk.sync.passwords import LANES, MEMORY_KIB, SALT_BYTES, TIME_COST, derive_key

LEAST_LETTERS = 8

_NONCE_BYTES = 12
_USE = b"merchant-desk/wrapped-key/1"


class WrappedKey(msgspec.Struct, frozen=True):
    """What is stored; the costs are bounded, so that a damaged file cannot take all memory."""

    salt: Annotated[bytes, msgspec.Meta(min_length=8, max_length=64)]
    time_cost: Annotated[int, msgspec.Meta(ge=1, le=64)]
    memory_kib: Annotated[int, msgspec.Meta(ge=1024, le=1 << 20)]
    lanes: Annotated[int, msgspec.Meta(ge=1, le=64)]
    nonce: Annotated[bytes, msgspec.Meta(min_length=_NONCE_BYTES, max_length=_NONCE_BYTES)]
    sealed: bytes


def wrap_key(key: bytes, passphrase: str, random: Callable[[int], bytes]) -> WrappedKey:
    """Wrap `key`; takes about 0.1 s and 64 MiB, like every opening, to slow guessing down."""
    salt, nonce = random(SALT_BYTES), random(_NONCE_BYTES)
    wrapping_key = derive_key(passphrase, salt, time_cost=TIME_COST, memory_kib=MEMORY_KIB, lanes=LANES)
    sealed = ChaCha20Poly1305(wrapping_key).encrypt(nonce, key, _USE)
    return WrappedKey(salt, TIME_COST, MEMORY_KIB, LANES, nonce, sealed)


def unwrap_key(wrapped: WrappedKey, passphrase: str) -> bytes | None:
    """Return the key, or None if the passphrase is wrong."""
    wrapping_key = derive_key(
        passphrase,
        wrapped.salt,
        time_cost=wrapped.time_cost,
        memory_kib=wrapped.memory_kib,
        lanes=wrapped.lanes,
    )
    try:
        return ChaCha20Poly1305(wrapping_key).decrypt(wrapped.nonce, wrapped.sealed, _USE)
    except InvalidTag:
        return None
