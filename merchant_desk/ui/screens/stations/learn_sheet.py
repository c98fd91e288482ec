"""Forms for a code of the tray: learn it for a product that exists, or make a draft product for it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO
from merchant_desk.domain.codes import gtin14, visible
from merchant_desk.domain.products import Barcode, DraftProduct, LearnBarcode, NewSku, check_barcode
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.goods_lists import PRODUCTS, ProductRow
from merchant_desk.models.queries.lists import Filter, Window, window
from merchant_desk.models.queries.work import UnknownCodeView
from merchant_desk.ui.background import Task, TaskRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.typed import read_quantity
from merchant_desk.ui.screens.stations.words import name_of, unit_name
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.form import Field

FOUND = 50
PAUSE_MS = 120


def products_like(desk: Desk, typed: str) -> list[ProductRow]:
    """Return products whose name, pinyin, SKU or code matches what was typed, by name."""
    wanted = Filter(typed=typed.strip())
    return desk.ask(lambda connection: window(connection, PRODUCTS, wanted, Window("name", limit=FOUND)))


def _name(row: ProductRow, language: Language) -> Cell:
    return Cell(name_of(row.name, row.name_en, language), row.sku, strong=True)


def _codes(row: ProductRow, _: Language) -> Cell:
    return Cell(row.codes, quiet=True)


def _unit(row: ProductRow, language: Language) -> Cell:
    return Cell(unit_name(row.base_unit, language))


PRODUCT_COLUMNS: tuple[Column[ProductRow], ...] = (
    Column("name", "station.column.product", _name),
    Column("codes", "tray.column.code", _codes, width=20),
    Column("unit", "tray.draft.unit", _unit, width=7),
)


class CodeForm(StationSheet):
    """What both forms share: one code, one operation, what is done after it.

    `told(words, tone)` says why an operation failed whose form is not there any more.
    """

    def __init__(self, look: Look, host: QWidget, desk: Desk, runner: TaskRunner, *, width: int) -> None:
        super().__init__(look, host, width=width)
        self._desk = desk
        self._runner = runner
        self._entry: UnknownCodeView | None = None
        self.done: Callable[[str], None] = lambda _: None
        self.told: Callable[[str, Tone], None] = lambda words, tone: None

    @property
    def code(self) -> str:
        """The code that the form is about, with control characters as pictures."""
        return visible(self._entry.code) if self._entry else ""

    def do(self, operation: object, words: str) -> None:
        """Carry an operation out; close and say `words` when it is saved, or say why not."""

        entry, code = self._entry, self.code

        def failed(error: Exception) -> None:
            if self._entry == entry and not self.isHidden():
                self._fail(error)
                return
            why = describe(error, self._look.language)
            self.told(self._look.text("tray.not_saved", code=code, why=why), Tone.REFUSED)

        def saved(_: object) -> None:
            if self._entry == entry:  # another may be asked about by now
                self.close_sheet()
            self.done(words)

        self._runner.run_in_order(lambda: self._desk.do(operation), saved, failed=failed, owner=self)

    def barcode(self, quantity: int, unit: str) -> Barcode:
        """Return the code as a barcode of a pack (10^-6 base units)."""
        raw = self._entry.code if self._entry else ""
        return Barcode(raw, gtin14(raw), quantity, unit)

    def _fail(self, error: Exception) -> None:
        self.show_error(describe(error, self._look.language))


class LearnSheet(CodeForm):
    """Search for the product, say how many base units one scan stands for, Enter."""

    def __init__(self, look: Look, host: QWidget, desk: Desk, runner: TaskRunner) -> None:
        super().__init__(look, host, desk, runner, width=900)
        self.search = QLineEdit()
        self.search.setProperty("look", "search")
        self.search.installEventFilter(self)
        self.pack = QLineEdit("1")
        self.unit = QLineEdit()
        self._model = RowModel(look, PRODUCT_COLUMNS, lambda row: row.id, self)
        self.view = RowView(look, self._model)
        self.view.setMinimumHeight(130)
        self.view.activated_row.connect(lambda _: self.pack.setFocus(Qt.FocusReason.TabFocusReason))
        self.view.current_row.connect(self._chosen_changed)
        self._fields: list[Field] = []
        self._below = QHBoxLayout()
        self._below.setSpacing(Space.LARGE)
        self.body.addWidget(self.search)
        self.body.addWidget(self.view, 1)
        self.body.addLayout(self._below)
        self._looking: Task | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(PAUSE_MS)
        self._typing.timeout.connect(self._look_up)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._look.language.follow(self, self._write)

    def ask(self, entry: UnknownCodeView) -> None:
        """Ask what a code is."""
        self._entry = entry
        self.search.clear()
        self.pack.setText("1")
        self.unit.clear()
        self._model.replace([])
        self._write()
        self.open(self.search)
        self._look_up()

    def accept(self) -> None:
        """Learn the code for the chosen product."""
        product = self._product()
        quantity = read_quantity(self.pack.text())
        if product is None:
            self.show_error(self._look.text("tray.learn.choose"))
        elif quantity is None:
            self.show_error(self._look.text("station.quantity.wrong", most=MAX_QUANTITY))
            self.pack.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._entry is not None:
            unit = self.unit.text().strip() or product.base_unit
            body = LearnBarcode(
                product.id, self.barcode(quantity, unit), self._desk.identity.outlet_id, self._entry.id
            )
            name = name_of(product.name, product.name_en, self._look.language)
            self.do(body, self._look.text("tray.learned", code=self.code, name=name))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if watched is self.search and pressed:
            key = event.key()  # type: ignore[attr-defined]
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter_rows()
                return True
        return super().eventFilter(watched, event)

    def _enter_rows(self) -> None:
        if self._typing.isActive():
            self._typing.stop()
            self._look_up()
        self.view.setFocus(Qt.FocusReason.TabFocusReason)

    def _look_up(self) -> None:
        if self._looking is not None:
            self._looking.drop()
        typed = self.search.text()
        self._looking = self._runner.run(
            lambda: products_like(self._desk, typed), self._show, failed=self._fail, owner=self
        )

    def _show(self, rows: Sequence[ProductRow]) -> None:
        self._looking = None
        self._model.replace(rows)
        if rows:
            self.view.choose(rows[0].id)
        self.show_error("" if rows else self._look.text("tray.learn.none"))

    def _product(self) -> ProductRow | None:
        """Return what is chosen, None while the rows are not those of what stands in the field."""
        if self._looking is not None or self._typing.isActive():
            return None
        return next((row for row in self._model.rows if row.id == self.view.current_id), None)

    def _chosen_changed(self, _: object) -> None:
        product = self._product()
        self.unit.setPlaceholderText(unit_name(product.base_unit, self._look.language) if product else "")

    def _write(self) -> None:
        text = self._look.text
        self.search.setPlaceholderText(text("tray.learn.search"))
        self.search.setAccessibleName(text("tray.learn.search"))
        pairs = ((self.pack, "tray.learn.pack"), (self.unit, "tray.learn.unit"))
        self._fields = _rebuilt(self, self._below, self._fields, [(e, text(key)) for e, key in pairs])
        self.set_texts(
            text("tray.learn.title", code=self.code),
            text("tray.learn.note"),
            yes=text("form.save"),
            no=text("form.cancel"),
        )


class DraftSheet(CodeForm):
    """A name and a unit make a draft product, which can be received and counted at once."""

    def __init__(self, look: Look, host: QWidget, desk: Desk, runner: TaskRunner) -> None:
        super().__init__(look, host, desk, runner, width=620)
        self.name = QLineEdit()
        self.unit = QLineEdit()
        self._fields: list[Field] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.LARGE)
        self.body.addLayout(self._row)
        self._look.language.follow(self, self._write)

    def ask(self, entry: UnknownCodeView) -> None:
        """Ask what a code's product is called."""
        self._entry = entry
        self.name.clear()
        self.unit.setText("件")
        self._write()
        self.open(self.name)

    def accept(self) -> None:
        """Make the draft product."""
        name, entry = self.name.text().strip(), self._entry
        if not name:
            self._fields[0].show_error(self._look.text("form.required"))
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self.fit()
            return
        if entry is None:
            return
        unit = self.unit.text().strip() or "件"
        code = self.barcode(MICRO, unit)
        try:
            check_barcode(code)
        except Refusal as refusal:
            self._fail(refusal)
            return
        sku = f"D-{self._desk.identity.code}-{entry.id.hex[-8:].upper()}"
        item = NewSku(self._desk.runtime.new_id(), sku, name, "", "", unit, 0, False, False, 0, 0, (code,))
        body = DraftProduct(item, self._desk.identity.outlet_id, entry.id)
        self.do(body, self._look.text("tray.drafted", name=name))

    def _write(self) -> None:
        text = self._look.text
        pairs = ((self.name, "tray.draft.name"), (self.unit, "tray.draft.unit"))
        self._fields = _rebuilt(self, self._row, self._fields, [(e, text(key)) for e, key in pairs])
        self._row.setStretch(0, 3)
        self._row.setStretch(1, 1)
        self.set_texts(
            text("tray.draft.title", code=self.code),
            text("tray.draft.note"),
            yes=text("form.save"),
            no=text("form.cancel"),
        )


def _rebuilt(
    owner: QWidget, row: QHBoxLayout, old: list[Field], editors: Sequence[tuple[QLineEdit, str]]
) -> list[Field]:
    """Put fields with names in the language in force around editors that keep their text."""
    for field in old:
        field.editor.setParent(owner)
        row.removeWidget(field)
        field.deleteLater()
    made = [Field(name, editor) for editor, name in editors]
    for field in made:
        row.addWidget(field, 1)
        field.editor.show()
    return made
