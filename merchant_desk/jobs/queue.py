"""Operations of a job on their way to the writer: some at a time, behind all that a person waits for."""

import gc
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.sync.desk import Together, Work
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.writer import Urgency

Who = Callable[[], UUID]

TOGETHER: Final = 10
"""Operations that the writer is asked for at once, so that they share a commit."""

AHEAD: Final = 4 * TOGETHER
"""Operations that may wait, so that reading goes on meanwhile."""

LONGEST: Final = 0.25
"""Seconds after which a transaction ends: slices of sync wait for it. A person's job ends it at once."""

CHECKPOINT_EVERY: Final = 100
"""Operations after which the write-ahead log is moved into the file: a job leaves no idle moment for it."""


@contextmanager
def collector_rests() -> Iterator[None]:
    """Let Python's collector rest, in all of the process, while a job holds very many objects.

    A job makes no rings of objects; the collector would walk through all that it holds, in vain, and the
    window waits for it meanwhile.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Queue:
    """Carries operations out in their order. Leaving the block waits for those on their way.

    Args:
        runtime: the desk.
        who: asked for the person, at each operation.
        about: the job that the operations belong to, by which the outbox finds them again.
    """

    def __init__(self, runtime: DeskRuntime, who: Who, about: UUID) -> None:
        self._runtime = runtime
        self._who = who
        self._about = about
        self._works: deque[Work] = deque()
        self._running: Future[Together] | None = None
        self._checkpoint_at = CHECKPOINT_EVERY
        self._ends = False
        self.count = 0

    def add(self, body: object) -> None:
        """Queue an operation; waits while enough others do.

        Raises:
            Refusal: an earlier operation was refused; it wrote nothing.
            Fault: the disk or the database failed an earlier one.
        """
        self._runtime.writer.give_way()
        while len(self._works) >= AHEAD:
            self._settle()
        self._works.append(Work(body, self._who(), self._about))
        if self._running is not None and self._running.done():
            self._settle()
        if self._running is None and len(self._works) >= TOGETHER:
            self._submit()

    def drain(self) -> None:
        """Wait until everything is durable; raises as `add`."""
        while self._works or self._running is not None:
            self._settle()

    def _submit(self) -> None:
        self._running = self._runtime.writer.submit(self._carry_out, Urgency.HOUSEKEEPING)

    def _carry_out(self) -> Together:
        writer, end = self._runtime.writer, time.monotonic() + LONGEST

        def enough() -> bool:
            writer.give_way()
            return self._ends or writer.is_awaited or time.monotonic() > end

        return self._runtime.do_together(self._works, enough)

    def _settle(self) -> None:
        """Wait for what the writer was asked for; ask it for what is left, if nothing is under way."""
        if self._running is None:
            self._submit()
            return
        running, self._running = self._running, None
        done = running.result()
        self.count += done.count
        if done.refusal is not None:
            raise done.refusal
        if self.count >= self._checkpoint_at:
            self._checkpoint_at = self.count + CHECKPOINT_EVERY
            writer = self._runtime.profile.writer
            self._runtime.writer.run(lambda: checkpoint(writer), Urgency.HOUSEKEEPING)

    def __enter__(self) -> Self:
        self._rest = collector_rests()
        self._rest.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.drain()
                return
            self._ends = True
            if self._running is not None and not self._running.cancel():
                self._running.exception()
            self._works.clear()
        finally:
            self._rest.__exit__(None, None, None)
