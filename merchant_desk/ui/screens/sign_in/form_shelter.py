"""Forms that are open when somebody has to sign in: out of sight, and kept for whoever filled them in."""

from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from shiboken6 import isValid

from merchant_desk.ui.screens.sign_in.sheet import SignInSheet
from merchant_desk.ui.session import Session


class FormShelter(QObject):
    """Hides a window's dialogs while the sheet is there; each person gets the own ones back, and no other's.

    A dialog is a window of its own: it would stay readable over the lock, and take every key from it.
    """

    def __init__(self, window: QWidget, sheet: SignInSheet, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._sheet = sheet
        self._session = session
        self._kept: dict[UUID | None, list[QDialog]] = {}
        sheet.asked.connect(self._hide)
        sheet.closed.connect(self._show_again)
        application = QApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._look_again)

    def _hide(self) -> None:
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        last = self._session.last
        kept = self._kept.setdefault(last.id if last is not None else None, [])
        shown = [dialog for dialog in self._window.findChildren(QDialog) if dialog.isVisible()]
        for dialog in shown:
            dialog.hide()
            kept.append(dialog)
        if shown:
            # Not every window system gives the keys back to the window behind.
            self._window.activateWindow()

    def _look_again(self) -> None:
        """A form that was still being prepared when the sheet came is hidden as soon as it is there."""
        if self._sheet.isVisible():
            QTimer.singleShot(0, self, lambda: self._hide() if self._sheet.isVisible() else None)

    def _show_again(self) -> None:
        person = self._session.person
        for dialog in self._kept.pop(person.id, []) if person is not None else []:
            if isValid(dialog):
                dialog.show()
                dialog.activateWindow()
