"""One file that carries a desk's pending operations to its server by hand: signed, sealed, with a checksum.

    MDCARRY1 | length, header | signature of the header | frames: length, last?, sealed | 0 | SHA-256 of all

The header is readable and holds no secret. Each frame is a push request, compressed and sealed
(AES-256-GCM-SIV) under a key that is derived from the desk's database key, of which the server keeps a sealed
copy: only the desk and its server open it. A frame is bound to its header and to its place in the file.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.sync.protocol import BATCH_BYTES, MAX_BODY_BYTES, PushRequest
from merchant_desk.sync.sealing import NONCE_BYTES, SealBroken, open_under, seal_under
from merchant_desk.sync.signing import ForgedSignature, Purpose, sign, verify

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC: Final = b"MDCARRY1"
SUFFIX: Final = ".mdcarry"
LENGTH_BYTES: Final = 4
SIGNATURE_BYTES: Final = 64
DIGEST_BYTES: Final = 32
MOST_HEADER: Final = 4_096
MOST_REQUEST: Final = 2 * (BATCH_BYTES + MAX_BODY_BYTES)
"""Bytes of a frame before it is compressed, and more than any has after it."""

_DERIVE = b"merchant-desk/carried-file/1"
_ABOUT = b"merchant-desk/carried-frame/1\x00"
_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_CHUNK = 1 << 20


@dataclass(eq=False)
class CarriedUnreadable(Fault):
    """The file is none of this program for carrying work, or its bytes are not those that were written."""

    name: str
    zh: ClassVar[str] = "{name} 不是用来携带工作的文件，或已损坏、不完整。什么都没有改变；请重新写一份。"
    en: ClassVar[str] = (
        "{name} is no file that carries work, or it is damaged or incomplete. Nothing was changed; write it "
        "anew."
    )


class CarriedHeader(msgspec.Struct, frozen=True, array_like=True):
    """What anybody may know of the file; `written_at` is microseconds UTC by the desk's clock."""

    merchant_id: UUID
    device_id: UUID
    desk_code: str
    profile_id: str
    first_seq: int
    last_seq: int
    operations: int
    written_at: int


class CarriedFrame(msgspec.Struct, frozen=True, array_like=True):
    """A part of the file as it goes over the line, by itself provable: `index` counts from 0."""

    header: bytes
    signature: bytes
    index: int
    last: bool
    sealed: bytes


class CarriedAnswer(msgspec.Struct, frozen=True, array_like=True):
    """What became of a frame's operations, by status; `known` of them the server had before.

    `stopped` and `expected` as in `PushAnswer`: what follows was not taken.
    """

    outcomes: dict[str, int]
    known: int
    stopped: str
    expected: int


def carried_key(database_key: bytes) -> bytes:
    """Return the key of a desk's carried files (HKDF-SHA256, RFC 5869): no secret of its own."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVE).derive(database_key)


def read_header(data: bytes, name: str = "") -> CarriedHeader:
    """Return a header from its bytes.

    Raises:
        CarriedUnreadable: it is something else; `name` is what the file is called.
    """
    try:
        return msgspec.msgpack.decode(data, type=CarriedHeader)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise CarriedUnreadable(name) from broken


def open_frame(frame: CarriedFrame, verify_key: bytes, database_key: bytes) -> PushRequest:
    """Return the operations of a frame; on the server.

    Raises:
        CarriedUnreadable: the desk did not sign the header, or not one byte may differ.
    """
    try:
        verify(verify_key, Purpose.CARRIED, frame.header, frame.signature)
        packed = open_under(frame.sealed, carried_key(database_key), about=_about(frame))
        return msgspec.msgpack.decode(_unpacked(packed), type=PushRequest)
    except (ForgedSignature, SealBroken, ValueError, zstd.ZstdError, RecursionError) as broken:
        raise CarriedUnreadable("") from broken


def write_file(
    file: BinaryIO,
    header: CarriedHeader,
    batches: Iterator[PushRequest],
    signing_key: Ed25519PrivateKey,
    database_key: bytes,
    random: Callable[[int], bytes],
) -> None:
    """Write all of a file; `batches` are in the order of the desk's numbers, one at least."""
    digest, head = hashlib.sha256(), _encoder.encode(header)
    signature, key = sign(signing_key, Purpose.CARRIED, head), carried_key(database_key)

    def put(data: bytes) -> None:
        digest.update(data)
        file.write(data)

    put(MAGIC + len(head).to_bytes(LENGTH_BYTES, "big") + head + signature)
    for index, (request, last) in enumerate(_with_last(batches)):
        packed = zstd.compress(_encoder.encode(request), 3)
        about = _about(CarriedFrame(head, signature, index, last, b""))
        sealed = seal_under(packed, key, nonce=random(NONCE_BYTES), about=about)
        put(len(sealed).to_bytes(LENGTH_BYTES, "big") + bytes([last]) + sealed)
    put(bytes(LENGTH_BYTES))
    file.write(digest.digest())


def read_frames(path: Path) -> tuple[CarriedHeader, Iterator[CarriedFrame]]:
    """Look whether a file is whole, and return what stands in it; no key is needed.

    Raises:
        CarriedUnreadable: damaged, cut short, or another file.
        FileUnusable, StorageFailed: it cannot be read. So does the iterator where the stick is pulled out.
    """
    try:
        with path.open("rb") as file:
            header, _ = _start(file, path.name)
            _prove_whole(file, path.name)
    except OSError as error:
        raise file_fault(error, path) from error
    return header, _frames(path)


def _frames(path: Path) -> Iterator[CarriedFrame]:
    try:
        with path.open("rb") as file:
            _, (head, signature) = _start(file, path.name)
            index = 0
            while length := int.from_bytes(_exactly(file, LENGTH_BYTES, path.name), "big"):
                if length > MOST_REQUEST:
                    raise CarriedUnreadable(path.name)
                last = _exactly(file, 1, path.name) == b"\x01"
                yield CarriedFrame(head, signature, index, last, _exactly(file, length, path.name))
                index += 1
    except OSError as error:
        raise file_fault(error, path) from error


def _start(file: BinaryIO, name: str) -> tuple[CarriedHeader, tuple[bytes, bytes]]:
    if file.read(len(MAGIC)) != MAGIC:
        raise CarriedUnreadable(name)
    length = int.from_bytes(_exactly(file, LENGTH_BYTES, name), "big")
    if length > MOST_HEADER:
        raise CarriedUnreadable(name)
    head = _exactly(file, length, name)
    return read_header(head, name), (head, _exactly(file, SIGNATURE_BYTES, name))


def _prove_whole(file: BinaryIO, name: str) -> None:
    """Compare the checksum at the end with everything before it."""
    size = file.seek(0, 2)
    file.seek(0)
    digest, left = hashlib.sha256(), size - DIGEST_BYTES
    while left > 0 and (data := file.read(min(_CHUNK, left))):
        digest.update(data)
        left -= len(data)
    if left or file.read() != digest.digest():
        raise CarriedUnreadable(name)


def _exactly(file: BinaryIO, length: int, name: str) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise CarriedUnreadable(name)
    return data


def _about(frame: CarriedFrame) -> bytes:
    place = frame.index.to_bytes(LENGTH_BYTES, "big") + bytes([frame.last])
    return _ABOUT + hashlib.sha256(frame.header).digest() + place


def _unpacked(packed: bytes) -> bytes:
    decompressor = zstd.ZstdDecompressor()
    plain = decompressor.decompress(packed, max_length=MOST_REQUEST + 1)
    if len(plain) > MOST_REQUEST or not decompressor.eof:
        raise ValueError("it grows beyond any request")
    return plain


def _with_last(batches: Iterator[PushRequest]) -> Iterator[tuple[PushRequest, bool]]:
    """Pair each batch with whether it is the last one."""
    before = next(batches)
    for batch in batches:
        yield before, False
        before = batch
    yield before, True
