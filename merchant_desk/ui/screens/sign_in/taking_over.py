"""This computer takes over the shop of another: by which copy of its data, and by its recovery paper."""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies, copies_in
from merchant_desk.sync.safety_copy_return import CopyDamaged
from merchant_desk.sync.taking_over import (
    Around,
    Begun,
    NothingToTakeOver,
    OpenedAlready,
    ServerCopy,
    TakenOver,
    TakeOver,
)
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.secret_field import LoginField, SecretField

WITH_DATE = 0
"""As "now" a moment so far off that the other one is written with its date."""


class Heir(Protocol):
    """Who takes over; all of it may take seconds, and may be done again where it failed."""

    @property
    def begun(self) -> Begun | None:
        """What was begun here and did not end."""

    def look(self, where: Path) -> Around:
        """Return what can be taken over from a folder or file."""

    def take_over(self, wish: TakeOver, language: str) -> tuple[Desk, TakenOver]:
        """Do it; the desk speaks a language."""


class TakingOverDialog(OpeningDialog):
    """Asks until the shop is here (`made`: its desk, and what came of it), or nobody wants to go on."""

    def __init__(self, look: Look, runner: TaskRunner, heir: Heir) -> None:
        super().__init__(look)
        self._runner, self._heir = runner, heir
        self._reading = LatestReading(runner, self)
        self._shown, self._unusable = "", 0
        self._working = False
        self._mistake: Exception | str | None = None
        self.made: tuple[Desk, TakenOver] | None = None
        self.where, self.file, self.folder = QLineEdit(), ActionButton(look), ActionButton(look)
        self.copies, self.safety, self.elsewhere = QComboBox(), QComboBox(), ActionButton(look)
        self.paper, self.login, self.password = QLineEdit(), LoginField(), SecretField()
        self.reach = QComboBox()
        self.reach.addItems(["", ""])
        self.reach.setCurrentIndex(1)
        self.damage, self.anyway = QCheckBox(), QCheckBox()
        self._lacks = label("", "second", wrap=True)
        self._named = {
            "where": NamedField(beside(self.where, self.file, self.folder)),
            "copies": NamedField(self.copies),
            "safety": NamedField(beside(self.safety, self.elsewhere)),
            "paper": NamedField(self.paper),
            "login": NamedField(self.login),
            "password": NamedField(self.password),
            "reach": NamedField(self.reach),
        }
        two = beside(self._named["login"], self._named["password"])
        self.fields += [self._named[name] for name in ("where", "copies")]
        self.fields += [self._lacks, self._named["safety"], self._named["paper"], two, self._named["reach"]]
        self.fields += [self.damage, self.anyway]
        for box in (self.damage, self.anyway):
            box.hide()
        self._connect()
        self._offer([], [])
        self.lay_out()
        self.where.setFocus(Qt.FocusReason.OtherFocusReason)
        begun = heir.begun
        if begun is not None:
            self.show_place(begun.copy)

    def _connect(self) -> None:
        for button, choose in (
            (self.file, self._choose_file),
            (self.folder, self._choose_folder),
            (self.elsewhere, self._choose_safety),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(choose)
        self.where.editingFinished.connect(self._look_into)
        self.where.textChanged.connect(lambda _: self._forget())
        for box in (self.copies, self.safety):
            box.currentIndexChanged.connect(lambda _: self.write())

    # -- what is done ----------------------------------------------------------------------------

    def take_scan(self, scan: CapturedScan) -> None:
        """The QR code of the recovery paper was scanned."""
        self.paper.setText(scan.text)

    def show_place(self, place: str) -> None:
        """Take a file or folder and look what is in it."""
        self.where.setText(place)
        self._look_into()

    def accept(self) -> None:
        if self._working or self._look_into():
            return
        try:
            wish = self._wish()
        except Fault as fault:
            self._tell(fault)
            return
        if wish is None:
            return
        self._working, self._mistake = True, None
        self.write()
        language = str(self.look.language.code)
        self._runner.run(
            lambda: self._heir.take_over(wish, language), self._done, failed=self._tell, owner=self
        )

    def reject(self) -> None:
        if not self._working:
            super().reject()

    def _wish(self) -> TakeOver | None:
        """Return what was given; None when something is missing, which is said.

        Raises:
            Fault: the paper was mistyped.
        """
        copy, paper = self.copies.currentData(), self.paper.text().strip()
        missing = (
            (self.where, isinstance(copy, ServerCopy), "taking_over.where_missing"),
            (self.paper, bool(paper), "taking_over.paper_missing"),
        )
        for editor, given, said in missing:
            if not given:
                self._tell(said)
                editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        safety = self.safety.currentData()
        return TakeOver(
            copy.path,
            RecoveryKey.parse(paper),
            safety if isinstance(safety, DeskCopies) else None,
            self.login.text().strip(),
            self.password.text(),
            reachable=self.reach.currentIndex() == 1,
            accept_damage=self.damage.isChecked(),
            anyway=self.anyway.isChecked(),
        )

    def _choose_file(self) -> None:
        text = self.look.text
        kinds = f"{text('taking_over.kind')} (*.mdbackup)"
        found, _ = QFileDialog.getOpenFileName(self, text("taking_over.where"), str(Path.home()), kinds)
        if found:
            self.show_place(found)

    def _choose_folder(self) -> None:
        found = self._ask_folder("taking_over.where")
        if found:
            self.show_place(found)

    def _choose_safety(self) -> None:
        found = self._ask_folder("taking_over.safety")
        if found:
            self._runner.run(lambda: copies_in(Path(found)), self.offer_safety, failed=self._tell, owner=self)

    def _ask_folder(self, title: str) -> str:
        return QFileDialog.getExistingDirectory(self, self.look.text(title), str(Path.home()))

    def _look_into(self) -> bool:
        """Read what is there, in the background: a stick may take its time; tell if that is awaited."""
        place = self.where.text().strip()
        if not place or self._working or place == self._shown:
            return self._reading.searching
        self._shown = place
        self._reading.ask(
            lambda: self._heir.look(Path(place)), self.show_around, self._unreadable, searching=True
        )
        self.write()
        return True

    def _forget(self) -> None:
        """Let nothing be chosen from: another place is being named."""
        self._reading.forget()
        self._shown, self._unusable = "", 0
        self._offer([], [])

    def _unreadable(self, fault: Exception) -> None:
        self._shown = ""  # the stick may be in the next time
        self._tell(fault)

    def show_around(self, around: Around) -> None:
        """Propose the newest of each kind."""
        self._unusable = around.unusable
        self._offer(list(around.copies), list(around.safety))
        self._tell(None if around.copies else NothingToTakeOver(Path(self.where.text().strip())))

    def offer_safety(self, found: list[DeskCopies]) -> None:
        """Let one of these be chosen too."""
        self._offer([self.copies.itemData(n) for n in range(self.copies.count())], found)
        self._tell(None if found else "taking_over.no_safety")

    def _offer(self, copies: list[ServerCopy], safety: list[DeskCopies]) -> None:
        text, moment = self.look.text, self.look.language.moment
        for box in (self.copies, self.safety):
            box.blockSignals(True)
            box.clear()
        for copy in copies:
            key = "taking_over.moving_file" if copy.is_moving_file else "taking_over.backup"
            said = text(key, at=moment(copy.made_at, WITH_DATE), name=copy.path.name)
            self.copies.addItem(said, copy)
        for one in safety:
            at = moment(one.header.written_at, WITH_DATE)
            self.safety.addItem(text("going_on.copy", desk=one.header.desk_code, at=at), one)
        self.safety.addItem(text("taking_over.without"), None)
        if copies and copies[0].is_moving_file:
            self.safety.setCurrentIndex(self.safety.count() - 1)
        for box in (self.copies, self.safety):
            box.blockSignals(False)

    def _done(self, made: tuple[Desk, TakenOver]) -> None:
        self._working, self.made = False, made
        super().accept()

    def _tell(self, mistake: Exception | str | None) -> None:
        self._working, self._mistake = False, mistake
        if isinstance(mistake, CopyDamaged):
            self.damage.show()
        if isinstance(mistake, OpenedAlready):
            self.anyway.show()
        self.write()

    # -- words -----------------------------------------------------------------------------------

    def write(self) -> None:
        text = self.look.text
        again = self._heir.begun is not None and not self._working
        note = "taking_over.again" if again else "taking_over.note"
        self.title.setText(text("taking_over.title"))
        self.text.setText(text("taking_over.working" if self._working else note))
        copy = self.copies.currentData()
        numbers = ", ".join(copy.papers) if isinstance(copy, ServerCopy) else ""
        hints = {
            "paper": text("recover.paper_hint", numbers=numbers or "—"),
            "login": text("taking_over.login_hint"),
            "where": text("taking_over.where_hint"),
            "reach": text("founding.reach_hint"),
        }
        for name, part in self._named.items():
            part.set_name(text(NAMES.get(name, f"taking_over.{name}")), hints.get(name, ""))
            part.setEnabled(not self._working)
        for name in ("copies", "safety"):
            self._named[name].setVisible(isinstance(copy, ServerCopy))
        self._lacks.setText(self._what_it_lacks())
        self._lacks.setVisible(bool(self._lacks.text()))
        for button, key in ((self.file, "file"), (self.folder, "folder"), (self.elsewhere, "elsewhere")):
            button.setText(text(f"taking_over.{key}"))
        for n, way in enumerate(("alone", "others")):
            self.reach.setItemText(n, text(f"founding.reach_{way}"))
        self.damage.setText(text("going_on.damage"))
        self.anyway.setText(text("taking_over.anyway"))
        self._write_mistake()
        self.submit.setText(text("taking_over.submit"))
        self.submit.setEnabled(not self._working and not self._reading.searching)
        self.leave.setText(text("founding.back"))
        self.leave.setEnabled(not self._working)
        super().write()

    def _write_mistake(self) -> None:
        mistake = self._mistake
        said = self.look.text(mistake) if isinstance(mistake, str) else ""
        fault = describe(mistake, self.look.language) if isinstance(mistake, Exception) else said
        self.failure.setText(fault)
        self.failure.setVisible(mistake is not None)

    def _what_it_lacks(self) -> str:
        """Say what the chosen copy does not have, and where that comes from."""
        text, copy, safety = self.look.text, self.copies.currentData(), self.safety.currentData()
        if not isinstance(copy, ServerCopy):
            return ""
        at = self.look.language.moment(copy.made_at, WITH_DATE)
        if copy.is_moving_file:
            return text("taking_over.lacks_nothing")
        until = ""
        if isinstance(safety, DeskCopies):
            written = self.look.language.moment(safety.header.written_at, WITH_DATE)
            until = text("taking_over.safety_until", desk=safety.header.desk_code, at=written)
        said = text(
            "taking_over.both",
            lacks=text("taking_over.lacks", at=at),
            safety=until or text("taking_over.safety_none"),
        )
        return f"{said}\n{text('taking_over.unusable', n=self._unusable)}" if self._unusable else said


NAMES = {"paper": "recover.paper", "login": "sign_in.login", "password": "sign_in.password",
         "reach": "founding.reach"}  # fmt: skip


def beside(*parts: QWidget) -> QWidget:
    """Return widgets in a row; buttons keep their width."""
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.MEDIUM)
    for part in parts:
        row.addWidget(part, 0 if isinstance(part, ActionButton) else 1, Qt.AlignmentFlag.AlignTop)
    if isinstance(parts[0], ActionButton):
        row.addStretch(1)
    return both
