"""The order queue: tabs by state, a side panel, and what can be done with an order."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt
from sqlalchemy import Connection

from merchant_desk.domain.buyers import EraseBuyer
from merchant_desk.domain.orders import OPEN_STATUSES, AcceptOrder, CancelOrder, HoldOrder
from merchant_desk.models.queries.order_lists import ORDERS, WAITING, OrderRow, all_order_counts, order_counts
from merchant_desk.sync.personal import Withheld
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.documents.papers import DocumentPapers
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign, chosen_row
from merchant_desk.ui.screens.orders.order_panel import OrderPanel
from merchant_desk.ui.screens.orders.order_words import URGENT, due_chip, goods_cell, state_chip
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "orders"
KNOWN, ENDED = ("status",), ("status", "due")
"""Columns that say nothing new in tabs of one state, and in tabs where nobody waits."""

NEWEST, MOST_URGENT = Sort("placed", descending=True), Sort("due")

TABS = (
    TabDesign("review", "orders.tab_review", ("review",), sort=MOST_URGENT, hides=KNOWN),
    TabDesign("accepted", "orders.tab_accepted", ("accepted",), sort=MOST_URGENT, hides=KNOWN),
    TabDesign("picking", "orders.tab_picking", ("picking",), sort=MOST_URGENT, hides=KNOWN),
    TabDesign(
        "late", "orders.tab_late", WAITING, Tone.REFUSED, MOST_URGENT,
        lambda now: (("t.due_at < ?",), (now + URGENT,)),
    ),
    TabDesign("on_hold", "orders.tab_on_hold", ("on_hold",), Tone.WARNING, hides=ENDED),
    TabDesign("shipped", "orders.tab_shipped", ("shipped",), hides=ENDED),
    TabDesign("cancelled", "orders.tab_cancelled", ("cancelled", "refused"), hides=("due",)),
    TabDesign("all", "list.all"),
)  # fmt: skip


def tab_counts(connection: Connection, now: int) -> dict[str, int]:
    """Return the number of each tab, and of each state for those that ask how many rows a state has."""
    counts = all_order_counts(connection)
    late = order_counts(connection, now + URGENT)["late"]
    shown = {state: counts.get(state, 0) for state in ("review", "accepted", "picking", "on_hold", "shipped")}
    ended = counts.get("cancelled", 0) + counts.get("refused", 0)
    return {**counts, **shown, "late": late, "cancelled": ended, "all": sum(counts.values())}


class OrdersScreen(ListPage):
    """Orders: F6 accepts, F7 holds or resumes, Enter starts picking."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        self._parts, self._context = parts, context
        design = ListDesign(
            SCREEN,
            self._columns(),
            (ORDERS,),
            NEWEST,
            ("orders",),
            TABS,
            tab_counts,
            placeholder="orders.find",
            empty=self._say_empty,
            spare=("placed", "buyer", "status"),
        )
        self.pane = ListPane(parts, context, design)
        self.panel = OrderPanel(parts, context, context.actions.refresh)
        super().__init__(context.look, "screen.orders", self.pane, self.panel)
        self._doing = Doing(self, parts, context)
        self.papers = DocumentPapers(self, parts, context)
        self.pane.chosen.connect(self.panel.show_order)
        self.pane.opened.connect(lambda _: context.actions.trigger("orders.pick"))
        context.actions.add([*self.pane.commands(), *self._actions()])
        names = [
            f"orders.{name}" for name in ("pick", "accept", "resume", "hold", "cancel", "packing", "erase")
        ]
        self.panel.buttons.addWidget(ButtonRow(context.actions, names, names[:3]))

    def show_target(self, target: object) -> None:
        """Show one order by its id, or a tab by its name."""
        if isinstance(target, UUID):
            self.panel.show_order(target)
            self.pane.show_only(target)
        elif isinstance(target, str):
            self.pane.choose_tab(target)

    def _columns(self) -> list[Column[OrderRow]]:
        now = self._parts.now

        def placed(row: OrderRow, language: Language) -> Cell:
            day = language.day(row.placed_at)
            today = day == language.day(now())
            return Cell(language.clock(row.placed_at) if today else day, quiet=True)

        return [
            Column("number", "orders.number", lambda row, _: Cell(row.number, strong=True),
                   value=lambda row: row.number_key, width=15, kind="code"),
            Column("buyer", "orders.buyer", lambda row, _: Cell(row.buyer), width=15),
            Column("goods", "orders.goods", goods_cell, least=20),
            Column("total", "orders.paid", lambda row, lang: Cell(lang.money(row.total), strong=True),
                   value=lambda row: row.total, width=9, figures=True,
                   kind="amount", holds=lambda row: row.total),
            Column("status", "orders.status", lambda row, lang: Cell(chip=state_chip(row.status, lang)),
                   width=11),
            Column("due", "orders.due", lambda row, lang: Cell(chip=due_chip(row, lang, now())),
                   value=lambda row: row.due_key, width=16),
            Column("placed", "orders.placed", placed, value=lambda row: row.placed_at, width=11,
                   kind="time", holds=lambda row: row.placed_at),
        ]  # fmt: skip

    def _actions(self) -> list[Action]:
        group = "actions.document"

        def action(
            name: str, run: Callable[[], None], key: str, icon: str, when: Callable[[], bool], right: str
        ) -> Action:
            title = f"orders.{name}"
            return Action(title, title, run, key, icon, group, SCREEN, when, right)

        return [
            action(
                "pick", self._pick, "F12", "package-check", lambda: self._is("accepted", "picking"), "ship"
            ),
            action("accept", self._accept, "F6", "circle-check", lambda: self._is("review"), "order"),
            action(
                "hold",
                self._hold,
                "F7",
                "hourglass",
                lambda: self._is("review", "accepted", "picking"),
                "order",
            ),
            action("resume", self._resume, "", "rotate-ccw", lambda: self._is("on_hold"), "order"),
            action("cancel", self._cancel, "F9", "circle-x", lambda: self._is(*OPEN_STATUSES), "order"),
            action("packing", self._print_packing, "Ctrl+P", "printer", lambda: self._row is not None, ""),
            action("erase", self._erase, "", "trash-2", self._has_buyer, "personal"),
        ]

    @property
    def _row(self) -> OrderRow | None:
        """The chosen order; a key that follows the choice at once is about that one, not the one before."""
        order = self.panel.order
        return chosen_row(self.panel.wanted, order.row if order else None, self.pane.row)

    def _is(self, *states: str) -> bool:
        row = self._row
        return row is not None and row.status in states

    def _pick(self) -> None:
        if self._row is not None:
            self._context.go("outbound", ("orders", self._row.id))

    def _print_packing(self) -> None:
        if self._row is not None:
            self.papers.print_packing(self._row.id)

    def _accept(self) -> None:
        if self._row is not None:
            self._change(self._row, AcceptOrder(self._row.id, self._row.outlet_id), "orders.accepted")

    def _resume(self) -> None:
        if self._row is not None:
            self._change(self._row, HoldOrder(self._row.id, self._row.outlet_id, ""), "orders.resumed")

    def _hold(self) -> None:
        self._ask(
            "orders.hold_title", lambda row, reason: HoldOrder(row.id, row.outlet_id, reason), "orders.held"
        )

    def _cancel(self) -> None:
        self._ask(
            "orders.cancel_title",
            lambda row, reason: CancelOrder(row.id, row.outlet_id, reason),
            "orders.cancelled",
            note="orders.cancel_note",
        )

    def _has_buyer(self) -> bool:
        """Whether the order that is shown has a buyer with something left to erase."""
        order, row = self.panel.order, self._row
        if order is None or row is None or order.row.id != row.id or order.buyer_id is None:
            return False
        return order.buyer is not Withheld.ERASED

    def _erase(self) -> None:
        order = self.panel.order
        if order is None or order.buyer_id is None:
            return
        text, buyer_id, shown = self._context.look.text, order.buyer_id, order.row.buyer

        def submit() -> dict[str, str]:
            self._doing.do(EraseBuyer(buyer_id), about=buyer_id, told=text("orders.erase_asked"))
            return {}

        dialog = FormDialog(
            self._context.look,
            self.window(),
            text("orders.erase_title", buyer=shown),
            submit,
            note=text("orders.erase_note"),
            save=text("orders.erase"),
            danger=True,
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _change(self, row: OrderRow, operation: object, told: str) -> None:
        def done() -> None:
            if self.panel.wanted == row.id:
                self.panel.show_order(row.id)

        words = self._context.look.text(told, number=row.number)
        self._doing.do(operation, about=row.id, told=words, done=done)

    def _ask(
        self, title: str, operation: Callable[[OrderRow, str], object], told: str, note: str = ""
    ) -> None:
        row, text = self._row, self._context.look.text
        if row is None:
            return
        usual = tuple(text(f"orders.reason_{name}") for name in ("buyer", "stock", "address", "payment"))
        self._doing.ask_reason(
            text(title, number=row.number),
            lambda reason: self._change(row, operation(row, reason), told),
            note=text(note) if note else "",
            suggestions=usual,
            danger=bool(note),
        )

    def _say_empty(self, state: EmptyState) -> None:
        text, tab = self._context.look.text, self.pane.tabs.current
        if tab == "all":
            state.set_texts(text("orders.empty"), text("orders.empty_hint"), icon="shopping-cart")
        else:
            state.set_texts(text(f"orders.empty_{tab}"), text("orders.empty_tab_hint"), icon="circle-check")
