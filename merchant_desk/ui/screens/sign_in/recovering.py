"""When a desk's key is lost: the paper is typed or scanned, or somebody vouches at the server."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from merchant_desk.models.faults import Fault
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.screens.sign_in.opening import OpeningDialog
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.secret_field import LoginField, SecretField


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a person wants the key back: by a paper, or else by login and password at the server."""

    paper: RecoveryKey | None
    login: str = ""
    password: str = field(default="", repr=False)


class RecoverDialog(OpeningDialog):
    """Says why the desk does not open and asks for the way back; `recovery` when it was accepted."""

    def __init__(self, look: Look, error: Exception, numbers: Sequence[str]) -> None:
        super().__init__(look)
        self._error = error
        self._numbers = ", ".join(numbers)
        self._mistake: Fault | str | None = None
        self.recovery: Recovery | None = None
        self.paper, self.login, self.password = QLineEdit(), LoginField(), SecretField(_is_paper)
        self._named = {
            "paper": NamedField(self.paper),
            "login": NamedField(self.login),
            "password": NamedField(self.password),
        }
        self.fields += self._named.values()
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lay_out()
        self.paper.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_scan(self, scan: CapturedScan) -> None:
        """The paper's QR code was scanned."""
        self.paper.setText(scan.text)
        self.accept()

    def accept(self) -> None:
        paper, login = self.paper.text().strip(), self.login.text().strip()
        try:
            if paper:
                self.recovery = Recovery(RecoveryKey.parse(paper))
            elif login and self.password.text():
                self.recovery = Recovery(None, login, self.password.text())
            else:
                self._mistake = "recover.nothing_given"
        except Fault as fault:
            self._mistake = fault
        if self.recovery is not None:
            super().accept()
            return
        self.write()
        (self.password if login and not paper else self.paper).setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self) -> None:
        text = self.look.text
        self.title.setText(text("recover.title"))
        self.text.setText(f"{describe(self._error, self.look.language)}\n\n{text('recover.note')}")
        numbers = self._numbers or "—"
        self._named["paper"].set_name(text("recover.paper"), text("recover.paper_hint", numbers=numbers))
        self._named["login"].set_name(text("recover.login"), text("recover.login_hint"))
        self._named["password"].set_name(text("sign_in.password"))
        mistake = self._mistake
        said = describe(mistake, self.look.language) if isinstance(mistake, Fault) else ""
        self.failure.setText(text(mistake) if isinstance(mistake, str) else said)
        self.failure.setVisible(mistake is not None)
        self.submit.setText(text("recover.submit"))
        self.leave.setText(text("enrol.quit"))
        super().write()


def _is_paper(text: str) -> bool:
    """Whether a burst is the paper's QR code."""
    try:
        RecoveryKey.parse(text)
    except Fault:
        return False
    return True
