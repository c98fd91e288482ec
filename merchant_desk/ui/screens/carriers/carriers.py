"""The screen of carriers: who takes parcels, where a parcel is followed, and who takes them usually."""

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QLineEdit
from sqlalchemy import Connection

from merchant_desk.domain.carriers import (
    PLACE,
    AddCarrier,
    ArchiveCarrier,
    ChangeCarrier,
    RestoreCarrier,
    check_tracking_url,
    tracking_address,
)
from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import USUAL_CARRIER
from merchant_desk.models.queries.records import CARRIERS, CarrierRow, ChangeRow, changes_of, record
from merchant_desk.models.queries.settings import Whose, decisions_of
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.lists.detail import Fact
from merchant_desk.ui.screens.records.record_form import FormField, FormWords
from merchant_desk.ui.screens.records.record_list import GROUP, RecordDesign, RecordList
from merchant_desk.ui.screens.records.record_panel import Section, Shown
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.window.screens import ScreenContext

EXAMPLE = f"https://example.com/track?no={PLACE}"


def _address(row: CarrierRow, language: Language) -> Cell:
    return Cell(row.tracking_url or language.text("carriers.no_address"), quiet=True)


COLUMNS: tuple[Column[CarrierRow], ...] = (
    Column("code", "records.code", lambda row, _: Cell(row.code, quiet=True), value=lambda row: row.code_key,
           width=14),
    Column("name", "records.name", lambda row, _: Cell(row.name, strong=True), value=lambda row: row.name,
           width=22),
    Column("address", "carriers.address", _address, least=20),
    Column("parcels", "carriers.parcels",
           lambda row, lang: Cell(lang.number(row.parcels) if row.parcels else ""), width=12, figures=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """A carrier, whether it takes this outlet's parcels unless another is named, and who changed it."""

    row: CarrierRow
    usual: bool
    changes: list[ChangeRow]


class CarriersScreen(RecordList[CarrierRow]):
    """Carriers by code; F6 makes one the usual one of this outlet."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        design = RecordDesign(
            "carriers", "package-check", "organise", CARRIERS, COLUMNS, ("carriers", "shipments"),
            spare=("parcels", "address"),
            ending=lambda id, archives: ArchiveCarrier(id) if archives else RestoreCarrier(id),
        )  # fmt: skip
        super().__init__(parts, context, design)
        parts.changes.watch(self, ("settings",), self.panel.read_again, pause_ms=300)

    def more(self) -> list[Action]:
        """Naming the usual one."""
        usual = self.with_row(self._make_usual)
        return [
            act("carriers.usual", usual, "F6", "check", when=self.chosen(), right="organise", group=GROUP)
        ]

    def read(self, connection: Connection, id: UUID) -> Detail | None:
        """As `RecordList.read`."""
        row = record(connection, CARRIERS, id)
        if row is None:
            return None
        identity = self._parts.desk.identity
        decisions = decisions_of(connection, Whose(identity.merchant_id, identity.outlet_id))
        usual = decisions.value(USUAL_CARRIER) == row.code
        return Detail(row, usual, changes_of(connection, [id]))

    def say(self, found: Detail, language: Language) -> Shown:
        """As `RecordList.say`; an example shows what becomes of the address."""
        text, row = language.text, found.row
        chips = [ChipText(text("carriers.is_usual"), Tone.ACCENT)] if found.usual else []
        facts = [
            Fact(text("records.code"), row.code),
            Fact(text("carriers.parcels"), language.number(row.parcels)),
        ]
        example = tracking_address(row.tracking_url, "123456789")
        section = Section(text("carriers.example"), [Fact(example, "")] if example else [])
        return Shown(row.name, chips, facts, (section,), found.changes)

    def ask_new(self) -> None:
        """Ask for code, name and address."""
        code, name, address = QLineEdit(), QLineEdit(), QLineEdit()
        text, new_id = self._context.look.text, self._parts.desk.runtime.new_id
        first = FormField("code", text("records.code"), code, check=lambda: check_code(code.text().strip()))
        self.form(
            FormWords(self.say_of("add"), self.say_of("added"), self.say_of("add_note")),
            (first, *self._fields(name, address)),
            lambda: (AddCarrier(new_id(), code.text().strip(), name.text(), address.text().strip()),),
            carrier_code_taken="code",
        )

    def ask_change(self, row: CarrierRow) -> None:
        """Ask for another name or address."""
        name, address = QLineEdit(row.name), QLineEdit(row.tracking_url)
        self.form(
            FormWords(self.say_of("change_title", code=row.code), self.say_of("changed")),
            self._fields(name, address),
            lambda: (ChangeCarrier(row.id, name.text(), address.text().strip()),),
        )

    def _fields(self, name: QLineEdit, address: QLineEdit) -> tuple[FormField, ...]:
        text = self._context.look.text
        address.setPlaceholderText(EXAMPLE)
        return (
            FormField("name", text("records.name"), name, check=lambda: check_name(name.text())),
            FormField(
                "address",
                text("carriers.address"),
                address,
                text("carriers.address_hint", place=PLACE),
                lambda: check_tracking_url(address.text().strip()),
            ),
        )

    def _make_usual(self, row: CarrierRow) -> None:
        outlet_id = self._parts.desk.identity.outlet_id
        told = self.say_of("usual_told", name=row.name)
        self._doing.do(SetSetting(USUAL_CARRIER.key, Level.OUTLET, outlet_id, _stored(row.code)), told=told)


def _stored(code: str) -> str:
    return USUAL_CARRIER.kind.stored(code)
