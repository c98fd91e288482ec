"""The form of the books' currency: which it is, and another one while no money is in them."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.currencies import ChangeCurrency, check_currency
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.lookup import currency_of
from merchant_desk.ui.screens.products.saving_form import Errors, SavingForm
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.window.screens import ScreenContext


class CurrencyForm(SavingForm):
    """Asks for a currency; the server judges, which alone knows whether money was booked anywhere."""

    blamed: ClassVar = {"unknown_currency": "currency", "money_booked": "currency"}

    def __init__(self, owner: QWidget, parts: ScreenParts, context: ScreenContext) -> None:
        text = context.look.text
        super().__init__(
            owner, context, text("taxes.currency_title"), note=text("taxes.currency_note"),
            save=text("taxes.currency_save"),
        )  # fmt: skip
        self._parts = parts
        self.currency = QLineEdit()
        self.currency.setMaxLength(3)
        self.add_field("currency", text("taxes.currency_field"), self.currency, text("taxes.currency_hint"))

    def begin(self) -> None:
        """Show the form with the currency as it is."""
        runner = self._context.runner
        runner.run(partial(self._parts.desk.ask, currency_of), self._open, owner=self)

    def wrong(self) -> Errors:
        """Return why it is no currency."""
        try:
            check_currency(self._typed())
        except Refusal as refusal:
            return {"currency": describe(refusal, self._context.look.language)}
        return {}

    def work(self) -> Callable[[], Any]:
        """Return the request."""
        return partial(self._parts.desk.do, ChangeCurrency(self._typed()))

    def told(self) -> str:
        """Return that the server answers."""
        return self._context.look.text("taxes.currency_told", currency=self._typed())

    def _typed(self) -> str:
        return self.currency.text().strip().upper()

    def _open(self, currency: str) -> None:
        self.currency.setText(currency)
        self.open()
        self.currency.setFocus(Qt.FocusReason.OtherFocusReason)
        self.currency.selectAll()
