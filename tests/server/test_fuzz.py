"""Does rubbish ever break the server, reach the database, or stop the work that is not rubbish?"""

import dataclasses
import random
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain.products import AddProduct
from merchant_desk.domain.subjects import KINDS
from merchant_desk.server.bodies import BodyTooLarge, BodyUnreadable, unpack
from merchant_desk.server.endpoints.listed import ENDPOINTS
from merchant_desk.sync.administration import InviteRequest, KeyRequest, NewPassword, SignInTry, SignOut
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.protocol import (
    BATCH_OPS,
    EnrolRequest,
    Header,
    PushAnswer,
    PushRequest,
    Status,
    WireOp,
    decode,
    encode,
)
from merchant_desk.sync.signing import GENESIS, Purpose, chain_hash, sign
from tests.helpers.mutations import WHOLE, any_value, body_of, mutated
from tests.server.test_exchange import adjust, rice
from tests.server.web import PASSWORD, WebDesk, WebWorld, problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BODIES = 10_000
OPERATIONS = 1_000


def seeds(world: WebWorld) -> list[bytes]:
    """Return good messages of every kind, to be spoiled."""
    ids = [world.chance.new_id() for _ in range(4)]
    return [
        encode(message)
        for message in (
            PushRequest([WireOp(b"header", b"body", bytes(64))]),
            SignInTry("worker", PASSWORD),
            NewPassword(ids[0], PASSWORD, PASSWORD),
            InviteRequest(ids[1], ("cost",)),
            KeyRequest(ids[0], ids[1], "p", bytes(32), "manager", PASSWORD),
            EnrolRequest("0" * 20, "x", bytes(32), bytes(32), b""),
            SignOut(),
        )
    ]


def test_no_body_breaks_the_reading(embedded: WebWorld, long_run: bool) -> None:
    dice, good = random.Random(5), seeds(embedded)
    kinds = [endpoint.request for endpoint in ENDPOINTS if endpoint.request is not None]
    read = 0
    for _ in range(BODIES * (10 if long_run else 1)):
        body = mutated(dice, dice.choice(good))
        if dice.random() < 0.3:
            body = msgspec.msgpack.encode(any_value(dice))
        encoding = dice.choice(["", "", "zstd", "identity", "br"])
        if encoding == "zstd":
            body = zstd.compress(body)
            body = body if dice.random() < 0.7 else mutated(dice, body)
        try:
            unpack(body, encoding, 1 << 16, dice.choice(kinds))
        except (BodyUnreadable, BodyTooLarge):
            continue
        read += 1
    assert 0 < read < BODIES * 10


# ---------------------------------------------------------------- signed rubbish


@dataclasses.dataclass
class Forge:
    """Signs whatever it is given, as a desk that has gone wrong would."""

    desk: WebDesk
    chance: Any
    person: UUID
    seq: int = 0
    chain: bytes = GENESIS

    def sealed(self, kind: str, version: int, body: bytes, **changes: Any) -> WireOp:
        """Return the next operation of the chain."""
        at = self.desk.enrolled
        self.seq += 1
        header = Header(
            self.chance.new_id(), at.merchant_id, at.device_id, self.seq, kind, version, self.person, 1,
            self.chance.now, self.chance.now, 0, 0, (), sha256(body).digest(),
        )  # fmt: skip
        data = encode_header(msgspec.structs.replace(header, **changes))
        self.chain = chain_hash(self.chain, data)
        return WireOp(data, body, sign(self.desk.keys.signing_key, Purpose.OPERATION, self.chain))


def strange_operations(forge: Forge, dice: random.Random, known: list[UUID], count: int) -> Iterator[WireOp]:
    """Yield signed operations: rubbish, half rubbish, and the right fields with absurd values."""
    names = sorted(KINDS)
    for _ in range(count):
        kind = KINDS[dice.choice(names)]
        fields = body_of(dice, kind, known)
        body = msgspec.msgpack.encode(fields)
        name, version = kind.name, kind.version
        changes: dict[str, Any] = {}
        match dice.randrange(8):
            case 0:
                body = mutated(dice, body)
            case 1:
                body = msgspec.msgpack.encode(any_value(dice))
            case 2:
                name = dice.choice(["", "no_such_kind", "é", name[:-1]])
            case 3:
                version = dice.choice([0, 2, 99, -1, 2**40])
            case 4:
                field = dice.choice(["time", "desk_time", "time_bound", "base_seq", "rights_version"])
                changes = {field: dice.choice(WHOLE)}
            case 5:
                changes = {"depends_on": tuple(dice.choice(known) for _ in range(dice.randrange(3)))}
            case _:
                pass
        yield forge.sealed(name, version, body, **changes)


@pytest.mark.expects_log("handler_failed|write_failed|psycopg.*pipeline")
@pytest.mark.timeout(600)
def test_signed_rubbish_gets_an_outcome_and_stops_nobody(world: WebWorld, long_run: bool) -> None:
    desk, dice, at = world.desk(), random.Random(11), world.merchant
    sku = rice(world)
    world.services.house.do(at.id, AddProduct(sku))
    known = [at.outlet, at.warehouse, at.worker, at.manager, sku.sku_id, *at.shelves, at.id]
    forge = Forge(desk, world.chance, at.worker)
    waiting = list(strange_operations(forge, dice, known, OPERATIONS * (20 if long_run else 1)))
    total = len(waiting)
    found: dict[str, int] = {}
    while waiting:
        answer = desk.post("/push", PushRequest(waiting[: min(BATCH_OPS, 50)]))
        assert answer.status_code == 200, problem(answer)
        pushed = decode(answer.content, PushAnswer)
        for outcome in pushed.outcomes:
            found[outcome.status.value] = found.get(outcome.status.value, 0) + 1
        waiting = waiting[len(pushed.outcomes) :]
        if pushed.stopped:
            assert pushed.stopped == "unreadable", pushed
            alone = PushRequest([msgspec.structs.replace(waiting[0], body=None)])
            parked = decode(desk.post("/push", alone).content, PushAnswer)
            assert [one.status for one in parked.outcomes] == [Status.PARKED], parked
            found["parked"] = found.get("parked", 0) + 1
            waiting = waiting[1:]
    assert sum(found.values()) == total
    assert found["refused"] > total / 4
    body = msgspec.msgpack.Encoder(uuid_format="bytes").encode(adjust(world, sku, 1))
    kind = KINDS["adjust_stock"]
    good = PushRequest([forge.sealed(kind.name, kind.version, body)])
    (outcome,) = decode(desk.post("/push", good).content, PushAnswer).outcomes
    assert outcome.status is Status.APPLIED
    page = desk.pull("", outcome.first_seq - 1, 20_000)
    assert "ledger" in {row.table for op in page.ops for row in op.rows}
    assert world.client.get("/health").json()["trouble"] == ""
