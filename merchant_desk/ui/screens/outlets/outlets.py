"""The screen of outlets: each with its warehouse, its day, its desks and people, and what it lacks."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import available_timezones

from PySide6.QtWidgets import QComboBox, QLineEdit
from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import AddOutlet, RenameOutlet, check_outlet_code
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import DAY_START, ZONE
from merchant_desk.models.queries.locations import storage_count
from merchant_desk.models.queries.people import open_requests
from merchant_desk.models.queries.records import (
    OUTLETS,
    ChangeRow,
    OutletRow,
    OutletStaff,
    WarehouseRow,
    changes_of,
    record,
    staff_of,
    warehouses_in,
)
from merchant_desk.models.queries.settings import Whose, decisions_of
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.lists.detail import Fact
from merchant_desk.ui.screens.outlets.closing import OutletClosing
from merchant_desk.ui.screens.outlets.warehouses import OutletWarehouses
from merchant_desk.ui.screens.records.record_form import FormField, FormWords
from merchant_desk.ui.screens.records.record_list import GROUP, RecordDesign, RecordList
from merchant_desk.ui.screens.records.record_panel import Section, Shown
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.warehouse_choice import chosen_code
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.window.screens import ScreenContext

REQUESTS = (
    *("add_outlet", "rename_outlet", "import_outlets"),
    *("add_warehouse", "rename_warehouse", "close_warehouse", "reopen_warehouse"),
)
MOST_NAMED = 8
"""Desks or people named one by one in the panel; more are counted."""


def _columns(own: UUID) -> tuple[Column[OutletRow], ...]:
    def name(row: OutletRow, language: Language) -> Cell:
        chip = ChipText(language.text("outlets.here"), Tone.ACCENT) if row.id == own else None
        return Cell(row.name, chip=chip, strong=True)

    def count(n: int, language: Language) -> Cell:
        return Cell(language.number(n), tone=None if n else Tone.WARNING)

    def warehouse(row: OutletRow, language: Language) -> Cell:
        first = row.warehouse or "—"
        said = language.text("outlets.and_others", name=first, n=row.others) if row.others else first
        return Cell(said, quiet=True)

    return (
        Column("code", "records.code", lambda row, _: Cell(row.code, quiet=True),
               value=lambda row: row.code_key, width=12),
        Column("name", "records.name", name, value=lambda row: row.name, least=24),
        Column("warehouse", "outlets.warehouse", warehouse, width=22),
        Column("desks", "outlets.desks", lambda row, lang: count(row.desks, lang), width=12, figures=True),
        Column("people", "outlets.people", lambda row, lang: Cell(lang.number(row.people)), width=14,
               figures=True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """An outlet with who works there and what it decided; `shelves` only where this desk stands."""

    row: OutletRow
    staff: OutletStaff
    decisions: Decisions
    shelves: int | None
    requested: int
    changes: list[ChangeRow]
    warehouses: list[WarehouseRow]


class OutletsScreen(RecordList[OutletRow]):
    """Outlets by code; the server adds one, so that no two desks give one code."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        design = RecordDesign(
            "outlets", "warehouse", "organise", OUTLETS, _columns(parts.desk.identity.outlet_id),
            ("outlets", "warehouses", "devices", "roles", "persons"), spare=("warehouse", "people"),
        )  # fmt: skip
        super().__init__(parts, context, design)
        parts.changes.watch(self, ("settings", "locations", "outbox"), self.panel.read_again, pause_ms=300)

    def more(self) -> list[Action]:
        """Where its desks, people and day are decided."""
        go = self._context.go
        return [
            act("outlets.people_there", lambda: go("people", None), "F7", "users", when=self.chosen(),
                right="people", group=GROUP),
            act("outlets.day", lambda: go("settings", ZONE.key), "F9", "clock", when=self._is_own,
                group=GROUP),
            act("outlets.shelves", lambda: go("locations", None), "F6", "map-pin", when=self._is_own,
                group=GROUP),
            *OutletWarehouses(
                self, self._parts, self._context, lambda: self.row, self.panel.read_again
            ).actions(GROUP),
            *OutletClosing(self, self._parts, self._context, lambda: self.row).actions(GROUP),
        ]  # fmt: skip

    def read(self, connection: Connection, id: UUID) -> Detail | None:
        """As `RecordList.read`."""
        row = record(connection, OUTLETS, id)
        if row is None:
            return None
        identity = self._parts.desk.identity
        whose = Whose(identity.merchant_id, id)
        warehouses = warehouses_in(connection, id)
        about = [id, *(one.id for one in warehouses)]
        return Detail(
            row,
            staff_of(connection, id),
            decisions_of(connection, whose),
            storage_count(connection) if id == identity.outlet_id else None,
            len(open_requests(connection, REQUESTS)),
            changes_of(connection, about),
            warehouses,
        )

    def say(self, found: Detail, language: Language) -> Shown:
        """As `RecordList.say`."""
        text, row = language.text, found.row
        chips = [ChipText(text("outlets.here"), Tone.ACCENT)] if self._is_own() else []
        facts = [
            Fact(text("records.code"), row.code),
            Fact(text("setting.outlet.zone"), found.decisions.value(ZONE)),
            Fact(text("setting.outlet.day_start"), DAY_START.kind.written(found.decisions.value(DAY_START))),
        ]
        if found.requested:
            facts.append(Fact(text("outlets.requested", n=found.requested), "", Tone.WARNING))
        lacks = [Fact(line, "", Tone.WARNING) for line in self._lacks(found, language)]
        sections = (
            Section(text("outlets.lacks"), lacks or [Fact(text("outlets.lacks_nothing"), "", Tone.OK)]),
            Section(text("outlets.warehouses"), self._say_warehouses(found, language)),
            Section(text("outlets.desks"), _named(found.staff.desks, language)),
            Section(text("outlets.may_work"), _named(found.staff.people, language)),
        )
        return Shown(row.name, chips, facts, sections, found.changes)

    def ask_new(self) -> None:
        """Ask for code, name, zone and the begin of the day; the server makes it."""
        desk, text = self._parts.desk, self._context.look.text
        code, name, zone, start = QLineEdit(), QLineEdit(), QComboBox(), QLineEdit()
        zone.setEditable(True)
        zone.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        zone.addItems(sorted(available_timezones()))
        zone.setCurrentText(desk.settings.value(ZONE))
        start.setText(DAY_START.kind.written(desk.settings.value(DAY_START)))
        self.form(
            FormWords(self.say_of("add"), self.say_of("requested_told"), self.say_of("add_note")),
            (
                FormField("code", text("records.code"), code, self.say_of("code_hint"),
                          lambda: check_outlet_code(code.text().strip())),
                FormField("name", text("records.name"), name, check=lambda: check_name(name.text())),
                FormField("zone", text("setting.outlet.zone"), zone,
                          check=lambda: ZONE.kind.read(zone.currentText())),
                FormField("start", text("setting.outlet.day_start"), start,
                          check=lambda: DAY_START.kind.read(start.text())),
            ),
            lambda: (
                AddOutlet(
                    desk.runtime.new_id(), code.text().strip(), name.text().strip(),
                    ZONE.kind.read(zone.currentText()), DAY_START.kind.read(start.text()),
                    desk.runtime.new_id(),
                ),
            ),
        )  # fmt: skip

    def ask_change(self, row: OutletRow) -> None:
        """Ask for other names of the outlet and its warehouse."""
        name, warehouse = QLineEdit(row.name), QLineEdit(row.warehouse)
        text = self._context.look.text
        self.form(
            FormWords(self.say_of("change_title", code=row.code), self.say_of("change_told")),
            (
                FormField("name", text("records.name"), name, check=lambda: check_name(name.text())),
                FormField("warehouse", text("outlets.warehouse"), warehouse,
                          check=lambda: check_name(warehouse.text())),
            ),
            lambda: (RenameOutlet(row.id, name.text(), warehouse.text()),),
        )  # fmt: skip

    def _say_warehouses(self, found: Detail, language: Language) -> list[Fact]:
        """Return a line for each warehouse; its locations are counted where this desk stands."""
        several, chosen = bool(found.row.others), sku_key(chosen_code(self._parts.desk))
        facts = []
        for one in found.warehouses:
            here = several and self._is_own() and not one.archived and sku_key(one.code) == chosen
            state = "closed" if one.archived else "here" if here else "line"
            said = language.text(f"outlets.warehouse_{state}", name=one.name, n=one.locations)
            plain = found.shelves is None and not one.archived
            facts.append(Fact(one.code, one.name if plain else said))
        return facts

    def _is_own(self) -> bool:
        return self.row is not None and self.row.id == self._parts.desk.identity.outlet_id

    def _lacks(self, found: Detail, language: Language) -> list[str]:
        """Return what work at the outlet still waits for, as far as this desk knows."""
        lacks = []
        if not found.staff.desks:
            lacks.append("desk")
        if not found.staff.people:
            lacks.append("people")
        if found.shelves == 0:
            lacks.append("shelves")
        return [language.text(f"outlets.lacks.{one}") for one in lacks]


def _named(names: tuple[str, ...], language: Language) -> list[Fact]:
    facts = [Fact(name, "") for name in names[:MOST_NAMED]]
    more = len(names) - MOST_NAMED
    return [*facts, Fact(language.text("outlets.more", n=more), "")] if more > 0 else facts
