"""The doctor: what it finds at this desk, what mends it, the logs, and a bundle for whoever helps."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import SERIAL
from merchant_desk.models.faults import Fault
from merchant_desk.support.bundle import Bundle, gather
from merchant_desk.support.repairs import REPAIRS, Mended, Patient, Repair, mend
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.status import Link
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doctor.bundle_sheet import BundleSheet
from merchant_desk.ui.screens.doctor.findings_view import FindingsView
from merchant_desk.ui.screens.doctor.job_strip import JobStrip
from merchant_desk.ui.screens.doctor.log_view import LogView
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.surroundings import chinese_fonts, printers_there, scanner_trial, surroundings
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.panel import PageHead, page_column
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

log = structlog.get_logger()

GROUP = "actions.doctor"
FINDINGS, LOG = "findings", "log"
STOPPABLE = frozenset({"rebuild"})
"""Repairs that leave off when they are asked to; the others are done within seconds."""


class DoctorScreen(QWidget):
    """Findings with their repairs, and the log; it examines when it is first seen, F5 examines again."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._desk = parts.desk
        self._folder = parts.desk.runtime.profile.folder
        self._doing = Doing(self, parts, context)
        self._found: list[Finding] = []
        self._examined_at = 0
        self._is_partial = False
        self._task: Task | None = None
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tabs = FilterTabs(self._look)
        self.strip = JobStrip(self._look)
        self._partly = label("", "small", wrap=True)
        set_tone(self._partly, Tone.WARNING)
        self.findings = FindingsView(self._look, self.ask_for)
        self.log = LogView(context, self._folder, parts.now)
        self._stack = QStackedWidget()
        self.tabs.chosen.connect(self._turn)
        self._lay_out()
        self._add_actions()
        self._look.language.follow(self, self._write)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._examined_at and self._task is None:
            self.examine()

    def show_target(self, target: object) -> None:
        """Show the findings or the log, by the tab's name."""
        if isinstance(target, str):
            self.tabs.choose(target)

    @property
    def found(self) -> list[Finding]:
        """What was found last."""
        return list(self._found)

    # -- examining -------------------------------------------------------------------------------

    def examine(self) -> None:
        """Examine everything, off the window's thread; cancelled, what was found so far is shown."""
        desk = self._desk
        api = None if desk.runtime.status.link is Link.OFFLINE else desk.api
        printers = self._parts.printing.printers

        def work(progress: Progress) -> list[Finding]:
            return [*examine(desk.runtime, api, progress), *printers_there(printers)]

        self._begin(work, self._take, lambda: self._look.text("doctor.examining"), stoppable=True)

    def _take(self, found: list[Finding]) -> None:
        # Fonts and scanners are Qt's, which stays on its own thread.
        port = self._desk.settings.value(SERIAL["port"])
        self._is_partial = self._task is not None and self._task.progress.cancelled
        self._found = [*found, *surroundings(port), scanner_trial(self._desk.settings.local)]
        self._examined_at = self._parts.now()
        self._end()
        self.findings.show_findings(self._found)
        self._write()

    # -- mending ---------------------------------------------------------------------------------

    def ask_for(self, name: str) -> None:
        """Ask what has to be agreed to, and mend."""
        if self._task is not None:
            return
        wanted = REPAIRS[name]
        if name == "enrol":
            self._parts.enrol_again()
        elif name == "folder":
            self._open_folder()
        elif wanted.asks:
            self._confirm(wanted)
        else:
            self._mend(wanted)

    def _confirm(self, wanted: Repair) -> FormDialog:
        code = str(self._look.language.code)
        title = wanted.title(code)

        def agreed() -> dict[str, str]:
            self._mend(wanted)
            return {}

        form = FormDialog(self._look, self.window(), title, agreed, note=wanted.question(code), save=title)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        return form

    def _mend(self, wanted: Repair) -> None:
        patient = Patient(self._folder, self._desk)
        look = self._look

        def say() -> str:
            return look.text("doctor.repairing", name=wanted.title(str(look.language.code)))

        work = partial(mend, wanted, patient)
        self._begin(work, self._tell, say, stoppable=wanted.name in STOPPABLE)

    def _tell(self, done: Mended) -> None:
        self._end()
        language = self._look.language
        tone = Tone.OK if done.well else Tone.WARNING

        def said() -> Notice:
            return Notice(done.zh if str(language.code).startswith("zh") else done.en, tone)

        self._context.notices.say(said)
        self.examine()

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    # -- bundle ----------------------------------------------------------------------------------

    def prepare_bundle(self) -> None:
        """Gather a support bundle and show what is in it; it is saved when that is agreed to."""
        found, fonts = self._found, chinese_fonts()

        def work(progress: Progress) -> Bundle:
            return gather(self._folder, self._desk, found, fonts, progress)

        self._begin(work, self._show_bundle, lambda: self._look.text("doctor.gathering"), stoppable=True)

    def _show_bundle(self, bundle: Bundle) -> None:
        stopped = self._task is not None and self._task.progress.cancelled
        self._end()
        if not stopped:
            BundleSheet(self._look, self.window(), bundle, partial(self._save, bundle)).open()

    def _save(self, bundle: Bundle, path: Path) -> None:
        def saved(size: int) -> None:
            told = self._look.text("bundle.saved", n=max(1, size // 1024))
            self._context.notices.tell(told, Tone.OK)

        self._doing.run(partial(bundle.save, path), saved)

    # -- parts -----------------------------------------------------------------------------------

    def _begin(
        self,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        say: Callable[[], str],
        *,
        stoppable: bool,
    ) -> None:
        """Begin a job unless one is under way."""
        if self._task is not None:
            return

        def failed(error: Exception) -> None:
            self._end()
            if not isinstance(error, Fault | Refusal):
                log.error("doctor_failed", **mistake(error))
            self._doing.refuse(error)

        self.findings.set_busy(True)
        self.strip.begin(say, self._stop if stoppable else None)
        ready: list[Any] = []
        task = self._context.runner.run_long(
            work,
            lambda result: done(result) if self._task is not None else ready.append(result),
            failed=failed,
            progressed=self.strip.show_progress,
            owner=self,
        )
        self._task = task
        self._context.actions.refresh()
        for result in ready:  # a runner that works at once was done before there was a task
            done(result)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.progress.cancel()

    def _end(self) -> None:
        self._task = None
        self.strip.finish()
        self.findings.set_busy(False)
        self._context.actions.refresh()

    def _is_free(self) -> bool:
        return self._task is None

    def _add_actions(self) -> None:
        actions, free = self._context.actions, self._is_free
        actions.add(
            [
                act("doctor.examine", self.examine, "F5", "refresh-cw", when=free, group=GROUP),
                act("doctor.bundle", self.prepare_bundle, "", "download", when=free, group=GROUP),
                act("doctor.folder", self._open_folder, "", "box", group=GROUP),
            ]
        )
        self._head.add_button(ButtonRow(actions, ("doctor.folder", "doctor.bundle")))
        self._head.add_button(actions.button("doctor.examine", Kind.PRIMARY))

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tabs)
        column.addWidget(self.strip)
        column.addWidget(self._partly)
        for pane in (self.findings, self.log):
            self._stack.addWidget(pane)
        column.addWidget(self._stack, 1)
        lead_focus(self, self.tabs)

    def _turn(self, name: str) -> None:
        self._stack.setCurrentWidget(self.log if name == LOG else self.findings)

    def _write(self) -> None:
        text, language = self._look.text, self._look.language
        ill = [one for one in self._found if one.grade is not Grade.GOOD]
        tone = Tone.REFUSED if any(one.grade is Grade.BAD for one in ill) else Tone.WARNING
        note = text("doctor.note")
        if self._examined_at:
            at = language.clock(self._examined_at, seconds=True)
            note = f"{note} · {text('doctor.noted_at', at=at)}"
        self._head.set_texts(text("screen.doctor"), note)
        self._partly.setText(text("doctor.stopped"))
        self._partly.setVisible(self._is_partial)
        count = language.number(len(ill)) if ill else ""
        self.tabs.show_tabs(
            [
                Tab(FINDINGS, text("doctor.tab_findings"), count, tone),
                Tab(LOG, text("doctor.tab_log")),
            ]
        )
