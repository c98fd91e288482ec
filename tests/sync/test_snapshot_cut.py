"""Is a snapshot that was cut, damaged or somebody else's told from a good one, and nothing lost by it?"""

import base64
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from merchant_desk.sync import exchange, snapshot
from merchant_desk.sync.administration import (
    SNAPSHOT_KEY_HEADER,
    SNAPSHOT_SCHEMA_HEADER,
    SNAPSHOT_USE,
)
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.sealing import seal, unseal
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.snapshot import SnapshotUnusable
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.lone_desk import LoneDesk, assert_agrees
from tests.helpers.web_desk import WebShop
from tests.server.web import web_world
from tests.sync.test_snapshot import left_files

PART = 150_000


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebShop]:
    monkeypatch.setattr(exchange, "LOOK_ROWS", 20)
    monkeypatch.setattr(snapshot, "Pace", lambda *amounts: Pace(PART, PART, PART))
    with web_world(tmp_path) as world:
        yield WebShop(world, tmp_path, goods=20)


@pytest.fixture
def desk(shop: WebShop) -> Iterator[LoneDesk]:
    opened = shop.newcomer()
    yield opened
    opened.close()


def parts_asked(desk: LoneDesk) -> list[tuple[int, int]]:
    """Return (first byte, last byte) of each part of a snapshot that was asked for."""
    spans = [
        request.headers["Range"].removeprefix("bytes=").split("-")
        for request in desk.wire.requests
        if request.path == "/snapshot"
    ]
    return [(int(first), int(last)) for first, last in spans]


# ---------------------------------------------------------------- cut


@pytest.mark.parametrize("restart", [False, True], ids=["same process", "new process"])
@pytest.mark.parametrize("most", [PART // 3, PART - 1])
def test_cut_in_each_part_it_goes_on_from_there(
    shop: WebShop, desk: LoneDesk, most: int, restart: bool
) -> None:
    whole: Any = desk
    looked, cuts = False, 0

    def line(request: Request) -> Request:
        """Cut whatever is more than a first look."""
        nonlocal looked, cuts
        if request.path == "/snapshot":
            looked, is_look = True, not looked
            whole.scissors.most = None if is_look else most
            cuts += not is_look
        return request

    desk.wire.before = line
    while not desk.engine.position.cursor:
        looked = False
        with suppress(Unreachable):
            desk.run()
        if restart:
            desk.restart()
        assert cuts < 50
    asked = parts_asked(desk)
    assert cuts >= 3
    assert {first for first, last in asked if last > first}.isdisjoint({0}), "never from the beginning again"
    firsts = [first for first, last in asked if last > first]
    assert firsts == sorted(set(firsts)), "no part twice"
    assert not [path for path in desk.wire.feeds() if path.startswith("/feed?after=0&rows=2000")]
    desk.sync()
    assert_agrees(desk)
    assert left_files(desk) == []


@pytest.mark.parametrize("most", [0, 100])
def test_a_line_that_breaks_each_time_leaves_it_to_the_feed(shop: WebShop, desk: LoneDesk, most: int) -> None:
    whole: Any = desk

    def line(request: Request) -> Request:
        whole.scissors.most = most if request.headers.get("Range") not in (None, "bytes=0-0") else None
        return request

    desk.wire.before = line
    for _ in range(snapshot.TRIES - 1):
        with pytest.raises(Unreachable):
            desk.run()
    desk.sync()
    assert_agrees(desk)
    assert left_files(desk) == []


def test_cancelled_at_any_point_it_only_takes_longer(shop: WebShop, desk: LoneDesk) -> None:
    looks, patience = 0, 0

    def cancelled() -> bool:
        nonlocal looks
        looks += 1
        return looks > patience

    while not desk.engine.position.cursor:
        patience, looks = patience + 1, 0
        desk.run(cancelled)
        assert patience < 60
    assert patience > 5
    assert [span for span in parts_asked(desk) if span[0] == 0 and span[1] > 0] == []
    desk.sync()
    assert_agrees(desk)


def test_a_file_that_is_gone_from_the_server_is_begun_anew(shop: WebShop, desk: LoneDesk) -> None:
    snapshots = shop.web.services.snapshots
    assert snapshots is not None
    gone = iter([True])

    def forget(request: Request) -> Request:
        if request.path == "/snapshot" and len(parts_asked(desk)) > 3 and next(gone, False):
            snapshots.close()
        return request

    desk.wire.before = forget
    desk.sync()
    assert (0, PART - 1) in parts_asked(desk)
    assert_agrees(desk)
    assert left_files(desk) == []


# ---------------------------------------------------------------- not what it should be


def _flip(place: Callable[[int], int]) -> Callable[["_Forger", Path, Response], Response]:
    def flip(forger: "_Forger", path: Path, response: Response) -> Response:
        data = bytearray(path.read_bytes())
        data[place(len(data))] ^= 1
        path.write_bytes(data)
        return response

    return flip


def _told(response: Response, **changes: str) -> Response:
    return msgspec.structs.replace(response, told={**response.told, **changes})


class _Forger:
    """Changes the last part of a snapshot on its way."""

    def __init__(self, shop: WebShop, desk: LoneDesk, forge: Callable[..., Response]) -> None:
        self.shop, self.desk, self.forge = shop, desk, forge

    def __call__(self, request: Request, response: Response) -> Response:
        if request.path != "/snapshot" or response.status != 206:
            return response
        last, _, size = response.told["Content-Range"].partition("-")[2].partition("/")
        if int(last) + 1 < int(size):
            return response
        return self.forge(self, Path(request.into), response)

    @property
    def tag(self) -> bytes:
        return self.desk.folder.glob("*.snapshot").__next__().name.split(".")[2].encode()


def _other_key(forger: _Forger, path: Path, response: Response) -> Response:
    keys = DeviceKeys.make(forger.shop.web.chance.bytes)
    box = seal(bytes(32), keys.sealing_key, use=SNAPSHOT_USE + forger.tag)
    return _told(response, **{SNAPSHOT_KEY_HEADER: base64.b64encode(box).decode()})


def _key_of_another_file(forger: _Forger, path: Path, response: Response) -> Response:
    identity = forger.desk.engine.identity
    keys = DeviceKeys(identity.signing_seed, identity.agreement_seed)
    use = SNAPSHOT_USE + forger.tag
    key = unseal(base64.b64decode(response.told[SNAPSHOT_KEY_HEADER]), keys.agreement_key, use=use)
    box = seal(bytes(byte ^ 1 for byte in key), keys.sealing_key, use=use)
    return _told(response, **{SNAPSHOT_KEY_HEADER: base64.b64encode(box).decode()})


def _longer(forger: _Forger, path: Path, response: Response) -> Response:
    with path.open("ab") as file:
        file.write(bytes(4096))
    return response


def _shorter(forger: _Forger, path: Path, response: Response) -> Response:
    path.write_bytes(path.read_bytes()[:-4096])
    size = path.stat().st_size
    return _told(response, **{"Content-Range": f"bytes 0-{size - 1}/{size}"})


def _other_schema(forger: _Forger, path: Path, response: Response) -> Response:
    return _told(response, **{SNAPSHOT_SCHEMA_HEADER: "9999"})


def _other_merchants(forger: _Forger, path: Path, response: Response) -> Response:
    """Put the file of another merchant in its place, under a key that opens."""
    web = forger.shop.web
    stranger = web.desk(web.found("白水商行", "BS"))
    answer = stranger.get("/snapshot")
    tag = answer.headers["ETag"].strip('"')
    box = base64.b64decode(answer.headers[SNAPSHOT_KEY_HEADER])
    key = unseal(box, stranger.keys.agreement_key, use=SNAPSHOT_USE + tag.encode())
    identity = forger.desk.engine.identity
    mine = DeviceKeys(identity.signing_seed, identity.agreement_seed)
    sealed = base64.b64encode(seal(key, mine.sealing_key, use=SNAPSHOT_USE + forger.tag)).decode()
    path.write_bytes(answer.content)
    size = len(answer.content)
    return _told(response, **{SNAPSHOT_KEY_HEADER: sealed, "Content-Range": f"bytes 0-{size - 1}/{size}"})


FORGERIES: dict[str, Callable[..., Response]] = {
    "first page": _flip(lambda size: 100),
    "a page in the middle": _flip(lambda size: size // 8192 * 4096 + 17),
    "last byte": _flip(lambda size: size - 1),
    "sealed to another desk": _other_key,
    "another key": _key_of_another_file,
    "key that is no base64": lambda forger, path, response: _told(response, **{SNAPSHOT_KEY_HEADER: "?"}),
    "longer than told": _longer,
    "a page short": _shorter,
    "tables of another version": _other_schema,
    "another merchant's": _other_merchants,
}


@pytest.mark.expects_log("snapshot_refused")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_as_it_should_be_is_refused_in_words(shop: WebShop, desk: LoneDesk, forgery: str) -> None:
    desk.wire.after = _Forger(shop, desk, FORGERIES[forgery])
    report = desk.run()
    assert report.fault is None
    assert isinstance(report.alarm, SnapshotUnusable)
    assert "不能使用" in report.alarm.sentence("zh_CN")
    assert "cannot be used" in report.alarm.sentence("en")
    assert "/feed?after=0&rows=20" in desk.wire.feeds()
    assert left_files(desk) == []
    assert desk.exchange.compare(desk.changes.append, lambda: False) is None
    if forgery != "another merchant's":
        assert_agrees(desk)


def test_something_that_only_passes_whole_files_leaves_it_to_the_feed(shop: WebShop, desk: LoneDesk) -> None:
    def whole(request: Request) -> Request:
        if request.path != "/snapshot":
            return request
        headers = {name: value for name, value in request.headers.items() if name != "Range"}
        return msgspec.structs.replace(request, headers=headers)

    desk.wire.before = whole
    desk.sync()
    assert_agrees(desk)
    assert left_files(desk) == []


@pytest.mark.parametrize(
    "told",
    [
        {"ETag": '"../../desk"'},
        {"ETag": '""'},
        {"Content-Range": "bytes 0-0/900000"},
        {"Content-Range": "pages 1-2/3"},
        {"Merchant-Desk-Epoch": "?"},
    ],
)
def test_headers_that_make_no_sense_leave_it_to_the_feed(
    shop: WebShop, desk: LoneDesk, told: dict[str, str]
) -> None:
    desk.wire.after = lambda request, response: (
        _told(response, **told) if request.path == "/snapshot" else response
    )
    desk.sync()
    assert desk.wire.paths().count("/snapshot") <= 3
    assert_agrees(desk)
    assert left_files(desk) == []


@pytest.mark.parametrize("rubbish", [b"", b"x", b"no snapshot" * 5_000])
def test_what_an_earlier_process_left_does_no_harm(shop: WebShop, desk: LoneDesk, rubbish: bytes) -> None:
    for name in (
        "desk.db.snapshot",
        "desk.db.0123456789abcdef.snapshot",
        "desk.db.opening",
        "desk.db.rebuild",
    ):
        (desk.folder / name).write_bytes(rubbish)
    desk.sync()
    assert_agrees(desk)
    assert left_files(desk) == []
