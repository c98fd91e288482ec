"""Fields for what a person signs in with: a burst at a scanner's pace belongs to them, if it is no code.

Password managers and switches that share one keyboard among computers type as fast as scanners do. What they
type must neither be lost nor be shown or journaled as a scan.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit

from merchant_desk.domain.gtins import gtin14
from merchant_desk.domain.house_codes import command, person_badge
from merchant_desk.ui.scanner.settings import Terminator


def is_badge_or_card(text: str) -> bool:
    """Whether a burst is a person's badge or a command card, whatever has the focus."""
    return person_badge(text) is not None or command(text) is not None


def is_code(text: str) -> bool:
    """Whether a burst is goods (a GTIN whose check digit is right), a badge or a card."""
    return is_badge_or_card(text) or gtin14(text) is not None


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

    def takes_burst(self, text: str, end: Terminator) -> bool:
        """Whether keys that came as fast as a scan were typed here."""
        return end is Terminator.TAB and not is_code(text)
