"""What waits for a person at this outlet: tasks, unknown codes, and what was settled."""

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget
from sqlalchemy import Connection

from merchant_desk.models.queries.task_lists import SETTLED_TASKS, SettledTask
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.coverage import coverage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.screens.tasks.codes_pane import CodesPane
from merchant_desk.ui.screens.tasks.task_cards import TaskCards
from merchant_desk.ui.screens.tasks.task_words import TONES, operation_name
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "tasks"
TABS = ("tasks", "codes", "settled")


def settled_title(row: SettledTask, language: Language) -> str:
    """Return a settled task in a few words."""
    named = {"sku": name_of(row.sku, row.sku_en, language), "location": row.location}
    facts = {**named, "number": "", "code": "", **json.loads(row.facts or "{}")}
    key = f"task.title.{row.code}"
    if row.kind == "refusal" or not language.knows(key):
        outcome = "refused" if row.kind == "refusal" else "without_effect"
        return language.text(f"task.title.{outcome}", op_kind=operation_name(row.op_kind, language))
    try:
        return language.text(key, **facts).strip(" ·：:")
    except (KeyError, ValueError):
        return row.code.replace("_", " ")


def _resolution(row: SettledTask, language: Language) -> Cell:
    key = f"resolution.{row.resolution}"
    words = language.text(key) if language.knows(key) else row.resolution
    return Cell(words, detail=row.note)


def settled_columns() -> list[Column[SettledTask]]:
    """Return the columns of settled tasks."""

    def kind(row: SettledTask, language: Language) -> Cell:
        return Cell(chip=ChipText(language.text(f"task.kind.{row.kind}"), TONES.get(row.kind, Tone.WARNING)))

    return [
        Column("kind", "list.status", kind, width=20),
        Column("title", "tasks.tab_tasks", lambda row, lang: Cell(settled_title(row, lang), strong=True)),
        Column("how", "task.settle_field", _resolution, width=34),
        Column("by", "list.person", lambda row, _: Cell(row.settled_by), width=11),
        Column(
            "when", "list.time", lambda row, lang: Cell(lang.moment(row.settled_at), quiet=True), width=17
        ),
    ]


def settled_list(empty: Callable[[EmptyState], None]) -> ListDesign:
    """Return the list of settled tasks, the last first; `empty` says what there is where none is."""
    return ListDesign(
        SCREEN,
        settled_columns(),
        (SETTLED_TASKS,),
        Sort("when", descending=True),
        ("tasks",),
        (TabDesign("settled", "tasks.tab_settled", ("settled",)),),
        searchable=False,
        empty=empty,
    )


def tab_counts(connection: Connection) -> dict[str, int]:
    """Return the number of each tab."""

    def rows(table: str, condition: str) -> int:
        sql = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608 - constants below
        return int(connection.exec_driver_sql(sql).scalar() or 0)

    return {
        "tasks": rows("tasks", "status = 'open'"),
        "codes": rows("unknown_codes", "status = 'open'"),
        "settled": rows("tasks", "status = 'settled'"),
    }


class TasksScreen(QWidget):
    """Three tabs; each says what to do next when it is empty."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._counts: dict[str, int] = {}
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tabs = FilterTabs(self._look)
        self._stack = QStackedWidget()
        self.cards = TaskCards(parts, context)
        self.codes = CodesPane(parts, context, self, SCREEN)
        self.settled = ListPane(parts, context, settled_list(self._say_none_settled))
        self.settled.top.hide()
        self._lay_out()
        context.actions.add(self.codes.commands())
        self.codes.add_buttons()
        self.tabs.chosen.connect(self._show_tab)
        parts.changes.watch(self, ("tasks", "unknown_codes"), self._count)
        self._look.language.follow(self, self._write)
        lead_focus(self, self.tabs)
        self._count()

    def show_target(self, target: object) -> None:
        """Show a tab by its name: tasks, codes or settled."""
        if target in TABS:
            self.tabs.choose(str(target))

    def _lay_out(self) -> None:
        panel = Panel(self._look)
        panel.body.addWidget(self.cards)
        for page in (panel, self.codes, self.settled):
            self._stack.addWidget(page)
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    def _show_tab(self, name: str) -> None:
        self._stack.setCurrentIndex(TABS.index(name))
        self._context.actions.refresh()

    def _count(self) -> None:
        def work() -> dict[str, int]:
            with self._parts.desk.read() as connection, connection.begin():
                return tab_counts(connection)

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, counts: dict[str, int]) -> None:
        self._counts = counts
        self._write()

    def _say_none_settled(self, state: EmptyState) -> None:
        text = self._look.text
        state.set_texts(text("tasks.none"), text("tasks.none_hint"), icon="history")

    def _write(self) -> None:
        text, language = self._look.text, self._look.language
        status = self._parts.desk.runtime.status
        self._head.set_texts(text("screen.tasks"), coverage(status, language, self._parts.now()))
        tones = {"tasks": Tone.WARNING, "codes": Tone.WARNING}
        self.tabs.show_tabs(
            [
                Tab(
                    name,
                    text(f"tasks.tab_{name}"),
                    language.number(self._counts[name]) if name in self._counts else "",
                    tones.get(name, Tone.NEUTRAL) if self._counts.get(name) else Tone.NEUTRAL,
                )
                for name in TABS
            ]
        )
