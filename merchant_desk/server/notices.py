"""Hints that there is something to pull: the last feed number of an outlet's scope, at most twice a second.

Correctness never rests on them. Each look is one index probe for each scope that somebody watches,
whoever wrote and however much. Lives on one event loop.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Engine, select

from merchant_desk.domain.ids import MERCHANT_WIDE
from merchant_desk.models.server_tables import feed
from merchant_desk.server.intake import Device
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.retirement import is_retired

log = structlog.get_logger()

PAUSE_SECONDS = 0.5
"""Between two looks at a merchant's feed, and so between two notices to a desk."""

KEEP_ALIVE_SECONDS = 20.0


@dataclass(eq=False)
class _Channel:
    """What the desks of one outlet are told; `changed` is set, and replaced, with every new number."""

    seq: int = -1
    watchers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, seq: int) -> None:
        if seq > self.seq:
            self.seq = seq
            changed, self.changed = self.changed, asyncio.Event()
            changed.set()


@dataclass(eq=False)
class _Merchant:
    channels: dict[UUID, _Channel] = field(default_factory=dict)
    is_stale: bool = False
    looking: asyncio.Task[None] | None = None


class Notices:
    """Tells watching desks that their scope's feed has grown."""

    def __init__(self, reader: Engine, lanes: Lanes) -> None:
        self._reader = reader
        self._lanes = lanes
        self._merchants: dict[UUID, _Merchant] = {}
        self._told: dict[UUID, float] = {}
        self._closing = asyncio.Event()

    @property
    def listening(self) -> int:
        """How many desks wait for a notice."""
        merchants = self._merchants.values()
        return sum(channel.watchers for one in merchants for channel in one.channels.values())

    @property
    def watched(self) -> list[UUID]:
        """The merchants whose desks wait for a notice."""
        return list(self._merchants)

    def poke(self, merchant_id: UUID) -> None:
        """Look at a merchant's feed soon, because something was written."""
        merchant = self._merchants.get(merchant_id)
        if merchant is None or self._closing.is_set():
            return
        merchant.is_stale = True
        if merchant.looking is None:
            merchant.looking = asyncio.create_task(self._look(merchant_id, merchant))

    def poke_all(self) -> None:
        """Look at every watched merchant's feed: nobody said whose was written."""
        for merchant_id in tuple(self._merchants):
            self.poke(merchant_id)

    async def stream(self, device: Device) -> AsyncIterator[bytes]:
        """Yield server-sent events that carry the number alone, and a comment when it is quiet for long.

        Ends when the desk is retired, which is news for all.
        """
        channel, told = await self._enter(device)
        try:
            yield _event(told)
            while not self._closing.is_set():
                if channel.seq > told:
                    if await self._lanes.read(lambda: self._is_retired(device)):
                        return
                    told = channel.seq
                    yield _event(told)
                elif not await was_set(channel.changed, KEEP_ALIVE_SECONDS):
                    yield b":\n\n"
        finally:
            self._leave(device, channel)

    async def wait(self, device: Device, after: int, seconds: float) -> int:
        """Return the scope's last number as soon as it is beyond `after`, else after `seconds`.

        A desk that asks again at once is kept waiting, so that it too is told twice a second at most.
        """
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        channel, seq = await self._enter(device)
        try:
            while seq <= after and not self._closing.is_set():
                changed, seq = channel.changed, max(seq, channel.seq)
                if seq <= after and not await was_set(changed, deadline - now()):
                    return seq
            pause = self._told.get(device.device_id, 0.0) + PAUSE_SECONDS - now()
            await was_set(self._closing, min(pause, deadline - now()))
            self._told[device.device_id] = now()
            return max(seq, channel.seq)
        finally:
            self._leave(device, channel)

    async def close(self) -> None:
        """End every stream and wait; the server is about to stop."""
        self._closing.set()
        looking = [merchant.looking for merchant in self._merchants.values() if merchant.looking]
        for merchant in self._merchants.values():
            for channel in merchant.channels.values():
                channel.changed.set()
        # Not cancelled: a look at the database finishes before that is closed.
        await asyncio.gather(*looking)

    async def _enter(self, device: Device) -> tuple[_Channel, int]:
        """Return the outlet's channel and what is the last number now; others are not told of the look."""
        merchant = self._merchants.setdefault(device.merchant_id, _Merchant())
        channel = merchant.channels.setdefault(device.outlet_id, _Channel())
        channel.watchers += 1
        if channel.watchers > 1 and channel.seq >= 0:  # whoever waits here is told of all that is written
            return channel, channel.seq
        look = partial(self._heads, device.merchant_id, (device.outlet_id,))
        try:
            seq = (await self._lanes.read(look))[device.outlet_id]
        except BaseException:
            self._leave(device, channel)
            raise
        if channel.watchers == 1:
            channel.seq = max(seq, channel.seq)
        return channel, max(seq, channel.seq)

    def _leave(self, device: Device, channel: _Channel) -> None:
        channel.watchers -= 1
        merchant = self._merchants.get(device.merchant_id)
        if merchant is None or channel.watchers:
            return
        if merchant.channels.get(device.outlet_id) is channel:
            del merchant.channels[device.outlet_id]
        if not merchant.channels and merchant.looking is None:
            del self._merchants[device.merchant_id]

    async def _look(self, merchant_id: UUID, merchant: _Merchant) -> None:
        try:
            while merchant.is_stale and not self._closing.is_set():
                merchant.is_stale = False
                look = partial(self._heads, merchant_id, tuple(merchant.channels))
                try:
                    heads = await self._lanes.read(look)
                except Exception as error:  # noqa: BLE001 - a hint that fails is a hint less
                    log.info("notice_failed", error=type(error).__name__)
                    heads = {}
                for outlet_id, seq in heads.items():
                    channel = merchant.channels.get(outlet_id)
                    if channel is not None:
                        channel.publish(seq)
                await was_set(self._closing, PAUSE_SECONDS)
        finally:
            merchant.looking = None
            if not merchant.channels:
                self._merchants.pop(merchant_id, None)

    def _heads(self, merchant_id: UUID, outlets: tuple[UUID, ...]) -> dict[UUID, int]:
        """Return the last feed number of each outlet's scope, rows for all desks included."""
        last = (
            select(feed.c.seq)
            .where(feed.c.merchant_id == merchant_id)
            .order_by(feed.c.scope.desc(), feed.c.seq.desc())
            .limit(1)
        )
        with self._reader.connect() as connection, connection.begin():
            wide = connection.scalar(last.where(feed.c.scope == MERCHANT_WIDE)) or 0
            own = {outlet: connection.scalar(last.where(feed.c.scope == outlet)) or 0 for outlet in outlets}
        return {outlet: max(wide, seq) for outlet, seq in own.items()}

    def _is_retired(self, device: Device) -> bool:
        """Tell whether a desk was retired since it was let in."""
        with self._reader.connect() as connection, connection.begin():
            return is_retired(connection, device.merchant_id, device.device_id)


def _event(seq: int) -> bytes:
    return b"id: %d\ndata: %d\n\n" % (seq, seq)


async def was_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event for so many seconds at most; tell whether it came."""
    try:
        # Not `wait_for`, which may swallow being cancelled (Python 3.11).
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
