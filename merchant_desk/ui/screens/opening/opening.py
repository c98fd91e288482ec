"""The screen of the opening books: the checklist before the shop goes live, and what came in until then."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from merchant_desk.domain.go_live import (
    BLOCKING,
    Check,
    CheckState,
    GoLive,
    GoLiveFacts,
    PlanGoLive,
    checklist,
    left_open,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.opening_undo import BooksUndone, OpeningUndo
from merchant_desk.models.queries.go_live import BroughtIn, brought_in, go_live_facts
from merchant_desk.ui.actions import Action
from merchant_desk.ui.background import Progress, Task
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.imports.undo_form import ask_undo
from merchant_desk.ui.screens.imports.work import every_so_often
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.opening.forms import ask_day, ask_live
from merchant_desk.ui.screens.opening.ways import WAYS
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.window.screens import ScreenContext

TABLES = ("skus", "barcodes", "locations", "openings", "counts", "jobs", "job_chunks", "tasks", "go_lives")
GROUP = "actions.list"
STATUS_TONES = {
    "started": Tone.WARNING,
    "open": Tone.WARNING,
    "finished": Tone.OK,
    "closed": Tone.OK,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was read."""

    facts: GoLiveFacts
    came_in: list[BroughtIn]


class OpeningScreen(QWidget):
    """Checklist beside what came in; Enter goes to where a line is put in order."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._facts: GoLiveFacts | None = None
        self._busy = False
        self._task: Task | None = None
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self._checks: RowModel[CheckState] = RowModel(self._look, CHECKS, lambda row: row.check)
        self._came_in: RowModel[BroughtIn] = RowModel(self._look, CAME_IN, lambda row: row.id)
        self.checks, self.came_in = RowView(self._look, self._checks), RowView(self._look, self._came_in)
        self._panels = [Panel(self._look, " ", flush=True) for _ in range(2)]
        self._empty, self._stack = EmptyState(self._look), QStackedWidget()
        self._lay_out()
        context.actions.add(self._actions())
        self._head.add_button(ButtonRow(context.actions, ("opening.undo", "opening.stop", "opening.plan")))
        self._head.add_button(context.actions.button("opening.live", Kind.PRIMARY))
        self.checks.activated_row.connect(lambda _: self._go())
        self.checks.current_row.connect(lambda _: context.actions.refresh())
        parts.changes.watch(self, TABLES, self._read, pause_ms=700)
        lead_focus(self, self.checks)
        self._look.language.follow(self, self._write)
        self._read()

    @property
    def facts(self) -> GoLiveFacts | None:
        """What was read last."""
        return self._facts

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A window that is closed waits for what is under way; an undo goes on when it is asked for again.
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and watched is self.window():
            self._stop()
        return False

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        self.checks.horizontalHeader().hide()
        self._panels[0].body.addWidget(self.checks, 1)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.came_in)
        self._panels[1].body.addWidget(self._stack, 1)
        for panel in self._panels:
            row.addWidget(panel, 1)
        column.addLayout(row, 1)

    def _actions(self) -> list[Action]:
        def before() -> bool:
            return self._facts is not None and self._facts.live_at is None and not self._busy

        def ready() -> bool:
            return before() and not any(state.blocks for state in self._checks.rows)

        def untouched() -> bool:
            return before() and bool(self._came_in.rows) and not (self._facts and self._facts.shipped)

        return [
            act("opening.open", self._go, "F6", "chevron-right",
                when=lambda: self.checks.current_id is not None, group=GROUP),
            act("opening.plan", self._plan, "F2", "clock", when=before, right="organise", group=GROUP),
            act("opening.live", self._live, "F10", "store", when=ready, right="organise", group=GROUP),
            act("opening.undo", self._undo, "F9", "undo-2", when=untouched, right="import", group=GROUP),
            act("opening.stop", self._stop, "F8", "octagon-x", when=lambda: self._busy, right="import",
                group=GROUP),
        ]  # fmt: skip

    # -- what is read ----------------------------------------------------------------------------

    def _read(self) -> None:
        desk = self._parts.desk
        outlet_id = desk.identity.outlet_id

        def work() -> Found:
            return desk.ask(
                lambda connection: Found(
                    go_live_facts(connection, outlet_id), brought_in(connection, outlet_id)
                )
            )

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, found: Found) -> None:
        self._facts = found.facts
        self._checks.replace(checklist(found.facts))
        self._came_in.replace(found.came_in)
        if self.checks.current_id is None and self._checks.rows:
            self.checks.choose(self._checks.rows[0].check)
        self._write()
        self._context.actions.refresh()

    # -- what is done ----------------------------------------------------------------------------

    def _go(self) -> None:
        check = self.checks.current_id
        if check is None:
            return
        if str(check) in WAYS:
            self._context.go(WAYS[str(check)], None)
        else:
            self._plan()

    def _plan(self) -> None:
        if self._facts is None or self._facts.live_at is not None:
            return
        outlet_id, text = self._parts.desk.identity.outlet_id, self._look.text

        def then(day: int) -> None:
            told = text("opening.planned", day=day_text(day))
            self._doing.do(PlanGoLive(outlet_id, day), told=told)

        ask_day(self._look, self, self._facts.day, self._parts.desk.calendar(), then)

    def _live(self) -> None:
        outlet_id = self._parts.desk.identity.outlet_id
        told = self._look.text("opening.live_told")
        left = left_open(self._checks.rows)
        ask_live(self._look, self, left, lambda: self._doing.do(GoLive(outlet_id), told=told))

    def _undo(self, much: Refusal | None = None) -> None:
        standing = [row for row in self._came_in.rows if row.status in ("started", "finished", "closed")]
        counts = sum(row.kind == "count" for row in standing)
        ask_undo(
            self._look, self, "opening", much, self._take_back, jobs=len(standing) - counts, counts=counts
        )

    def _take_back(self, confirmed: int) -> None:
        desk = self._parts.desk
        self._busy = True
        self._context.actions.refresh()

        def work(progress: Progress) -> BooksUndone:
            job = OpeningUndo(desk.runtime, lambda: desk.person.id, confirmed)
            return job.run(lambda: progress.cancelled, every_so_often(progress.report))

        self._task = self._context.runner.run_long(
            work, self._tell_undone, failed=self._tell_failed, progressed=self._tell_progress, owner=self
        )
        self._context.actions.refresh()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.progress.cancel()

    def _tell_progress(self, done: int, total: int) -> None:
        text, number = self._look.text, self._look.language.number
        told = text("imports.undoing", done=number(done), total=number(total))
        self._head.set_texts(text("screen.opening"), told)

    def _tell_undone(self, undone: BooksUndone) -> None:
        self._busy = False
        text = self._look.text
        words = "undone" if undone.ended else "undo_stopped"
        said = text(f"opening.{words}", n=undone.taken_back, counts=undone.counts, kept=undone.kept)
        self._doing.tell(said)
        self._read()

    def _tell_failed(self, error: Exception) -> None:
        self._busy = False
        if isinstance(error, Refusal) and error.code == "deletes_much":
            self._undo(error)
        else:
            self._doing.refuse(error)
        self._read()

    # -- words -----------------------------------------------------------------------------------

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("screen.opening"), self._note())
        self._panels[0].set_title(text("opening.checklist"), text("opening.checklist_note"))
        shipped = self._facts.shipped if self._facts else 0
        note = text("opening.in_use_note") if shipped else text("opening.came_in_note")
        self._panels[1].set_title(text("opening.came_in"), note)
        self._empty.set_texts(text("opening.nothing"), text("opening.nothing_hint"), icon="upload")
        self._stack.setCurrentWidget(self.came_in if self._came_in.rows else self._empty)

    def _note(self) -> str:
        facts, language = self._facts, self._look.language
        if facts is None:
            return ""
        if facts.live_at is not None:
            return language.text("opening.note_live", day=language.moment(facts.live_at))
        if facts.day is not None:
            return language.text("opening.note_planned", day=day_text(facts.day))
        return language.text("opening.note_unplanned")


def _check(state: CheckState, language: Language) -> Cell:
    key = f"opening.check.{state.check}"
    return Cell(language.text(key), detail=language.text(f"{key}.detail"), strong=True)


def _state(state: CheckState, language: Language) -> Cell:
    if state.is_ok:
        return Cell(chip=ChipText(language.text("opening.ok"), Tone.OK, marked=True))
    if state.check in BLOCKING:
        return Cell(chip=ChipText(language.text("opening.blocks"), Tone.REFUSED))
    lacking = state.count and state.check is not Check.DAY
    left = language.text("setup.left", n=language.number(state.count)) if lacking else ""
    return Cell(chip=ChipText(left or language.text("opening.unset"), Tone.WARNING))


def _source(row: BroughtIn, language: Language) -> Cell:
    key = "opening.kind.count" if row.kind == "count" else f"imports.kind_{row.kind}"
    return Cell(row.source, detail=language.text(key), strong=True)


def _status(row: BroughtIn, language: Language) -> Cell:
    tone = STATUS_TONES.get(row.status, Tone.NEUTRAL)
    return Cell(chip=ChipText(language.text(f"opening.status.{row.status}"), tone))


CHECKS: tuple[Column[CheckState], ...] = (
    Column("check", "opening.check", _check),
    Column("state", "opening.state", _state, width=16),
)
CAME_IN: tuple[Column[BroughtIn], ...] = (
    Column("source", "opening.source", _source, least=20),
    Column("rows", "opening.rows", lambda row, lang: Cell(lang.number(row.rows)), width=9, figures=True),
    Column("at", "opening.at", lambda row, lang: Cell(lang.moment(row.at), quiet=True), width=16),
    Column("status", "opening.state", _status, width=14),
)
