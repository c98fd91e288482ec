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

from merchant_desk.sync.logs import mistake

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


EXPECTED_WITHIN = 0.08
"""Seconds that everybody else waits for the job of a person who is known to come."""

HELD_AT_LATEST = 0.3
"""Seconds after which somebody else's job goes on although a window has something to show without a pause."""

LOOK_SECONDS = 0.001
"""How often one who gives way looks whether it may go on."""


class WriterClosedError(RuntimeError):
    """The writer takes no more jobs."""


class Writer:
    """Runs short jobs one after another. A job that raises gives the error to whoever waits for it.

    `idle` is called when nothing has come for a moment: the place for checkpoints. It may return seconds
    after which it is called again if nothing has come until then. `person_at` (monotonic seconds) is when the
    last person's job ended.
    """

    def __init__(self, name: str = "desk-writer", idle: Callable[[], float | None] | None = None) -> None:
        self._jobs: queue.PriorityQueue[tuple[int, int, Any, Any]] = queue.PriorityQueue()
        self._count = itertools.count()
        self._closed = False
        self._idle = idle
        self._expected_until = 0.0
        self._held_until = 0.0
        self.person_at = 0.0
        self._came = threading.Event()
        self._in_job = False
        self._after: list[Callable[[], None]] = []
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
        if urgency is Urgency.PERSON:
            self._came.set()
        return future

    def expect(self) -> None:
        """Keep the thread free for a person's job that is about to come: a scan's keys come in already.

        Any thread may say so; what is under way is finished, and nothing waits longer than EXPECTED_WITHIN.
        """
        self._came.clear()
        self._expected_until = time.monotonic() + EXPECTED_WITHIN

    def hold(self, seconds: float) -> None:
        """Let nobody else's job begin, or go on, for so long: a window is about to show what came of a scan.

        What other threads compute meanwhile the window waits for, as one interpreter serves them all. Any
        thread may say so; `release` ends it.
        """
        self._held_until = time.monotonic() + seconds

    def release(self) -> None:
        """Let others go on: it is shown."""
        self._held_until = 0.0

    def give_way(self) -> None:
        """Wait while it is held and no person's job waits; long work of others asks for it now and then."""
        begun = time.monotonic()
        while not self._has_person and not self._closed:
            now = time.monotonic()
            if now >= self._held_until or now - begun > HELD_AT_LATEST:
                return
            time.sleep(LOOK_SECONDS)

    def run(self, job: Callable[[], Result], urgency: Urgency = Urgency.PERSON) -> Result:
        """Queue a job and wait for its result; on the writer's own thread it runs at once."""
        if threading.current_thread() is self._thread:
            return job()
        return self.submit(job, urgency).result()

    def afterwards(self, job: Callable[[], None]) -> None:
        """Do something on the writer's thread as soon as whoever waits for the job under way has its result.

        On another thread, or outside of a job, it is done at once.
        """
        if self._in_job and threading.current_thread() is self._thread:
            self._after.append(job)
        else:
            job()

    @property
    def is_awaited(self) -> bool:
        """Whether a person's job waits or is about to come; a long job asks, on the thread, to end soon."""
        return self._has_person or time.monotonic() < self._expected_until

    @property
    def _has_person(self) -> bool:
        jobs = self._jobs.queue
        return bool(jobs) and jobs[0][0] == Urgency.PERSON

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Finish what waits and end the thread."""
        if not self._closed:
            self._closed = True
            self._came.set()
            self._jobs.put((Urgency.HOUSEKEEPING + 1, next(self._count), None, None))
            self._thread.join()

    def _run(self) -> None:
        pause: float | None = None
        rested_at = time.monotonic()
        while True:
            if pause is not None and time.monotonic() - rested_at > REST_AT_LATEST:
                pause, rested_at = self._rest(), time.monotonic()
            try:
                urgency, _, job, future = self._next(pause)
            except queue.Empty:
                pause, rested_at = self._rest(), time.monotonic()
                continue
            if job is None:
                return
            if self._idle is not None:
                rested_at = time.monotonic() if pause is None else rested_at
                pause = REST_AFTER
            if not future.set_running_or_notify_cancel():
                continue
            self._do(job, future)
            if urgency == Urgency.PERSON:
                self.person_at = time.monotonic()

    def _do(self, job: Callable[[], Any], future: "Future[Any]") -> None:
        self._in_job = True
        try:
            result = job()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits
            future.set_exception(error)
        else:
            future.set_result(result)
        self._in_job = False
        after, self._after = self._after, []
        for then in after:
            try:
                then()
            except Exception as error:  # noqa: BLE001 - the writer must outlive any bug, aloud
                log.error("afterwards_broke", **mistake(error))

    def _next(self, pause: float | None) -> tuple[int, int, Any, Any]:
        """Return the next job; one that is no person's waits for who is expected, and gives way.

        Raises:
            queue.Empty: nothing came within `pause` seconds.
        """
        found = self._jobs.get(timeout=pause)
        while found[0] > Urgency.PERSON and self._makes_room():
            self._jobs.put(found)
            found = self._jobs.get()
        return found

    def _makes_room(self) -> bool:
        """Wait for who is expected and for what is shown; tell whether a person's job came."""
        if self._await_person():
            return True
        self.give_way()
        return self._has_person

    def _await_person(self) -> bool:
        """Wait for who is expected; tell whether somebody came."""
        left = self._expected_until - time.monotonic()
        if left <= 0 or self._closed:
            return False
        self._expected_until = 0.0
        return self._came.wait(left)

    def _rest(self) -> float | None:
        """Use the pause; whatever goes wrong in it, whoever has jobs must not wait for ever."""
        self._await_person()
        if self._jobs.qsize():
            return REST_AFTER
        try:
            return self._idle() if self._idle is not None else None
        except Exception as error:  # noqa: BLE001 - see above
            log.error("rest_broke", **mistake(error))
            return None
