"""The one thread that writes a desk's database: scans first, slices of sync between."""

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

Result = TypeVar("Result")


class Urgency(IntEnum):
    """What goes first. Within one urgency, jobs keep their order."""

    PERSON = 0
    SYNC = 1
    HOUSEKEEPING = 2


class WriterClosedError(RuntimeError):
    """The writer takes no more jobs."""


class Writer:
    """Runs short jobs one after another. A job that raises gives the error to whoever waits for it.

    `idle` is called when nothing waits, at most once between jobs: the place for checkpoints.
    """

    def __init__(self, name: str = "desk-writer", idle: Callable[[], None] | None = None) -> None:
        self._jobs: queue.PriorityQueue[tuple[int, int, Any, Any]] = queue.PriorityQueue()
        self._count = itertools.count()
        self._closed = False
        self._idle = idle
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], Result], urgency: Urgency = Urgency.PERSON) -> "Future[Result]":
        """Queue a job and return its future.

        Raises:
            WriterClosedError: after `close`.
        """
        if self._closed:
            raise WriterClosedError
        future: Future[Result] = Future()
        self._jobs.put((urgency, next(self._count), job, future))
        return future

    def run(self, job: Callable[[], Result], urgency: Urgency = Urgency.PERSON) -> Result:
        """Queue a job and wait for its result; on the writer's own thread it runs at once."""
        if threading.current_thread() is self._thread:
            return job()
        return self.submit(job, urgency).result()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Finish what waits and end the thread."""
        if not self._closed:
            self._closed = True
            self._jobs.put((Urgency.HOUSEKEEPING + 1, next(self._count), None, None))
            self._thread.join()

    def _run(self) -> None:
        rested = True
        while True:
            if self._jobs.empty() and not rested and self._idle is not None:
                rested = True
                try:
                    self._idle()
                except Exception as error:  # noqa: BLE001 - whoever has jobs must not wait for ever
                    log.error("rest_broke", error=repr(error))
            _, _, job, future = self._jobs.get()
            if job is None:
                return
            rested = False
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)
