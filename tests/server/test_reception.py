"""Is everything that comes in checked, and is every answer one that a desk can act on?"""

import sys
from contextlib import suppress

import msgspec
import pytest

from merchant_desk.server.bodies import BodyTooLarge, BodyUnreadable, read_body, unpack
from merchant_desk.server.endpoint import Access
from merchant_desk.server.endpoints.listed import ENDPOINTS
from merchant_desk.server.endpoints.sync import PUSH_BYTES
from merchant_desk.server.problems import TooManyRequests
from merchant_desk.server.throttle import Throttle, line_of
from merchant_desk.sync.administration import (
    EPOCH_HEADER,
    MEDIA_TYPE,
    PROTOCOL_HEADER,
    Health,
    InviteRequest,
    SignInTry,
    VersionAnswer,
)
from merchant_desk.sync.protocol import PROTOCOL, EnrolRequest, PushRequest, decode, encode
from tests.server.web import MSGPACK, WebWorld, problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GUARDED = [endpoint for endpoint in ENDPOINTS if endpoint.access is not Access.ANYBODY]


@pytest.mark.parametrize("endpoint", GUARDED, ids=lambda endpoint: endpoint.path)
def test_without_an_enrolled_desks_token_nothing_is_told(embedded: WebWorld, endpoint: object) -> None:
    method, path = endpoint.method, endpoint.path  # type: ignore[attr-defined]
    desk = embedded.desk()
    house = embedded.merchant.id.bytes.hex()
    for shown in ("", "Bearer", "Bearer nonsense", f"Bearer {house}", f"Basic {desk.enrolled.token}"):
        headers = {**MSGPACK, **({"Authorization": shown} if shown else {})}
        answer = embedded.client.request(method, path, headers=headers)
        assert (answer.status_code, problem(answer).code) == (401, "not_enrolled"), shown
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_only_what_must_be_is_open() -> None:
    open_paths = {endpoint.path for endpoint in ENDPOINTS if endpoint.access is Access.ANYBODY}
    assert open_paths == {"/enrol", "/key", "/health", "/version", "/openapi.json", "/docs", "/metrics"}


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ("0", 426, "desk_too_old"),
        (str(PROTOCOL), 200, ""),
        (str(PROTOCOL + 1), 426, "server_too_old"),
        ("one", 400, "body_unreadable"),
        ("1" * 50, 400, "body_unreadable"),
    ],
)
def test_protocols(embedded: WebWorld, given: str, status: int, code: str) -> None:
    desk = embedded.desk()
    answer = desk.get("/check", **{PROTOCOL_HEADER: given})
    assert answer.status_code == status
    assert answer.headers[PROTOCOL_HEADER] == str(PROTOCOL)
    if code:
        assert problem(answer).code == code


def test_every_answer_says_who_answers(embedded: WebWorld) -> None:
    epoch = str(embedded.services.epoch)
    for path in ("/health", "/check", "/nowhere", "/docs", "/feed?rows=0"):
        answer = embedded.client.get(path)
        assert answer.headers[EPOCH_HEADER] == epoch, path
        assert answer.headers["Cache-Control"] == "no-store", path


def test_strange_paths_and_methods(embedded: WebWorld) -> None:
    for method, path, status, code in (
        ("GET", "/", 404, "no_such_path"),
        ("GET", "/feed/", 404, "no_such_path"),
        ("GET", "/push", 405, "no_such_method"),
        ("DELETE", "/desks", 405, "no_such_method"),
    ):
        answer = embedded.client.request(method, path, headers=MSGPACK)
        assert (answer.status_code, problem(answer).code) == (status, code), path


@pytest.mark.parametrize(
    "query", ["rows=0", "rows=x", "rows=-1", "after=-1", "after=9223372036854775808", "rows=1e3", "after=٣"]
)
def test_parameters_out_of_range(embedded: WebWorld, query: str) -> None:
    answer = embedded.desk().get(f"/feed?{query}")
    assert (answer.status_code, problem(answer).code) == (400, "bad_parameter")


def test_bodies_that_are_none(embedded: WebWorld) -> None:
    desk = embedded.desk()
    packed = zstd.compress(encode(PushRequest([])))
    for body, encoding in (
        (b"", ""),
        (b"{}", ""),
        (b"\xc1", ""),
        (b"\x91" * 9_000, ""),
        (msgspec.msgpack.encode([[["header", "body", "signature"]]]), ""),
        (packed, "gzip"),
        (packed[:-2], "zstd"),
        (packed + packed, "zstd"),
        (b"garbage", "zstd"),
    ):
        answer = desk.post("/push", body, **({"Content-Encoding": encoding} if encoding else {}))
        assert (answer.status_code, problem(answer).code) == (400, "body_unreadable"), (body[:20], encoding)


def test_what_was_sent_is_not_repeated(embedded: WebWorld) -> None:
    body = msgspec.msgpack.encode({"login": "worker", "password": "x", "kind": "my secret"})
    answer = embedded.desk().post("/sign-in", body)
    assert answer.status_code == 400
    assert b"secret" not in answer.content
    assert problem(answer).facts == {"reason": "$.kind"}


def test_bodies_that_are_too_large(embedded: WebWorld) -> None:
    desk = embedded.desk()
    large = bytes(PUSH_BYTES + 1)
    for answer in (
        desk.post("/push", large),
        desk.post("/push", zstd.compress(large), **{"Content-Encoding": "zstd"}),
        desk.post("/sign-in", SignInTry("a" * 20_000, "")),
    ):
        assert (answer.status_code, problem(answer).code) == (413, "body_too_large")


def test_a_bomb_is_not_unpacked() -> None:
    bomb = zstd.compress(bytes(1 << 28))
    assert len(bomb) < 100_000
    with pytest.raises(BodyTooLarge):
        unpack(bomb, "zstd", 1 << 20, PushRequest)
    options = {
        int(zstd.CompressionParameter.window_log): 27,
        int(zstd.CompressionParameter.compression_level): 1,
    }
    greedy = zstd.compress(bytes(1 << 28), options=options)
    with pytest.raises((BodyTooLarge, BodyUnreadable)):
        unpack(greedy, "zstd", 1 << 20, PushRequest)


def test_reading_stops_at_the_first_byte_too_many(embedded: WebWorld) -> None:
    taken = []

    async def chunks() -> object:
        for number in range(100):
            taken.append(number)
            yield bytes(100)

    with pytest.raises(BodyTooLarge):
        embedded.loop.run(read_body(chunks(), None, 250))  # type: ignore[arg-type]
    assert taken == [0, 1, 2]
    with pytest.raises(BodyTooLarge):
        embedded.loop.run(read_body(chunks(), "251", 250))  # type: ignore[arg-type]
    assert taken == [0, 1, 2]


def test_guessing_is_slowed_down(embedded: WebWorld) -> None:
    guesser, other = embedded.client_from("198.51.100.1"), embedded.client_from("198.51.100.2")
    guess = encode(EnrolRequest("0" * 20, "x", bytes(32), bytes(32), b""))
    codes = [guesser.post("/enrol", content=guess, headers=MSGPACK).status_code for _ in range(14)]
    assert codes == [403] * 10 + [429] * 4
    last = guesser.post("/enrol", content=guess, headers=MSGPACK)
    assert problem(last).code == "too_many_requests"
    assert 1 <= int(last.headers["Retry-After"]) <= 7
    assert other.post("/enrol", content=guess, headers=MSGPACK).status_code == 403
    embedded.chance.now += 60_000_000
    assert guesser.post("/enrol", content=guess, headers=MSGPACK).status_code == 403


def test_who_tries_too_often_takes_nothing_from_the_others(embedded: WebWorld) -> None:
    world = embedded
    world.services.people.set_password(world.merchant.id, world.merchant.worker, "青石-sesame-7")
    desk, noisy = world.desk(), world.desk()
    stranger = world.client_from("203.0.113.66")
    assert {stranger.post("/sign-in", content=b"x").status_code for _ in range(330)} == {401}
    guess = encode(EnrolRequest("0" * 20, "x", bytes(32), bytes(32), b""))
    codes = [stranger.post("/enrol", content=guess, headers=MSGPACK).status_code for _ in range(130)]
    assert (codes.count(403), codes.count(429)) == (10, 120)
    codes = [noisy.post("/sign-in", b"x").status_code for _ in range(330)]
    assert (codes.count(400), codes.count(429)) == (30, 300)
    desk.sign_in("worker", "青石-sesame-7")
    world.desk()


def test_all_together_try_no_more_than_ten_times_as_often() -> None:
    throttle, passed = Throttle(3, 3, lambda: 0), 0
    for n in range(60):
        with suppress(TooManyRequests):
            throttle.take(f"key {n % 20}")
            passed += 1
    assert passed == 30


def test_the_addresses_of_one_line_count_as_one() -> None:
    assert line_of("2001:db8:1:2::7") == line_of("2001:db8:1:2:ffff::1") != line_of("2001:db8:1:3::7")
    assert line_of("192.0.2.7") != line_of("192.0.2.8")
    assert line_of("::ffff:192.0.2.7") != line_of("::ffff:192.0.2.8")
    assert line_of("testclient") == "testclient"


def test_one_merchant_never_sees_another(world: WebWorld) -> None:
    """Every way in which a desk of one merchant could ask for something of another."""
    mine, theirs = world.merchant, world.found("白水商行", "BS")
    for owner in (mine, theirs):
        for person in (owner.manager, owner.worker):
            world.services.people.set_password(owner.id, person, f"password of {owner.id}")
    desk, foreign = world.desk(mine), world.desk(theirs)
    secrets = [
        *(value.bytes for value in (theirs.id, theirs.manager, theirs.worker, theirs.outlet)),
        "白水商行".encode(),
        *(shelf.bytes for shelf in theirs.shelves),
        foreign.enrolled.device_id.bytes,
    ]
    for path in ("/feed?after=0&rows=20000", "/check", "/desks", "/notice?wait=0"):
        answer = desk.get(path)
        assert answer.status_code == 200
        assert not [one for one in secrets if one in answer.content], path
    assert desk.post("/sign-in", SignInTry("manager", f"password of {theirs.id}")).status_code == 403
    desk.sign_in("manager", f"password of {mine.id}")
    invited = desk.post("/invite", InviteRequest(theirs.outlet))
    assert (invited.status_code, problem(invited).code) == (404, "no_such_outlet")
    foreign.session = desk.session
    assert problem(foreign.post("/invite", InviteRequest(theirs.outlet))).code == "sign_in_expired"


def test_health_and_version_for_people_and_programs(world: WebWorld) -> None:
    answer = world.client.get("/health")
    assert answer.headers["Content-Type"] == "application/json"
    health = msgspec.json.decode(answer.content, type=Health)
    assert (health.status != "down", health.trouble) == (True, "")
    assert health.database == world.services.database.name
    packed = world.client.get("/version", headers=MSGPACK)
    assert packed.headers["Content-Type"] == MEDIA_TYPE
    version = decode(packed.content, VersionAnswer)
    assert version.epoch == world.services.epoch
    assert version.seal_key == world.services.state.public_seal_key
    assert msgspec.json.decode(world.client.get("/version").content, type=VersionAnswer).protocol == PROTOCOL


def test_a_browser_is_told_in_json(embedded: WebWorld) -> None:
    answer = embedded.client.get("/desks", headers={"Accept": "text/html,application/xhtml+xml"})
    assert answer.json() == {"code": "not_enrolled", "facts": {}}
