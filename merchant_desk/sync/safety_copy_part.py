"""One file of a safety copy: unsent work of a desk, compressed and sealed, that says itself what opens it.

A file begins with a header that everybody can read and that holds no secret: whose copy it is, which part,
and the desk's database key sealed to the recovery papers, as it lies beside the database too. What follows is
sealed (AES-256-GCM-SIV) under a key that is derived from the database key and bound to the header. So a paper
opens a copy by what is in it, and the server by the sealed key that it keeps of each desk.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk_state import Identity, Position
from merchant_desk.sync.recovery import KeptCopy
from merchant_desk.sync.sealing import NONCE_BYTES, SealBroken, open_under, seal_under
from merchant_desk.sync.troubles import Stuck

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"MDCOPY1\n"
LENGTH_BYTES = 4
MOST_HEADER = 65_536

_DERIVE = b"merchant-desk/safety-copy/1"
_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")

Value = TypeVar("Value")


@dataclass(eq=False)
class PartUnreadable(Fault):
    """The file is no part of a safety copy, or its bytes are not those that were written."""

    name: str
    zh: ClassVar[str] = "安全副本的文件 {name} 已损坏或不完整。"
    en: ClassVar[str] = "The file {name} of the safety copy is damaged or incomplete."


class PartHeader(msgspec.Struct, frozen=True, array_like=True):
    """What anybody may know of a part. `written_at` is microseconds UTC by the desk's clock.

    A generation is a whole copy: parts from 1 on without holes. `copies` are the desk's database key, sealed
    to recovery papers.
    """

    merchant_id: UUID
    device_id: UUID
    desk_code: str
    profile_id: str
    generation: int
    part: int
    written_at: int
    copies: tuple[KeptCopy, ...]

    @property
    def papers(self) -> tuple[str, ...]:
        """The numbers of the papers that open it."""
        return tuple(copy.paper_number for copy in self.copies)


class CopiedOperation(msgspec.Struct, frozen=True, array_like=True):
    """An operation as it is offered again, signed anew, under its own id.

    With `is_sent` the server has it: it only tells that a document which is still open was begun here.
    """

    device_seq: int
    header: bytes
    body: bytes
    about_id: bytes | None
    verdicts: str
    is_sent: bool


class PartContent(msgspec.Struct, frozen=True, array_like=True):
    """What a part brings; of `journal` (by number) and `packs` (by document) the last word counts.

    `journal` and `packs` are rows of `scan_journal` and `scan_packs` as they are stored, `buyer_keys` those
    that the server does not have. Not `is_rounded`: more parts follow before the copy is of one moment.
    """

    identity: Identity
    position: Position
    stuck: Stuck | None
    operations: list[CopiedOperation]
    journal: list[tuple[Any, ...]]
    packs: list[tuple[Any, ...]]
    buyer_keys: list[tuple[bytes, bytes]]
    is_rounded: bool


def copy_key(database_key: bytes) -> bytes:
    """Return the key of a desk's safety copies (HKDF-SHA256, RFC 5869): no secret of its own."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVE).derive(database_key)


def seal_part(
    header: PartHeader, content: PartContent, database_key: bytes, random: Callable[[int], bytes]
) -> bytes:
    """Return the bytes of a part's file."""
    head = _encoder.encode(header)
    packed = zstd.compress(_encoder.encode(content), 3)
    start = MAGIC + len(head).to_bytes(LENGTH_BYTES, "big") + head
    return start + seal_under(packed, copy_key(database_key), nonce=random(NONCE_BYTES), about=start)


def read_header(data: bytes, name: str) -> PartHeader:
    """Return what stands in the open at the beginning of a part.

    Raises:
        PartUnreadable: it is something else; `name` is what the file is called.
    """
    return _decoded(data[len(MAGIC) + LENGTH_BYTES : _start_of(data, name)], PartHeader, name)


def open_part(data: bytes, database_key: bytes, name: str) -> PartContent:
    """Return what a part brings.

    Raises:
        PartUnreadable: not one byte may differ, and the key must be the desk's.
    """
    start = _start_of(data, name)
    try:
        packed = open_under(data[start:], copy_key(database_key), about=data[:start])
        return _decoded(zstd.decompress(packed), PartContent, name)
    except (SealBroken, zstd.ZstdError) as broken:
        raise PartUnreadable(name) from broken


def _start_of(data: bytes, name: str) -> int:
    """Return where the sealed bytes begin."""
    length = int.from_bytes(data[len(MAGIC) : len(MAGIC) + LENGTH_BYTES], "big")
    start = len(MAGIC) + LENGTH_BYTES + length
    if data[: len(MAGIC)] != MAGIC or length > MOST_HEADER or len(data) <= start:
        raise PartUnreadable(name)
    return start


def _decoded(data: bytes, kind: type[Value], name: str) -> Value:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise PartUnreadable(name) from broken
