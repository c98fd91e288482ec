"""The lines of a purchase order as it is typed: product, quantity, cost, by keyboard or scanner."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.domain.amounts import line_amount
from merchant_desk.domain.codes import classify
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.jobs.pasted_purchase import PastedLine
from merchant_desk.models.queries.floor import CodeHit, skus_by_code
from merchant_desk.models.queries.goods_lists import PRODUCTS, ProductRow
from merchant_desk.models.queries.lists import Filter, Window, window
from merchant_desk.ui.background import Task
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.figures import read_micro
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.purchasing.line_paste import LinePaste
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

MATCHES = 12
PAUSE_MS = 100


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line as it was typed; quantity 10^-6 base units, cost 10^-6 of the major unit."""

    sku_id: UUID
    name: str
    name_en: str
    unit: str
    quantity: int
    cost: int

    def amount(self, currency: str) -> int:
        """Return the line's amount, minor units of a currency (ISO 4217)."""
        return line_amount(self.quantity, self.cost, minor_digits(currency))


def _line_columns() -> list[Column[TypedLine]]:
    def many(line: TypedLine, language: Language) -> Cell:
        return Cell(quantity(line.quantity), detail=unit_name(line.unit, language), strong=True)

    return [
        Column(
            "name",
            "list.product",
            lambda line, lang: Cell(name_of(line.name, line.name_en, lang), strong=True),
        ),
        Column("quantity", "list.quantity", many, width=14, figures=True),
        Column(
            "cost",
            "purchasing.cost",
            lambda line, lang: Cell(lang.unit_price(line.cost)),
            width=12,
            figures=True,
        ),
        Column(
            "amount",
            "purchasing.amount",
            lambda line, lang: Cell(lang.money(line.amount(lang.currency))),
            width=13,
            figures=True,
        ),
    ]


def _match_columns() -> list[Column[ProductRow]]:
    return [
        Column(
            "name", "list.product", lambda row, lang: Cell(name_of(row.name, row.name_en, lang), strong=True)
        ),
        Column("sku", "list.sku", lambda row, _: Cell(row.sku, quiet=True), width=16),
        Column(
            "on_hand", "products.on_hand", lambda row, _: Cell(quantity(row.on_hand)), width=10, figures=True
        ),
        Column(
            "expected",
            "products.expected",
            lambda row, _: Cell(quantity(row.expected)),
            width=10,
            figures=True,
        ),
    ]


class PurchaseLines(QWidget):
    """The row that is typed into, what matches it, and the lines so far. `changed` follows each line."""

    changed = Signal()
    unknown = Signal(str)

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._chosen: ProductRow | CodeHit | None = None
        self._task: Task | None = None
        self._eager = False
        self.product, self.quantity, self.cost = QLineEdit(), QLineEdit(), QLineEdit()
        self._pasting = LinePaste(self, parts.desk, context, self._take_pasted)
        self._fields = {
            "product": NamedField(self.product),
            "quantity": NamedField(self.quantity),
            "cost": NamedField(self.cost),
        }
        self.add_button = ActionButton(self._look, key="Return", icon="plus")
        self.add_button.clicked.connect(self.add_line)
        self._lines: RowModel[TypedLine] = RowModel(self._look, _line_columns(), lambda line: line.sku_id)
        self.table = RowView(self._look, self._lines)
        self._matches: RowModel[ProductRow] = RowModel(self._look, _match_columns(), lambda row: row.id)
        self.matches = RowView(self._look, self._matches)
        self.matches.activated_row.connect(lambda _: self._choose_match())
        self._nothing = EmptyState(self._look, "package")
        self._stack = QStackedWidget()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.product.textEdited.connect(lambda _: self._typed())
        for editor in (self.product, self.quantity, self.cost):
            editor.installEventFilter(self)
        self.table.installEventFilter(self)
        self._lay_out()
        self._look.language.follow(self, self._write)

    @property
    def lines(self) -> Sequence[TypedLine]:
        """The lines so far."""
        return self._lines.rows

    @property
    def is_begun(self) -> bool:
        """Whether a line stands or somebody types one."""
        return bool(self.lines or self._chosen is not None or self.product.text())

    def clear(self) -> None:
        """Begin anew."""
        self._lines.replace([])
        self._forget()
        self.changed.emit()

    def take_code(self, code: str, aim: str | None) -> None:
        """A product was scanned: choose it, and ask how many."""
        read = classify(code, aim, (), self._parts.desk.calendar())

        def find() -> list[CodeHit]:
            with self._parts.desk.read() as connection, connection.begin():
                return skus_by_code(connection, read.raw, [reading.key for reading in read.gtins])

        self._context.runner.run(find, partial(self._take_hits, code), owner=self)

    def add_line(self) -> None:
        """Add what was typed as a line; a product that is there already gets more."""
        text, chosen = self._look.text, self._chosen
        if chosen is None:
            self._choose_match()
            return
        many, cost = read_micro(self.quantity.text()), read_micro(self.cost.text() or "0")
        self._fields["quantity"].show_error("" if many else text("purchasing.bad_quantity"))
        self._fields["cost"].show_error("" if cost is not None else text("purchasing.bad_cost"))
        if not many or cost is None:
            (self.quantity if not many else self.cost).setFocus(Qt.FocusReason.OtherFocusReason)
            return
        sku_id = chosen.id if isinstance(chosen, ProductRow) else chosen.sku_id
        before = next((line for line in self.lines if line.sku_id == sku_id), None)
        line = TypedLine(
            sku_id,
            chosen.name,
            chosen.name_en,
            chosen.base_unit,
            many + (before.quantity if before else 0),
            cost,
        )
        self._lines.replace([line, *(other for other in self.lines if other.sku_id != sku_id)])
        self._forget()
        self.changed.emit()

    def _take_pasted(self, pasted: tuple[PastedLine, ...]) -> None:
        """Add pasted lines in their order; a product that is there already gets more."""
        before = {line.sku_id: line for line in self.lines}
        new: list[TypedLine] = []
        for one in pasted:
            found, there = one.product, before.pop(one.product.id, None)
            cost = (there.cost if there else 0) if one.cost is None else one.cost
            many = one.quantity + (there.quantity if there else 0)
            new.append(TypedLine(found.id, found.name, found.name_en, found.base_unit, many, cost))
        self._lines.replace([*reversed(new), *(line for line in self.lines if line.sku_id in before)])
        self._forget()
        self.changed.emit()

    def remove_line(self) -> None:
        """Remove the chosen line."""
        chosen = self.table.current_id
        self._lines.replace([line for line in self.lines if line.sku_id != chosen])
        self._show_stack()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._on_key(watched, event)
        return False

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste) and self._pasting.paste():
            return True
        if watched is self.table:
            if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.remove_line()
                return True
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(watched)
            return True
        if watched is self.product and key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._matches.rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            at = max(0, min(len(self._matches.rows) - 1, self.matches.currentIndex().row() + step))
            self.matches.setCurrentIndex(self._matches.index(at, 0))
            return True
        return False

    def _enter(self, watched: QObject) -> None:
        if watched is self.product:
            self._choose_match()
        elif watched is self.quantity:
            self.cost.setFocus(Qt.FocusReason.TabFocusReason)
            self.cost.selectAll()
        else:
            self.add_line()

    def _typed(self) -> None:
        self._eager = False
        self._pause.start()

    def _search(self) -> None:
        self._chosen = None
        typed = self.product.text().strip()
        if self._task is not None:
            self._task.drop()
        if not typed:
            self._matches.replace([])
            self._show_stack()
            return

        def find() -> list[ProductRow]:
            with self._parts.desk.read() as connection, connection.begin():
                wanted = Filter(typed, ("active", "draft"))
                return window(connection, PRODUCTS, wanted, Window("name", limit=MATCHES))

        self._task = self._context.runner.run(find, self._take_matches, owner=self)

    def _take_matches(self, rows: list[ProductRow]) -> None:
        self._matches.replace(rows)
        self._task = None
        if rows:
            self.matches.setCurrentIndex(self._matches.index(0, 0))
        self._show_stack()
        if self._eager and len(rows) == 1:
            self._choose(rows[0])

    def _take_hits(self, code: str, hits: list[CodeHit]) -> None:
        if not hits:
            self.unknown.emit(code)
            return
        self._choose(hits[0])
        self.quantity.setText(quantity(hits[0].quantity).replace(",", ""))
        self.quantity.selectAll()

    def _choose_match(self) -> None:
        """Choose what the list offers; Enter before that is there chooses a match only if it is alone."""
        if self._pause.isActive():
            self._pause.stop()
            self._search()
            self._eager = True
            return
        if self._task is not None:
            self._eager = True
            return
        at = self.matches.currentIndex().row()
        if 0 <= at < len(self._matches.rows):
            self._choose(self._matches.rows[at])

    def _choose(self, product: ProductRow | CodeHit) -> None:
        self._chosen = product
        self.product.setText(name_of(product.name, product.name_en, self._look.language))
        self._matches.replace([])
        self._show_stack()
        self.quantity.setText(self.quantity.text() or str(1))
        self.quantity.setFocus(Qt.FocusReason.TabFocusReason)
        self.quantity.selectAll()

    def _forget(self) -> None:
        self._chosen = None
        for editor in (self.product, self.quantity, self.cost):
            editor.clear()
        self._matches.replace([])
        self._show_stack()
        self.product.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_stack(self) -> None:
        text = self._look.text
        if self._matches.rows:
            self._stack.setCurrentWidget(self.matches)
        elif self.product.text().strip() and self._chosen is None:
            self._nothing.set_texts(
                text("purchasing.no_match"), text("purchasing.no_match_hint"), icon="search"
            )
            self._stack.setCurrentWidget(self._nothing)
        elif self.lines:
            self._stack.setCurrentWidget(self.table)
        else:
            self._nothing.set_texts(
                text("purchasing.no_lines"), text("purchasing.no_lines_hint"), icon="scan-barcode"
            )
            self._stack.setCurrentWidget(self._nothing)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        row.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.SMALL)
        for name, stretch in (("product", 5), ("quantity", 1), ("cost", 1)):
            row.addWidget(self._fields[name], stretch, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        for part in (self.table, self.matches, self._nothing):
            self._stack.addWidget(part)
        column.addWidget(self._stack, 1)

    def _write(self) -> None:
        text = self._look.text
        for name, field in self._fields.items():
            field.set_name(text(f"purchasing.field_{name}"))
        self.product.setPlaceholderText(text("products.find"))
        self._show_stack()
