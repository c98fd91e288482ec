"""What desk and server say to each other: the same types on both ends, msgspec only at the wire."""

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import msgspec

PROTOCOL = 1
"""Raised when an older peer could not understand us; the server serves this and the one before."""

BATCH_OPS = 1000
BATCH_BYTES = 1_000_000
MAX_BODY_BYTES = 262_144
MAX_ROWS_PER_OP = 5_000
PAGE_ROWS = 2_000
"""Rows after which a feed page ends with the operation that it is in."""


class Status(StrEnum):
    """The answer given to an operation, for ever (`held` and `parked` may settle later)."""

    APPLIED = "applied"
    REFUSED = "refused"
    HELD = "held"
    PARKED = "parked"


class Header(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The signed part of an envelope: everything but the body, of which it carries the hash."""

    op_id: UUID
    merchant_id: UUID
    device_id: UUID
    device_seq: int
    kind: str
    version: int
    person_id: UUID
    rights_version: int
    desk_time: int
    time: int
    time_bound: int
    base_seq: int
    depends_on: tuple[UUID, ...]
    body_hash: bytes


class WireOp(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One operation on its way: header and body as the desk wrote them, and the signature of the chain there.

    A body of None is a header pushed alone, to be parked.
    """

    header: bytes
    body: bytes | None
    signature: bytes


class PushRequest(msgspec.Struct, array_like=True, frozen=True):
    """A batch in device_seq order."""

    ops: list[WireOp]


class Outcome(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What became of an operation. `facts` is canonical JSON; `first_seq`..`last_seq` its feed rows."""

    op_id: UUID
    device_seq: int
    status: Status
    first_seq: int = 0
    last_seq: int = 0
    code: str = ""
    facts: str = "{}"


class PushAnswer(msgspec.Struct, array_like=True, frozen=True):
    """Outcomes for the batch's leading operations, and why it stopped, if it did.

    `stopped` is "" or `hole` (send from `expected` on), `forked` (this device is somebody's copy),
    `reused_id` (this device, or with a decision another, had other work under this id), `bad_chain`,
    `unreadable` (the operation at `expected`: push its header alone). `known` are filed outcomes of
    what comes after `outcomes` in a batch that stopped; a server of the previous version tells none.
    """

    outcomes: list[Outcome]
    stopped: str
    expected: int
    epoch: UUID
    server_time: int
    known: list[Outcome] = []


class FeedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A row image (None: the row is gone) at a place in the feed."""

    seq: int
    table: str
    id: UUID
    image: bytes | None


class FeedOp(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """All that one operation left in the feed for this desk: never split."""

    op_id: UUID
    rows: list[FeedRow]


class FeedPage(msgspec.Struct, array_like=True, frozen=True):
    """Whole operations after a cursor, up to and including `until`; `more` tells that there are others.

    `device_head` is the last sequence number that the server has of the asking device. `floor` is where
    the feed was compacted to: who begins at 0 names it with the following pages, and is told by
    `cursor_too_old` if it has moved meanwhile, as removals may have been forgotten then. `device_chain` is
    the hash of the device's chain up to `device_head`; nothing where there is none, or the server is older.
    `head` is the feed's last number when the page was read; 0 where the server is older.
    """

    ops: list[FeedOp]
    until: int
    more: bool
    epoch: UUID
    device_head: int
    server_time: int
    floor: int = 0
    device_chain: bytes = b""
    head: int = 0


class TableCheck(msgspec.Struct, array_like=True, frozen=True):
    """Row count and sum of row hashes of one table in one scope, at `seq`."""

    table: str
    scope: UUID
    count: int
    sum: int


class CheckAnswer(msgspec.Struct, array_like=True, frozen=True):
    """The check sums of what a desk should hold when its cursor is `seq`.

    `without_end`, if asked for, are the operations of its outlet's desks, former ones too, that are held or
    parked here.
    """

    seq: int
    epoch: UUID
    checks: list[TableCheck]
    without_end: list[UUID] = []


class FormerDevice(msgspec.Struct, frozen=True):
    """What a desk was before it was enrolled again, and the last number of it that this desk was answered.

    A copy of the desk's folder may have worked on as the same device; what has a higher number may be its.
    `signature` is by the former key, of `EnrolRequest.claim`, for Purpose.ENROLMENT.
    """

    device_id: UUID
    device_seq: int
    signature: bytes


class EnrolRequest(msgspec.Struct, frozen=True):
    """A new desk presents its one-time secret and its public keys; one that was a desk before says so."""

    secret: str
    name: str
    verify_key: bytes
    seal_key: bytes
    recovery: bytes
    former: FormerDevice | None = None

    @property
    def claim(self) -> bytes:
        """What a former device signs: that whoever has this secret and key is what it was."""
        return self.verify_key + self.secret.encode()


class EnrolAnswer(msgspec.Struct, frozen=True):
    """What a desk needs to be one: its identity, code, home and bearer token.

    `recovery_key` is the public key that this merchant's recovery paper opens, or nothing.
    """

    merchant_id: UUID
    device_id: UUID
    outlet_id: UUID
    code: str
    token: str
    epoch: UUID
    server_time: int
    recovery_key: bytes = b""


class SignInRequest(msgspec.Struct, frozen=True):
    """A person at a desk, by login or badge, with a password or PIN."""

    login: str
    password: str


class SignInAnswer(msgspec.Struct, frozen=True):
    """The person, and the verifier with which this desk can check the same password offline."""

    person_id: UUID
    name: str
    verifier: str


class Problem(msgspec.Struct, frozen=True):
    """An answer with a status of 400 or more: a code with facts, as a refusal has."""

    code: str
    facts: dict[str, Any] = {}


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_header_decoder = msgspec.msgpack.Decoder(Header)

Message = TypeVar("Message")


def encode(message: msgspec.Struct) -> bytes:
    """Return the bytes of a message (MessagePack, ids as 16 bytes)."""
    return _encoder.encode(message)


def decode(data: bytes, kind: type[Message]) -> Message:
    """Read a message.

    Raises:
        msgspec.DecodeError: the bytes are no such message (its subclass ValidationError included).
    """
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(type(error).__name__) from error


def decode_header(data: bytes) -> Header:
    """Read a header.

    Raises:
        msgspec.DecodeError: the bytes are no header.
    """
    try:
        return _header_decoder.decode(data)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(type(error).__name__) from error
