"""Founding a shop on this computer: the least that has to be said, then the paper that opens all its data."""

from typing import Protocol
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, QTimeZone
from PySide6.QtWidgets import QCheckBox, QComboBox, QCompleter, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.documents.recovery_sheet import RecoverySheet, sheet_lines
from merchant_desk.domain.currencies import CURRENCIES
from merchant_desk.domain.founding import NewShop, wrong_with
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.screens.code_paper import CodePaper, PaperOutlet
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.secret_field import SecretField

USUAL_ZONE = "Asia/Shanghai"
PAIRS = (("name", "manager"), ("password", "again"), ("currency", "zone"), ("outlet", "reach"))
"""Fields that stand side by side."""

HINTED = frozenset({"manager", "password", "currency", "outlet", "reach"})


class Founder(Protocol):
    """Who founds the shop; both may take seconds, and may be done again where they failed."""

    def found(self, shop: NewShop) -> RecoverySheet | None:
        """Found it and return its recovery paper; None where it stands and somebody has that."""

    def finish(self, language: str) -> Desk:
        """Return the first desk, which speaks a language, once the paper is kept."""


class FoundingDialog(OpeningDialog):
    """Asks for the shop; when it is accepted it is founded, and `sheet` is its recovery paper (or None)."""

    def __init__(self, look: Look, runner: TaskRunner, founder: Founder) -> None:
        super().__init__(look)
        self._runner, self._founder = runner, founder
        self._working = False
        self._wrong: dict[str, Exception | str] = {}
        self.sheet: RecoverySheet | None = None
        self.name, self.manager, self.outlet = QLineEdit(), QLineEdit(), QLineEdit()
        self.password, self.again = SecretField(), SecretField()
        self.currency = _box(sorted(CURRENCIES), "CNY")
        self.zone = _box(sorted(available_timezones()), own_zone())
        self.reach = QComboBox()
        self.reach.addItems(["", ""])
        editors = {
            "name": self.name, "manager": self.manager, "password": self.password, "again": self.again,
            "currency": self.currency, "zone": self.zone, "outlet": self.outlet, "reach": self.reach,
        }  # fmt: skip
        self._named = {name: NamedField(editor) for name, editor in editors.items()}
        self.fields += [_beside(self._named[one], self._named[other]) for one, other in PAIRS]
        self.lay_out()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def shop(self) -> NewShop:
        """What was said."""
        return NewShop(
            self.name.text().strip(),
            self.manager.text().strip(),
            self.password.text(),
            self.currency.currentText().strip(),
            self.zone.currentText().strip(),
            self.outlet.text().strip(),
            self.reach.currentIndex() == 1,
        )

    def accept(self) -> None:
        if self._working:
            return
        shop = self.shop
        self._wrong = dict(wrong_with(shop))
        if self.again.text() != shop.password:
            self._wrong.setdefault("again", "people.differ")
        if self._wrong:
            self.write()
            first = next(name for name in self._named if name in self._wrong)
            self._named[first].editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._working = True
        self.write()
        self._runner.run(lambda: self._founder.found(shop), self._done, failed=self._fail, owner=self)

    def reject(self) -> None:
        if not self._working:
            super().reject()

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("founding.title"))
        self.text.setText(text("founding.working" if self._working else "founding.note"))
        for name, field in self._named.items():
            field.set_name(text(f"founding.{name}"), text(f"founding.{name}_hint") if name in HINTED else "")
            field.setEnabled(not self._working)
            wrong = self._wrong.get(name, "")
            field.show_error(self._said(wrong))
        for n, way in enumerate(("alone", "others")):
            self.reach.setItemText(n, text(f"founding.reach_{way}"))
        whole = self._said(self._wrong.get("", ""))
        self.failure.setText(whole)
        self.failure.setVisible(bool(whole))
        self.submit.setText(text("founding.submit"))
        self.submit.setEnabled(not self._working)
        self.leave.setText(text("founding.back"))
        self.leave.setEnabled(not self._working)
        super().write()

    def _said(self, wrong: Exception | str) -> str:
        if isinstance(wrong, Exception):
            return describe(wrong, self.look.language)
        return self.look.text(wrong) if wrong else ""

    def _done(self, sheet: RecoverySheet | None) -> None:
        self._working, self.sheet = False, sheet
        super().accept()

    def _fail(self, error: Exception) -> None:
        self._working, self._wrong = False, {"": error}
        self.write()


class KeepPaperDialog(OpeningDialog):
    """Shows the recovery paper once; goes on when somebody has it. `desk` is what came of it."""

    def __init__(self, look: Look, runner: TaskRunner, founder: Founder, sheet: RecoverySheet | None) -> None:
        super().__init__(look)
        self._runner, self._founder, self._sheet = runner, founder, sheet
        self._working = False
        self._error: Exception | None = None
        self.desk: Desk | None = None
        self.key = label(sheet.key if sheet is not None else "", "strong", wrap=True)
        self.key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._told = label("", "second", wrap=True)
        self._outlet = PaperOutlet(look, self)
        self._outlet.told.connect(self._tell)
        self.printing = ActionButton(look, icon="printer", key="Ctrl+P")
        self.saving = ActionButton(look, icon="save", key="Ctrl+S")
        self.printing.setAutoDefault(False)
        self.saving.setAutoDefault(False)
        self.printing.clicked.connect(lambda: self._outlet.print_out(self.paper()))
        self.saving.clicked.connect(lambda: self._outlet.save(self.paper(), self.paper().title))
        self.kept = QCheckBox()
        self.kept.toggled.connect(lambda _: self.write())
        self.fields += [self.key, _beside(self.printing, self.saving), self._told, self.kept]
        self.lay_out()
        (self.saving if sheet is not None else self.submit).setFocus(Qt.FocusReason.OtherFocusReason)
        if sheet is None:
            self.accept()

    def accept(self) -> None:
        if self._working or not self._may_go_on():
            return
        self._working, self._error = True, None
        self.write()
        language = str(self.look.language.code)
        self._runner.run(lambda: self._founder.finish(language), self._done, failed=self._fail, owner=self)

    def reject(self) -> None:
        if not self._working:
            super().reject()

    def write(self) -> None:
        text, shown = self.look.text, self._sheet is not None
        self.title.setText(text("founding.paper" if shown else "founding.goes_on"))
        note = "founding.paper_note" if shown else "founding.finishing"
        self.text.setText(text("founding.finishing" if self._working else note))
        for button, key, shortcut in ((self.printing, "print", "Ctrl+P"), (self.saving, "save", "Ctrl+S")):
            button.setText(text(f"code_paper.{key}"))
            button.setShortcut(shortcut)  # a new text takes the old one away
        self.kept.setText(text("founding.kept"))
        for part in (self.key, self.printing, self.saving, self.kept):
            part.setVisible(shown)
            part.setEnabled(not self._working)
        self._told.setVisible(bool(self._told.text()))
        self.failure.setText(describe(self._error, self.look.language) if self._error else "")
        self.failure.setVisible(self._error is not None)
        self.submit.setText(text("founding.go_on"))
        self.submit.setEnabled(not self._working and self._may_go_on())
        self.leave.setText(text("founding.back"))
        self.leave.setEnabled(not self._working)
        super().write()

    def _may_go_on(self) -> bool:
        return self._sheet is None or self.kept.isChecked()

    def paper(self) -> CodePaper:
        """Return the sheet to print; its buttons are hidden where there is none."""
        assert self._sheet is not None  # noqa: S101 - a bug
        title = f"{self.look.text('founding.paper')} {self._sheet.number}"
        return CodePaper(title, self._sheet.key, tuple(sheet_lines(self._sheet)))

    def _tell(self, words: str, tone: Tone) -> None:
        self._told.setText(words)
        set_tone(self._told, tone)
        if tone is Tone.OK:
            self.kept.setChecked(True)
        self.write()
        (self.submit if self._may_go_on() else self.kept).setFocus(Qt.FocusReason.OtherFocusReason)

    def _done(self, desk: Desk) -> None:
        self._working, self.desk = False, desk
        super().accept()

    def _fail(self, error: Exception) -> None:
        self._working, self._error = False, error
        self.write()


def own_zone() -> str:
    """Return the time zone that this computer is set to, or the usual one where that is none of a place."""
    found = bytes(QTimeZone.systemTimeZoneId().data()).decode("ascii", "replace")
    return found if "/" in found and not found.startswith("Etc/") else USUAL_ZONE


def _box(names: list[str], chosen: str) -> QComboBox:
    """Return a box to choose a name from by typing a part of it."""
    box = QComboBox()
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(names)
    box.setCurrentText(chosen)
    completer = QCompleter(box.model(), box)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    box.setCompleter(completer)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box


def _beside(first: QWidget, second: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.MEDIUM)
    fixed = isinstance(first, ActionButton)
    for part in (first, second):
        row.addWidget(part, 0 if fixed else 1, Qt.AlignmentFlag.AlignTop)
    if fixed:
        row.addStretch(1)
    return both
