"""The overview: what waits, what is open, and the shortest way there."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QWidget

from merchant_desk.domain.settings_known import SETUP_CLOSED
from merchant_desk.ui.desk_status import StatusBridge
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.coverage import coverage
from merchant_desk.ui.screens.documents.documents import STATION
from merchant_desk.ui.screens.home.overview import OpenDocument, Overview, read_overview
from merchant_desk.ui.screens.orders.order_words import URGENT
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.panel import PageHead, Panel, Tile, page_column
from merchant_desk.ui.window.screens import ScreenContext

TABLES = (
    *("orders", "purchase_orders", "receipts", "shipments", "counts", "tasks", "unknown_codes", "tallies"),
    "settings",
)
AGE_MS = 20_000
TILES = ("review", "to_pick", "late", "expected", "pending", "tasks")
WIDE = 1_000
"""From this width on (device-independent pixels) the tiles stand in one row, where none is cut by that."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do: how many, and where."""

    id: str
    count: int
    tone: Tone
    screen: str
    target: str
    detail: str


class HomeScreen(QWidget):
    """Tiles, to-do list and open documents; Enter goes there."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._overview: Overview | None = None
        self._organises = parts.permitted("organise")
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tiles = {name: Tile(self._look) for name in TILES}
        self._grid = QGridLayout()
        self._grid.setSpacing(Space.MEDIUM)
        self._across = 0
        self._todo: RowModel[Todo] = RowModel(self._look, _todo_columns(), lambda row: row.id)
        self.todo = RowView(self._look, self._todo)
        self._documents: RowModel[OpenDocument] = RowModel(
            self._look, self._document_columns(), lambda document: document.id
        )
        self.documents = RowView(self._look, self._documents)
        self.documents.hide_columns((), spare=("person", "since"))
        self._panels = {
            "todo": Panel(self._look, " ", flush=True),
            "open": Panel(self._look, " ", flush=True),
        }
        self._empty = {name: EmptyState(self._look, "circle-check") for name in self._panels}
        self._stacks: dict[str, QStackedWidget] = {}
        self._lay_out()
        self.todo.activated_row.connect(self._go_todo)
        self.documents.activated_row.connect(self._go_document)
        parts.changes.watch(self, TABLES, self._read, pause_ms=700)
        StatusBridge(parts.desk, self).changed.connect(lambda _: self._write())
        context.actions.changed.connect(self._follow_rights)
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_MS)
        self._ages.timeout.connect(self._write)
        self._ages.start()
        lead_focus(self, self.todo)
        self._look.language.follow(self, self._write)
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread_tiles()

    def _spread_tiles(self) -> None:
        """Put the tiles into one row, or into two where there they would be cut."""
        room = self.width() - 2 * Space.PAGE - (len(TILES) - 1) * Space.MEDIUM
        fits = all(tile.wanted_width <= room // len(TILES) for tile in self.tiles.values())
        across = len(TILES) if self.width() >= WIDE and fits else len(TILES) // 2
        if across != self._across:
            self._across = across
            for i, tile in enumerate(self.tiles.values()):
                self._grid.addWidget(tile, i // across, i % across)

    def _read(self) -> None:
        now, today = self._parts.now(), self._parts.desk.calendar()

        def work() -> Overview:
            with self._parts.desk.read() as connection, connection.begin():
                overview = read_overview(connection, now, today, now + URGENT)
            if self._parts.desk.settings.value(SETUP_CLOSED):
                overview.counts["setup"] = 0
            return overview

        self._context.runner.run(work, self._take, owner=self)

    def _follow_rights(self) -> None:
        """Write anew for whoever signed in, who may see more or less than was written for who left."""
        organises = self._parts.permitted("organise")
        if organises is not self._organises:
            self._organises = organises
            self._write()

    def _take(self, overview: Overview) -> None:
        self._overview = overview
        self._write()

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addLayout(self._grid)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        for name, view in (("todo", self.todo), ("open", self.documents)):
            view.horizontalHeader().setVisible(name == "open")
            stack = QStackedWidget()
            stack.addWidget(view)
            stack.addWidget(self._empty[name])
            self._stacks[name] = stack
            self._panels[name].body.addWidget(stack, 1)
            row.addWidget(self._panels[name], 1)
        column.addLayout(row, 1)

    def _document_columns(self) -> list[Column[OpenDocument]]:
        now = self._parts.now

        def kind(document: OpenDocument, language: Language) -> Cell:
            name = language.text(f"document.{document.kind}")
            return Cell(document.row.number, detail=name, strong=True)

        def about(document: OpenDocument, _: Language) -> Cell:
            return Cell(document.row.about, detail=document.row.partner)

        def person(document: OpenDocument, _: Language) -> Cell:
            return Cell(document.row.person, detail=document.row.desk)

        def since(document: OpenDocument, language: Language) -> Cell:
            return Cell(language.ago(document.row.opened_at, now()), quiet=True)

        return [
            Column("kind", "home.kind", kind, width=24),
            Column("about", "home.about", about),
            Column(
                "pieces", "documents.pieces",
                lambda document, lang: Cell(lang.text("home.pieces", n=document.row.quantity)),
                width=9, figures=True,
            ),
            Column("person", "list.person", person, width=11),
            Column("since", "list.opened", since, width=12),
        ]  # fmt: skip

    def _go_todo(self, name: object) -> None:
        row = next((todo for todo in self._todo.rows if todo.id == name), None)
        if row is not None:
            self._context.go(row.screen, row.target)

    def _go_document(self, name: object) -> None:
        found = next((one for one in self._documents.rows if one.id == name), None)
        if found is not None:
            self._context.go(STATION[found.kind], (found.kind, found.row.id))

    # -- words -----------------------------------------------------------------------------------

    def _write(self) -> None:
        text, language, now = self._look.text, self._look.language, self._parts.now()
        status = self._parts.desk.runtime.status
        told = coverage(status, language, now)
        note = text("home.note", day=language.day(now), weekday=language.weekday(now), coverage=told)
        self._head.set_texts(text("screen.home"), note)
        self._panels["todo"].set_title(text("home.todo"), text("home.todo_note"))
        self._panels["open"].set_title(text("home.open"), text("home.open_note"))
        for name in ("todo", "open"):
            self._empty[name].set_texts(
                text(f"home.{name}_none"), text(f"home.{name}_none_hint"), icon="circle-check"
            )
        if self._overview is None:
            return
        self._write_tiles(self._overview)
        self._todo.replace(self._todos(self._overview))
        self._documents.replace(self._overview.documents)
        for name, model in (("todo", self._todo), ("open", self._documents)):
            self._stacks[name].setCurrentIndex(0 if model.rowCount() else 1)

    def _write_tiles(self, overview: Overview) -> None:
        text, counts, number = self._look.text, overview.counts, self._look.language.number
        status = self._parts.desk.runtime.status
        pending_note = "home.pending_note" if status.waiting else "home.nothing_pending"
        late, tasks = counts["late"], counts["tasks"]
        notes = {
            "review": (counts["orders_review"], text("home.review_note"), None),
            "to_pick": (counts["to_pick"], text("home.to_pick_note", n=counts["orders_picking"]), None),
            "late": (late, text("home.late_note"), Tone.REFUSED if late else None),
            "expected": (counts["open_purchases"], text("home.expected_note", n=counts["overdue"]), None),
            "pending": (status.waiting, text(pending_note), Tone.WARNING if status.waiting else None),
            "tasks": (tasks, text("home.tasks_note"), Tone.WARNING if tasks else None),
        }
        for name, (count, note, tone) in notes.items():
            self.tiles[name].set_texts(text(f"home.{name}"), number(count), note, tone)
        self._spread_tiles()

    def _todos(self, overview: Overview) -> list[Todo]:
        counts, text = overview.counts, self._look.text
        due = ""
        if overview.next_due is not None:
            at = self._look.language.moment(overview.next_due, self._parts.now())
            due = text("home.todo_late_detail", at=at)
        wanted = (
            Todo("setup", counts["setup"] if self._organises else 0, Tone.ACCENT, "setup", "", ""),
            Todo("tasks", counts["tasks"], Tone.WARNING, "tasks", "tasks", ""),
            Todo("late", counts["late"], Tone.REFUSED, "orders", "late", due),
            Todo("overdue", counts["overdue"], Tone.WARNING, "purchasing", "sent", ""),
            Todo("codes", counts["unknown_codes"], Tone.WARNING, "tasks", "codes", ""),
            Todo("review", counts["orders_review"], Tone.INFO, "orders", "review", ""),
            Todo("pick", counts["to_pick"], Tone.ACCENT, "orders", "accepted", ""),
            Todo("drafts", counts["drafts"], Tone.NEUTRAL, "products", "draft", ""),
        )
        return [todo for todo in wanted if todo.count]


def _todo_columns() -> list[Column[Todo]]:
    def count(todo: Todo, language: Language) -> Cell:
        return Cell(chip=ChipText(f"\u2002{language.number(todo.count)}\u2002", todo.tone))

    def title(todo: Todo, language: Language) -> Cell:
        detail = todo.detail or language.text(f"home.todo_{todo.id}_detail")
        return Cell(language.text(f"home.todo_{todo.id}"), detail=detail, strong=True)

    return [Column("count", "home.todo", count, width=6), Column("title", "home.todo", title)]
