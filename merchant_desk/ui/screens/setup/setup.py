"""The way of a new shop: one step after another, what each is for, what waits for it, and what to do next.

Nothing is kept of how far somebody is: it is read from what the shop has. So it can be left at any time, and
whoever comes back stands at what is to be done next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.readiness import (
    NEEDED,
    OPTIONAL,
    Step,
    StepState,
    Task,
    lacking,
    next_step,
    readiness,
    waiting_for,
)
from merchant_desk.domain.scanner_trial import ready_day
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import PRINTERS, SETUP_CLOSED
from merchant_desk.models.queries.readiness import shop_facts
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.setup.ways import FIRST, OTHER, Way
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.keys import key_text
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.window.screens import ScreenContext

ORGANISE = "organise"
AWAIT_MS = 4_000
"""So long a screen may take until what was gone for can begin; then nobody expects it any more."""

TABLES = (
    *("locations", "skus", "barcodes", "taxes", "suppliers", "carriers", "ledger"),
    *("persons", "roles", "devices", "settings", "go_lives", "outlets", "warehouses", "buyers"),
)
ORDER = {step: n for n, step in enumerate(Step, start=1)}


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: how far each step is, and whether nobody need be led any more."""

    states: tuple[StepState, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task with the steps that it still lacks."""

    task: Task
    lacks: tuple[Step, ...]


class SetupScreen(QWidget):
    """Steps beside what is next; Enter does it, and the screen's key comes back from wherever that led."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._key = key_text(context.actions.get("go.setup").shortcut)
        self._closed = False
        self._leads = True
        self._awaited = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._wait_no_more)
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self._steps: RowModel[StepState] = RowModel(self._look, STEPS, lambda row: row.step)
        self._tasks: RowModel[TaskState] = RowModel(self._look, TASKS, lambda row: row.task)
        self.steps, self.tasks = RowView(self._look, self._steps), RowView(self._look, self._tasks)
        self._panels = {
            name: Panel(self._look, " ", flush=name != "next") for name in ("steps", "next", "tasks")
        }
        self.title, self._why = label("", "title", wrap=True), label("", wrap=True)
        self._waits = label("", "second", wrap=True)
        self.first = ActionButton(self._look, kind=Kind.PRIMARY, key="Return")
        self.other = ActionButton(self._look, key="F7")
        self._lay_out()
        context.actions.add(self._actions())
        self._head.add_button(context.actions.button("setup.close"))
        self._head.add_button(context.actions.button("setup.reopen"))
        self._connect()
        lead_focus(self, self.steps)
        self._look.language.follow(self, self._write)
        self._read()

    @property
    def states(self) -> tuple[StepState, ...]:
        """How far each step is, as it was read last."""
        return tuple(self._steps.rows)

    @property
    def chosen(self) -> StepState | None:
        """The step that is shown."""
        wanted = self.steps.current_id
        return next((state for state in self.states if state.step == wanted), None)

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever comes back stands at what is next."""
        super().showEvent(event)
        self._leads = True
        self._read()

    # -- parts -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        for name, view in (("steps", self.steps), ("tasks", self.tasks)):
            view.horizontalHeader().hide()
            self._panels[name].body.addWidget(view, 1)
        body = self._panels["next"].body
        body.setSpacing(Space.SMALL)
        for part in (self.title, self._why, self._waits):
            body.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.SMALL)
        buttons.addWidget(self.first)
        buttons.addWidget(self.other)
        buttons.addStretch(1)
        body.addSpacing(Space.HAIR)
        body.addLayout(buttons)
        body.addSpacing(Space.SMALL)
        right = QVBoxLayout()
        right.setSpacing(Space.MEDIUM)
        right.addWidget(self._panels["next"])
        right.addWidget(self._panels["tasks"], 1)
        row.addWidget(self._panels["steps"], 1)
        row.addLayout(right, 1)
        column.addLayout(row, 1)

    def _connect(self) -> None:
        self.steps.activated_row.connect(lambda _: self._go(FIRST))
        self.steps.current_row.connect(lambda _: self._show_chosen())
        self.first.clicked.connect(lambda: self._go(FIRST))
        self.other.clicked.connect(lambda: self._go(OTHER))
        self._context.actions.changed.connect(self._begin)
        self._parts.changes.watch(self, TABLES, self._read, pause_ms=700)

    def _actions(self) -> list[Action]:
        def other() -> bool:
            return self.chosen is not None and self.chosen.step in OTHER

        return [
            act("setup.open", lambda: self._go(FIRST), "F6", "chevron-right",
                when=lambda: self.chosen is not None, group="actions.list"),
            act("setup.other", lambda: self._go(OTHER), "F7", "chevron-right", when=other,
                group="actions.list"),
            act("setup.close", lambda: self._close(closed=True), "F8", "x", when=lambda: not self._closed,
                right=ORGANISE, group="actions.list"),
            act("setup.reopen", lambda: self._close(closed=False), "F9", "rotate-ccw",
                when=lambda: self._closed, right=ORGANISE, group="actions.list"),
        ]  # fmt: skip

    # -- what is read ----------------------------------------------------------------------------

    def _read(self) -> None:
        desk = self._parts.desk

        def work() -> Found:
            facts = desk.ask(shop_facts)
            decisions = desk.settings.standing().decisions
            scanner = ready_day(desk.settings.local.standing) > 0
            printers = len(decisions.value(PRINTERS))
            states = readiness(replace(facts, printers=printers, scanner=scanner))
            return Found(states, decisions.value(SETUP_CLOSED))

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, found: Found) -> None:
        was = self.chosen
        self._closed = found.closed
        self._steps.replace(found.states)
        self._tasks.replace([TaskState(task, lacking(found.states, task)) for task in Task])
        wanted = next_step(found.states)
        now = self.chosen
        became_ready = was is not None and now is not None and now.is_done and not was.is_done
        if wanted is not None and (self._leads or now is None or became_ready):
            self.steps.choose(wanted)
        self._leads = False
        self._write()
        self._context.actions.refresh()

    # -- what is done ----------------------------------------------------------------------------

    def _go(self, ways: Mapping[Step, Way]) -> None:
        state = self.chosen
        way = ways.get(state.step) if state is not None else None
        if way is None:
            return
        self._context.go(way.screen, None)
        self._awaited = way.action
        self._patience.start(AWAIT_MS)
        self._begin()

    def _begin(self) -> None:
        """Begin what was gone for, as soon as that is possible: some screens ask the server first."""
        wanted, actions = self._awaited, self._context.actions
        if wanted and actions.possible(wanted):
            self._awaited = ""
            actions.trigger(wanted)

    def _wait_no_more(self) -> None:
        self._awaited = ""

    def _close(self, *, closed: bool) -> None:
        """Decide for the outlet that nobody need be led any more, or that somebody is again."""
        desk = self._parts.desk
        value = True if closed else None
        text = self._look.text("setup.closed_told" if closed else "setup.reopened_told", shortcut=self._key)

        def work() -> None:
            desk.settings.decide(SETUP_CLOSED, Level.OUTLET, value, desk.person.id)

        self._doing.save(work, lambda _: self._context.notices.tell(text, Tone.OK))

    # -- words -----------------------------------------------------------------------------------

    def _write(self) -> None:
        text, left = self._look.text, sum(state.is_open for state in self.states)
        note = text("setup.some_left", n=left) if left else text("setup.all_done")
        self._head.set_texts(text("screen.setup"), note if self.states else "")
        self._panels["steps"].set_title(text("setup.steps"), text("setup.steps_note"))
        self._panels["tasks"].set_title(text("setup.tasks"), text("setup.tasks_note"))
        self._show_chosen()

    def _show_chosen(self) -> None:
        """Say what the chosen step is for, what waits for it, and what Enter does."""
        text, state = self._look.text, self.chosen
        for part in (self.first, self.other):
            part.setVisible(state is not None)
        self._panels["next"].set_title(
            text(self._head_of(state)), text("setup.next_note", shortcut=self._key)
        )
        if state is not None:
            key = f"setup.step.{state.step}"
            self.title.setText(text(key))
            self._why.setText(text(f"{key}.detail"))
            waiting = [text(f"setup.task.{task}") for task in waiting_for(self.states, state.step)]
            self._waits.setText(text("setup.waits", tasks=text("setup.and").join(waiting)) if waiting else "")
            self._waits.setVisible(bool(waiting))
            self.first.setText(text(f"setup.do.{state.step}"))
            self.other.setVisible(state.step in OTHER)
            if state.step in OTHER:
                self.other.setText(text(f"setup.other.{state.step}"))
        self._context.actions.refresh()

    def _head_of(self, state: StepState | None) -> str:
        """Return the key of what stands over a step: nothing that is ready is called the next."""
        if state is not None and state.is_done:
            return "setup.again"
        return "setup.next" if state is None or state.step is next_step(self.states) else "setup.also"


def _step(state: StepState, language: Language) -> Cell:
    name = language.text(f"setup.step.{state.step}")
    return Cell(f"{ORDER[state.step]}\u2002{name}", strong=not state.is_done, quiet=state.is_done)


def _state(state: StepState, language: Language) -> Cell:
    if state.is_done:
        return Cell(chip=ChipText(language.text("setup.done"), Tone.OK, marked=True))
    if state.left:
        return Cell(chip=ChipText(language.text("setup.left", n=language.number(state.left)), Tone.WARNING))
    if state.step in NEEDED:
        return Cell(chip=ChipText(language.text("setup.missing"), Tone.REFUSED))
    if state.step in OPTIONAL:
        return Cell(chip=ChipText(language.text("setup.optional"), Tone.NEUTRAL))
    return Cell(chip=ChipText(language.text("setup.helpful"), Tone.INFO))


def _task(state: TaskState, language: Language) -> Cell:
    names = language.text("setup.and").join(language.text(f"setup.step.{step}") for step in state.lacks)
    detail = language.text("setup.lacks", steps=names) if state.lacks else ""
    return Cell(language.text(f"setup.task.{state.task}"), detail=detail, strong=True)


def _task_state(state: TaskState, language: Language) -> Cell:
    if state.lacks:
        return Cell(chip=ChipText(language.text("setup.missing"), Tone.REFUSED))
    return Cell(chip=ChipText(language.text("setup.can_begin"), Tone.OK))


STEPS: tuple[Column[StepState], ...] = (
    Column("step", "setup.step", _step),
    Column("state", "setup.state", _state, width=14),
)
TASKS: tuple[Column[TaskState], ...] = (
    Column("task", "setup.task", _task),
    Column("state", "setup.state", _task_state, width=14),
)
