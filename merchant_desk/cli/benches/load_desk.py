"""A desk as its server sees it: one that acts, waits for news and fetches it; no window, no database."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.operations import Envelope, kind_of
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.sync.administration import MEDIA_TYPE, PROTOCOL_HEADER, DeskSeen, Notice
from merchant_desk.sync.codec import encode_body, encode_header, header_of
from merchant_desk.sync.line import BREATH, LOOK_SECONDS, NOTICE_WAIT
from merchant_desk.sync.others import NEWS_SECONDS
from merchant_desk.sync.protocol import (
    BATCH_OPS,
    PROTOCOL,
    FeedPage,
    PushAnswer,
    PushRequest,
    Status,
    WireOp,
    decode,
    encode,
)
from merchant_desk.sync.schedule import MOST, RESTART_MOST, Backoff
from merchant_desk.sync.signing import GENESIS, Purpose, chain_hash, sign

Answer = TypeVar("Answer")

PAGE_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a desk stands, and what it moves there."""

    merchant_id: UUID
    person_id: UUID
    outlet_id: UUID
    warehouse_id: UUID
    location_id: UUID
    sku_id: UUID


@dataclass
class Board:
    """What all desks of one process write down, in seconds of its one clock.

    `sent`: when each operation was done, and at which desk. `news`: when another desk of the outlet had it,
    and how long that took. `answers`: when a batch went out, and how long its answer took. `broken`: when a
    request got none.
    """

    sent: dict[UUID, tuple[float, UUID]] = field(default_factory=dict)
    news: list[tuple[float, float]] = field(default_factory=list)
    answers: list[tuple[float, float]] = field(default_factory=list)
    broken: list[tuple[float, str]] = field(default_factory=list)


class Busy(OSError):  # noqa: N818 - an answer
    """The server has too much to do just now."""


class Wire:
    """Connections to one server of this computer, kept open: one request at a time on each."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = (
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{PROTOCOL_HEADER}: {PROTOCOL}\r\n"
            f"Accept: {MEDIA_TYPE}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        )
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, message: Any, kind: type[Answer]) -> Answer:
        """Send a request and return its answer.

        Raises:
            OSError, asyncio.IncompleteReadError: the server went away; the next request tries anew.
            Busy: it asks to be asked later.
            RuntimeError: it answered something else than 200.
        """
        body = b"" if message is None else encode(message)
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        try:
            if self._ends is None:
                self._ends = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._ends
            writer.write(head.encode() + body)
            status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
            data = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            self.close()
            raise
        if status.split()[1] == "503":
            raise Busy(path)
        if status.split()[1] != "200":
            raise RuntimeError(f"{method} {path}: {status} {data[:200]!r}")
        return decode(data, kind)

    def close(self) -> None:
        """Hang up."""
        if self._ends is not None:
            self._ends[1].close()
            self._ends = None


class LoadDesk:
    """One enrolled desk: it exchanges whenever it acted or heard of news, as `Line` and `Exchange` do.

    Args:
        port: of the server.
        place: where it stands.
        badge: its device's id, token and signing key.
        board: what it writes down.
        new_id: mints ids.
    """

    def __init__(
        self,
        port: int,
        place: Place,
        badge: tuple[UUID, str, Ed25519PrivateKey],
        board: Board,
        new_id: Callable[[], UUID],
    ) -> None:
        self.place = place
        self.device_id, token, self._key = badge
        self._board, self._new_id = board, new_id
        self._work, self._ears = Wire(port, token), Wire(port, token)
        self._seq, self._chain, self._cursor = 0, GENESIS, 0
        self._waiting: deque[WireOp] = deque()
        self._asked_at = 0.0
        self._may_act = True
        self._wake, self._may_listen, self._answered = (asyncio.Event() for _ in range(3))

    @property
    def cursor(self) -> int:
        """The last feed number that it has."""
        return self._cursor

    @property
    def done(self) -> int:
        """How many operations it did."""
        return self._seq

    @property
    def waiting(self) -> int:
        """How many of them were not answered yet."""
        return len(self._waiting)

    def act_no_more(self) -> None:
        """Only keep in touch from now on."""
        self._may_act = False

    async def sent(self) -> None:
        """Wait until everything was answered."""
        while self._waiting:
            self._answered.clear()
            await self._answered.wait()

    def wake(self) -> None:
        """Exchange now."""
        self._wake.set()

    def act(self, *, told: bool = True) -> None:
        """Find a piece of stock: an operation that waits to be sent; not `told`: nobody times it."""
        body = self._body()
        kind, data, now = kind_of(body), encode_body(body), time.time_ns() // 1_000
        op_id = self._new_id()
        self._seq += 1
        envelope = Envelope(
            op_id,
            self.place.merchant_id,
            self.device_id,
            self._seq,
            kind.name,
            kind.version,
            self.place.person_id,
            0,
            now,
            now,
            0,
            self._cursor,
        )
        header = encode_header(header_of(envelope, data))
        self._chain = chain_hash(self._chain, header)
        self._waiting.append(WireOp(header, data, sign(self._key, Purpose.OPERATION, self._chain)))
        if told:
            self._board.sent[op_id] = time.perf_counter(), self.device_id
            self.wake()

    async def live(self, every: float, chance: random.Random) -> None:
        """Act every so many seconds, and keep in touch, until cancelled; 0: only keep in touch."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_in_touch(chance))
                group.create_task(self._listen(chance))
                await asyncio.sleep(chance.random() * every)
                while every and self._may_act:
                    self.act()
                    await asyncio.sleep(every)
        finally:
            self._work.close()
            self._ears.close()

    async def exchange(self) -> None:
        """Push what waits, pull what is new, ask for the outlet's other desks.

        Raises:
            OSError, asyncio.IncompleteReadError: the server went away.
            RuntimeError: it did not take what it should have taken.
        """
        while self._waiting:
            batch = list(islice(self._waiting, BATCH_OPS))
            begun = time.perf_counter()
            answer = await self._work.ask("POST", "/push", PushRequest(batch), PushAnswer)
            if len(batch) < BATCH_OPS:  # an upload's are its own affair
                self._board.answers.append((begun, time.perf_counter() - begun))
            if answer.stopped or any(one.status is not Status.APPLIED for one in answer.outcomes):
                raise RuntimeError(f"not taken: {answer.stopped} {answer.outcomes[:1]}")
            for _ in answer.outcomes:
                self._waiting.popleft()
            self._answered.set()
        await self._pull()
        if time.monotonic() - self._asked_at > NEWS_SECONDS:
            self._asked_at = time.monotonic()
            await self._work.ask("GET", "/desks", None, list[DeskSeen])

    def _body(self) -> AdjustStock:
        place = self.place
        where = (place.outlet_id, place.warehouse_id, place.location_id, place.sku_id)
        return AdjustStock(*where, None, "sellable", MICRO, "found", "")

    async def _keep_in_touch(self, chance: random.Random) -> None:
        pause = chance.random() * NOTICE_WAIT  # they have not begun at one moment
        backoff = Backoff(chance)
        while True:
            with suppress(TimeoutError):
                # Not `wait_for`, which may swallow being cancelled (Python 3.11).
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            self._wake.clear()
            pause = NOTICE_WAIT
            try:
                await self.exchange()
            except (OSError, asyncio.IncompleteReadError) as error:
                self._board.broken.append((time.perf_counter(), type(error).__name__))
                await asyncio.sleep(backoff.next_seconds(MOST if isinstance(error, Busy) else RESTART_MOST))
                self.wake()
            else:
                backoff.reset()
                self._may_listen.set()

    async def _listen(self, chance: random.Random) -> None:
        backoff = Backoff(chance, first=LOOK_SECONDS)
        while True:
            await self._may_listen.wait()
            after = self._cursor
            try:
                path = f"/notice?after={after}&wait={NOTICE_WAIT:g}"
                head = (await self._ears.ask("GET", path, None, Notice)).seq
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(backoff.next_seconds(NOTICE_WAIT))
                head = self._cursor + 1  # an exchange looks what has become of the server
            else:
                backoff.reset()
            if head > self._cursor:
                self._may_listen.clear()
                self.wake()
            elif head <= after:
                await asyncio.sleep(BREATH)

    async def _pull(self) -> None:
        more = True
        while more:
            path = f"/feed?after={self._cursor}&rows={PAGE_ROWS}"
            page = await self._work.ask("GET", path, None, FeedPage)
            now = time.perf_counter()
            for op in page.ops:
                sent, sender = self._board.sent.get(op.op_id, (0.0, self.device_id))
                if sender != self.device_id:
                    self._board.news.append((now, now - sent))
            self._cursor, more = page.until, page.more
