"""Which of several products it was: Alt with a digit, or the list."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from merchant_desk.stations.scans import Product, Question
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.sheets import GUARD_MS, StationSheet
from merchant_desk.ui.screens.stations.words import name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look


@dataclass(frozen=True, slots=True)
class Choice:
    """One product with its place in the list."""

    index: int
    product: Product


def _key(row: Choice, _: Language) -> Cell:
    return Cell(f"Alt {row.index + 1}" if row.index < 9 else "", quiet=True)


def _name(row: Choice, language: Language) -> Cell:
    item = row.product.item
    return Cell(name_of(item.name, item.name_en, language), item.sku, strong=True)


def _pack(row: Choice, language: Language) -> Cell:
    item = row.product.item
    base = unit_name(item.base_unit, language)
    return Cell(f"1 {unit_name(item.unit, language)} = {quantity(row.product.quantity)} {base}")


COLUMNS: tuple[Column[Choice], ...] = (
    Column("key", "", _key, width=6),
    Column("name", "station.column.product", _name),
    Column("pack", "station.column.quantity", _pack, width=18),
)


class ChooseSheet(StationSheet):
    """Lists the products; `choose(index)` is called with the one, `on_decline` for none of them."""

    guard_ms = GUARD_MS

    def __init__(self, look: Look, host: QWidget, choose: Callable[[int], None]) -> None:
        super().__init__(look, host, width=720)
        self._choose = choose
        self._model = RowModel(look, COLUMNS, lambda row: row.index, self)
        self.view = RowView(look, self._model)
        self.view.setMinimumHeight(150)
        self.view.activated_row.connect(self._take)
        self.body.addWidget(self.view, 1)
        self._look.language.follow(self, self._write)

    def ask(self, question: Question) -> None:
        """Show the products of a question and wait."""
        self._model.replace([Choice(i, product) for i, product in enumerate(question.choices)])
        self._write()
        self.open(self.view)
        self.view.choose(0)

    def accept(self) -> None:
        """Take the chosen row."""
        self._take(self.view.current_id)

    def event(self, event: QEvent) -> bool:
        # Alt with a digit goes to other screens otherwise; here it is an answer.
        override = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if override and _alt_digit(event) is not None:  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        digit = _alt_digit(event)
        if digit is None:
            super().keyPressEvent(event)
            return
        event.accept()
        self._take(digit - 1)

    def _take(self, index: object) -> None:
        known = isinstance(index, int) and self._model.position_of(index) is not None
        if known and not self.guarded:
            self.close_sheet()
            self._choose(index)  # type: ignore[arg-type]

    def _write(self) -> None:
        text = self._look.text
        self.set_texts(
            text("station.choose"),
            text("station.choose.note"),
            yes=text("scan.ok"),
            no=text("station.choose.leave"),
        )


def _alt_digit(event: QKeyEvent) -> int | None:
    """Return the digit 1-9 that was pressed with Alt, or None."""
    digit = event.key() - Qt.Key.Key_0.value
    alone = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
    return digit if alone and 1 <= digit <= 9 else None
