"""The side panel of an order: who, what, how much, what can be done, and what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from sqlalchemy import Connection

from merchant_desk.domain.settings_known import DAY_START, ZONE
from merchant_desk.models.queries.buyers import buyer_of_order
from merchant_desk.models.queries.order_lists import (
    OrderDetail,
    OrderEvent,
    OrderRow,
    SoldLine,
    order_detail,
    order_events,
    order_row,
    sold_lines,
)
from merchant_desk.models.queries.settings import Whose, decisions_of
from merchant_desk.models.queries.taxes import GoodsTax, pricing_of, taxes_in
from merchant_desk.sync.days import business_day
from merchant_desk.sync.personal import Withheld, details_of
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact, FactList, Inset, Moment, Timeline
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.orders.buyer_box import BuyerBox, BuyerSeen
from merchant_desk.ui.screens.orders.order_words import due_chip, state_chip
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.delegate import row_height
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import rate as rate_text
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import ElidedLabel, label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "personal"
PERSONAL_TABLES = ("buyers", "buyer_secrets", "buyer_keys")

MOST_LINES_SHOWN = 500
"""As many as are read: the panel scrolls, not the table in it."""


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything that the panel shows of one order."""

    row: OrderRow
    detail: OrderDetail
    lines: list[SoldLine]
    events: list[OrderEvent]
    buyer: BuyerSeen
    buyer_id: UUID | None
    taxes: list[GoodsTax]


def _line_columns() -> list[Column[SoldLine]]:
    def what(line: SoldLine, language: Language) -> Cell:
        key = "orders.place" if line.location else "orders.no_place"
        place = language.text(key, location=line.location, available=line.available)
        short = Tone.REFUSED if line.available < 0 else None
        return Cell(name_of(line.name, line.name_en, language), detail=place, tone=short)

    def many(line: SoldLine, language: Language) -> Cell:
        done = language.text("orders.picked", done=line.done) if line.done else ""
        return Cell(f"×{language.quantity(line.quantity)}", detail=done)

    return [
        Column("name", "list.product", what),
        Column("quantity", "list.quantity", many, width=5, figures=True),
        Column(
            "amount", "orders.paid", lambda line, lang: Cell(lang.money(line.amount)), width=7, figures=True
        ),
    ]


class OrderPanel(Panel):
    """One order; `changed` is called when another one is shown, so that its actions may follow."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, changed: Callable[[], None]) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._changed = parts, context, changed
        self._wanted: UUID | None = None
        self.order: OrderView | None = None
        self._who = Inset()
        self.buyer = BuyerBox(context.look)
        self._may_see = False
        self._lines: RowModel[SoldLine] = RowModel(context.look, _line_columns(), lambda line: line.id)
        self._table = RowView(context.look, self._lines)
        self._table.horizontalHeader().hide()
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._extra, self._total = ElidedLabel("", "small"), label("", "brand")
        self._total.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._taxes = FactList(context.look)
        self.buttons = QVBoxLayout()
        self._history = label("", "strong")
        self._timeline = Timeline(context.look)
        self._empty = EmptyState(context.look, "shopping-cart")
        self._area = self._lay_out()
        self.body.addWidget(self._area)
        self.body.addWidget(self._empty)
        context.look.language.follow(self, self._write)
        context.actions.changed.connect(self._heed_person)
        parts.changes.watch(self, PERSONAL_TABLES, self._read_again)

    @property
    def wanted(self) -> UUID | None:
        """The order that is or will be shown."""
        return self._wanted

    def show_order(self, order_id: UUID | None) -> None:
        """Show an order; it is read in the background."""
        self._wanted = order_id
        self._may_see = self._parts.permitted(RIGHT)
        if order_id is None:
            self._take(None, None)
        else:
            read = partial(self._read, order_id, may_see=self._may_see)
            self._context.runner.run(read, partial(self._take, order_id), owner=self)

    def _read_again(self) -> None:
        self.show_order(self._wanted)

    def _heed_person(self) -> None:
        """Close what somebody else had opened, or open what this person may see."""
        if self._parts.permitted(RIGHT) != self._may_see:
            if self._may_see and self.order is not None and self.order.buyer is not None:
                self.buyer.show_buyer(Withheld.RIGHT)
            self._read_again()

    def _read(self, order_id: UUID, *, may_see: bool) -> OrderView | None:
        with self._parts.desk.read() as connection, connection.begin():
            row, detail = order_row(connection, order_id), order_detail(connection, order_id)
            if row is None or detail is None:
                return None
            lines, events = sold_lines(connection, order_id), order_events(connection, order_id)
            state = buyer_of_order(connection, order_id)
            taxes = self._taxes_of(connection, row, detail, lines)
        seen = details_of(state, permitted=may_see) if state is not None else None
        return OrderView(row, detail, lines, events, seen, state.id if state is not None else None, taxes)

    def _taxes_of(
        self, connection: Connection, row: OrderRow, detail: OrderDetail, lines: list[SoldLine]
    ) -> list[GoodsTax]:
        """Return the taxes in an order's goods by the rates of its day; none if not all lines were read."""
        if len(lines) >= MOST_LINES_SHOWN:
            return []
        identity = self._parts.desk.identity
        whose = Whose(identity.merchant_id, row.outlet_id)
        decisions = decisions_of(connection, whose)
        day = business_day(row.placed_at, decisions.value(ZONE), decisions.value(DAY_START))
        goods = [(line.sku_id, line.amount) for line in lines]
        return taxes_in(connection, goods, detail.discount, day, pricing_of(connection, whose))

    def _take(self, order_id: UUID | None, order: OrderView | None) -> None:
        if order_id == self._wanted:
            self.order = order
            self._write()
            self._changed()

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._who)
        column.addWidget(self.buyer)
        column.addWidget(self._table)
        sums = QHBoxLayout()
        sums.addWidget(self._extra, 1)
        sums.addWidget(self._total)
        column.addLayout(sums)
        column.addWidget(self._taxes)
        column.addSpacing(Space.HAIR)
        column.addLayout(self.buttons)
        column.addSpacing(Space.SMALL)
        column.addWidget(self._history)
        column.addWidget(self._timeline)
        column.addStretch(1)
        return scrolled(inside)

    def _write(self) -> None:
        text, order = self._look.text, self.order
        self._area.setVisible(order is not None)
        self._empty.setVisible(order is None)
        if order is None:
            self.set_title("")
            self._empty.set_texts(
                text("list.none_chosen"), text("list.none_chosen_hint"), icon="shopping-cart"
            )
            return
        language, row = self._look.language, order.row
        self.set_title(row.number)
        due = due_chip(row, language, self._parts.now())
        self.set_chips([chip for chip in (state_chip(row.status, language), due) if chip is not None])
        known = order.detail.level and order.detail.level not in row.buyer
        level = f" · {order.detail.level}" if known else ""
        place = " · ".join(part for part in (row.channel, row.warehouse) if part)
        held = text("orders.held_for", reason=row.hold_reason) if row.hold_reason else ""
        notes = "\n".join(part for part in (place, held, order.detail.note) if part)
        self._who.show_lines(f"{row.buyer or '—'}{level}", notes)
        self.buyer.show_buyer(order.buyer if self._may_see == self._parts.permitted(RIGHT) else None)
        self._lines.replace(order.lines)
        self._table.setFixedHeight(min(len(order.lines), MOST_LINES_SHOWN) * row_height() + 2)
        self._write_sums(order)
        self._write_history(order)

    def _write_sums(self, order: OrderView) -> None:
        text, detail, language = self._look.text, order.detail, self._look.language
        extra = text("orders.freight", freight=detail.freight, discount=-detail.discount)
        if detail.refunded:
            extra += " · " + text("orders.refunded", amount=language.money(detail.refunded))
        self._extra.setText(extra)
        taxes = [
            (text("taxes.in_goods", rate=rate_text(one.rate)), language.money(one.amount, named=True))
            for one in order.taxes
        ]
        self._taxes.show_facts([Fact(*one) for one in taxes])
        self._taxes.setVisible(bool(order.taxes))
        self._total.setText(text("orders.total", total=language.money(detail.total, named=True)))

    def _write_history(self, order: OrderView) -> None:
        text, language, now = self._look.text, self._look.language, self._parts.now()
        self._history.setText(text("orders.timeline"))
        self._timeline.show_moments(
            [
                Moment(
                    language.moment(event.time, now),
                    text(f"order_event.{event.event}")
                    if language.knows(f"order_event.{event.event}")
                    else language.word(event.event),
                    " · ".join(part for part in (event.person, event.note) if part),
                )
                for event in order.events
            ]
        )
