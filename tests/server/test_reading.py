"""Does one operation that cannot be read, whatever the reason, leave those before it and its batch alone?"""

from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from merchant_desk.server import reading
from merchant_desk.server.reading import read_batch
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.protocol import Header, PushRequest, WireOp

NOBODY = UUID(int=0)
BODY = b"no body of this kind"


def wire(seq: int, kind: str = "adjust_stock") -> WireOp:
    header = Header(
        UUID(int=seq), NOBODY, NOBODY, seq, kind, 1, NOBODY, 0, 0, 0, 0, 0, (), sha256(BODY).digest()
    )
    return WireOp(encode_header(header), BODY, b"")


def test_a_header_with_half_a_character_ends_the_batch_before_it() -> None:
    broken = wire(2)
    broken = msgspec.structs.replace(
        broken, header=broken.header.replace(b"adjust_stock", b"adjust_stoc\xff")
    )
    found = read_batch(PushRequest([wire(1), broken, wire(3)]))
    assert [one.header.device_seq for one in found.arrivals] == [1]
    assert found.stopped == "bad_chain"


def test_a_body_that_a_mistake_of_ours_cannot_read_is_left_to_its_own_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decode_body(kind: str, version: int, data: bytes) -> object:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(reading, "decode_body", decode_body)
    found = read_batch(PushRequest([wire(1), wire(2)]))
    assert [(one.header.device_seq, one.content) for one in found.arrivals] == [(1, None), (2, None)]
    assert found.stopped == ""
