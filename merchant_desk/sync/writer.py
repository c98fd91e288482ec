"""The one thread that writes a desk's database: scans first, slices of sync between."""

import itertools
import queue
import threading
import time
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


REST_AFTER = 0.03
"""Seconds without a job after which the writer rests: who scans on does not wait for housekeeping."""

REST_AT_LATEST = 0.5
"""Seconds after which a writer that is never left alone rests between two jobs."""


class WriterClosedError(RuntimeError):
    """The writer takes no more jobs."""


class Writer:
    """Runs short jobs one after another. A job that raises gives the error to whoever waits for it.

    `idle` is called when nothing has come for a moment, at most once between jobs: the place for checkpoints.
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
        tired_since: float | None = None
        while True:
            if tired_since is not None and time.monotonic() - tired_since > REST_AT_LATEST:
                tired_since = None
                self._rest()
            try:
                _, _, job, future = self._jobs.get(timeout=None if tired_since is None else REST_AFTER)
            except queue.Empty:
                tired_since = None
                self._rest()
                continue
            if job is None:
                return
            if tired_since is None and self._idle is not None:
                tired_since = time.monotonic()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
                future.set_exception(error)
            else:
                future.set_result(result)

    def _rest(self) -> None:
        """Use the pause; whatever goes wrong in it, whoever has jobs must not wait for ever."""
        try:
            if self._idle is not None:
                self._idle()
        except Exception as error:  # noqa: BLE001 - see above
            log.error("rest_broke", error=repr(error))
