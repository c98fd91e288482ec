"""Pushing: which operations go into the next request, and what the server's answer means for the one after.

Holds nothing that must survive: everything is found out again from the outbox and the server's answers.
"""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from sqlalchemy import Connection

from merchant_desk.sync.pace import Pace
from merchant_desk.sync.protocol import (
    BATCH_BYTES,
    BATCH_OPS,
    PushAnswer,
    PushRequest,
    Status,
    WireOp,
)
from merchant_desk.sync.server_calls import Pool
from merchant_desk.sync.transport import ServerProblem, Unreachable

Read = Callable[[], Connection]
"""Opens a reading connection on what was committed; close it (use `with`)."""

FIRST_BYTES = 32_000
LEAST_BYTES = 2_000
OP_BYTES = 200
"""What an operation weighs in a batch beside header and body."""

CHUNK = 100

MOST_UNDER_WAY = 2
QUICK_SECONDS = 1.0
"""A batch that is answered within this time leaves room on the line for the next one."""

PENDING = "status = 'pending'"
UNANSWERED = "status IN ('pending', 'held', 'parked')"
ANY = "status <> ''"


class PushApi(Protocol):
    """What pushing asks of a server."""

    def push(self, request: PushRequest, /) -> PushAnswer:
        """Push a batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Operations on their way: their numbers, what goes over the wire, and how many bytes that is about."""

    seqs: tuple[int, ...]
    request: PushRequest
    size: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch with its answer (None: it must be cut smaller first), and when it went and came, desk time."""

    batch: Batch
    answer: PushAnswer | None
    sent: int
    received: int

    @property
    def is_whole(self) -> bool:
        """Whether every operation of the batch has an outcome."""
        answer = self.answer
        return answer is not None and not answer.stopped and len(answer.outcomes) == len(self.batch.seqs)

    @property
    def has_overtaken(self) -> bool:
        """Whether the server looks for what comes before the batch."""
        return self.answer is not None and self.answer.stopped == "hole"


class SendAhead:
    """Sends batches one after another; while the line is quick, each full one before the last was answered.

    Used in a `with` block, which waits for what is still under way. At most two requests are under way: the
    server reads the second while its database takes in the first. Should one overtake the other, the server
    finds a hole and takes nothing of it: that is no answer, and it is sent again in its turn. Behind a batch
    that was not taken in whole nothing counts that is under way. What is minted after `upto` waits for the
    next exchange: a desk that never rests would never pull.
    """

    def __init__(
        self, pusher: "Pusher", clock: Callable[[], int], upto: int, pool: Pool = ThreadPoolExecutor
    ) -> None:
        self._pusher = pusher
        self._clock = clock
        self._upto = upto
        self._under_way: deque[Future[Sent]] = deque()
        self._last: Batch | None = None
        self._pool = pool(MOST_UNDER_WAY, "push-ahead")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def next(self) -> Sent | None:
        """Return the next batch that was answered; None when nothing waits.

        Raises:
            Fault: as `Pusher.send`.
        """
        if self._under_way:
            if self._pusher.is_quick:
                self._begin()
            sent = self._under_way.popleft().result()
            if not sent.is_whole:
                self._call_back()
            if not sent.has_overtaken:
                return sent
        batch = self._pusher.next_batch()
        if batch is None or batch.seqs[0] > self._upto:
            self._pusher.resend_from = None
            return None
        return self._send(batch)

    def go_on(self, done: Batch) -> None:
        """Begin to send what comes after a batch that was answered whole, but not filed yet."""
        if not self._under_way:
            self._last = done
            self._begin()

    def _begin(self) -> None:
        """Send what follows the last full batch, if there is something."""
        last = self._last
        if last is None or self._pusher.resend_from is not None or len(last.seqs) < CHUNK:
            return
        batch = self._pusher.next_batch(last.seqs[-1] + 1)
        if batch is not None and batch.seqs[0] <= self._upto:
            self._last = batch
            self._under_way.append(self._pool.submit(self._send, batch))

    def _call_back(self) -> None:
        """Wait for what is under way and forget what was answered: all of it can be asked again."""
        wait(self._under_way)
        self._under_way.clear()

    def _send(self, batch: Batch) -> Sent:
        sent = self._clock()
        answer = self._pusher.send(batch)
        return Sent(batch, answer, sent, self._clock())


@dataclass
class Pusher:
    """Sends batches and learns from the answers.

    `bare` are numbers whose header goes alone: the server cannot take the body in yet. `resend_from` is
    where the server wants to hear everything again, answered or not. `most_ops` shrinks while the server
    cannot read a batch, until the one that it cannot read stands alone. `is_quick` tells that the last
    answer came at once.
    """

    api: PushApi
    read: Read
    pace: Pace = field(default_factory=lambda: Pace(FIRST_BYTES, LEAST_BYTES, BATCH_BYTES))
    bare: set[int] = field(default_factory=set)
    resend_from: int | None = None
    most_ops: int = BATCH_OPS
    timer: Callable[[], float] = time.monotonic
    is_quick: bool = False
    _suspect: tuple[str, int] | None = None

    def next_batch(self, first: int = 1, last: int | None = None, which: str = PENDING) -> Batch | None:
        """Return the next operations in order, numbers from `first` to `last`; None when there are none."""
        if self.resend_from is not None:
            first, which = max(first, self.resend_from), ANY
        seqs: list[int] = []
        wires: list[WireOp] = []
        size = 0
        for seq, wire in self._waiting(first, last, which):
            weight = len(wire.header) + len(wire.body or b"") + OP_BYTES
            if wires and (size + weight > self.pace.amount or len(wires) >= self.most_ops):
                break
            seqs.append(seq)
            wires.append(wire)
            size += weight
        if wires:
            return Batch(tuple(seqs), PushRequest(wires), size)
        self.resend_from = None
        return None

    def numbers(self, which: str) -> list[int]:
        """Return the numbers of the operations that a condition holds for, in order."""
        sql = f"SELECT device_seq FROM outbox WHERE {which} AND device_seq >= 1 ORDER BY device_seq"  # noqa: S608
        with self.read() as connection, connection.begin():
            return list(connection.exec_driver_sql(sql).scalars())

    def _waiting(self, first: int, last: int | None, which: str) -> list[tuple[int, WireOp]]:
        """Read about a batch's worth: bodies are up to 256 KB, so not more at once than fits."""
        condition = f"{which} AND device_seq >= ?" + ("" if last is None else " AND device_seq <= ?")
        bound = [first] if last is None else [first, last]
        sql = f"SELECT device_seq, header, body, signature FROM outbox WHERE {condition} ORDER BY device_seq"  # noqa: S608
        found: list[tuple[int, WireOp]] = []
        size = 0
        with self.read() as connection, connection.begin():
            cursor = connection.connection.cursor()
            cursor.execute(sql, bound)
            while size <= self.pace.amount and (rows := cursor.fetchmany(CHUNK)):
                for seq, header, body, signature in rows:
                    sent = None if seq in self.bare else body
                    found.append((seq, WireOp(header, sent, signature)))
                    size += len(header) + len(sent or b"") + OP_BYTES
            cursor.close()
        return found

    def send(self, batch: Batch) -> PushAnswer | None:
        """Push a batch; None when it must be cut smaller first, which was noted.

        Raises:
            Fault: no answer, or one that is not about the content of the batch.
        """
        begun = self.timer()
        try:
            answer = self.api.push(batch.request)
        except Unreachable:
            self.is_quick = False
            if self.timer() - begun > 1.0:
                self.pace.failed()
            raise
        except ServerProblem as problem:
            if not problem.about_content or not self._cut(batch):
                raise
            return None
        taken = self.timer() - begun
        self.is_quick = taken < QUICK_SECONDS
        self.pace.took(batch.size, taken)
        self.most_ops = min(self.most_ops * 2, BATCH_OPS)
        return answer

    def _cut(self, batch: Batch) -> bool:
        """Halve what is sent next, or leave out the one body that is left; False if there is none."""
        if len(batch.seqs) > 1:
            self.most_ops = len(batch.seqs) // 2
            return True
        (seq,) = batch.seqs
        if seq in self.bare:
            return False
        self.bare.add(seq)
        return True

    def heed(self, batch: Batch, answer: PushAnswer) -> str:
        """Note what an answer asks for; returns why this desk cannot go on as it is, or "".

        What may be the line's doing (a chain that does not fit, an unexpected number) is tried once more
        before it is believed.

        Raises:
            Unreachable: nothing was answered at all.
        """
        done = {outcome.device_seq for outcome in answer.outcomes}
        self.bare -= done
        if not answer.stopped:
            if not done:
                raise Unreachable("empty_answer", f"number {batch.seqs[0]}")
            self._suspect = None
            if self.resend_from is not None:
                self.resend_from = max(done) + 1
            return ""
        if answer.stopped == "unreadable":
            if answer.expected in self.bare:
                return "bad_chain"
            self.bare.add(answer.expected)
            return ""
        if answer.stopped in ("hole", "bad_chain"):
            self.resend_from = answer.expected
            return self._suspicious(answer.stopped, answer.expected, "bad_chain")
        return answer.stopped

    def _suspicious(self, what: str, where: int, meaning: str) -> str:
        """Return `meaning` if the same happened at the same place before."""
        if self._suspect == (what, where):
            self._suspect = None
            self.resend_from = None
            return meaning
        self._suspect = (what, where)
        return ""


LAST_ANSWERED = " UNION ALL ".join(
    f"SELECT max(device_seq) AS last FROM outbox WHERE status = '{status.value}'"  # noqa: S608
    for status in Status
).join(("SELECT max(last) FROM (", ")"))
"""One look into the index for each status, however long the outbox is."""


def last_answered(connection: Connection) -> int:
    """Return the last number that the server has answered anything for; 0 if there is none."""
    return int(connection.exec_driver_sql(LAST_ANSWERED).scalar() or 0)
