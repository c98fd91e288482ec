"""The list of products, with barcodes, stock and the last movements of the chosen one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from merchant_desk.models.queries.floor import StockView
from merchant_desk.models.queries.goods_lists import (
    PRODUCTS,
    BarcodeView,
    ProductRow,
    barcodes_of,
    product,
    product_counts,
    stock_places,
)
from merchant_desk.models.queries.product_forms import ProductView, product_view
from merchant_desk.models.queries.stock import MovementView, movements
from merchant_desk.models.queries.taxes import BorneTax
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import ButtonRow, Fact, FactList, Moment, Timeline
from merchant_desk.ui.screens.lists.list_page import ListPage, scrolled
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.products.product_actions import ProductActions
from merchant_desk.ui.screens.products.product_tax import read_tax, tax_fact
from merchant_desk.ui.screens.products.tracking import tracked_facts
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text, name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "products"
MOVEMENTS = 12


def _name(row: ProductRow, language: Language) -> Cell:
    chip = ChipText(language.text("products.draft"), Tone.WARNING) if row.draft else None
    return Cell(name_of(row.name, row.name_en, language), chip=chip, strong=True)


def _quantity(value: int, *, strong: bool = False) -> Cell:
    return Cell(quantity(value), quiet=not value, strong=strong and bool(value), tone=_below(value))


def _below(value: int) -> Tone | None:
    return Tone.REFUSED if value < 0 else None


COLUMNS: tuple[Column[ProductRow], ...] = (
    Column("name", "products.name", _name, value=lambda row: row.sort_key, least=22),
    Column(
        "sku", "list.sku", lambda row, _: Cell(row.sku), value=lambda row: row.sku_key, width=13, kind="code"
    ),
    Column(
        "codes", "products.codes", lambda row, _: Cell(_codes(row), detail=_more(row)), width=18,
        kind="code", holds=lambda row: row.codes,
    ),
    Column(
        "price", "products.price", lambda row, lang: Cell(lang.unit_price(row.price)), width=9, figures=True,
        kind="price", holds=lambda row: row.price,
    ),
    Column(
        "on_hand",
        "products.on_hand",
        lambda row, _: _quantity(row.on_hand, strong=True),
        width=9,
        figures=True,
        kind="micro",
        holds=lambda row: row.on_hand,
    ),
    Column(
        "available", "products.available", lambda row, _: _quantity(row.available), width=9, figures=True,
        kind="micro", holds=lambda row: row.available,
    ),
    Column(
        "unit", "", lambda row, lang: Cell(unit_name(row.base_unit, lang), quiet=True), width=7,
        heading="list.unit",
    ),
)  # fmt: skip


def _codes(row: ProductRow) -> str:
    return row.codes.split(" ")[0] if row.codes else ""


def _more(row: ProductRow) -> str:
    rest = len(row.codes.split(" ")) - 1 if row.codes else 0
    return f"+{rest}" if rest else ""


@dataclass(frozen=True, slots=True)
class _Detail:
    row: ProductRow
    codes: list[BarcodeView]
    places: list[StockView]
    moves: list[MovementView]
    view: ProductView | None
    tax: BorneTax | None


class ProductPanel(Panel):
    """What is known of one product; `changed` is called when another one is shown."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, changed: Callable[[], None]) -> None:
        super().__init__(context.look, " ")
        self._parts, self._context, self._changed = parts, context, changed
        self._sku: UUID | None = None
        self.detail: _Detail | None = None
        self._facts, self._packs, self._places = (FactList(context.look) for _ in range(3))
        self._moves = Timeline(context.look)
        self._titles = [label("", "strong") for _ in range(3)]
        self._empty = EmptyState(context.look, "package")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        column.addWidget(self._facts)
        for title, part in zip(self._titles, (self._packs, self._places, self._moves), strict=True):
            column.addSpacing(Space.SMALL)
            column.addWidget(title)
            column.addWidget(part)
        column.addStretch(1)
        self._area = scrolled(inside)
        self.body.addWidget(self._area)
        self.body.addWidget(self._empty)
        context.look.language.follow(self, self._write)

    @property
    def wanted(self) -> UUID | None:
        """The product that is or will be shown."""
        return self._sku

    def show_product(self, sku_id: UUID | None) -> None:
        """Show a product; it is read in the background."""
        self._sku = sku_id
        if sku_id is None:
            self._take(None, None)
            return
        self._context.runner.run(partial(self._read, sku_id), partial(self._take, sku_id), owner=self)

    def _read(self, sku_id: UUID) -> _Detail | None:
        today = self._parts.desk.calendar()
        with self._parts.desk.read() as connection, connection.begin():
            row = product(connection, sku_id)
            if row is None:
                return None
            return _Detail(
                row,
                barcodes_of(connection, sku_id),
                stock_places(connection, sku_id),
                movements(connection, sku_id, MOVEMENTS),
                product_view(connection, sku_id),
                read_tax(connection, self._parts.desk.identity, sku_id, today),
            )

    def _take(self, sku_id: UUID | None, detail: _Detail | None) -> None:
        if sku_id == self._sku:
            self.detail = detail
            self._write()
            self._changed()

    def _write(self) -> None:
        text, language, detail = self._look.text, self._look.language, self.detail
        self._area.setVisible(detail is not None)
        self._empty.setVisible(detail is None)
        if detail is None:
            self.set_title("")
            self._empty.set_texts(text("list.none_chosen"), text("list.none_chosen_hint"), icon="package")
            return
        row = detail.row
        unit = unit_name(row.base_unit, language)
        self.set_title(name_of(row.name, row.name_en, language))
        self.set_chips([ChipText(text("products.draft"), Tone.WARNING)] if row.draft else [])
        self._facts.show_facts(
            [
                Fact(text("list.sku"), row.sku),
                Fact(text("products.category"), row.category or "—"),
                Fact(text("products.price"), f"{language.unit_price(row.price)} / {unit}"),
                tax_fact(detail.tax, row.price, language),
                Fact(
                    text("products.on_hand"),
                    language.quantity(row.on_hand, unit),
                    _below(row.on_hand),
                    strong=True,
                ),
                Fact(text("products.reserved"), language.quantity(row.reserved, unit)),
                Fact(
                    text("products.available"), language.quantity(row.available, unit), _below(row.available)
                ),
                Fact(text("products.expected"), language.quantity(row.expected, unit)),
                *tracked_facts(detail.view, language),
            ]
        )
        self._write_parts(detail, unit)

    def _write_parts(self, detail: _Detail, unit: str) -> None:
        text, language = self._look.text, self._look.language
        for title, key in zip(self._titles, ("packs", "places", "moves"), strict=True):
            title.setText(text(f"products.{key}"))
        self._packs.show_facts(
            [
                Fact(
                    code.code,
                    text(
                        "products.pack",
                        unit=unit_name(code.unit, language),
                        quantity=code.quantity,
                        base=unit,
                    ),
                )
                for code in detail.codes
            ]
        )
        places = [
            Fact(
                " · ".join(part for part in (place.location, place.lot, day_text(place.expiry)) if part),
                language.quantity(place.on_hand, unit),
                _below(place.on_hand),
            )
            for place in detail.places
        ]
        self._places.show_facts(places or [Fact(text("products.nothing_here"), "")])
        now = self._parts.now()
        self._moves.show_moments(
            [
                Moment(
                    language.moment(move.time, now),
                    f"{_movement(move.kind, language)} {language.quantity(move.quantity, unit)}",
                    " · ".join(part for part in (move.location, move.lot, move.person) if part),
                    Tone.OK if move.quantity > 0 else Tone.NEUTRAL,
                )
                for move in detail.moves
            ]
        )


def _movement(kind: str, language: Language) -> str:
    key = f"movement.{kind}"
    return language.text(key) if language.knows(key) else kind


class ProductsScreen(ListPage):
    """Products; Ctrl+F finds, the side panel tells the rest."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        self._context = context
        design = ListDesign(
            SCREEN,
            COLUMNS,
            (PRODUCTS,),
            Sort("name"),
            ("skus", "barcodes", "availability", "sku_taxes", "tax_rates"),
            (
                TabDesign("active", "products.tab_active", ("active",)),
                TabDesign("draft", "products.tab_draft", ("draft",), Tone.WARNING),
                TabDesign("archived", "products.tab_archived", ("archived",)),
            ),
            lambda connection, _: product_counts(connection),
            placeholder="products.find",
            empty=self._say_empty,
            spare=("codes", "available", "price"),
        )
        self.pane = ListPane(parts, context, design)
        self.panel = ProductPanel(parts, context, context.actions.refresh)
        super().__init__(context.look, "screen.products", self.pane, self.panel)
        self.pane.chosen.connect(self.panel.show_product)
        self.pane.opened.connect(lambda _: self._count())
        self.office = ProductActions(self, parts, context)
        office = self.office.commands(self._chosen)
        context.actions.add([*self.pane.commands(), self._count_action(), *office])
        self.head.add_button(context.actions.button("products.count"))
        self.head.add_button(context.actions.button("products.new", Kind.PRIMARY))
        names = [action.id for action in office[1:]]
        self.panel.body.addWidget(ButtonRow(context.actions, names, ["products.complete", "products.change"]))

    def show_target(self, target: object) -> None:
        """Show one product by its id, or a tab by its name."""
        if isinstance(target, UUID):
            self.panel.show_product(target)
            self.pane.show_only(target)
        elif isinstance(target, str):
            self.pane.choose_tab(target)

    def _chosen(self) -> tuple[UUID, str] | None:
        """Return the product that the panel shows and its status, once it has read it."""
        detail = self.panel.detail
        if detail is None or detail.row.id != self.panel.wanted:
            return None
        tab = self.pane.tabs.current
        return detail.row.id, "archived" if tab == "archived" else "draft" if detail.row.draft else "active"

    def _count_action(self) -> Action:
        return Action(
            "products.count", "products.count", self._count, "F6", "clipboard-check", "actions.list", SCREEN,
            lambda: self._place() is not None, "count",
        )  # fmt: skip

    def _place(self) -> UUID | None:
        """Return where the chosen product stands (what expires first), once the panel has read it."""
        detail = self.panel.detail
        known = detail is not None and detail.row.id == self.panel.wanted and detail.places
        return detail.places[0].location_id if detail is not None and known else None

    def _count(self) -> None:
        place = self._place()
        if place is not None:
            self._context.go("stocktake", ("locations", place))

    def _say_empty(self, state: EmptyState) -> None:
        text = self._context.look.text
        drafts = self.pane.tabs.current == "draft"
        key = "products.no_drafts" if drafts else "products.empty"
        state.set_texts(text(key), text(f"{key}_hint"), icon="package")
