"""Threads for the database, few enough that none waits for a connection, fair between merchants."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

import anyio
from anyio.to_thread import run_sync

from merchant_desk.models.encrypted import READERS
from merchant_desk.server.database import POSTGRES_CONNECTIONS, ServerBusy, ServerDatabase

MOST_WAITING = 256
"""Requests that may wait for a thread; beyond it clients are told to come back, which they do."""

HASHERS = 2
"""Password checks at once; each takes 64 MiB."""

ENDING_SECONDS = 3.0
"""How long what was hung up may take to notice it, before it counts as still wanted."""

Result = TypeVar("Result")


class Lanes:
    """Runs blocking work beside the event loop. One event loop uses it.

    Work is never abandoned half way: a client that hangs up does not stop a transaction.
    """

    def __init__(self, database: ServerDatabase) -> None:
        embedded = database.path is not None
        share = (POSTGRES_CONNECTIONS - HASHERS - 2) // 2  # the builder, and what the server does by itself
        self._readers = anyio.CapacityLimiter(READERS if embedded else share)
        self._writers = anyio.CapacityLimiter(1 if embedded else share)
        self._hashers = anyio.CapacityLimiter(HASHERS)
        self._builders = anyio.CapacityLimiter(1)
        self._pourers = anyio.CapacityLimiter(1)
        self._turns: WeakValueDictionary[UUID, anyio.Lock] = WeakValueDictionary()
        self._waiting = 0

    async def read(self, work: Callable[[], Result]) -> Result:
        """Run work that only reads.

        Raises:
            ServerBusy: too much is waiting already.
        """
        return await self._run(work, self._readers)

    async def write(self, merchant_id: UUID | None, work: Callable[[], Result]) -> Result:
        """Run work that writes; a merchant's writers queue here, so that they do not take others' threads.

        Raises:
            ServerBusy: too much is waiting already.
        """
        if merchant_id is None:
            return await self._run(work, self._writers)
        turn = self._turns.get(merchant_id)
        if turn is None:
            turn = self._turns[merchant_id] = anyio.Lock()
        with self._counted():
            async with turn:
                return await run_sync(work, limiter=self._writers)

    async def hash(self, work: Callable[[], Result]) -> Result:
        """Run work that checks passwords.

        Raises:
            ServerBusy: too much is waiting already.
        """
        return await self._run(work, self._hashers)

    async def build(self, work: Callable[[], Result]) -> Result:
        """Run work that takes seconds and a core: one at a time, beside what desks wait for.

        Raises:
            ServerBusy: too much is waiting already.
        """
        return await self._run(work, self._builders)

    async def pour(self, work: Callable[[], Result]) -> Result:
        """Run work that lasts as long as somebody takes what it gives, which may be minutes; one at a time.

        It reads by `ServerDatabase.read_beside`: no connection of the others.

        Raises:
            ServerBusy: too much is waiting already.
        """
        return await self._run(work, self._pourers)

    async def check_pour(self) -> None:
        """Pass if nothing is poured, or what is poured ends at once.

        A server hears later than its client that a line was hung up: who stops and begins anew meets himself.

        Raises:
            ServerBusy: something is, and whoever asks should not wait for its end.
        """
        try:
            with anyio.fail_after(ENDING_SECONDS):
                async with self._pourers:
                    pass
        except TimeoutError:
            raise ServerBusy from None

    async def _run(self, work: Callable[[], Result], limiter: anyio.CapacityLimiter) -> Result:
        with self._counted():
            return await run_sync(work, limiter=limiter)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self._waiting >= MOST_WAITING:
            raise ServerBusy
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
