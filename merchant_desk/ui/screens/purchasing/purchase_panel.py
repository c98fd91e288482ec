"""The side panel of a purchase order: what was ordered, what came, what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.models.queries.floor import LineView, order_lines
from merchant_desk.models.queries.order_lists import PurchaseRow, purchase_row
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact, FactList
from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text, name_of
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.delegate import row_height
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.meter import WHOLE, Meter
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

MOST_LINES_SHOWN = 500
"""The panel scrolls, not the table in it."""

TONES = {"draft": Tone.NEUTRAL, "sent": Tone.ACCENT, "closed": Tone.OK}


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """Everything that the panel shows of one purchase order."""

    row: PurchaseRow
    lines: list[LineView]


def purchase_chip(status: str, language: Language) -> ChipText:
    """Return a purchase order's state as a chip."""
    return ChipText(language.word(status), TONES.get(status, Tone.NEUTRAL))


def _columns() -> list[Column[LineView]]:
    def came(line: LineView, _: Language) -> Cell:
        return Cell(quantity(line.done), detail=f"/ {quantity(line.quantity)}", strong=True)

    def rest(line: LineView, _: Language) -> Cell:
        missing = line.quantity - line.done
        return Cell(quantity(missing), tone=Tone.REFUSED if missing < 0 else None, quiet=missing == 0)

    return [
        Column("name", "list.product", lambda line, lang: Cell(name_of(line.name, line.name_en, lang))),
        Column("came", "purchasing.came", came, width=8, figures=True),
        Column("rest", "purchasing.rest", rest, width=5, figures=True),
    ]


class PurchasePanel(Panel):
    """One purchase order; `changed` is called when another one is shown."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, changed: Callable[[], None]) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._changed = parts, context, changed
        self._wanted: UUID | None = None
        self.purchase: PurchaseView | None = None
        self._facts = FactList(context.look)
        self._meter = Meter(context.look)
        self._lines: RowModel[LineView] = RowModel(context.look, _columns(), lambda line: line.id)
        self._table = RowView(context.look, self._lines)
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons = QVBoxLayout()
        self._empty = EmptyState(context.look, "truck")
        self._area = self._lay_out()
        self.body.addWidget(self._area)
        self.body.addWidget(self._empty)
        context.look.language.follow(self, self._write)

    @property
    def wanted(self) -> UUID | None:
        """The purchase order that is or will be shown."""
        return self._wanted

    def show_purchase(self, order_id: UUID | None) -> None:
        """Show a purchase order; it is read in the background."""
        self._wanted = order_id
        if order_id is None:
            self._take(None, None)
        else:
            self._context.runner.run(partial(self._read, order_id), partial(self._take, order_id), owner=self)

    def _read(self, order_id: UUID) -> PurchaseView | None:
        with self._parts.desk.read() as connection, connection.begin():
            row = purchase_row(connection, order_id)
            return (
                None
                if row is None
                else PurchaseView(row, order_lines(connection, "purchase_lines", order_id))
            )

    def _take(self, order_id: UUID | None, purchase: PurchaseView | None) -> None:
        if order_id == self._wanted:
            self.purchase = purchase
            self._write()
            self._changed()

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._facts)
        column.addWidget(self._meter)
        column.addSpacing(Space.HAIR)
        column.addLayout(self.buttons)
        column.addSpacing(Space.HAIR)
        column.addWidget(self._table)
        column.addStretch(1)
        return scrolled(inside)

    def _write(self) -> None:
        text, purchase = self._look.text, self.purchase
        self._area.setVisible(purchase is not None)
        self._empty.setVisible(purchase is None)
        if purchase is None:
            self.set_title("")
            self._empty.set_texts(text("list.none_chosen"), text("list.none_chosen_hint"), icon="truck")
            return
        language, row = self._look.language, purchase.row
        self.set_title(row.number)
        self.set_chips([purchase_chip(row.status, language)])
        self._facts.show_facts(
            [
                Fact(text("purchasing.supplier"), row.supplier or "—"),
                Fact(text("purchasing.due"), day_text(row.due_day)),
                Fact(text("list.person"), row.person or "—"),
                Fact(
                    text("purchasing.progress"),
                    f"{quantity(row.done)} / {quantity(row.quantity)}",
                    strong=True,
                ),
            ]
        )
        self._meter.show_value(row.done * WHOLE // row.quantity if row.quantity else 0)
        self._lines.replace(purchase.lines)
        self._table.setFixedHeight((min(len(purchase.lines), MOST_LINES_SHOWN) + 1) * row_height())
