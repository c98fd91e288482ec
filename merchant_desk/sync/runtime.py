"""A running desk: profile, writer thread, and a thread that keeps in touch with the server."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from uuid import UUID

import structlog
from sqlalchemy import Connection

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk import Changes, Clock, DeskEngine, Done, Extra, NewId
from merchant_desk.sync.exchange import Exchange
from merchant_desk.sync.profile import NotEnrolled, OpenProfile
from merchant_desk.sync.schedule import Backoff
from merchant_desk.sync.status import Link, OtherDesk, SyncStatus, count_tasks, count_waiting
from merchant_desk.sync.transport import NotOurServer, ServerApi, ServerProblem, Unreachable
from merchant_desk.sync.writer import Urgency, Writer

log = structlog.get_logger()

Listener = Callable[[Changes], None]
StatusListener = Callable[[SyncStatus], None]

NOTICE_WAIT = 25.0
"""Seconds that a notice is waited for; shorter than what proxies cut."""


class DeskRuntime:
    """One desk process's engine room. Any thread may call it.

    Listeners are called on the writer's or the sync thread; a window passes the call on to its own.
    """

    def __init__(
        self,
        profile: OpenProfile,
        api: Callable[[], ServerApi],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        identity = profile.identity()
        if identity is None:
            raise NotEnrolled(profile.folder)
        self.profile = profile
        self.identity = identity
        self.clock = clock
        self.new_id = new_id
        self.engine = DeskEngine(profile.store, clock, new_id)
        self.writer = Writer(idle=lambda: self._rest())
        self._api = api
        self._listeners: list[Listener] = []
        self._status_listeners: list[StatusListener] = []
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._others: tuple[OtherDesk, ...] = ()
        self._as_of = 0
        link = Link.NEVER if not self.engine.last_contact else Link.UNREACHABLE
        self._status = SyncStatus(link, 0, None, 0, self.engine.last_contact, 0, 0, demo=not profile.vault.protected)
        self._one_exchange = threading.Lock()
        self._refresh()

    # -- doing -----------------------------------------------------------------------------------

    def submit(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> "Future[Done]":
        """Queue an operation; the future gives what was saved, or raises the Refusal."""
        return self.writer.submit(lambda: self.do_here(body, person_id, about=about, extra=extra))

    def do(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> Done:
        """Carry out an operation and wait until it is durable.

        Raises:
            Refusal: a rule said no; nothing was written.
        """
        return self.writer.run(lambda: self.do_here(body, person_id, about=about, extra=extra))

    def do_here(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> Done:
        """Carry out an operation on the writer's own thread, where a station already is."""
        done = self.engine.do(body, person_id, about=about, extra=extra)
        self.tell(done.changes)
        self._wake.set()
        return done

    def tell(self, changes: Changes) -> None:
        """Pass Changes on to whoever listens."""
        if changes:
            for listener in tuple(self._listeners):
                listener(changes)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every Changes from now on; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # -- keeping in touch ------------------------------------------------------------------------

    @property
    def status(self) -> SyncStatus:
        """The last known truth about connection and unsent work."""
        return self._status

    def listen_to_status(self, listener: StatusListener) -> Callable[[], None]:
        """Call `listener` with every new status; returns what ends it."""
        self._status_listeners.append(listener)
        return lambda: self._status_listeners.remove(listener)

    def start(self) -> None:
        """Keep in touch from now on, in the background."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._keep_in_touch, name="desk-sync", daemon=True)
            self._thread.start()

    def work_offline(self, offline: bool) -> None:
        """Stop (or resume) talking to the server, because a person wants it so."""
        link = Link.OFFLINE if offline else Link.UNREACHABLE
        self._refresh(link=link, fault=None)
        self._wake.set()

    def sync(self) -> SyncStatus:
        """Push and pull until nothing is left, now; the status says how it went.

        Raises:
            Fault: the server could not be reached or understood; nothing is lost.
        """
        with self._one_exchange:
            self._refresh(working=True)
            try:
                exchange = Exchange(self.engine, self._api(), self._on_writer, self.clock)
                self._others = tuple(exchange.run(self.tell, self._closing.is_set))
            except Fault as fault:
                self._refresh(link=_link_after(fault), fault=fault, working=False)
                raise
            except Refusal as refusal:
                log.error("sync_refused", code=refusal.code)
                self._refresh(link=Link.UNREACHABLE, working=False)
                raise
            self._as_of = self.clock()
            self._refresh(link=Link.ONLINE, fault=None, working=False)
        return self._status

    def _on_writer(self, job: Callable[[], object]) -> object:
        return self.writer.run(job, Urgency.SYNC)

    def _keep_in_touch(self) -> None:
        backoff = Backoff()
        while not self._closing.is_set():
            self._wake.clear()
            if self._status.link is Link.OFFLINE:
                self._wake.wait()
                continue
            try:
                self.sync()
                backoff.reset()
                self._wait_for_news()
            except Fault as fault:
                log.info("sync_failed", code=fault.code)
                self._wake.wait(backoff.next_seconds())
            except Exception as error:  # noqa: BLE001 - the loop must outlive any bug, aloud
                log.error("sync_broke", error=repr(error))
                self._closing.wait(backoff.next_seconds())

    def _wait_for_news(self) -> None:
        """Wait for own work or for the server's word; a notice is a hint, the pull is what counts."""
        listener = threading.Thread(target=self._notice, name="desk-notice", daemon=True)
        listener.start()
        self._wake.wait(NOTICE_WAIT)

    def _notice(self) -> None:
        try:
            head = self._api().wait_for_notice(self.engine.position.cursor, NOTICE_WAIT)
        except Fault:
            return
        if head > self.engine.position.cursor:
            self._wake.set()

    # -- knowing ---------------------------------------------------------------------------------

    def read(self) -> Connection:
        """Return a reading connection on one snapshot; close it (use `with`)."""
        return self.profile.reader.connect()

    def _refresh(self, **changes: object) -> None:
        with self.read() as connection, connection.begin():
            waiting, oldest = count_waiting(connection)
            tasks = count_tasks(connection)
        known = {
            "waiting": waiting,
            "oldest": oldest,
            "tasks": tasks,
            "last_contact": self.engine.last_contact,
            "as_of": self._as_of,
            "behind": self.engine.clock_state.behind,
            "others": self._others,
        }
        status = replace(self._status, **{**known, **changes})  # type: ignore[arg-type]
        if status != self._status:
            self._status = status
            for listener in tuple(self._status_listeners):
                listener(status)

    def refresh_status(self) -> None:
        """Count unsent work and tasks again."""
        self._refresh()

    def _rest(self) -> None:
        self._refresh()
        checkpoint(self.profile.writer)

    def close(self) -> None:
        """Stop the threads, let the writer finish, close the profile."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=10.0)
        self.writer.close()
        self.profile.close()


def _link_after(fault: Fault) -> Link:
    """Tell what a failed exchange says about the line: a server that answers is not unreachable."""
    if isinstance(fault, ServerProblem) and not fault.passing:
        return Link.ONLINE
    if isinstance(fault, Unreachable | NotOurServer | ServerProblem):
        return Link.UNREACHABLE
    return Link.UNREACHABLE
