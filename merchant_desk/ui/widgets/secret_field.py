"""Fields for what a person signs in with: a burst at a scanner's pace belongs to them, if it is no code.

Password managers and switches that share one keyboard among computers type as fast as scanners do. What they
type must neither be lost nor be shown or journaled as a scan.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from merchant_desk.domain.sign_in import is_badge_or_card, is_code
from merchant_desk.ui.scanner.settings import Terminator


def tellable(text: str) -> str:
    """Return what may be written of a burst made while secrets are asked for: a code, or only how long it is.

    It may be a password, typed beside its field.
    """
    return text if is_code(text) else masked(text)


def masked(text: str) -> str:
    """Return how long a text is, and nothing of what it says."""
    return "•" * len(text)


class SecretField(QLineEdit):
    """A field for something that nobody else should read.

    `scanned` tells the bursts that are scans even while the field has the focus; all others it takes itself.
    """

    def __init__(self, scanned: Callable[[str], bool] = is_badge_or_card) -> None:
        super().__init__()
        self._scanned = scanned
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def takes_burst(self, text: str, end: Terminator) -> bool:
        """Whether keys that came as fast as a scan were typed here."""
        return not self._scanned(text)


class LoginField(QLineEdit):
    """A login name; what a Tab ends is typed, for a password manager goes on to the password by it."""

    @property
    def is_filled_in(self) -> bool:
        """Whether the name was put there for somebody, and nobody has typed one yet."""
        return bool(self.text()) and not self.isModified()

    def take(self, login: str) -> None:
        """Take a name that was typed elsewhere."""
        self.setText(login)
        self.setModified(True)

    def takes_burst(self, text: str, end: Terminator) -> bool:
        """Whether keys that came as fast as a scan were typed here."""
        return end is Terminator.TAB and not is_code(text)


class PasswordField(SecretField):
    """The password that follows a login.

    A password manager types login, Tab, password. Where the login was filled in and the focus is here
    already, what it ends by the Tab is the login: it is put there, and the focus stays.
    """

    def __init__(self, login: LoginField) -> None:
        super().__init__(is_code)
        self._login = login
        self._before_tab = ""

    def takes_burst(self, text: str, end: Terminator) -> bool:
        """Whether keys that came as fast as a scan were typed here."""
        taken = super().takes_burst(text, end)
        self._before_tab = text if taken and end is Terminator.TAB else ""
        return taken

    def event(self, event: QEvent) -> bool:
        """Take the Tab behind a login: as a key that moves the focus it never comes to `keyPressEvent`."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if isinstance(event, QKeyEvent) and pressed and event.key() == Qt.Key.Key_Tab:
            burst, self._before_tab = self._before_tab, ""
            if burst and burst == self.text() and self._login.is_filled_in:
                self.clear()
                self._login.take(burst)
                return True
        return super().event(event)
