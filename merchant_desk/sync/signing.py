"""Who said it and after what: Ed25519 signatures over a chain of hashes.

Each operation's hash commits to the device's operation before it, so a signature on the last one
vouches for all back to a head that is already known. RFC 8032 (Ed25519), FIPS 180-4 (SHA-256).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from merchant_desk.models.faults import Fault

HASH_BYTES = 32
SEED_BYTES = 32
SIGNATURE_BYTES = 64
GENESIS = bytes(HASH_BYTES)
"""The head of a device that has said nothing yet."""

_CHAIN = b"merchant-desk/chain/1\x00"

Random = Callable[[int], bytes]
"""Gives so many random bytes, like os.urandom, which is handed in at the outermost edge."""


class Purpose(Enum):
    """What a signature is for; one made for one purpose never passes for another."""

    OPERATION = b"merchant-desk/operation/1\x00"
    REQUEST = b"merchant-desk/request/1\x00"
    ENROLMENT = b"merchant-desk/enrolment/1\x00"
    CARRIED = b"merchant-desk/carried/1\x00"


@dataclass(eq=False)
class ForgedSignature(Fault):
    """The signature was not made by this key over these bytes for this purpose."""

    zh: ClassVar[str] = "签名无效：数据不是由该设备签署的，或在途中被改动。"
    en: ClassVar[str] = (
        "The signature is not valid: this device did not sign these data, or they were changed on the way."
    )


@dataclass(eq=False)
class BrokenChain(Fault):
    """An operation of a batch does not follow the one before; `position` counts from 0."""

    position: int
    zh: ClassVar[str] = "操作链在第 {position} 条处断开：内容与其哈希不符，或缺少前一条。"
    en: ClassVar[str] = (
        "The chain of operations breaks at number {position}: the content does not match its hash, "
        "or the one before is missing."
    )


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """A device's private keys: one signs, one opens what is sealed to the device. 32 bytes each.

    They stay inside the encrypted database (docs/decisions, "keys"); `repr` does not show them.
    """

    signing_seed: bytes = field(repr=False)
    agreement_seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.signing_seed) != SEED_BYTES or len(self.agreement_seed) != SEED_BYTES:
            raise ValueError(f"device keys are {SEED_BYTES} bytes each")

    @classmethod
    def make(cls, random: Random) -> Self:
        """Make the keys of a new device from 64 bytes of `random`."""
        return cls(random(SEED_BYTES), random(SEED_BYTES))

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs."""
        return Ed25519PrivateKey.from_private_bytes(self.signing_seed)

    @property
    def verifying_key(self) -> bytes:
        """The public half of the signing key, 32 raw bytes: what enrolment hands to the server."""
        return self.signing_key.public_key().public_bytes_raw()

    @property
    def agreement_key(self) -> X25519PrivateKey:
        """The key that opens sealed boxes."""
        return X25519PrivateKey.from_private_bytes(self.agreement_seed)

    @property
    def sealing_key(self) -> bytes:
        """The public half of the agreement key, 32 raw bytes: others seal to it."""
        return self.agreement_key.public_key().public_bytes_raw()


def chain_hash(prev: bytes, header_and_body: bytes) -> bytes:
    """Return SHA-256 over the 32-byte hash `prev` and the operation's canonical bytes.

    Raises:
        ValueError: `prev` is not 32 bytes long.
    """
    if len(prev) != HASH_BYTES:
        raise ValueError(f"a chain hash has {HASH_BYTES} bytes, not {len(prev)}")
    return hashlib.sha256(_CHAIN + prev + header_and_body).digest()


def chain(prev: bytes, operations: Iterable[bytes]) -> list[bytes]:
    """Return the chain hash of each operation in turn, the first one following `prev`."""
    hashes = []
    for operation in operations:
        prev = chain_hash(prev, operation)
        hashes.append(prev)
    return hashes


def sign(key: Ed25519PrivateKey, purpose: Purpose, message: bytes) -> bytes:
    """Return the 64-byte signature of `message` for one purpose."""
    return key.sign(purpose.value + message)


def verify(verifying_key: bytes, purpose: Purpose, message: bytes, signature: bytes) -> None:
    """Pass when `signature` was made with the private half of `verifying_key` (32 raw bytes).

    Raises:
        ForgedSignature: it was not, or key or signature are malformed.
    """
    try:
        Ed25519PublicKey.from_public_bytes(verifying_key).verify(signature, purpose.value + message)
    except (InvalidSignature, ValueError) as wrong:
        raise ForgedSignature from wrong


def verify_head(
    verifying_key: bytes,
    known_head: bytes,
    operations: Sequence[bytes],
    hashes: Sequence[bytes],
    signature: bytes,
) -> bytes:
    """Verify a contiguous batch of one device by its last signature alone; return the new head.

    The last hash commits to every operation back to `known_head`, so one signature check vouches for
    the batch. An empty batch has nothing to vouch for and gives `known_head`.

    Args:
        verifying_key: the device's public key, 32 raw bytes.
        known_head: the chain hash of the device's last operation already accepted, or GENESIS.
        operations: canonical header-and-body bytes, in device order.
        hashes: the chain hash that each operation claims.
        signature: the device's signature of the last hash, for Purpose.OPERATION.

    Raises:
        BrokenChain: the first operation whose claimed hash is not the right one, or has no partner.
        ForgedSignature: the chain holds, but this device did not sign its last hash.
    """
    head = known_head
    for position, (operation, claimed) in enumerate(zip_longest(operations, hashes)):
        if operation is None or claimed is None or claimed != (head := chain_hash(head, operation)):
            raise BrokenChain(position)
    if hashes:
        verify(verifying_key, Purpose.OPERATION, head, signature)
    return head
