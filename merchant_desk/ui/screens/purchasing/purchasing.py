"""Purchase orders: what is expected from suppliers, and a form for new ones."""

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.domain.purchasing import ClosePurchaseOrder, SendPurchaseOrder
from merchant_desk.models.queries.order_lists import PURCHASES, PurchaseRow, purchase_counts
from merchant_desk.ui.messages import Language
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign, chosen_row
from merchant_desk.ui.screens.purchasing.purchase_form import PurchaseForm
from merchant_desk.ui.screens.purchasing.purchase_panel import PurchasePanel, purchase_chip
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "purchasing"
NEWEST, NEXT_DUE = Sort("placed", descending=True), Sort("due")
TABS = (
    TabDesign("sent", "purchasing.tab_sent", ("sent",), sort=NEXT_DUE, hides=("status",)),
    TabDesign("draft", "purchasing.tab_draft", ("draft",), hides=("status",)),
    TabDesign("closed", "purchasing.tab_closed", ("closed",), hides=("status",)),
    TabDesign("all", "list.all"),
)


def tab_counts(connection: Connection, _: int) -> dict[str, int]:
    """Return the number of each tab."""
    counts = purchase_counts(connection)
    return {**{tab.id: 0 for tab in TABS}, **counts, "all": sum(counts.values())}


class PurchasingScreen(QWidget):
    """The list, and over it the form of a new order."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context = parts, context
        design = ListDesign(
            SCREEN,
            self._columns(),
            (PURCHASES,),
            NEWEST,
            ("purchase_orders", "line_totals", "purchase_lines"),
            TABS,
            tab_counts,
            placeholder="purchasing.find",
            empty=self._say_empty,
            spare=("lines", "placed", "status"),
        )
        self.pane = ListPane(parts, context, design)
        self.panel = PurchasePanel(parts, context, context.actions.refresh)
        self.page = ListPage(context.look, "screen.purchasing", self.pane, self.panel)
        self.form = PurchaseForm(parts, context)
        self._stack = QStackedWidget()
        self._doing = Doing(self, parts, context)
        self._lay_out()
        self.pane.chosen.connect(self.panel.show_purchase)
        self.pane.opened.connect(lambda _: context.actions.trigger("purchasing.receive"))
        self.form.closed.connect(self._show_list)
        self._add_actions()

    def show_target(self, target: object) -> None:
        """Show one order by its id, a tab by its name, or begin an order: ("suppliers", id)."""
        self._show_list()
        if isinstance(target, tuple):
            self._new(target[1])
        elif isinstance(target, UUID):
            self.panel.show_purchase(target)
            self.pane.show_only(target)
        elif isinstance(target, str):
            self.pane.choose_tab(target)

    def take_scan(self, scan: CapturedScan) -> None:
        """A scan goes into the form; over the list it is looked up."""
        if self._writing():
            self.form.lines.take_code(scan.text, scan.aim)
        else:
            self.pane.table.search.setText(scan.text)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.form)
        column.addWidget(self._stack)
        lead_focus(self, self.page)

    def _columns(self) -> list[Column[PurchaseRow]]:
        def due(row: PurchaseRow, _: Language) -> Cell:
            late = row.status == "sent" and row.due_day < self._parts.desk.calendar()
            return Cell(
                day_text(row.due_day), tone=Tone.REFUSED if late else None, icon="clock" if late else ""
            )

        def progress(row: PurchaseRow, _: Language) -> Cell:
            tone = Tone.OK if 0 < row.quantity <= row.done else None
            return Cell(quantity(row.done), detail=f"/ {quantity(row.quantity)}", strong=True, tone=tone)

        return [
            Column("number", "purchasing.number", lambda row, _: Cell(row.number, strong=True),
                   value=lambda row: row.number_key, width=14, kind="code"),
            Column("supplier", "purchasing.supplier", lambda row, _: Cell(row.supplier), least=18),
            Column("status", "list.status", lambda row, lang: Cell(chip=purchase_chip(row.status, lang)),
                   width=10),
            Column("due", "purchasing.due", due, value=lambda row: row.due_day, width=15,
                   kind="day", holds=lambda row: row.due_day),
            Column("progress", "purchasing.came", progress, width=13, figures=True),
            Column("lines", "purchasing.lines", lambda row, _: Cell(str(row.lines)), width=7, figures=True,
                   kind="whole", holds=lambda row: row.lines),
            Column("placed", "purchasing.placed", lambda row, lang: Cell(lang.day(row.placed_at), quiet=True),
                   value=lambda row: row.placed_at, width=12, kind="time", holds=lambda row: row.placed_at),
        ]  # fmt: skip

    def _add_actions(self) -> None:
        buying = "purchase"
        own = [
            act("purchasing.new", self._new, "Ctrl+N", "plus", when=self._listing, right=buying),
            act("purchasing.receive", self._receive, "F12", "package-plus", when=self._open, right="receive"),
            act("purchasing.send", self._send, "F6", "truck", when=lambda: self._is("draft"), right=buying),
            act(
                "purchasing.close",
                self._close,
                "F9",
                "circle-x",
                when=lambda: self._is("sent", "draft"),
                right=buying,
            ),
        ]
        actions = self._context.actions
        actions.add([*self.pane.commands(), *own, *self.form.commands(self._writing)])
        self.form.add_buttons()
        self.page.head.add_button(actions.button("purchasing.new", Kind.PRIMARY))
        names = ["purchasing.receive", "purchasing.send", "purchasing.close"]
        self.panel.buttons.addWidget(ButtonRow(actions, names, names[:2]))

    def _writing(self) -> bool:
        return self._stack.currentWidget() is self.form

    def _listing(self) -> bool:
        return not self._writing()

    @property
    def _row(self) -> PurchaseRow | None:
        """The chosen order, though the panel may still show the one before."""
        purchase = self.panel.purchase
        return chosen_row(self.panel.wanted, purchase.row if purchase else None, self.pane.row)

    def _is(self, *states: str) -> bool:
        row = self._row
        return self._listing() and row is not None and row.status in states

    def _open(self) -> bool:
        return self._is("sent")

    def _new(self, supplier_id: UUID | None = None) -> None:
        self._stack.setCurrentWidget(self.form)
        self.form.begin(supplier_id)
        self._context.actions.refresh()

    def _show_list(self) -> None:
        """Show the list; coming from the form its keys begin there, wherever the focus was before."""
        was_writing = self._writing()
        self._stack.setCurrentWidget(self.page)
        if was_writing:
            self.page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.actions.refresh()

    def _receive(self) -> None:
        if self._row is not None:
            self._context.go("inbound", ("purchase_orders", self._row.id))

    def _send(self) -> None:
        row, text = self._row, self._context.look.text
        if row is not None:
            told = text("purchasing.sent", number=row.number)
            self._doing.do(SendPurchaseOrder(row.id, row.outlet_id), about=row.id, told=told)

    def _close(self) -> None:
        row, text = self._row, self._context.look.text
        if row is None:
            return
        told = text("purchasing.closed", number=row.number)
        self._doing.ask_reason(
            text("purchasing.close_title", number=row.number),
            lambda why: self._doing.do(
                ClosePurchaseOrder(row.id, row.outlet_id, why), about=row.id, told=told
            ),
            note=text("purchasing.close_note"),
            suggestions=tuple(text(f"purchasing.reason_{name}") for name in ("short", "price", "double")),
            danger=True,
        )

    def _say_empty(self, state: EmptyState) -> None:
        text, tab = self._context.look.text, self.pane.tabs.current
        key = "purchasing.empty" if tab == "all" else f"purchasing.empty_{tab}"
        state.set_texts(text(key), text("purchasing.empty_hint"), icon="truck")
