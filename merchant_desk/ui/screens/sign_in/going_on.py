"""A computer is gone, its safety copy is here: which copy, what opens it, and the code of the new desk."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QHBoxLayout, QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies, copies_in
from merchant_desk.sync.safety_copy_return import CopyDamaged, GoingOn, NoCopyHere
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.secret_field import LoginField, SecretField

GoOn = Callable[[GoingOn], Desk]
"""Returns the new desk, open; takes as long as disk and network do."""


class GoingOnDialog(OpeningDialog):
    """Asks until the new desk is there (`desk`), or nobody wants to go on."""

    def __init__(self, look: Look, runner: TaskRunner, go_on: GoOn, code: str = "", name: str = "") -> None:
        super().__init__(look)
        self._runner, self._go_on = runner, go_on
        self._reading = LatestReading(runner, self)
        self._shown = ""
        self._working = False
        self._mistake: Exception | str | None = None
        self.desk: Desk | None = None
        self.folder, self.browse, self.copies = QLineEdit(), ActionButton(look), QComboBox()
        self.code, self.name = QLineEdit(code), QLineEdit(name)
        self.paper, self.login, self.password = QLineEdit(), LoginField(), SecretField()
        self.damage = QCheckBox()
        self.damage.hide()
        self._named = {
            "folder": NamedField(_beside(self.folder, self.browse)),
            "copies": NamedField(self.copies),
            "code": NamedField(self.code),
            "name": NamedField(self.name),
            "paper": NamedField(self.paper),
            "login": NamedField(self.login),
            "password": NamedField(self.password),
        }
        two = [_beside(self._named[one], self._named[other]) for one, other in PAIRS]
        self.fields += [self._named["folder"], self._named["copies"], two[0], self._named["paper"], two[1]]
        self.fields.append(self.damage)
        self._named["copies"].hide()
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._choose_folder)
        self.folder.editingFinished.connect(self._look_into)
        self.folder.textChanged.connect(lambda _: self._forget())
        self.copies.currentIndexChanged.connect(lambda _: self.write())
        self.lay_out()
        self.folder.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_scan(self, scan: CapturedScan) -> None:
        """The QR code of a recovery paper or of an enrolment code was scanned."""
        try:
            RecoveryKey.parse(scan.text)
        except Fault:
            self.code.setText(scan.text)
        else:
            self.paper.setText(scan.text)

    def show_folder(self, folder: str) -> None:
        """Take a folder and look what is in it."""
        self._forget()
        self.folder.setText(folder)
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
        self._runner.run(lambda: self._go_on(wish), self._done, failed=self._tell, owner=self)

    def reject(self) -> None:
        if not self._working:
            super().reject()

    def write(self) -> None:
        text, language = self.look.text, self.look.language
        self.title.setText(text("going_on.title"))
        self.text.setText(text("enrol.working" if self._working else "going_on.note"))
        chosen = self.copies.currentData()
        numbers = ", ".join(chosen.header.papers) if isinstance(chosen, DeskCopies) else ""
        hints = {
            "folder": text("going_on.folder_hint"),
            "code": text("going_on.code_hint"),
            "paper": text("recover.paper_hint", numbers=numbers or "—"),
            "login": text("recover.login_hint"),
        }
        for name, part in self._named.items():
            part.set_name(text(NAMES.get(name, f"going_on.{name}")), hints.get(name, ""))
            part.setEnabled(not self._working)
        self.browse.setText(text("copy.choose"))
        self.damage.setText(text("going_on.damage"))
        mistake = self._mistake
        said = text(mistake) if isinstance(mistake, str) else ""
        self.failure.setText(describe(mistake, language) if isinstance(mistake, Exception) else said)
        self.failure.setVisible(mistake is not None)
        self.submit.setText(text("going_on.submit"))
        self.submit.setEnabled(not self._working and not self._reading.searching)
        self.leave.setText(text("sign_in.cancel"))
        self.leave.setEnabled(not self._working)
        super().write()

    def _wish(self) -> GoingOn | None:
        """Return what was given; None when something is missing, which is said.

        Raises:
            Fault: the paper was mistyped.
        """
        chosen = self.copies.currentData()
        paper, login, password = self.paper.text().strip(), self.login.text().strip(), self.password.text()
        missing = [
            (self.folder, isinstance(chosen, DeskCopies), "going_on.folder_missing"),
            (self.code, bool(self.code.text().strip()), "enrol.code_missing"),
            (self.name, bool(self.name.text().strip()), "enrol.name_missing"),
            (self.paper, bool(paper or (login and password)), "recover.nothing_given"),
        ]
        for editor, given, said in missing:
            if not given:
                self._tell(said)
                editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return None
        key = RecoveryKey.parse(paper) if paper else None
        code, name = self.code.text().strip(), self.name.text().strip()
        return GoingOn(chosen, key, login, password, code, name, self.damage.isChecked())

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.look.text("going_on.folder"), str(Path.home()))
        if folder:
            self.show_folder(folder)

    def _look_into(self) -> bool:
        """Read whose copies are there, in the background: a share may take its time; tell if that is awaited.

        Until it is read, and where it cannot be, there is nothing to go on from: not what another folder had.
        """
        folder = self.folder.text().strip()
        if not folder or self._working or folder == self._shown:
            return self._reading.searching
        self._forget()
        self._shown = folder
        self._reading.ask(lambda: copies_in(Path(folder)), self.show_copies, self._unreadable, searching=True)
        self.write()
        return True

    def _forget(self) -> None:
        """Let no folder be chosen from: another one is being named."""
        self._reading.forget()
        self._shown = ""
        self.copies.clear()
        self._named["copies"].hide()

    def _unreadable(self, fault: Exception) -> None:
        self._shown = ""  # the stick may be in the next time
        self._tell(fault)

    def show_copies(self, found: list[DeskCopies]) -> None:
        """Let one of these be chosen; none is a mistake."""
        self.copies.clear()
        for one in found:
            at = self.look.language.moment(one.header.written_at, WITH_DATE)
            self.copies.addItem(self.look.text("going_on.copy", desk=one.header.desk_code, at=at), one)
        if not found:
            self._shown = ""
        self._named["copies"].setVisible(bool(found))
        self._tell(None if found else NoCopyHere(Path(self.folder.text().strip())))

    def _done(self, desk: Desk) -> None:
        self._working, self.desk = False, desk
        super().accept()

    def _tell(self, mistake: Exception | str | None) -> None:
        self._working, self._mistake = False, mistake
        if isinstance(mistake, CopyDamaged):
            self.damage.show()
        self.write()


WITH_DATE = 0
"""As "now" a moment so far off that the other one is written with its date."""

PAIRS = (("code", "name"), ("login", "password"))
"""Fields that stand side by side."""

NAMES = {
    "code": "enrol.code",
    "name": "enrol.name",
    "paper": "recover.paper",
    "login": "recover.login",
    "password": "sign_in.password",
}


def _beside(first: QWidget, second: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.MEDIUM)
    top = Qt.AlignmentFlag.AlignTop
    row.addWidget(first, 1, top)
    row.addWidget(second, 0 if isinstance(second, ActionButton) else 1, top)
    return both
