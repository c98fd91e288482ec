"""The warehouses of the chosen outlet: one more, another name, closed and opened again, this desk's."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import check_outlet_code, check_reason
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.warehouses import AddWarehouse, CloseWarehouse, RenameWarehouse, ReopenWarehouse
from merchant_desk.models.queries.records import OutletRow, WarehouseRow, warehouses_in
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.warehouse_choice import WarehouseChoice
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "organise"
Submit = Callable[[], dict[str, str]]


class OutletWarehouses:
    """The actions and their forms; what the server makes of it comes by the feed, or as a task."""

    def __init__(
        self,
        owner: QWidget,
        parts: ScreenParts,
        context: ScreenContext,
        row: Callable[[], OutletRow | None],
        then: Callable[[], None],
    ) -> None:
        self._owner, self._desk, self._context, self._row = owner, parts.desk, context, row
        self._doing = Doing(owner, parts, context)
        self.choice = WarehouseChoice(owner, parts, context, then)

    def actions(self, group: str) -> list[Action]:
        """Return them."""
        return [
            act("outlets.add_warehouse", self.ask_new, "Ctrl+Shift+N", "warehouse", when=self._open,
                right=RIGHT, group=group),
            act("outlets.rename_warehouse", self.ask_name, "", "pencil", when=self._open, right=RIGHT,
                group=group),
            act("outlets.work_in", self.choice.ask, "F11", "map-pin", when=self._several_here, group=group),
            act("outlets.close_warehouse", self.ask_closing, "", "x", when=self._several, right=RIGHT,
                group=group),
            act("outlets.reopen_warehouse", self.ask_reopening, "", "rotate-ccw", when=self._open,
                right=RIGHT, group=group),
        ]  # fmt: skip

    # -- what is asked ---------------------------------------------------------------------------

    def ask_new(self) -> None:
        """Ask for the code and the name of one more warehouse."""
        row = self._row()
        if row is None:
            return
        text, code, name = self._context.look.text, QLineEdit(), QLineEdit()

        def submit() -> dict[str, str]:
            wrong = self._wrong(
                code=lambda: check_outlet_code(code.text().strip()), name=lambda: check_name(name.text())
            )
            if not wrong:
                new = self._desk.runtime.new_id()
                self._request(AddWarehouse(row.id, new, code.text().strip(), name.text().strip()))
            return wrong

        title, note = text("outlets.add_warehouse_title", code=row.code), text("outlets.add_warehouse_note")
        form = self._form(title, submit, note)
        form.add_field("code", text("outlets.warehouse_code"), code, text("outlets.code_hint"))
        form.add_field("name", text("records.name"), name)
        _open(form, code)

    def ask_name(self) -> None:
        """Ask which warehouse is called what from now on."""
        self._with_warehouses(lambda one: not one.archived, self._ask_name)

    def ask_closing(self) -> None:
        """Ask which warehouse is used no more, and why."""
        self._with_warehouses(lambda one: not one.archived, self._ask_closing)

    def ask_reopening(self) -> None:
        """Ask which closed warehouse is used again."""
        self._with_warehouses(lambda one: bool(one.archived), self._ask_reopening)

    def _ask_name(self, there: Sequence[WarehouseRow]) -> None:
        text, box, name = self._context.look.text, _box(there), QLineEdit()
        box.currentIndexChanged.connect(lambda: name.setText(box.currentData().name))
        name.setText(there[0].name)

        def submit() -> dict[str, str]:
            one, wrong = box.currentData(), self._wrong(name=lambda: check_name(name.text()))
            if not wrong:
                self._request(RenameWarehouse(one.outlet_id, one.id, name.text().strip()))
            return wrong

        form = self._form(text("outlets.rename_warehouse"), submit)
        form.add_field("warehouse", text("outlets.warehouse"), box)
        form.add_field("name", text("records.name"), name)
        _open(form, box if len(there) > 1 else name)

    def _ask_closing(self, there: Sequence[WarehouseRow]) -> None:
        text, box, reason = self._context.look.text, _box(there), QLineEdit()
        box.setCurrentIndex(len(there) - 1)

        def submit() -> dict[str, str]:
            one, wrong = box.currentData(), self._wrong(reason=lambda: check_reason(reason.text()))
            if not wrong:
                self._request(CloseWarehouse(one.outlet_id, one.id, reason.text().strip()))
            return wrong

        note = text("outlets.close_warehouse_note")
        form = self._form(text("outlets.close_warehouse"), submit, note, danger=True)
        form.add_field("warehouse", text("outlets.warehouse"), box)
        form.add_field("reason", text("outlets.reason"), reason)
        _open(form, box)

    def _ask_reopening(self, there: Sequence[WarehouseRow]) -> None:
        text, box = self._context.look.text, _box(there)

        def submit() -> dict[str, str]:
            one = box.currentData()
            self._request(ReopenWarehouse(one.outlet_id, one.id))
            return {}

        form = self._form(text("outlets.reopen_warehouse"), submit)
        form.add_field("warehouse", text("outlets.warehouse"), box)
        _open(form, box)

    # -- inside ----------------------------------------------------------------------------------

    def _with_warehouses(
        self, wanted: Callable[[WarehouseRow], bool], then: Callable[[Sequence[WarehouseRow]], None]
    ) -> None:
        """Read the outlet's warehouses off the window's thread, and go on with those wanted, if any."""
        row, desk, text = self._row(), self._desk, self._context.look.text
        if row is None:
            return

        def found(there: Sequence[WarehouseRow]) -> None:
            left = [one for one in there if wanted(one)]
            if left:
                then(left)
            else:
                self._context.notices.tell(text("outlets.no_such_warehouse"))

        self._doing.run(lambda: desk.ask(lambda connection: warehouses_in(connection, row.id)), found)

    def _request(self, operation: object) -> None:
        self._doing.do(operation, told=self._context.look.text("outlets.change_told"))

    def _form(self, title: str, submit: Submit, note: str = "", *, danger: bool = False) -> FormDialog:
        look = self._context.look
        form = FormDialog(look, self._owner.window(), title, submit, note=note, danger=danger)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return form

    def _wrong(self, **checks: Callable[[], object]) -> dict[str, str]:
        """Return what the rules say against what was typed, by field."""
        wrong: dict[str, str] = {}
        for field, check in checks.items():
            try:
                check()
            except Refusal as refusal:
                wrong[field] = describe(refusal, self._context.look.language)
        return wrong

    def _open(self) -> bool:
        row = self._row()
        return row is not None and not row.archived

    def _several(self) -> bool:
        row = self._row()
        return row is not None and not row.archived and row.others > 0

    def _several_here(self) -> bool:
        row = self._row()
        return self._several() and row is not None and row.id == self._desk.identity.outlet_id


def _box(there: Sequence[WarehouseRow]) -> QComboBox:
    box = QComboBox()
    for one in there:
        box.addItem(f"{one.code} {one.name}", one)
    return box


def _open(form: FormDialog, first: QWidget) -> None:
    form.open()
    first.setFocus(Qt.FocusReason.OtherFocusReason)
