"""Bodies of operations as bytes, in this version and in older ones."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any, get_type_hints
from uuid import UUID

import msgspec

from merchant_desk.domain.operations import Envelope, Kind, kind_of
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.subjects import KINDS
from merchant_desk.sync.protocol import MAX_BODY_BYTES, Header, encode

_body_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {
    name: msgspec.msgpack.Decoder(kind.body) for name, kind in KINDS.items()
}

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(kind, old version) -> what turns an old body's fields into the next version's. One per old version."""


def encode_body(body: object) -> bytes:
    """Return the canonical bytes of an operation's body.

    Raises:
        Refusal: `too_large`, beyond 256 KB; `not_storable`, as in `check_storable`.
    """
    check_storable(body)
    data = _body_encoder.encode(body)
    if len(data) > MAX_BODY_BYTES:
        raise Refusal("too_large", bytes=len(data), most=MAX_BODY_BYTES)
    return data


def body_bytes(body: object) -> int:
    """Return how many bytes an operation's body takes; more than `MAX_BODY_BYTES` is not sent."""
    return len(_body_encoder.encode(body))


def decode_body(kind_name: str, version: int, data: bytes) -> object:
    """Return the body as this version's dataclass.

    Raises:
        Refusal: `unknown_kind`, `newer_version` (the desk is newer than we are) or `unreadable`.
    """
    kind = KINDS.get(kind_name)
    if kind is None:
        raise Refusal("unknown_kind", kind=kind_name)
    if version > kind.version:
        raise Refusal("newer_version", kind=kind_name, version=version)
    try:
        body = _decoders[kind_name].decode(data) if version == kind.version else _upcast(kind, version, data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError) as error:
        raise Refusal("unreadable", kind=kind_name, reason=str(error)) from error
    if b"\x00" in data or b"\xcf" in data:
        check_storable(body)
    return body


def _upcast(kind: Kind, version: int, data: bytes) -> object:
    known = msgspec.msgpack.decode(data)
    while version < kind.version:
        known = UPCASTERS[kind.name, version](known)
        version += 1
    return msgspec.convert(known, kind.body)


_doubtful: dict[type, tuple[str, ...]] = {}
"""What `_doubtful_fields` found, once for each class."""


def check_storable(value: object) -> None:
    """Refuse what one of the two databases cannot keep, before it gets anywhere near them.

    PostgreSQL takes no NUL in a text, nothing takes half of a surrogate pair, and whole numbers have
    64 bits with a sign.

    Raises:
        Refusal: `not_storable`.
    """
    if isinstance(value, str):
        if "\x00" in value or not _is_unicode(value):
            raise Refusal("not_storable", text=value.encode("unicode_escape").decode())
    elif isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise Refusal("not_storable", number=str(value))
    elif isinstance(value, tuple):
        for part in value:
            check_storable(part)
    else:
        kind = type(value)
        if kind not in _doubtful:
            _doubtful[kind] = _doubtful_fields(kind)
        for name in _doubtful[kind]:
            check_storable(getattr(value, name))


def _doubtful_fields(kind: type) -> tuple[str, ...]:
    """Return the fields of a dataclass that may hold what cannot be stored: all but ids."""
    if not is_dataclass(kind):
        return ()
    types = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if types[field.name] not in (UUID, UUID | None))


def _is_unicode(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def header_of(envelope: Envelope, body: bytes) -> Header:
    """Return the header that seals an envelope and its body's bytes."""
    return Header(
        envelope.op_id,
        envelope.merchant_id,
        envelope.device_id,
        envelope.device_seq,
        envelope.kind,
        envelope.version,
        envelope.person_id,
        envelope.rights_version,
        envelope.desk_time,
        envelope.time,
        envelope.time_bound,
        envelope.base_seq,
        envelope.depends_on,
        sha256(body).digest(),
    )


def envelope_of(header: Header) -> Envelope:
    """Return the envelope that a header describes."""
    return Envelope(
        header.op_id,
        header.merchant_id,
        header.device_id,
        header.device_seq,
        header.kind,
        header.version,
        header.person_id,
        header.rights_version,
        header.desk_time,
        header.time,
        header.time_bound,
        header.base_seq,
        header.depends_on,
    )


def house_envelope(
    op_id: UUID,
    merchant_id: UUID,
    device_id: UUID,
    seq: int,
    body: object,
    time: int,
    person_id: UUID | None = None,
) -> Envelope:
    """Return the envelope of an operation that the server itself mints (device 0 of the merchant).

    `person_id` is who did it, for history that is loaded; None is the merchant's own server.
    """
    kind = kind_of(body)
    return Envelope(
        op_id,
        merchant_id,
        device_id,
        seq,
        kind.name,
        kind.version,
        person_id or merchant_id,
        0,
        time,
        time,
        0,
        0,
    )


def encode_header(header: Header) -> bytes:
    """Return the bytes of a header: what is hashed and signed."""
    return encode(header)
