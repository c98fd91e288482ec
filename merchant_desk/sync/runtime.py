"""A running desk: profile, writer thread, and a thread that keeps in touch with the server."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Connection

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk import Changes, Clock, DeskEngine, Done, Extra, NewId, Together, Work
from merchant_desk.sync.desk_state import Identity, stamp
from merchant_desk.sync.exchange import Exchange
from merchant_desk.sync.key_copies import keep_copies
from merchant_desk.sync.key_courier import KeyCourier
from merchant_desk.sync.line import Line
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.mending import Mending
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.profile import OpenProfile, ProfileNotEnrolled
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest
from merchant_desk.sync.rebase import continued, enrol_again, rebase_outbox
from merchant_desk.sync.safety_copy_state import CopyState
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.speed import Progress
from merchant_desk.sync.status import Link, OtherDesk, SyncStatus, count_tasks, count_waiting
from merchant_desk.sync.transport import NotOurServer, ServerApi, ServerProblem, Unreachable
from merchant_desk.sync.troubles import ExchangeBroke, NotCompared, note_retired
from merchant_desk.sync.writer import Urgency, Writer

log = structlog.get_logger()

CHECKPOINT_SECONDS = 5.0
"""Between two checkpoints: each syncs the whole file, and a scan may come in the middle of it..."""

CHECKPOINT_ROWS = 5_000
"""...but sooner after so many changed rows, as the log grows by several pages a row."""

COMPARE_TRIES = 3
"""How often a check that a person asked for begins anew because new data came in the middle of it."""

Listener = Callable[[Changes], None]
StatusListener = Callable[[SyncStatus], None]


class DeskRuntime:
    """One desk process's engine room. Any thread may call it.

    Listeners are called on the writer's or the sync thread; a window passes the call on to its own.

    Raises:
        ProfileNotEnrolled: the profile belongs to no server yet.
        Fault: what the database has to say first; the profile stays its owner's to close.
    """

    copy_state: Callable[[], CopyState | None] = staticmethod(lambda: None)
    """Asked about the safety copy whenever the status is told."""

    def __init__(
        self,
        profile: OpenProfile,
        api: Callable[[], ServerApi],
        clock: Clock,
        new_id: NewId,
    ) -> None:
        if profile.identity() is None:
            raise ProfileNotEnrolled(profile.folder)
        self.profile, self.clock, self.new_id = profile, clock, new_id
        self.engine = DeskEngine(profile.store, clock, new_id)
        self.writer = Writer(idle=self._rest)
        self._listeners: list[Listener] = []
        self._status_listeners: list[StatusListener] = []
        self._others: tuple[OtherDesk, ...] = ()
        self._as_of = 0
        self._api = api
        self._exchange = Exchange(self.engine, profile, api, self._on_writer, self.read, clock)
        self.snapshots = self._exchange.snapshots
        """How rows come as a ready file; `wanted = False` leaves them to the feed."""
        self._keys = KeyCourier(profile.writer, self._on_writer, self.read)
        self._exchange.rebuilding = lambda rows: self._refresh(rebuilding=rows)
        self._line = Line(partial(self.sync, asked=False), self._has_news)
        self._one_exchange = threading.Lock()
        self._one_look = threading.RLock()  # whoever counted first tells first
        self.mending = Mending(
            profile, self._exchange, self._one_exchange, self._on_writer, self.tell, self._refresh
        )
        self._progress = Progress(lambda: self._exchange.head - self.engine.position.cursor)
        self._has_unsent = False
        self._checkpointed_at, self._changed = time.monotonic(), 0
        link = Link.NEVER if not self.engine.last_contact else Link.UNREACHABLE
        self._status = SyncStatus(
            link, 0, None, 0, self.engine.last_contact, 0, 0, demo=not profile.vault.protected
        )
        try:
            self._refresh()
        except BaseException:
            self.writer.close()
            raise

    @property
    def identity(self) -> Identity:
        """Who this desk is; another device after it was enrolled again."""
        return self.engine.identity

    # -- doing -----------------------------------------------------------------------------------

    def submit(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> "Future[Done]":
        """Queue an operation; the future gives what was saved, or raises the Refusal."""
        return self.writer.submit(lambda: self.do_here(body, person_id, about=about, extra=extra, told=True))

    def do(
        self, body: object, person_id: UUID, *, about: UUID | None = None, extra: Extra | None = None
    ) -> Done:
        """Carry out an operation and wait until it is durable.

        Raises:
            Refusal: a rule said no; nothing was written.
        """
        return self.writer.run(lambda: self.do_here(body, person_id, about=about, extra=extra, told=True))

    def do_here(
        self,
        body: object,
        person_id: UUID,
        *,
        about: UUID | None = None,
        extra: Extra | None = None,
        op_id: UUID | None = None,
        told: bool = False,
    ) -> Done:
        """Carry out an operation on the writer's own thread, where a station already is.

        Listeners hear of it when the station's job has its result: hands wait for that, views can wait. With
        `told` they have heard when this returns.
        """
        done = self.engine.do(body, person_id, about=about, extra=extra, op_id=op_id)
        self._has_unsent = True  # sent at the writer's next rest: a burst of scans goes first, and together
        if told:
            self.tell(done.changes)
        else:
            self.writer.afterwards(lambda: self.tell(done.changes))
        return done

    def do_together(self, works: deque[Work], enough: Callable[[], bool]) -> Together:
        """Carry out bulk work on the writer's own thread; see `DeskEngine.do_together`."""
        done = self.engine.do_together(works, enough)
        self._has_unsent = True
        self.writer.afterwards(lambda: self.tell(done.changes))
        return done

    def tell(self, changes: Changes) -> None:
        """Pass Changes on to whoever listens; what is saved stays so, whatever a listener makes of it."""
        if changes:
            self._keys.hear(changes)
            self._changed += sum(map(len, changes.values()))
            for listener in tuple(self._listeners):
                try:
                    listener(changes)
                except Exception as error:  # noqa: BLE001 - a view's mistake is none of the operation's
                    log.error("listener_broke", **mistake(error))

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every Changes from now on; returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

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
        self._line.start()

    def work_offline(self, offline: bool) -> None:
        """Stop (or resume) talking to the server, because a person wants it so."""
        self._line.hold(offline)
        self._refresh(link=Link.OFFLINE if offline else Link.UNREACHABLE, fault=None)

    def sync(self, *, pull: bool = True, asked: bool = True) -> SyncStatus:
        """Push and (if so wished) pull until nothing is left, now; the status says how it went.

        Not `asked` by a person: other desks, which were asked for a moment ago, are not asked for again.

        Raises:
            MustEnrolAgain, ServerBehind: this desk pulls, but pushes nothing until somebody acts.
            WorksOffline: a person wants no exchange.
            Fault: the server could not be reached or understood; nothing is lost.
        """
        self._line.prove_wanted(self._status.waiting)
        run = partial(self._exchange.run, asked=asked) if pull else self._exchange.push
        with self._one_exchange:
            self._progress.begin(self._status.waiting)
            self._refresh(working=True)
            try:
                self.tell(self._keys.tidy())
                report = run(self.tell, self._is_cancelled)
                self._keys.bring(self._api(), self.identity, self.tell, self._is_cancelled)
            except Fault as fault:
                if isinstance(fault, DeskRetired):
                    self._on_writer(lambda: note_retired(self.profile.writer))
                link = Link.OFFLINE if self._line.held else link_after(fault, self._status.link)
                self._refresh(link=link, fault=fault, working=False)
                raise
            except Exception as error:
                broke = ExchangeBroke(type(error).__name__)
                self._refresh(link=Link.UNREACHABLE, fault=broke, working=False)
                raise
            if report.others is not None:
                self._others = tuple(report.others)
            if not self._line.held:  # else it was cut short
                self._as_of = self.clock()
            known = {"alarm": report.alarm} if report.alarm is not None else {}
            link = Link.OFFLINE if self._line.held else Link.ONLINE
            self._refresh(link=link, fault=report.fault, working=False, **known)
        if report.fault is not None:
            raise report.fault
        return self._status

    def check_again(self) -> SyncStatus:
        """Count every total again and compare all rows with the server's check sums, because a person asks.

        Raises:
            NotCompared: new data kept coming meanwhile.
            Fault: the server could not be reached; totals were counted all the same.
        """
        wrong = self.mending.recount()
        for _ in range(COMPARE_TRIES):
            self.sync()
            with self._one_exchange:
                alarm = self._exchange.compare(self.tell, self._is_cancelled, asked=True)
                if not isinstance(alarm, NotCompared):
                    recounted = self._status.alarm if wrong else None
                    self._refresh(alarm=alarm or recounted)
                    return self._status
        raise NotCompared

    def enrol_again(
        self,
        send: Callable[[EnrolRequest], EnrolAnswer],
        secret: str,
        name: str,
        where: tuple[str, str],
        recovery: bytes = b"",
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Take on a new identity at the same outlet; what the server does not have is offered under it.

        Args:
            send: sends the request to the server that the code names.
            secret: the code's one-time secret, hexadecimal.
            name: what the desk is called.
            where: the server's address and fingerprint (hexadecimal, or nothing).
            recovery: the database key, sealed to that server.
            random: gives the new keys.

        Raises:
            OtherMerchant: the code is another merchant's or outlet's.
            Fault: as `send` raises them; nothing was changed.
        """
        keys = DeviceKeys.make(random)
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, recovery)
        with self._one_exchange:
            asked: EnrolRequest = self._on_writer(lambda: continued(self.engine, request))
            new = enrol_again(self.engine, asked, keys, send, where)
            self.tell(self._on_writer(lambda: rebase_outbox(self.engine, new, self.new_id)))
            keep_copies(self.profile.folder, self.profile.vault, new.identity)
            self._refresh(fault=None)

    def _is_cancelled(self) -> bool:
        return self._line.closing or self._line.held

    def _on_writer(self, job: Callable[[], Any]) -> Any:
        return self.writer.run(job, Urgency.SYNC)

    def _has_news(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            after = self.engine.position.cursor
            head = self._api().wait_for_notice(after, left)
            if head > self.engine.position.cursor:
                return True
            if head <= after:
                break
            # What was told is here already, mostly because it was this desk's own: listen on, at once.
        return False

    def heard_nothing(self, fault: Unreachable) -> None:
        """Take note that the server left somebody without an answer, outside of an exchange; look again now.

        Until an exchange has found it, nothing says that it is there.
        """
        if not self._line.held:
            self._refresh(link=Link.UNREACHABLE, fault=fault)
            self._line.wake()

    # -- knowing ---------------------------------------------------------------------------------

    def now(self) -> int:
        """Return the time, microseconds UTC, by this computer's clock corrected by the server's."""
        return stamp(self.engine.clock_state, self.clock()).time

    def read(self) -> Connection:
        """Return a reading connection on one snapshot; close it (use `with`)."""
        return self.profile.reader.connect()

    def _refresh(self, **changes: object) -> None:
        with self._one_look:
            with self.read() as connection, connection.begin():
                waiting, oldest = count_waiting(connection)
                tasks = count_tasks(connection)
            working = bool(changes.get("working", self._status.working))
            known = {
                "waiting": waiting,
                "oldest": oldest,
                "tasks": tasks,
                "last_contact": self.engine.last_contact,
                "as_of": self._as_of,
                "behind": self.engine.clock_state.behind,
                "others": self._others,
                "copy": self.copy_state(),
                **self._progress.left(waiting, working=working),
            }
            status = replace(self._status, **{**known, **changes})  # type: ignore[arg-type]
            if status != self._status:
                self._status = status
                for listener in tuple(self._status_listeners):
                    listener(status)

    def refresh_status(self) -> None:
        """Count unsent work and tasks again."""
        self._refresh()

    def _rest(self) -> float | None:
        """Use a pause of the writer; a full disk or a slow reader must not end it."""
        if self._has_unsent:
            self._has_unsent = False
            self._line.wake()
        try:
            self._refresh()
            left = self._checkpointed_at + CHECKPOINT_SECONDS - time.monotonic()
            if left > 0 and self._changed < CHECKPOINT_ROWS:
                return left
            checkpoint(self.profile.writer)
            self._checkpointed_at, self._changed = time.monotonic(), 0
        except Fault as fault:
            log.warning("rest_disturbed", code=fault.code)
        return None

    def close(self) -> None:
        """Stop the threads, let the writer finish, close the profile."""
        self._line.close()
        self.writer.close()
        self.profile.close()


def link_after(fault: Fault, before: Link) -> Link:
    """Tell what a failed exchange says about the line: a server that answers is not unreachable."""
    if isinstance(fault, ServerProblem) and not fault.passing:
        return Link.ONLINE
    if isinstance(fault, Unreachable | NotOurServer | ServerProblem | CertificateChanged):
        return Link.UNREACHABLE
    return before  # this computer's own trouble says nothing of the line
