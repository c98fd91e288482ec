"""Does rubbish ever break the server, reach the database, or stop the work that is not rubbish?"""

import dataclasses
import random
import sys
import typing
from collections.abc import Callable, Iterator
from hashlib import sha256
from types import UnionType
from typing import Any
from uuid import UUID

import msgspec
import pytest
from starlette.applications import Starlette

from merchant_desk.domain.operations import Kind
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
    Problem,
    PushAnswer,
    PushRequest,
    Status,
    WireOp,
    decode,
    encode,
)
from merchant_desk.sync.signing import GENESIS, Purpose, chain_hash, sign
from tests.server.test_exchange import adjust, rice
from tests.server.web import PASSWORD, WebDesk, WebWorld, problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REQUESTS = 6_000
BODIES = 12_000
OPERATIONS = 2_000
ALLOWED = {200, 400, 401, 403, 404, 405, 409, 413, 423, 426, 429}
WHOLE = [0, 1, -1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)]
TEXTS = ["", "a", "\x00", "'; DROP TABLE feed; --", "é" * 300, "\ud7ff", "𝔘", "ﷺ" * 5_000, "../../etc", "%s"]


def any_value(dice: random.Random, depth: int = 0) -> Any:
    """Return something that MessagePack can carry."""
    simple: list[Callable[[], Any]] = [
        lambda: None,
        lambda: dice.choice(WHOLE),
        lambda: dice.choice(TEXTS),
        lambda: dice.randbytes(dice.choice([0, 1, 16, 32, 64])),
        lambda: dice.random() * 1e300,
        lambda: dice.random() < 0.5,
    ]
    if depth > 3 or dice.random() < 0.7:
        return dice.choice(simple)()
    if dice.random() < 0.5:
        return [any_value(dice, depth + 1) for _ in range(dice.randrange(4))]
    return {str(any_value(dice, 9)): any_value(dice, depth + 1) for _ in range(dice.randrange(4))}


def mutated(dice: random.Random, data: bytes) -> bytes:
    """Return bytes that differ a little."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(len(changed) + 1)
        match dice.randrange(4):
            case 0:
                changed[place:place] = dice.randbytes(dice.randrange(1, 5))
            case 1:
                del changed[place : place + dice.randrange(1, 9)]
            case 2 if changed:
                changed[place % len(changed)] = dice.randrange(256)
            case _:
                changed[place : place + 16] = dice.randbytes(16)
    return bytes(changed)


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


async def ask(app: Starlette, method: str, path: str, query: bytes, headers: Any, body: bytes) -> Any:
    """Send one request as a server would; returns status, media type and body."""
    sent = [{"type": "http.request", "body": body, "more_body": False}, {"type": "http.disconnect"}]
    answer: dict[str, Any] = {"body": b""}

    async def receive() -> Any:
        return sent.pop(0) if len(sent) > 1 else sent[0]

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer["status"] = message["status"]
            answer["media"] = dict(message["headers"]).get(b"content-type", b"").decode()
        else:
            answer["body"] += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode("utf-8", "surrogateescape"),
        "query_string": query,
        "headers": headers,
        "client": ("192.0.2.9", 1),
        "server": ("server", 80),
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)
    return answer["status"], answer["media"], answer["body"]


def requests(world: WebWorld, desk: WebDesk, dice: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    """Yield strange requests to every endpoint but those that wait or send files."""
    good = seeds(world)
    endpoints = [one for one in ENDPOINTS if one.path not in ("/snapshot", "/docs", "/openapi.json")]
    tokens = [desk.enrolled.token, "x", "", desk.enrolled.token[:-1], world.merchant.id.hex]
    sessions = [desk.session, "x", ""]
    for _ in range(count):
        endpoint = dice.choice(endpoints)
        body = dice.choice(
            [
                mutated(dice, dice.choice(good)),
                msgspec.msgpack.encode(any_value(dice)),
                dice.randbytes(dice.randrange(200)),
            ]
        )
        headers = [(b"authorization", b"Bearer " + dice.choice(tokens[:1] * 6 + tokens[1:]).encode())]
        headers.append((b"merchant-desk-session", dice.choice(sessions[:1] * 3 + sessions[1:]).encode()))
        if dice.random() < 0.3:
            packed = zstd.compress(body) if dice.random() < 0.7 else mutated(dice, zstd.compress(body))
            body = packed
            headers.append((b"content-encoding", b"zstd"))
        if dice.random() < 0.1:
            name = dice.choice([b"merchant-desk-protocol", b"merchant-desk-pending", b"accept", b"range"])
            headers.append((name, dice.choice([b"1", b"2", b"-1", b"99999999999", dice.randbytes(6)])))
        query = b"wait=0"
        if dice.random() < 0.5:
            name = dice.choice([b"after", b"rows", b"wait"])
            value = dice.choice([str(dice.choice(WHOLE)).encode(), b"1e9", b"%00", b"NaN", b"0.001"])
            query = name + b"=" + value + b"&wait=0"
        method = endpoint.method if dice.random() < 0.97 else "PUT"
        path = endpoint.path if dice.random() < 0.97 else endpoint.path + dice.choice(["/", "\x00", "/../x"])
        yield method, path, query, headers, body


@pytest.mark.timeout(1_200)
def test_no_request_breaks_the_server(
    embedded: WebWorld, long_run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = embedded
    for person in (world.merchant.manager, world.merchant.worker):
        world.services.people.set_password(world.merchant.id, person, PASSWORD)
    desk = world.desk()
    desk.sign_in("manager")
    before = counts(world)
    world.chance.now += 60_000_000
    seen: dict[int, int] = {}

    async def send_all() -> None:
        for request in requests(world, desk, random.Random(7), REQUESTS * (10 if long_run else 1)):
            world.chance.now += 5_000_000  # the throttle has its own tests
            status, media, body = await ask(world.app, *request)
            assert status in ALLOWED, request
            if status >= 400:
                kind = "json" if media == "application/json" else "msgpack"
                found = msgspec.json.decode(body, type=Problem) if kind == "json" else decode(body, Problem)
                assert found.code, request
            seen[status] = seen.get(status, 0) + 1

    world.loop.run(send_all(), 1_200)
    assert {200, 400, 401, 403, 404, 405, 426} <= set(seen), seen
    after = counts(world)
    assert after["operations"] == before["operations"]
    assert after["feed"] == before["feed"]
    assert after["devices"] == before["devices"]


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


def counts(world: WebWorld) -> dict[str, int]:
    with world.services.database.reader.connect() as connection:
        return {
            table: int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
            for table in ("operations", "feed", "devices", "device_heads")
        }


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


def body_of(dice: random.Random, kind: Kind, known: list[UUID]) -> dict[str, Any]:
    """Return fields of the right types and the wrong values."""
    hints = typing.get_type_hints(kind.body)
    return {field.name: value_of(dice, hints[field.name], known) for field in dataclasses.fields(kind.body)}


def value_of(dice: random.Random, hint: Any, known: list[UUID]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (UnionType, typing.Union):
        return value_of(dice, dice.choice(arguments), known)
    if hint is UUID:
        return dice.choice(known).bytes if dice.random() < 0.8 else dice.randbytes(16)
    if hint is int:
        return dice.choice([1, 1_000_000, 20251121, *WHOLE])
    if hint is str:
        return dice.choice(["A-01", "storage", "manager", "sellable", "opening", "other", *TEXTS])
    if hint is bytes:
        return dice.randbytes(32)
    if hint is bool:
        return dice.random() < 0.5
    if origin is tuple:
        return [value_of(dice, arguments[0], known) for _ in range(dice.randrange(3))]
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        return {field.name: value_of(dice, hints[field.name], known) for field in dataclasses.fields(hint)}
    return None


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
    waiting = list(strange_operations(forge, dice, known, OPERATIONS * (10 if long_run else 1)))
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
