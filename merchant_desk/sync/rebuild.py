"""Building a desk's rows anew from the server, in a file beside, while people go on working.

Needed for a new desk, and when the server was restored (another epoch), has compacted its feed beyond our
cursor, or a new version holds more columns. The draft is the server's snapshot with the feed since, or is
filled from feed 0; it may be given up and resumed at any part or page. At the end, on the writer's thread:
the desk's own tables are copied, what the server lost is pending again, unsent work is carried out on top,
and the draft takes the database's place in one step. Until that step the old file is the truth, so nothing
can be lost by a crash.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import Engine

from merchant_desk.domain.ids import id_of
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.models.faults import DiskFull, Fault, StorageFailed
from merchant_desk.models.gate import exchange_file, remove_database
from merchant_desk.models.migrate import HEAD, prepare
from merchant_desk.models.store import Store
from merchant_desk.sync.desk import Changes, Clock, DeskEngine
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.draft import DELIVERED, DRAFT, Draft, draft_path
from merchant_desk.sync.feed_reader import FeedReader
from merchant_desk.sync.handover import Handover, hand_over
from merchant_desk.sync.outbox import Outbox
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.profile import OpenProfile
from merchant_desk.sync.protocol import FeedPage, Outcome
from merchant_desk.sync.pushing import ANY, UNANSWERED, Pusher, Read
from merchant_desk.sync.rebase import UNCERTAIN
from merchant_desk.sync.server_calls import Cancelled, OnWriter, Pool, SyncApi
from merchant_desk.sync.snapshot import Snapshots
from merchant_desk.sync.transport import CursorTooOld

log = structlog.get_logger()

SLICE_ROWS = 5_000
CACHE_MB = 16
STARTS = 3
"""How often a draft is begun anew in one exchange, when the server changes below it."""

FOREIGN = ("forked", "bad_chain", "hole")
"""Why a batch stops at a server that has another's work under this desk's name."""


class _BeginAnewError(Exception):
    """The server is not any more what the draft was begun with."""


class Rebuild:
    """Fills a draft and hands the desk over to it. Network and draft on the caller's thread."""

    def __init__(
        self,
        engine: DeskEngine,
        profile: OpenProfile,
        api: SyncApi,
        on_writer: OnWriter,
        read: Read,
        clock: Clock,
        snapshots: Snapshots,
    ) -> None:
        self._engine = engine
        self._profile = profile
        self._api = api
        self._on_writer = on_writer
        self._read = read
        self._clock = clock
        self._snapshots = snapshots
        self._pace = Pace(2_000, 50, 10_000)
        self.rows = 0
        self.pool: Pool = ThreadPoolExecutor

    def run(
        self, cancelled: Cancelled, told: Callable[[int], None], *, by_feed: bool = True
    ) -> Changes | None:
        """Do as much as there is time for; returns what changed, or None if it was cancelled on the way.

        `told` hears how many feed rows are in. Not `by_feed`: only if there is a snapshot to be had.

        Raises:
            Fault: the line, the server or the disk; what was fetched is kept for the next time.
        """
        for _ in range(STARTS):
            try:
                return self._attempt(cancelled, told, by_feed)
            except (_BeginAnewError, CursorTooOld):
                remove_database(draft_path(self._profile))
            except DiskFull:
                remove_database(draft_path(self._profile))
                raise
        raise StorageFailed(draft_path(self._profile), "the server changed during each of several starts")

    def _attempt(self, cancelled: Cancelled, told: Callable[[int], None], by_feed: bool) -> Changes | None:
        file = self._open_left()
        if file is None:
            told(0)
            if self._snapshots.make_draft(self._api, self._engine.identity, cancelled):
                file = self._open_left()
        if file is None and by_feed and not cancelled():
            file = self._open_new()
        if file is None:
            return None
        try:
            draft = DeskEngine(Store(file, Side.DESK), self._clock, self._engine.new_id)
            page = self._fill(draft, cancelled, told)
            if page is None:
                return None
            is_ours = self._is_ours(page)
            answers = self._ask(draft, page.device_head, cancelled, again=not is_ours)
            page = self._fill(draft, cancelled, told)
            if page is None or cancelled():
                return None
            if is_ours and not self._is_ours(page):
                raise _BeginAnewError
            task = Handover(
                self._profile.path,
                self._profile.vault.key,
                page.device_head,
                page.device_head if is_ours else 0,
                answers,
                self._delivered(draft),
                self._clock(),
            )
            changes: Changes = self._on_writer(lambda: self._finish(file, draft, task))
            return changes
        finally:
            file.dispose()

    # -- filling ---------------------------------------------------------------------------------

    def _open_left(self) -> Engine | None:
        """Open the draft of the last time, or the one that was just made, if it is good for something."""
        path = draft_path(self._profile)
        if not path.exists():
            return None
        try:
            file = open_engine(path, self._profile.vault.key, role="writer", cache_mb=CACHE_MB)
            if self._is_usable(file):
                return file
            file.dispose()
        except DiskFull:
            raise
        except Fault as fault:
            log.info("draft_unusable", code=fault.code)
        remove_database(path)
        return None

    def _open_new(self) -> Engine:
        """Begin a draft that the feed fills from 0."""
        path = draft_path(self._profile)
        file = open_engine(path, self._profile.vault.key, role="writer", cache_mb=CACHE_MB)
        prepare(file, Side.DESK, path)
        with file.begin() as connection:
            cursor = connection.connection.cursor()
            write_value(cursor, "identity", self._engine.identity)
            write_value(cursor, DRAFT, Draft(self._engine.identity.device_id, HEAD, 0))
        return file

    def _is_usable(self, file: Engine) -> bool:
        with file.connect() as connection, connection.begin():
            sql = "SELECT count(*) FROM sqlite_master WHERE name = 'desk_state'"
            if not connection.exec_driver_sql(sql).scalar():
                return False
            draft = read_value(connection, DRAFT, Draft)
        return draft is not None and (draft.device_id, draft.head) == (self._engine.identity.device_id, HEAD)

    def _fill(self, draft: DeskEngine, cancelled: Cancelled, told: Callable[[int], None]) -> FeedPage | None:
        """Pull until the server has nothing more; returns the last page, or None when cancelled."""
        own: set[UUID] | None = None
        with FeedReader(self._api, self._pace, self._floor(draft), pool=self.pool) as reader:
            while not cancelled():
                page = reader.page(draft.position.cursor)
                if draft.position.epoch not in (None, page.epoch) or page.until < draft.position.cursor:
                    raise _BeginAnewError
                if draft.position.epoch is None:
                    reader.floor = self._note_start(draft, page)
                reader.fetch_ahead(page)
                own = self._uncertain(page) if own is None else own
                self._note_delivered(draft, own.intersection([op.op_id for op in page.ops]))
                for ops, until in draft.slices(page, SLICE_ROWS):
                    if cancelled():
                        return None
                    draft.apply_slice(ops, until)
                    self.rows += sum(len(op.rows) for op in ops)
                    told(self.rows)
                checkpoint(draft.store.engine)
                if not page.more:
                    return page
        return None

    def _uncertain(self, page: FeedPage) -> set[UUID]:
        """Return own operations of which the device's head at the server says nothing.

        They can have come there all the same, by a clone of this desk that was enrolled as another device.
        """
        head = page.device_head if self._is_ours(page) else 0
        with self._read() as connection, connection.begin():
            sql = "SELECT op_id FROM outbox WHERE device_seq > ?"
            return {id_of(raw) for raw in connection.exec_driver_sql(sql, (head,)).scalars()}

    def _delivered(self, draft: DeskEngine) -> frozenset[UUID]:
        """Return which of them the feed has brought into a draft, also before a restart."""
        with draft.store.engine.connect() as connection, connection.begin():
            return frozenset(read_value(connection, DELIVERED, list[UUID]) or ())

    def _note_delivered(self, draft: DeskEngine, found: set[UUID]) -> None:
        """Write down, before their rows are in a draft, what the feed brings of them."""
        if found:
            known = self._delivered(draft)
            with draft.store.engine.begin() as connection:
                write_value(connection.connection.cursor(), DELIVERED, sorted(known | found))

    def _floor(self, draft: DeskEngine) -> int:
        with draft.store.engine.connect() as connection, connection.begin():
            found = read_value(connection, DRAFT, Draft)
        return found.floor if found is not None else 0

    def _note_start(self, draft: DeskEngine, page: FeedPage) -> int:
        """Write down which history the draft is made of before its first row is in."""
        position = msgspec.structs.replace(draft.position, epoch=page.epoch)
        note = Draft(self._engine.identity.device_id, HEAD, page.floor)
        with draft.store.engine.begin() as connection:
            cursor = connection.connection.cursor()
            write_value(cursor, "position", position)
            write_value(cursor, DRAFT, note)
        draft.position = position
        return page.floor

    # -- asking ----------------------------------------------------------------------------------

    def _is_ours(self, page: FeedPage) -> bool:
        """Tell whether what the server has under this device's name is this desk's work, and not a copy's.

        A copy of this desk may have offered its own again to a server that was restored: the same numbers
        then mean something else there, and what was once said of ours was said by a server that is gone.
        """
        if not page.device_chain:
            return True
        with self._read() as connection, connection.begin():
            sql = "SELECT chain FROM outbox WHERE device_seq = ?"
            chain = connection.exec_driver_sql(sql, (page.device_head,)).scalar()
        return chain is not None and bytes(chain) == page.device_chain

    def _ask(
        self, draft: DeskEngine, device_head: int, cancelled: Cancelled, *, again: bool
    ) -> dict[UUID, Outcome]:
        """Hear what became of operations that the server may have: their effects must not be shown twice.

        Of what it holds or has parked the header is enough: bodies are offered after the rebuild. `again`:
        the numbers there are a copy's; ask about all, answered or not. Nothing is carried out then, as no
        chain of ours fits there; what came to the server by another device it tells in the same answer.
        """
        with self._read() as connection, connection.begin():
            uncertain = read_value(connection, UNCERTAIN, int) or 0
        last = None if again else max(device_head, uncertain)
        filed = self._without_end(draft, device_head)
        which = ANY if again else f"({UNANSWERED} OR device_seq IN ({', '.join(map(str, filed))}))"
        pusher, answers, first = Pusher(self._api, self._read, bare=set(filed)), {}, 1
        while not cancelled():
            batch = pusher.next_batch(first, last, which)
            if batch is None:
                break
            answer = pusher.send(batch)
            if answer is None:
                continue
            if answer.epoch != draft.position.epoch:
                raise _BeginAnewError
            answers.update({outcome.op_id: outcome for outcome in answer.outcomes})
            answers.update({outcome.op_id: outcome for outcome in answer.known})
            done = len(answer.outcomes)
            if again and answer.stopped in FOREIGN:
                first = batch.seqs[-1] + 1
                continue
            if answer.stopped in ("hole", "bad_chain", "reused_id"):
                break  # the next push meets it again, and says so
            if answer.stopped == "unreadable" and answer.expected not in pusher.bare:
                pusher.bare.add(answer.expected)
            elif answer.stopped or not done:
                done += 1  # not the server's: it is carried out on top as unsent work
            first = batch.seqs[done - 1] + 1 if done else first
        return answers

    def _without_end(self, draft: DeskEngine, device_head: int) -> list[int]:
        """Return the numbers of own operations that the server holds or has parked, as far as anybody knows.

        One that was restored from a backup may have so what has had its end here since: it names them.
        """
        answer = self._api.check(without_end=True)
        if answer.epoch != draft.position.epoch:
            raise _BeginAnewError
        with self._read() as connection, connection.begin():
            cursor = connection.connection.cursor()
            return Outbox(cursor).without_end(answer.without_end, device_head)

    # -- finishing -------------------------------------------------------------------------------

    def _finish(self, file: Engine, draft: DeskEngine, task: Handover) -> Changes:
        """On the writer's thread, with no reader at work: copy, replay, exchange the files."""
        profile = self._profile
        with profile.gate.closed(profile.reader, profile.path):
            changes = hand_over(file, draft, task)
            if not checkpoint(file, "TRUNCATE").complete:
                raise StorageFailed(draft_path(profile), "the log could not be moved into the file")
            file.dispose()
            exchange_file(profile.path, draft_path(profile), profile.writer, profile.reader)
        self._engine.reload()
        log.info("desk_rebuilt", rows=self.rows)
        return changes
