"""The screen of taxes: rates and from when each holds, the usual one, which products bear which."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QLineEdit
from sqlalchemy import Connection

from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import USUAL_TAX
from merchant_desk.domain.taxes import (
    AddTax,
    ArchiveTax,
    Rate,
    RenameTax,
    RestoreTax,
    SetTaxRate,
    check_rate_free,
    rate_on,
    typed_day,
    typed_rate,
)
from merchant_desk.models.queries.records import TAXES, ChangeRow, TaxRow, changes_of, record
from merchant_desk.models.queries.settings import Whose
from merchant_desk.models.queries.taxes import Pricing, pricing_of, rates_of
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.lists.detail import Fact
from merchant_desk.ui.screens.records.record_form import FormField, FormWords
from merchant_desk.ui.screens.records.record_list import GROUP, RecordDesign, RecordList
from merchant_desk.ui.screens.records.record_panel import Section, Shown
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.words import day_text
from merchant_desk.ui.screens.taxes.assigning import Assigning
from merchant_desk.ui.screens.taxes.currency_form import CurrencyForm
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.texts.formats import rate as rate_text
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.window.screens import ScreenContext


@dataclass(frozen=True, slots=True)
class Detail:
    """A tax with its rates, how prices are meant, and who changed it."""

    row: TaxRow
    rates: list[Rate]
    pricing: Pricing
    changes: list[ChangeRow]


def rates_in(row: TaxRow) -> list[Rate]:
    """Return the rates of a row by their first day."""
    pairs = (part.split(":") for part in row.rates.split())
    return sorted((Rate(int(day), int(rate)) for day, rate in pairs), key=lambda one: one.from_day)


def _columns(today: Callable[[], int]) -> tuple[Column[TaxRow], ...]:
    def now(row: TaxRow, _: Language) -> Cell:
        held = rate_on(rates_in(row), today())
        return Cell("—" if held is None else rate_text(held), strong=True)

    def later(row: TaxRow, language: Language) -> Cell:
        coming = [one for one in rates_in(row) if one.from_day > today()]
        if not coming:
            return Cell("")
        first = coming[0]
        return Cell(language.text("taxes.then", rate=rate_text(first.rate), day=day_text(first.from_day)))

    return (
        Column("code", "records.code", lambda row, _: Cell(row.code, quiet=True),
               value=lambda row: row.code_key, width=14),
        Column("name", "records.name", lambda row, _: Cell(row.name, strong=True),
               value=lambda row: row.name, least=18),
        Column("rate", "taxes.rate_now", now, width=10, figures=True),
        Column("later", "taxes.later", later, width=24),
        Column("products", "taxes.products",
               lambda row, lang: Cell(lang.number(row.products) if row.products else ""),
               width=12, figures=True),
    )  # fmt: skip


class TaxesScreen(RecordList[TaxRow]):
    """Taxes by code; F6 makes one the usual one, F7 sets a rate from a day, F9 gives it to products."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        design = RecordDesign(
            "taxes", "receipt", "organise", TAXES, _columns(parts.desk.calendar),
            ("taxes", "tax_rates", "sku_taxes"), spare=("later", "products"), above=("taxes.currency",),
            ending=lambda id, archives: ArchiveTax(id) if archives else RestoreTax(id),
        )  # fmt: skip
        super().__init__(parts, context, design)
        self._assigning = Assigning(self, parts, context)
        parts.changes.watch(self, ("settings", "merchants"), self.panel.read_again, pause_ms=300)

    def more(self) -> list[Action]:
        """Rates, the usual tax, products, and the currency of the books."""
        used, right = self.chosen(), "organise"
        return [
            act("taxes.rate", self.with_row(self._ask_rate), "F7", "calendar", when=used, right=right,
                group=GROUP),
            act("taxes.usual", self.with_row(self._make_usual), "F6", "check", when=used, right=right,
                group=GROUP),
            act("taxes.assign", self.with_row(self._assign), "F9", "tags", when=used,
                right="product", group=GROUP),
            act("taxes.currency", self._ask_currency, "F11", "wallet", right=right, group=GROUP),
        ]  # fmt: skip

    def read(self, connection: Connection, id: UUID) -> Detail | None:
        """As `RecordList.read`."""
        row = record(connection, TAXES, id)
        if row is None:
            return None
        identity = self._parts.desk.identity
        pricing = pricing_of(connection, Whose(identity.merchant_id, identity.outlet_id))
        return Detail(row, rates_of(connection, id), pricing, changes_of(connection, [id]))

    def say(self, found: Detail, language: Language) -> Shown:
        """As `RecordList.say`."""
        text, row, today = language.text, found.row, self._parts.desk.calendar()
        chips = [ChipText(text("taxes.is_usual"), Tone.ACCENT)] if found.pricing.usual == row.code else []
        facts = [
            Fact(text("records.code"), row.code),
            Fact(text("taxes.products"), language.number(row.products)),
        ]
        held = rate_on(found.rates, today)
        rates = [
            Fact(
                text("taxes.from", day=day_text(one.from_day)),
                rate_text(one.rate),
                strong=one.rate == held and one.from_day <= today,
            )
            for one in reversed(found.rates)
        ]
        books = [
            Fact(text("taxes.currency_of_books"), found.pricing.currency),
            Fact(text("taxes.prices"), text("taxes.included" if found.pricing.included else "taxes.on_top")),
        ]
        sections = (Section(text("taxes.rates"), rates), Section(text("taxes.books"), books))
        return Shown(row.name, chips, facts, sections, found.changes)

    def say_change(self, change: ChangeRow, language: Language) -> str:
        """As `RecordList.say_change`; a rate is written as people do."""
        if change.event != "rate":
            return super().say_change(change, language)
        day, rate = day_text(int(change.was)), rate_text(int(change.now))
        return language.text("taxes.event.rate", rate=rate, day=day)

    def ask_new(self) -> None:
        """Ask for code, name and the first rate."""
        code, name, rate = QLineEdit(), QLineEdit(), QLineEdit()
        day = QLineEdit(day_text(self._parts.desk.calendar()))
        text, new_id = self._context.look.text, self._parts.desk.runtime.new_id
        fields = (
            FormField("code", text("records.code"), code, check=lambda: check_code(code.text().strip())),
            FormField("name", text("records.name"), name, check=lambda: check_name(name.text())),
            *self._rate_fields(rate, day),
        )
        self.form(
            FormWords(self.say_of("add"), self.say_of("added"), self.say_of("add_note")),
            fields,
            lambda: (
                AddTax(
                    new_id(), code.text().strip(), name.text(), typed_rate(rate.text()), typed_day(day.text())
                ),
            ),
            tax_code_taken="code",
        )

    def ask_change(self, row: TaxRow) -> None:
        """Ask for another name."""
        name = QLineEdit(row.name)
        title = self._context.look.text("records.name")
        self.form(
            FormWords(self.say_of("change_title", code=row.code), self.say_of("changed")),
            (FormField("name", title, name, check=lambda: check_name(name.text())),),
            lambda: (RenameTax(row.id, name.text()),),
        )

    def _ask_rate(self, row: TaxRow) -> None:
        rate, day = QLineEdit(), QLineEdit(day_text(self._parts.desk.calendar()))
        correct = QCheckBox(self.say_of("correct"))

        def check_free() -> None:
            try:
                wanted = Rate(typed_day(day.text()), typed_rate(rate.text()))
            except Refusal:
                return  # its own field says what is wrong
            now = self.row if self.row is not None and self.row.id == row.id else row
            check_rate_free(row.code, rates_in(now), wanted, corrects=correct.isChecked())

        self.form(
            FormWords(
                self.say_of("rate_title", name=row.name), self.say_of("rate_told"), self.say_of("rate_note")
            ),
            (
                *self._rate_fields(rate, day),
                FormField("correct", self.say_of("correct_field"), correct, check=check_free),
            ),
            lambda: (SetTaxRate(row.id, typed_rate(rate.text()), typed_day(day.text())),),
        )

    def _rate_fields(self, rate: QLineEdit, day: QLineEdit) -> tuple[FormField, FormField]:
        return (
            FormField("rate", self.say_of("rate_field"), rate, self.say_of("rate_hint"),
                      lambda: typed_rate(rate.text())),
            FormField("day", self.say_of("day_field"), day, check=lambda: typed_day(day.text())),
        )  # fmt: skip

    def _make_usual(self, row: TaxRow) -> None:
        stored = USUAL_TAX.kind.stored(row.code)
        told = self.say_of("usual_told", name=row.name)
        self._doing.do(SetSetting(USUAL_TAX.key, Level.MERCHANT, None, stored), told=told)

    def _assign(self, row: TaxRow) -> None:
        self._assigning.ask(row)

    def _ask_currency(self) -> None:
        CurrencyForm(self, self._parts, self._context).begin()
