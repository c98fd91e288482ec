"""The printers that this desk named, what became of their test pages, and labels that wait for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.domain.printers import Printer, Reach
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import PRINTERS
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.printing.spool import Job
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.printing.queues import system_queues
from merchant_desk.ui.printing.trial_page import TrialPage
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.devices.printer_form import PrinterForm
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.printing import paper_words, purposes_words, report_words
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

GROUP = "actions.devices"


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """A printer with what became of its test page; `tried` without a report: it is under way."""

    printer: Printer
    tried: bool = False
    report: Report | None = None


class PrintersPane(QWidget):
    """Ctrl+N adds, Enter changes, F7 prints a test page; what waits stands below.

    `changed` follows what can be done now.
    """

    changed = Signal()

    def __init__(self, parts: ScreenParts, context: ScreenContext, shown: Callable[[], bool]) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._printing, self._shown = parts.printing, shown
        self._doing = Doing(self, parts, context)
        self._reports: dict[Printer, Report | None] = {}
        self._printers: RowModel[PrinterRow] = RowModel(self._look, COLUMNS, lambda row: row.printer.name)
        self._jobs: RowModel[Job] = RowModel(self._look, JOBS, lambda job: job.number)
        self.printers, self.jobs = RowView(self._look, self._printers), RowView(self._look, self._jobs)
        self._empty = EmptyState(self._look, "printer")
        self._panels = [Panel(self._look, " ", flush=True) for _ in range(2)]
        self._stack = QStackedWidget()
        self._lay_out()
        self.printers.activated_row.connect(lambda _: self._change())
        for view in (self.printers, self.jobs):
            view.current_row.connect(lambda _: self.changed.emit())
        parts.changes.watch(self, ("settings",), self.read)
        self._printing.changed.connect(self.read)
        self._look.language.follow(self, self._write)
        self.read()

    @property
    def rows(self) -> list[PrinterRow]:
        """What is shown."""
        return list(self._printers.rows)

    def read(self) -> None:
        """Show the printers and what waits, from memory."""
        rows = [
            PrinterRow(one, one in self._reports, self._reports.get(one)) for one in self._printing.printers
        ]
        self._printers.replace(rows)
        if rows and self.printers.current_id is None:
            self.printers.choose(rows[0].printer.name)
        jobs = self._printing.jobs
        self._jobs.replace(jobs)
        self._panels[1].setVisible(bool(jobs))
        self._stack.setCurrentWidget(self.printers if rows else self._empty)
        self.changed.emit()

    def commands(self) -> list[Action]:
        """Return what can be done here."""
        shown, chosen, waits = self._shown, self._chosen, self._waits
        return [
            act("devices.add", self._add, "Ctrl+N", "plus", when=shown, group=GROUP),
            act("devices.change", self._change, "F2", "pencil", when=chosen, group=GROUP),
            act("devices.first", self._put_first, "F6", "chevron-up", when=self._later, group=GROUP),
            act("devices.test", self._test, "F7", "printer", when=chosen, group=GROUP),
            act("devices.remove", self._remove, "F8", "x", when=chosen, group=GROUP),
            act("devices.retry", self._printing.try_again, "F9", "refresh-cw", when=waits, group=GROUP),
            act("devices.drop", self._drop, "F10", "x", when=waits, group=GROUP),
        ]

    # -- what is possible ------------------------------------------------------------------------

    @property
    def _current(self) -> Printer | None:
        name = self.printers.current_id
        return next((one for one in self._printing.printers if one.name == name), None)

    def _chosen(self) -> bool:
        return self._shown() and self._current is not None

    def _later(self) -> bool:
        return self._chosen() and self._current is not self._printing.printers[0]

    def _waits(self) -> bool:
        return self._shown() and bool(self._printing.jobs)

    # -- what is done ----------------------------------------------------------------------------

    def _add(self) -> None:
        self._ask(None)

    def _change(self) -> None:
        if self._current is not None:
            self._ask(self._current)

    def _ask(self, printer: Printer | None) -> None:
        others = [one for one in self._printing.printers if one != printer]

        def keep(made: Printer) -> None:
            named = self._printing.printers
            kept = [made if one == printer else one for one in named] if printer else [*named, made]
            self._decide(kept, made)

        form = PrinterForm(self._look, self, printer, others, keep)
        form.open()
        form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        # The system may take long to say which queues it has.
        self._context.runner.run(system_queues, form.offer, owner=form)

    def _put_first(self) -> None:
        printer = self._current
        if printer is not None:
            self._decide([printer, *(one for one in self._printing.printers if one != printer)], printer)

    def _remove(self) -> None:
        printer = self._current
        if printer is not None:
            self._decide([one for one in self._printing.printers if one != printer], None)

    def _decide(self, printers: list[Printer], chosen: Printer | None) -> None:
        value = tuple(one.written for one in printers)
        person, desk = self._parts.desk.person.id, self._parts.desk
        work = partial(desk.settings.decide, PRINTERS, Level.DESK, value, person)

        def done(_: object) -> None:
            self.read()
            if chosen is not None:
                self.printers.choose(chosen.name)
            self.printers.setFocus(Qt.FocusReason.OtherFocusReason)

        self._doing.save(work, done)

    def _test(self) -> None:
        printer = self._current
        if printer is None or (printer in self._reports and self._reports[printer] is None):
            return
        language = self._look.language
        page = TrialPage(printer, language, language.moment(self._parts.now()))
        self._reports[printer] = None
        self.read()

        def told(report: Report) -> None:
            self._reports[printer] = report
            tone = Tone.OK if report.outcome.is_well else Tone.REFUSED
            self._context.notices.say(
                lambda: Notice(report_words(report, printer, page.title, language), tone, seconds=12)
            )
            self.read()

        self._printing.try_out(printer, page, told)

    def _drop(self) -> None:
        number = self.jobs.current_id
        jobs = self._printing.jobs
        self._printing.call_off(jobs[0].number if number is None else int(str(number)))

    # -- parts -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.MEDIUM)
        self._stack.addWidget(self.printers)
        self._stack.addWidget(self._empty)
        self._panels[0].body.addWidget(self._stack, 1)
        self._panels[1].body.addWidget(self.jobs, 1)
        column.addWidget(self._panels[0], 3)
        column.addWidget(self._panels[1], 2)

    def _write(self) -> None:
        text = self._look.text
        self._panels[0].set_title(text("devices.printers"), text("devices.printers_note"))
        self._panels[1].set_title(text("devices.waiting"), text("devices.waiting_note"))
        self._empty.set_texts(text("devices.none"), text("devices.none_hint"), icon="printer")


def _name(row: PrinterRow, language: Language) -> Cell:
    return Cell(row.printer.name, detail=language.text(f"printer.reach.{row.printer.reach}"), strong=True)


def _paper(row: PrinterRow, language: Language) -> Cell:
    dots = f"{row.printer.dpi} dpi" if row.printer.reach is Reach.ZPL else ""
    return Cell(paper_words(row.printer.paper, language), detail=dots)


def _purposes(row: PrinterRow, language: Language) -> Cell:
    return Cell(purposes_words(row.printer, language))


def _state(row: PrinterRow, language: Language) -> Cell:
    if not row.tried:
        return Cell(language.text("devices.untested"), quiet=True)
    if row.report is None:
        return Cell(chip=ChipText(language.text("devices.testing"), Tone.ACCENT))
    return Cell(chip=_outcome(row.report.outcome, language))


def _outcome(outcome: Outcome, language: Language) -> ChipText:
    return ChipText(language.text(f"devices.outcome.{outcome}"), Tone.OK if outcome.is_well else Tone.REFUSED)


def _job_state(job: Job, language: Language) -> Cell:
    if job.report is None:
        return Cell(chip=ChipText(language.text("devices.printing"), Tone.ACCENT))
    return Cell(chip=_outcome(job.report.outcome, language))


def _progress(job: Job, language: Language) -> Cell:
    return Cell(f"{language.number(job.done)} / {language.number(len(job.labels))}")


COLUMNS: tuple[Column[PrinterRow], ...] = (
    Column("name", "devices.name", _name, least=18),
    Column("where", "devices.where", lambda row, _: Cell(row.printer.where), width=24),
    Column("paper", "devices.paper", _paper, width=20),
    Column("purposes", "devices.purposes", _purposes, width=14),
    Column("state", "devices.test_result", _state, width=16),
)
JOBS: tuple[Column[Job], ...] = (
    Column("title", "devices.job", lambda job, _: Cell(job.title, strong=True), least=18),
    Column("printer", "devices.printer", lambda job, _: Cell(job.printer.name), width=20),
    Column("progress", "devices.progress", _progress, width=12),
    Column("state", "devices.state", _job_state, width=16),
)
