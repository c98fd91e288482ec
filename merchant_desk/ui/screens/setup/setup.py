"""The screen of a shop that gets ready: each step with what it is for, each task with what it lacks.

Nothing is kept of how far somebody is: it is read from what the shop has, so it can be left at any time.
"""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.domain.readiness import NEEDED, Step, StepState, Task, lacking, readiness
from merchant_desk.models.queries.readiness import shop_facts
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.window.screens import ScreenContext

TABLES = ("locations", "skus", "barcodes", "suppliers", "ledger", "persons", "roles")
PLACES: dict[Step, str] = {
    Step.LOCATIONS: "locations",
    Step.PRODUCTS: "products",
    Step.BARCODES: "products",
    Step.PRICES: "products",
    Step.SUPPLIERS: "purchasing",
    Step.STOCK: "stocktake",
    Step.PEOPLE: "people",
    Step.BADGES: "people",
}
"""The screen on which a step is done."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task with the steps that it still lacks."""

    task: Task
    lacks: tuple[Step, ...]


class SetupScreen(QWidget):
    """Steps beside tasks; Enter goes to where a step is done."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self._steps: RowModel[StepState] = RowModel(self._look, STEPS, lambda row: row.step)
        self._tasks: RowModel[TaskState] = RowModel(self._look, TASKS, lambda row: row.task)
        self.steps, self.tasks = RowView(self._look, self._steps), RowView(self._look, self._tasks)
        self._panels = [Panel(self._look, " ", flush=True) for _ in range(2)]
        self._lay_out()
        self.steps.activated_row.connect(lambda _: self._go())
        self.steps.current_row.connect(lambda _: context.actions.refresh())
        opened = act("setup.open", self._go, "F6", "chevron-right", when=self._chosen, group="actions.list")
        context.actions.add([opened])
        self._head.add_button(context.actions.button("setup.open", Kind.PRIMARY))
        parts.changes.watch(self, TABLES, self._read, pause_ms=700)
        lead_focus(self, self.steps)
        self._look.language.follow(self, self._write)
        self._read()

    @property
    def states(self) -> tuple[StepState, ...]:
        """How far each step is, as it was read last."""
        return tuple(self._steps.rows)

    def _read(self) -> None:
        def work() -> tuple[StepState, ...]:
            return readiness(self._parts.desk.ask(shop_facts))

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, states: tuple[StepState, ...]) -> None:
        self._steps.replace(states)
        self._tasks.replace([TaskState(task, lacking(states, task)) for task in Task])
        self._write()

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        for panel, view, share in zip(self._panels, (self.steps, self.tasks), (3, 2), strict=True):
            view.horizontalHeader().hide()
            panel.body.addWidget(view, 1)
            row.addWidget(panel, share)
        column.addLayout(row, 1)

    def _chosen(self) -> bool:
        return self.steps.current_id is not None

    def _go(self) -> None:
        step = self.steps.current_id
        if step is not None:
            self._context.go(PLACES[Step(str(step))], None)

    def _write(self) -> None:
        text, left = self._look.text, sum(not state.is_done for state in self.states)
        note = text("setup.some_left", n=left) if left else text("setup.all_done")
        self._head.set_texts(text("screen.setup"), note if self.states else "")
        self._panels[0].set_title(text("setup.steps"), text("setup.steps_note"))
        self._panels[1].set_title(text("setup.tasks"), text("setup.tasks_note"))


def _step(state: StepState, language: Language) -> Cell:
    key = f"setup.step.{state.step}"
    return Cell(language.text(key), detail=language.text(f"{key}.detail"), strong=True)


def _state(state: StepState, language: Language) -> Cell:
    if state.is_done:
        return Cell(chip=ChipText(language.text("setup.done"), Tone.OK))
    if state.left:
        return Cell(chip=ChipText(language.text("setup.left", n=language.number(state.left)), Tone.WARNING))
    if state.step in NEEDED:
        return Cell(chip=ChipText(language.text("setup.missing"), Tone.REFUSED))
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
