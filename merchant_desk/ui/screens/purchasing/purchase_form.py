"""A new purchase order, typed or scanned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine, SendPurchaseOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.models.queries.order_lists import SupplierView, next_supplier_code, suppliers
from merchant_desk.stations.numbers import next_number
from merchant_desk.ui.actions import Action
from merchant_desk.ui.background import Task
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.figures import read_day
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.purchasing.purchase_lines import PurchaseLines
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.labels import ElidedLabel
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column
from merchant_desk.ui.window.screens import ScreenContext

DAYS_AHEAD = 7


@dataclass(frozen=True, slots=True)
class _Start:
    number: str
    suppliers: list[SupplierView]
    code: str


class PurchaseForm(QWidget):
    """Supplier, day and lines; `closed` when it is saved or given up."""

    closed = Signal()

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._doing = Doing(self, parts, context)
        self._number = ""
        self._suppliers: list[SupplierView] = []
        self._code = ""
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._head = PageHead(self._look)
        self.discard = ActionButton(self._look, key="Esc")
        self.discard.clicked.connect(self._discard)
        self.supplier, self.due = QComboBox(), QLineEdit()
        self.supplier.setEditable(True)
        self.supplier.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._saving = False
        self._reading: Task | None = None
        self._fields = {"supplier": NamedField(self.supplier), "due": NamedField(self.due)}
        self.lines = PurchaseLines(parts, context)
        self.lines.changed.connect(self._write_total)
        self.lines.unknown.connect(self._tell_unknown)
        self._panel = Panel(self._look, " ", flush=True)
        self._total = ElidedLabel("", "brand")
        self._lay_out()
        self._look.language.follow(self, self._write)

    def begin(self, supplier_id: UUID | None = None) -> None:
        """Begin a new order, from a supplier if one is named."""
        self.lines.clear()
        self.supplier.setCurrentIndex(-1)
        self.supplier.clearEditText()
        self._number = ""
        today = self._parts.desk.calendar()
        ahead = date(today // 10_000, today // 100 % 100, today % 100) + timedelta(days=DAYS_AHEAD)
        self.due.setText(ahead.isoformat())
        if self._reading is not None:
            self._reading.drop()
        self._reading = self._context.runner.run(self._read, partial(self._take, supplier_id), owner=self)

    def commands(self, writing: Callable[[], bool]) -> list[Action]:
        """Return the form's actions; they are possible while `writing`."""
        return [
            act(
                "purchasing.save",
                lambda: self._save(send=False),
                "Ctrl+S",
                "save",
                when=writing,
                right="purchase",
            ),
            act(
                "purchasing.save_and_send",
                lambda: self._save(send=True),
                "F10",
                "truck",
                when=writing,
                right="purchase",
            ),
        ]

    def add_buttons(self) -> None:
        """Put the buttons of the form's actions into its head, once the actions exist."""
        button = self._context.actions.button
        self._head.add_button(self.discard)
        self._head.add_button(button("purchasing.save"))
        self._head.add_button(button("purchasing.save_and_send", Kind.PRIMARY))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._discard()
            return
        super().keyPressEvent(event)

    def _discard(self) -> None:
        """Give the order up; lines that were typed are asked about."""
        typed = len(self.lines.lines)
        if not typed:
            self.closed.emit()
            return

        def submit() -> dict[str, str]:
            self.closed.emit()
            return {}

        text = self._look.text
        dialog = FormDialog(
            self._look, self.window(), text("purchasing.discard_title", n=typed), submit,
            note=text("purchasing.discard_note"), save=text("purchasing.cancel"), danger=True,
        )  # fmt: skip
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _read(self) -> _Start:
        desk = self._parts.desk
        with desk.read() as connection, connection.begin():
            number = next_number(connection, "purchase_orders", "PO", desk.identity.code)
            code = next_supplier_code(connection, f"S-{desk.identity.code}-")
            return _Start(number, suppliers(connection), code)

    def _take(self, supplier_id: UUID | None, start: _Start) -> None:
        typed = self.supplier.currentText()
        self._number, self._suppliers, self._code = start.number, start.suppliers, start.code
        self.supplier.clear()
        self.supplier.addItems([one.name for one in start.suppliers])
        only = start.suppliers[0].id if len(start.suppliers) == 1 else None
        chosen = [i for i, one in enumerate(start.suppliers) if one.id == (supplier_id or only)]
        self.supplier.setCurrentIndex(chosen[0] if chosen else -1)
        if typed:
            self.supplier.setEditText(typed)
        self._write()
        # A form that was left meanwhile would take the keys from the list, and who has begun to type keeps
        # them where they go.
        if self.isVisible() and not self._is_begun(typed):
            first: QWidget = self.lines.product if chosen else self.supplier
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_begun(self, typed: str) -> bool:
        """Whether somebody has typed a supplier or a line already: reading took that long."""
        return bool(typed or self.lines.is_begun)

    def _save(self, *, send: bool) -> None:
        text = self._look.text
        named = self.supplier.currentText().strip()
        known = next((one for one in self._suppliers if one.name == named), None)
        due = read_day(self.due.text())
        self._fields["supplier"].show_error("" if named else text("purchasing.bad_supplier"))
        self._fields["due"].show_error("" if due else text("purchasing.bad_due"))
        if not self.lines.lines:
            self._context.notices.tell(text("refusal.no_lines"), Tone.WARNING)
        is_busy = self._saving or not self._number  # there is no number before the reading has come
        if not named or due is None or not self.lines.lines or is_busy:
            return
        try:
            operations = self._operations(named, known, due, send=send)
        except Refusal as refusal:  # no warehouse, or several and none chosen here
            self._doing.refuse(refusal)
            return
        self._carry_out(operations, send=send)

    def _carry_out(self, operations: list[object], *, send: bool) -> None:
        """Do one after the other; what was done stays, whatever is refused after it."""
        self._saving = True
        finished: list[object] = []

        def work() -> None:
            for operation in operations:
                self._parts.desk.do(operation)
                finished.append(operation)

        def saved(_: object) -> None:
            self._saving = False
            told = "purchasing.sent" if send else "purchasing.saved"
            self._context.notices.tell(self._look.text(told, number=self._number), Tone.OK)
            self.closed.emit()

        def failed(error: Exception) -> None:
            self._saving = False
            self._doing.refuse(error)
            for operation in finished:
                if isinstance(operation, AddSupplier):
                    self._suppliers.append(
                        SupplierView(operation.supplier_id, operation.code, operation.name)
                    )
                elif isinstance(operation, PlacePurchaseOrder):
                    told = self._look.text("purchasing.saved", number=self._number)
                    self._context.notices.tell(told, Tone.WARNING)
                    self.closed.emit()

        self._doing.run(work, saved, failed)

    def _operations(self, named: str, known: SupplierView | None, due: int, *, send: bool) -> list[object]:
        """Return what is to be done, in order; a supplier who is new comes first."""
        desk = self._parts.desk
        new_id = desk.runtime.new_id
        warehouse = desk.warehouse()
        operations: list[object] = []
        supplier_id = known.id if known is not None else new_id()
        if known is None:
            operations.append(AddSupplier(supplier_id, self._code, named))
        order_id = new_id()
        lines = tuple(
            PurchaseLine(new_id(), line.sku_id, line.quantity, line.cost)
            for line in reversed(self.lines.lines)
        )
        operations.append(
            PlacePurchaseOrder(
                order_id, self._number, warehouse.outlet_id, warehouse.id, supplier_id, due, lines
            )
        )
        if send:
            operations.append(SendPurchaseOrder(order_id, warehouse.outlet_id))
        return operations

    def _tell_unknown(self, code: str) -> None:
        self._context.notices.tell(self._look.text("purchasing.unknown_code", code=code), Tone.WARNING)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        named = self.supplier.lineEdit()
        if named is not None:
            named.returnPressed.connect(lambda: self._go_on(self.due))
        self.due.returnPressed.connect(lambda: self._go_on(self.lines.product))
        top = Panel(self._look)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._fields["supplier"], 3, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._fields["due"], 1, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        top.body.addLayout(row)
        column.addWidget(top)
        self._panel.body.addWidget(self.lines, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        self._total.setAlignment(Qt.AlignmentFlag.AlignRight)
        foot.addWidget(self._total)
        self._panel.body.addLayout(foot)
        column.addWidget(self._panel, 1)

    def _go_on(self, field: QLineEdit) -> None:
        field.setFocus(Qt.FocusReason.TabFocusReason)
        field.selectAll()

    def _write(self) -> None:
        text = self._look.text
        self._head.set_texts(text("purchasing.new"), text("purchasing.form_note"), self._number)
        self._fields["supplier"].set_name(
            text("purchasing.field_supplier"), text("purchasing.field_supplier_hint")
        )
        self._fields["due"].set_name(text("purchasing.field_due"), text("purchasing.field_due_hint"))
        self._panel.set_title(text("purchasing.goods"))
        self.discard.setText(text("purchasing.cancel"))
        self._write_total()

    def _write_total(self) -> None:
        language = self._look.language
        money = language.money(sum(line.amount(language.currency) for line in self.lines.lines))
        self._total.setText(language.text("purchasing.total", n=len(self.lines.lines), total=money))
