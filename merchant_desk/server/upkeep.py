"""What a running server does by itself: contacts, the log, others' writes, backups, compaction."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.erasing import cut_log
from merchant_desk.server.compaction import Compaction
from merchant_desk.server.database import passing_trouble
from merchant_desk.server.lanes import Lanes
from merchant_desk.server.movements import Movements
from merchant_desk.server.nightly import Nightly
from merchant_desk.server.notices import PAUSE_SECONDS, Notices, was_set
from merchant_desk.server.services import Services

log = structlog.get_logger()

CONTACT_SECONDS = 1.0
LOG_SECONDS = 2.0
CUT_SECONDS = 600.0
WISH_SECONDS = 1.0
BACKUP_SECONDS = 60.0
COMPACT_SECONDS = 600.0


class Backups(Protocol):
    """What makes the automatic copies; `backup.AutomaticBackups`."""

    def is_due(self) -> bool:
        """Whether a copy should be made now."""

    def make(self) -> None:
        """Make one; trouble is remembered, not raised."""

    @property
    def is_unread(self) -> bool:
        """Whether what is copied was not read through since the start."""

    def read_through(self) -> None:
        """Read it through, as a copy would be; trouble is remembered, not raised."""


class Upkeep:
    """Repeats small tasks while the application runs. A task that fails is tried again at its next time."""

    def __init__(self, services: Services, lanes: Lanes, notices: Notices) -> None:
        self._services = services
        self._lanes = lanes
        self._notices = notices
        self._compaction = Compaction(services.database, services.edge.clock)
        self._movements = Movements(services.database.reader)
        self._turn = Nightly(services.database.writer, "compaction", services.edge.clock)
        self._moved: tuple[int, int] | None = None
        self._stopping = asyncio.Event()
        self._troubles: dict[str, str] = {}
        self.backups: Backups | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the tasks as long as the block lasts."""
        tasks = [
            self._every(CONTACT_SECONDS, self.write_contacts),
            self._every(COMPACT_SECONDS, self.compact),
        ]
        if self._services.database.path is None:
            tasks.append(self._every(PAUSE_SECONDS, self.look_for_others))
        else:
            tasks.append(self._every(LOG_SECONDS, self.move_log))
            tasks.append(self._every(CUT_SECONDS, self.cut_log))
        if self._services.snapshots is not None:
            tasks.append(self._every(WISH_SECONDS, self.build_ahead))
        if self.backups is not None:
            tasks.append(self._every(BACKUP_SECONDS, self.back_up))
        running = [asyncio.create_task(task) for task in tasks]
        try:
            yield
        finally:
            # Not cancelled: what is at work on the database finishes before that is closed.
            self._stopping.set()
            await asyncio.gather(*running)

    async def write_contacts(self) -> None:
        """Write what was noted of desks."""
        contacts = self._services.contacts
        if contacts.waiting:
            await self._lanes.write(None, contacts.flush)

    async def move_log(self) -> None:
        """Move the embedded database's log into its file, if something was written since the last time."""
        path = self._services.database.path
        if path is None:
            return
        try:
            found = path.with_name(path.name + "-wal").stat()
        except OSError:
            return
        mark = found.st_size, found.st_mtime_ns
        if mark != self._moved:
            done = await self._lanes.write(None, lambda: checkpoint(self._services.database.writer))
            self._moved = mark if done.complete else None

    async def cut_log(self) -> None:
        """Cut the log off now and then: what was destroyed, a buyer's key, must not outlive that in it."""
        await self._lanes.write(None, lambda: cut_log(self._services.database.writer))

    async def build_ahead(self) -> None:
        """Build the snapshots of desks that were invited, before they ask."""
        snapshots = self._services.snapshots
        if snapshots is not None and snapshots.has_wishes():
            await self._lanes.build(snapshots.prepare_wished)

    async def back_up(self) -> None:
        """Make the automatic copy when it is due, else read the database through once after the start.

        On a thread of its own, as it takes its time.
        """
        backups = self.backups
        if backups is not None and backups.is_due():
            await asyncio.to_thread(backups.make)
        elif backups is not None and backups.is_unread:
            await asyncio.to_thread(backups.read_through)

    async def compact(self) -> None:
        """Let the feed forget once a night what newer images have replaced; whoever writes comes between."""
        if not self._compaction.is_due():
            return
        is_alone = self._services.database.path is not None
        if not is_alone and not await self._lanes.write(None, self._turn.take):
            return
        await self.write_contacts()  # how far desks have pulled decides what may go
        steps = self._compaction.run()
        while not self._stopping.is_set():
            if await self._lanes.write(None, lambda: next(steps, None)) is None:
                if not is_alone:
                    await self._lanes.write(None, self._turn.done)
                return

    async def look_for_others(self) -> None:
        """Hear of what another process, or a command, wrote for merchants whose desks wait for news."""
        watched = self._notices.watched
        if not watched:
            return
        for merchant_id in await self._lanes.read(lambda: self._movements.look(watched)):
            self._services.enrolment.known.forget(merchant_id)
            self._notices.poke(merchant_id)

    async def _every(self, seconds: float, task: Callable[[], Awaitable[None]]) -> None:
        while not await was_set(self._stopping, seconds):
            code = ""
            try:
                await task()
            except Exception as error:  # noqa: BLE001 - the next time may succeed; what it is gets logged
                fault = passing_trouble(error, self._services.database)
                code = fault.code if fault else type(error).__name__
            self._tell(task.__name__, code)

    def _tell(self, task: str, code: str) -> None:
        """Log trouble when it begins and when it ends, not every second in between."""
        before = self._troubles.get(task, "")
        self._troubles[task] = code
        if code and code != before:
            log.warning("upkeep_failed", task=task, code=code)
        elif before and not code:
            log.info("upkeep_recovered", task=task)
