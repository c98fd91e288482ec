"""The printing of a desk: pages go in, for a printer that it named; what became of them is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from merchant_desk.documents.zpl import label_zpl
from merchant_desk.domain.printers import (
    Printer,
    Purpose,
    Reach,
    printers_for,
    read_printer,
    usual_printer,
)
from merchant_desk.domain.settings_known import PRINTERS
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.printing.label_socket import look_at, send_labels
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.printing.spool import Job, Spool
from merchant_desk.ui.background import Progress, Task, ThreadRunner
from merchant_desk.ui.printing.drawing import bitmaps
from merchant_desk.ui.printing.pages import Pages
from merchant_desk.ui.printing.queues import look_at_queue, print_on_queue
from merchant_desk.ui.printing.trial_page import TrialPage
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.printing import report_words, waiting_words
from merchant_desk.ui.texts.speech import FixedSpeech
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.toast import Notice, Notices

NOTICE_SECONDS = 12
R = TypeVar("R")


class PrintService(QObject):
    """Prints off the window's thread, on a thread for each printer: one that hangs holds up no other.

    `changed` follows each step of a job that waits, or ends.
    """

    changed = Signal()
    _stepped = Signal(object)

    def __init__(
        self, settings: Callable[[], LocalSettings], look: Look, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._look = settings, look
        self._notices: Notices | None = None
        self._runners: dict[str, ThreadRunner] = {}
        self._under_way: set[Progress] = set()
        self._closed = False
        self._spool = Spool(self._stepped.emit)
        self._stepped.connect(self._take_step)

    def serve(self, notices: Notices) -> None:
        """Tell from now on what became of what is printed."""
        self._notices = notices

    def close(self) -> None:
        """End it, and wait for no printer; what waits is lost, and was told to be."""
        self._closed = True
        for progress in tuple(self._under_way):
            progress.cancel()
        self._spool.close()
        for runner in self._runners.values():
            runner.close(wait=False)

    @property
    def printers(self) -> tuple[Printer, ...]:
        """The printers that the desk named."""
        return named_printers(self._settings())

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is on its way to label printers, or waits for them."""
        return self._spool.jobs

    def named_for(self, purpose: Purpose) -> tuple[Printer, ...]:
        """Return the printers that the desk named for a purpose, the usual one first."""
        return printers_for(purpose, self.printers)

    def printers_for(self, purpose: Purpose) -> tuple[Printer, ...]:
        """Return the same, or the system's default if there is none."""
        return self.named_for(purpose) or (usual_printer(purpose, ()),)

    def print(
        self,
        pages: Pages,
        where: Purpose | Printer,
        *,
        progressed: Callable[[int, int], None] | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> Task:
        """Print on a printer, or on the usual one for a purpose, and tell what became of it.

        `ended` follows when the pages are drawn and handed over, or wait.
        """
        printer = where if isinstance(where, Printer) else usual_printer(where, self.printers)

        def work(progress: Progress) -> Report | None:
            if printer.reach is Reach.QUEUE:
                return print_on_queue(printer, pages, progress)
            labels = [label_zpl(one) for one in bitmaps(pages, printer, progress)]
            if progress.cancelled:
                return Report(Outcome.CALLED_OFF)
            self._spool.add(printer, pages.title, labels)
            return None

        def done(report: Report | None) -> None:
            if report is not None:
                self._tell(report, printer, pages.title)
            self.changed.emit()

        return self._begin(printer, work, done, progressed, ended)

    def try_out(self, printer: Printer, pages: Pages, then: Callable[[Report], None]) -> None:
        """Print something once, wait for nothing, and hand over what became of it."""
        self._begin(printer, partial(print_once, printer, pages), then)

    def print_now(self, printer: Printer, pages: Pages) -> Report:
        """As `print_once`, for work that is on a thread of its own already; `close` calls it off."""
        progress = Progress()
        self._under_way.add(progress)
        try:
            if self._closed:
                return Report(Outcome.CALLED_OFF)
            return print_once(printer, pages, progress)
        finally:
            self._under_way.discard(progress)

    def call_off(self, number: int) -> None:
        """Drop a job that waits."""
        self._spool.call_off(number)

    def try_again(self) -> None:
        """Try now what waits."""
        self._spool.try_again()

    def _begin(
        self,
        printer: Printer,
        work: Callable[[Progress], R],
        then: Callable[[R], None],
        progressed: Callable[[int, int], None] | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> Task:
        def done(result: R) -> None:
            self._under_way.discard(task.progress)
            ended()
            then(result)

        def broke(error: Exception) -> None:
            self._under_way.discard(task.progress)
            ended()
            raise error

        if printer.where not in self._runners:
            self._runners[printer.where] = ThreadRunner(1, parent=self)
        runner = self._runners[printer.where]
        task = runner.run_long(work, done, failed=broke, progressed=progressed, owner=self)
        self._under_way.add(task.progress)
        return task

    def _take_step(self, job: Job) -> None:
        report = job.report
        if report is not None and (job.is_over or job.tries == 1):
            self._tell(report, job.printer, job.title, waits=job.waits)
        self.changed.emit()

    def _tell(self, report: Report, printer: Printer, title: str, *, waits: bool = False) -> None:
        if self._notices is None:
            return
        language = self._look.language
        tone = Tone.OK if report.outcome.is_well else Tone.WARNING if waits else Tone.REFUSED
        if report.outcome is Outcome.CALLED_OFF:
            tone = Tone.NEUTRAL

        def said() -> Notice:
            words = report_words(report, printer, title, language)
            waiting = waiting_words(report, printer, title, language) if waits else ""
            return Notice(words, tone, waiting, seconds=NOTICE_SECONDS)

        self._notices.say(said)


def named_printers(settings: LocalSettings) -> tuple[Printer, ...]:
    """Return the printers that a desk named."""
    return tuple(read_printer(one) for one in settings.decisions.value(PRINTERS))


def print_once(printer: Printer, pages: Pages, progress: Progress) -> Report:
    """Print once and return what became of it; may take as long as its limits, so on no window's thread."""
    if printer.reach is Reach.QUEUE:
        return print_on_queue(printer, pages, progress)
    labels = [label_zpl(one) for one in bitmaps(pages, printer, progress)]
    return send_labels(printer.address, labels, progress.stop)


def try_printer(printer: Printer, code: LanguageCode) -> Report:
    """Print a test page in a language, with this computer's time on it; see `print_once`."""
    now = datetime.now().astimezone()
    speech = FixedSpeech(code, now.tzinfo or UTC)
    at = speech.moment(int(now.timestamp()) * 1_000_000)
    return print_once(printer, TrialPage(printer, speech, at), Progress())


def look_at_printer(printer: Printer) -> Report:
    """Tell whether a printer could print, and print nothing."""
    return look_at_queue(printer) if printer.reach is Reach.QUEUE else look_at(printer.address)
