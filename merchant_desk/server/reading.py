"""A pushed batch as read from its bytes: what can be done before anything is locked, beside another batch."""

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

import msgspec

from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.protocol import BATCH_OPS, Header, PushRequest, WireOp, decode_header


@dataclass(frozen=True, slots=True)
class Arrival:
    """An operation as it came in: its header and content read, its bytes kept.

    `content` is None where there is no body, or none that can be read: whoever needs it learns why then.
    """

    header: Header
    wire: WireOp
    content: object | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Operations of a batch up to the first that cannot be taken for one; `stopped` says why not, or "".

    `wires` are all that came, `arrivals` those that were read.
    """

    wires: list[WireOp]
    arrivals: list[Arrival]
    stopped: str = ""

    def leading(self, count: int) -> Self:
        """Return the reading of the first `count` operations alone."""
        stopped = self.stopped if count > len(self.arrivals) else ""
        return type(self)(self.wires[:count], self.arrivals[:count], stopped)


def read_batch(request: PushRequest) -> Reading:
    """Read a request's operations, `BATCH_OPS` at most; never raises for what came over the line."""
    wires = request.ops[:BATCH_OPS]
    arrivals: list[Arrival] = []
    for wire in wires:
        try:
            header = decode_header(wire.header)
        except msgspec.DecodeError:
            return Reading(wires, arrivals, "bad_chain")
        if wire.body is not None and sha256(wire.body).digest() != header.body_hash:
            return Reading(wires, arrivals, "unreadable")
        arrivals.append(Arrival(header, wire, _content_of(header, wire.body)))
    return Reading(wires, arrivals)


def _content_of(header: Header, body: bytes | None) -> object | None:
    if body is not None:
        with suppress(Exception):  # also a mistake of ours costs only this operation, in its turn
            return decode_body(header.kind, header.version, body)
    return None
