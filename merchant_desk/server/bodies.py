"""Bodies on their way: size limits, zstd, MessagePack for desks and JSON for people."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec

from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import MEDIA_TYPE

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

JSON_TYPE = "application/json"
COMPRESS_FROM = 512
"""Bytes from which an answer is compressed for who accepts it."""

LEVEL = 3
_WINDOW = {int(zstd.DecompressionParameter.window_log_max): 23}
"""No frame may ask for more than 8 MiB of memory, whatever its header says."""

Message = TypeVar("Message")

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")


@dataclass(eq=False)
class BodyTooLarge(Fault):
    """More bytes than the endpoint takes, as sent or after decompression."""

    most: int
    zh: ClassVar[str] = "请求太大（最多 {most} 字节）。"
    en: ClassVar[str] = "The request is too large (at most {most} bytes)."


@dataclass(eq=False)
class BodyUnreadable(Fault):
    """The bytes are not what the endpoint takes; `reason` names the place, never the content."""

    reason: str
    zh: ClassVar[str] = "无法读取请求内容（{reason}）。"
    en: ClassVar[str] = "The request cannot be read ({reason})."


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer's bytes and what their headers say."""

    data: bytes
    media: str
    encoding: str


async def read_body(chunks: AsyncIterator[bytes], declared: str | None, most: int) -> bytes:
    """Collect a request's body; stops reading at the first byte that is too many.

    Raises:
        BodyTooLarge: longer than `most`, or declared to be.
    """
    if declared is not None and declared.isdecimal() and int(declared) > most:
        raise BodyTooLarge(most)
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise BodyTooLarge(most)
        parts.append(chunk)
    return b"".join(parts)


def unpack(data: bytes, encoding: str, most: int, kind: type[Message]) -> Message:
    """Read a message of `kind` from a body.

    Raises:
        BodyTooLarge: it grows beyond `most` bytes.
        BodyUnreadable: an unknown encoding, broken compression, or no such message.
    """
    if encoding == "zstd":
        data = _decompressed(data, most)
    elif encoding not in ("", "identity"):
        raise BodyUnreadable("content-encoding")
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise BodyUnreadable(_place(error)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BodyUnreadable(type(error).__name__) from error


def pack(message: Any, media: str, accept_encoding: str) -> Packed:
    """Return the bytes of an answer in the asked-for form, compressed where that is worth it."""
    data = _encoder.encode(message) if media == MEDIA_TYPE else msgspec.json.encode(message)
    encodings = {part.partition(";")[0].strip() for part in accept_encoding.casefold().split(",")}
    if len(data) >= COMPRESS_FROM and "zstd" in encodings:
        return Packed(zstd.compress(data, LEVEL), media, "zstd")
    return Packed(data, media, "")


def _decompressed(data: bytes, most: int) -> bytes:
    decompressor = zstd.ZstdDecompressor(options=_WINDOW)
    try:
        plain = decompressor.decompress(data, max_length=most + 1)
    except zstd.ZstdError as broken:
        raise BodyUnreadable("zstd") from broken
    if len(plain) > most:
        raise BodyTooLarge(most)
    if not decompressor.eof or decompressor.unused_data:
        raise BodyUnreadable("zstd")
    return plain


def _place(error: msgspec.DecodeError) -> str:
    """Say where and what was expected; what was found may be personal and stays out."""
    if not isinstance(error, msgspec.ValidationError):
        return "msgpack"
    _, at, place = str(error).rpartition(" - at ")
    return place.strip("`") if at else "message"
