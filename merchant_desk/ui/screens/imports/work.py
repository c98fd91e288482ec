"""The work of an import, off the window's thread: open, check, import, undo, and the workbook of errors."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.documents.mapping import MappingOptions
from merchant_desk.documents.problem_texts import Language, fault_text
from merchant_desk.documents.saved_mappings import MAPPINGS, SavedMappings
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.imports_setup import SETUP
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.passes import Told
from merchant_desk.jobs.place import currency_of
from merchant_desk.jobs.report import notice_text, write_report
from merchant_desk.jobs.undo_job import UndoJob, Undone
from merchant_desk.models.queries.imports import job_status
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.imports.draft import ImportDraft, open_draft
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.window.screens import ScreenContext

TOLD_EVERY: Final = 0.1
"""Seconds between two tellings of progress."""

SHOWN: Final = 500
"""Rows with a reason that are shown; the workbook has the others."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A row that was left out, is corrected, or should be looked at, and why, in both languages."""

    row: int
    refused: bool
    zh: str
    en: str
    corrected: bool = False


@dataclass(frozen=True)
class Result:
    """What a check or an import found; `reasons` are the first ones."""

    job: ImportJob
    account: Account
    reasons: tuple[Reason, ...]
    can_undo: bool


class ImportWork(QObject):
    """One piece of work at a time. `changed` tells that one began or ended; `stopped`: the last had to."""

    opened = Signal(object)
    not_opened = Signal(object, object)
    ended = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int)
    undone = Signal(object)
    changed = Signal()

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._desk, self._runner = parts.desk, context.runner
        self._task: Task | None = None
        self.stopped = False
        self.mappings = SavedMappings(parts.desk.runtime.profile.folder / MAPPINGS)

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._task is not None

    def stop(self) -> None:
        """Ask what is under way to stop between two steps."""
        self.stopped = True
        if self._task is not None:
            self._task.progress.cancel()

    def open(self, path: Path, options: MappingOptions | None = None) -> None:
        """Open a file; `opened(draft)` or `not_opened(path, error)` follows."""

        def work(_: Progress) -> ImportDraft:
            self.mappings.read()
            return open_draft(path, currency_of(self._desk.runtime), options)

        self._begin(work, self.opened.emit, lambda error: self.not_opened.emit(path, error))

    def check(self, draft: ImportDraft) -> None:
        """Look what would become of every row; `ended(result)` or `failed(error)` follows."""

        def work(progress: Progress) -> Result:
            job = self._job(draft)
            return self._result(job, job.dry_run(_paced(progress), lambda: progress.cancelled))

        self._begin(work, self.ended.emit, self.failed.emit)

    def check_or_run(self, draft: ImportDraft) -> None:
        """Check what a person is to be asked about; import at once where nothing stands that could differ."""

        def work(progress: Progress) -> Result:
            job = self._job(draft)
            job.choose(correct=job.may_correct)
            go = job.dry_run if job.may_correct else job.run
            return self._result(job, go(_paced(progress), lambda: progress.cancelled))

        self._begin(work, self.ended.emit, self.failed.emit)

    def run(self, draft: ImportDraft, checked: ImportJob | None) -> None:
        """Import; a job that was checked does not look through its file again."""

        def work(progress: Progress) -> Result:
            job = checked or self._job(draft)
            return self._result(job, job.run(_paced(progress), lambda: progress.cancelled))

        self._begin(work, self.ended.emit, self.failed.emit)

    def undo(self, job_id: UUID, confirmed: int = 0) -> None:
        """Take an import back; `undone(what was)` or `failed(error)` follows."""

        def work(progress: Progress) -> Undone:
            job = UndoJob(self._desk.runtime, self._who, job_id, confirmed)
            return job.run(lambda: progress.cancelled, every_so_often(progress.report))

        self._begin(work, self.undone.emit, self.failed.emit)

    def write_errors(
        self, result: Result, path: Path, language: Language, done: Callable[[Path], None]
    ) -> None:
        """Write the workbook of errors."""

        def work(_: Progress) -> Path:
            write_report(path, result.job.plan, result.account, language)
            return path

        self._begin(work, done, self.failed.emit)

    def _job(self, draft: ImportDraft) -> ImportJob:
        return ImportJob(self._desk.runtime, self._who, draft.path, draft.mapping, draft.all_choices)

    def _who(self) -> UUID:
        return self._desk.person.id

    def _result(self, job: ImportJob, account: Account) -> Result:
        status = ""
        if account.job_id is not None:
            with self._desk.read() as connection, connection.begin():
                status = job_status(connection, account.job_id)
        can_undo = status in ("started", "finished") and account.kind not in SETUP
        return Result(job, account, _reasons(account), can_undo)

    def _begin(
        self,
        work: Callable[[Progress], object],
        done: Callable[..., object],
        failed: Callable[..., object],
    ) -> None:
        if self.busy:
            return

        is_over = self.stopped = False

        def over(then: Callable[..., object], found: object) -> None:
            nonlocal is_over
            is_over, self._task = True, None
            then(found)
            self.changed.emit()

        started = self._runner.run_long(
            work,
            lambda found: over(done, found),
            failed=lambda error: over(failed, error),
            progressed=self.progressed.emit,
            owner=self,
        )
        # Where work is done at once, it has ended by now.
        self._task = None if is_over else started
        self.changed.emit()


def _paced(progress: Progress) -> Told:
    """Return what hands progress on a few times a second."""
    report = every_so_often(progress.report)
    return lambda found: report(found.rows, found.total)


def every_so_often(report: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """Return what hands on, a few times a second, how far something is."""
    last = 0.0

    def told(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_EVERY:
            last = time.monotonic()
            report(done, total)

    return told


def _reasons(account: Account) -> tuple[Reason, ...]:
    """Return the first rows with a reason, in their order; those that were left out before others."""
    left_out = [
        Reason(row, True, fault_text(*fault, "zh"), fault_text(*fault, "en"))
        for row, fault in sorted(account.refusals.items())[:SHOWN]
    ]
    noticed = [
        Reason(
            row,
            False,
            notice_text(account, row, "zh"),
            notice_text(account, row, "en"),
            ProductNote.CORRECTED_HERE in account.noticed[row],
        )
        for row in sorted(account.noticed)[: SHOWN - len(left_out)]
        if row not in account.refusals
    ]
    return (*left_out, *noticed)
