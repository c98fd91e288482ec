"""A slow line to measure on: a relay on loopback that carries bytes as 64 kbit/s with losses would."""

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

SEGMENT: Final = 1_400
"""Bytes of payload in a packet..."""

HEADERS: Final = 40
"""...and of IP and TCP beside them."""

RESENT_AFTER: Final = 1.0
"""Seconds until a lost packet is sent again, at first (RFC 6298, 2.4)."""

WINDOW: Final = 16
"""Packets on their way in a connection before its sender waits."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line carries each way: bytes a second, seconds of way, share of packets lost."""

    bytes_per_second: float = 8_000.0
    delay: float = 0.3
    loss: float = 0.05


class _Way:
    """One direction, shared by all connections: packets follow one another at the line's speed."""

    def __init__(self, line: "SlowLine", chance: random.Random) -> None:
        self._line, self._chance = line, chance
        self._free_at = 0.0
        self.carried = 0

    async def carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry bytes until the source ends; what was lost once is behind, and all after it."""
        packets: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(WINDOW)
        delivery = asyncio.create_task(self._deliver(packets, sink))
        try:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(SEGMENT):
                    await packets.put((self._arrival(len(data)), data))
                    await self._until(self._free_at)
            await packets.put((0.0, b""))
            await delivery
        finally:
            delivery.cancel()

    def _arrival(self, size: int) -> float:
        """Return when a packet is there, by the loop's clock; each try takes the line."""
        self.carried += size + HEADERS
        shape, now = self._line.shape, asyncio.get_running_loop().time()
        if shape is None:
            return now
        tries = 1
        while self._chance.random() < shape.loss:
            tries += 1
        self._free_at = max(now, self._free_at) + tries * (size + HEADERS) / shape.bytes_per_second
        return self._free_at + shape.delay + (tries - 1) * RESENT_AFTER

    async def _deliver(self, packets: asyncio.Queue[tuple[float, bytes]], sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                at, data = await packets.get()
                if not data:
                    sink.write_eof()
                    return
                await self._until(at)
                sink.write(data)
                await sink.drain()
        while (await packets.get())[1]:  # whoever listened is gone; the sender learns it in its turn
            pass

    async def _until(self, at: float) -> None:
        rest = at - asyncio.get_running_loop().time()
        if rest > 0:
            await asyncio.sleep(rest)


class SlowLine:
    """Relays to a port of this computer. Used in a `with` block; runs on a thread of its own.

    Args:
        target: the port to relay to.
        shape: how slow; None: not at all. May be changed at any time.
        seed: which packets are lost.
    """

    def __init__(self, target: int, shape: Shape | None = None, seed: int = 1) -> None:
        self.shape = shape
        self._target = target
        self.up, self.down = (_Way(self, random.Random(seed + way)) for way in (0, 1))  # noqa: S311 - no secret
        self.port = 0
        self._listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="slow-line")
        self._relays: set[asyncio.Task[None]] = set()

    @property
    def carried(self) -> tuple[int, int]:
        """Bytes that went up and down so far, with the headers of their packets."""
        return self.up.carried, self.down.carried

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        await self._end.wait()
        server.close()
        for relay in self._relays:
            relay.cancel()
        await asyncio.gather(*self._relays, return_exceptions=True)

    async def _relay(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._relays.add(task)
            task.add_done_callback(self._relays.discard)
        if self.shape is not None:
            await asyncio.sleep(2 * self.shape.delay)  # the handshake
        ends = [sink]
        try:
            onward, ahead = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(ahead)
            await asyncio.gather(self.up.carry(source, ahead), self.down.carry(onward, sink))
        except OSError:
            pass  # nobody listens there: whoever called finds a line that ends
        finally:
            for end in ends:
                end.close()
