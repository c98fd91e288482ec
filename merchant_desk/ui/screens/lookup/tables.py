"""The tables of the look-up station: places, open documents, movements, contents, readings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from merchant_desk.models.queries.lookup import Standing, Unfinished
from merchant_desk.models.queries.stock import MovementView
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.words import day_text, name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column, RowId
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.panel import Panel

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a code can be; `target` is what opens it, `what` the key of its kind."""

    id: RowId
    what: str
    name: str
    name_en: str
    code: str
    target: tuple[str, object]


class TablePanel(Panel, Generic[R]):
    """A titled table with its empty state; `opened(row)` follows Enter and double click."""

    opened = Signal(object)

    def __init__(
        self,
        look: Look,
        columns: Sequence[Column[R]],
        row_id: Callable[[R], RowId],
        title: str,
        empty: str,
        icon: str = "inbox",
    ) -> None:
        super().__init__(look, flush=True)
        self._keys = (title, empty, icon)
        self._beside = ""
        self._model = RowModel(look, columns, row_id, self)
        self.view = RowView(look, self._model)
        self.view.activated_row.connect(self._open)
        self._empty_state = EmptyState(look)
        inside = QWidget()
        self._stack = QStackedLayout(inside)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty_state)
        self.body.addWidget(inside)
        look.language.follow(self, self._write)

    @property
    def rows(self) -> Sequence[R]:
        """What is shown."""
        return self._model.rows

    def show_rows(self, rows: Sequence[R], note: str = "") -> None:
        """Show these rows."""
        self._model.replace(rows)
        self.set_note(note)

    def set_note(self, note: str) -> None:
        """Write the note beside the title."""
        self._beside = note
        self._write()

    def row(self, row_id: RowId | None) -> R | None:
        """Return a row by id."""
        at = self._model.position_of(row_id)
        return None if at is None else self._model.rows[at]

    def _open(self, row_id: RowId) -> None:
        row = self.row(row_id)
        if row is not None:
            self.opened.emit(row)

    def _write(self) -> None:
        title, empty, icon = self._keys
        self.set_title(self._look.text(title), self._beside)
        self._empty_state.set_texts(self._look.text(empty), icon=icon)
        self._stack.setCurrentWidget(self.view if self._model.rows else self._empty_state)


def _place(row: Standing, _: Language) -> Cell:
    return Cell(row.location, strong=True)


def _product(row: Standing, language: Language) -> Cell:
    return Cell(name_of(row.name, row.name_en, language), row.sku, strong=True)


def _lot(row: Standing, _: Language) -> Cell:
    return Cell(row.lot, day_text(row.expiry))


def _lot_and_status(row: Standing, language: Language) -> Cell:
    chip = None if row.status == "sellable" else ChipText(language.word(row.status), Tone.WARNING)
    return Cell(row.lot, day_text(row.expiry), chip)


def _status(row: Standing, language: Language) -> Cell:
    tone = Tone.OK if row.status == "sellable" else Tone.WARNING
    return Cell(chip=ChipText(language.word(row.status), tone))


def _on_hand(row: Standing, _: Language) -> Cell:
    return Cell(quantity(row.on_hand), strong=True, tone=Tone.REFUSED if row.on_hand < 0 else None)


def _on_hand_in_units(row: Standing, language: Language) -> Cell:
    tone = Tone.REFUSED if row.on_hand < 0 else None
    return Cell(quantity(row.on_hand), unit_name(row.base_unit, language), strong=True, tone=tone)


def stock_panel(look: Look) -> TablePanel[Standing]:
    """Return the table of a product's places."""
    columns: list[Column[Standing]] = [
        Column("place", "station.column.location", _place, width=9),
        Column("lot", "station.column.lot", _lot_and_status),
        Column("on_hand", "lookup.on_hand", _on_hand, width=8, figures=True),
    ]
    return TablePanel(
        look, columns, lambda row: row.stock_key_id, "lookup.stock", "lookup.stock.empty", "boxes"
    )


def contents_panel(look: Look) -> TablePanel[Standing]:
    """Return the table of a location's contents."""
    columns: list[Column[Standing]] = [
        Column("product", "station.column.product", _product),
        Column("lot", "station.column.lot", _lot, width=22),
        Column("status", "lookup.column.status", _status, width=10),
        Column("on_hand", "lookup.on_hand", _on_hand_in_units, width=14, figures=True),
    ]
    return TablePanel(
        look,
        columns,
        lambda row: row.stock_key_id,
        "lookup.contents",
        "lookup.contents.empty",
        "package-open",
    )


def _document(row: Unfinished, language: Language) -> Cell:
    detail = " · ".join(part for part in (language.text(f"lookup.{row.kind}"), row.party) if part)
    return Cell(row.number, detail, strong=True)


def _state(row: Unfinished, language: Language) -> Cell:
    tone = Tone.ACCENT if row.status in ("open", "picking") else Tone.NEUTRAL
    key = f"order_state.{row.status}"
    ordered = row.kind == "orders" and language.knows(key)
    return Cell(chip=ChipText(language.text(key) if ordered else language.word(row.status), tone))


def _rest(row: Unfinished, _: Language) -> Cell:
    return Cell(quantity(row.quantity), strong=True)


def documents_panel(look: Look) -> TablePanel[Unfinished]:
    """Return the table of the documents that still move a product."""
    columns: list[Column[Unfinished]] = [
        Column("document", "lookup.column.document", _document),
        Column("state", "station.column.state", _state, width=9),
        Column("rest", "lookup.column.open", _rest, width=7, figures=True),
    ]
    return TablePanel(
        look,
        columns,
        lambda row: (row.kind, row.id),
        "lookup.documents",
        "lookup.documents.empty",
        "file-text",
    )


def _at(row: MovementView, language: Language) -> Cell:
    return Cell(language.moment(row.time)[5:], quiet=True)


def _kind(row: MovementView, language: Language) -> Cell:
    key = f"movement.{row.kind}"
    word = language.text(key) if language.knows(key) else row.kind
    return Cell(word, " · ".join(part for part in (row.location, row.lot, row.person) if part))


def _moved(row: MovementView, _: Language) -> Cell:
    sign = "+" if row.quantity > 0 else ""
    return Cell(
        f"{sign}{quantity(row.quantity)}", strong=True, tone=None if row.quantity > 0 else Tone.WARNING
    )


def movements_panel(look: Look) -> TablePanel[MovementView]:
    """Return the table of a product's last movements."""
    columns: list[Column[MovementView]] = [
        Column("at", "station.column.time", _at, width=11),
        Column("kind", "lookup.column.kind", _kind),
        Column("moved", "station.column.quantity", _moved, width=8, figures=True),
    ]
    return TablePanel(
        look, columns, lambda row: row.id, "lookup.movements", "lookup.movements.empty", "history"
    )


def _what(row: Reading, language: Language) -> Cell:
    return Cell(chip=ChipText(language.text(row.what)))


def _name(row: Reading, language: Language) -> Cell:
    return Cell(name_of(row.name, row.name_en, language), strong=True)


def _code(row: Reading, _: Language) -> Cell:
    return Cell(row.code)


def readings_panel(look: Look) -> TablePanel[Reading]:
    """Return the table of what a code can be, or of what was found by name."""
    columns: list[Column[Reading]] = [
        Column("name", "lookup.column.name", _name),
        Column("code", "lookup.column.code", _code, width=24),
        Column("what", "lookup.column.what", _what, width=16),
    ]
    return TablePanel(look, columns, lambda row: row.id, "lookup.readings", "tray.learn.none", "search")
