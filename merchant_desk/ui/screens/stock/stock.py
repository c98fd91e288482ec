"""The list of stock: what stands where, of which lot, until when."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.models.queries.goods_lists import (
    STOCK_BY_LOCATION,
    STOCK_BY_NAME,
    StockRow,
    locations_like,
)
from merchant_desk.models.queries.lists import Filter
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text, name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "stock"
THERE = ("t.on_hand <> 0",)


def _name(row: StockRow, language: Language) -> Cell:
    return Cell(name_of(row.name, row.name_en, language), strong=True)


def _on_hand(row: StockRow, language: Language) -> Cell:
    chip = ChipText(language.text("stock.negative"), Tone.REFUSED) if row.on_hand < 0 else None
    return Cell(quantity(row.on_hand), chip=chip, strong=True, tone=Tone.REFUSED if chip else None)


def _status(row: StockRow, language: Language) -> Cell:
    if row.status == "sellable":
        return Cell()
    return Cell(chip=ChipText(language.word(row.status), Tone.WARNING))


COLUMNS: tuple[Column[StockRow], ...] = (
    Column("name", "list.product", _name, value=lambda row: row.sort_key, least=22),
    Column("sku", "list.sku", lambda row, _: Cell(row.sku, quiet=True), width=14, kind="code"),
    Column(
        "location",
        "list.location",
        lambda row, _: Cell(row.location),
        value=lambda row: row.location_key,
        width=14,
        kind="code",
    ),
    Column("lot", "list.lot", lambda row, _: Cell(row.lot), width=14, kind="code"),
    Column(
        "expiry", "list.expiry", lambda row, _: Cell(day_text(row.expiry)), width=12,
        kind="day", holds=lambda row: row.expiry,
    ),
    Column("status", "list.status", _status, width=9),
    Column(
        "on_hand", "products.on_hand", _on_hand, width=13, figures=True,
        kind="micro", holds=lambda row: row.on_hand,
    ),
    Column(
        "unit", "", lambda row, lang: Cell(unit_name(row.base_unit, lang), quiet=True), width=7,
        heading="list.unit",
    ),
)  # fmt: skip


def stock_filter(connection: Connection, wanted: Filter) -> Filter:
    """Show what is there; what was typed may be the beginning of a location's code."""
    if wanted.typed and locations_like(connection, wanted.typed):
        key = sku_key(wanted.typed)
        at = ("p.code_key >= ?", "p.code_key < ?")
        return replace(wanted, typed="", conditions=THERE + at, values=(key, f"{key}\uffff"))
    return replace(wanted, conditions=THERE)


class StockScreen(ListPage):
    """Stock by product or by location; Enter opens the product, F6 counts the location."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        self._context = context
        design = ListDesign(
            SCREEN,
            COLUMNS,
            (STOCK_BY_NAME, STOCK_BY_LOCATION),
            Sort("name"),
            ("stock_balances", "skus", "locations", "lots"),
            refine=stock_filter,
            placeholder="stock.find",
            empty=self._say_empty,
            spare=("status", "sku", "expiry"),
        )
        self.pane = ListPane(parts, context, design)
        super().__init__(context.look, "screen.stock", self.pane)
        self.pane.opened.connect(lambda _: self._open_product())
        self.pane.chosen.connect(lambda _: context.actions.refresh())
        context.actions.add([*self.pane.commands(), *self._actions()])
        self.head.add_button(context.actions.button("stock.open_product"))
        self.head.add_button(context.actions.button("stock.count"))

    def show_target(self, target: object) -> None:
        """Show one balance by its id, or what stands at the location of a code."""
        if isinstance(target, UUID):
            self.pane.show_only(target)
        elif isinstance(target, str):
            self.pane.show_all()
            self.pane.table.search.setText(target)

    def _actions(self) -> list[Action]:
        group = "actions.list"
        return [
            Action(
                "stock.open_product",
                "stock.open_product",
                self._open_product,
                "F7",
                "package",
                group,
                SCREEN,
                self._any,
            ),
            Action(
                "stock.count",
                "stock.count",
                self._count,
                "F6",
                "clipboard-check",
                group,
                SCREEN,
                self._any,
                "count",
            ),
        ]

    def _any(self) -> bool:
        return self.pane.row is not None

    def _open_product(self) -> None:
        row = self.pane.row
        if row is not None:
            self._context.go("products", row.sku_id)

    def _count(self) -> None:
        row = self.pane.row
        if row is not None:
            self._context.go("stocktake", ("locations", row.location_id))

    def _say_empty(self, state: EmptyState) -> None:
        text = self._context.look.text
        state.set_texts(text("stock.empty"), text("stock.empty_hint"), icon="boxes")
