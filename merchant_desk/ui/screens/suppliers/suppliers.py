"""The screen of suppliers: whom we buy from, what is on its way from each."""

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QLineEdit
from sqlalchemy import Connection

from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.suppliers import AddSupplier, ArchiveSupplier, RenameSupplier, RestoreSupplier
from merchant_desk.models.queries.records import SUPPLIERS, ChangeRow, SupplierRow, changes_of, record
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.lists.detail import Fact
from merchant_desk.ui.screens.records.record_form import FormField, FormWords
from merchant_desk.ui.screens.records.record_list import GROUP, RecordDesign, RecordList
from merchant_desk.ui.screens.records.record_panel import Shown
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.window.screens import ScreenContext


def _number(n: int, language: Language) -> Cell:
    return Cell(language.number(n) if n else "", quiet=not n)


COLUMNS: tuple[Column[SupplierRow], ...] = (
    Column("code", "records.code", lambda row, _: Cell(row.code, quiet=True), value=lambda row: row.code_key,
           width=18),
    Column("name", "records.name", lambda row, _: Cell(row.name, strong=True), value=lambda row: row.name,
           least=22),
    Column("orders", "suppliers.orders", lambda row, lang: _number(row.orders, lang), width=12, figures=True),
    Column("waiting", "suppliers.waiting", lambda row, lang: _number(row.waiting, lang), width=12,
           figures=True),
    Column("last", "suppliers.last",
           lambda row, lang: Cell(lang.day(row.last) if row.last else "—", quiet=True), width=14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """A supplier with who changed it."""

    row: SupplierRow
    changes: list[ChangeRow]


class SuppliersScreen(RecordList[SupplierRow]):
    """Suppliers by code; F6 orders."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        design = RecordDesign(
            "suppliers", "id-card", "purchase", SUPPLIERS, COLUMNS, ("suppliers", "purchase_orders"),
            spare=("last", "orders"),
            ending=lambda id, archives: ArchiveSupplier(id) if archives else RestoreSupplier(id),
        )  # fmt: skip
        super().__init__(parts, context, design)

    def more(self) -> list[Action]:
        """Ordering goods."""
        order = self.with_row(lambda row: self._context.go("purchasing", ("suppliers", row.id)))
        return [
            act("suppliers.order", order, "F6", "truck", when=self.chosen(), right="purchase", group=GROUP)
        ]

    def read(self, connection: Connection, id: UUID) -> Detail | None:
        """As `RecordList.read`."""
        row = record(connection, SUPPLIERS, id)
        return None if row is None else Detail(row, changes_of(connection, [id]))

    def say(self, found: Detail, language: Language) -> Shown:
        """As `RecordList.say`."""
        text, row = language.text, found.row
        facts = [
            Fact(text("records.code"), row.code),
            Fact(text("suppliers.orders"), language.number(row.orders)),
            Fact(text("suppliers.waiting"), language.number(row.waiting)),
            Fact(text("suppliers.last"), language.day(row.last) if row.last else "—"),
        ]
        return Shown(row.name, (), facts, (), found.changes)

    def ask_new(self) -> None:
        """Ask for code and name."""
        text = self._context.look.text
        code, name = QLineEdit(), QLineEdit()
        self.form(
            FormWords(self.say_of("add"), self.say_of("added"), self.say_of("add_note")),
            (
                FormField("code", text("records.code"), code, check=lambda: check_code(code.text().strip())),
                FormField("name", text("records.name"), name, check=lambda: check_name(name.text())),
            ),
            lambda: (AddSupplier(self._parts.desk.runtime.new_id(), code.text().strip(), name.text()),),
            supplier_code_taken="code",
        )

    def ask_change(self, row: SupplierRow) -> None:
        """Ask for another name."""
        name = QLineEdit(row.name)
        self.form(
            FormWords(self.say_of("change_title", code=row.code), self.say_of("changed")),
            (
                FormField(
                    "name",
                    self._context.look.text("records.name"),
                    name,
                    check=lambda: check_name(name.text()),
                ),
            ),
            lambda: (RenameSupplier(row.id, name.text()),),
        )
