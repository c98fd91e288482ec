"""Work off the GUI thread: a function goes out, its result or its error comes back on the GUI thread.

Screens take a `TaskRunner`. `ThreadRunner` is the window's; `ImmediateRunner` does the work at once, for
tests and scripts.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from merchant_desk.ui.relay import Relay

R = TypeVar("R")
log = logging.getLogger(__name__)


class Progress:
    """Handed to long work: it reports how far it is and learns that nobody wants the result any more."""

    def __init__(self, report: Callable[[int, int], None] | None = None) -> None:
        self._report = report
        self._cancelled = Event()

    @property
    def cancelled(self) -> bool:
        """Whether the person asked to stop; the work then returns early, leaving whole steps behind."""
        return self._cancelled.is_set()

    @property
    def stop(self) -> Event:
        """Set when `cancelled`, for work that waits meanwhile."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._cancelled.set()

    def report(self, done: int, total: int) -> None:
        """Say how many of `total` steps are done (total 0: unknown). Callable from any thread."""
        if self._report is not None:
            self._report(done, total)


class Task:
    """A piece of work under way. After `drop`, neither its result nor its error is delivered."""

    def __init__(
        self,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        owner: QObject | None,
        progress: Progress,
    ) -> None:
        self._done = done
        self._failed = failed
        self._owner = owner
        self.progress = progress
        self._dropped = False

    def drop(self) -> None:
        """Forget the task: its result is of no interest any more."""
        self._dropped = True
        self.progress.cancel()

    def deliver(self, result: Any, error: Exception | None) -> None:
        """Hand the outcome over, on the GUI thread, unless nobody is there to take it."""
        if self._dropped or (self._owner is not None and not isValid(self._owner)):
            return
        self._dropped = True
        if error is None:
            self._done(result)
        else:
            self._failed(error)


class TaskRunner(Protocol):
    """Runs functions for screens."""

    def run(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Run `work` elsewhere; then `done(result)` or `failed(error)` on the GUI thread.

        Nothing is called once `owner` is gone or the task dropped. Without `failed`, the runner's own
        handler takes the error.
        """
        ...

    def run_in_order(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Like `run`, one after the other in the order given: for what changes something.

        What was given is done, also where the window closes before its turn.
        """
        ...

    def run_long(
        self,
        work: Callable[[Progress], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """Like `run`, for work that reports progress (`progressed(done, total)`) and can be stopped."""
        ...


def log_error(error: Exception) -> None:
    """Take an error that nobody else takes."""
    log.error("work for the window failed", exc_info=error)


class ThreadRunner(QObject):
    """Runs work on a few threads of its own, and long work on as many more, so that no reading of a list
    waits for an import or an archive. Call `close` before the program ends.
    """

    def __init__(
        self,
        threads: int = 3,
        unexpected: Callable[[Exception], None] = log_error,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._short = ThreadPoolExecutor(threads, thread_name_prefix="window-work")
        self._long = ThreadPoolExecutor(threads, thread_name_prefix="window-long-work")
        self._ordered = ThreadPoolExecutor(1, thread_name_prefix="window-saves")
        self._unexpected = unexpected
        self._open = True
        self._relay = Relay.of_application()

    def run(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run`."""
        task = Task(done, failed or self._unexpected, owner, Progress())
        self._submit(self._short, task, work)
        return task

    def run_in_order(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_in_order`."""
        task = Task(done, failed or self._unexpected, owner, Progress())
        self._submit(self._ordered, task, work)
        return task

    def run_long(
        self,
        work: Callable[[Progress], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_long`."""

        def report(steps: int, total: int) -> None:
            if progressed is not None and self._open:
                self._relay.post(self, self._deliver_progress, progressed, owner, steps, total)

        task = Task(done, failed or self._unexpected, owner, Progress(report))
        self._submit(self._long, task, lambda: work(task.progress))
        return task

    def close(self, *, wait: bool = True) -> None:
        """Drop what has not begun or comes later, deliver nothing more, and wait for the work under way.

        What is done in order is done whole. Without `wait` the process waits for it all when it ends.
        """
        self._open = False
        self._ordered.shutdown(wait=False)
        for pool in (self._short, self._long):
            pool.shutdown(wait=False, cancel_futures=True)
        if wait:
            for pool in (self._short, self._long, self._ordered):
                pool.shutdown()

    def _submit(self, pool: ThreadPoolExecutor, task: Task, work: Callable[[], Any]) -> None:
        if self._open:
            pool.submit(self._work, task, work)

    def _work(self, task: Task, work: Callable[[], Any]) -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as raised:  # noqa: BLE001 - the border: every error goes to the task's owner
            error = raised
        if self._open:
            self._relay.post(self, self._deliver, task, result, error)

    def _deliver(self, task: Task, result: Any, error: Exception | None) -> None:
        if self._open:
            task.deliver(result, error)

    def _deliver_progress(
        self, progressed: Callable[[int, int], None], owner: QObject | None, steps: int, total: int
    ) -> None:
        if self._open and (owner is None or isValid(owner)):
            progressed(steps, total)


class ImmediateRunner:
    """Does the work at once, on the calling thread: when the call returns, all has happened."""

    def __init__(self, unexpected: Callable[[Exception], None] | None = None) -> None:
        self._unexpected = unexpected

    def run(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run`."""
        return self.run_long(lambda _: work(), done, failed=failed, owner=owner)

    def run_in_order(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_in_order`."""
        return self.run(work, done, failed=failed, owner=owner)

    def run_long(
        self,
        work: Callable[[Progress], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_long`; an error without a taker is raised to the caller."""
        task = Task(done, failed or self._raise, owner, Progress(progressed))
        try:
            result = work(task.progress)
        except Exception as error:  # noqa: BLE001 - the border: every error goes to the task's owner
            task.deliver(None, error)
        else:
            task.deliver(result, None)
        return task

    def _raise(self, error: Exception) -> None:
        if self._unexpected is None:
            raise error
        self._unexpected(error)
