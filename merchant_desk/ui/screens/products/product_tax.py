"""The tax that a product bears: told beside its price, and chosen in a form."""

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.taxes import SetProductTax
from merchant_desk.models.queries.settings import Whose
from merchant_desk.models.queries.taxes import (
    BorneTax,
    Choices,
    pricing_of,
    tax_borne,
    tax_choices,
)
from merchant_desk.sync.desk_state import Identity
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.detail import Fact
from merchant_desk.ui.screens.records.record_form import FormField, FormWords, RecordForm
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.formats import fixed
from merchant_desk.ui.texts.formats import rate as rate_text
from merchant_desk.ui.widgets.choices import choose_data
from merchant_desk.ui.window.screens import ScreenContext


def read_tax(connection: Connection, identity: Identity, sku_id: UUID, today: int) -> BorneTax | None:
    """Return the tax that a product bears today at this desk's merchant, or None."""
    pricing = pricing_of(connection, Whose(identity.merchant_id, identity.outlet_id))
    return tax_borne(connection, sku_id, today, pricing)


def tax_words(tax: BorneTax, price: int, language: Language) -> str:
    """Say how much of a price (10^-6 of the major unit), or on top of it, is tax."""
    key, currency = "taxes.of_which" if tax.pricing.included else "taxes.plus", tax.pricing.currency
    amount = tax.amount(price, minor_digits(currency))
    return language.text(key, tax=fixed(amount, minor_digits(currency)), rate=rate_text(tax.rate))


def tax_fact(tax: BorneTax | None, price: int, language: Language) -> Fact:
    """Return the fact that stands below a price."""
    if tax is None:
        return Fact(language.text("taxes.tax"), language.text("taxes.none"))
    return Fact(tax.name, tax_words(tax, price, language))


class ProductTax(QObject):
    """Asks which tax a product bears; what can be chosen is read in the background."""

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__(owner)
        self._owner, self._parts, self._context = owner, parts, context

    def ask(self, sku_id: UUID) -> None:
        """Read the taxes, and ask which one this product bears."""
        desk = self._parts.desk
        whose = Whose(desk.identity.merchant_id, desk.identity.outlet_id)
        work = partial(desk.ask, lambda connection: tax_choices(connection, sku_id, whose))
        self._context.runner.run(work, partial(self._open, sku_id), owner=self)

    def _open(self, sku_id: UUID, found: Choices) -> None:
        text, which = self._context.look.text, QComboBox()
        usual = f"{found.usual.code} {found.usual.name}" if found.usual else text("taxes.none")
        which.addItem(text("taxes.as_usual", tax=usual), None)
        for tax in found.taxes:
            which.addItem(f"{tax.code} {tax.name}", tax.id)
        choose_data(which, found.chosen)
        words = FormWords(text("taxes.product_title"), text("taxes.product_told"))
        field = FormField("tax", text("taxes.tax"), which)

        def bodies() -> tuple[object, ...]:
            return (SetProductTax((sku_id,), which.currentData()),)

        RecordForm(self._owner, self._parts.desk, self._context, words, (field,), bodies, {}).ask()
