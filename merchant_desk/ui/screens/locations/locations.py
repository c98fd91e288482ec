"""The screen of locations: made by the aisle, labelled, counted, and archived when a shelf is gone."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.locations import MOST_AT_ONCE, AddLocations, ArchiveLocation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.floor import WarehouseView
from merchant_desk.models.queries.lists import Filter
from merchant_desk.models.queries.locations import (
    LOCATIONS,
    USED,
    LocationRow,
    keys_there,
    location_counts,
)
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.lists.list_page import ListPage
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane, TabDesign
from merchant_desk.ui.screens.locations.forms import ask_pattern
from merchant_desk.ui.screens.locations.labels import Labels
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.warehouse_choice import chosen_code
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "locations"
ORGANISE = "organise"
GROUP = "actions.list"


def _code(row: LocationRow, language: Language) -> Cell:
    chip = ChipText(language.text("locations.own"), Tone.NEUTRAL) if row.is_own else None
    return Cell(row.code, chip=chip, strong=True)


def _warehouse(row: LocationRow, language: Language) -> Cell:
    chip = ChipText(language.text("locations.of_closed"), Tone.NEUTRAL) if row.closed else None
    return Cell(row.warehouse, quiet=True, chip=chip)


def _skus(row: LocationRow, language: Language) -> Cell:
    left = bool((row.archived or row.closed) and row.skus)
    chip = ChipText(language.text("locations.still_stock"), Tone.WARNING) if left else None
    return Cell(str(row.skus) if row.skus else "", chip=chip)


COLUMNS: tuple[Column[LocationRow], ...] = (
    Column("code", "locations.code", _code, value=lambda row: row.code_key, least=24),
    Column("kind", "locations.kind", lambda row, lang: Cell(lang.word(row.kind), quiet=True), width=16),
    Column("warehouse", "locations.warehouse", _warehouse, width=22),
    Column("skus", "locations.skus", _skus, width=22, figures=True),
)


def begins_like(_: Connection, wanted: Filter) -> Filter:
    """Show the locations whose code begins with what was typed."""
    key = sku_key(wanted.typed)
    if not key:
        return replace(wanted, typed="")
    conditions = (*wanted.conditions, "t.code_key >= ?", "t.code_key < ?")
    values = (*wanted.values, key, f"{key}\uffff")
    return replace(wanted, typed="", conditions=conditions, values=values)


def _tab(name: str, condition: str) -> TabDesign:
    return TabDesign(name, f"locations.tab_{name}", conditions=lambda _: ((condition,), ()))


class LocationsScreen(ListPage):
    """Locations by code; Ctrl+N adds by a pattern, F7 prints labels of what is shown, F6 counts."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        self._parts, self._context = parts, context
        design = ListDesign(
            SCREEN, COLUMNS, (LOCATIONS,), Sort("code"), ("locations", "stock_balances", "warehouses"),
            (_tab("used", USED), _tab("archived", f"NOT ({USED})")),
            lambda connection, _: location_counts(connection),
            refine=begins_like, placeholder="locations.find", empty=self._say_empty,
            spare=("kind", "warehouse"),
        )  # fmt: skip
        self.pane = ListPane(parts, context, design)
        super().__init__(context.look, "screen.locations", self.pane)
        self._doing = Doing(self, parts, context)
        self._labels = Labels(self, parts, context)
        self.pane.opened.connect(lambda _: self._stock())
        self.pane.chosen.connect(lambda _: context.actions.refresh())
        context.actions.add([*self.pane.commands(), *self._actions()])
        for name in ("locations.archive", "locations.restore", "locations.count", "locations.labels"):
            self.head.add_button(context.actions.button(name))
        self.head.add_button(context.actions.button("locations.add", Kind.PRIMARY))

    def show_target(self, target: object) -> None:
        """Show one location, by id."""
        if isinstance(target, UUID):
            self.pane.show_only(target)

    def _actions(self) -> list[Action]:
        used, archived = self._is(0), self._is(1)

        def counted() -> bool:
            return used() and self.pane.row is not None and not self.pane.row.closed

        return [
            act("locations.add", self._add, "Ctrl+N", "plus", right=ORGANISE, group=GROUP),
            act("locations.labels", self._print, "F7", "printer", when=self._any, group=GROUP),
            act("locations.count", self._count, "F6", "clipboard-check", when=counted, right="count",
                group=GROUP),
            act("locations.stock", self._stock, "F9", "boxes", when=self._any, group=GROUP),
            act("locations.archive", self._archive, "F8", "x", when=used, right=ORGANISE, group=GROUP),
            act("locations.restore", self._restore, "F10", "rotate-ccw", when=archived, right=ORGANISE,
                group=GROUP),
        ]  # fmt: skip

    # -- what is possible ------------------------------------------------------------------------

    def _any(self) -> bool:
        return self.pane.row is not None

    def _is(self, archived: int) -> Callable[[], bool]:
        return lambda: self.pane.row is not None and self.pane.row.archived == archived

    # -- what is done ----------------------------------------------------------------------------

    def _add(self) -> None:
        desk, look = self._parts.desk, self._context.look

        def ask(warehouses: Sequence[WarehouseView]) -> None:
            if warehouses:
                ask_pattern(look, self, warehouses, chosen_code(desk), self._make)
            else:
                self._doing.refuse(Refusal("no_warehouse"))

        self._doing.run(desk.warehouses, ask)

    def _make(self, warehouse: WarehouseView, codes: tuple[str, ...], kind: str) -> None:
        """Add locations in parts, off the window's thread, and tell how many are new."""
        desk = self._parts.desk

        def work() -> tuple[int, int]:
            keys = [sku_key(code) for code in codes]
            there = desk.ask(lambda connection: keys_there(connection, warehouse.id, keys))
            new = tuple(code for code, key in zip(codes, keys, strict=True) if key not in there)
            for start in range(0, len(new), MOST_AT_ONCE):
                part = new[start : start + MOST_AT_ONCE]
                desk.do(AddLocations(warehouse.outlet_id, warehouse.id, kind, part))
            return len(new), len(codes) - len(new)

        def told(made: tuple[int, int]) -> None:
            n, there = made
            key = "locations.added_some" if there else "locations.added"
            text = self._context.look.text(key if n else "locations.all_there", n=n, there=there)
            self._context.notices.tell(text, Tone.OK)

        self._doing.run(work, told)

    def _archive(self) -> None:
        row = self.pane.row
        if row is not None:
            told = self._context.look.text("locations.archived_one", code=row.code)
            self._doing.do(ArchiveLocation(row.outlet_id, row.id), told=told)

    def _restore(self) -> None:
        row = self.pane.row
        if row is not None:
            told = self._context.look.text("locations.restored", code=row.code)
            self._doing.do(AddLocations(row.outlet_id, row.warehouse_id, row.kind, (row.code,)), told=told)

    def _print(self) -> None:
        self._labels.ask(self.pane)

    def _count(self) -> None:
        row = self.pane.row
        if row is not None:
            self._context.go("stocktake", ("locations", row.id))

    def _stock(self) -> None:
        row = self.pane.row
        if row is not None:
            self._context.go("stock", row.code)

    def _say_empty(self, state: EmptyState) -> None:
        text, typed = self._context.look.text, bool(self.pane.table.search.text())
        none = "locations.none_archived" if self.pane.tabs.current == "archived" else "locations.empty"
        key = "locations.not_found" if typed else none
        state.set_texts(text(key), text(f"{key}_hint"), icon="map-pin")
