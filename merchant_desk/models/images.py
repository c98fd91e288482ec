"""Row images: the canonical bytes of a row, and their share in the check sum."""

from hashlib import sha256
from typing import Any

import msgspec

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Row, TableSpec

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_CELLS: dict[str, Any] = {"id": bytes, "int": int, "text": str, "bytes": bytes}
_MISSING: dict[str, Any] = {"id": bytes(16), "int": 0, "text": "", "bytes": b""}


class ImageCodec:
    """Turns rows of one table into bytes and back.

    Columns are written by name in alphabetical order, so equal rows have equal bytes in every version;
    a reader ignores columns that it does not know and fills those that it misses: with NULL where the
    column takes it, else with nothing, nought or an empty text.
    """

    def __init__(self, spec: TableSpec) -> None:
        self.spec = spec
        self._names = tuple(sorted(spec.names))
        self._id_places = tuple(i for i, name in enumerate(spec.names) if name == "id" or _is_id(spec, name))
        fields: list[Any] = [("id", bytes)]
        fields += [
            (c.name, _CELLS[c.kind] | None, None) if c.null else (c.name, _CELLS[c.kind], _MISSING[c.kind])
            for c in spec.columns
        ]
        cells = msgspec.defstruct(f"{spec.name}_image", fields, kw_only=False)
        self._decoder = msgspec.msgpack.Decoder(cells)

    def encode(self, row: Row) -> bytes:
        """Return the canonical bytes of a row."""
        return _encoder.encode({name: row[name] for name in self._names})

    def cells(self, image: bytes) -> tuple[Any, ...]:
        """Return the values of an image in the order of `spec.names`, ids as 16 bytes.

        Raises:
            msgspec.DecodeError: the bytes are no image of this table (its subclass ValidationError included).
        """
        try:
            return msgspec.structs.astuple(self._decoder.decode(image))
        except (UnicodeDecodeError, RecursionError) as error:
            raise msgspec.DecodeError(type(error).__name__) from error

    def decode(self, image: bytes) -> Row:
        """Return the row of an image, with this version's columns.

        Raises:
            msgspec.DecodeError: as in `cells`.
        """
        values = list(self.cells(image))
        for i in self._id_places:
            if values[i] is not None:
                values[i] = id_of(values[i])
        return dict(zip(self.spec.names, values, strict=True))


def _is_id(spec: TableSpec, name: str) -> bool:
    return any(column.name == name and column.kind == "id" for column in spec.columns)


def image_hash(image: bytes) -> int:
    """Return the first 8 bytes of SHA-256, signed: the image's part in the check sum (mod 2^64)."""
    return int.from_bytes(sha256(image).digest()[:8], "big", signed=True)


def wrap(number: int) -> int:
    """Bring a sum of image hashes back into 64 signed bits."""
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)
