"""Operations of a job on their way to the writer: a few ahead, behind everything that a person waits for."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.sync.desk import Done
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.writer import Urgency

Who = Callable[[], UUID]

AHEAD: Final = 2
"""Operations that wait for the writer, so that reading goes on meanwhile."""

CHECKPOINT_EVERY: Final = 100
"""Operations after which the write-ahead log is moved into the file: a job leaves no idle moment for it."""


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
        self._waiting: deque[Future[Done]] = deque()
        self.count = 0

    def add(self, body: object) -> None:
        """Queue an operation; waits while enough others do.

        Raises:
            Refusal: an earlier operation was refused; it wrote nothing.
            Fault: the disk or the database failed an earlier one.
        """
        while len(self._waiting) >= AHEAD:
            self._settle_first()
        runtime, person, about = self._runtime, self._who(), self._about

        def job() -> Done:
            return runtime.do_here(body, person, about=about)

        self._waiting.append(runtime.writer.submit(job, Urgency.HOUSEKEEPING))

    def drain(self) -> None:
        """Wait until everything is durable; raises as `add`."""
        while self._waiting:
            self._settle_first()

    def _settle_first(self) -> None:
        self._waiting.popleft().result()
        self.count += 1
        if self.count % CHECKPOINT_EVERY == 0:
            writer = self._runtime.profile.writer
            self._runtime.writer.run(lambda: checkpoint(writer), Urgency.HOUSEKEEPING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.drain()
            return
        for future in self._waiting:
            if not future.cancel():
                future.exception()
        self._waiting.clear()
