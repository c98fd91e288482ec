"""Label jobs on their way: each printer prints in order, and what cannot be printed now waits and is tried
again. Jobs live as long as the program: they are not written to the disk, where labels would lie open.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from threading import Condition, Event, Thread

from merchant_desk.domain.printers import Printer
from merchant_desk.printing.label_socket import send_labels
from merchant_desk.printing.outcomes import Outcome, Report

RETRY_SECONDS = 10.0
END_SECONDS = 6.0
"""So long the process waits at its end for labels that are on their way."""
LASTING = frozenset({Outcome.PRINTED, Outcome.SENT, Outcome.CALLED_OFF})
"""After these a job is over; after the others it waits."""

Listener = Callable[["Job"], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Labels for one printer: what was tried last (None: nothing yet), how many are handed over.

    `title` is what was printed; `tries` how often; a job that is over has been taken off the spool.
    """

    number: int
    printer: Printer
    title: str
    labels: tuple[bytes, ...]
    done: int = 0
    tries: int = 0
    report: Report | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is done for it."""
        return self.report is not None and self.report.outcome in LASTING

    @property
    def waits(self) -> bool:
        """Whether it was tried in vain and is to be tried again."""
        return self.report is not None and not self.is_over


class Spool:
    """Sends jobs, one thread for each printer that has some. May be used from any thread.

    Args:
        listener: hears of each step of a job, on the thread that took it.
        retry_seconds: how long a printer is left alone after it could not print.
    """

    def __init__(self, listener: Listener, retry_seconds: float = RETRY_SECONDS) -> None:
        self._listener = listener
        self._retry_seconds = retry_seconds
        self._numbers = count(1)
        self._changed = Condition()
        self._jobs: dict[int, Job] = {}
        self._stops: dict[int, Event] = {}
        self._threads: dict[str, Thread] = {}
        self._hurried: set[str] = set()
        self._closed = False

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that are not over, the oldest first."""
        with self._changed:
            return tuple(self._jobs.values())

    def add(self, printer: Printer, title: str, labels: Sequence[bytes]) -> Job:
        """Begin a job.

        Raises:
            ValueError: the spool is closed.
        """
        with self._changed:
            if self._closed:
                raise ValueError("the spool is closed")
            job = Job(next(self._numbers), printer, title, tuple(labels))
            self._jobs[job.number], self._stops[job.number] = job, Event()
            if printer.where not in self._threads:
                name = f"print-{printer.where}"
                thread = Thread(target=self._work, args=(printer.where,), name=name, daemon=True)
                self._threads[printer.where] = thread
                thread.start()
            return job

    def call_off(self, number: int) -> None:
        """Print nothing more of a job; what the printer has it prints."""
        with self._changed:
            job = self._jobs.pop(number, None)
            stop = self._stops.pop(number, None)
            if stop is not None:
                stop.set()
            self._changed.notify_all()
        if job is not None:
            self._listener(replace(job, report=Report(Outcome.CALLED_OFF, job.done, len(job.labels))))

    def try_again(self) -> None:
        """Try what waits at once."""
        with self._changed:
            self._hurried |= set(self._threads)
            self._changed.notify_all()

    def close(self) -> None:
        """Leave off; jobs that wait are lost. It does not wait: the process ends behind a label on its way,
        or some seconds later.
        """
        with self._changed:
            self._closed = True
            for stop in self._stops.values():
                stop.set()
            threads = list(self._threads.values())
            self._changed.notify_all()
        if threads:
            Thread(target=_see_off, args=(threads,), name="print-end").start()

    def _work(self, where: str) -> None:
        """Send one printer's jobs until there are none."""
        while True:
            with self._changed:
                job = next((one for one in self._jobs.values() if one.printer.where == where), None)
                if job is None or self._closed:
                    del self._threads[where]
                    return
                stop = self._stops[job.number]
                self._hurried.discard(where)
            job = self._try(job, stop)
            with self._changed:
                if job.number in self._jobs:
                    self._jobs[job.number] = job
                    if job.is_over:
                        del self._jobs[job.number], self._stops[job.number]
            if not stop.is_set():
                self._listener(job)
            if job.waits:
                self._rest(where, stop)

    def _try(self, job: Job, stop: Event) -> Job:
        before = job.done

        def told(done: int) -> None:
            with self._changed:
                if job.number in self._jobs:
                    self._jobs[job.number] = replace(job, done=before + done)

        report = send_labels(job.printer.address, job.labels[before:], stop, told)
        done = before + report.done
        whole = replace(report, done=done, total=len(job.labels))
        return replace(job, done=done, tries=job.tries + 1, report=whole)

    def _rest(self, where: str, stop: Event) -> None:
        def disturbed() -> bool:
            return self._closed or stop.is_set() or where in self._hurried

        with self._changed:
            self._changed.wait_for(disturbed, timeout=self._retry_seconds)


def _see_off(threads: Sequence[Thread]) -> None:
    """Wait for what prints, on a thread that the process waits for."""
    limit = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(timeout=max(0.0, limit - time.monotonic()))
