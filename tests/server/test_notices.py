"""Are desks told in time, only of what concerns them, and not too often?"""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.organisation import AddPerson, RetireDevice
from merchant_desk.server.intake import Device
from merchant_desk.server.movements import Movements
from merchant_desk.server.notices import Notices
from merchant_desk.sync.administration import Notice
from merchant_desk.sync.protocol import decode
from tests.server.web import WebDesk, WebWorld, problem


def device_of(world: WebWorld, desk: WebDesk) -> Device:
    device = world.services.enrolment.device_of(desk.enrolled.token)
    assert device is not None
    return device


def new_shelf(world: WebWorld) -> AddLocations:
    at, code = world.merchant, f"B-{world.chance.new_id().hex[-16:]}"
    return AddLocations(at.outlet, at.warehouse, "storage", (code,))


def add_shelf(world: WebWorld) -> None:
    world.services.house.do(world.merchant.id, new_shelf(world))
    world.loop.run(poked(world))


async def poked(world: WebWorld) -> None:
    notices: Notices = world.app.state.notices
    notices.poke(world.merchant.id)


def head(desk: WebDesk) -> int:
    return desk.pull("", 0, 20_000).until


def waited(desk: WebDesk, after: int, seconds: float) -> tuple[int, float]:
    begun = time.monotonic()
    answer = desk.get(f"/notice?after={after}&wait={seconds}")
    assert answer.status_code == 200, problem(answer)
    assert msgspec.msgpack.decode(answer.content, type=dict[str, int])
    return decode(answer.content, Notice).seq, time.monotonic() - begun


def test_what_is_there_already_is_told_at_once(world: WebWorld) -> None:
    desk = world.desk()
    seq, seconds = waited(desk, 0, 20)
    assert seq == head(desk)
    assert seconds < 5


def test_quiet_ends_in_time(world: WebWorld) -> None:
    desk = world.desk()
    last = head(desk)
    seq, seconds = waited(desk, last, 0.3)
    assert seq == last
    assert 0.25 < seconds < 5
    assert problem(desk.get("/notice?wait=56")).code == "bad_parameter"


def test_a_write_wakes_who_waits_and_nobody_elsewhere(world: WebWorld) -> None:
    desk, elsewhere = world.desk(), world.desk(outlet=world.add_outlet("BS"))
    last, other_last = head(desk), head(elsewhere)
    with ThreadPoolExecutor(2) as pool:
        here = pool.submit(waited, desk, last, 20)
        there = pool.submit(waited, elsewhere, other_last, 3)
        wait_for_watchers(world, 2)
        add_shelf(world)
        seq, seconds = here.result()
        assert seq == head(desk) > last
        assert seconds < 3
        assert there.result()[0] == other_last


def test_what_is_for_all_reaches_all(world: WebWorld) -> None:
    desk = world.desk(outlet=world.add_outlet("BS"))
    last = head(desk)
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(waited, desk, last, 20)
        wait_for_watchers(world, 1)
        world.services.house.do(world.merchant.id, AddPerson(world.chance.new_id(), "new", "新人", ""))
        world.loop.run(poked(world))
        assert told.result()[0] == head(desk) > last


def channels(world: WebWorld) -> list[Any]:
    """Return what the server's loop holds at this moment; it goes on changing it meanwhile."""
    merchants = tuple(world.app.state.notices._merchants.values())
    return [channel for one in merchants for channel in tuple(one.channels.values())]


def wait_for_watchers(world: WebWorld, count: int) -> None:
    """Wait until so many requests are watching, by looking at the hub, not at the clock."""
    for _ in range(2_000):
        if sum(channel.watchers for channel in channels(world)) == count:
            return
        time.sleep(0.005)
    pytest.fail("nobody watches")


def wait_for_number(world: WebWorld, last: int) -> None:
    """Wait until the first who watches has looked: who comes before that looks for itself."""
    for _ in range(2_000):
        if any(channel.seq == last for channel in channels(world)):
            return
        time.sleep(0.005)
    pytest.fail("nobody has looked")


def test_another_process_on_the_same_database_is_noticed(tmp_path: Any, server_url: str) -> None:
    from tests.server.web import web_world

    with web_world(tmp_path, server_url) as world:
        desk = world.desk()
        last = head(desk)
        with ThreadPoolExecutor(1) as pool:
            told = pool.submit(waited, desk, last, 20)
            wait_for_watchers(world, 1)
            world.services.house.do(world.merchant.id, new_shelf(world))  # nobody pokes
            seq, seconds = told.result()
            assert seq > last
            assert seconds < 10


class Events:
    """Reads server-sent events of an application, as a server would drive it."""

    def __init__(self, app: Starlette, desk: WebDesk) -> None:
        self.parts: asyncio.Queue[bytes] = asyncio.Queue()
        self.status = 0
        self.media = ""
        self._gone = asyncio.Event()
        headers = [(b"authorization", f"Bearer {desk.enrolled.token}".encode())]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "path": "/notice",
            "raw_path": b"/notice",
            "query_string": b"",
            "headers": headers,
            "client": ("192.0.2.9", 1),
            "server": ("server", 80),
            "scheme": "http",
            "root_path": "",
            "app": app,
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._send))

    async def _receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.media = dict(message["headers"])[b"content-type"].decode()
        elif message["body"]:
            if self._gone.is_set():
                raise OSError("the client hung up")
            await self.parts.put(message["body"])

    async def numbers(self) -> AsyncIterator[int]:
        while True:
            part = await asyncio.wait_for(self.parts.get(), 20)
            if part.startswith(b"id: "):
                yield int(part.rpartition(b"data: ")[2])


def test_a_stream_tells_numbers_alone_twice_a_second_at_most(world: WebWorld) -> None:
    desk = world.desk()
    first = head(desk)

    async def watch() -> tuple[list[int], float, Events]:
        events = Events(world.app, desk)
        seen: list[int] = []
        begun = 0.0
        async for number in events.numbers():
            seen.append(number)
            if len(seen) == 1:
                begun = time.monotonic()
            merchant = world.merchant.id
            for _ in range(1 if len(seen) > 1 else 5):
                await asyncio.to_thread(world.services.house.do, merchant, new_shelf(world))
                world.app.state.notices.poke(merchant)
            if len(seen) == 4:
                break
        return seen, time.monotonic() - begun, events

    seen, seconds, events = world.loop.run(watch())
    assert (events.status, events.media) == (200, "text/event-stream; charset=utf-8")
    assert seen[0] == first
    assert seen == sorted(set(seen))
    assert seconds >= 1.0  # the second comes at once, the third and fourth half a second later each

    async def stop() -> None:
        await world.app.state.notices.close()
        await asyncio.wait_for(events.task, 10)

    world.loop.run(stop())
    assert not world.app.state.notices._merchants


def test_a_quiet_stream_is_kept_alive(embedded: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("merchant_desk.server.notices.KEEP_ALIVE_SECONDS", 0.05)
    desk = embedded.desk()

    async def watch() -> list[bytes]:
        events = Events(embedded.app, desk)
        parts = [await asyncio.wait_for(events.parts.get(), 10) for _ in range(3)]
        events.task.cancel()
        await asyncio.gather(events.task, return_exceptions=True)
        return parts

    first, *rest = embedded.loop.run(watch())
    assert first.startswith(b"id: ")
    assert rest == [b":\n\n", b":\n\n"]
    assert not embedded.app.state.notices._merchants


def test_a_long_poll_is_not_told_more_often(embedded: WebWorld) -> None:
    desk = embedded.desk()
    begun = time.monotonic()
    for _ in range(4):
        waited(desk, 0, 20)
    assert time.monotonic() - begun >= 1.4


def test_a_stream_ends_when_its_desk_is_retired(world: WebWorld) -> None:
    desk, at = world.desk(), world.merchant

    async def watch() -> None:
        events = Events(world.app, desk)
        await anext(events.numbers())
        gone = RetireDevice(desk.enrolled.device_id, "被盗")
        await asyncio.to_thread(world.services.house.do, at.id, gone)
        world.app.state.notices.poke(at.id)
        await asyncio.wait_for(events.task, 10)
        assert events.parts.empty()

    world.loop.run(watch())


def test_who_joins_one_that_waits_asks_no_database(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Desks of an outlet wait for the same news: ten of them were ten looks for each operation."""
    first, second = world.desk(), world.desk()
    last = head(first)
    looks: list[object] = []
    heads = Notices._heads

    def counted(notices: Notices, *asked: Any) -> dict[Any, int]:
        looks.append(asked)
        return heads(notices, *asked)

    monkeypatch.setattr(Notices, "_heads", counted)
    monkeypatch.setattr(Movements, "look", lambda movements, merchants: [])  # the rounds for others' work
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(waited, first, last, 20)
        wait_for_watchers(world, 1)
        wait_for_number(world, last)
        assert len(looks) == 1
        other = pool.submit(waited, second, last, 20)
        wait_for_watchers(world, 2)
        assert len(looks) == 1
        add_shelf(world)
        assert one.result()[0] == other.result()[0] == head(first) > last
