"""Asking again about what the server has, but has not settled: what it parked, and what that holds up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from merchant_desk.sync.protocol import BATCH_OPS, Outcome, PushAnswer, PushRequest, Status, WireOp
from merchant_desk.sync.pushing import Pusher
from merchant_desk.sync.transport import NotOurServer, ServerProblem, Unreachable

log = structlog.get_logger()

AGAIN_SECONDS = 3_600.0

RETRY_SECONDS = 60.0
"""The first pause after a round that the line or the server broke off."""

FAILED = 500
"""Internal Server Error (RFC 9110): its program failed, over what it was given perhaps."""

UNANSWERED = (Unreachable, NotOurServer, ServerProblem)

PARKED = "status = 'parked'"
HELD = "status = 'held'"


@dataclass
class AskAgain:
    """Knows when it is time to ask again: every hour, and at once when something changed.

    That is a start of the program, another version of the server, or something that was parked just now:
    the trouble may be over. Where the line or the server fails on the way, that is noted and no more, as all
    else that an exchange does goes on without the answer. The next round then begins a minute later, and
    behind the one that was not answered; the pause doubles until a round has got an answer to everything.
    """

    due_at: float | None = None
    version: str = ""
    _first: int = 1
    _pause: float = RETRY_SECONDS

    def heed(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from answers."""
        if _any_parked(outcomes):
            self.due_at = None

    def answers(self, pusher: Pusher, version: str, timer: Callable[[], float]) -> Iterator[PushAnswer]:
        """Ask if it is time (`timer`: seconds; `version`: the server's), and yield what settles something.

        What a parked operation held up is asked for after that has been offered; what was parked in its
        turn is offered in the next exchange.

        Raises:
            Fault: this desk's database failed, or the server is not the one it was.
        """
        is_due = self.due_at is None or timer() > self.due_at
        if not is_due and version == self.version:
            return
        self.version = version
        self.due_at = timer() + self._pause
        try:
            yield from self._round(pusher, timer)
        except UNANSWERED as trouble:
            self.due_at = timer() + self._pause
            log.warning("not_asked_again", why=str(trouble), seconds=self._pause)
            self._pause = min(2 * self._pause, AGAIN_SECONDS)

    def _round(self, pusher: Pusher, timer: Callable[[], float]) -> Iterator[PushAnswer]:
        first, self._first = self._first, 1
        yield from self._offer_parked(pusher, first)
        is_new = False
        for answer in _ask_held(pusher):
            is_new |= _any_parked(answer.outcomes)
            yield answer
        if first == 1:
            self._pause = RETRY_SECONDS
        pause = AGAIN_SECONDS if first == 1 else self._pause
        self.due_at = None if is_new else timer() + pause

    def _offer_parked(self, pusher: Pusher, first: int) -> Iterator[PushAnswer]:
        """Offer the bodies of parked operations once more, each alone, so that one cannot keep others back.

        Yields the answers that settle one; where the server still cannot take it in, it stays parked.
        """
        while True:
            pusher.most_ops = 1
            batch = pusher.next_batch(first, which=PARKED)
            pusher.most_ops = BATCH_OPS
            if batch is None:
                return
            first = batch.seqs[-1] + 1
            try:
                answer = pusher.api.push(batch.request)
            except UNANSWERED as trouble:
                if isinstance(trouble, ServerProblem) and (trouble.about_content or trouble.status == FAILED):
                    continue
                self._first = first
                raise
            if not answer.stopped:
                yield answer


def _any_parked(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.status is Status.PARKED for outcome in outcomes)


def _ask_held(pusher: Pusher) -> Iterator[PushAnswer]:
    """Ask what became of held operations, with their headers alone: the server has the bodies.

    The feed tells only of those that left rows: one that changed nothing, or that was parked when its turn
    came, is heard of here and nowhere else.
    """
    first = 1
    while (batch := pusher.next_batch(first, which=HELD)) is not None:
        headers = [WireOp(op.header, None, op.signature) for op in batch.request.ops]
        answer = pusher.api.push(PushRequest(headers))
        yield answer
        if not answer.outcomes:
            return
        first = batch.seqs[len(answer.outcomes) - 1] + 1
