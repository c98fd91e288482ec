"""Lot, last day of use and serial number of goods whose code did not say them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from merchant_desk.stations.scans import Question
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.typed import read_day
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.form import Field

FIELDS = ("lot", "expiry", "serial")

Give = Callable[[str, int | None, str], None]


class LotSheet(StationSheet):
    """Asks for what is missing; `give(lot, expiry, serial)` is called once it is filled in.

    Its fields are the only ones at a station. A lot that is known brings its day, so an empty day is
    passed on with a lot: the station asks again if it does not know it.
    """

    def __init__(self, look: Look, host: QWidget, give: Give) -> None:
        super().__init__(look, host, width=760)
        self._give = give
        self._missing: tuple[str, ...] = ()
        self._question: Question | None = None
        self._asked: tuple[str, ...] = ()
        self._row = QHBoxLayout()
        self._row.setSpacing(Space.LARGE)
        self.editors = {name: QLineEdit(self) for name in FIELDS}
        self._fields: dict[str, Field] = {}
        self.body.addLayout(self._row)
        self._look.language.follow(self, self._build)

    def ask(self, question: Question) -> None:
        """Show the fields that a question is about, empty."""
        self._question, self._missing = question, question.missing
        for editor in self.editors.values():
            editor.clear()
        self._build()
        first = next((name for name in FIELDS if name in self._missing), FIELDS[0])
        self.open(self.editors[first])

    def accept(self) -> None:
        """Go to the next empty field, or hand over what was typed."""
        values = {name: self.editors[name].text().strip() for name in FIELDS}
        errors = self._errors(values)
        for name, field in self._fields.items():
            field.show_error(errors.get(name, ""))
        wrong = next((name for name in FIELDS if name in errors), None)
        if wrong is not None:
            self.editors[wrong].setFocus(Qt.FocusReason.OtherFocusReason)
            self.fit()
            return
        self.close_sheet()
        self._give(values["lot"], read_day(values["expiry"]), values["serial"])

    def _errors(self, values: dict[str, str]) -> dict[str, str]:
        text = self._look.text
        errors = {}
        for name in self._missing:
            optional = name == "expiry" and bool(values["lot"]) and "lot" in self._missing
            if not values[name] and not optional:
                errors[name] = text("station.lot.wanted")
        if values["expiry"] and read_day(values["expiry"]) is None:
            errors["expiry"] = text("station.lot.expiry_wrong")
        return errors

    def _build(self) -> None:
        """Write the sheet in the language in force, with the fields of the question."""
        text = self._look.text
        for name, field in self._fields.items():
            self.editors[name].setParent(self)
            self._row.removeWidget(field)
            field.deleteLater()
        self._fields = {}
        for name in FIELDS:
            self.editors[name].hide()
            if name in self._missing:
                hint = text("station.lot.expiry_hint") if name == "expiry" else ""
                field = Field(text(f"station.lot.{name}"), self.editors[name], hint)
                self._fields[name] = field
                self._row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
                self.editors[name].show()
        item = self._question.result.item if self._question else None
        name = name_of(item.name, item.name_en, self._look.language) if item else ""
        first = next(iter(self._fields), FIELDS[0])
        self.set_texts(
            text("station.lot.title", name=name, what=text(f"station.lot.{first}")),
            text("station.lot.note"),
            yes=text("station.lot.save"),
            no=text("station.lot.leave"),
        )
