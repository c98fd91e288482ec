"""Asking again about what the server has, but has not settled: what it parked, and what that holds up."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from merchant_desk.sync.protocol import Outcome, PushAnswer, PushRequest, Status, WireOp
from merchant_desk.sync.pushing import Pusher
from merchant_desk.sync.server_calls import Cancelled
from merchant_desk.sync.transport import NotOurServer, ServerProblem, Unreachable

log = structlog.get_logger()

AGAIN_SECONDS = 3_600.0

RETRY_SECONDS = 60.0
"""The first pause after a round that the line or the server broke off."""

AT_ONCE = -math.inf

FAILED = 500
"""Internal Server Error (RFC 9110): its program failed, over what it was given perhaps."""

NO_ANSWER = (Unreachable, NotOurServer, ServerProblem)

PARKED = "status = 'parked'"
HELD = "status = 'held'"


@dataclass
class AskAgain:
    """Knows what to ask about again, and when: the trouble may be over.

    What was parked just now is offered at once; everything every hour, at a start of the program, and when
    the server is of another version.

    Where the line or the server fails on the way, that is noted and no more, as all else that an exchange
    does goes on without the answer. The next round then begins a minute later, and behind the one that was
    not answered; the pause doubles until a round has got an answer to everything.
    """

    due_at: float = AT_ONCE
    version: str = ""
    _pause: float = RETRY_SECONDS
    _fresh: deque[int] = field(default_factory=deque)
    _left: deque[int] | None = None
    """What a round that was broken off has not offered yet."""

    def heed(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from answers."""
        self._fresh.extend(one.device_seq for one in outcomes if one.status is Status.PARKED)

    def answers(
        self, pusher: Pusher, version: str, timer: Callable[[], float], cancelled: Cancelled
    ) -> Iterator[PushAnswer]:
        """Ask if it is time (`timer`: seconds; `version`: the server's), and yield what settles something.

        What a parked operation held up is asked for after that has been offered; what was parked in its
        turn is offered in the next exchange.

        Raises:
            Fault: this desk's database failed, or the server is not the one it was.
        """
        if version != self.version:
            self.version, self.due_at = version, AT_ONCE
            self._left, self._pause = None, RETRY_SECONDS
        is_due = timer() > self.due_at
        try:
            if is_due:
                yield from self._round(pusher, timer, cancelled)
            else:
                yield from self._offer_fresh(pusher, cancelled)
        except NO_ANSWER as trouble:
            self._fresh.clear()
            later = timer() + self._pause
            self.due_at = later if is_due else min(self.due_at, later)
            log.warning("not_asked_again", why=str(trouble), seconds=self._pause)
            self._pause = min(2 * self._pause, AGAIN_SECONDS)

    def _round(
        self, pusher: Pusher, timer: Callable[[], float], cancelled: Cancelled
    ) -> Iterator[PushAnswer]:
        """Ask about everything; one that is cancelled is gone on with in the next exchange."""
        self.due_at = timer() + self._pause
        self._fresh.clear()
        left, self._left = self._left, None
        is_whole = left is None
        seqs = deque(pusher.numbers(PARKED)) if left is None else left
        try:
            yield from _offer(pusher, seqs, cancelled)
        except NO_ANSWER:
            self._left = seqs
            raise
        if not seqs:
            yield from self._ask_held(pusher, cancelled)
        if seqs or cancelled():
            self._left, self.due_at = seqs, AT_ONCE
            return
        if is_whole:
            self._pause = RETRY_SECONDS
        self.due_at = timer() + (AGAIN_SECONDS if is_whole else self._pause)

    def _offer_fresh(self, pusher: Pusher, cancelled: Cancelled) -> Iterator[PushAnswer]:
        is_settled = False
        for answer in _offer(pusher, self._fresh, cancelled):
            is_settled = True
            yield answer
        if is_settled:
            yield from self._ask_held(pusher, cancelled)

    def _ask_held(self, pusher: Pusher, cancelled: Cancelled) -> Iterator[PushAnswer]:
        """Ask what became of held operations, with their headers alone: the server has the bodies.

        The feed tells only of those that left rows: one that changed nothing, or that was parked when its
        turn came, is heard of here and nowhere else.
        """
        first = 1
        while not cancelled() and (batch := pusher.next_batch(first, which=HELD)) is not None:
            headers = [WireOp(op.header, None, op.signature) for op in batch.request.ops]
            answer = pusher.api.push(PushRequest(headers))
            self.heed(answer.outcomes)
            yield answer
            if not answer.outcomes:
                return
            first = batch.seqs[len(answer.outcomes) - 1] + 1


def _offer(pusher: Pusher, seqs: deque[int], cancelled: Cancelled) -> Iterator[PushAnswer]:
    """Offer the bodies of parked operations once more, each alone, so that one cannot keep others back.

    Takes each number from `seqs` before it is offered. Yields the answers that settle one; where the server
    still cannot take it in, it stays parked.
    """
    while seqs and not cancelled():
        seq = seqs.popleft()
        batch = pusher.next_batch(seq, seq, PARKED)
        if batch is None:
            continue
        try:
            answer = pusher.api.push(batch.request)
        except NO_ANSWER as trouble:
            if isinstance(trouble, ServerProblem) and (trouble.about_content or trouble.status == FAILED):
                continue
            raise
        if not answer.stopped:
            yield answer
