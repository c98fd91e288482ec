"""Giving a tax to products: those of a category at once, in parts that an operation may hold."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QComboBox, QWidget

from merchant_desk.domain.taxes import MOST_PRODUCTS, SetProductTax
from merchant_desk.models.queries.records import TaxRow
from merchant_desk.models.queries.taxes import CategoryView, categories, products_in
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext


class Assigning(QObject):
    """Asks for a category and gives its products a tax, off the window's thread."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context
        self._doing = Doing(owner, parts, context)

    def ask(self, tax: TaxRow) -> None:
        """Read the categories, and ask which one's products bear the tax."""

        def work() -> list[CategoryView]:
            return self._parts.desk.ask(categories)

        def show(found: list[CategoryView]) -> None:
            self._open(tax, found)

        self._context.runner.run(work, show, owner=self)

    def _open(self, tax: TaxRow, found: list[CategoryView]) -> None:
        look, which = self._context.look, QComboBox()
        for one in found:
            name = one.name or look.text("taxes.no_category")
            which.addItem(look.text("taxes.category_of", name=name, n=one.products), one.name)

        def submit() -> dict[str, str]:
            if which.currentIndex() < 0:
                return {"category": look.text("taxes.no_products")}
            self._give(tax, which.currentData())
            return {}

        title, note = look.text("taxes.assign_title", name=tax.name), look.text("taxes.assign_note")
        form = FormDialog(look, self._owner.window(), title, submit, note=note)
        form.add_field("category", look.text("taxes.category"), which)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.open()
        which.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self, tax: TaxRow, category: str) -> None:
        def told(n: int) -> None:
            text = self._context.look.text("taxes.assigned", n=n, name=tax.name)
            self._context.notices.tell(text, Tone.OK)

        self._doing.run(give_work(self._parts, tax.id, category), told)


def give_work(parts: ScreenParts, tax_id: UUID, category: str) -> Callable[[], int]:
    """Return what gives a category's products a tax and tells how many they are."""

    def work() -> int:
        ids = parts.desk.ask(lambda connection: products_in(connection, category))
        for start in range(0, len(ids), MOST_PRODUCTS):
            parts.desk.do(SetProductTax(tuple(ids[start : start + MOST_PRODUCTS]), tax_id))
        return len(ids)

    return work
