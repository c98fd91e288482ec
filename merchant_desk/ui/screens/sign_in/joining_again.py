"""Enrolling again from the window: one window at a time, which takes the scans while it is there."""

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from merchant_desk.desk import Desk
from merchant_desk.sync.status import SyncStatus
from merchant_desk.sync.troubles import cured_by_enrolment
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.desk_status import StatusBridge
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.screens.sign_in.sheet import SignInSheet
from merchant_desk.ui.theme.look import Look


class JoiningAgain(QObject):
    """Asks for a new code and gives the desk its new identity. `joined(Desk)` when it has one."""

    joined = Signal(object)

    def __init__(self, look: Look, runner: TaskRunner, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._runner, self._desk = look, runner, desk
        self.window: EnrolmentWindow | None = None

    def serve(self, status: StatusBridge, sheet: SignInSheet) -> None:
        """Let the sheet that signs people in offer it for as long as the server takes nothing."""

        def offer(now: SyncStatus) -> None:
            sheet.offer_enrolment(cured_by_enrolment(now.fault))

        status.changed.connect(offer)
        sheet.enrolment_wanted.connect(self.ask)
        offer(status.status)

    def ask(self) -> None:
        """Show the window, or bring it to the front."""
        if self.window is None:
            self.window = EnrolmentWindow(
                self._look,
                self._runner,
                partial(enrol_again, self._desk),
                self._desk.identity.name,
                again=True,
            )
            self.window.setWindowModality(Qt.WindowModality.ApplicationModal)
            self.window.enrolled.connect(self._done)
            self.window.given_up.connect(self.close)
        self.window.show()
        self.window.activateWindow()
        self.window.code.setFocus()

    def close(self) -> None:
        """Put the window away; one that is asking the server stays until it has heard."""
        window, self.window = self.window, None
        if window is not None:
            window.deleteLater()

    def _done(self, desk: Desk) -> None:
        self.close()
        self.joined.emit(desk)


def enrol_again(desk: Desk, code: str, name: str) -> Desk:
    """Give a desk its new identity and return it; raises as `Desk.enrol_again`."""
    desk.enrol_again(code, name)
    return desk
