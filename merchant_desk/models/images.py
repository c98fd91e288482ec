"""Row images: the canonical bytes of a row, and their share in the check sum."""

from hashlib import sha256
from typing import Any

import msgspec

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Row, TableSpec

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(dict[str, Any])


class ImageCodec:
    """Turns rows of one table into bytes and back.

    Columns are written by name in alphabetical order, so equal rows have equal bytes in every version;
    a reader ignores columns that it does not know and fills those that it misses with `missing`.
    """

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._names = tuple(sorted(spec.names))
        self._ids = frozenset(["id", *(c.name for c in spec.columns if c.kind == "id")])
        self._missing = {c.name: missing_value(c.kind, c.null) for c in spec.columns}

    def encode(self, row: Row) -> bytes:
        """Return the canonical bytes of a row."""
        return _encoder.encode({name: row[name] for name in self._names})

    def decode(self, image: bytes) -> Row:
        """Return the row of an image, with this version's columns.

        Raises:
            msgspec.DecodeError: the bytes are no image.
        """
        found = _decoder.decode(image)
        row: Row = {}
        for name in self.spec.names:
            value = found.get(name, self._missing.get(name))
            row[name] = id_of(value) if value is not None and name in self._ids else value
        return row


def image_hash(image: bytes) -> int:
    """Return the first 8 bytes of SHA-256 as a signed integer: the image's part in the check sum (mod 2^64)."""
    return int.from_bytes(sha256(image).digest()[:8], "big", signed=True)


def wrap(number: int) -> int:
    """Bring a sum of image hashes back into 64 signed bits."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def missing_value(kind: str, null: bool) -> Any:
    """Return what a column holds in rows that were written before it existed."""
    if null:
        return None
    return {"int": 0, "text": "", "bytes": b"", "id": bytes(16)}[kind]
