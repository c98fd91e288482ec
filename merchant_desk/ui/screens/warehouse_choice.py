"""Choosing the warehouse that this desk works in; asked wherever work would begin and there are several."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.models.queries.floor import WarehouseView
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext


def warehouse_box(warehouses: Sequence[WarehouseView], chosen: str) -> QComboBox:
    """Return a box with these warehouses, the one with the `chosen` code first shown."""
    box = QComboBox()
    for one in warehouses:
        box.addItem(f"{one.code} {one.name}", one)
    keys = [sku_key(one.code) for one in warehouses]
    box.setCurrentIndex(keys.index(sku_key(chosen)) if sku_key(chosen) in keys else 0)
    return box


def chosen_code(desk: Desk) -> str:
    """Return the code of the warehouse that was chosen here, or nothing."""
    return desk.settings.local.decisions.value(WAREHOUSE)


class WarehouseChoice:
    """Asks for the warehouse; `then` follows once it is decided."""

    def __init__(
        self, owner: QWidget, parts: ScreenParts, context: ScreenContext, then: Callable[[], None]
    ) -> None:
        self._owner, self._desk, self._context, self._then = owner, parts.desk, context, then
        self._doing = Doing(owner, parts, context)
        self._reading = False
        self._asked = False
        self.form: FormDialog | None = None

    def is_missing(self, error: Exception) -> bool:
        """Tell whether something failed because no warehouse was chosen."""
        return isinstance(error, Refusal) and error.code == "warehouse_not_chosen"

    def ask_once(self) -> None:
        """Ask unless it was asked before: who closed the question is left alone until the key is pressed."""
        if not self._asked:
            self.ask()

    def ask(self) -> None:
        """Read what there is, then ask; once at a time."""
        if self.form is not None or self._reading:
            return
        self._reading = self._asked = True
        self._doing.run(self._desk.warehouses, self._show, self._fail)

    def _fail(self, error: Exception) -> None:
        self._reading = False
        self._doing.refuse(error)

    def _show(self, warehouses: Sequence[WarehouseView]) -> None:
        self._reading = False
        text, box = self._context.look.text, warehouse_box(warehouses, chosen_code(self._desk))

        def submit() -> dict[str, str]:
            self._decide(box.currentData())
            return {}

        form = FormDialog(
            self._context.look, self._owner.window(), text("outlets.work_in"), submit,
            note=text("outlets.work_in_note"),
        )  # fmt: skip
        form.add_field("warehouse", text("outlets.warehouse"), box)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.finished.connect(self._forget)
        self.form = form
        form.open()
        box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        self.form = None

    def _decide(self, chosen: WarehouseView | None) -> None:
        if chosen is None:
            return
        desk, name = self._desk, f"{chosen.code} {chosen.name}"

        def decided(_: object) -> None:
            told = self._context.look.text("outlets.work_in_told", name=name)
            self._context.notices.tell(told, Tone.OK)
            self._then()

        self._doing.save(
            lambda: desk.settings.decide(WAREHOUSE, Level.DESK, chosen.code, desk.person.id), decided
        )
