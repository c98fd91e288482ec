"""Does anything that is read as an operation or as a feed ever break its reader?"""

import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.subjects import KINDS
from merchant_desk.models.columns import TableSpec
from merchant_desk.models.images import ImageCodec
from merchant_desk.models.tables import SPECS
from merchant_desk.server.reading import read_batch
from merchant_desk.sync.carried_file import CarriedHeader, CarriedUnreadable, read_header
from merchant_desk.sync.codec import decode_body, encode_body, encode_header
from merchant_desk.sync.personal_keys import BuyerKey, read_keys
from merchant_desk.sync.protocol import (
    CheckAnswer,
    FeedOp,
    FeedPage,
    FeedRow,
    Header,
    Outcome,
    Problem,
    PushAnswer,
    PushRequest,
    Status,
    TableCheck,
    WireOp,
    decode,
    decode_header,
    encode,
)
from merchant_desk.sync.sealing import SealBroken
from tests.helpers.mutations import DEEP, body_of, spoiled

INPUTS = 10_000
LONG = 100
"""The full form takes so many times as many: a million."""

ONE = UUID(int=0x0192_0000_0000_7000_8000_0000_0000_0001)
EXPECTED = (msgspec.DecodeError, Refusal, CarriedUnreadable, SealBroken)
Reader = Callable[[bytes], object]

SKU = NewSku(ONE, "RICE", "大米", "Rice", "粮油", "袋", 68_000_000, False, False, 0, 0, ())


def header(kind: str, body: bytes) -> Header:
    digest = sha256(body).digest()
    return Header(ONE, ONE, ONE, 1, kind, 1, ONE, 1, 1, 1, 0, 0, (ONE,), digest)


def image(spec: TableSpec) -> bytes:
    plain = {"id": ONE.bytes, "int": 7, "text": "米", "bytes": b"\x01"}
    row = {column.name: plain[column.kind] for column in spec.columns}
    return msgspec.msgpack.encode({"id": ONE.bytes, **row})


def push_reader(data: bytes) -> object:
    return read_batch(decode(data, PushRequest))


def readers() -> dict[str, tuple[list[bytes], Reader]]:
    """Return what reads operations and feeds, by name, each with good messages of its kind."""
    body = encode_body(AddProduct(SKU))
    headers = [encode_header(header("add_product", body))]
    wires = [WireOp(headers[0], body, bytes(64))]
    rows = [FeedRow(n, name, ONE, image(spec)) for n, (name, spec) in enumerate(SPECS.items())]
    page = FeedPage([FeedOp(ONE, rows[:5]), FeedOp(ONE, [FeedRow(9, "skus", ONE, None)])], 9, True, ONE, 4, 5)
    outcome = Outcome(ONE, 1, Status.APPLIED)
    found: dict[str, tuple[list[bytes], Reader]] = {
        "header": (headers, decode_header),
        "push": ([encode(PushRequest(wires * 3))], push_reader),
        "feed": ([encode(page)], lambda data: decode(data, FeedPage)),
        "outcomes": ([encode(PushAnswer([outcome], "", 1, ONE, 1))], lambda data: decode(data, PushAnswer)),
        "check": ([encode(CheckAnswer(1, ONE, [TableCheck("skus", ONE, 1, 2)], [ONE]))],
                  lambda data: decode(data, CheckAnswer)),
        "problem": ([encode(Problem("x", {"most": 1}))], lambda data: decode(data, Problem)),
        "carried": ([encode(CarriedHeader(ONE, ONE, "CG-1", "p", 1, 2, 2, 1))], read_header),
        "keys": ([msgspec.msgpack.encode([BuyerKey(ONE, bytes(32))])], read_keys),
    }  # fmt: skip
    return found


def bodies(dice: random.Random) -> dict[str, tuple[list[bytes], Reader]]:
    """Return the readers of all kinds of operations."""
    found: dict[str, tuple[list[bytes], Reader]] = {}
    for name, kind in KINDS.items():
        good = [msgspec.msgpack.encode(body_of(dice, kind, [ONE])) for _ in range(4)]
        found[f"body {name}"] = (good, partial(decode_body, name, kind.version))
    return found


def images() -> dict[str, tuple[list[bytes], Reader]]:
    """Return the readers of the rows of all tables."""
    return {f"image {name}": ([image(spec)], ImageCodec(spec).decode) for name, spec in SPECS.items()}


@pytest.mark.timeout(1_800)
def test_no_operation_and_no_feed_breaks_its_reader(long_run: bool) -> None:
    dice = random.Random(3)
    families = [list(family.items()) for family in (readers(), bodies(dice), images())]
    for family in families:
        for name, (good, read) in family:
            if not name.startswith("body "):
                assert [read(data) for data in good], name
    inputs = INPUTS * (LONG if long_run else 1)
    seen: Counter[str] = Counter()
    for _ in range(inputs):
        name, (good, read) = dice.choice(dice.choice(families))
        data = spoiled(dice, good)
        try:
            read(data)
        except EXPECTED as told:
            seen[type(told).__name__] += 1
        except Exception as error:
            raise AssertionError((name, type(error), data[:400])) from error
        else:
            seen["read"] += 1
        seen[name] += 1
    sys.stdout.write(json.dumps({"inputs": inputs, **{key: seen[key] for key in sorted(seen)}}) + "\n")
    assert set(seen) >= {name for family in families for name, _ in family}
    assert min(seen["read"], seen["Refusal"], seen["ValidationError"], seen["DecodeError"]) > inputs / 100


@pytest.mark.parametrize("name", ["header", "push", "feed", "outcomes", "problem", "carried", "keys", "row"])
@pytest.mark.parametrize("tail", [b"\x91" * DEEP + b"\xc0", b"\xa2\xff\xff"], ids=["deep", "no text"])
def test_what_nobody_wrote_is_told_as_unreadable(name: str, tail: bytes) -> None:
    """Where a newer version would put a value: those of too many levels, and texts that are none."""
    ((good, *_), read) = readers()[name] if name != "row" else images()["image skus"]
    is_map = 0x80 <= good[0] < 0x90
    more = b"\xa1?" if is_map else b""
    grown = b"\xde" if is_map else b"\xdc"
    count = good[0] & 0x0F if good[0] < 0xA0 else int.from_bytes(good[1:3], "big")
    rest = good[1:] if good[0] < 0xA0 else good[3:]
    broken = grown + (count + 1).to_bytes(2, "big") + (rest + more + tail if tail[0] == 0x91 else tail + rest)
    with pytest.raises(EXPECTED):
        read(broken)
