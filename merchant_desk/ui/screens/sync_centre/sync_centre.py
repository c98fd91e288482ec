"""The sync centre: how the desk stands to its server, what waits for a person, and what was done here."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.models.queries.operation_lists import OPERATIONS, OperationRow, operation_counts
from merchant_desk.sync.staff import REQUESTS
from merchant_desk.sync.status import Link, SyncStatus
from merchant_desk.sync.troubles import cured_by_enrolment
from merchant_desk.ui.desk_status import SYNC_TOPIC, StatusBridge
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.sync_centre.by_hand import ByHand
from merchant_desk.ui.screens.sync_centre.tiles import SyncTiles
from merchant_desk.ui.screens.sync_centre.trace_form import TraceForm
from merchant_desk.ui.screens.tasks.task_cards import TaskCards
from merchant_desk.ui.screens.tasks.task_words import operation_name
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.widgets.toast import Notice
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "sync"
TONES = {
    "pending": Tone.WARNING,
    "held": Tone.WARNING,
    "parked": Tone.REFUSED,
    "applied": Tone.OK,
    "refused": Tone.REFUSED,
}
WAITING = ("pending", "held", "parked")
TABS = (
    TabDesign("all", "sync_centre.tab_all"),
    TabDesign("pending", "sync_centre.tab_pending", WAITING, Tone.WARNING),
    TabDesign("refused", "sync_centre.tab_refused", ("refused",), Tone.REFUSED),
)
SECONDARY = (
    "sync.enrol_again", "sync.carry_out", "sync.carry_in", "sync.check_again", "sync.work_offline",
    "sync.go_online",
)  # fmt: skip
AGE_MS = 5_000


def _time(row: OperationRow, language: Language) -> Cell:
    return Cell(language.clock(row.time, seconds=True), quiet=True)


def _state(row: OperationRow, language: Language) -> Cell:
    state = "requested" if row.status == "pending" and row.kind in REQUESTS else row.status
    return Cell(chip=ChipText(language.text(f"sync_centre.state.{state}"), TONES[row.status]))


def _number(row: OperationRow, language: Language) -> Cell:
    return Cell(f"#{language.number(row.last_seq)}" if row.last_seq else "—", quiet=not row.last_seq)


def columns() -> list[Column[OperationRow]]:
    """Return the columns of the history."""
    return [
        Column("time", "list.time", _time, width=9),
        Column(
            "kind", "sync_centre.operation",
            lambda row, lang: Cell(operation_name(row.kind, lang), detail=row.about, strong=True),
        ),
        Column("status", "list.status", _state, width=10),
        Column("seq", "sync_centre.seq", _number, width=9, figures=True),
    ]  # fmt: skip


def tab_counts(connection: Connection, _: int) -> dict[str, int]:
    """Return the number of each tab."""
    counts = operation_counts(connection)
    return {
        **counts,
        "all": sum(counts.values()),
        "pending": sum(counts.get(state, 0) for state in WAITING),
        "refused": counts.get("refused", 0),
    }


class SyncCentre(QWidget):
    """Four tiles, the tasks, the history; F5 syncs now."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._doing, self._by_hand = Doing(self, parts, context), ByHand(self, parts, context)
        self._bridge = StatusBridge(parts.desk, self)
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.tiles = SyncTiles(self._look, parts.now)
        self._trouble = label("", wrap=True)
        self._elsewhere = label("", "small", wrap=True)
        self.cards = TaskCards(parts, context)
        self._tasks = Panel(self._look, " ")
        self.history = ListPane(
            parts,
            context,
            ListDesign(
                SCREEN, columns(), (OPERATIONS,), Sort("time", descending=True), ("outbox",), TABS,
                tab_counts, searchable=False, empty=self._say_empty, heading="sync_centre.history",
            ),
        )  # fmt: skip
        self._follow = parts.changes.watch(self.history, (), self._read_history, pause_ms=500)
        self._bridge.changed.connect(self._show)
        self.history.chosen.connect(lambda _: context.actions.refresh())
        self.history.opened.connect(lambda _: self._trace())
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_MS)
        self._ages.timeout.connect(lambda: self._show(self._bridge.status))
        self._ages.start()
        self._lay_out()
        self._add_actions()
        self._look.language.follow(self, self._write)

    def show_target(self, target: object) -> None:
        """Show a tab of the history by its name."""
        if isinstance(target, str):
            self.history.choose_tab(target)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        column.addWidget(self.tiles)
        column.addWidget(self._trouble)
        column.addWidget(self._elsewhere)
        self._tasks.body.addWidget(self.cards, 1)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        left = QVBoxLayout()
        left.addWidget(self._tasks)
        row.addLayout(left, 11)
        row.addWidget(self.history, 9)
        column.addLayout(row, 1)
        lead_focus(self, self.history.table.view)

    def _add_actions(self) -> None:
        actions, by_hand, group = self._context.actions, self._by_hand, "actions.sync"
        actions.add([
            act("sync.now", self._sync, "F5", "refresh-cw", when=self._may_sync, group=group),
            act("sync.work_offline", self._go_offline, "", "wifi-off", when=self._online, group=group),
            act("sync.check_again", self._check_again, "", "clipboard-check", when=self._may_sync,
                group=group),
            act("sync.enrol_again", self._parts.enrol_again, "", "key-round", when=self._must_enrol,
                group=group),
            act("sync.carry_out", by_hand.ask_to_write, "", "usb", when=self._may_write, group=group),
            act("sync.carry_in", by_hand.ask_to_deliver, "", "upload", when=self._connected, group=group),
            act("sync.trace", self._trace, "F8", "history", when=self._has_chosen, group=group),
            act("sync.go_online", self._go_online, "", "cloud", when=self._offline, group=group),
        ])  # fmt: skip
        self._head.add_button(ButtonRow(actions, SECONDARY))
        self._head.add_button(actions.button("sync.now", Kind.PRIMARY))

    def _may_sync(self) -> bool:
        return not self._bridge.status.working

    def _must_enrol(self) -> bool:
        return cured_by_enrolment(self._bridge.status.fault)

    def _has_chosen(self) -> bool:
        return self.history.row is not None

    def _trace(self) -> None:
        """Follow the chosen operation to the server, where there is a line, and to the other desks."""
        row = self.history.row
        if row is not None:
            TraceForm(self, self._parts, self._context, row, ask=not self._offline()).open()

    def _may_write(self) -> bool:
        """Tell whether something waits that no line takes; a demo's server could not open the file."""
        status = self._bridge.status
        return status.link is not Link.ONLINE and status.waiting > 0 and not status.demo

    def _connected(self) -> bool:
        return self._bridge.status.link is Link.ONLINE

    def _offline(self) -> bool:
        return self._bridge.status.link is Link.OFFLINE

    def _online(self) -> bool:
        return not self._offline()

    def _sync(self) -> None:
        look, notices = self._look, self._context.notices

        def done(_: object) -> None:
            notices.say(lambda: Notice(look.text("sync_centre.synced"), Tone.OK, topic=SYNC_TOPIC))

        self._doing.sync(done)

    def _check_again(self) -> None:
        """Count totals again and compare all rows with the server's sums; say what came of it."""
        self._doing.run(self._parts.desk.check_again, self._tell_checked)

    def _tell_checked(self, status: SyncStatus) -> None:
        look = self._look
        if status.alarm is None:
            self._context.notices.say(lambda: Notice(look.text("sync_centre.checked"), Tone.OK))

    def _go_offline(self) -> None:
        self._parts.desk.work_offline(True)

    def _go_online(self) -> None:
        self._parts.desk.work_offline(False)

    def _show(self, status: SyncStatus) -> None:
        self.tiles.show_status(status)
        troubles, tone = self.tiles.troubles(status)
        set_tone(self._trouble, tone)
        for place, lines, between in (
            (self._trouble, troubles, "\n"),
            (self._elsewhere, self.tiles.elsewhere(status), " · "),
        ):
            place.setText(between.join(lines))
            place.setVisible(bool(lines))
        self._follow.mark()
        self._context.actions.refresh()

    def _read_history(self) -> None:
        self.history.table.refresh()
        self.history.count()

    def _say_empty(self, state: EmptyState) -> None:
        text = self._look.text
        key = "sync_centre.no_history" if self.history.tabs.current == "all" else "sync_centre.nothing_in_tab"
        state.set_texts(text(key), text(f"{key}_hint"), icon="history")

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("screen.sync"), text("sync_centre.note"))
        self._tasks.set_title(text("sync_centre.to_do"), text("sync_centre.to_do_note"))
        self._show(self._bridge.status)
