"""Sealing bytes: to a public key, so that one holder opens them, or under a buyer's own key.

Boxes to a public key are HPKE in base mode (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305).
Personal values are sealed with AES-256-GCM-SIV (RFC 8452), which keeps its secrets even if a nonce
should ever come twice: a handler that is run again must give the same bytes, so nonces are minted by
the caller, on the desk, and not here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from merchant_desk.models.faults import Fault

PUBLIC_KEY_BYTES = 32
PERSONAL_KEY_BYTES = 32
NONCE_BYTES = 12

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_BOX = b"\x01"
_UNDER_KEY = b"\x01"


@dataclass(eq=False)
class SealBroken(Fault):
    """The key does not open the box, it was made for another use, or its bytes were changed."""

    zh: ClassVar[str] = "无法解封：密钥不对，用途不符，或内容已被改动。"
    en: ClassVar[str] = (
        "The sealed data cannot be opened: the key is another one, they were sealed for another use, "
        "or they were changed."
    )


def seal(content: bytes, public_key: bytes, *, use: bytes) -> bytes:
    """Seal `content` so that only the holder of the private key opens it. 49 bytes are added.

    Args:
        content: anything.
        public_key: X25519, 32 raw bytes (`DeviceKeys.sealing_key`).
        use: what the box is for and whom it concerns; opening asks for the same.

    Raises:
        ValueError: `public_key` is not 32 bytes long.
    """
    return _BOX + _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public_key), use)


def unseal(box: bytes, private_key: X25519PrivateKey, *, use: bytes) -> bytes:
    """Open what `seal` made for the public half of `private_key` and the same `use`.

    Raises:
        SealBroken: another key, another use, changed or unknown bytes.
    """
    if box[:1] != _BOX:
        raise SealBroken
    try:
        return _SUITE.decrypt(box[1:], private_key, use)
    except (InvalidTag, ValueError) as broken:
        raise SealBroken from broken


def make_personal_key(random: Callable[[int], bytes]) -> bytes:
    """Make a buyer's key, 32 bytes. Destroying it erases every value sealed under it."""
    return random(PERSONAL_KEY_BYTES)


def seal_personal(content: bytes, key: bytes, *, nonce: bytes, about: bytes) -> bytes:
    """Seal a personal value under a buyer's key. 29 bytes are added.

    Args:
        content: the value.
        key: the buyer's key, 32 bytes.
        nonce: 12 fresh random bytes, minted with the operation on the desk.
        about: what the value is (buyer and column): a sealed value cannot be moved elsewhere.

    Raises:
        ValueError: key or nonce has another length.
    """
    return seal_under(content, key, nonce=nonce, about=about)


def open_personal(sealed: bytes, key: bytes, *, about: bytes) -> bytes:
    """Open what `seal_personal` made.

    Raises:
        SealBroken: another key, another place, changed or unknown bytes.
        ValueError: the key has another length.
    """
    return open_under(sealed, key, about=about)


def seal_under(content: bytes, key: bytes, *, nonce: bytes, about: bytes) -> bytes:
    """Seal bytes under a key of 32 bytes (AES-256-GCM-SIV), bound to what they are about. 29 bytes are added.

    Raises:
        ValueError: key or nonce has another length.
    """
    return _UNDER_KEY + nonce + AESGCMSIV(_checked(key)).encrypt(nonce, content, about)


def open_under(sealed: bytes, key: bytes, *, about: bytes) -> bytes:
    """Open what `seal_under` made.

    Raises:
        SealBroken: another key, another use, changed or unknown bytes.
        ValueError: the key has another length.
    """
    cipher = AESGCMSIV(_checked(key))
    if sealed[:1] != _UNDER_KEY:
        raise SealBroken
    nonce, content = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, content, about)
    except (InvalidTag, ValueError) as broken:
        raise SealBroken from broken


def _checked(key: bytes) -> bytes:
    if len(key) != PERSONAL_KEY_BYTES:
        raise ValueError(f"a key has {PERSONAL_KEY_BYTES} bytes, not {len(key)}")
    return key
