"""Asking again about what the server has, but has not settled: what it parked, and what that holds up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from merchant_desk.sync.protocol import BATCH_OPS, Outcome, PushAnswer, PushRequest, Status, WireOp
from merchant_desk.sync.pushing import Pusher
from merchant_desk.sync.transport import ServerProblem

AGAIN_SECONDS = 3_600.0

FAILED = 500
"""Internal Server Error (RFC 9110): its program failed, over what it was given perhaps."""

PARKED = "status = 'parked'"
HELD = "status = 'held'"


@dataclass
class AskAgain:
    """Knows when it is time to ask again: every hour, and at once when something changed.

    That is a start of the program, another version of the server, or something that was parked just now:
    the trouble may be over.
    """

    asked_at: float | None = None
    version: str = ""

    def heed(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from answers."""
        if _any_parked(outcomes):
            self.asked_at = None

    def answers(self, pusher: Pusher, version: str, now: float) -> Iterator[PushAnswer]:
        """Ask if it is time (`now` in seconds, `version` is the server's), and yield what settles something.

        What a parked operation held up is asked for after that has been offered; what was parked in its
        turn is offered in the next exchange.

        Raises:
            Fault: the line or the server failed; it is still time to ask, and the next exchange does.
        """
        is_due = self.asked_at is None or now - self.asked_at > AGAIN_SECONDS
        if not is_due and version == self.version:
            return
        asked_at: float | None = now
        yield from _offer_parked(pusher)
        for answer in _ask_held(pusher):
            if _any_parked(answer.outcomes):
                asked_at = None
            yield answer
        # Not before all of them were asked about: where the line breaks on the way, the rest comes next.
        self.asked_at, self.version = asked_at, version


def _any_parked(outcomes: Sequence[Outcome]) -> bool:
    return any(outcome.status is Status.PARKED for outcome in outcomes)


def _offer_parked(pusher: Pusher) -> Iterator[PushAnswer]:
    """Offer the bodies of parked operations once more, each alone, so that one cannot keep others back.

    Yields the answers that settle one; where the server still cannot take it in, it stays parked.
    """
    first = 1
    while True:
        pusher.most_ops = 1
        batch = pusher.next_batch(first, which=PARKED)
        pusher.most_ops = BATCH_OPS
        if batch is None:
            return
        first = batch.seqs[-1] + 1
        try:
            answer = pusher.api.push(batch.request)
        except ServerProblem as problem:
            if not (problem.about_content or problem.status == FAILED):
                raise
            continue
        if not answer.stopped:
            yield answer


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
