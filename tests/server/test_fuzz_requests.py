"""Does any strange request to any endpoint break the server, or change a row that it may not change?"""

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from merchant_desk.models.server_tables import metadata
from merchant_desk.server.compaction import Compaction
from merchant_desk.server.endpoint import Endpoint
from merchant_desk.server.endpoints.listed import ENDPOINTS
from merchant_desk.sync.administration import (
    ArchiveRequest,
    InviteRequest,
    KeyRequest,
    NewPassword,
    SignInTry,
    SignOut,
)
from merchant_desk.sync.carried_file import CarriedFrame, CarriedHeader
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.personal_keys import KeysRequest
from merchant_desk.sync.protocol import (
    EnrolRequest,
    Header,
    Problem,
    PushAnswer,
    PushRequest,
    WireOp,
    decode,
    encode,
)
from merchant_desk.sync.signing import GENESIS, Purpose, chain_hash, sign
from merchant_desk.sync.tracing import TraceRequest
from tests.helpers.mutations import DEEP, TEXTS, WHOLE, any_value, mutated, spoiled
from tests.server.web import PASSWORD, WebDesk, WebWorld

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

REQUESTS = 200
"""To each endpoint; the full form sends 20,000 to each."""

LONG = 100
NAMES = [b"merchant-desk-protocol", b"merchant-desk-pending", b"accept", b"range", b"content-length"]
ODD = [b"1", b"2", b"-1", b"99999999999", b"bytes=5-1", b"bytes=0-0", b"*/*;q=x"]
VALUES = [*map(str, WHOLE), "1e9", "%00", "NaN", "0.001", "%ff", "skus", "ledger", "-0", *map(ascii, TEXTS)]
ALLOWED = {200, 206, 304, 400, 401, 403, 404, 405, 409, 410, 413, 416, 423, 426, 429}
CONTACT = {("device_heads", name) for name in ("cursor", "last_contact", "last_pending")}
"""Who was here, when, and what he said of himself: every request of a desk may move it."""

MAY_CHANGE = {
    "/invite": {"enrolments"},
    "/key": {"credentials"},
    "/sign-in": {"credentials", "person_sessions", "proofs"},
    "/sign-out": {"person_sessions"},
    "/password": {"credentials", "person_sessions", "proofs"},
    "/archive": {"credentials", "proofs"},
}
"""What a request that is right, or a wrong password, writes down: endpoint -> tables."""


async def ask(app: Starlette, method: str, path: str, query: bytes, headers: Any, body: bytes) -> Any:
    """Send one request as a server would; returns status, media type and body."""
    sent = [{"type": "http.request", "body": body, "more_body": False}]
    answer: dict[str, Any] = {"body": b""}

    async def receive() -> Any:
        if sent:
            return sent.pop(0)
        return await asyncio.Event().wait()

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


def good_messages(world: WebWorld, desk: WebDesk) -> dict[str, list[bytes]]:
    """Return messages to spoil, by endpoint; what a push or a carried file holds is signed by nobody."""
    ids = [world.chance.new_id() for _ in range(4)]
    at, people = desk.enrolled, world.merchant
    digest = sha256(b"body").digest()
    header = Header(
        ids[0], at.merchant_id, at.device_id, 1, "adjust_stock", 1, people.worker, 1, 1, 1, 0, 0, (), digest
    )
    head = encode_header(header)
    forged = sign(desk.keys.signing_key, Purpose.CARRIED, chain_hash(GENESIS, head))
    carried = encode(CarriedHeader(at.merchant_id, at.device_id, "CG-1", "p", 1, 2, 2, 1))
    framed = sign(desk.keys.signing_key, Purpose.CARRIED, carried)
    found: dict[str, list[Any]] = {
        "/push": [PushRequest([WireOp(head, b"body", forged)]),
                  PushRequest([WireOp(head, None, forged)] * 9)],
        "/enrol": [EnrolRequest("0" * 20, "x", bytes(32), bytes(32), b"")],
        "/invite": [InviteRequest(people.outlet, ("cost",)), InviteRequest(ids[1], ())],
        "/key": [KeyRequest(ids[0], ids[1], "p", bytes(32), "manager", PASSWORD),
                 KeyRequest(at.merchant_id, at.device_id, "p", bytes(32), "manager", PASSWORD)],
        "/sign-in": [SignInTry("worker", PASSWORD), SignInTry("manager", "wrong")],
        "/sign-out": [SignOut()],
        "/password": [NewPassword(people.worker, PASSWORD, PASSWORD), NewPassword(ids[0], PASSWORD, "")],
        "/buyer-keys": [KeysRequest(b"box", (ids[0],)), KeysRequest()],
        "/archive": [ArchiveRequest("worker", PASSWORD, "a.zip"), ArchiveRequest("x", "y", "a.zip", True)],
        "/trace": [TraceRequest(ids[0]), TraceRequest(at.merchant_id)],
        "/carried": [CarriedFrame(carried, framed, 0, True, b"sealed" * 9)],
    }  # fmt: skip
    return {path: [encode(message) for message in messages] for path, messages in found.items()}


@dataclass
class Rubbish:
    """Makes strange requests to one endpoint after another, of people and desks of every standing."""

    dice: random.Random
    good: dict[str, list[bytes]]
    tokens: Sequence[str]
    sessions: Sequence[str]

    def request(self, endpoint: Endpoint) -> tuple[Any, ...]:
        """Return method, path, query, headers and body."""
        dice, headers = self.dice, []
        body, packed = self.body(endpoint)
        if packed:
            headers.append((b"content-encoding", packed))
        token = dice.choice(self.tokens).encode()
        token = token if dice.random() < 0.95 else mutated(dice, token)
        headers.append((b"authorization", b"Bearer " + token))
        headers.append((b"merchant-desk-session", dice.choice(self.sessions).encode()))
        if dice.random() < 0.15:
            headers.append((dice.choice(NAMES), dice.choice([*ODD, dice.randbytes(6)])))
        method = endpoint.method if dice.random() < 0.97 else "PUT"
        path = endpoint.path if dice.random() < 0.97 else endpoint.path + dice.choice(["/", "\x00", "/../x"])
        return method, path, self.query(endpoint), headers, body

    def body(self, endpoint: Endpoint) -> tuple[bytes, bytes]:
        """Return a spoiled message and how it says it is packed."""
        dice = self.dice
        good = self.good[endpoint.path] if endpoint.request is not None else [b"\x80"]
        body = spoiled(dice, good) if dice.random() < 0.8 else msgspec.msgpack.encode(any_value(dice))
        if dice.random() < 0.05:
            body = dice.choice(good)
        if dice.random() < 0.75:
            return body, dice.choice([b"", b"", b"", b"identity", b"br"]) if dice.random() < 0.2 else b""
        packed = zstd.compress(body)
        return (packed if dice.random() < 0.7 else mutated(dice, packed)), b"zstd"

    def query(self, endpoint: Endpoint) -> bytes:
        """Return an address's end; what waits is told not to."""
        dice = self.dice
        names = [one.name for one in endpoint.params] + [one.name for one in endpoint.choices] + ["x"]
        odd = [f"{dice.choice(names)}={dice.choice(VALUES)}" for _ in range(dice.randrange(3))]
        return "&".join([*odd, "wait=0"]).encode()


def digests(world: WebWorld) -> dict[str, str]:
    """Return what all rows of each table come to."""
    found = {}
    with world.services.database.reader.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [column for column in table.c if (table.name, column.name) not in CONTACT]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            found[table.name] = sha256("\n".join(rows).encode()).hexdigest()
    return found


@dataclass
class Standing:
    """Desks with and without more groups, one of another merchant; a manager and a worker at them."""

    world: WebWorld
    desk: WebDesk
    personal: WebDesk
    foreign: WebDesk

    @property
    def tokens(self) -> list[str]:
        """Tokens: those of the desks, a cut one, none."""
        known = [one.enrolled.token for one in (*[self.desk] * 4, self.personal, self.foreign)]
        return [*known, self.desk.enrolled.token[:-1], ""]

    def sign_in(self) -> list[str]:
        """Open every lock, and return sessions of today: of both people, nobody's, none."""
        at = self.world.merchant
        for person in (at.manager, at.worker):
            self.world.services.people.set_password(at.id, person, PASSWORD)
        found = [self.desk.sign_in("manager").session] * 4
        found += [self.desk.sign_in("worker").session, self.personal.sign_in("manager").session]
        return [*found, "x", ""]


@pytest.mark.expects_log("bad_signature")
@pytest.mark.timeout(7_200)
def test_no_request_breaks_the_server_or_changes_a_row(
    embedded: WebWorld, long_run: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Weeks go by on this server's clock, and what it does by itself each night is no answer to a request.
    monkeypatch.setattr(Compaction, "is_due", lambda _: False)
    world = embedded
    foreign = world.desk(world.found("外县供销社", "WX"))
    standing = Standing(world, world.desk(), world.desk(groups=("personal", "cost")), foreign)
    rubbish = Rubbish(random.Random(7), good_messages(world, standing.desk), standing.tokens, [])
    described = world.client.get("/openapi.json").json()["paths"]
    listed = {(method.upper(), path) for path, methods in described.items() for method in methods}
    rounds, seen, sent = LONG if long_run else 1, Counter[int](), Counter[tuple[str, str]]()

    async def send_all(endpoint: Endpoint) -> None:
        for _ in range(REQUESTS):
            world.chance.now += 5_000_000  # the throttle has its own tests
            request = rubbish.request(endpoint)
            status, media, body = await ask(world.app, *request)
            assert status in ALLOWED, (status, body[:200], request)
            is_range = endpoint.path == "/snapshot" and media.startswith("text/plain")  # the library's answer
            if status >= 400 and not (is_range and status in (400, 416)):
                reader = msgspec.json.decode if media == "application/json" else msgspec.msgpack.decode
                assert media in ("application/json", "application/msgpack"), (status, media, body, request)
                assert reader(body, type=Problem).code, request
            seen[status] += 1
            sent[endpoint.method, endpoint.path] += 1

    for endpoint in ENDPOINTS:
        for _ in range(rounds):
            world.chance.now += 120_000_000
            rubbish.sessions = standing.sign_in()
            before = digests(world)
            world.loop.run(send_all(endpoint), 600)
            after = digests(world)
            changed = {name for name in after if after[name] != before[name]}
            assert changed <= MAY_CHANGE.get(endpoint.path, set()), (endpoint.path, changed)
    each = rounds * REQUESTS
    sys.stdout.write(json.dumps({"each": each, "endpoints": len(sent), "seen": dict(seen)}) + "\n")
    assert sent == dict.fromkeys(listed, each), "an endpoint that is described was left out"
    assert {200, 400, 401, 403, 404, 405, 426} <= set(seen), seen


@pytest.mark.expects_log("bad_signature")
def test_a_header_that_nobody_can_read_is_no_mistake_of_the_server(embedded: WebWorld) -> None:
    """It is a message within a message: what reads the request itself does not see it."""
    tail = b"\x91" * DEEP + b"\xc0"
    desk = embedded.desk()
    good = good_messages(embedded, desk)
    head = decode(good["/push"][0], PushRequest).ops[0].header
    deep = b"\xdc" + (head[0] - 0x90 + 1).to_bytes(2, "big") + head[1:] + tail
    before = digests(embedded)
    pushed = desk.post("/push", PushRequest([WireOp(deep, b"body", bytes(64))]))
    assert pushed.status_code == 200
    assert decode(pushed.content, PushAnswer).stopped == "bad_chain"
    frame = decode(good["/carried"][0], CarriedFrame)
    told = frame.header
    wide = b"\xdc" + (told[0] - 0x90 + 1).to_bytes(2, "big") + told[1:] + tail
    carried = desk.post("/carried", CarriedFrame(wide, frame.signature, 0, True, frame.sealed))
    assert carried.status_code == 400
    assert decode(carried.content, Problem).code == "carried_unreadable"
    assert digests(embedded) == before
