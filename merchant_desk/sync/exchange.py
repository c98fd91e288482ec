"""One exchange with the server: push what waits, pull what is new, look whether both agree.

Network on the caller's thread, database in short jobs on the writer's. An exchange may end at any point,
by a fault or because it was cancelled; the next one goes on from what is in the database.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import msgspec
import structlog

from merchant_desk.models.faults import Fault
from merchant_desk.models.gate import remove_database
from merchant_desk.sync.administration import VersionAnswer, is_older
from merchant_desk.sync.asking_again import AskAgain
from merchant_desk.sync.checking import Repair, differing
from merchant_desk.sync.desk import SLICE_ROWS, Changes, Clock, DeskEngine
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.draft import draft_path
from merchant_desk.sync.feed_reader import FeedReader
from merchant_desk.sync.others import Others
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.profile import OpenProfile
from merchant_desk.sync.protocol import FeedPage, PushAnswer
from merchant_desk.sync.pushing import Pusher, Read, SendAhead, Sent, last_answered
from merchant_desk.sync.rebuild import Rebuild
from merchant_desk.sync.server_calls import Cancelled, OnWriter, Pool, SyncApi
from merchant_desk.sync.snapshot import Snapshots
from merchant_desk.sync.status import OtherDesk
from merchant_desk.sync.transport import CursorTooOld, ServerBehind
from merchant_desk.sync.troubles import STUCK, NotCompared, Stuck, TableRepaired, TablesDiffer, fault_of

log = structlog.get_logger()

Tell = Callable[[Changes], None]

LOOK_ROWS = 500
"""What a new desk asks for first: where there is more, a snapshot is sooner."""

FILLING_ROWS = 10_000
"""Feed rows in one transaction of a desk that holds nothing yet that anybody could work with."""

OUTCOMES_AT_ONCE = 100
"""Answers in one transaction: scans come between."""

GREET_SECONDS = 60.0
CHECK_EVERY = 200
"""Exchanges between two comparisons of check sums..."""

CHECK_SECONDS = 600.0
"""...and the shortest time between them."""

STARTS = 3
"""How often one exchange begins anew when the server's history changes under it."""

NOTE_US = 5_000_000
"""Contacts are written down at most so often: each is a durable transaction of the one writer."""


class _ServerChanged(Exception):  # noqa: N818 - a message inside an exchange: build the rows anew
    """The server's history is not the one that this desk's rows come from."""


@dataclass
class Report:
    """What an exchange brought: the outlet's other desks, why nothing is pushed, what was found wrong."""

    others: Sequence[OtherDesk] | None = None
    fault: Fault | None = None
    alarm: Fault | None = None


@dataclass
class _Memory:
    """What an exchange knows from those before it; a restart only makes it ask again."""

    version: VersionAnswer | None = None
    greeted_at: float | None = None
    again: AskAgain = field(default_factory=AskAgain)
    exchanges: int = 0
    checked_at: float = 0.0
    check_due: bool = False
    given_up: set[str] = field(default_factory=set)
    draft_looked_for: bool = False
    fills: bool = False


class Exchange:
    """Drives one desk's engine against a server, exchange after exchange.

    Args:
        engine: the desk.
        profile: where its database lies, for a rebuild.
        api: gives the server's calls as they are to be made now (an enrolment changes them).
        on_writer: runs jobs on the writer's thread.
        read: opens reading connections.
        clock: microseconds UTC.
        timer: seconds, for durations.
    """

    def __init__(
        self,
        engine: DeskEngine,
        profile: OpenProfile,
        api: Callable[[], SyncApi],
        on_writer: OnWriter,
        read: Read,
        clock: Clock,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._profile = profile
        self._current_api = api
        self._api = api()
        self._on_writer = on_writer
        self._read = read
        self._clock = clock
        self._timer = timer
        self._memory = _Memory(checked_at=timer())
        self._pusher = Pusher(self._api, read, timer=timer)
        self.rows = Pace(2_000, 50, 10_000)  # feed rows in a page, by what the line is good for
        self.snapshots = Snapshots(profile, timer)
        self._noted_at = 0
        self._others = Others(timer)
        self.head = 0  # the feed's last number, as far as the server has told
        self.rebuilding: Callable[[int | None], None] = lambda rows: None
        """Hears how many feed rows a rebuild has in, and None when it has ended."""

        self.pool: Pool = ThreadPoolExecutor  # whose threads fetch and send ahead

    def run(self, tell: Tell, cancelled: Cancelled, *, asked: bool = True) -> Report:
        """Push, then pull, until nothing is left. Not `asked` by a person: see `Others`.

        Raises:
            Fault: the line or the server failed; everything is as it was, or further.
        """
        self._api = self._pusher.api = self._current_api()
        for _ in range(STARTS):
            try:
                return self._once(tell, cancelled, asked=asked)
            except (_ServerChanged, CursorTooOld) as reason:
                log.warning("rebuild_needed", why=str(reason) or type(reason).__name__)
                self.build(tell, cancelled, by_feed=True)
            except Fault:
                self._memory.greeted_at = None
                raise
        return Report()

    def push(self, tell: Tell, cancelled: Cancelled) -> Report:
        """Push until nothing waits; pull only what another history there asks for. Raises as `run`."""
        self._api = self._pusher.api = self._current_api()
        self._greet()
        try:
            return Report(fault=self._reason_to_wait() or self._push_all(tell, cancelled))
        except _ServerChanged:
            return self.run(tell, cancelled)

    def pull(self, tell: Tell, cancelled: Cancelled) -> Report:
        """Pull until nothing is new, and push nothing. Raises as `run`."""
        self._api = self._current_api()
        return Report(fault=self._pull_all(tell, cancelled))

    def _once(self, tell: Tell, cancelled: Cancelled, *, asked: bool) -> Report:
        report = Report()
        self._greet()
        report.fault = self._reason_to_wait()
        if report.fault is None:
            report.fault = self._push_all(tell, cancelled)
        found = self._pull_all(tell, cancelled)
        report.fault = report.fault or found
        if not cancelled():
            report.alarm = self._compare_if_due(tell, cancelled) or self.snapshots.refused
            self.snapshots.refused = None
            report.others = self._others.ask(self._api, self._engine.identity.device_id, now=asked)
        return report

    # -- whether to push -------------------------------------------------------------------------

    def _greet(self) -> None:
        """Ask which program the server is, now and then, and after trouble."""
        memory, now = self._memory, self._timer()
        if memory.greeted_at is None or now - memory.greeted_at > GREET_SECONDS:
            memory.version = self._api.version()
            memory.greeted_at = now

    def _reason_to_wait(self) -> Fault | None:
        """Return why nothing may be pushed now."""
        version = self._memory.version
        if version is not None and is_older(version.version):
            self._memory.greeted_at = None  # asked again each time: it may be upgraded at any moment
            return ServerBehind(426, "server_older", version.version)
        stuck = self._stuck()
        return fault_of(stuck) if stuck is not None and stuck.is_for_good else None

    def _stuck(self) -> Stuck | None:
        with self._read() as connection, connection.begin():
            return read_value(connection, STUCK, Stuck)

    def _get_stuck(self, reason: str, device_seq: int) -> Fault:
        """Remember that the server takes nothing more from this desk as it is."""
        stuck = Stuck(reason, device_seq)
        log.error("desk_stuck", reason=reason, device_seq=device_seq)

        def note() -> None:
            with self._engine.store.engine.begin() as connection:
                write_value(connection.connection.cursor(), STUCK, stuck)

        self._on_writer(note)
        return fault_of(stuck)

    # -- pushing ---------------------------------------------------------------------------------

    def _push_all(self, tell: Tell, cancelled: Cancelled) -> Fault | None:
        """Push all that waits at this moment; returns why that cannot go on."""
        with SendAhead(self._pusher, self._clock, self._engine.position.device_seq, self.pool) as ahead:
            while not cancelled():
                sent = ahead.next()
                if sent is None:
                    self._ask_again(tell, cancelled)
                    return None
                if sent.answer is None:
                    continue
                reason = self._heed(sent, sent.answer, ahead)
                self._take(sent.answer, sent.sent, sent.received, tell)
                self._memory.again.heed(sent.answer.outcomes)
                if reason:
                    met = min(len(sent.answer.outcomes), len(sent.batch.seqs) - 1)
                    return self._get_stuck(reason, sent.batch.seqs[met])
        return None

    def _heed(self, sent: Sent, answer: PushAnswer, ahead: SendAhead) -> str:
        """Learn from an answer, and begin with the next batch if there is nothing to say against it."""
        self._check_epoch(answer.epoch)
        reason = self._pusher.heed(sent.batch, answer)
        if sent.is_whole:
            ahead.go_on(sent.batch)
        return reason

    def _take(self, answer: PushAnswer, sent: int, received: int, tell: Tell) -> None:
        self._check_epoch(answer.epoch)
        outcomes = answer.outcomes
        for start in range(0, len(outcomes), OUTCOMES_AT_ONCE):
            part = outcomes[start : start + OUTCOMES_AT_ONCE]
            tell(self._on_writer(partial(self._engine.take_outcomes, part)))
        self._note_contact(answer, sent, received)

    def _ask_again(self, tell: Tell, cancelled: Cancelled) -> None:
        """Ask about what the server parked, and what that holds up, if it is time to."""
        version = self._memory.version.version if self._memory.version else ""
        for answer in self._memory.again.answers(self._pusher, version, self._timer, cancelled):
            now = self._clock()
            self._take(answer, now, now, tell)

    # -- pulling ---------------------------------------------------------------------------------

    def _pull_all(self, tell: Tell, cancelled: Cancelled) -> Fault | None:
        """Pull until nothing is new; returns the fault if this desk turns out to be a copy."""
        with FeedReader(self._api, self.rows, 0, self._timer, self._on_writer, self.pool) as reader:
            return self._pull(reader, tell, cancelled)

    def _pull(self, reader: FeedReader, tell: Tell, cancelled: Cancelled) -> Fault | None:
        fault: Fault | None = None
        while not cancelled():
            is_new, sent = not self._engine.position.cursor, self._clock()
            look = LOOK_ROWS if is_new else 0
            page = reader.page(self._engine.position.cursor, look, fills=self._memory.fills)
            self.head, received = page.head, self._clock()
            self._check_epoch(page.epoch)
            fault = self._check_heads(page) or fault
            if reader.is_fresh:
                self._note_contact(page, sent, received)
            self._memory.fills |= is_new
            reader.floor = page.floor if is_new else reader.floor
            if is_new and page.more and self.build(tell, cancelled, by_feed=False):
                continue
            if self._memory.fills:
                reader.fetch_ahead(page)
            for ops, until in self._engine.slices(page, FILLING_ROWS if self._memory.fills else SLICE_ROWS):
                if cancelled():
                    return fault
                tell(self._on_writer(partial(self._engine.apply_slice, ops, until)))
            if not page.more:
                self._memory.check_due |= self._memory.fills
                self._memory.fills = False
                self._drop_draft()
                return fault
        return fault

    def _check_epoch(self, epoch: object) -> None:
        if self._engine.position.epoch not in (None, epoch):
            raise _ServerChanged("epoch")

    def _check_heads(self, page: FeedPage) -> Fault | None:
        """Compare what the server has of this desk with what this desk knows that it has."""
        stuck = self._stuck()
        if page.until < self._engine.position.cursor:
            raise _ServerChanged("feed went back")
        if page.device_head > self._engine.position.device_seq and stuck is None:
            return self._get_stuck("forked", page.device_head)
        with self._read() as connection, connection.begin():
            answered = last_answered(connection)
            again = read_value(connection, "fetch_again", msgspec.Raw)
        if page.device_head < answered and stuck is None:
            raise _ServerChanged("operations went missing")
        if again is not None:
            raise _ServerChanged("tables have more columns")
        return None

    # -- building anew, and looking whether all is well ---------------------------------------------

    def build(self, tell: Tell, cancelled: Cancelled, *, by_feed: bool) -> bool:
        """Build all rows anew; not `by_feed`: only from a snapshot, if there is one. False if not done."""
        self._api = self._pusher.api = self._current_api()
        self._memory.draft_looked_for = False
        rebuild = Rebuild(
            self._engine, self._profile, self._api, self._on_writer, self._read, self._clock, self.snapshots
        )
        rebuild.pool = self.pool
        try:
            changes = rebuild.run(cancelled, self.rebuilding, by_feed=by_feed)
        finally:
            self.rebuilding(None)
        if changes is None:
            return False
        self._pusher.bare.clear()
        self._pusher.resend_from = None
        self._memory.again = AskAgain()
        self._memory.check_due = True
        self._memory.given_up.clear()
        tell(changes)
        return True

    def _drop_draft(self) -> None:
        """Remove what a rebuild left that is not needed any more."""
        self.snapshots.given_up = False
        if not self._memory.draft_looked_for:
            self._memory.draft_looked_for = True
            remove_database(draft_path(self._profile))
            self.snapshots.remove()

    def _compare_if_due(self, tell: Tell, cancelled: Cancelled) -> Fault | None:
        memory = self._memory
        memory.exchanges += 1
        if memory.exchanges >= CHECK_EVERY and self._timer() - memory.checked_at > CHECK_SECONDS:
            memory.check_due = True
        return self.compare(tell, cancelled) if memory.check_due else None

    def compare(self, tell: Tell, cancelled: Cancelled, *, asked: bool = False) -> Fault | None:
        """Compare check sums, fetch again what differs; returns the alarm if something did.

        `asked`: by a person, so tables given up before are looked at too. Raises what a call raises.
        """
        if asked:
            self._memory.given_up.clear()
        wrong = self._wrong_tables()
        if wrong is None:  # something new came meanwhile: another time
            return NotCompared() if asked else None
        self._memory.checked_at, self._memory.exchanges = self._timer(), 0
        self._memory.check_due = False
        wrong = [table for table in wrong if table not in self._memory.given_up]
        if not wrong:
            return None
        names = ", ".join(wrong)
        repair = Repair(self._engine, self._api, self._read, self._on_writer, frozenset(wrong))
        rows = repair.run(tell, cancelled)
        log.error("tables_repaired", tables=names, rows=rows)
        left = self._wrong_tables()
        if left and not cancelled():
            self._memory.given_up.update(left)
            return TablesDiffer(", ".join(left))
        return TableRepaired(names, rows)

    def _wrong_tables(self) -> list[str] | None:
        answer = self._api.check()
        self._check_epoch(answer.epoch)
        with self._read() as connection, connection.begin():
            return differing(connection, self._engine.store, answer)

    # -- knowing ---------------------------------------------------------------------------------

    def _note_contact(self, answer: PushAnswer | FeedPage, sent: int, received: int) -> None:
        is_new = self._engine.position.epoch is None
        durable = is_new or abs(received - self._noted_at) > NOTE_US
        if durable:
            self._noted_at = received
        self._on_writer(
            partial(
                self._engine.note_contact, answer.server_time, sent, received, answer.epoch, durable=durable
            )
        )
